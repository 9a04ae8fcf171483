"""A figure among strokes: which of the pieces that hang together belong to it, and which stand next to it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

PIECES = 4  # no digit is written in more strokes that do not touch; noise is
LEAST_INK = 6  # pixels: less is no figure
NO_FIGURE = "the picture shows no figure that can be told from its ground; write one digit, large and dark:"


def of_strokes(strong: NDArray, weak: NDArray) -> NDArray[np.bool_]:
    """The pieces of weak ink that hold enough strong ink, without a box around them.

    Args:
        strong, weak: bool (h, w): where there is ink for certain, and where there may be.

    Raises:
        ValueError: where they are specks, run along the picture's edges, or are two figures side by side.
    """
    numbers = pieces(weak)
    sizes = np.bincount(numbers[strong], minlength=numbers.max() + 1)
    inner = sizes.copy()
    inner[edge(numbers)] = 0
    sizes = inner if inner.max() > 0.1 * sizes.max() else sizes
    kept = np.flatnonzero(sizes > 0.1 * sizes.max())
    if len(kept) > PIECES or sizes.max() < LEAST_INK:
        message = f"{len(kept)} pieces, of {sizes.max()} pixels at most"
        raise ValueError(f"{NO_FIGURE} it falls into specks or pieces, as noise does. Received: {message}")
    figure = np.isin(numbers, kept)
    for one in (numbers == number for number in kept):
        if _is_frame(one, figure & ~one):
            figure &= ~one
    if edge(figure).mean() > 0.5:
        remedy = "let the sheet fill the picture, without what it lies on"
        raise ValueError(f"{NO_FIGURE} {remedy}. Received: something dark or light all along the picture's edges")
    if (number := _side_by_side(figure)) > 1:
        raise ValueError(f"the picture shows more than one digit; cut out one of them. Received: {number} side by side")
    return figure


def _is_frame(piece, others):
    """Whether it has ink in all corners, as no digit has, around others of a third of its height: the box of a form."""
    rows, columns = (slice(*np.flatnonzero(piece.any(axis))[[0, -1]] + (0, 1)) for axis in (1, 0))
    box = piece[rows, columns]
    height, width = (-(-side // 6) for side in box.shape)  # a box may be turned by ten degrees
    corners = [box[::down, ::right][:height, :width].any() for down in (1, -1) for right in (1, -1)]
    return all(corners) and 3 * others[rows, columns].any(1).sum() >= len(box)


def _side_by_side(figure):
    """How many parts at least half as high as all of it stand next to one another, a tenth of that between them."""
    height = figure.any(1).sum()
    inked = np.convolve(figure.any(0), np.ones(max(height // 10 | 1, 3)), "same") > 0  # a broken stroke leaves less
    parts = np.split(figure, np.flatnonzero(np.diff(inked)) + 1, axis=1)
    return sum(2 * part.any(1).sum() >= height for part in parts)


def pieces(mask: NDArray) -> NDArray[np.int32]:
    """Of a bool (h, w), int32 (h, w): 0 outside it, one number for all that hangs together, at corners too."""
    thick = mask.copy()
    thick[1:] |= mask[:-1]  # floodfill goes from side to side alone; this joins what meets at a corner
    labels = Image.fromarray(-thick.astype("int32"))
    number = 0
    for y, x in np.argwhere(mask).tolist():
        if labels.getpixel((x, y)) == -1:
            number += 1
            ImageDraw.floodfill(labels, (x, y), number)
    return np.asarray(labels) * mask


def edge(x: NDArray) -> NDArray:
    """The outermost pixels of (h, w), in one row."""
    return np.concatenate([x[[0, -1]].ravel(), x[:, [0, -1]].ravel()])
