"""A conditional GAN in the manner of the Keras guide: of a caption it hears the digit, and draws the image.

Networks, rates and losses are those of keras.io/examples/generative/conditional_gan, written anew.
"""

import contest
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from mmgan_lite.datasets import captions

LATENT, DIGITS, BATCH, RATE = 128, 10, 64, 3e-4


def build_generator():
    """[z, digit as one-hot] to an image in [0, 1]."""
    z, digit = keras.Input((LATENT,)), keras.Input((DIGITS,))
    x = layers.Dense(7 * 7 * (LATENT + DIGITS))(ops.concatenate([z, digit], -1))
    x = layers.Reshape((7, 7, LATENT + DIGITS))(layers.LeakyReLU(0.2)(x))
    for _ in range(2):
        x = layers.LeakyReLU(0.2)(layers.Conv2DTranspose(128, 4, 2, "same")(x))
    return keras.Model([z, digit], layers.Conv2D(1, 7, padding="same", activation="sigmoid")(x))


def build_discriminator():
    """An image and its digit, a plane for each of the ten, to a logit."""
    image, digit = keras.Input((28, 28, 1)), keras.Input((DIGITS,))
    planes = layers.UpSampling2D(28)(layers.Reshape((1, 1, DIGITS))(digit))
    x = ops.concatenate([image, planes], -1)
    for channels in (64, 128):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 3, 2, "same")(x))
    return keras.Model([image, digit], layers.Dense(1)(layers.GlobalMaxPooling2D()(x)))


def build_step(generator, discriminator):
    """One step of each player, D first, each on fakes of its own."""
    d_adam, g_adam = keras.optimizers.Adam(RATE), keras.optimizers.Adam(RATE)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def step(image, digit):
        fake = generator([tf.random.normal((BATCH, LATENT)), digit])
        with tf.GradientTape() as tape:
            real_logits, fake_logits = discriminator([image, digit]), discriminator([fake, digit])
            told = tf.concat([tf.ones_like(real_logits), tf.zeros_like(fake_logits)], 0)
            loss = cross_entropy(told, tf.concat([real_logits, fake_logits], 0))
        weights = discriminator.trainable_weights
        d_adam.apply(tape.gradient(loss, weights), weights)
        with tf.GradientTape() as tape:
            logits = discriminator([generator([tf.random.normal((BATCH, LATENT)), digit]), digit])
            loss = cross_entropy(tf.ones_like(logits), logits)
        weights = generator.trainable_weights
        g_adam.apply(tape.gradient(loss, weights), weights)

    return step


def train(rows, seconds, seed):
    """See `contest.enter`."""
    keras.utils.set_random_seed(seed)
    generator = build_generator()
    step, steps = build_step(generator, build_discriminator()), 0
    for batch in contest.until(seconds, contest.batches(rows, BATCH, np.random.default_rng(seed))):
        step((batch["image"] + 1) / 2, one_hot(batch["label"]))
        steps += 1

    def answer(prompts, to, count, seed):
        if set(prompts) != {"text"} or to != ("image",):
            return None  # it knows of nothing else
        digits = np.repeat(captions.facts_of(prompts["text"])[:, 0], count)
        z = np.random.default_rng(seed).standard_normal((len(digits), LATENT), "float32")
        images = generator.predict([z, one_hot(digits)], 256, verbose=0)
        return {"image": (2 * images - 1).reshape(-1, count, 28, 28, 1)}

    return answer, steps


def one_hot(digits):
    """float32 (n, 10)."""
    return np.eye(DIGITS, dtype="float32")[digits]


if __name__ == "__main__":
    contest.enter({"guide GAN": train})
