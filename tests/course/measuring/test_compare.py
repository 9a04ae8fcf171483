"""The comparison board: two candidates, so many samples, one draw; every score with its interval."""

import numpy as np
import pytest

from mmgan_lite.course import CompareRuns
from mmgan_lite.course.measuring.compare import verdict
from mmgan_lite.datasets import digits
from mmgan_lite.evaluation.metrics import Interval


@pytest.fixture(scope="module")
def board():
    test, valid, train = (digits.load_digits(split) for split in ("test", "valid", "train"))
    rows = np.random.default_rng(0).permutation(500)[:120]
    candidates = {
        "real": (valid["image"][rows], valid["label"][rows]),
        "copies": (train["image"][8 * rows], train["label"][8 * rows]),
        "wrong <b>digits</b>": (valid["image"][rows], (valid["label"][rows] + 1) % 10),
        "noise": (np.random.default_rng(1).uniform(-1, 1, (120, 28, 28, 1)).astype("float32"), valid["label"][rows]),
    }
    made = CompareRuns(candidates, test["image"][rows], train["image"], sizes=(30, 60))
    yield made
    assert made.guard.errors == []


def test_scores_tell_what_they_should(board):
    real, copies, wrong, noise = (board.scores(name, 60, 1) for name in board.controls["left"].options)
    assert real["right digit"].low > 0.8 > 0.3 > wrong["right digit"].high
    assert real["Fréchet distance²"] == wrong["Fréchet distance²"]
    assert noise["precision"].high < 0.2 < real["precision"].low
    near = "too near a training image"
    assert copies[near].low > 0.9 > real[near].high


def test_every_control_redraws_the_page(board):
    seen = {board.view.value}
    for name, value in (("left", "copies"), ("right", "noise"), ("n", 30), ("draw", 12)):
        board.controls[name].value = value
        assert board.view.value not in seen, name
        seen.add(board.view.value)
    assert board.view.value.count("<img") == 2
    assert 'alt="14 digits, side by side, by copies"' in board.view.value


def test_names_are_text_and_a_candidate_never_beats_itself(board):
    board.controls["left"].value = board.controls["right"].value = "wrong <b>digits</b>"
    assert "<b>digits</b>" not in board.view.value
    assert board.view.value.count("cannot tell") == 5


def test_the_board_is_kept_for_pages_without_widgets(board):
    assert "<table" in board._repr_mimebundle_()["text/html"]


def test_the_board_says_at_once_that_it_is_working_and_in_the_end_what_it_found(board):
    board.controls["left"].value, board.controls["right"].value = "real", "noise"
    told = []
    board.told.observe(lambda change: told.append((change["new"], board.view.value)), "value")
    before = board.view.value
    board.controls["draw"].value = 7
    board.told.unobserve_all()
    assert "working" in told[0][0] and told[0][1] == before
    told_apart = board.view.value.count("<tr>") - 1 - board.view.value.count("cannot tell")
    assert f"{told_apart} of 5 scores tell the two apart" in told[-1][0]


def test_verdict_needs_intervals_that_do_not_overlap():
    low, high, wide = Interval(0.2, 0.1, 0.3), Interval(0.6, 0.5, 0.7), Interval(0.4, 0.1, 0.8)
    assert verdict(low, high, "a", "b", less_is_better=False) == "b"
    assert verdict(low, high, "a", "b", less_is_better=True) == "a"
    assert verdict(wide, high, "a", "b", less_is_better=True) == "cannot tell"
