"""Images: pixels to the networks' range and back, and two facts measured from the strokes.

Source: Castro et al. 2019, "Morpho-MNIST" (slant as the shear of the image moments).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmgan_lite.datasets.handwriting import SIZE, from_picture, unlike_digits

__all__ = [
    "SIZE", "from_picture", "unlike_digits",
    "scale", "unscale", "thickness", "slant", "level", "thickness_level", "slant_level",
]  # fmt: skip

THICKNESS_CUTS = (2.228, 2.747)  # pixels: the terciles of the embedded digits
SLANT_CUTS = (0.0, 15.0)  # degrees, + leans right
CHANNELS_LAST = "channels last, please: np.moveaxis(image, -3, -1)"  # of pictures that have them before the rows
THICKNESS_DEAD_BAND, SLANT_DEAD_BAND = 0.1, 2.0  # nearer to a cut than this, a caption says nothing


def scale(pixels: ArrayLike) -> NDArray[np.float32]:
    """uint8 in 0..255 to float32 in [-1, 1], any shape."""
    return np.asarray(pixels, np.float32) / 127.5 - 1.0


def unscale(images: ArrayLike) -> NDArray[np.uint8]:
    """float in [-1, 1] to uint8 in 0..255, any shape; values outside are clipped."""
    return np.round((np.clip(images, -1.0, 1.0) + 1.0) * 127.5).astype("uint8")


def _ink(images):
    """Images (n, h, w[, 1]) in [-1, 1] to ink in [0, 1], float64 (n, h, w)."""
    images = np.asarray(images, "float64")
    return (images[..., 0] if images.ndim == 4 else images) / 2 + 0.5


def thickness(images: ArrayLike) -> NDArray[np.float64]:
    """Mean stroke width in pixels: twice the inked area over the length of its boundary.

    Args:
        images: float (n, h, w) or (n, h, w, 1) in [-1, 1].

    Returns:
        float64 (n,), 0 for an empty image.
    """
    inked = np.pad(_ink(images) >= 0.5, ((0, 0), (1, 1), (1, 1)))
    edges = (inked[:, 1:] != inked[:, :-1]).sum((1, 2)) + (inked[:, :, 1:] != inked[:, :, :-1]).sum((1, 2))
    # a staircase of pixel edges is longer than the line it follows: by 4/pi, averaged over all directions
    return 2 * inked.sum((1, 2)) / np.maximum(np.pi / 4 * edges, 1)


def slant(images: ArrayLike) -> NDArray[np.float64]:
    """Slant in degrees from the second moments about the centre of the ink; + leans right.

    Args:
        images: float (n, h, w) or (n, h, w, 1) in [-1, 1].

    Returns:
        float64 (n,), 0 for an empty image.
    """
    ink = _ink(images)
    mass = np.maximum(ink.sum((1, 2)), 1e-9)
    y, x = np.mgrid[: ink.shape[1], : ink.shape[2]]
    y = y - ((ink * y).sum((1, 2)) / mass)[:, None, None]  # (n, h, w)
    x = x - ((ink * x).sum((1, 2)) / mass)[:, None, None]
    u11, u02 = (ink * x * y).sum((1, 2)), (ink * y * y).sum((1, 2))
    return -np.degrees(np.arctan2(u11, np.maximum(u02, 1e-9)))


def level(values: ArrayLike, cuts: ArrayLike, dead_band: float = 0.0) -> NDArray[np.int8]:
    """Levels 0, 1, … of measured values between cuts; -1 nearer to a cut than the dead band. int8 (n,)."""
    values = np.asarray(values)
    near = np.abs(values[:, None] - np.asarray(cuts)).min(1) < dead_band
    return np.where(near, -1, np.searchsorted(cuts, values, side="right")).astype("int8")


def thickness_level(images: ArrayLike, dead_band: float = 0.0) -> NDArray[np.int8]:
    """0 thin, 1 medium, 2 thick; -1 inside the dead band around a cut (pixels)."""
    return level(thickness(images), THICKNESS_CUTS, dead_band)


def slant_level(images: ArrayLike, dead_band: float = 0.0) -> NDArray[np.int8]:
    """0 left, 1 upright, 2 right; -1 inside the dead band around a cut (degrees)."""
    return level(slant(images), SLANT_CUTS, dead_band)
