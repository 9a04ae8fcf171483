"""What the model hears of a recording: the wave, the word in it, and its log-mel picture."""

import re
from base64 import b64decode

import numpy as np
import pytest

from mmgan_lite.course.kit import heard


def drawing(page):
    """The SVG of the first picture."""
    return b64decode(re.search(r"svg\+xml;base64,([^\"]+)", page)[1]).decode()


def test_the_part_that_the_model_hears_is_marked_where_it_lies():
    page = heard.wave_picture(np.sin(np.arange(16000)), 8000, "a tone", word=(0.5, 1.5))
    left, width = map(float, re.search(r'<rect x="([\d.]+)" y="1" width="([\d.]+)"', drawing(page)).groups())
    assert (left, width) == (75.0, 150.0)  # of 300 pixels for two seconds
    assert "2.00 s long; the part from 0.50 to 1.50 s is marked" in page


def test_a_wave_without_a_word_has_no_mark():
    page = heard.wave_picture(np.zeros(4000), 8000, "nothing")
    assert "fill-opacity" not in drawing(page) and "The wave of nothing, 0.50 s long." in page


@pytest.mark.parametrize("wave", [[0.5], np.linspace(-1, 1, 100), 20000 * np.sin(np.arange(144000))])
def test_the_loudest_sample_nearly_fills_the_height(wave):
    strokes = re.findall(r"M[\d.]+ ([\d.-]+)V([\d.-]+)", drawing(heard.wave_picture(wave, 48000, "a wave")))
    assert len(strokes) == 300
    highest, lowest = min(float(top) for top, _ in strokes), max(float(bottom) for _, bottom in strokes)
    assert min(highest, 60 - lowest) == pytest.approx(1.5, abs=0.6)


def test_names_are_escaped(digits):
    assert "<b>" not in heard.html_of(np.zeros(8000), 8000, "“<b>.wav”")
