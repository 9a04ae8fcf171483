"""Changes by hand: each does what its name says, to each sample alone, and nothing else."""

import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite.course.space import changes


@pytest.mark.parametrize("pixels", [-1, -0.5, 0.5, 1, 2])
def test_thicken_changes_the_stroke_by_so_many_pixels(digits, pixels):
    images = digits["image"][digits["thickness_px"] > 2.5][:80]  # thin ones would vanish
    by = mm.image.thickness(changes.thicken(images, pixels)) - mm.image.thickness(images)
    assert abs(np.median(by) - pixels) < 0.3 + 0.3 * abs(pixels)  # loops close as strokes grow


@pytest.mark.parametrize("degrees", [-20, -10, 10, 20])
def test_lean_changes_the_slant_and_hardly_the_thickness(digits, degrees):
    images = digits["image"][:80]
    leant = changes.lean(images, degrees)
    by = mm.image.slant(leant) - mm.image.slant(images)
    assert abs(np.median(by) - degrees) < 0.35 * abs(degrees)
    assert abs(np.median(mm.image.thickness(leant) - mm.image.thickness(images))) < 0.3


def test_shift_moves_every_pixel_and_leaves_black_behind(digits):
    images = digits["image"][:5]
    moved = changes.shift(images, right=2, down=-3)
    np.testing.assert_allclose(moved[:, :-3, 2:], images[:, 3:, :-2], atol=0.01)
    assert (moved[:, :, :2] == -1).all() and (moved[:, -3:] == -1).all()


def test_no_change_is_no_change(digits):
    images, sounds = digits["image"][:5], digits["speech"][:5]
    for same in (changes.thicken(images, 0), changes.lean(images, 0), changes.shift(images)):
        np.testing.assert_allclose(same, images, atol=0.005)
    for same in (changes.faster(sounds, 1.0), changes.higher(sounds, 0)):
        np.testing.assert_array_equal(same, sounds)


def test_faster_ends_sooner_and_keeps_each_moment(digits):
    sounds = digits["speech"][:5]
    fast = changes.faster(sounds, 2.0)
    np.testing.assert_array_equal(fast[:, :16], sounds[:, ::2])
    assert (fast[:, 16:] == -1).all()
    np.testing.assert_array_equal(changes.faster(sounds, 0.5)[:, ::2], sounds[:, :16])


def test_higher_moves_the_bands(digits):
    sounds = digits["speech"][:5]
    np.testing.assert_array_equal(changes.higher(sounds, 3)[:, :, 3:], sounds[:, :, :-3])
    assert (changes.higher(sounds, -3)[:, :, -3:] == -1).all()


def test_hiss_fills_the_silence_and_leaves_the_loudest_at_the_top(digits):
    sounds = digits["speech"][:5]
    noisy = changes.noisy(sounds, -20)
    assert noisy.dtype == "float32" and noisy.min() >= -1
    np.testing.assert_allclose(noisy.max((1, 2)), 1, atol=1e-6)
    assert noisy.mean() > sounds.mean() + 0.1
    np.testing.assert_allclose(changes.noisy(sounds, -200), np.maximum(sounds, -1), atol=1e-4)
    np.testing.assert_array_equal(noisy, changes.noisy(sounds, -20))  # the same hiss for the same seed
