"""The figures of notebooks 01 to 03: what they draw, their words say in numbers, and their tables list."""

import numpy as np

from mmgan_lite import plots
from mmgan_lite.course import Duel, toys
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
