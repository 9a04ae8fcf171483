"""Discriminators: a sample and a condition to one logit, and three ways to let the condition in.

Each is a trunk that looks at the sample alone and a head that holds what was seen against the condition; so the same
look serves a sample's right condition and a wrong one.

Sources: Miyato & Koyama 2018 (projection); Perez et al. 2018 (FiLM); Mirza & Osindero 2014 (concatenation).
Notebook: 08.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers, ops

from mmgan_lite.datasets import captions
from mmgan_lite.networks.embedders import EMBED_DIM


def projection(features: Any, e: Any) -> Any:
    """D(x, e) = v·φ(x) + φ(x)·Ve: one part asks "is it real?", the other "do the two belong together?"."""
    together = ops.sum(features * layers.Dense(features.shape[-1], use_bias=False)(e), -1, keepdims=True)
    return layers.Dense(1)(features) + together


def concatenation(features: Any, e: Any) -> Any:
    """D(x, e) = MLP([φ(x), e]): the oldest way, and the one that most easily overlooks e."""
    x = layers.Dense(128)(ops.concatenate([features, e], -1))
    return layers.Dense(1)(layers.LeakyReLU(0.2)(x))


def film(features: Any, e: Any) -> Any:
    """D(x, e) = MLP(γ(e) ⊙ φ(x) + β(e)): the condition scales and shifts each feature."""
    gamma, beta = layers.Dense(features.shape[-1])(e), layers.Dense(features.shape[-1])(e)
    x = layers.Dense(128)(layers.LeakyReLU(0.2)((1.0 + gamma) * features + beta))
    return layers.Dense(1)(layers.LeakyReLU(0.2)(x))


def build_image_discriminator(
    embed_dim: int = EMBED_DIM, shape: Sequence[int] = (28, 28, 1), width: int = 32, conditioning: Callable = projection
) -> keras.Model:
    """A convolutional trunk and a conditional head.

    Args:
        embed_dim: Length of the condition e.
        shape: (height, width, channels) of the images.
        width: Channels after the first convolution; doubled by the second.
        conditioning: `projection`, `concatenation`, `film`, or your own function (features, e) -> logits.

    Returns:
        A `Discriminator` from [images (batch, *shape), e (batch, embed_dim)] to logits float32 (batch, 1).
    """
    images = keras.Input(shape)
    trunk = keras.Model(images, _inspect(images, width))
    return _join(trunk, embed_dim, conditioning, "image_discriminator")


def build_speech_discriminator(
    embed_dim: int = EMBED_DIM, shape: Sequence[int] = (32, 32), width: int = 32, conditioning: Callable = projection
) -> keras.Model:
    """The same on a log-mel: [log_mel (batch, frames, mels), e] to logits (batch, 1)."""
    log_mel = keras.Input(shape)
    trunk = keras.Model(log_mel, _inspect(ops.expand_dims(log_mel, -1), width))
    return _join(trunk, embed_dim, conditioning, "speech_discriminator")


def _inspect(x, width):
    for channels in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, strides=2, padding="same")(x))
    return layers.LeakyReLU(0.2)(layers.Dense(128)(layers.Flatten()(x)))


def build_text_discriminator(
    embed_dim: int = EMBED_DIM,
    shape: Sequence[int] = captions.DIGITS.size,
    width: int = 64,
    conditioning: Callable = projection,
) -> keras.Model:
    """A convolutional reader: [(soft) one-hot words (batch, max_words, words), e] to logits (batch, 1)."""
    words = keras.Input(shape)
    x = layers.Dense(width, use_bias=False)(words)
    x = layers.LeakyReLU(0.2)(layers.Conv1D(2 * width, 3, padding="same")(x))
    x = layers.LeakyReLU(0.2)(layers.Conv1D(2 * width, 3, strides=2, padding="same")(x))
    x = layers.LeakyReLU(0.2)(layers.Dense(128)(layers.Flatten()(x)))
    return _join(keras.Model(words, x), embed_dim, conditioning, "text_discriminator")


def build_imaginer_discriminator(embed_dim: int = EMBED_DIM, width: int = 256) -> keras.Model:
    """Judges points of the shared space: e (batch, embed_dim) to logits (batch, 1), with no condition."""
    e = keras.Input((embed_dim,))
    x = layers.LeakyReLU(0.2)(layers.Dense(width)(e * embed_dim**0.5))
    x = layers.LeakyReLU(0.2)(layers.Dense(width)(x))
    return keras.Model(e, layers.Dense(1)(x), name="imaginer_discriminator")


def _join(trunk: keras.Model, embed_dim: int, conditioning: Callable, name: str | None = None) -> "Discriminator":
    """A trunk φ(x), and a head made by `conditioning` that joins φ(x) and e."""
    features, e = keras.Input(trunk.output_shape[1:]), keras.Input((embed_dim,))
    return Discriminator(trunk, keras.Model([features, e], conditioning(features, e * embed_dim**0.5)), name=name)


@keras.saving.register_keras_serializable("mmgan_lite")
class Discriminator(keras.Model):
    """A trunk and a head; callable as one model of [x, e].

    Attributes:
        trunk: `keras.Model`, samples to features (batch, width).
        head: `keras.Model`, [features, e] to logits (batch, 1).
    """

    def __init__(self, trunk, head, **kwargs):
        super().__init__(**kwargs)
        self.trunk, self.head, self.built = trunk, head, True

    @property
    def input_shape(self):
        return [self.trunk.input_shape, self.head.input_shape[1]]

    @property
    def output_shape(self):
        return self.head.output_shape

    def call(self, inputs: Sequence) -> Any:
        samples, e = inputs
        return self.head([self.trunk(samples), e])

    def get_config(self):
        parts = {"trunk": self.trunk, "head": self.head}
        return {"name": self.name, **{name: keras.saving.serialize_keras_object(part) for name, part in parts.items()}}

    @classmethod
    def from_config(cls, config):
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in ("trunk", "head")}
        return cls(**parts, name=config["name"])
