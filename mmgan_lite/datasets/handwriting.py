"""A figure as people photograph, scan or draw it, brought to the form that MNIST's digits have.

Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition" (the longer side 20 pixels, the
mass in the middle of 28 × 28); Otsu 1979, "A threshold selection method from gray-level histograms".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from mmgan_lite.datasets import figures, ruled

SIZE, SIDE = 28, 20  # pixels: of the image that comes out, and of the longer side of its figure
WORK, COARSE = 128, 64  # longest side, in pixels, of the copies on which ink and ground are looked for
LARGEST = 2000  # pixels a side: of a larger picture every second pixel is looked at, or fewer
LINES = 3  # of one direction make ruled paper; fewer may be strokes, or the box of a form
FAINT = 0.4  # of full ink: what is fainter, such as a ruled line that meets a stroke, is no edge of the figure
LEAST_CONTRAST, LEAST_SIDE = 0.04, 5  # of the whole range; pixels: less is no figure


class Box(NamedTuple):
    """Where in a picture something stands, in pixels; right and bottom are the first outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def longest(self) -> int:
        return max(self.right - self.left, self.bottom - self.top)

    def moved(self, right: int, down: int) -> "Box":
        """The same size, so many pixels further."""
        return Box(self.left + right, self.top + down, self.right + right, self.bottom + down)


def from_picture(pixels: ArrayLike, return_box: bool = False) -> NDArray[np.float32] | tuple:
    """One written digit, as people have it, to an image as MNIST's are: light on dark, centred, 20 pixels high or wide.

    Of a sheet that lies wholly in view, what lies around it is cut off. The ground is estimated place by place, so that
    uneven light does no harm; what stands out of it, dark or light, is the ink. Its grey levels are kept. Specks, the
    lines of ruled or squared paper, a box around the figure, and what runs in from an edge next to it, are left out.

    Args:
        pixels: One picture, (h, w) or (h, w, c) of 1 to 4 channels: grey, grey and alpha, RGB, RGB and alpha, which
            lies on white. bool; whole numbers in the range of their type; floats in [-1, 1], [0, 1] or 0..255.
        return_box: Return (image, box), with the place in `pixels` where the figure was found.

    Returns:
        float32 (28, 28, 1) in [-1, 1]; or that and (left, top, right, bottom) in pixels.

    Raises:
        ValueError: for anything but one picture, or one without a figure (blank, noise) or with two side by side.
    """
    x = np.asarray(pixels)
    step = max(x.shape[:2], default=0) // LARGEST + 1  # of a camera's millions of pixels, enough are left
    grey = _grey(x[::step, ::step] if x.ndim in (2, 3) else x)
    left, top, right, bottom = _sheet(grey)
    on_it = grey[top:bottom, left:right]
    ink, box = _find(on_it if _is_light_on_dark(on_it) else 1 - on_it)
    box = box.moved(left, top)
    image = (2 * centre(ink) - 1).astype("float32")[..., None]
    return (image, Box(*(step * edge for edge in box))) if return_box else image


def centre(ink: NDArray) -> NDArray[np.float32]:
    """Ink cropped to its edges, float (h, w), 0 for none: its longer side scaled to 20 pixels, its mass in the middle.

    Returns:
        float32 (28, 28) in [0, 1], the strongest ink 1.
    """
    scale = SIDE / max(ink.shape)
    height, width = (max(round(scale * length), 1) for length in ink.shape)
    ink = np.clip(_resized(ink, (height, width)), 0, None)
    placed = np.zeros((SIZE, SIZE), "float32")
    top, left = (_start(ink.sum(1 - axis), SIZE) for axis in (0, 1))
    placed[top : top + height, left : left + width] = ink / ink.max()
    return placed


def _start(mass, length):
    """Where ink with this mass along one axis starts, so that its centre lies in the middle and all of it inside."""
    centre = (mass * np.arange(len(mass))).sum() / mass.sum()
    return int(np.clip(round(length / 2 - centre), 0, length - len(mass)))


def _resized(grey, height_width, resample=Image.Resampling.BICUBIC):
    height, width = height_width
    return np.asarray(Image.fromarray(grey.astype("float32")).resize((width, height), resample))


def _shrunk(grey, longest):
    """The same, its longer side at most so long; small ones stay."""
    scale = min(longest / max(grey.shape), 1)
    return grey if scale == 1 else _resized(grey, [max(round(scale * n), 1) for n in grey.shape], Image.Resampling.BOX)


def unlike_digits(image: NDArray) -> str:
    """What tells an image from MNIST's digits, in words, or "", by its edge and by the size and place of its ink.

    Args:
        image: float (28, 28) in [-1, 1].
    """
    if np.median(figures.edge(image)) > 0.3 and np.median(image) > 0.3:
        return "dark on light"
    ink = image > 0
    if not ink.any():
        return ""
    (top, bottom), (left, right) = (np.flatnonzero(ink.any(axis))[[0, -1]] for axis in (1, 0))
    if max(bottom - top, right - left) + 1 < 16:
        return "small"
    y, x = (np.average(np.arange(SIZE), weights=ink.sum(axis)) for axis in (1, 0))
    return "off-centre" if max(abs(y - SIZE / 2), abs(x - SIZE / 2)) > 3 else ""


# ---- what is ink


def _grey(x):
    """A picture of any kind as float32 (h, w), 0 black and 1 white."""
    x = x[..., None] if x.ndim == 2 else x
    if x.ndim != 3 or x.shape[-1] not in (1, 2, 3, 4) or x.dtype.kind not in "buif":
        raise ValueError(f"give one picture, (h, w) or (h, w, channels). Received: {x.dtype} {x.shape}")
    if min(x.shape[:2]) < LEAST_SIDE:
        raise ValueError(
            f"the picture is too small; at least {LEAST_SIDE} pixels a side are needed. Received: {x.shape}"
        )
    if not np.isfinite(x).all():
        raise ValueError("pixels must be finite; replace NaN and infinity. Received: a value that is not")
    x = _unit(x)
    colour, alpha = (x[..., :-1], x[..., -1:]) if x.shape[-1] in (2, 4) else (x, 1.0)
    return (colour * alpha + 1 - alpha).mean(-1).astype("float32")


def _unit(x):
    """Pixels to [0, 1] by the range that their type tells."""
    if x.dtype.kind == "f":
        low, high = (-1 if x.min() < 0 else 0), (1 if x.max() <= 1 else 255)
    else:
        high = {"bool": 1, "uint8": 255, "uint16": 65535}.get(x.dtype.name, max(int(x.max()), 255))
        low, high = 0, 1 if x.max() <= 1 else high  # or a mask
    return np.clip((x.astype("float32") - low) / (high - low), 0, 1)


def _is_light_on_dark(grey):
    """Strokes cover the lesser part of their surroundings: if they are light, the longer tail is that of the light."""
    small = _shrunk(grey, COARSE)
    return ((small - _over_squares(small, _wide(small), np.mean, mode="edge")) ** 3).mean() > 0


def _wide(grey):
    """The side of a square that is wider than strokes: an odd number of pixels."""
    return max(grey.shape) // 3 | 1


def _sheet(grey):
    """Where a sheet lies that is wholly in view, on a table: a `Box` within its edges; else all of the picture."""
    small = _shrunk(grey, COARSE)
    light = small > _otsu(small)
    paper = light if figures.edge(light).mean() < 0.5 else ~light  # the table is what the picture's edge shows
    pieces = figures.pieces(paper)
    largest = pieces == np.bincount(pieces[paper], minlength=2).argmax()
    (top, bottom), (left, right) = (np.flatnonzero(largest.any(axis))[[0, -1]] + (0, 1) for axis in (1, 0))
    filled = largest.sum() / ((bottom - top) * (right - left))
    if figures.edge(largest).any() or largest.mean() < 0.2 or filled < 0.7:  # no figure fills its box so well
        return Box(0, 0, *grey.shape[::-1])
    scale = max(grey.shape) / max(small.shape)
    in_x, in_y = (right - left) // 20 + 1, (bottom - top) // 20 + 1
    return Box(*(round(scale * edge) for edge in (left + in_x, top + in_y, right - in_x, bottom - in_y)))


def _find(light, lines=LINES):
    """Light strokes on any ground, ruled with so many lines or more, to (their ink, cropped, in [0, 1]; its box)."""
    small = _shrunk(light, WORK)
    even = small - _ground(small)
    even -= np.median(even)
    bare = ruled.without_lines(even, max(4 * _noise(even), LEAST_CONTRAST / 2), lines)
    ink = _ink(bare)
    inked = ink > FAINT
    (top, bottom), (left, right) = (np.flatnonzero(inked.any(axis))[[0, -1]] + (0, 1) for axis in (1, 0))
    scale = max(light.shape) / max(small.shape)
    box = Box(*(round(scale * edge) for edge in (left, top, right, bottom)))
    if scale > 1 and 3 * box.longest < max(light.shape):
        return _look_nearer(light, box, lines if bare is even else 1)
    return ink[top:bottom, left:right], box


def _look_nearer(light, box, lines):
    """The same, of a small figure on a large sheet: what was shrunk shows more of its strokes from nearer."""
    margin = box.longest // 2
    left, top = max(box.left - margin, 0), max(box.top - margin, 0)
    ink, near = _find(light[top : box.bottom + margin, left : box.right + margin], lines)
    return ink, near.moved(left, top)


def _ground(light):
    """What lies behind light strokes: a grey opening, over squares wider than a stroke, on a coarse copy."""
    small = _shrunk(light, COARSE)
    opened = _over_squares(_over_squares(small, _wide(small), np.min), _wide(small), np.max)
    return _resized(_over_squares(opened, 3, np.mean), light.shape, Image.Resampling.BILINEAR)


def _over_squares(x, width, reduce, **padding):
    """A filter over squares: axis by axis. A slope goes on beyond an edge, unless `padding` says otherwise."""
    padding = padding or {"mode": "reflect", "reflect_type": "odd"}
    for axis in (0, 1):
        beyond = [(width // 2, width // 2) if axis == other else (0, 0) for other in (0, 1)]
        x = reduce(np.lib.stride_tricks.sliding_window_view(np.pad(x, beyond, **padding), width, axis), -1)
    return x


def _noise(even):
    """The standard deviation around a ground of 0, from the median's: ink does not count in it."""
    return 1.48 * np.median(np.abs(even))


def _ink(even):
    """Strokes above a ground of 0 to ink in [0, 1], with nothing next to the figure."""
    noise = _noise(even)
    cut = max(_otsu(np.maximum(even, -3 * noise)), 4 * noise)  # below the ground, only noise is meant
    strong = even > cut
    if not strong.any() or even[strong].mean() < LEAST_CONTRAST:
        reason = (
            "it is blank, or the ink is too faint"
            if noise < LEAST_CONTRAST
            else "it is all noise; hold still, in more light"
        )
        raise ValueError(f"{figures.NO_FIGURE} {reason}. Received: nothing that stands out")
    figure = figures.of_strokes(strong, even > min(max(3 * noise, 0.2 * np.quantile(even[strong], 0.9)), cut))
    full = np.quantile(even[strong & figure], 0.9)
    return np.clip((even - noise) / (full - noise), 0, 1) * _over_squares(figure.astype("float32"), 3, np.max)


def _otsu(values):
    """The cut that parts values into two classes as far from one another as can be."""
    counts, edges = np.histogram(values, 256)
    below, mass = np.cumsum(counts)[:-1], np.cumsum(counts * (edges[1:] + edges[:-1]) / 2)
    between = (mass[-1] * below / values.size - mass[:-1]) ** 2 / np.maximum(below * (values.size - below), 1)
    return edges[1 + between.argmax()]
