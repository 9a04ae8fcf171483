"""A sweep over seeds: runs of one recipe that differ in their seed alone."""

import random

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course.measuring.seed_sweep import SeedSweep, apart
from mmgan_lite.evaluation.metrics import Interval


@pytest.fixture(scope="module")
def fan():
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (60, 28, 28, 1)).astype("float32")
    made = SeedSweep(images, np.arange(60) % 10, np.eye(10, 16, dtype="float32"))
    made.seen = list(made.train((3, 4, 3), steps=6, checks=3))
    return made


def test_every_step_yields_its_losses(fan):
    assert len(fan.seen) == 3 * 6
    assert all(
        np.isfinite(list(losses.values())).all() and set(losses) == {"g_image", "d_image"} for losses in fan.seen
    )


def test_a_seed_repeats_itself_and_another_does_not(fan):
    first, second, again = fan.seen[:6], fan.seen[6:12], fan.seen[12:]
    assert first[-1]["g_image"] == pytest.approx(again[-1]["g_image"], abs=1e-4)
    assert first[-1]["g_image"] != pytest.approx(second[-1]["g_image"], abs=1e-6)


def test_a_sweep_leaves_the_random_numbers_of_others_alone(fan):
    before = random.getstate(), np.random.get_state()[1].copy()
    next(SeedSweep(fan.images, fan.labels, fan.conditions).train([5], steps=1))
    assert random.getstate() == before[0] and np.array_equal(np.random.get_state()[1], before[1])


def test_a_check_holds_the_losses_of_each_player_by_its_name(fan):
    first, check = fan.seen[6], fan.runs[4][0]
    assert (first["d_image"], first["g_image"]) == (check.d_loss, check.g_loss)
    assert check.g_loss == pytest.approx(0.5, abs=0.1), "least squares: a first D says about 0 of the fakes"


def test_runs_are_judged_after_the_first_step_and_then_evenly(fan):
    assert {seed: [check.step for check in checks] for seed, checks in fan.runs.items()} == {
        3: [1, 2, 4, 6], 4: [1, 2, 4, 6],
    }  # fmt: skip
    assert fan.whole == [3, 4]
    assert fan.runs[3][0].right.shape == (200,) and fan.runs[3][0].right.dtype == bool


def test_figure_tells_of_the_two_chosen_runs(fan):
    fig, numbers = fan.figure(3, 4)
    assert "seed 3" in plots.alt_text(fig) and "seed 4" in plots.alt_text(fig)
    assert numbers["seed"] == [3, 4] and len(numbers["right"]) == 2
    assert "cannot tell" in plots.alt_text(fan.figure(3, 3)[0])


def test_the_two_chosen_runs_can_be_told_apart_without_colour(fan):
    ax = fan.figure(3, 4)[0].axes[0]
    chosen = [line for line in ax.lines if line.get_label().startswith("seed")]
    assert len({line.get_linestyle() for line in chosen}) == 2
    ends = [container.lines[0].get_xdata()[0] for container in ax.containers]
    assert len(set(ends)) == 2, "one interval would hide the other"


def test_a_stopped_run_is_left_out():
    made = SeedSweep(np.zeros((20, 28, 28, 1), "float32"), np.arange(20) % 10, np.eye(10, 16, dtype="float32"))
    training = made.train((0, 1), steps=12)
    for _ in range(13):
        next(training)
    assert made.whole == [0]


def test_intervals_are_apart_where_they_share_no_point():
    assert apart(Interval(0.5, 0.4, 0.6), Interval(0.8, 0.7, 0.9)) and apart(
        Interval(0.8, 0.7, 0.9), Interval(0.5, 0.4, 0.6)
    )
    assert not apart(Interval(0.5, 0.4, 0.7), Interval(0.8, 0.7, 0.9))
