"""The duel: two small networks on points, either of which may take the next step; forward, back, and on from there.

It is the algorithm box of `training.py` on data that can be drawn whole. Source: Goodfellow et al. 2014, algorithm 1;
GAN Lab, Kahng et al. 2018, showed how much one sees in two dimensions. Notebooks 02 and 04.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from mmgan_lite import losses, training


def build_point_generator(latent_dim=2, dim=2, width=32, seed=0):
    """An MLP from noise z (batch, latent_dim) to points (batch, dim)."""
    return _mlp(latent_dim, dim, width, seed, "point_generator")


def build_point_discriminator(dim=2, width=32, seed=1):
    """An MLP from points (batch, dim) to logits (batch, 1)."""
    return _mlp(dim, 1, width, seed, "point_discriminator")


def _mlp(inputs, outputs, width, seed, name):
    seeds = keras.random.SeedGenerator(seed)

    def dense(units, activation=None):
        return layers.Dense(units, activation, kernel_initializer=keras.initializers.GlorotUniform(seeds))

    x = h = keras.Input((inputs,))
    for _ in range(2):
        h = layers.LeakyReLU(0.2)(dense(width)(h))
    return keras.Model(x, dense(outputs)(h), name=name)


class Duel:
    """Two players on points, and all that they have been.

    Args:
        real: float32 (n, dim), the data; each step draws a batch of them.
        adversarial: A `losses.AdversarialLoss`.
        penalty: A function such as `losses.r1`, or None; it weighs γ/2, at every step.
        gamma: γ.
        rates: Adam's learning rates (of D, of G); change them at any time through `rates`.
        batch_size: Points a step.
        generator, discriminator: Networks of one's own; None builds small ones.
        seed: Of the weights and of all noise.

    Attributes:
        step: Steps taken, by either player; `last` is the last one that `rewind` can reach.
        losses: (d_loss, g_loss) of each player's last step, NaN before the first.
        real: The data; assign others to change the game while it is on.
    """

    def __init__(self, real, adversarial=losses.non_saturating, penalty=None, gamma=0.5, rates=(1e-3, 1e-3),
                 batch_size=128, generator=None, discriminator=None, seed=0):  # fmt: skip
        self.real = np.asarray(real, "float32")
        dim = self.real.shape[1]
        self.generator = generator or build_point_generator(dim=dim, seed=2 * seed)
        self.discriminator = discriminator or build_point_discriminator(dim, seed=2 * seed + 1)
        self.latent_dim = self.generator.input_shape[-1]
        self.batch_size, self.seed, self.step = batch_size, seed, 0
        self.losses = (np.nan, np.nan)
        self._optimizers = [keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99) for rate in rates]
        for optimizer, network in zip(self._optimizers, self._networks, strict=True):
            optimizer.build(network.trainable_variables)
        self._steps = _compiled(self, adversarial, penalty, gamma)
        self._past = {0: self._state()}

    @property
    def _networks(self):
        return self.discriminator, self.generator

    @property
    def rates(self):
        """Learning rates (of D, of G)."""
        return tuple(float(optimizer.learning_rate) for optimizer in self._optimizers)

    @rates.setter
    def rates(self, rates):
        for optimizer, rate in zip(self._optimizers, rates, strict=True):
            optimizer.learning_rate.assign(rate)

    @property
    def last(self):
        return max(self._past)

    def noise(self, n, seed):
        """float32 (n, latent_dim), standard normal."""
        return np.random.default_rng((self.seed, seed)).standard_normal((n, self.latent_dim), "float32")

    def step_discriminator(self):
        """D's turn: real points up, G's points down. G stays as it is. Returns d_loss."""
        return self._take(0)

    def step_generator(self):
        """G's turn: move its points to where D takes them for real. D stays as it is. Returns g_loss."""
        return self._take(1)

    def step_both(self, d_steps=1):
        """D's turn, `d_steps` times, then G's: one round of the algorithm. Returns (d_loss, g_loss)."""
        for _ in range(d_steps):
            self.step_discriminator()
        self.step_generator()
        return self.losses

    def _take(self, player):
        rng = np.random.default_rng((self.seed, self.step, 7))  # from the step alone: a rewound duel repeats itself
        real = self.real[rng.integers(len(self.real), size=self.batch_size)]
        loss = float(self._steps[player](real, rng.standard_normal((self.batch_size, self.latent_dim), "float32")))
        self.losses = (loss, self.losses[1]) if player == 0 else (self.losses[0], loss)
        for forgotten in range(self.step + 1, self.last + 1):  # after a rewind
            del self._past[forgotten]
        self.step += 1
        self._past[self.step] = self._state()
        return loss

    def rewind(self, step):
        """Go back to a step, or forth again; the duel goes on from there, and what came after is forgotten only then.

        Raises:
            ValueError: for a step that was not taken.
        """
        if step not in self._past:
            raise ValueError(f"step must be from 0 to {self.last}. Received: {step}")
        arrays, self.losses = self._past[step]
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)
        self.step = step

    def _variables(self):
        moved = [o.variables for o in self._optimizers]
        rates = {id(optimizer.learning_rate) for optimizer in self._optimizers}  # a hand sets them, not the past
        of_optimizers = [v for variables in moved for v in variables if id(v) not in rates]
        return [*self.discriminator.variables, *self.generator.variables, *of_optimizers]

    def _state(self):
        return [variable.numpy() for variable in self._variables()], self.losses

    def fakes(self, n=256, seed=0):
        """What G makes of n draws of noise, float32 (n, dim); the same noise at every step, unless the seed differs."""
        return self.generator(self.noise(n, seed)).numpy()

    def judged(self, points):
        """D's probability that points (n, dim) are real, float32 (n,)."""
        return tf.sigmoid(self.discriminator(np.asarray(points, "float32")))[:, 0].numpy()


def _compiled(duel, adversarial, penalty, gamma):
    """Both players' steps as graphs: (real, z) to a loss."""
    generator, discriminator = duel.generator, duel.discriminator
    d_optimizer, g_optimizer = duel._optimizers
    held = {"penalty": penalty, "gamma": gamma, "every": 1}

    @tf.function(reduce_retracing=True)
    def step_discriminator(real, z):
        fake = generator(z)
        return training.discriminator_step(discriminator, d_optimizer, adversarial, real, fake, None, **held)

    @tf.function(reduce_retracing=True)
    def step_generator(real, z):
        return training.generator_step(generator, discriminator, g_optimizer, adversarial, z, None, real)[1]

    return step_discriminator, step_generator
