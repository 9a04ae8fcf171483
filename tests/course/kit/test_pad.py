"""The pad: what is drawn anywhere on it, small or large, is brought to the size and place that MNIST's digits have."""

import numpy as np
import pytest
from PIL import Image

from mmgan_lite.course.kit import pad
from mmgan_lite.datasets import image
from mmgan_lite.evaluation import judges


def drawn(digit, side, left, top):
    """A pad that carries a digit of MNIST, uint8 (28, 28), so large and there."""
    sheet = np.zeros((pad.SIZE, pad.SIZE), "uint8")
    sheet[top : top + side, left : left + side] = Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)
    return pad.Pad(pixels=sheet.tobytes())


@pytest.mark.parametrize("side, left, top", [(84, 0, 0), (60, 24, 0), (40, 3, 44), (30, 50, 50)])
def test_a_digit_anywhere_on_the_pad_small_or_large_is_read_like_the_original(digits, side, left, top):
    original = digits["image"][:200]
    pads = [drawn(pixels, side, left, top) for pixels in image.unscale(original[..., 0])]
    given = np.stack([one.image() for one in pads])
    assert given.dtype == "float32" and given.shape == original.shape
    right, wanted = (np.mean(judges.read_image(x)["digit"] == digits["label"][:200]) for x in (given, original))
    assert right >= wanted - 0.02


def test_a_stroke_is_brought_to_the_size_and_place_of_mnist():
    sheet = np.zeros((pad.SIZE, pad.SIZE), "uint8")
    sheet[5:35, 60:67] = 255
    rows, columns, _ = np.nonzero(pad.Pad(pixels=sheet.tobytes()).image() > -0.7)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=1)
    assert rows.mean() == pytest.approx(13.5, abs=0.6) and columns.mean() == pytest.approx(13.5, abs=0.6)


def test_a_blank_pad_asks_for_a_drawing():
    with pytest.raises(ValueError, match="draw a digit on the pad first"):
        pad.Pad().image()


def test_the_pad_takes_what_the_page_sends():
    drawing = pad.Pad()
    drawing.set_state({"pixels": memoryview(b"\x07" * pad.SIZE**2)})
    assert drawing.drawing().shape == (pad.SIZE, pad.SIZE) and (drawing.drawing() == 7).all()
