"""Experiments: the interval of a textbook, the order of the runs, and that nothing which was found is lost."""

import itertools
import json
import math

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course.measuring import sweep as experiments
from mmgan_lite.course.measuring.sweep import Sweep, over_seeds, student

SETTINGS = {"loss": ["old", "new"], "penalty": {"none": 0.0, "r1": 0.1}}
LUCK = (0.0, 0.1, 0.05, 0.2)


def score(seed, loss, penalty):
    """The loss makes no difference but for luck; the penalty does."""
    return 0.4 + penalty + LUCK[seed] + 0.02 * (loss == "new") * (-1) ** seed


def swept(**changes):
    sweep = Sweep(score, SETTINGS, **{"prediction": "the newer loss wins", **changes})
    return sweep, list(sweep.runs())


@pytest.mark.parametrize(("freedom", "published"), {1: 12.706, 2: 4.303, 9: 2.262, 11: 2.201, 20: 2.086, 30: 2.042,
                                                    120: 1.980}.items())  # fmt: skip
def test_student_is_the_table_s(freedom, published):
    assert student(freedom) == pytest.approx(published, abs=6e-4)


def test_student_falls_to_the_normal_s():
    values = [student(freedom) for freedom in range(1, 500)]
    assert all(a > b for a, b in itertools.pairwise(values))
    assert values[-1] == pytest.approx(1.96, abs=0.006)


def test_interval_over_seeds_is_the_textbook_s():
    found = over_seeds([1.0, 2.0, 3.0])  # s = 1, t = 4.303
    assert found == pytest.approx((2.0, 2.0 - 4.3027 / math.sqrt(3), 2.0 + 4.3027 / math.sqrt(3)))


def test_interval_over_seeds_holds_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    held = [low <= 5.0 <= high for _, low, high in (over_seeds(rng.normal(5.0, 2.0, 3)) for _ in range(4000))]
    assert np.mean(held) == pytest.approx(0.95, abs=0.012)


def test_one_seed_tells_nothing_of_its_spread():
    assert over_seeds([0.7]) == (0.7, -math.inf, math.inf)


@pytest.mark.parametrize("scores", [[], [np.nan, 1.0], [[1.0, 2.0]]])
def test_scores_must_be_finite_and_one_a_seed(scores):
    with pytest.raises(ValueError, match="one a seed"):
        over_seeds(scores)


def test_every_combination_gets_the_same_seeds_and_all_of_them_the_first_one_first():
    sweep, results = swept()
    assert len(sweep) == len(results) == 12
    assert [result["seed"] for result in results] == [0] * 4 + [1] * 4 + [2] * 4
    assert all(list(sweep.scores(at)) == [0, 1, 2] for at in sweep.combinations)


def test_no_prediction_no_run():
    for prediction in ("", "  ", "dunno"):
        with pytest.raises(ValueError, match="write what you expect"):
            swept(prediction=prediction)


def test_differences_beyond_noise_are_told_from_those_within_it():
    sweep, _ = swept()
    verdicts = {(d.first, d.second): d.beyond_noise for d in sweep.differences()}
    assert len(verdicts) == 6
    assert not verdicts["loss old, penalty none", "loss new, penalty none"]
    assert verdicts["loss old, penalty none", "loss old, penalty r1"]
    words = [str(difference) for difference in sweep.differences()]
    assert any(line.endswith("within noise") for line in words) and any(line.endswith("a difference") for line in words)


def test_luck_that_two_share_drops_out_of_their_difference():
    sweep, _ = swept()
    means = sweep.means()
    old, new = means["loss old, penalty none"], means["loss old, penalty r1"]
    assert old.high > new.low  # the two intervals overlap, although every seed agrees on the difference


def test_one_common_seed_cannot_tell():
    sweep, _ = swept(seeds=1)
    assert not any(d.beyond_noise for d in sweep.differences())
    assert "cannot tell" in str(sweep.differences()[0])


def test_at_most_two_settings():
    for settings in ({}, {**SETTINGS, "rate": [1e-3]}):
        with pytest.raises(ValueError, match="one or two settings"):
            Sweep(score, settings)


@pytest.mark.parametrize("levels", [[], {}, ["a", "a"]])
def test_levels_must_be_different(levels):
    with pytest.raises(ValueError, match="different"):
        Sweep(score, {"loss": levels})


@pytest.mark.parametrize("bad", [np.nan, np.inf, None, "good", [1.0, 2.0]])
def test_a_score_that_is_no_number_names_where_and_loses_nothing(bad):
    sweep = Sweep(lambda seed, loss: 1.0 if loss == "old" else bad, {"loss": ["old", "new"]}, prediction="it will fail")
    with pytest.raises(ValueError, match="loss new, seed 0"):
        list(sweep.runs())
    assert len(sweep.results) == 1


def test_time_that_is_over_begins_no_further_run():
    sweep, results = swept(seconds=0)
    assert results == [] and sweep.means() == {} and sweep.columns() == {}


def test_what_was_found_is_written_after_every_run_and_taken_up_again(tmp_path):
    path = tmp_path / "sweep.json"
    sweep = Sweep(score, SETTINGS, prediction="the newer loss wins", path=path)
    for _ in itertools.islice(sweep.runs(), 5):
        pass
    again = Sweep(score, SETTINGS)
    again.restore(path)
    assert again.prediction == "the newer loss wins"
    assert again.results == sweep.results and len(again.results) == 5
    assert len(list(again.runs())) == 7  # not the five that were done
    assert again.means() == swept()[0].means()


def test_results_of_levels_that_are_not_swept_any_more_are_left_out(tmp_path):
    swept()[0].save(tmp_path / "sweep.json")
    fewer = Sweep(score, {"loss": ["old"], "penalty": {"none": 0.0}}, seeds=2)
    fewer.restore(tmp_path / "sweep.json")
    assert len(fewer.results) == 2


@pytest.mark.parametrize("page", [
    "no json", "[]", "{}", '{"format": 2}', '{"format": 1, "prediction": "", "settings": {}, "results": [3]}',
    '{"format": 1, "prediction": 3, "settings": {}, "results": []}',
    '{"format": 1, "prediction": "", "settings": [], "seeds": [], "results": []}',
    '{"format": 1, "prediction": "", "settings": {}, "results": []}',
    '{"format": 1, "prediction": "", "settings": {}, "seeds": ["x"], "results": []}',
    '{"format": 1, "prediction": "", "settings": {}, "seeds": [], "results": [{"at": {}, "seed": 0, "score": 1}]}',
    '{"format": 1, "prediction": "", "settings": {}, "results": [{"at": {}, "seed": 0, "score": NaN}]}',
])  # fmt: skip
def test_other_files_are_refused(tmp_path, page):
    path = tmp_path / "other.json"
    path.write_text(page)
    with pytest.raises(ValueError, match="does not hold a sweep"):
        experiments.read(path)


def test_a_sweep_over_other_settings_is_refused(tmp_path):
    swept()[0].save(tmp_path / "sweep.json")
    with pytest.raises(ValueError, match="other settings"):
        Sweep(score, {"rate": [1]}).restore(tmp_path / "sweep.json")


def test_the_file_is_plain_json_that_anybody_can_read(tmp_path):
    swept()[0].save(tmp_path / "sweep.json")
    kept = json.loads((tmp_path / "sweep.json").read_text())
    assert kept["settings"] == {"loss": ["old", "new"], "penalty": ["none", "r1"]}
    assert set(kept["results"][0]) == {"at", "seed", "score", "seconds"}


def test_figure_and_table_tell_the_means():
    sweep, _ = swept()
    assert "loss new, penalty r1 0.557" in plots.alt_text(sweep.figure("budget smoke"))
    assert sweep.columns()["seeds"] == [3, 3, 3, 3]
    assert plots.png(Sweep(score, SETTINGS).figure())  # nothing found yet
    assert plots.png(swept(seeds=1)[0].figure())
