"""A toy GAN: two small networks on points, an optimizer for each, and the rules by which they play.

It is the algorithm box of `steps.py` at its smallest. In `duel.py` a hand takes its steps, in `toy_run.py` a recipe.
"""

import dataclasses
from collections.abc import Callable

import keras
from keras import layers, ops

from mmgan_lite import losses, steps


def toy_mlp(inputs, outputs, seed, *, num_conditions=0, hears=1.0, width=32, name=None):
    """An MLP with two hidden layers on points, and on their conditions if there are any.

    Args:
        inputs, outputs: Width of the points (batch, inputs), and of what it makes of them (batch, outputs).
        seed: Of the initial weights.
        num_conditions: Width of the conditions (batch, num_conditions); 0 builds a network of the points alone.
        hears: How much of the condition gets in: 1, or 0 for a player that knows of none.
        width: Units of a hidden layer.
        name: Of the model.
    """
    seeds = keras.random.SeedGenerator(seed)

    def dense(units):
        return layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seeds))

    x = h = keras.Input((inputs,))
    e = keras.Input((num_conditions,)) if num_conditions else None
    h = h if e is None else ops.concatenate([h, hears * e], -1)  # (batch, inputs + num_conditions)
    for _ in range(2):
        h = layers.LeakyReLU(0.2)(dense(width)(h))
    return keras.Model(x if e is None else [x, e], dense(outputs)(h), name=name)


@dataclasses.dataclass(frozen=True)
class ToyGAN:
    """Two players on points.

    Attributes:
        players: D, on samples or on [samples, e], and G, on z or on [z, e].
        optimizers: One for each.
        adversarial: A `losses.AdversarialLoss`.
        penalty: A function such as `losses.r1`, or None; it weighs γ/2, at every step.
        gamma: γ.
    """

    players: steps.Players
    optimizers: steps.Players
    adversarial: losses.AdversarialLoss = losses.non_saturating
    penalty: Callable | None = None
    gamma: float = 0.5

    def __post_init__(self):
        for optimizer, player in zip(self.optimizers, self.players, strict=True):
            steps.build_optimizer(optimizer, player)

    def discriminator_step(self, real, z, e=None):
        """D learns from real points (batch, dim) and from fakes of noise (batch, latent_dim); returns its loss."""
        discriminator, generator = self.players
        fake = steps.apply(generator, z, e)
        return steps.discriminator_step(
            discriminator, self.optimizers.discriminator, self.adversarial, real, fake, e,
            penalty=self.penalty, gamma=self.gamma, penalty_interval=1,
        )  # fmt: skip

    def generator_step(self, real, z, e=None):
        """G learns from what D says of its fakes; returns its loss."""
        return steps.generator_step(*self.players, self.optimizers.generator, self.adversarial, z, e, real)[1]

    def reset(self, fresh):
        """Begin anew: the weights of fresh `Players` of the same build, and optimizers as before their first step."""
        for player, new in zip(self.players, fresh, strict=True):
            player.set_weights(new.get_weights())
        for optimizer in self.optimizers:
            steps.reset_optimizer(optimizer)
