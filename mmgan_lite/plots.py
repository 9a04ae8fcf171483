"""Plots: arrays in, Axes out, and words for those who cannot see them.

Every figure is a `matplotlib.figure.Figure` of its own, without pyplot's hidden state, so that a training thread may
draw one while the notebook draws another. Every drawing function leaves words in `ax.alt`; `alt_text` joins them.
"""

import html
import io
import itertools
import math
import threading
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, overload

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image

from mmgan_lite.datasets import image, speech
from mmgan_lite.lettering import lettered

# Okabe & Ito 2008: colours that a colour-blind person can tell apart. A modality keeps its colour everywhere.
OKABE_ITO = {
    "blue": "#0072B2", "vermilion": "#D55E00", "green": "#009E73", "purple": "#CC79A7",
    "orange": "#E69F00", "sky": "#56B4E9", "yellow": "#F0E442", "black": "#000000",
}  # fmt: skip
COLOURS = {
    "image": OKABE_ITO["blue"],
    "text": OKABE_ITO["vermilion"],
    "speech": OKABE_ITO["green"],
    "imagined": OKABE_ITO["purple"],
}
SOUND_MAP = "magma"  # even steps of brightness, so it prints in grey too
_MEL_TICKS = (100, 250, 500, 1000, 2000, 3500)  # Hz
DRAWING = threading.Lock()  # fonts and mathematics are shared by all figures


@overload
def figure(width: float = ..., height: float = ...) -> tuple[Figure, Axes]: ...
@overload
def figure(width: float = ..., height: float = ..., rows: int = ..., columns: int = ...) -> tuple[Figure, Any]: ...
def figure(width=4.0, height=3.0, rows=1, columns=1):
    """A figure and its Axes.

    Args:
        width, height: Inches.
        rows, columns: Axes in each direction.

    Returns:
        The Figure, and one Axes, or an object array (rows, columns) of Axes.
    """
    fig = Figure(figsize=(width, height), layout="constrained")
    axes = fig.subplots(rows, columns, squeeze=False)
    return fig, axes[0, 0] if rows == columns == 1 else axes


def image_grid(
    images: ArrayLike,
    ax: Axes | None = None,
    *,
    columns: int | None = None,
    of: str = "images",
    rows: Sequence[str] = (),
) -> Axes:
    """Many images as one sheet.

    Args:
        images: float (n, h, w[, c]) in [-1, 1].
        ax: Axes to draw into; None makes a figure.
        columns: Images in a row; None makes the sheet nearly square.
        of: What they show, for the alt text.
        rows: Names of the rows, written next to them; or none.

    Returns:
        The Axes.
    """
    images = image.unscale(images)
    images = images if images.ndim == 4 else images[..., None]
    columns = columns or math.ceil(math.sqrt(len(images)))
    number = math.ceil(len(images) / columns)
    room = 0.07 * max((len(name) for name in rows), default=0)  # inches for the names
    ax = ax or figure(0.6 * columns + 0.2 + room, 0.6 * number + 0.2)[1]
    sheet = _sheet(images, number, columns)
    ax.imshow(sheet[..., 0] if sheet.shape[-1] == 1 else sheet, cmap="gray", vmin=0, vmax=255)
    ax.set_frame_on(False)
    ax.set_xticks([])
    # names as tick labels: the layout makes room for these, whoever made the Axes
    middles = [(row + 0.5) * (images.shape[1] + 1) for row in range(len(rows))]
    ax.set_yticks(middles, rows, fontsize="small")
    ax.tick_params(length=0)
    if rows:
        with DRAWING:
            _whole(ax).draw_without_rendering()  # the names push the sheet aside: the layout needs a second look
    named = f" Rows: {', '.join(rows)}." if rows else ""
    return described(ax, f"{len(images)} {of}, {number} by {columns}.{named}")


def _sheet(images, rows, columns):
    """uint8 (n, h, w, c) to one picture of about (rows * h, columns * w, c), grey lines between the images."""
    sheet = np.zeros((rows * columns, *images.shape[1:]), "uint8")
    sheet[: len(images)] = images
    sheet = np.pad(sheet, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=96)
    _, h, w, c = sheet.shape
    return sheet.reshape(rows, columns, h, w, c).swapaxes(1, 2).reshape(rows * h, columns * w, c)[:-1, :-1]


def spectrogram(log_mel: ArrayLike, ax: Axes | None = None, labels: bool = True, of: str = "a sound") -> Axes:
    """One log-mel picture with its axes in seconds and Hz.

    Args:
        log_mel: float (frames, mels) in [-1, 1].
        ax: Axes to draw into; None makes a figure.
        labels: Write the units at the axes.
        of: What is heard, for the alt text.

    Returns:
        The Axes.
    """
    log_mel = np.asarray(log_mel)
    ax = ax or figure(3.2, 2.4)[1]
    frames, mels = log_mel.shape
    seconds = frames * speech.HOP / speech.SAMPLE_RATE
    ax.imshow(log_mel.T, origin="lower", aspect="auto", cmap=SOUND_MAP, vmin=-1, vmax=1, extent=(0, seconds, 0, mels))
    ax.set_yticks([speech.mel_band(hz) for hz in _MEL_TICKS], [f"{hz}" for hz in _MEL_TICKS])
    if labels:
        ax.set(xlabel="time (s)", ylabel="frequency (Hz)")
    words = f"Spectrogram of {of}: time from left to right, low tones below high ones, bright where it is loud."
    return described(ax, words)


def losses(history: Any, ax: Axes | None = None) -> Axes:
    """The course of the losses: D drawn through, G dashed, a colour for each pair of players; the prior's dotted.

    Args:
        history: {name: numbers}, with names such as "d_image", "g_text" or "loss", and "step" if known;
            or a Keras `History`.
        ax: Axes to draw into; None makes a figure.

    Returns:
        The Axes.
    """
    history = getattr(history, "history", history)
    ax = ax or figure(6, 3)[1]
    names = [name for name in history if name in ("loss", "prior") or name[:2] in ("d_", "g_")]
    others = [name[2:] for name in names if name.startswith("d_") and name[2:] not in COLOURS]
    colours = dict(zip(others, itertools.cycle(OKABE_ITO.values()), strict=False)) | COLOURS
    for name in names:
        values = np.asarray(history[name], "float64")
        steps = np.asarray(history.get("step", np.arange(1, len(values) + 1)))
        known = np.isfinite(values)  # the two stages have other losses: where one is silent, no line
        style = "--" if name.startswith("g_") else ":" if name == "prior" else "-"
        ax.plot(steps[known], values[known], style, color=colours.get(name[2:], "black"), label=name, linewidth=1.4)
    ax.set(xlabel="step" if "step" in history else "epoch", ylabel="loss")
    if names:
        above = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0}  # nowhere else is surely free
        ax.legend(fontsize="x-small", ncols=4, frameon=False, **above)
    ends = "; ".join(_ends(name, history[name]) for name in names)
    return described(ax, f"Losses over the training. {ends}.")


def _ends(name, values):
    values = np.asarray(values, "float64")
    values = values[np.isfinite(values)]
    return f"{name} from {values[0]:.2f} to {values[-1]:.2f}" if len(values) else f"{name} unknown"


def triples(
    images: Collection | None = None,
    captions: Collection[str] | None = None,
    sounds: Collection | None = None,
    titles: Collection[str] | None = None,
) -> Figure:
    """A gallery: each thing a column, its image over its caption over its sound. What is None is left out.

    Args:
        images: float (n, h, w[, c]) in [-1, 1].
        captions: n strings.
        sounds: float (n, frames, mels) in [-1, 1].
        titles: n strings above the columns.

    Returns:
        The Figure.
    """
    rows = ((draw_image, images), (draw_caption, captions), (draw_sound, sounds))
    return gallery([(draw, samples) for draw, samples in rows if samples is not None], titles)


def gallery(rows: Sequence[tuple[Callable, Collection]], titles: Collection[str] | None = None) -> Figure:
    """Samples of several modalities: a row for each modality, a column for each thing.

    Args:
        rows: [(a function (Axes, one sample), n samples), …].
        titles: n strings above the columns.

    Returns:
        The Figure.
    """
    inches = [0.55 if draw is draw_caption else 1.4 for draw, _ in rows]
    title = 0.55 if titles else 0.05
    columns = len(rows[0][1])
    fig = Figure(figsize=(1.45 * columns, sum(inches) + title))
    # fixed places: the automatic layout takes longer than all the drawing, and training waits for it
    places = {"left": 0.005, "right": 0.995, "bottom": 0.01, "top": 1 - title / (sum(inches) + title)}
    grid = {**places, "wspace": 0.05, "hspace": 0.08}
    axes = fig.subplots(len(rows), columns, squeeze=False, height_ratios=inches, gridspec_kw=grid)
    for line, (draw, samples) in zip(axes, rows, strict=True):
        for ax, sample in zip(line, samples, strict=True):
            draw(ax, sample)
            ax.set_axis_off()
    for ax, text in zip(axes[0], titles or (), strict=False):
        title, style = lettered(text)
        ax.set_title(title, fontsize=7, pad=3, **style)
        described(ax, f"{text}: {ax.alt}")
    return fig


def draw_image(ax: Axes, sample: ArrayLike) -> None:
    """One image (h, w[, c]) in [-1, 1] in the Axes."""
    image_grid(np.asarray(sample)[None], ax)
    described(ax, "an image.")


def draw_sound(ax: Axes, sample: ArrayLike) -> None:
    """One log-mel (frames, mels) in [-1, 1] in the Axes."""
    spectrogram(sample, ax, labels=False)


def draw_caption(ax: Axes, sample: str) -> None:
    """One string in the Axes."""
    words, style = lettered(sample)
    ax.text(0.5, 0.5, words, ha="center", va="center", fontsize=7, transform=ax.transAxes, **style)
    described(ax, f"Caption: {sample}.")


def draw_numbers(ax: Axes, sample: ArrayLike) -> None:
    """Numbers in the Axes: a path of points (n, 2) as a line in the plane, anything else as curves or a picture."""
    sample = np.asarray(sample)
    if sample.ndim == 2 and sample.shape[1] == 2:
        ax.plot(*sample.T, color="black")
        ax.set_aspect("equal", "datalim")
    elif sample.ndim < 3:
        ax.plot(sample, linewidth=1)
    else:
        image_grid(sample[None], ax)
    described(ax, f"numbers, {' by '.join(map(str, sample.shape))}.")


def described(ax: Any, words: str) -> Axes:
    """The Axes, with the words left in its `alt`."""
    ax.alt = words
    return ax


def alt_text(fig: Figure) -> str:
    """The words of all Axes of a figure, in one string."""
    return " ".join(dict.fromkeys(filter(None, (getattr(ax, "alt", "") for ax in fig.axes))))


def png(fig: Figure, dpi: float = 100) -> bytes:
    """The figure as the bytes of a PNG file; safe in any thread."""
    file = io.BytesIO()
    with DRAWING:
        fig.savefig(file, format="png", dpi=dpi)
    return file.getvalue()


def png_of(pixels: ArrayLike, compress_level: int = 6) -> bytes:
    """Pixels, uint8 (h, w) or (h, w, 3), as the bytes of a PNG file; the lower `compress_level`, the sooner."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "png", compress_level=compress_level)
    return file.getvalue()


def img(picture: bytes, alt: str, width: int | None = None) -> str:
    """An HTML `<img>` of PNG bytes, complete in itself, with its alt text."""
    size = f' width="{width}"' if width else ""
    # decoded at once: a picture that is replaced then never flickers
    data = f"data:image/png;base64,{b64encode(picture).decode()}"
    fits = 'style="max-width: 100%; height: auto"'  # into a narrow page
    return f'<img src="{data}" alt="{html.escape(alt)}"{size} {fits} decoding="sync">'


def table(columns: Mapping[str, Collection], caption: str = "The numbers", opened: bool = False) -> str:
    """Numbers as an HTML table that opens on demand.

    Args:
        columns: {heading: values}, all of one length; floats are shown with three digits.
        caption: What a click on it promises.
        opened: Begin with it open.
    """
    if not columns:
        return ""
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in zip(*columns.values(), strict=True))
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<details{' open' * opened}><summary>{html.escape(caption)}</summary>{body}</details>"


def _cell(value):
    if isinstance(value, float | np.floating):
        return f"<td>{value:.3g}</td>" if abs(value) < 1000 else f"<td>{value:.0f}</td>"
    return f"<td>{html.escape(str(value))}</td>"


def _whole(fig: Any) -> Figure:
    """The Figure that Axes belong to; a Figure is itself whole."""
    return getattr(fig, "figure", fig)


def note(fig: Figure | Axes, words: str) -> Figure:
    """Small words under a figure, such as the budget that it depends on, or none; returns the Figure."""
    fig = _whole(fig)
    if words:
        fig.supxlabel(words, fontsize=7, color="#555555", x=0.99, ha="right")
        described(fig.axes[0], f"{getattr(fig.axes[0], 'alt', '')} {words}.".strip())
    return fig


def show(fig: Figure | Axes, alt: str | None = None, numbers: Mapping[str, Collection] | None = None):
    """Show a figure, or an Axes, in a notebook with its alt text (which JupyterLab drops from bare pictures).

    Args:
        fig: A Figure or an Axes.
        alt: The words; None takes those of its Axes.
        numbers: What it shows, as `table` takes it, to open below the figure; None leaves it out.

    Returns:
        An `IPython.display.HTML`.
    """
    from IPython.display import HTML

    fig = _whole(fig)
    return HTML(img(png(fig), alt or alt_text(fig)) + table(numbers or {}))
