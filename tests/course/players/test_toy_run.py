"""One run on points: what a config does to it."""

import random

import numpy as np
import pytest

from mmgan_lite.course.players.toy_run import ToyConfig, ToyRun

SHORT = ToyConfig(rounds=30)
NUM_SIGNALS = 12


def test_the_same_seed_gives_the_same_run():
    first, again = (ToyRun(SHORT, seed=1).finish() for _ in range(2))
    assert first.keys() == again.keys() and len(first) == NUM_SIGNALS
    assert all(np.allclose(first[name], again[name], atol=1e-4) for name in first)
    assert not np.allclose(first["spread"], ToyRun(SHORT, seed=2).finish()["spread"])


def test_beginning_anew_with_a_seed_is_a_run_of_that_seed():
    run, other = ToyRun(SHORT, seed=5), ToyRun(SHORT, seed=1)
    run.finish()
    run.begin(1)
    first, again = run.finish(), other.finish()
    assert all(np.allclose(first[name], again[name], atol=1e-4) for name in first)


def test_building_a_run_leaves_the_random_numbers_of_others_alone():
    before = random.getstate(), np.random.get_state()[1].copy()
    ToyRun(SHORT, seed=3)
    assert random.getstate() == before[0] and np.array_equal(np.random.get_state()[1], before[1])


def test_a_conditional_run_records_its_agreement():
    run = ToyRun(SHORT.but(condition="told"), seed=3)
    run.finish()
    assert len(run.history["agreement"]) == len(run.history["round"]) == 2
    assert len(run.history) == NUM_SIGNALS + 3
    assert run.generator.input_shape == [(None, 2), (None, 8)]


def test_treatment_goes_on_with_the_same_players():
    run = ToyRun(SHORT, seed=0)
    run.finish()
    before = [weight.numpy() for weight in run.generator.weights]
    run.treat(loss="hinge", penalty="none", rounds=25)
    assert all(np.array_equal(old, new) for old, new in zip(before, run.generator.weights, strict=True))
    run.finish()
    assert run.treated == [50] and run.history["round"] == [25, 50, 75]


def test_a_control_that_there_is_not_is_answered_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"g_steps, momentum, .*Received: speed"):
        SHORT.but(speed=3)


@pytest.mark.parametrize(
    ("control", "value", "choices"),
    [
        ("loss", "r1", "minimax, non_saturating"),
        ("penalty", "hinge", "none, r1, r2"),
        ("optimizer", "rmsprop", "adam, sgd"),
        ("condition", "class", "none, told"),
    ],
)
def test_a_name_that_is_no_choice_is_answered_with_the_choices(control, value, choices):
    with pytest.raises(ValueError, match=f"{control} must be one of {choices}.*Received: '{value}'"):
        ToyConfig(**{control: value})


def test_no_treatment_changes_what_players_are_born_with():
    with pytest.raises(ValueError, match=r"build a new ToyRun .*Received: \['condition'\]"):
        ToyRun(SHORT.but(condition="unseen"), seed=0).treat(condition="told")


def test_a_head_start_moves_d_alone():
    run = ToyRun(SHORT.but(head_start=20, rounds=0), seed=0)
    weights = [[weight.numpy() for weight in player.weights] for player in run.gan.players]
    run._rounds(20, -20, 0)
    d_same, g_same = (
        all(np.array_equal(old, new) for old, new in zip(past, player.weights, strict=True))
        for past, player in zip(weights, run.gan.players, strict=True)
    )
    assert g_same and not d_same


@pytest.mark.parametrize("condition", ["shuffled", "unseen", "unheard"])
def test_every_fault_of_a_condition_trains(condition):
    history = ToyRun(SHORT.but(condition=condition), seed=0).finish()
    assert np.isfinite(history["d_loss"]).all()


def test_a_config_with_losses_that_compare_trains():
    history = ToyRun(SHORT.but(loss="relativistic", penalty="r1_r2"), seed=0).finish()
    assert np.isfinite(history["g_loss"]).all() and history["g_gradient"][-1] > 0
