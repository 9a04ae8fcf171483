"""A small pad to draw a digit on, with the pointer or with the keyboard."""

import numpy as np
import traitlets

from mmgan_lite.course.kit.front import Front
from mmgan_lite.datasets import image

SIZE = 84  # pixels a side: fine enough for a small drawing to be enlarged


class Pad(Front):
    """A drawing pad.

    Attributes:
        pixels: The drawing as size * size bytes; observe it, and read it by `drawing()` or `image()`.
        brush: The brush's radius in pixels.
    """

    # what arrives from the page is a memoryview
    pixels = traitlets.Bytes(bytes(SIZE * SIZE)).tag(sync=True, from_json=lambda view, _: bytes(view))
    size = traitlets.Int(SIZE).tag(sync=True)
    brush = traitlets.Float(3.6).tag(sync=True)

    def drawing(self):
        """The drawing as it stands, uint8 (size, size), 255 for ink.

        Raises:
            ValueError: if the pad is blank.
        """
        if not any(self.pixels):
            raise ValueError("draw a digit on the pad first: with the pointer, or with Space and the arrow keys.")
        return np.frombuffer(self.pixels, "uint8").reshape(self.size, self.size)

    def image(self):
        """The drawing as a model gets it, float32 (28, 28, 1) in [-1, 1]: anywhere on the pad, of any size.

        Raises:
            ValueError: if there is no figure on the pad.
        """
        return image.from_picture(self.drawing())
