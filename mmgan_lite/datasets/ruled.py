"""Ruled and squared paper: its lines run from edge to edge, which no stroke of a figure does."""

import numpy as np
from numpy.typing import NDArray

STEEPEST = 1 / 16  # of its length: how far a line may rise or fall, 3.6 degrees
DARKER = 1.7  # times as dark as the lines is ink that stands on one


def without_lines(dark: NDArray, cut: float, number: int) -> NDArray:
    """A picture of ink without the lines behind it.

    Args:
        dark: float (h, w): how dark a place is; the bare ground is 0.
        cut: What is darker than that may be of a line.
        number: Lines that there must be at least, in one direction, to be taken for paper's.

    Returns:
        float (h, w); `dark` itself, if there are not so many.
    """
    for axis in (0, 1):
        along = np.swapaxes(dark, 0, axis)
        lines, places = _level_lines(along > cut)
        if np.diff(lines, prepend=False, append=False).sum() >= 2 * number:
            dark = np.swapaxes(_cleared(along, lines, places), 0, axis)
    return dark


def _level_lines(above):
    """bool (h,): the rows that are lines, once columns are moved so that lines lie level; and indices that do that."""
    height, width = above.shape
    columns, furthest = np.arange(width), int(STEEPEST * width)
    rises = np.arange(-furthest, furthest + 1)[:, None, None] * (columns / width - 0.5)
    rows = (np.arange(height)[:, None] + np.rint(rises).astype(int)) % height  # (rises, height, width)
    thick = above | np.roll(above, 1, 0)  # a line may run between two rows
    lines = thick[rows, columns].mean(-1) > 0.9
    best = lines.sum(-1).argmax()
    return lines[best], (rows[best], columns)


def _cleared(dark, lines, places):
    """Each line gives way to what stands on both sides of it, unless darker ink stands on it."""
    level = dark[places]
    above, below = np.roll(level, 1, 0), np.roll(level, -1, 0)
    darkest = np.maximum(level, np.maximum(above, below))  # of a line that runs between two rows
    ink = np.where(level > DARKER * np.median(darkest[lines]), level, 0)
    across = np.minimum(np.roll(level, 3, 0), np.roll(level, -3, 0))
    wide = lines | np.roll(lines, 1) | np.roll(lines, -1)
    cleared = dark.copy()
    cleared[places] = np.where(wide[:, None], np.minimum(level, np.maximum(ink, across)), level)
    return cleared
