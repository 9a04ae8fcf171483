"""The clinic's widget: controls, training in a thread, treatment, Stop, and the doctor."""

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course.players import clinic_recipes
from mmgan_lite.course.players.clinic import Clinic, picture

PATIENTS = {"one": clinic_recipes.ILL["mode collapse"][0], "two": clinic_recipes.ILL["D too strong"][0]}


@pytest.fixture
def ward():
    made = Clinic(PATIENTS, rounds=250)
    yield made
    made.worker.wait()
    assert made.guard.errors == []


def test_choosing_a_patient_sets_the_controls_to_what_made_it_ill(ward):
    assert ward.settings()["g_steps"] == 5
    ward.controls["patient"].value = "two"
    assert ward.settings() | {"rounds": 0} == {
        "loss": "non_saturating", "penalty": "none", "d_rate": 1e-2, "g_rate": pytest.approx(2e-5), "momentum": 0.5,
        "d_steps": 3, "g_steps": 1, "rounds": 0,
    }  # fmt: skip


def test_train_then_treat_then_ask(ward):
    ward.buttons["anew"].click()
    ward.buttons["anew"].click()  # twice, by mistake
    ward.worker.wait()
    assert ward.trial.round == 250 and "<img" in ward.view.value and not ward.buttons["ask"].disabled
    ward.controls["turns"].value = (1, 1)
    assert "Settings changed" in ward.told.value
    ward.buttons["treat"].click()
    ward.buttons["stop"].click()
    ward.worker.wait()
    assert 250 < ward.trial.round < 500 and ward.trial.treated == [250] and ward.trial.config.g_steps == 1
    ward.buttons["ask"].click()
    assert "The doctor says" in ward.told.value
    assert ward.view.value in ward._repr_mimebundle_()["text/html"]


def pressable(ward):
    return {name for name, button in ward.buttons.items() if not button.disabled}


def test_no_patient_is_treated_with_another_one_s_settings(ward):
    assert pressable(ward) == {"anew"}
    ward.train()
    assert pressable(ward) == {"stop"}
    ward.controls["patient"].value = "two"  # while the first is trained
    assert pressable(ward) == {"stop"}
    ward.worker.wait()
    assert ward.patient == "one" and "wrong with one?" in ward.told.value
    assert pressable(ward) == {"anew", "ask"}
    ward.controls["loss"].value = "hinge"
    assert "Treat" not in ward.told.value
    ward.ask()
    assert "The doctor says of one" in ward.told.value
    ward.controls["patient"].value = "one"
    assert pressable(ward) == {"anew", "treat", "ask"}
    ward.controls["patient"].value = "two"
    assert "still shows one" in ward.told.value


def test_stop_with_nothing_to_stop_says_nothing(ward):
    before = ward.told.value
    ward.stop()
    ward.ask()
    assert ward.told.value == before


def test_a_change_while_it_trains_is_no_change_of_that_training(ward):
    ward.train()
    ward.controls["turns"].value = (1, 1)
    assert "keeps those with which it began" in ward.told.value
    ward.stop()
    ward.worker.wait()
    assert ward.trial.config.g_steps == 5


def test_a_run_that_flew_apart_is_drawn_all_the_same():
    history = clinic_recipes.load_cases()["R"]["history"] | {"g_loss": np.full(60, np.nan)}
    fig = picture(history, np.full((10, 2), np.nan), np.zeros((10, 2)), at=3)
    assert plots.png(fig) and "modes" in plots.alt_text(fig)
