"""The figures of notebooks 01 to 04: what they draw, their words say in numbers, and their tables list."""

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course import Duel, clinic_recipes, doctor, toys
from mmgan_lite.course.players import figures


def test_histogram_tells_where_it_is_highest():
    heights, edges = np.histogram([1, 1, 1, 9], bins=2, density=True)
    fig, numbers = figures.histogram(heights, edges, "slant (degrees)")
    assert "2 bins by slant (degrees): highest near 3, with 0.188." in plots.alt_text(fig)
    assert numbers == {"from: slant (degrees)": [1, 5], "density": [0.1875, 0.0625]}


def test_duels_stand_side_by_side_with_their_numbers():
    games = {"one": Duel(toys.ring(50), seed=0), "other": Duel(toys.ring(50), seed=1)}
    html = figures.duels(games, ("surface", "arrows"), {"pull": [0.5, 3.71]}, "budget smoke").data
    assert "one: step 0" in html and "pull: 0.5." in html and "other: step 0" in html and "pull: 3.71." in html
    assert "budget smoke" in html and "<td>other</td><td>3.71</td>" in html


def test_losses_are_held_against_the_levels_of_a_shrug_and_next_to_the_shares():
    history = {"step": np.arange(4), "d_loss": np.array([np.nan, 1, 1.2, 1.4]), "g_loss": np.array([np.nan, 1, 1, 0.4])}
    html = figures.losses_and_shares(history, [0, 4], [0.0, 0.68], "budget smoke").data
    assert "log 4 = 1.39 and log 2 = 0.69. Over the last hundred steps: D 1.20, G 0.80." in html
    assert "from 0% to 68%" in html and "<td>0.68</td>" in html and "budget smoke" in html


def test_bells_mark_where_they_are():
    x, distances = np.linspace(-4, 10, 50), np.linspace(0, 8, 9)
    here = {"distance": 2.0, "best D's loss": 0.713, "JSD": 0.337}
    fig, numbers = figures.bells(x, np.exp(-(x**2)), np.exp(-((x - 2) ** 2)), distances, distances / 12, here)
    assert "distance 2, best D's loss 0.713, JSD 0.337." in plots.alt_text(fig) and "to 8." in plots.alt_text(fig)
    assert fig.axes[1].lines[-1].get_xydata().tolist() == [[2.0, 0.337]]
    assert numbers == {name: [value] for name, value in here.items()}


def test_what_d_found_is_held_against_the_best():
    line = np.linspace(-1, 1, 5)[:, None]
    fig = figures.found_and_best(line, 2 - 2 * line, 3 - 2 * line, "budget smoke")
    assert "learnt from 4.0 to 0.0, best from 5.0 to 1.0; 1.0 apart on average. budget smoke." in plots.alt_text(fig)


def test_crowds_tell_what_each_recipe_reached_and_which_did_not_run():
    real = toys.ring(20)
    html = figures.crowds(real, {"five steps": real / 2}, {"five steps": [0.01, 0.02], "one by one": []}).data
    assert "five steps: samples" in html and "by seed: 1%, 2%." in html and "by seed: not run yet." in html


@pytest.mark.parametrize(("last", "way"), [(1.65, "outwards"), (0.09, "inwards")])
def test_orbits_say_which_way_they_spiral(last, way):
    path = np.linspace([1, 0], [last, 0], 400)
    html = figures.orbits({"calm": path, "again": path}).data
    assert f"calm: the pair (θ, w) spirals {way}, from 1.00 to {last:.2f} away from rest." in html
    assert "<td>400</td>" in html and f"<td>{last:.3g}</td>" in html


def test_agreement_stands_next_to_that_of_shuffled_conditions():
    history = {"round": np.arange(3), "agreement": np.array([0, 0.5, 0.99]), "agreement_shuffled": np.full(3, 0.13)}
    html = figures.agreements({"run P": history, "run S": history}).data
    assert "run S ends with 99% agreement, next to 13% for shuffled conditions." in html and "<td>0.99</td>" in html


def test_an_opinion_is_given_only_of_a_run():
    assert "choose a run" in plots.alt_text(figures.opinion(None, "nobody yet"))
    found = doctor.examine(clinic_recipes.load_cases()["R"]["history"])
    words = plots.alt_text(figures.opinion(found, "R"))
    assert words.startswith("R. Mode collapse.") and found.control in words and found.evidence[0] in words
