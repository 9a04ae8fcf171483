"""The pad: what is drawn is brought to the size and place that MNIST's digits have."""

import numpy as np
import pytest

from mmgan_lite.course.kit import pad
from mmgan_lite.datasets import image


def test_a_drawing_is_brought_to_the_size_and_place_of_mnist(stroke):
    for drawing in (stroke(slice(1, 11), slice(2, 5)), stroke(slice(0, 28), slice(20, 27))):
        digit = pad.as_digit(drawing)
        rows, columns = np.nonzero(digit > 32)
        assert np.ptp(rows) + 1 == pytest.approx(20, abs=1)
        assert rows.mean() == pytest.approx(14, abs=0.6) and columns.mean() == pytest.approx(14, abs=0.6)


def test_the_digits_of_mnist_stay_as_they_are(digits):
    for pixels in image.unscale(digits["image"][..., 0]):
        np.testing.assert_array_equal(pad.as_digit(pixels), pixels)


def test_a_dot_and_a_blank_pad_are_fine(stroke):
    assert pad.as_digit(stroke(0, 0)).max() == 255
    assert not pad.as_digit(np.zeros((28, 28), "uint8")).any()
    assert not pad.Pad().image().any()


def test_the_ink_of_a_heavy_corner_stays_inside(stroke):
    drawing = stroke(slice(0, 28), slice(0, 2)) | stroke(slice(0, 4), slice(0, 28))
    assert pad.as_digit(drawing).sum() > 0.3 * drawing.sum()


def test_the_pad_takes_what_the_page_sends():
    drawing = pad.Pad()
    drawing.set_state({"pixels": memoryview(b"\x07" * 784)})
    assert drawing.pixels == b"\x07" * 784
