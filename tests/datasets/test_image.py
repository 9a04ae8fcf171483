"""Slant and thickness against drawn shapes whose slant and thickness are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmgan_lite.datasets import image

SIZE = 64  # pixels; drawn four times finer, then averaged
angles = st.floats(-40, 40)
widths = st.floats(2, 10)


def drawn(inside):
    """Where `inside(x, y)` is true, with x to the right, y down and 0 in the centre: float32 (1, 64, 64) in [-1, 1]."""
    fine = (np.arange(4 * SIZE) + 0.5) / 4 - SIZE / 2
    ink = inside(fine[None, :], fine[:, None]).reshape(SIZE, 4, SIZE, 4).mean((1, 3))
    return (2 * ink - 1).astype("float32")[None]


def bar(degrees, width, dx=0.0, dy=0.0):
    """An upright bar, sheared: its top leans right for positive degrees."""
    shear = np.tan(np.radians(degrees))
    return drawn(lambda x, y: (abs(x - dx + (y - dy) * shear) <= width / 2) & (abs(y - dy) <= 20))


def ring(width, radius=20.0):
    return drawn(lambda x, y: abs(np.hypot(x, y) - radius) <= width / 2)


@given(angles, widths, st.floats(-6, 6), st.floats(-6, 6))
def test_slant_of_a_sheared_bar_is_its_shear_wherever_it_stands(degrees, width, dx, dy):
    assert image.slant(bar(degrees, width, dx, dy)) == pytest.approx(degrees, abs=0.5)


@given(widths)
def test_thickness_of_a_ring_is_its_width(width):
    assert image.thickness(ring(width)) == pytest.approx(width, abs=0.6)


def test_thickness_of_rings_is_their_width_on_average():
    widths = np.linspace(2, 8, 25)
    measured = np.concatenate([image.thickness(ring(width)) for width in widths])
    assert np.abs(measured - widths).mean() < 0.2
    assert np.corrcoef(measured, widths)[0, 1] > 0.995


def test_thickness_of_an_upright_bar_is_the_closed_form():
    """A w × h rectangle has 2 (w + h) edges, so that thickness is 4/π · wh / (w + h)."""
    assert image.thickness(bar(0, 6)) == pytest.approx(4 / np.pi * 6 * 40 / (6 + 40))


@given(angles, widths)
def test_a_mirror_turns_the_slant_and_leaves_the_thickness(degrees, width):
    picture = bar(degrees, width, dx=3)
    assert image.slant(picture[:, :, ::-1]) == pytest.approx(-image.slant(picture), abs=1e-4)
    assert image.thickness(picture[:, :, ::-1]) == image.thickness(picture)


def test_images_are_measured_one_by_one_with_or_without_a_channel():
    pictures = np.concatenate([bar(20, 4), bar(-10, 8), ring(5)])
    for measure in image.slant, image.thickness:
        each = [measure(picture[None])[0] for picture in pictures]
        assert np.allclose(measure(pictures), each) and np.allclose(measure(pictures[..., None]), each)
        assert measure(pictures).shape == (3,) and measure(pictures).dtype == "float64"


def test_an_empty_image_has_neither_slant_nor_thickness():
    empty = np.full((2, 28, 28, 1), -1.0)
    assert image.slant(empty).tolist() == image.thickness(empty).tolist() == [0.0, 0.0]


def test_levels_of_drawn_bars_and_rings():
    leaning = np.concatenate([bar(degrees, 4) for degrees in (-20, 7, 30)])
    assert image.slant_level(leaning).tolist() == [0, 1, 2]
    assert image.slant_level(bar(0.5, 4), dead_band=2.0).tolist() == [-1]
    rings = np.concatenate([ring(width) for width in (1.5, 5)])
    assert image.thickness_level(rings).tolist() == [0, 2]


@given(st.lists(st.floats(-100, 100), min_size=1), st.floats(0, 5))
def test_level_counts_the_cuts_below_and_is_unknown_near_one(values, dead_band):
    cuts = (-3.0, 4.0)
    for value, level in zip(values, image.level(values, cuts, dead_band), strict=True):
        near = any(abs(value - cut) < dead_band for cut in cuts)
        assert level == (-1 if near else sum(value >= cut for cut in cuts))


def test_every_pixel_value_survives_scaling_and_back():
    pixels = np.arange(256, dtype="uint8")
    scaled = image.scale(pixels)
    assert scaled.dtype == "float32" and scaled.min() == -1 and scaled.max() == 1
    assert image.unscale(scaled).dtype == "uint8" and np.array_equal(image.unscale(scaled), pixels)


def test_unscaling_clips_what_lies_outside():
    assert image.unscale(np.array([-7.0, -1.0, 0.0, 1.0, 7.0])).tolist() == [0, 0, 128, 255, 255]
