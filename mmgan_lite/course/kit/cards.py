"""Cards: samples of all senses side by side as HTML, each picture with alt text, each sound with a player."""

import html
from base64 import b64encode

import matplotlib
import numpy as np

from mmgan_lite import files, plots
from mmgan_lite.datasets import image, speech

WIDTH = 116  # screen pixels of a card
ROUNDS = 30  # of Griffin-Lim: fast, and still understood
NAMES = {"image": "image", "text": "caption", "speech": "sound"}
SPOKEN = {"text": "a caption", "image": "an image", "speech": "a sound"}


def picture(sample, alt):
    """An image float (h, w[, c]) in [-1, 1] as HTML; the page enlarges it, pixel by pixel."""
    return _enlarged(image.unscale(np.squeeze(sample)), alt)


def sound_picture(log_mel, alt):
    """A log-mel float (frames, mels) in [-1, 1] as HTML: time to the right, high tones above."""
    colours = matplotlib.colormaps[plots.SOUND_MAP](np.flipud(np.asarray(log_mel).T) / 2 + 0.5, bytes=True)
    return _enlarged(colours[..., :3], alt)


def _enlarged(pixels, alt):
    return f'<div style="image-rendering: pixelated">{plots.img(plots.png_of(pixels), alt, WIDTH)}</div>'


def player(wave_form, label):
    """A waveform float (samples,) in [-1, 1] as an HTML player; it does not start by itself."""
    source = f"data:audio/wav;base64,{b64encode(files.wav_bytes(wave_form, speech.SAMPLE_RATE)).decode()}"
    return f'<audio controls aria-label="{html.escape(label)}" src="{source}" style="width: {WIDTH}px"></audio>'


def sounds(log_mels, alts):
    """Log-mels (n, frames, mels) as n pieces of HTML, each a spectrogram over a player."""
    waves = speech.to_waveform(np.stack(log_mels), ROUNDS)
    made = zip(log_mels, waves, alts, strict=True)
    return [sound_picture(log_mel, f"Spectrogram: {alt}") + player(wave_form, alt) for log_mel, wave_form, alt in made]


def page(samples, given):
    """A row of cards for each sense, a column for each sample.

    Args:
        samples: {modality: n samples}, as one row of `generate`.
        given: What they were made from, in words, for the alt texts.

    Returns:
        HTML.
    """
    columns = max(map(len, samples.values()))
    rows = "".join(_row(sense, samples[sense], given) for sense in NAMES if sense in samples)
    return grid(f"auto repeat({columns}, {WIDTH}px)", rows, "gap: 8px; padding: 4px")


def grid(columns, cells, style=""):
    """Cells, as HTML, in columns such as "repeat(3, 84px)"; a narrow page scrolls them."""
    style = f"display: inline-grid; grid-template-columns: {columns}; gap: 6px; {style}"
    return f'<div style="overflow-x: auto"><div style="{style}">{cells}</div></div>'


def _row(sense, samples, given):
    name = NAMES[sense]
    alts = [f"{name} {number + 1} made from {given}" for number in range(len(samples))]
    if sense == "speech":
        cells = sounds(samples, alts)
    elif sense == "image":
        cells = [picture(sample, alt) for sample, alt in zip(samples, alts, strict=True)]
    else:
        cells = [html.escape(caption) or "(no word)" for caption in samples]
    label = f'<b style="color: {plots.COLOURS[sense]}; align-self: center">{name}</b>'
    return label + "".join(f'<div class="panel-{name}-card" style="line-height: 1.3">{cell}</div>' for cell in cells)
