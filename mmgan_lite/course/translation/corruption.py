"""Corruption: samples of any modality, spoilt by a measured amount. Notebook 09."""

import zlib

import numpy as np

from mmgan_lite.datasets import captions


def corrupt(modality, samples, level, seed=0):
    """Replace a share of what a sample is made of by chance: pixels, places of a spectrogram, or words.

    With one seed, more is spoilt at a higher level, and what was spoilt before stays spoilt in the same way.

    Args:
        modality: "image", "speech" or "text", or the name of another whose samples are arrays.
        samples: float (n, …) in [-1, 1]; or n captions.
        level: The share, from 0 (nothing) to 1 (nothing is left).
        seed: Of the draw, an int.

    Returns:
        float32 of the same shape; or a list of n captions, of as many words as before.

    Raises:
        ValueError: for a level outside [0, 1].

    >>> corrupt("text", ["a thin three"], 0.0)
    ['a thin three']
    """
    if not 0 <= level <= 1:
        raise ValueError(f"level is a share: it must be in [0, 1]. Received: {level}")
    rng = np.random.default_rng((seed, _noise_of(modality)))
    if modality == "text":
        return [_misheard(caption.split(), level, rng) for caption in samples]
    samples = np.asarray(samples, "float32")
    hit, chance = rng.random(samples.shape) < level, rng.uniform(-1, 1, samples.shape)
    return np.where(hit, chance, samples).astype("float32")


def _noise_of(modality):
    """Each modality has noise of its own; the pages of the course were saved with these numbers for three of them."""
    return {"text": 4, "image": 5, "speech": 6}.get(modality, zlib.crc32(modality.encode()))


def _misheard(words, level, rng):
    hit, others = rng.random(len(words)) < level, rng.choice(captions.DIGITS.words[1:], len(words))
    return " ".join(np.where(hit, others, words))
