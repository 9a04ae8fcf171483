"""Together: samples of several modalities of the same thing.

Each generator has a z of its own. What the prompt leaves open was drawn before, as a whole example; so that even what
lies between two levels is told alike, they are asked in turn, and each hears what was made before it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

_HEARD = 2.0  # weight of the whole example; that of a sample made of it is 1


def checked(to: Any) -> tuple[str, ...]:
    """Names of modalities to draw together.

    Raises:
        ValueError: for none, or one that is there twice.
    """
    names = tuple(to) if isinstance(to, Sequence) else ()
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError(f'to must be a modality, or different ones such as ("image", "speech"). Received: {to!r}')
    return names


def draw(gan: Any, e: np.ndarray, to: Sequence[str], rng: np.random.Generator) -> dict[str, Any]:
    """Samples of each modality, made one after the other: each hears the point, and what was made before it.

    Words come first, whatever the order of `to`: a caption says in a few facts what a picture and a sound then obey,
    but reads a voice out of a sound less surely.

    Args:
        gan: A `MultimodalGAN`.
        e: Unit vectors float32 (n, count, embed_dim).
        to: Names of modalities.
        rng: Of the generators' noise.

    Returns:
        {modality: samples}, in the order of `to`, each as `generate` returns it; draw for draw.
    """
    points, made = e.reshape(-1, e.shape[-1]), {}
    heard, here = _HEARD * points, points
    for name in sorted(to, key=lambda name: not gan.records[name].in_words):
        made[name] = [row[0] for row in gan.decode(here, name, seed=rng)]
        if len(made) < len(to):
            heard = heard + _points(gan, name, made[name], heard.shape[-1])
            here = heard / np.linalg.norm(heard, axis=1, keepdims=True)
    return {name: _by_prompt(gan.records[name], made[name], e.shape[1]) for name in to}


def _points(gan, name, samples, embed_dim):
    """Where samples lie; 0 for a caption that came out empty, as those of a model that has learnt little may."""
    there = np.array([len(sample) > 0 for sample in samples])
    points = np.zeros((len(samples), embed_dim), "float32")
    if there.any():
        points[there] = gan.embed({name: [sample for sample, said in zip(samples, there, strict=True) if said]})
    return points


def _by_prompt(record, samples, count):
    """n * count samples to (n, count, …), or to n lists of strings."""
    rows = [samples[row : row + count] for row in range(0, len(samples), count)]
    return rows if record.in_words else np.array(rows)
