"""Plain numbers are taken as they are, or refused in a sentence that ends in what came."""

import numpy as np
import pytest

from mmgan_lite import arguments


@pytest.mark.parametrize("value", [1, 7, np.int64(7), np.uint8(7)])
def test_whole_numbers_are_taken(value):
    assert arguments.whole("count", value, 1) == value and type(arguments.whole("count", value, 1)) is int


@pytest.mark.parametrize("value", [0, -4, 16.0, "2", None, True, np.float32(2), float("nan")])
def test_other_counts_are_refused(value):
    with pytest.raises(ValueError, match=r"count must be a whole number from 1\. Received: "):
        arguments.whole("count", value, 1)


@pytest.mark.parametrize("value", [-1, 2**31, 1.5, "7"])
def test_a_seed_is_one_that_every_library_takes(value):
    assert arguments.seed(2**31 - 1) == 2**31 - 1
    with pytest.raises(ValueError, match=f"seed must be a whole number from 0 to 2147483647. Received: {value!r}"):
        arguments.seed(value)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "0.5", None, True])
def test_numbers_outside_their_range_are_refused(value):
    assert arguments.number("share", np.float32(0.5), 0, 1) == 0.5
    with pytest.raises(ValueError, match=r"share must be a number from 0 to 1\. Received: "):
        arguments.number("share", value, 0, 1)
    with pytest.raises(ValueError, match=r"weight must be a number at least 0\. Received: -1"):
        arguments.number("weight", -1)


@pytest.mark.parametrize(
    "value", ["x" * 10**6, ["x" * 10**6] * 99, {"x" * 999: 1}, 10**5000, range(10**9)], ids=range(5)
)
def test_a_value_of_any_length_is_shown_in_few_characters(value):
    assert 0 < len(arguments.shown(value)) <= arguments.LONGEST
