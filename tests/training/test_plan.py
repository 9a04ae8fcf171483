"""What a training is asked for is held against what can be done, and against what a resumed run has begun."""

import os

import numpy as np
import pytest

from mmgan_lite.training import plan

NEW = {"steps": {"embedders": 0, "gan": 0}}
TAUGHT = {"steps": {"embedders": 5, "gan": 0}}


def pairs(n):
    return {"image": np.zeros((n, 4, 4, 1), "float32"), "text": np.array(["a ball"] * n)}


@pytest.mark.parametrize(
    ("steps", "planned"), [(3, (1, 2)), (300, (100, 200)), (2, (1, 1)), (1, (1, 0)), ((1, 1), (1, 1)), ((4, 0), (4, 0))]
)
def test_steps_are_shared_out_and_the_embedders_begin(steps, planned):
    assert tuple(plan.planned(None, steps, NEW).values()) == planned


def test_players_upon_embedders_that_never_learnt_are_refused():
    with pytest.raises(ValueError, match=r"the embedders' space.*as in 1\+2\. Received: 0\+1"):
        plan.planned(None, (0, 1), NEW)
    assert plan.planned(None, (0, 1), NEW, taught=True) == {"embedders": 0, "gan": 1}
    assert plan.planned(None, (0, 1), TAUGHT) == {"embedders": 5, "gan": 1}


@pytest.mark.parametrize("steps", [(1.5, 2), ("1", 2)])
def test_steps_are_whole_numbers(steps):
    with pytest.raises(ValueError, match="steps of each stage must be a whole number"):
        plan.planned(None, steps, NEW)


# Few rows

ASKED = {"embedders": 128, "gan": 64}


@pytest.mark.parametrize(
    ("rows", "smaller", "good_for"),
    [
        (20, "embedders 20 (not 128), gan 20 (not 64)", "So few rows are learnt by heart"),
        (60, "embedders 60 (not 128), gan 60 (not 64)", "A beginning"),
        (100, "embedders 100 (not 128)", "A beginning"),
    ],
)
def test_few_rows_make_smaller_batches_and_it_is_told_what_they_are_good_for(rows, smaller, good_for, capsys):
    assert plan.batch_sizes(pairs(rows), ASKED) == {stage: min(rows, size) for stage, size in ASKED.items()}
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{rows} complete rows are few: smaller batches, {smaller}"
    assert second.startswith(f"{rows} complete rows to train on. {good_for}")


def test_enough_rows_change_nothing_and_tell_nothing(capsys):
    assert plan.batch_sizes(pairs(128), ASKED) == ASKED
    assert capsys.readouterr().out.startswith("128 complete rows to train on. A beginning")
    assert plan.batch_sizes(pairs(300), ASKED) == ASKED and not capsys.readouterr().out


def test_too_few_rows_are_refused_and_only_whole_ones_count():
    few = pairs(9)
    few["text"][:2] = ["", "…"]
    with pytest.raises(ValueError, match=r"needs 8 rows or more that have every modality\. Received: 7"):
        plan.batch_sizes(few, ASKED)


# A resumed run


@pytest.fixture
def record(tmp_path):
    (tmp_path / "own.npz").touch()
    return {"seed": 3, "data": str(tmp_path / "own.npz")}


def test_a_resumed_run_keeps_its_data_and_its_seed(record):
    for data, seed in ((None, None), (record["data"], 3)):
        assert plan.resumed(record, data, seed) == record


@pytest.mark.parametrize(
    ("data", "seed", "told"),
    [
        (None, 7, "keeps its seed, 3; train anew.*Received: 7"),
        ("other.npz", None, "keeps its data, .*own.npz; train anew"),
    ],
)
def test_other_data_or_another_seed_are_refused(record, data, seed, told):
    with pytest.raises(ValueError, match=told):
        plan.resumed(record, data, seed)


def test_digits_do_not_become_data_of_your_own():
    with pytest.raises(ValueError, match=r"keeps its data, the digits; train anew on others\. Received: other"):
        plan.resumed({"seed": 0, "data": None}, "other", None)


def test_data_that_were_moved_are_named_anew(record, tmp_path):
    (tmp_path / "own.npz").rename(tmp_path / "new.npz")
    with pytest.raises(FileNotFoundError, match=r"not there; .* name them by --data\. Received: .*own.npz"):
        plan.resumed(record, None, None)
    assert plan.resumed(record, tmp_path / "new.npz", None)["data"] == str(tmp_path / "new.npz")


def test_data_are_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert plan.located("own.npz") == str(tmp_path / "own.npz")
    assert plan.located("fsdd:own") == f"fsdd:{tmp_path / 'own'}"
    assert plan.located(tmp_path / "own") == str(tmp_path / "own") and plan.located(None) is None
    (tmp_path / "own").mkdir()
    record = {"seed": 0, "data": "own"}  # a run of old, whose path is relative
    assert plan.resumed(record, None, None)["data"] == str(tmp_path / "own")
    monkeypatch.chdir(os.sep)
    with pytest.raises(FileNotFoundError, match="go to the folder where it began"):
        plan.resumed(record, None, None)


@pytest.mark.parametrize("out", ["", " "])
def test_a_run_needs_a_folder_with_a_name(out):
    with pytest.raises(ValueError, match="name the run's folder"):
        plan.folder(out)
