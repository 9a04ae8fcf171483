"""Changes by hand: a thicker stroke, a digit that leans, a faster voice, a noisy room.

Each takes samples as the networks take them and returns as many, so that one can ask an embedder what it noticed.
Notebook 05.
"""

import numpy as np
from PIL import Image, ImageFilter

from mmgan_lite.datasets import image, speech

_FINER = 4  # strokes are thickened on a grid this many times finer
_QUIET = -1.0  # a black pixel, a silent band


def thicken(images, pixels):
    """Make strokes thicker by about so many pixels, or thinner where it is negative; in steps of half a pixel.

    Args:
        images: float (n, h, w, 1) in [-1, 1].
        pixels: Pixels of stroke width.

    Returns:
        float32, the same shape.
    """
    reach = round(abs(pixels) / 2 * _FINER)  # on each side of the stroke, on the finer grid
    if not reach:
        return np.asarray(images, "float32")
    kind = ImageFilter.MaxFilter if pixels > 0 else ImageFilter.MinFilter

    def change(picture):
        fine = picture.resize((picture.width * _FINER, picture.height * _FINER), Image.Resampling.BICUBIC)
        return fine.filter(kind(2 * reach + 1)).resize(picture.size, Image.Resampling.BOX)

    return _each(images, change)


def lean(images, degrees):
    """Lean digits to the right by an angle (to the left where it is negative), around their middle.

    Args:
        images: float (n, h, w, 1) in [-1, 1].
        degrees: Angle.

    Returns:
        float32, the same shape.
    """
    slope, middle = np.tan(np.radians(degrees)), (np.shape(images)[1] - 1) / 2
    return _mapped(images, (1, slope, -slope * middle, 0, 1, 0))


def shift(images, right=0.0, down=0.0):
    """Move what is drawn by so many pixels; what leaves the frame is lost.

    Args:
        images: float (n, h, w, 1) in [-1, 1].
        right, down: Pixels.

    Returns:
        float32, the same shape.
    """
    return _mapped(images, (1, 0, -right, 0, 1, -down))


def _mapped(images, affine):
    """Each new pixel is read where `affine`, six numbers as PIL takes them, points to."""
    return _each(images, lambda p: p.transform(p.size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR))


def _each(images, change):
    """Change pictures one by one, as 8-bit ones with black outside the frame."""
    changed = [np.asarray(change(Image.fromarray(pixels))) for pixels in image.unscale(images)[..., 0]]
    return image.scale(np.stack(changed)[..., None])


def faster(sounds, factor):
    """Say it so many times as fast, at the same pitch: the columns of the log-mel move together.

    Args:
        sounds: float (n, frames, mels) in [-1, 1].
        factor: Above 1 is faster, below 1 slower; what no longer fits into the second is lost.

    Returns:
        float32, the same shape; silence follows a word that ends sooner.
    """
    sounds = np.asarray(sounds, "float32")
    return _read_at(sounds, np.arange(sounds.shape[1]) * factor, axis=1)


def higher(sounds, bands):
    """Move all tones up by so many mel bands, or down where it is negative: a smaller or a larger speaker.

    Args:
        sounds: float (n, frames, mels) in [-1, 1].
        bands: Mel bands, whole or not.

    Returns:
        float32, the same shape.
    """
    sounds = np.asarray(sounds, "float32")
    return _read_at(sounds, np.arange(sounds.shape[2]) - bands, axis=2)


def _read_at(sounds, places, axis):
    """Read between columns along an axis; silence where there are none."""
    last = sounds.shape[axis] - 1
    low = np.clip(np.floor(places), 0, last).astype(int)
    share = np.clip(places - low, 0, 1).astype("float32")
    share = share[:, None] if axis == 1 else share
    read = (1 - share) * sounds.take(low, axis) + share * sounds.take(np.minimum(low + 1, last), axis)
    inside = (places >= 0) & (places <= last)
    return np.where(inside[:, None] if axis == 1 else inside, read, _QUIET).astype("float32")


def noisy(sounds, decibels, seed=0):
    """Add a hiss, as of rain, and set the loudest place to 0 dB again.

    Args:
        sounds: float (n, frames, mels) in [-1, 1].
        decibels: Loudness of the hiss in a band against the loudest place of the word, such as -20.
        seed: Of the hiss.

    Returns:
        float32, the same shape.
    """
    power = 10 ** ((np.asarray(sounds, "float64") - 1) / 2 * -speech.FLOOR_DB / 10)
    hiss = np.random.default_rng(seed).exponential(10 ** (decibels / 10), power.shape[1:])
    power = power + hiss
    loudness = 10 * np.log10(power / power.max((1, 2), keepdims=True))
    return (1 - 2 * np.maximum(loudness, speech.FLOOR_DB) / speech.FLOOR_DB).astype("float32")
