"""Picture files, by Pillow: the one place that reads them, for prompts, own data and panels alike."""

import math
import struct
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageOps

from mmgan_lite.arguments import cut
from mmgan_lite.datasets import image as images
from mmgan_lite.datasets import paths

# named one by one, so that no file starts another program (EPS would start Ghostscript), and that none is taken for a
# format without a mark of its own (TGA: any noise might be one)
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF")
ENDINGS = (
    ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm", ".jp2", ".avif",
)  # fmt: skip
GROUND = "white"  # what a transparent picture is laid upon
SMALLEST = 2  # pixels of a side
MAX_BYTES = 2**26  # of a picture file
MAX_PIXELS = 50_000_000  # that it may have: an A4 scan of 600 dpi has 35 million, a telephone's photograph 48 at most
ENOUGH = 2**22  # pixels; of a picture that has more, blocks of pixels become one

# Pillow has many ways to say no
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def read_image(source: str | Path | BinaryIO) -> NDArray[np.uint8]:
    """A picture file as pixels.

    | in the file | becomes |
    |---|---|
    | 1 bit, grey; colours (palette, RGB, CMYK, YCbCr) that are all grey | grey, (h, w) |
    | other colours | RGB, (h, w, 3) |
    | 16 bits | 8 bits: 65535 becomes 255 |
    | 32 bits, whole or float | 8 bits: [0, 1], 0..255 or 0..65535, whichever holds them all, or else its own range |
    | transparency (a channel, or one colour of a palette) | laid on white |
    | orientation (EXIF) | turned upright |
    | several pictures (GIF, TIFF, WebP) | the first |
    | more than 4 million pixels | each block of 2 × 2, 3 × 3, … pixels their mean |

    Args:
        source: A path, or an open binary file, in one of `FORMATS`, whatever its name says.

    Raises:
        ValueError: if it is no such picture, a damaged one, or one of more than `MAX_PIXELS`.
        FileNotFoundError: if it is not there.
    """
    with paths.open_binary(source, MAX_BYTES) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")  # about faults of the file that do no harm
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=_known()) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                return _pixels(picture)
        except _BOMBS:  # Pillow has a limit of its own
            message = f"a picture may have {MAX_PIXELS:,} pixels; save it smaller"
            raise ValueError(f"{message}. Received: {paths.name_of(source)}") from None
        except Image.UnidentifiedImageError:
            message = f"an image must be a picture file ({', '.join(FORMATS)}); save a .heic or .svg as .png"
            raise ValueError(f"{message}. Received: {paths.name_of(source)}") from None
        except _UNREADABLE as error:
            raise ValueError(f"the picture is damaged ({cut(error)}). Received: {paths.name_of(source)}") from None


def _known():
    """Those of the formats that this Pillow reads: before version 11.3 it knew no AVIF."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _pixels(picture):
    blocks = math.ceil(math.sqrt(picture.width * picture.height / ENOUGH))
    size = [math.ceil(side / blocks) for side in picture.size]
    picture.draft(picture.mode, size)  # a JPEG need not even be unpacked at its full size
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode.startswith(("I", "F")):  # "I;16" too
        numbers = picture if picture.mode in ("I", "F") or blocks == 1 else picture.convert("I")
        return _eight_bits(np.asarray(_in_blocks(numbers, blocks)), picture.mode)
    if picture.has_transparency_data:
        drawn = _in_blocks(picture.convert("RGBA"), blocks)
        picture, blocks = Image.alpha_composite(Image.new("RGBA", drawn.size, GROUND), drawn), 1
    picture = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    return _without_needless_colour(np.asarray(_in_blocks(picture, blocks)))


def _in_blocks(picture, blocks):
    """A picture of at most about `ENOUGH` pixels; `draft` may have made it smaller already."""
    return picture.reduce(blocks) if blocks > 1 and picture.width * picture.height > 2 * ENOUGH else picture


def _without_needless_colour(pixels):
    """uint8 (h, w) of (h, w, 3) in which no pixel has a colour."""
    return pixels[..., 0] if pixels.ndim == 3 and not np.ptp(pixels, -1).any() else pixels


def _eight_bits(pixels, mode):
    pixels = np.nan_to_num(pixels.astype("float64"))
    low, high = (0, 65535) if ";16" in mode else _range(pixels, mode)
    return np.round(255 * (pixels - low) / (high - low)).astype("uint8")


def _range(pixels, mode):
    low, high = pixels.min(), pixels.max()
    tops = [top for top in ((1, 255, 65535) if mode == "F" else (255, 65535)) if high <= top]
    return (0, tops[0]) if low >= 0 and tops else (low, max(high, low + 1))


def resize(image: ArrayLike, size: int | Sequence[int]) -> NDArray[np.float32]:
    """One image brought to another size; a shape of another aspect ratio is stretched.

    Args:
        image: float (h, w, c).
        size: Pixels: a side, or (height, width).

    Returns:
        float32 (height, width, c), in the range of `image`; where it gets smaller, each pixel is a mean.
    """
    height, width = (size, size) if isinstance(size, int) else size
    channels = np.moveaxis(np.asarray(image, "float32"), -1, 0)
    scaled = [Image.fromarray(c).resize((width, height), Image.Resampling.BILINEAR) for c in channels]
    return np.stack([np.asarray(c) for c in scaled], -1)


def with_channels(image: ArrayLike, channels: int) -> NDArray[np.float32]:
    """Images float (…, h, w, c) with so many channels: grey three times for a colour; their luminance for grey.

    Raises:
        ValueError: for numbers of channels between which there is no such way.
    """
    image = np.asarray(image, "float32")
    if image.shape[-1] == channels:
        return image
    if image.shape[-1] == 1 and channels == 3:
        return np.repeat(image, 3, -1)
    if image.shape[-1] == 3 and channels == 1:
        return image @ np.array([[0.299], [0.587], [0.114]], "float32")  # ITU-R BT.601, as Pillow
    raise ValueError(f"a picture file has 1 channel or 3, the model's images {channels}. Received: {image.shape}")


def check_shape(shape: Sequence[int]) -> None:
    """ValueError for images of a shape (n, h, w, c) that cannot be meant."""
    _, height, width, channels = shape
    if channels not in (1, 3, 4):
        message = images.CHANNELS_LAST if height in (1, 3, 4) else "images have 1 or 3 channels, the last axis"
        raise ValueError(f"{message}. Received: image of {height} x {width} pixels with {channels} channels")
    if min(height, width) < SMALLEST:
        message = f"images must have at least {SMALLEST} x {SMALLEST} pixels"
        raise ValueError(f"{message}. Received: {height} x {width}")


def fit(path: Path, given: NDArray, shape: Sequence[int], of_digits: bool) -> tuple[NDArray[np.uint8], str]:
    """A picture file as a prompt: a digit is brought to MNIST's form, anything else to the model's size and channels.

    Args:
        path: The file; the arrays of an .npz keep their form.
        given: float (n, h, w, c) in [-1, 1]; a picture file is one.
        shape: (height, width, channels) of the model's images.
        of_digits: Whether the model knows the kit's digits.

    Returns:
        (uint8 (n, *shape), what was done, in words, or ""). Of whole numbers no range need be guessed: a bright
        picture in floats looks as if it were in [0, 1].
    """
    if path.suffix.lower() == ".npz":
        return images.unscale(given), ""
    picture, told = _fitted(given[0], shape, of_digits)
    return images.unscale(picture)[None], told


def _fitted(picture, shape, of_digits):
    if of_digits and tuple(shape) == (images.SIZE, images.SIZE, 1):
        digit, box = images.from_picture(picture, return_box=True)
        message = f"the digit at x {box.left}–{box.right}, y {box.top}–{box.bottom} was cut out, centred, light on dark"
        return digit, message
    fitted = with_channels(picture, shape[-1])
    if fitted.shape == tuple(shape):
        return fitted, ""
    message = f"resized from {picture.shape[1]} × {picture.shape[0]} to {shape[1]} × {shape[0]} pixels"
    return resize(fitted, shape[:2]), message
