"""Logits under the hand: the pushes are the slopes of the package's losses, and the pictures follow."""

import numpy as np
import pytest
from PIL import Image

from mmgan_lite import plots
from mmgan_lite.course.kit import backdrop
from mmgan_lite.course.players import curves, logits


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


def test_a_curve_of_the_relativistic_loss_belongs_to_its_pair():
    real, fake = np.full(3, 4.0), np.array([-5.0, 0.0, 3.0])
    drawn = curves.Curves(logits.LOSSES["relativistic"], "relativistic")
    drawn.png({"real": real, "fake": fake}, logits.pushes(logits.LOSSES["relativistic"], real, fake))
    heights = drawn._parts[2][-1].get_ydata()  # of G's three points
    cost = np.logaddexp(0, real - fake)
    least = np.logaddexp(0, real - curves.EDGE)  # at the right end
    assert heights == pytest.approx(cost - least, abs=0.01)


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


@pytest.mark.parametrize("kinds", [("real", "fake"), ("real", "fake", "mismatched")])
@pytest.mark.parametrize("name", logits.LOSSES)
def test_a_curve_has_the_slope_that_is_drawn_at_its_logits(name, kinds):
    pair, rows = logits.LOSSES[name], np.array([40, 75, 115])  # not at a kink
    lie = dict.fromkeys(kinds, curves.PLACES[rows])
    found = logits.pushes(pair, **lie)
    for kind, player, push in (("real", "d", found["d"]["real"]), ("fake", "d", found["d"]["fake"]),
                               ("fake", "g", found["g"])):  # fmt: skip
        paid = curves.courses(pair, lie, kind)[player]  # (3, places): the nth is the nth logit's
        slopes = [np.gradient(curve, curves.PLACES)[row] for curve, row in zip(paid, rows, strict=True)]
        assert slopes == pytest.approx(-push, abs=0.03)


def test_mismatched_pairs_halve_d_s_curve_on_fakes():
    sheets = [dict.fromkeys(kinds, np.array([-8.0, 0.0, 8.0])) for kinds in (logits.START, ("real", "fake"))]
    crowded, plain = (curves.courses(logits.LOSSES["minimax"], sheet, "fake")["d"] for sheet in sheets)
    np.testing.assert_allclose(crowded, plain / 2, rtol=0.01, atol=1e-6)


def test_each_set_of_kinds_has_a_sheet_of_its_own(board):
    board.menu.value, minimax = "minimax", logits.LOSSES["minimax"]
    for mismatched in (True, False, True):
        board.mismatched.value = mismatched
        sheet = curves.Curves(minimax, "minimax", tuple(board.logits()))
        drawn = sheet.png(board.logits(), curves.pushes(minimax, **board.logits()))
        assert board.view.value == plots.img(drawn, sheet.alt)
    board.mismatched.value = False


def test_over_a_backdrop_the_same_is_drawn_as_in_the_whole_figure(tmp_path):
    fig, ax = plots.figure(3, 2)
    ax.set(xlim=(0, 1), ylim=(0, 1), title="still")
    line, words = ax.plot([0.1, 0.9], [0, 1], animated=True)[0], ax.text(0.5, 0.1, "moves", animated=True)
    drawn = backdrop.Backdrop(fig)
    for end in (0.2, 0.8):  # nothing of the first is left in the second
        line.set_ydata([end, 1 - end])
        (tmp_path / "fast.png").write_bytes(drawn.png())
    for artist in (line, words):
        artist.set_animated(False)
    (tmp_path / "whole.png").write_bytes(plots.png(fig, 80))
    fast, whole = (np.asarray(Image.open(tmp_path / f"{name}.png").convert("RGB")) for name in ("fast", "whole"))
    np.testing.assert_array_equal(fast, whole)
