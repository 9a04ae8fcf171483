"""The clinic's runs: what a recipe does to a run, and what the recorder writes down of it."""

import numpy as np
import pytest

from mmgan_lite import losses
from mmgan_lite.course.players import clinic_recipes, duel, recorder, toys

SHORT = clinic_recipes.Recipe(rounds=30)
NUM_SIGNALS = 12


@pytest.fixture(scope="module")
def told():
    trial = clinic_recipes.Trial(SHORT.but(condition="told"), seed=3)
    trial.history_at_end = trial.finish()
    return trial


def test_the_same_seed_gives_the_same_run():
    first, again = (clinic_recipes.Trial(SHORT, seed=1).finish() for _ in range(2))
    assert first.keys() == again.keys() and len(first) == NUM_SIGNALS
    assert all(np.allclose(first[name], again[name], atol=1e-4) for name in first)
    assert not np.allclose(first["spread"], clinic_recipes.Trial(SHORT, seed=2).finish()["spread"])


def test_a_conditional_run_records_its_agreement(told):
    assert len(told.history["agreement"]) == len(told.history["round"]) == 2
    assert len(told.history) == NUM_SIGNALS + 3
    assert told.generator.input_shape == [(None, 2), (None, 8)]


def test_treatment_goes_on_with_the_same_players():
    trial = clinic_recipes.Trial(SHORT, seed=0)
    trial.finish()
    before = [weight.numpy() for weight in trial.generator.weights]
    trial.treat(loss="hinge", penalty="none", rounds=25)
    assert all(np.array_equal(old, new) for old, new in zip(before, trial.generator.weights, strict=True))
    trial.finish()
    assert trial.treated == [50] and trial.history["round"] == [25, 50, 75]


def test_a_control_that_there_is_not_is_answered_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"g_steps, momentum, .*Received: speed"):
        clinic_recipes.compare(SHORT, {"speed": 3}, seeds=[0])


def test_no_treatment_changes_what_players_are_born_with():
    with pytest.raises(ValueError, match="new Trial to change \\['condition'\\]"):
        clinic_recipes.Trial(SHORT.but(condition="unseen"), seed=0).treat(condition="told")


def test_a_head_start_moves_d_alone():
    trial = clinic_recipes.Trial(SHORT.but(head_start=20, rounds=0), seed=0)
    weights = {player: [w.numpy() for w in getattr(trial, player).weights] for player in ("generator", "discriminator")}
    trial._rounds(20, -20, 0)
    same = {player: all(np.array_equal(old, new) for old, new in zip(past, getattr(trial, player).weights, strict=True))
            for player, past in weights.items()}  # fmt: skip
    assert same == {"generator": True, "discriminator": False}


@pytest.mark.parametrize("condition", ["shuffled", "unseen", "unheard"])
def test_every_fault_of_a_condition_trains(condition):
    history = clinic_recipes.Trial(SHORT.but(condition=condition), seed=0).finish()
    assert np.isfinite(history["d_loss"]).all()


def test_a_recipe_with_losses_that_compare_trains():
    history = clinic_recipes.Trial(SHORT.but(loss="relativistic", penalty="r1_r2"), seed=0).finish()
    assert np.isfinite(history["g_loss"]).all() and history["g_gradient"][-1] > 0


class Copies:
    """A generator that returns given points, whatever the noise, and the Keras attributes that a recorder reads."""

    def __init__(self, points):
        self.points, self.trainable_weights, self.inputs = points, [], [np.zeros((1, 2))]

    def __call__(self, z, training=False):
        return self.points


def recorded(points, real):
    made = recorder.Recorder(Copies(points), lambda x, training=False: x[:, :1], losses.non_saturating, real)
    made.record(1)
    return {name: values[0] for name, values in made.history.items()}


def test_the_real_samples_themselves_would_be_perfect():
    real = toys.ring(200, seed=1)
    seen = recorded(real, real)
    assert seen["near"] == seen["reached"] == 1 and seen["spread"] == pytest.approx(1) and seen["moved"] == 0
    assert seen["told_apart"] == pytest.approx(0.5, abs=0.01)


def test_a_crowd_on_one_mode_looks_real_and_reaches_an_eighth():
    real = toys.ring(400, seed=1)
    crowd = toys.blobs(400, toys.ring_modes()[:1], seed=2)
    seen = recorded(crowd, real)
    assert seen["near"] > 0.8 and seen["reached"] == pytest.approx(1 / 8, abs=0.05) and seen["spread"] < 0.1


@pytest.mark.parametrize(
    ("name", "wanted"), [("minimax", 1 / (1 + np.exp(3))), ("non_saturating", 1 / (1 + np.exp(-3))), ("hinge", 1.0)]
)
def test_push_is_the_share_of_d_s_slope_that_a_loss_hands_on(name, wanted):
    real = toys.ring(50, seed=1)
    sure = recorder.Recorder(Copies(real), lambda x, training=False: 0 * x[:, :1] - 3, getattr(losses, name), real)
    sure.record(1)
    assert sure.history["push"] == [pytest.approx(wanted, rel=1e-3)]


def test_a_generator_answers_to_its_condition_unless_it_is_deaf(told):
    deaf = clinic_recipes.Trial(SHORT.but(condition="unheard"), seed=3).finish()
    assert deaf["answers"] == [0, 0]
    assert all(0.1 < share < 1 for share in told.history["answers"])


def test_a_duel_can_be_recorded():
    game = duel.Duel(toys.ring(500), seed=0)
    seen = recorder.Recorder(game.generator, game.discriminator, losses.non_saturating, toys.ring(100, seed=9))
    for _ in range(2):
        seen.record(game.step, *game.step_both())
    assert seen.history["moved"][1] > 0 and seen.history["g_gradient"][0] > 0


def test_recorded_cases_hold_samples_for_every_record():
    for case in clinic_recipes.load_cases().values():
        assert case["samples"].shape == (len(case["history"]["round"]), 128, 2)


def test_beginning_anew_with_a_seed_is_a_run_of_that_seed():
    trial, other = clinic_recipes.Trial(SHORT, seed=5), clinic_recipes.Trial(SHORT, seed=1)
    trial.finish()
    trial.begin(1)
    first, again = trial.finish(), other.finish()
    assert all(np.allclose(first[name], again[name], atol=1e-4) for name in first)


def test_compare_tells_what_a_change_does_seed_by_seed(capsys):
    found = clinic_recipes.compare(SHORT, {"g_steps": 2}, seeds=[0, 1])
    assert found["changed"] == {"g_steps": 2} and len(found["before"]) == len(found["after"]) == 2
    assert "seed 1, after" in capsys.readouterr().out
