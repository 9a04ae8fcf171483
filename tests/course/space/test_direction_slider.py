"""The dose: points pushed along a direction."""

import numpy as np
import pytest

from mmgan_lite.course.space.direction_slider import DirectionSlider
from mmgan_lite.datasets import image


@pytest.fixture(scope="module")
def dose(pretrained):
    points = pretrained.embed({"text": ["a three", "an eight"]})
    thin, thick = pretrained.embed({"text": ["a thin three", "a thick three"]})
    directions = {"thicker": ("image", thick - thin, "thickness"), "here & there": ("speech", 0 * thin, "sex")}
    made = DirectionSlider(pretrained, points, directions)
    yield made
    assert made.guard.errors == []


def test_a_dose_moves_what_it_should(dose):
    thin, thick = (image.thickness(dose.made("thicker", amount)[0]).mean() for amount in (-1, 1))
    assert thick > thin + 0.5
    np.testing.assert_array_equal(dose.made("here & there", 1.0)[0], dose.made("here & there", -1.0)[0])


def test_dose_and_direction_redraw_the_cards(dose, words_on_the_way):
    before = dose.view.value
    dose.controls["dose"].value = 0.5
    assert dose.view.value != before and "dose +0.5" in dose.told.value
    first, *_, last = words_on_the_way(dose.told, lambda: setattr(dose.controls["direction"], "value", "here & there"))
    assert "working" in first and "Judges find" in last
    assert "here &amp; there" in dose.view.value and "&amp;amp;" not in dose.view.value
    assert dose.view.value.count("<audio") == 2
    assert "Judges find" in dose._repr_mimebundle_()["text/html"]
