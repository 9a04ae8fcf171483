"""A walk between two captions."""

import re

import numpy as np
import pytest

from mmgan_lite.course.translation.interpolation import STEPS, Interpolation


def test_walk_begins_and_ends_at_its_captions(pretrained):
    walk = Interpolation(pretrained, "a one", "a seven")
    np.testing.assert_allclose(walk.points[[0, -1]], pretrained.embed({"text": ["a one", "a seven"]}), atol=1e-5)
    shares = np.array([*walk.shares.values()])
    assert shares.shape[1] == STEPS
    np.testing.assert_allclose(shares.sum(0), 1, atol=1e-6)
    assert walk.shares["one"][0] > 0.5 > walk.shares["one"][-1]
    assert walk.guard.errors == []


def test_the_slider_of_the_walk_shows_what_is_there(pretrained):
    walk = Interpolation(pretrained)
    before = walk.view.value, walk.curve.value
    walk.t.index += 1
    assert walk.view.value != before[0] and walk.curve.value != before[1]
    assert "At 55% of the way" in walk.curve.value
    assert walk.view.value.count("<img ") == 6 and "<audio" in walk.view.value
    assert walk.guard.errors == []


def test_walk_takes_other_captions_the_same_one_twice_and_refuses_unknown_words(pretrained):
    walk = Interpolation(pretrained)
    walk.ends[0].value = "a seven"
    assert "one and the same point" in walk.status.value
    walk.ends[1].value = "a banana"
    assert "unknown word" in walk.status.value
    walk.ends[1].value = "a four"
    assert "cosine" in walk.status.value
    assert walk.guard.errors == []


@pytest.mark.parametrize("end", [0, 1])
def test_walk_says_at_once_that_it_is_working(pretrained, end, words_on_the_way):
    walk = Interpolation(pretrained)
    said = words_on_the_way(walk.status, lambda: setattr(walk.ends[end], "value", "a two"))
    assert "working" in said[0] and "cosine" in said[-1]
    assert walk.guard.errors == []


def test_each_step_of_the_walk_has_the_sound_that_belongs_to_it(pretrained):
    walk = Interpolation(pretrained)
    heard = {}
    for index in (0, STEPS - 1, 0):
        walk.t.index = index
        player = re.search(r"<audio [^>]*>", walk.view.value).group()
        assert heard.setdefault(index, player) == player
    assert len(set(heard.values())) == 2
    assert walk.guard.errors == []
