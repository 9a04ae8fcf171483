"""The duel: whose step moves whom, and that the past comes back to the last bit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mmgan_lite import losses, steps
from mmgan_lite.course.players import toys
from mmgan_lite.course.players.duel import Duel, build_point_discriminator, build_point_generator


@pytest.fixture
def duel():
    return Duel(toys.ring(200), batch_size=16)


def weights(network):
    return np.concatenate([weight.numpy().ravel() for weight in network.trainable_weights])


def everything(duel):
    return np.concatenate([np.ravel(variable.numpy()) for variable in duel._variables()])


def test_discriminator_step_leaves_generator_unchanged(duel):
    d_before, g_before = weights(duel.discriminator), weights(duel.generator)
    duel.step_discriminator()
    assert np.array_equal(weights(duel.generator), g_before)
    assert not np.array_equal(weights(duel.discriminator), d_before)


def test_generator_step_leaves_discriminator_unchanged(duel):
    d_before, g_before = weights(duel.discriminator), weights(duel.generator)
    duel.step_generator()
    assert np.array_equal(weights(duel.discriminator), d_before)
    assert not np.array_equal(weights(duel.generator), g_before)


def test_a_step_is_the_algorithm_box_s(duel):
    generator, discriminator = build_point_generator(seed=0), build_point_discriminator(seed=1)
    optimizers = [keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.99) for _ in range(2)]
    real, z = map(tf.convert_to_tensor, duel.batch(0))
    fake = generator(z)
    loss = steps.discriminator_step(discriminator, optimizers[0], losses.non_saturating, real, fake, None)
    assert duel.step_discriminator() == pytest.approx(float(loss), rel=1e-5)
    real, z = map(tf.convert_to_tensor, duel.batch(1))
    steps.generator_step(discriminator, generator, optimizers[1], losses.non_saturating, z, None, real)
    duel.step_generator()
    np.testing.assert_allclose(weights(duel.discriminator), weights(discriminator), atol=1e-6)
    np.testing.assert_allclose(weights(duel.generator), weights(generator), atol=1e-6)


def test_both_is_so_many_turns_of_d_and_so_many_of_g(duel):
    d_loss, g_loss = duel.step_both(d_steps=3, g_steps=2)
    assert duel.step == 5
    assert (d_loss, g_loss) == duel.losses
    assert [int(optimizer.iterations.numpy()) for optimizer in duel.gan.optimizers] == [3, 2]


def test_rewind_is_exact_and_going_on_repeats_exactly(duel):
    states, told = [everything(duel)], []
    for turn in (duel.step_discriminator, duel.step_generator, duel.step_both):
        told.append(turn())
        states.append(everything(duel))
    for step, state in ((2, states[2]), (0, states[0]), (4, states[3]), (1, states[1])):  # back and forth
        duel.rewind(step)
        assert duel.step == step and np.array_equal(everything(duel), state)
    assert duel.last == 4
    assert duel.step_generator() == told[1] and duel.step_both() == told[2]
    assert np.array_equal(everything(duel), states[3])


def test_going_on_from_the_past_forgets_what_came_after(duel):
    for _ in range(3):
        duel.step_both()
    duel.rewind(2)
    assert duel.last == 6
    duel.step_discriminator()
    assert (duel.step, duel.last) == (3, 3)
    with pytest.raises(ValueError, match="step must be from 0 to 3"):
        duel.rewind(4)
    with pytest.raises(ValueError, match="Received: -1"):
        duel.rewind(-1)


def test_two_duels_of_one_seed_are_the_same_and_of_two_seeds_are_not():
    def played(seed):
        duel = Duel(toys.ring(200), batch_size=16, seed=seed)
        duel.step_both()
        return everything(duel)

    assert np.array_equal(played(3), played(3))
    assert not np.array_equal(played(3), played(4))


def test_rates_changed_by_hand_are_kept_through_a_rewind(duel):
    duel.step_both()
    duel.rates = (0.25, 0.0)
    duel.rewind(0)
    assert duel.rates == (0.25, 0.0)
    before = weights(duel.generator)
    duel.step_generator()
    assert np.array_equal(weights(duel.generator), before), "a rate of 0 is a player asleep"


def test_the_generator_s_step_does_not_depend_on_the_data():
    def moved(real):
        duel = Duel(real, batch_size=16)
        duel.step_generator()
        return weights(duel.generator)

    assert np.array_equal(moved(toys.ring(200)), moved(toys.grid(300, seed=5)))


def test_data_may_be_changed_while_the_game_is_on(duel):
    duel.step_both()
    duel.real = np.zeros((3, 2))
    assert duel.real.dtype == np.float32
    duel.step_both()
    assert np.array_equal(duel.batch(0)[0], np.zeros((16, 2)))


@pytest.mark.parametrize("real", [np.zeros(5), np.zeros((0, 2)), np.zeros((2, 2, 2))])
def test_data_must_be_points(duel, real):
    with pytest.raises(ValueError, match="real must be points"):
        duel.real = real


@pytest.mark.parametrize("rates", [(-1e-3, 1e-3), (1e-3, float("nan")), (1e-3, float("inf"))])
def test_rates_must_be_numbers_from_0(duel, rates):
    with pytest.raises(ValueError, match="rates are two numbers"):
        duel.rates = rates


def test_of_many_states_the_older_ones_are_thinned_out_and_the_nearest_earlier_one_comes_back():
    duel = Duel(toys.ring(50), batch_size=4, keep=8)
    for _ in range(40):
        duel.step_discriminator()
    assert len(duel._past) <= 8 and {0, 37, 38, 39, 40} <= set(duel._past)
    duel.rewind(1)
    assert duel.step in duel._past and duel.step <= 1
    duel.rewind(40)
    assert duel.step == 40


def test_restart_forgets_all(duel):
    start = everything(duel)
    duel.step_both()
    duel.restart()
    assert (duel.step, duel.last) == (0, 0) and np.array_equal(everything(duel), start)
    assert np.isnan(duel.losses).all()


def test_history_holds_a_loss_a_step(duel):
    duel.step_discriminator()
    d_loss, g_loss = duel.step_both()
    past = duel.history()
    assert past["step"].tolist() == [0, 1, 2, 3]
    assert past["d_loss"][-1] == d_loss and past["g_loss"][-1] == g_loss
    assert np.isnan(past["g_loss"][:3]).all() and np.isnan(past["d_loss"][0])


def test_pull_is_minus_the_slope_of_each_point_s_own_loss(duel):
    points = duel.fakes(5)
    pull = duel.pull(points)
    assert pull.shape == (5, 2)
    for axis in range(2):
        step = np.zeros((1, 2), "float32")
        step[0, axis] = 1e-3  # short: the slope bends where a unit falls silent
        up, down = (-np.log(duel.judged(points + sign * step)) for sign in (1, -1))
        np.testing.assert_allclose(pull[:, axis], -(up - down) / 2e-3, atol=2e-3)


@pytest.mark.parametrize("adversarial", [losses.hinge, losses.relativistic, losses.wasserstein])
def test_other_losses_and_penalties_play_too(adversarial):
    duel = Duel(toys.grid(100), adversarial=adversarial, penalty=losses.r1, batch_size=8)
    assert np.isfinite(duel.step_both()).all() and np.isfinite(duel.pull(duel.fakes(20))).all()


def test_networks_of_one_s_own_on_a_line_with_dropout():
    layers = [keras.Input((3,)), keras.layers.Dropout(0.5, seed=1), keras.layers.Dense(1)]
    duel = Duel(np.zeros((9, 1)), generator=keras.Sequential(layers), batch_size=4)
    assert duel.noise(5, 0).shape == (5, 3) and duel.fakes(6).shape == (6, 1)
    first = duel.step_generator()
    duel.rewind(0)
    assert duel.step_generator() == first, "the state of the random numbers comes back too"


def test_warming_up_changes_nothing(duel):
    start = everything(duel)
    duel.warm_up()
    assert duel.step == 0 and np.array_equal(everything(duel), start)


def test_a_ring_is_learnt_and_the_losses_do_not_fall_together():
    duel = Duel(toys.ring(2000), rates=(3e-3, 3e-3))
    far = np.abs(np.linalg.norm(duel.fakes(500), axis=1) - 1).mean()
    for _ in range(350):
        d_loss, g_loss = duel.step_both()
    assert np.abs(np.linalg.norm(duel.fakes(500), axis=1) - 1).mean() < far / 3
    assert d_loss > 1 and g_loss > 0.4
