"""Two answers: a small network that answers with a number, taught by what two of its answers cost. Notebook 08."""

import keras
import numpy as np
import tensorflow as tf

from mmgan_lite.networks.seeding import seeded

BATCH = 64  # real numbers a step, with two answers to each


def learn(price, real, seed, steps):
    """Train z → number by a price of two answers to each real number.

    Args:
        price: A function of the answers, float32 (2, batch, 1), and of real numbers, (batch, 1), to a scalar.
        real: float (n,), the numbers to learn from.
        seed: Of the network, its noise and the batches.
        steps: How many.

    Returns:
        The standard deviation of 1000 answers of the trained network, in the unit of `real`.
    """
    rng, unit = np.random.default_rng(seed), np.std(real)
    with seeded(seed):
        network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(32, "tanh"), keras.layers.Dense(1)])
    optimizer, weights = keras.optimizers.Adam(0.01), network.trainable_weights

    @tf.function(autograph=False)
    def step(z, y):
        with tf.GradientTape() as tape:
            cost = price(tf.reshape(network(z), (2, BATCH, 1)), y)
        optimizer.apply(tape.gradient(cost, weights), weights)

    for _ in range(steps):
        z, y = rng.standard_normal((2 * BATCH, 4)), rng.choice(real, (BATCH, 1)) / unit
        step(tf.constant(z, tf.float32), tf.constant(y, tf.float32))
    answers = network(rng.standard_normal((1000, 4)).astype("float32"))
    return float(np.std(answers) * unit)
