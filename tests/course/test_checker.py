"""The checker: right and wrong answers, blank ones, and answers that would break a lesser one."""

import threading
import time

import numpy as np
import pytest

from mmgan_lite.course import checker
from mmgan_lite.course.checker import Exercise, near, numbers, require


class Twice(Exercise):
    """Double the numbers."""

    hint = "2 * x"

    @staticmethod
    def examine(answer):
        doubled = numbers(answer(np.array([1.0, 2.0])), (2,))
        require(not near(doubled, [1, 4]), "That is the square.")
        require(near(doubled, [2, 4]), "Add each number to itself.")

    @staticmethod
    def solution(x):
        return 2 * x

    @staticmethod
    def wrong_square(x):
        return x**2


def test_solution_passes_and_is_shown_without_its_decorator():
    verdict = Twice.check(Twice.solution)
    assert verdict.right and repr(verdict) == "Right. That is right."
    assert "<pre>def solution(x):\n    return 2 * x" in verdict._repr_html_()
    assert "Another hint" not in verdict._repr_html_()


def test_wrong_answer_gets_its_hint_and_a_second_one_on_demand():
    verdict = Twice.check(Twice.wrong_square)
    assert not verdict.right and repr(verdict) == "That is the square."
    assert "<summary>Another hint</summary>2 * x" in verdict._repr_html_()


@pytest.mark.parametrize("blank", [None, ..., "", "  ", lambda x: None, lambda x: ...])
def test_blank_is_not_yet(blank):
    assert Twice.check(blank).words.startswith("Not yet")


@pytest.mark.parametrize(
    ("answer", "told"),
    {
        (lambda x: x[0]): r"Expected: shape (2,). Yours: ().",
        (lambda x: x * np.nan): "There is a NaN",
        (lambda x: "banana"): "Numbers are expected here. Received: str.",
        (lambda x: x / {}): "stopped with an error. TypeError: unsupported operand",
        7: "stopped with an error. TypeError: 'int' object is not callable",
    }.items(),
)
def test_what_is_wrong_is_told_in_a_line(answer, told):
    assert told in Twice.check(answer).words


def test_an_endless_loop_is_ended_and_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(checker, "SECONDS", 0.2)

    def endless(x):
        while True:
            try:
                x = x + 1
            except Exception:
                x = 0

    before = set(threading.enumerate())
    assert "longer than 0.2 seconds" in Twice.check(endless).words
    time.sleep(0.5)  # a second interruption would strike here
    assert not set(threading.enumerate()) - before
    assert Twice.check(Twice.solution).right


def test_a_value_is_shown_as_python_writes_it():
    class Five(Twice):
        solution = (5, 25)

    assert "<pre>(5, 25)</pre>" in Five.check(None)._repr_html_()
