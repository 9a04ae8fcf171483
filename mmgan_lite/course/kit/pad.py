"""A small pad to draw a digit on, with the pointer or with the keyboard."""

from pathlib import Path

import anywidget
import numpy as np
import traitlets
from PIL import Image

HERE = Path(__file__).parent
SIZE = 28  # pixels a side


class Pad(anywidget.AnyWidget):
    """A drawing pad.

    Attributes:
        pixels: The drawing as 784 bytes; observe it, and read it by `image()`.
        brush: The brush's radius in pixels.
    """

    _esm = HERE / "pad.js"
    _css = HERE / "pad.css"
    # what arrives from the page is a memoryview
    pixels = traitlets.Bytes(bytes(SIZE * SIZE)).tag(sync=True, from_json=lambda view, _: bytes(view))
    size = traitlets.Int(SIZE).tag(sync=True)
    brush = traitlets.Float(1.2).tag(sync=True)

    def image(self):
        """The drawing as uint8 (28, 28), 255 for ink, brought to the size and place that MNIST's digits have."""
        return as_digit(np.frombuffer(self.pixels, "uint8").reshape(self.size, self.size))


def as_digit(drawing, side=20):
    """Bring a drawing to a standard size and place: the longer side of its ink `side` pixels, its mass in the middle.

    Args:
        drawing: uint8 (h, w), 255 for ink.
        side: Pixels.

    Returns:
        uint8 (h, w); a blank drawing comes back as it is.

    Source: LeCun et al. 1998, whose digits are made this way.
    """
    if not drawing.any():
        return drawing
    rows, columns = (np.flatnonzero(drawing.any(axis)) for axis in (1, 0))
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = side / max(ink.shape)
    height, width = (max(round(scale * length), 1) for length in ink.shape)
    ink = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC))
    digit = np.zeros_like(drawing)
    top, left = (_start(ink.sum(1 - axis, dtype="int64"), drawing.shape[axis]) for axis in (0, 1))
    digit[top : top + height, left : left + width] = ink
    return digit


def _start(mass, length):
    """Where ink with this mass along one axis starts, so that its centre lies in the middle and all of it inside."""
    centre = (mass * np.arange(len(mass))).sum() / mass.sum()
    return int(np.clip(round(length / 2 - centre), 0, length - len(mass)))
