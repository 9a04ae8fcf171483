"""Corruption spoils the share that it is asked to spoil, always in the same way."""

import numpy as np
import pytest

from mmgan_lite.course.translation.corruption import corrupt
from mmgan_lite.datasets import captions as text


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_the_share_of_spoilt_values_is_the_level(level):
    images = np.full((20, 28, 28, 1), -1, "float32")
    made = corrupt("image", images, level)
    assert made.dtype == np.float32 and made.shape == images.shape
    assert abs((made != images).mean() - level) < 0.02
    assert np.abs(made).max() <= 1


def test_what_is_spoilt_stays_spoilt_in_the_same_way():
    sounds = np.zeros((4, 32, 32), "float32")
    some, more = corrupt("speech", sounds, 0.2, seed=3), corrupt("speech", sounds, 0.6, seed=3)
    np.testing.assert_array_equal(some[some != 0], more[some != 0])
    assert (more != 0).sum() > (some != 0).sum()
    assert (corrupt("speech", sounds, 0.2, seed=4) != some).any()


def test_words_become_other_known_words():
    captions = ["a thin three leaning right", "an eight"] * 50
    assert corrupt("text", captions, 0.0) == captions
    made = corrupt("text", captions, 0.5)
    assert [len(one.split()) for one in made] == [len(one.split()) for one in captions]
    words = [word for one in made for word in one.split()]
    assert set(words) <= {*text.DIGITS.words, "an"}
    same = np.mean([new == old for new, old in zip(words, " ".join(captions).split(), strict=True)])
    assert 0.4 < same < 0.65


def test_a_level_is_a_share():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        corrupt("text", ["a three"], 2)


def test_two_modalities_whose_names_are_equally_long_have_noise_of_their_own():
    samples = np.zeros((2, 8, 8), "float32")
    made = [corrupt(name, samples, 0.5) for name in ("image", "touch", "video")]
    assert (made[0] != made[1]).any() and (made[1] != made[2]).any()
