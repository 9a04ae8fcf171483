"""The toy GAN: its networks, and a reset that forgets all."""

import keras
import numpy as np
import pytest

from mmgan_lite import steps
from mmgan_lite.course.players.toy_gan import ToyGAN, toy_mlp


def built(seed):
    return steps.Players(toy_mlp(2, 1, seed), toy_mlp(2, 2, seed + 1))


def values(variables):
    return [variable.numpy() for variable in variables]


def test_a_deaf_network_takes_its_condition_and_ignores_it():
    x, e = np.ones((1, 2), "float32"), np.eye(3, dtype="float32")[:1]
    deaf, open_eared = (toy_mlp(2, 1, 0, num_conditions=3, hears=hears) for hears in (0.0, 1.0))
    assert deaf([x, e]) == deaf([x, 0 * e])
    assert open_eared([x, e]) != open_eared([x, 0 * e])


@pytest.mark.parametrize("move", ["discriminator_step", "generator_step"])
def test_a_reset_gives_back_the_first_weights_and_optimizers_without_a_past(move):
    gan = ToyGAN(built(0), steps.Players(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-3)))
    everything = [*gan.players, *gan.optimizers]
    before = [values(one.variables) for one in everything]
    points = np.ones((4, 2), "float32")
    getattr(gan, move)(points, points)
    assert not all(map(same, before, everything))
    gan.reset(built(0))
    assert all(map(same, before, everything))


def same(before, one):
    return all(np.array_equal(old, new) for old, new in zip(before, values(one.variables), strict=True))
