"""The board: each sense given whole, corrupted or not at all."""

import pytest

from mmgan_lite.course.translation.readings import reads
from mmgan_lite.course.translation.translation_board import TranslationBoard


@pytest.fixture
def board(pretrained, digits):
    made = TranslationBoard(pretrained, digits)
    yield made
    assert made.guard.errors == []


def test_board_has_a_row_for_each_sense_that_is_on_and_one_for_all(board):
    assert board.view.value.count("board-image-cell") == 1 + 4  # given, and made by each row
    board.switch["speech"].value = False
    assert board.view.value.count("board-image-cell") == 1 + 3
    assert board.view.value in board._repr_mimebundle_()["text/html"]


def test_board_needs_one_sense(board):
    before = board.view.value
    for sense in board.switch:
        board.switch[sense].value = False
    assert "at least one" in board.status.value
    board.switch["text"].value = True
    assert "at least one" not in board.status.value and board.view.value != before


def test_every_control_of_the_board_changes_the_picture(board):
    seen = [board.view.value]
    for move in (
        board.another.click,
        lambda: setattr(board.level["image"], "value", 0.5),
        lambda: setattr(board.given["image"].number, "value", 44),
        lambda: setattr(board.given["text"].line, "value", "a thin three"),
        lambda: setattr(board.given["speech"].number, "value", 44),
    ):
        move()
        seen.append(board.view.value)
    assert len(set(seen)) == len(seen)


def test_board_says_what_it_cannot_read(board):
    before = board.view.value
    board.given["text"].line.value = "a banana"
    assert "unknown word" in board.status.value and "still the one from before" in board.status.value
    assert board.view.value == before


def test_board_says_at_once_that_it_is_working(board, words_on_the_way):
    told = words_on_the_way(board.status, lambda: setattr(board.given["image"].number, "value", 9))
    assert "working" in told[0] and "Cosine" in told[-1]


def test_what_a_judge_reads_is_told_in_words():
    assert reads("text", ["a thin three leaning left", "three a a"]) == [
        "three, thin, left",
        "no sentence that it knows",
    ]
