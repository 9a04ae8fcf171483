"""The doctor on recorded runs, on made-up histories, and on a run made ill here; `bench_doctor.py` has many."""

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course.players import clinic_recipes, doctor
from mmgan_lite.course.players.toy_run import ToyRun

RECORDS = 60
WELL = {
    "d_auc": 0.55, "g_gradient": 0.2, "precision": 0.8, "coverage": 0.8, "spread": 1.0, "drift": 0.05, "d_loss": 1.3,
    "g_loss": 0.7, "agreement": 0.95, "agreement_shuffled": 0.12,
}  # fmt: skip
SIGNS = {
    "mode collapse": {"coverage": 0.05, "spread": 0.08, "drift": 0.9},
    "vanishing gradient": {"d_auc": 1.0, "g_gradient": 1e-6, "precision": 0.0, "coverage": 0.0, "spread": 0.05},
    "oscillation": {"coverage": 0.1, "precision": 0.1, "drift": 0.8},
    "D too strong": {"d_auc": 0.99, "g_gradient": 12.0, "precision": 0.1, "coverage": 0.2},
    "condition ignored": {"agreement": 0.13},
    "healthy": {},
}


def history(**signals):
    """A run whose signals stay as they are."""
    return {"round": np.arange(RECORDS)} | {name: np.full(RECORDS, value) for name, value in (WELL | signals).items()}


@pytest.mark.parametrize("illness", SIGNS)
def test_each_illness_is_named_with_numbers_and_a_control(illness):
    found = doctor.examine(history(**SIGNS[illness]))
    assert found.illness == illness and not found.record
    assert any(character.isdigit() for character in " ".join(found.evidence))
    assert found.control == doctor.CONTROLS[illness]
    assert found.control in str(found)


@pytest.mark.parametrize("illness", SIGNS)
def test_the_figure_tells_in_words_what_it_shows(illness):
    fig = doctor.examine(history(**SIGNS[illness])).figure()
    assert len(plots.alt_text(fig)) > 60
    assert plots.png(fig).startswith(b"\x89PNG")


def test_a_flat_loss_kills_even_where_adam_finds_a_gradient_to_stretch():
    signals = SIGNS["D too strong"] | {"g_loss_slope": 1e-3}
    found = doctor.examine(history(**signals))
    assert found.illness == "vanishing gradient" and "1.0e-03" in found.evidence[0] and not found.also
    assert doctor.examine(history(**signals | {"g_loss_slope": 0.9})).illness == "D too strong"


def test_a_deaf_generator_is_not_blamed_on_d():
    signals = SIGNS["D too strong"] | {"agreement": 0.12}
    assert doctor.examine(history(**signals, condition_sensitivity=0.6)).illness == "D too strong"
    found = doctor.examine(history(**signals, condition_sensitivity=0.0))
    assert found.illness == "condition ignored" and found.also == ("D too strong",)


def test_samples_that_look_real_but_stay_on_few_modes_are_a_collapse():
    assert doctor.examine(history(coverage=0.25, precision=0.95, spread=0.9)).illness == "mode collapse"


def test_a_second_illness_is_told_too():
    found = doctor.examine(history(**SIGNS["mode collapse"], agreement=0.12))
    assert found.illness == "mode collapse" and found.also == ("condition ignored",)


def test_only_the_last_third_counts():
    signals = history()
    signals["spread"][:35], signals["coverage"][:35] = 0.05, 0.01
    assert doctor.examine(signals).illness == "healthy"


@pytest.mark.parametrize("missing", ["d_auc", "g_gradient", "precision", "coverage", "spread", "drift"])
def test_without_a_signal_nobody_is_called_healthy(missing):
    signals = history()
    del signals[missing]
    found = doctor.examine(signals)
    assert found.illness == "cannot tell" and missing in found.record and missing in found.control


def test_what_the_other_signals_show_is_told_all_the_same():
    signals = history(**SIGNS["mode collapse"])
    del signals["d_auc"], signals["g_gradient"]
    found = doctor.examine(signals)
    assert found.illness == "mode collapse" and found.record == ("d_auc", "g_gradient")


def test_a_run_without_condition_needs_no_agreement():
    signals = history()
    del signals["agreement"], signals["agreement_shuffled"]
    assert doctor.examine(signals).illness == "healthy"


def test_neither_ill_nor_well_is_not_called_either():
    assert doctor.examine(history(coverage=0.25, precision=0.35)).illness == "cannot tell"


def test_a_run_that_flew_apart_is_told_by_its_record():
    signals = history()
    signals["g_loss"][20:] = np.nan
    found = doctor.examine(signals)
    assert found.illness == "cannot tell" and "record 21" in str(found)


def test_a_run_of_few_records_is_too_short():
    found = doctor.examine({name: values[:5] for name, values in history().items()})
    assert found.illness == "cannot tell" and "Train longer" in found.control


@pytest.mark.parametrize("bad", [{}, {"speed": [1.0] * 20}, {"precision": [0.1] * 20, "coverage": [0.1] * 19}])
def test_what_is_no_history_is_refused(bad):
    with pytest.raises(ValueError, match="Received"):
        doctor.examine(bad)


def test_losses_of_a_multimodal_gan_name_no_illness_but_what_to_record():
    columns = {"step": np.arange(40.0), "loss": np.ones(40), "d_image": np.ones(40), "g_image": np.ones(40)}
    columns["d_image"][:10] = np.nan  # the embedders were at work
    losses = doctor.from_losses(columns, "image")
    assert len(losses["d_loss"]) == 30
    found = doctor.examine(losses)
    assert found.illness == "cannot tell" and "d_auc" in found.record
    with pytest.raises(ValueError, match="d_speech"):
        doctor.from_losses(columns, "speech")


def test_the_recorded_runs_are_told_right_each_once():
    cases = clinic_recipes.load_cases()
    said = [doctor.examine(case["history"]).illness for case in cases.values()]
    assert sorted(said) == sorted(SIGNS)
    assert clinic_recipes.CASES_FILE.stat().st_size < 300_000


@pytest.mark.parametrize("illness", ["mode collapse", "healthy"])
def test_a_run_made_ill_here_is_told_from_a_healthy_one(illness):
    run = ToyRun(clinic_recipes.ILL[illness][0].but(rounds=900), seed=7)
    found = doctor.examine(run.finish())
    assert found.illness == illness, found
