"""The base of the course's widgets."""

import ipywidgets
import pytest

from mmgan_lite.course.kit.widget import CourseWidget, row


class Board(CourseWidget):
    name, kept = "sum", ("told", "view")

    def __init__(self):
        super().__init__()
        self.told, self.view = self.page("told"), self.page("view")
        self.number = self.control("number", ipywidgets.IntSlider(3), self.show)
        self.buttons = self.named({"more": ipywidgets.Button(), "less": ipywidgets.Button()}, self.show)
        self.show()
        self.lay_out(row(self.number, *self.buttons.values()), self.told, self.view)

    def show(self):
        self.told.say(f"{12 / self.number.value:g}")


def test_controls_and_pages_have_the_classes_that_their_names_ask_for():
    board = Board()
    parts = [board, board.number, board.buttons["more"], board.told]
    assert [part._dom_classes for part in parts] == [("sum",), ("sum-number",), ("sum-more",), ("sum-told",)]


def test_moves_and_clicks_are_answered():
    board = Board()
    board.number.value = 6
    assert ">2<" in board.told.value
    board.told.value = ""
    board.buttons["less"].click()
    assert ">2<" in board.told.value


def test_an_error_in_an_answer_is_shown_below():
    board = Board()
    with pytest.raises(ZeroDivisionError):
        board.number.value = 0
    assert "ZeroDivisionError" in board.guard.view.value and board.children[-1] is board.guard.view


def test_a_part_has_the_guard_of_the_whole():
    board = Board()
    assert CourseWidget(board.guard).guard is board.guard


def test_what_it_keeps_is_kept_for_pages_without_widgets():
    board = Board()
    assert board._repr_mimebundle_()["text/html"] == f"<div>{board.told.value}</div><div></div>"
    assert "text/html" not in CourseWidget()._repr_mimebundle_()
