"""The figures of notebook 04: what they draw, their words say in numbers, and their tables list."""

import re

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course import clinic_recipes, doctor, toys
from mmgan_lite.course.players import clinic_figures
from mmgan_lite.course.players.toy_run import ToyConfig, ToyRun


def test_crowds_tell_what_each_recipe_reached_and_which_did_not_run():
    real = toys.ring(20)
    html = clinic_figures.crowds(real, {"five steps": real / 2}, {"five steps": [0.01, 0.02], "one by one": []}).data
    assert "five steps: samples" in html and "by seed: 1%, 2%." in html and "by seed: not run yet." in html


@pytest.mark.parametrize(("last", "way"), [(1.65, "outwards"), (0.09, "inwards")])
def test_orbits_say_which_way_they_spiral(last, way):
    path = np.linspace([1, 0], [last, 0], 400)
    html = clinic_figures.orbits({"calm": path, "again": path}).data
    assert f"calm: the pair (θ, w) spirals {way}, from 1.00 to {last:.2f} away from rest." in html
    assert "<td>400</td>" in html and f"<td>{last:.3g}</td>" in html


def test_agreement_stands_next_to_that_of_shuffled_conditions():
    history = {"round": np.arange(3), "agreement": np.array([0, 0.5, 0.99]), "agreement_shuffled": np.full(3, 0.13)}
    html = clinic_figures.agreements({"run P": history, "run S": history}).data
    assert "run S ends with 99% agreement, next to 13% for shuffled conditions." in html and "<td>0.99</td>" in html


def test_an_opinion_is_given_only_of_a_run():
    assert "choose a run" in plots.alt_text(clinic_figures.opinion(None, "nobody yet"))
    found = doctor.examine(clinic_recipes.load_cases()["R"]["history"])
    words = plots.alt_text(clinic_figures.opinion(found, "R"))
    assert words.startswith("R. Mode collapse.") and found.control in words and found.evidence[0] in words


def test_on_the_round_nothing_is_said_before_a_patient_is_opened():
    trials = {"patient <1>": ToyRun(ToyConfig(rounds=25), seed=0), "patient 2": ToyRun(ToyConfig(), seed=0)}
    trials["patient <1>"].finish()
    page = clinic_figures.ward_round(trials).data
    in_sight = re.sub(r"</summary>.*?</details>", "", page)
    assert "patient &lt;1&gt;, after 25 rounds: what is wrong with it?" in in_sight and "<img" not in in_sight
    assert "doctor says" in page and "doctor says" not in in_sight and 'alt="G&#x27;s samples lie on' in page
    assert "patient 2: not trained yet." in page


def test_the_ward_s_patients_are_ill_in_four_ways():
    assert len({recipe for recipe in clinic_recipes.WARD.values()}) == len(clinic_recipes.WARD) == 4
    ill = [recipe for illness, recipes in clinic_recipes.ILL.items() if illness != "healthy" for recipe in recipes]
    assert set(clinic_recipes.WARD.values()) <= set(ill)
