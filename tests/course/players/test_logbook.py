"""The logbook: what it writes down of a run."""

import numpy as np
import pytest

from mmgan_lite import losses, steps
from mmgan_lite.course.players import duel, toys
from mmgan_lite.course.players.logbook import Logbook
from mmgan_lite.course.players.toy_run import ToyConfig, ToyRun


class Copies:
    """A generator that returns given points, whatever the noise, and the Keras attributes that a logbook reads."""

    def __init__(self, points):
        self.points, self.trainable_weights, self.inputs = points, [], [np.zeros((1, 2))]

    def __call__(self, z, training=False):
        return self.points


def recorded(points, real):
    players = steps.Players(lambda x, training=False: x[:, :1], Copies(points))
    made = Logbook(players, losses.non_saturating, real)
    made.record(1)
    return {name: values[0] for name, values in made.history.items()}


def test_the_real_samples_themselves_would_be_perfect():
    real = toys.ring(200, seed=1)
    seen = recorded(real, real)
    assert seen["precision"] == seen["coverage"] == 1
    assert seen["spread"] == pytest.approx(1) and seen["drift"] == 0
    assert seen["d_auc"] == pytest.approx(0.5, abs=0.01)


def test_a_crowd_on_one_mode_looks_real_and_covers_an_eighth():
    real = toys.ring(400, seed=1)
    crowd = toys.blobs(400, toys.ring_modes()[:1], seed=2)
    seen = recorded(crowd, real)
    assert seen["precision"] > 0.8 and seen["coverage"] == pytest.approx(1 / 8, abs=0.05) and seen["spread"] < 0.1


@pytest.mark.parametrize(
    ("name", "wanted"), [("minimax", 1 / (1 + np.exp(3))), ("non_saturating", 1 / (1 + np.exp(-3))), ("hinge", 1.0)]
)
def test_slope_of_g_s_loss_is_the_share_of_d_s_slope_that_a_loss_hands_on(name, wanted):
    real = toys.ring(50, seed=1)
    sure = steps.Players(lambda x, training=False: 0 * x[:, :1] - 3, Copies(real))
    seen = Logbook(sure, losses.ADVERSARIAL[name], real)
    seen.record(1)
    assert seen.history["g_loss_slope"] == [pytest.approx(wanted, rel=1e-3)]


def test_a_generator_is_sensitive_to_its_condition_unless_it_is_deaf():
    told, deaf = (ToyRun(ToyConfig(rounds=30, condition=how), seed=3).finish() for how in ("told", "unheard"))
    assert deaf["condition_sensitivity"] == [0, 0]
    assert all(0.1 < share < 1 for share in told["condition_sensitivity"])


def test_a_duel_can_be_recorded():
    game = duel.Duel(toys.ring(500), seed=0)
    seen = Logbook(game.gan.players, losses.non_saturating, toys.ring(100, seed=9))
    for _ in range(2):
        seen.record(game.step, *game.step_both())
    assert seen.history["drift"][1] > 0 and seen.history["g_gradient"][0] > 0
