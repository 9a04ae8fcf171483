"""Embedders: one network a modality, from a batch to unit vectors in the one shared space.

Source: Radford et al. 2021, "Learning transferable visual models from natural language supervision".
Notebook: 05.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from mmgan_lite.datasets import captions

EMBED_DIM = 64


def build_image_embedder(
    embed_dim: int = EMBED_DIM, shape: Sequence[int] = (28, 28, 1), width: int = 32
) -> keras.Model:
    """A small convolutional network.

    Args:
        embed_dim: Length of the unit vectors.
        shape: (height, width, channels) of the images, float32 in [-1, 1].
        width: Channels after the first convolution; doubled by the second.

    Returns:
        A `keras.Model` from (batch, *shape) to unit vectors float32 (batch, embed_dim).
    """
    images = keras.Input(shape)
    return keras.Model(images, _look(images, embed_dim, width), name="image_embedder")


def build_speech_embedder(embed_dim: int = EMBED_DIM, shape: Sequence[int] = (32, 32), width: int = 32) -> keras.Model:
    """The same network on the picture of a sound: log-mel (batch, frames, mels) to unit vectors (batch, embed_dim)."""
    log_mel = keras.Input(shape)
    return keras.Model(log_mel, _look(ops.expand_dims(log_mel, -1), embed_dim, width), name="speech_embedder")


def _look(x, embed_dim, width):
    x = layers.GaussianNoise(0.1)(x)
    for channels in (width, 2 * width):
        x = layers.Conv2D(channels, 3, strides=2, padding="same")(x)  # half the height and width
        x = layers.LeakyReLU(0.1)(x)
    x = layers.Dropout(0.4)(layers.Flatten()(x))
    x = layers.Dense(128)(x)
    x = layers.Dropout(0.2)(layers.LeakyReLU(0.1)(x))
    return layers.UnitNormalization()(layers.Dense(embed_dim)(x))


def build_text_embedder(
    embed_dim: int = EMBED_DIM, shape: Sequence[int] = captions.DIGITS.size, width: int = 64
) -> keras.Model:
    """Word vectors, a glance at each word's neighbours, and the strongest answer over all places.

    It takes words one-hot, so that a generator's soft words pass through it as well as a person's.

    Args:
        embed_dim: Length of the unit vectors.
        shape: (max_words, words): the length of a caption, and of the vocabulary with the padding word 0.
        width: Length of the word vectors.

    Returns:
        A `keras.Model` from (soft) one-hot words float32 (batch, max_words, words) to unit vectors float32
        (batch, embed_dim). Padding changes nothing.
    """
    words = keras.Input(shape)
    written = 1.0 - words[..., :1]  # 0 where a place is padding
    x = layers.Dense(width, use_bias=False)(words) * written  # (batch, max_words, width)
    x = layers.LeakyReLU(0.1)(layers.Conv1D(2 * width, 3, padding="same")(x))
    x = ops.max(x * written - 1e3 * (1.0 - written), axis=1)  # (batch, 2 * width): the padding never wins
    x = layers.LeakyReLU(0.1)(layers.Dense(128)(x))
    return keras.Model(words, layers.UnitNormalization()(layers.Dense(embed_dim)(x)), name="text_embedder")


def fuse(vectors: Any, present: Any) -> Any:
    """Several modalities' vectors of the same things to one: the mean of those that are there, back on the sphere.

    Args:
        vectors: float32 (batch, modalities, embed_dim), unit vectors.
        present: float32 (batch, modalities), 1 where the modality counts; at least one a row.

    Returns:
        Unit vectors float32 (batch, embed_dim). An absent modality has no influence at all.
    """
    total = ops.sum(vectors * ops.expand_dims(present, -1), axis=1)
    return total / (ops.norm(total, axis=-1, keepdims=True) + 1e-6)
