"""The guard: nothing may vanish in a callback or a thread."""

import pytest

from mmgan_lite.course.kit import guard


def test_guard_keeps_and_shows_an_error_and_raises_it_where_it_is_told_to():
    watch = guard.Guard()

    @watch
    def broken():
        raise KeyError("<b>lost</b>")

    with pytest.raises(KeyError):
        broken()
    assert isinstance(watch.errors[0], KeyError)
    assert "&lt;b&gt;lost" in watch.view.value and 'role="alert"' in watch.view.value


def test_guard_is_quiet_in_a_lesson_and_lets_values_through():
    watch = guard.Guard()
    watch.raises = False
    assert watch(lambda: 1 / 0)() is None
    assert watch(lambda x: x + 1)(2) == 3
    assert len(watch.errors) == 1
