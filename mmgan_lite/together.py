"""Together: samples of several modalities that tell the same thing, where a prompt leaves something open.

Each generator has a z of its own. Were they asked apart, the picture of "a three" would lean as it likes, and a caption
beside it would say what it likes. So they are asked in turn, and each hears what was made before it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmgan_lite import arguments


def checked(to: Any) -> tuple[str, ...]:
    """Names of modalities to draw together.

    Raises:
        ValueError: for none, or one that is there twice.
    """
    names = tuple(to) if isinstance(to, Sequence) else ()
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError(f'to must be a modality, or different ones such as ("image", "speech"). Received: {to!r}')
    return names


def draw(gan: Any, prompts: Mapping, to: Sequence[str], count: int = 1, seed: int | None = None) -> dict[str, Any]:
    """Samples of several modalities, made one after the other: each hears the prompt, and what was made before it.

    Words come first, whatever the order of `to`: a caption says in a few facts what a picture and a sound then obey,
    but reads a voice out of a sound less surely.

    Args:
        gan: A `MultimodalGAN`.
        prompts, count, seed: As for `generate`.
        to: Names of modalities.

    Returns:
        {modality: samples}, in the order of `to`, each as `generate` returns it; draw beside draw.
    """
    rng = np.random.default_rng(seed if seed is None else arguments.seed(seed))
    prompt, made = gan.embed(prompts), {}
    heard = len(prompts) * np.repeat(prompt, count, 0)  # (n * count, embed_dim): a sum of unit vectors
    for name in sorted(to, key=lambda name: not gan.records[name].in_words):
        e = heard / np.linalg.norm(heard, axis=1, keepdims=True)
        made[name] = [row[0] for row in gan.decode(e, name, seed=rng)]
        heard = heard + gan.embed({name: made[name]})
    return {name: _by_prompt(gan.records[name], made[name], count) for name in to}


def _by_prompt(record, samples, count):
    """n * count samples to (n, count, …), or to n lists of strings."""
    rows = [samples[row : row + count] for row in range(0, len(samples), count)]
    return rows if record.in_words else np.array(rows)
