"""Small pictures of what flows through the kit, as HTML: samples, points, logits, pushes, and slopes."""

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from mmgan_lite import plots
from mmgan_lite.course.kit import svg
from mmgan_lite.datasets import image

COLOURS = {"real": plots.OKABE_ITO["blue"], "fake": plots.OKABE_ITO["vermilion"],
           "mismatched": plots.OKABE_ITO["purple"]}  # fmt: skip
SIGNED = LinearSegmentedColormap.from_list("signed", [COLOURS["fake"], "white", COLOURS["real"]])
_WIDE, _HIGH, _EDGE = 240, 108, 4.0  # of a drawing, and the largest logit that it has room for


def sample(name, values, alt):
    """One sample as networks take it; a sound in the colours of sound, words as a table of the vocabulary."""
    values = np.asarray(values)
    if name == "image":
        return _pixels(image.unscale(np.squeeze(values)), alt)
    if name == "speech":
        colours = matplotlib.colormaps[plots.SOUND_MAP]
        return _pixels(colours(np.flipud(values.T) / 2 + 0.5, bytes=True)[..., :3], alt)
    return _pixels(np.uint8(255 * (1 - np.clip(np.abs(_flat(values)), 0, 1))), alt)


def signed(name, values, alt):
    """Numbers of either sign, such as a point of the space or a slope: blue above nought, orange-red below."""
    values = np.asarray(values)
    values = np.flipud(values.T) if name == "speech" else _flat(values)
    most = max(float(np.abs(values).max()), 1e-12)
    return _pixels(SIGNED(values / (2 * most) + 0.5, bytes=True)[..., :3], alt)


def _flat(values):
    """Any array as a picture; a row of numbers as a block that is nearly square."""
    values = np.squeeze(values)
    if values.ndim == 2:
        return values
    values = values.ravel()
    width = max(width for width in range(1, int(len(values) ** 0.5) + 1) if len(values) % width == 0)
    return values.reshape(width, -1)


def _pixels(pixels, alt):
    return plots.img(plots.png_of(pixels), alt)


def logits(values, pushes, alt):
    """D's logits on a line from "fake" to "real", each with its name, and an arrow where a push is given.

    Args:
        values: {"real", "fake", "mismatched": a logit}.
        pushes: The same of how far each is to move; {} draws no arrows.
        alt: Words.
    """
    middle = f'<line x1="{_WIDE / 2}" x2="{_WIDE / 2}" y1="0" y2="{_HIGH}" stroke="#999999" />'
    drawn = "".join(_logit(place, name, value, pushes.get(name)) for place, (name, value) in enumerate(values.items()))
    return svg.img(_WIDE, _HIGH, middle + drawn, alt)


def _logit(place, name, value, push):
    x, y, colour = _across(value), 22 + 34 * place, COLOURS[name]
    anchor = "end" if x > _WIDE / 2 else "start"
    words = f'<text x="{x}" y="{y - 9}" fill="{colour}" text-anchor="{anchor}">{name} {number(value)}</text>'
    dot = f'<circle cx="{x}" cy="{y}" r="6" fill="{colour}" />'
    if push is None or abs(push) < 5e-3:
        return dot + words
    end = _across(value + 2 * push)
    end = end if abs(end - x) > 9 else x + 9 * np.sign(push)
    tip = end - 7 * np.sign(push)
    head = f'<polygon points="{end},{y} {tip},{y - 5} {tip},{y + 5}" />'
    return f'{dot}<line x1="{x}" x2="{tip}" y1="{y}" y2="{y}" stroke="black" stroke-width="3" />{head}{words}'


def _across(value):
    return round(_WIDE * (0.5 + float(np.clip(value, -_EDGE, _EDGE)) / (2.2 * _EDGE)), 1)


def layers(sizes, colour, alt):
    """A bar for each weight array, from the first layer to the last; each sixth of the width is ten times as large.

    Args:
        sizes: {name: a number, 0 or more}; of one millionth, nothing is left to see.
        colour, alt: As CSS, and words.
    """
    high = _HIGH / max(len(sizes), 1)
    lengths = [_WIDE * min(1.0, max(0.0, 1 + np.log10(max(size, 1e-12)) / 6)) for size in sizes.values()]
    bars = "".join(
        f'<rect x="0" y="{place * high + 1:.1f}" width="{length:.1f}" height="{high - 2:.1f}" fill="{colour}" />'
        for place, length in enumerate(lengths)
    )
    return svg.img(_WIDE, _HIGH, bars, alt)


def number(value, form="+.2f"):
    """With a minus sign, not a hyphen."""
    return f"{value:{form}}".replace("-", "−")
