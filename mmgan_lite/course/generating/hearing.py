"""Several sounds to listen to, one after another, at one loudness."""

import html

import numpy as np

from mmgan_lite.course.kit import cards


def players(waves):
    """A player for each wave, under its name.

    Args:
        waves: {name: float (samples,) at 8 kHz}.

    Returns:
        An `IPython.display.HTML`.
    """
    from IPython.display import HTML

    names = "".join(f"<b>{html.escape(name)}</b>" for name in waves)
    loud = {name: 0.9 * np.asarray(wave) / max(float(np.abs(wave).max()), 1e-9) for name, wave in waves.items()}
    sounds = "".join(cards.player(wave, name) for name, wave in loud.items())
    return HTML(cards.grid(f"repeat({len(waves)}, {cards.WIDTH + 8}px)", names + sounds))
