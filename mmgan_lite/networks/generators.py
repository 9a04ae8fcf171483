"""Generators: noise z and a condition e to a sample, one network a modality.

Sources: Radford et al. 2016 (DCGAN); Jang et al. 2017, "Categorical reparameterization with Gumbel-softmax".
Notebook: 08.
"""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from mmgan_lite.datasets import captions
from mmgan_lite.networks.embedders import EMBED_DIM

LATENT_DIM = 64


def build_image_generator(
    latent_dim: int = LATENT_DIM, embed_dim: int = EMBED_DIM, shape: Sequence[int] = (28, 28, 1), width: int = 64
) -> keras.Model:
    """A small picture, doubled twice in size.

    Args:
        latent_dim: Length of the noise z, standard normal.
        embed_dim: Length of the condition e.
        shape: (height, width, channels) of the images.
        width: Channels of the smallest picture.

    Returns:
        A `keras.Model` from [z (batch, latent_dim), e (batch, embed_dim)] to float32 (batch, *shape) in [-1, 1].
    """
    z, e = keras.Input((latent_dim,)), keras.Input((embed_dim,))
    return keras.Model([z, e], _paint(z, e, shape, width), name="image_generator")


def build_speech_generator(
    latent_dim: int = LATENT_DIM, embed_dim: int = EMBED_DIM, shape: Sequence[int] = (32, 32), width: int = 64
) -> keras.Model:
    """The same network paints a sound: [z, e] to log-mel float32 (batch, frames, mels) in [-1, 1]."""
    z, e = keras.Input((latent_dim,)), keras.Input((embed_dim,))
    return keras.Model([z, e], ops.squeeze(_paint(z, e, (*shape, 1), width), -1), name="speech_generator")


def _paint(z, e, shape, width):
    height, breadth = math.ceil(shape[0] / 4), math.ceil(shape[1] / 4)
    # unit vectors have small entries: bring e to the size of z, or the noise drowns it
    h = ops.concatenate([z, e * math.sqrt(e.shape[-1])], -1)  # (batch, latent_dim + embed_dim)
    x = layers.Dense(height * breadth * width)(h)
    x = layers.LeakyReLU(0.2)(layers.Reshape((height, breadth, width))(x))
    x = layers.LeakyReLU(0.2)(layers.Conv2DTranspose(width // 2, 4, strides=2, padding="same")(x))
    x = layers.Conv2DTranspose(shape[2], 4, strides=2, padding="same", activation="tanh")(x)
    return x[:, : shape[0], : shape[1]]  # sizes that 4 does not divide come out a little large


def build_text_generator(
    latent_dim: int = LATENT_DIM,
    embed_dim: int = EMBED_DIM,
    shape: Sequence[int] = captions.DIGITS.size,
    width: int = 128,
) -> keras.Model:
    """A recurrent writer: word by word, each written word fed back.

    Args:
        latent_dim: Length of the noise z.
        embed_dim: Length of the condition e.
        shape: (max_words, words): words to write, and the size of the vocabulary with the padding word 0.
        width: Units of the recurrent cell.

    Returns:
        A `Writer`, from [z, e] to one-hot words float32 (batch, max_words, words).
    """
    return Writer(latent_dim, embed_dim, shape[1], shape[0], width, name="text_generator")


@keras.saving.register_keras_serializable("mmgan_lite")
class Writer(keras.Model):
    """Writes words one after another; whole words go out, soft words carry the gradient back (straight-through).

    Half-strength Gumbel noise, made of z, decides between words that are both likely: without it a writer never learns
    what else it could have said. After the first empty word it falls silent.
    """

    def __init__(self, latent_dim, embed_dim, vocabulary_size, max_words, width, noise=0.5, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim, self.embed_dim = latent_dim, embed_dim
        self.vocabulary_size, self.max_words, self.width, self.noise = vocabulary_size, max_words, width, noise
        self.initial_state = layers.Dense(width, activation="tanh")
        self.cell = layers.GRUCell(width)
        self.embed_word = layers.Dense(width, use_bias=False)
        self.to_logits = layers.Dense(vocabulary_size)
        # spreads z over places and words: a column of length 1 makes a standard normal of a standard normal z
        self.noise_projection = self.add_weight(
            shape=(latent_dim, max_words * vocabulary_size),
            initializer="orthogonal",
            trainable=False,
            name="noise_projection",
        )
        self.noise_projection.assign(self.noise_projection / ops.norm(self.noise_projection, axis=0))
        self.initial_state.build((None, latent_dim + embed_dim))
        self.cell.build((None, 2 * width))
        self.embed_word.build((None, vocabulary_size))
        self.to_logits.build((None, width))
        self.built = True

    @property
    def input_shape(self):
        return [(None, self.latent_dim), (None, self.embed_dim)]

    @property
    def output_shape(self):
        return (None, self.max_words, self.vocabulary_size)

    def call(self, inputs: Sequence) -> Any:
        z, e = inputs
        gumbel = self._gumbel(z)
        return self.write(z, e, lambda place, logits: self.pick(logits + self.noise * gumbel[:, place]))[0]

    def teacher_force(self, z, e, words):
        """Write freely, and then real captions, each true word fed back in place of its own (teacher forcing).

        One loop writes both, as two halves of one batch.

        Args:
            z, e: As for a call.
            words: One-hot captions float32 (batch, max_words, vocabulary_size).

        Returns:
            What a call gives, and the mean cross-entropy of a true word: how much it surprised the writer.
        """
        gumbel = self._gumbel(z)

        def choose(place, logits):
            free = self.pick(ops.split(logits, 2)[0] + self.noise * gumbel[:, place])
            return ops.concatenate([free, words[:, place]])  # (2 * batch, vocabulary_size)

        written, logits = self.write(ops.concatenate([z, z]), ops.concatenate([e, e]), choose)
        cross_entropy = ops.mean(ops.categorical_crossentropy(words, ops.split(logits, 2)[1], from_logits=True))
        return ops.split(written, 2)[0], cross_entropy

    def _gumbel(self, z):
        """z, spread over places and words, as Gumbel noise (batch, max_words, vocabulary_size)."""
        uniform = 0.5 + 0.5 * ops.erf(
            ops.matmul(z, self.noise_projection) / math.sqrt(2)
        )  # the normal's distribution function
        gumbel = -ops.log(-ops.log(ops.clip(uniform, 1e-6, 1 - 1e-6)))
        return ops.reshape(gumbel, (-1, self.max_words, self.vocabulary_size))

    def write(self, z, e, choose):
        """The loop over places. `choose(place, logits)` says which word stands there; words and logits come back."""
        initial_state = self.initial_state(ops.concatenate([z, e * math.sqrt(self.embed_dim)], -1))  # (batch, width)
        # The cell's input is [initial_state, embed_word(word)]. The first stays, and words are few: work them out once.
        of_initial_state, of_word = ops.split(self.cell.kernel, 2)
        gru_input = always = ops.matmul(initial_state, of_initial_state) + self.cell.bias[0]  # (batch, 3 * width)
        of_words = ops.matmul(self.embed_word.kernel, of_word)  # (vocabulary_size, 3 * width)
        state, alive, pad = initial_state, 1.0, ops.one_hot([0], self.vocabulary_size)
        words, all_logits = [], []
        for place in range(self.max_words):
            state = self.next_state(gru_input, state)
            logits = self.to_logits(state)  # (batch, vocabulary_size)
            word = alive * choose(place, logits) + (1.0 - alive) * pad
            alive = ops.stop_gradient(alive * (1.0 - word[:, :1]))
            gru_input = always + ops.matmul(word, of_words)
            words.append(word)
            all_logits.append(logits)
        return ops.stack(words, 1), ops.stack(all_logits, 1)

    def next_state(self, gru_input, state):
        """The recurrent half of the GRU cell: its input (batch, 3 * width) and its state, to its next state."""
        recurrent = ops.matmul(state, self.cell.recurrent_kernel) + self.cell.bias[1]
        update, reset, new = zip(ops.split(gru_input, 3, -1), ops.split(recurrent, 3, -1), strict=True)
        keep = ops.sigmoid(sum(update))
        return keep * state + (1.0 - keep) * ops.tanh(new[0] + ops.sigmoid(sum(reset)) * new[1])

    def pick(self, logits):
        """Logits (batch, vocabulary_size) to one-hot words whose gradient is that of the softmax."""
        soft = ops.softmax(logits)
        hard = ops.one_hot(ops.argmax(logits, -1), self.vocabulary_size)
        return soft + ops.stop_gradient(hard - soft)

    def get_config(self):
        own = ("latent_dim", "embed_dim", "vocabulary_size", "max_words", "width", "noise")
        return {"name": self.name, **{key: getattr(self, key) for key in own}}


def build_imaginer(latent_dim: int = LATENT_DIM, embed_dim: int = EMBED_DIM, width: int = 256) -> keras.Model:
    """The fourth, small generator: noise to a point of the shared space itself.

    The space is an archipelago, an island for each kind of thing, and a continuous map of z would have to bridge the
    water between them. So z chooses an island first: its largest entry, one-hot, is an input of its own.

    Returns:
        A `keras.Model` from z (batch, latent_dim) to unit vectors float32 (batch, embed_dim).
    """
    z = keras.Input((latent_dim,))
    island = ops.one_hot(ops.argmax(z, -1), latent_dim)  # (batch, latent_dim); no gradient is needed: z is not learnt
    x = layers.LeakyReLU(0.2)(layers.Dense(width)(ops.concatenate([4.0 * island, z], -1)))
    x = layers.LeakyReLU(0.2)(layers.Dense(width)(x))
    return keras.Model(z, layers.UnitNormalization()(layers.Dense(embed_dim)(x)), name="imaginer")


def build_prior(
    num_modalities: int, latent_dim: int = LATENT_DIM, embed_dim: int = EMBED_DIM, width: int = 256
) -> keras.Model:
    """What a prompt leaves open, filled in: noise and the prompt's point to a point of a whole example.

    A caption that says little lies in the space where a typical example lies, and a generator that hears it draws that
    one again and again. So the prior goes first, and the generators hear whole examples alone.

    Args:
        num_modalities: Length of `given`.
        latent_dim, embed_dim: Of z and e.
        width: Units of the hidden layers.

    Returns:
        A `keras.Model` from [z (batch, latent_dim), e (batch, embed_dim), given (batch, num_modalities), 1 where the
        prompt has the modality] to unit vectors float32 (batch, embed_dim).

    Sources: Ramesh et al. 2022 (unCLIP), section 2.2, where the prior is a diffusion model; for the scaled and shifted
    noise, Perez et al. 2018 (FiLM).
    """
    z, e, given = keras.Input((latent_dim,)), keras.Input((embed_dim,)), keras.Input((num_modalities,))
    island = 4.0 * ops.one_hot(ops.argmax(z, -1), latent_dim)  # as for the imaginer
    noise = layers.Dense(width)(ops.concatenate([z, island], -1))
    asked = layers.Dense(width)(ops.concatenate([e * math.sqrt(embed_dim), 2.0 * given - 1.0], -1))
    asked = layers.LeakyReLU(0.2)(asked)
    # the prompt scales and shifts the noise: what it says must not vary, and what it leaves open should
    x = layers.LeakyReLU(0.2)(noise * layers.Dense(width)(asked) + layers.Dense(width)(asked))
    x = layers.LeakyReLU(0.2)(layers.Dense(width)(x))
    e_whole = layers.UnitNormalization()(e + layers.Dense(embed_dim)(x))
    return keras.Model([z, e, given], e_whole, name="prior")


def latent_dim_of(generator: keras.Model) -> int:
    """Length of the noise that a generator takes."""
    shape = generator.input_shape
    return (shape[0] if isinstance(shape, list) else shape)[-1]
