"""The widgets of notebooks 07 and 08, driven as a hand would: captions crossed with noise, a walk, and the board."""

import re

import numpy as np
import pytest

from mmgan_lite.course.translation.board import Board, reads
from mmgan_lite.course.translation.crossed import Crossed
from mmgan_lite.course.translation.walk import STEPS, Walk
from mmgan_lite.datasets import digits
from mmgan_lite.training import saving


@pytest.fixture(scope="module")
def gan():
    return saving.load("pretrained")


@pytest.fixture(scope="module")
def pairs():
    return digits.load_digits("valid")


def pictures(page):
    return re.findall(r"<img [^>]*>", page)


# Noise and conditions, crossed.


def test_crossed_shows_a_cell_for_every_caption_and_noise_with_what_a_judge_reads(gan):
    crossed = Crossed(gan, count=3)
    assert len(pictures(crossed.view.value)) == len(crossed.captions) * 3
    assert "“a three” with noise 1; a judge reads: three" in pictures(crossed.view.value)[0]
    assert all("a judge reads" in picture for picture in pictures(crossed.view.value))
    assert crossed.view.value in crossed._repr_mimebundle_()["text/html"]
    assert crossed.guard.errors == []


def test_a_row_of_crossed_is_alike_without_noise_and_columns_share_theirs(gan):
    crossed = Crossed(gan, ("a three", "a three", "an eight"), count=3)
    made = crossed._cross(gan.embed({"text": ["a three", "a three", "an eight"]}))
    np.testing.assert_allclose(made[0], made[1], atol=1e-5)
    assert np.abs(made[0, 0] - made[0, 1]).max() > 0.1
    crossed.size.value = 0.0
    cells = re.findall(r'<img src="([^"]*)"', crossed.view.value)
    assert len(set(cells[:6])) == 1 and cells[0] != cells[6]


def test_every_control_of_crossed_changes_the_picture(gan):
    crossed = Crossed(gan, count=2)
    seen = [crossed.view.value]
    for move in (
        crossed.another.click,
        lambda: setattr(crossed.size, "value", 0.5),
        lambda: setattr(crossed.captions[0], "value", "a six"),
        lambda: setattr(crossed.to, "value", "speech"),
    ):
        move()
        seen.append(crossed.view.value)
    assert len(set(seen)) == len(seen)
    assert crossed.guard.errors == []


def test_crossed_says_what_it_cannot_read_and_goes_on(gan):
    crossed = Crossed(gan, count=2)
    before = crossed.view.value
    crossed.captions[1].value = "a banana <b>"
    assert "unknown word" in crossed.status.value and crossed.view.value == before
    crossed.captions[1].value = "a two"
    assert "unknown" not in crossed.status.value and crossed.view.value != before
    assert crossed.guard.errors == []


# The walk.


def test_walk_begins_and_ends_at_its_captions(gan):
    walk = Walk(gan, "a one", "a seven")
    np.testing.assert_allclose(walk.points[[0, -1]], gan.embed({"text": ["a one", "a seven"]}), atol=1e-5)
    shares = np.array([*walk.shares.values()])
    assert shares.shape[1] == STEPS
    np.testing.assert_allclose(shares.sum(0), 1, atol=1e-6)
    assert walk.shares["one"][0] > 0.5 > walk.shares["one"][-1]
    assert walk.guard.errors == []


def test_the_slider_of_the_walk_shows_what_is_there(gan):
    walk = Walk(gan)
    before = walk.view.value, walk.curve.value
    walk.t.index += 1
    assert walk.view.value != before[0] and walk.curve.value != before[1]
    assert "At 55% of the way" in walk.curve.value
    assert len(pictures(walk.view.value)) == 6 and "<audio" in walk.view.value
    assert walk.guard.errors == []


def test_walk_takes_other_captions_the_same_one_twice_and_refuses_unknown_words(gan):
    walk = Walk(gan)
    walk.ends[0].value = "a seven"
    assert "one and the same point" in walk.status.value
    walk.ends[1].value = "a banana"
    assert "unknown word" in walk.status.value
    walk.ends[1].value = "a four"
    assert "cosine" in walk.status.value
    assert walk.guard.errors == []


@pytest.mark.parametrize("end", [0, 1])
def test_walk_says_at_once_that_it_is_working(gan, end):
    walk, said = Walk(gan), []
    walk.status.observe(lambda change: said.append(change["new"]), "value")
    walk.ends[end].value = "a two"
    assert "working" in said[0] and "cosine" in said[-1]
    assert walk.guard.errors == []


def test_each_step_of_the_walk_has_the_sound_that_belongs_to_it(gan):
    walk = Walk(gan)
    heard = {}
    for index in (0, STEPS - 1, 0):
        walk.t.index = index
        player = re.search(r"<audio [^>]*>", walk.view.value).group()
        assert heard.setdefault(index, player) == player
    assert len(set(heard.values())) == 2
    assert walk.guard.errors == []


# The board.


@pytest.fixture
def board(gan, pairs):
    made = Board(gan, pairs)
    yield made
    assert made.guard.errors == []


def test_board_has_a_row_for_each_sense_that_is_on_and_one_for_all(board):
    assert board.view.value.count("board-image-cell") == 1 + 4  # given, and made by each row
    board.on["speech"].value = False
    assert board.view.value.count("board-image-cell") == 1 + 3
    assert board.view.value in board._repr_mimebundle_()["text/html"]


def test_board_needs_one_sense(board):
    before = board.view.value
    for sense in board.on:
        board.on[sense].value = False
    assert "at least one" in board.status.value
    board.on["text"].value = True
    assert "at least one" not in board.status.value and board.view.value != before


def test_every_control_of_the_board_changes_the_picture(board):
    seen = [board.view.value]
    for move in (
        board.another.click,
        lambda: setattr(board.level["image"], "value", 0.5),
        lambda: setattr(board.given["image"], "value", 44),
        lambda: setattr(board.given["text"], "value", "a thin three"),
        lambda: setattr(board.given["speech"], "value", 44),
    ):
        move()
        seen.append(board.view.value)
    assert len(set(seen)) == len(seen)


def test_board_says_what_it_cannot_read(board):
    before = board.view.value
    board.given["text"].value = "a banana"
    assert "unknown word" in board.status.value and "still the one from before" in board.status.value
    assert board.view.value == before


def test_board_says_at_once_that_it_is_working(board):
    told = []
    board.status.observe(lambda change: told.append(change["new"]), "value")
    board.given["image"].value = 9
    assert "working" in told[0] and "Cosine" in told[-1]


def test_what_a_judge_reads_is_told_in_words():
    assert reads("text", ["a thin three leaning left", "three a a"]) == [
        "three, thin, left",
        "no sentence that it knows",
    ]
