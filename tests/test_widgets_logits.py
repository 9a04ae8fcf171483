"""Logits under the hand: the pushes are the slopes of the package's losses, and the pictures follow."""

import numpy as np
import pytest

from mmgan_lite.widgets import logits


@pytest.fixture(scope="module")
def board():
    return logits.LogitBoard()


@pytest.fixture(autouse=True)
def no_error_was_caught(board):
    yield
    assert board.guard.errors == []


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, float)))


@pytest.mark.parametrize(
    ("name", "wanted"),
    {
        "minimax": lambda x: sigmoid(x),
        "non-saturating": lambda x: sigmoid(-x),
        "least squares": lambda x: 1 - x,
        "hinge": lambda x: 1 + 0 * x,
        "Wasserstein": lambda x: 1 + 0 * x,
    }.items(),
)
def test_push_on_g_is_the_closed_form(name, wanted):
    fake = np.array([-5.0, 0.0, 2.0])
    found = logits.pushes(logits.LOSSES[name], np.zeros(3), fake)
    assert found["g"] == pytest.approx(wanted(fake), abs=1e-5)
    assert (found["d"]["fake"][1:] <= 0).all() and (found["d"]["real"] >= 0).all()


def test_relativistic_push_knows_the_pair_alone():
    real, fake = np.array([1.0, 2.0, 3.0]), np.array([-1.0, 2.0, 5.0])
    found = logits.pushes(logits.LOSSES["relativistic"], real, fake)
    assert found["g"] == pytest.approx(sigmoid(real - fake), abs=1e-5)
    assert found["d"]["real"] == pytest.approx(sigmoid(fake - real), abs=1e-5)


def test_mismatched_pairs_halve_the_push_on_fakes():
    fake = np.array([-1.0, 0.0, 1.0])
    found = logits.pushes(logits.LOSSES["minimax"], fake, fake, fake)
    assert found["d"]["fake"] == pytest.approx(-sigmoid(fake) / 2, abs=1e-5)
    assert found["d"]["mismatched"] == pytest.approx(found["d"]["fake"])


@pytest.mark.parametrize("name", logits.LOSSES)
def test_every_loss_can_be_chosen_and_is_drawn(board, name):
    board.set(fake=(-5, -2, 0.5))
    board.menu.value = name
    assert name in board.plane.alt and f"<b>{name}</b>" in board.table.value and f"{name} loss" in board.view.value
    before = board.plane.picture, board.view.value, board.table.value
    board.set(fake=(2, 3, 0))
    assert all(old != new for old, new in zip(before, (board.plane.picture, board.view.value, board.table.value),
                                              strict=True))  # fmt: skip


def test_mismatched_pairs_come_and_go_and_leave_the_others_where_they_lie(board):
    board.set(real=(0, 1, 2))
    board.mismatched.value = True
    assert len(board.plane.points) == len(board.plane.labels) == 9
    assert board.logits()["real"].tolist() == [0, 1, 2] and len(board.logits()["mismatched"]) == 3
    board.mismatched.value = False
    assert len(board.plane.points) == 6 and board.logits()["real"].tolist() == [0, 1, 2]


def test_it_is_kept_for_pages_without_widgets(board):
    page = board._repr_mimebundle_()["text/html"]
    assert page.count("<img") == 2 and "G pushes fake 1" in page
