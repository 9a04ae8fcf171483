"""What the model hears of a recording: the whole wave with the word marked, and the word as its log-mel picture."""

import html
import itertools

import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit import cards, svg
from mmgan_lite.datasets import speech

_WIDTH, _HEIGHT = 300, 60  # pixels of the wave
_LOUDEST = 0.95  # of the height that the loudest sample takes


def html_of(wave, sample_rate, name):
    """A recording as HTML: its wave, and below it, with a player, what the model hears of it.

    Args:
        wave: float (samples,).
        sample_rate: Hz.
        name: What it is, in words, for the alt texts.

    Returns:
        HTML; where no word is found, the wave alone and the reason.
    """
    try:
        start, stop = speech.find_word(wave, sample_rate)
        log_mel = speech.from_waveform(wave, sample_rate)
    except ValueError as error:
        return wave_picture(wave, sample_rate, name) + f"<div>{html.escape(str(error))}</div>"
    seconds = len(wave) / sample_rate
    message = f"What the model hears: from {start:.2f} to {stop:.2f} s of {seconds:.2f} s."
    picture = wave_picture(wave, sample_rate, name, (start, stop))
    return f"{picture}<div>{message}</div>{cards.sounds([log_mel], [f'what the model hears of {name}'])[0]}"


def wave_picture(wave, sample_rate, name, word=None):
    """A wave as HTML, the loudest sample as high as the picture; `word`, (start, stop) in seconds, is marked."""
    seconds = max(len(wave), 1) / sample_rate
    drawn, alt = _strokes(np.asarray(wave, "float64")), f"The wave of {name}, {seconds:.2f} s long"
    if word is not None:
        left, right = (_WIDTH * edge / seconds for edge in word)
        box = f'<rect x="{left:.1f}" y="1" width="{right - left:.1f}" height="{_HEIGHT - 2}"'
        drawn = f'{box} fill="#F0E442" fill-opacity=".5" stroke="black" stroke-dasharray="3 2"/>{drawn}'
        alt += f"; the part from {word[0]:.2f} to {word[1]:.2f} s is marked: the model hears it"
    return svg.img(_WIDTH, _HEIGHT, drawn, f"{alt}.")


def _strokes(wave):
    """In each column of the picture a stroke from the greatest to the least sample of its part of the wave."""
    edges = np.linspace(0, len(wave), _WIDTH + 1).astype(int)
    parts = [wave[left : max(right, left + 1)] for left, right in itertools.pairwise(edges)]
    span = np.array([(part.max(initial=0), part.min(initial=0)) for part in parts])  # (columns, 2)
    heights = _HEIGHT / 2 * (1 - span * _LOUDEST / max(np.abs(span).max(), 1e-9))
    path = "".join(f"M{x + 0.5} {top:.1f}V{bottom + 0.5:.1f}" for x, (top, bottom) in enumerate(heights))
    return f'<path d="{path}" stroke="{plots.COLOURS["speech"]}"/>'
