"""The checker: right and wrong answers, blank ones, and answers that would break a lesser one."""

import ast
import contextlib
import itertools
import os
import re
import signal
import sys
import threading
import time

import numpy as np
import pytest

from mmgan_lite.course import checker, limited, tasks
from mmgan_lite.course.checker import Exercise, near, numbers, require


class Twice(Exercise):
    """Double the numbers."""

    hint = "2 * x"

    @staticmethod
    def examine(answer):
        doubled = numbers(answer(np.array([1.0, 2.0])), (2,))
        require(not near(doubled, [1, 4]), "That is the square.", "square")
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


def test_under_nbgrader_s_validation_what_is_not_right_is_an_error(monkeypatch):
    monkeypatch.setenv(*checker.VALIDATING)
    assert Twice.check(Twice.solution).right
    with pytest.raises(checker.NotYet, match="Twice: That is the square"):
        Twice.check(Twice.wrong_square)
    monkeypatch.setenv(checker.VALIDATING[0], "autograde")
    assert not Twice.check(Twice.wrong_square).right


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


def endless(x):
    while True:
        try:
            x = x + 1
        except Exception:
            x = 0


def endless_and_deaf(x):
    while True:
        try:
            x = x + 1
        except:  # noqa: E722  (as learners write it)
            x = 0


def endless_words(x):
    while True:
        print("again and again")


def recursive(x):
    return recursive(x)


class Rude(Exception):
    def __str__(self):
        raise SystemExit(3)


def rude(x):
    raise Rude


class Sullen:
    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __array__ = __len__ = __eq__ = __hash__ = __call__ = __repr__

    def __getattr__(self, name):
        raise RuntimeError("no")


def greedy(x):
    return [np.empty(10**8) for _ in range(1000)]


HOSTILE = {
    "a loop": (endless, "longer than 0.4 seconds"),
    "a loop that catches everything": (endless_and_deaf, "longer than 0.4 seconds"),
    "a sleep": (lambda x: time.sleep(10**6), "longer than 0.4 seconds"),
    "a flood of words": (endless_words, "longer than 0.4 seconds"),
    "a recursion": (recursive, "RecursionError"),
    "sys.exit": (lambda x: sys.exit(), "SystemExit"),
    "Ctrl-C's own error": (lambda x: exec("raise GeneratorExit"), "GeneratorExit"),
    "an error that cannot be told": (rude, "Rude"),
    "an object that answers nothing": (lambda x: Sullen(), "stopped with an error"),
    "such an object in place of an answer": (Sullen(), "error"),
    "os._exit": (lambda x: os._exit(0), "SystemExit|ended Python itself"),
    "another's error of ours": (lambda x: require(False, Sullen()), ""),
}
ONLY_IN_A_CHILD = {
    "a loop inside C": (lambda x: sum(itertools.repeat(0)), "longer than 0.4 seconds"),
    "gigabytes": (greedy, "MemoryError"),
    "a signal to itself": (lambda x: os.kill(os.getpid(), signal.SIGKILL), "ended Python itself"),
    "a broken pipe": (lambda x: [os.close(number) for number in range(3, 200)] and None, ""),
    "a result of its own": (lambda x: [forged(number) for number in range(3, 60)] and None, ""),
}


def forged(number):
    with contextlib.suppress(OSError):
        os.write(number, b'["0", ["right", "", ""]]\n')


def hold_to_its_promise(answer, told):
    before, start = set(threading.enumerate()), time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checker, "SECONDS", 0.4)
        verdict = Twice.check(answer)
    assert not verdict.right and re.search(told, verdict.words), verdict.words
    assert time.monotonic() - start < 30
    time.sleep(0.1)  # a second interruption would strike here
    assert not set(threading.enumerate()) - before
    assert Twice.check(Twice.solution).right


needs_fork = pytest.mark.skipif(not limited.CAN_FORK, reason="a child is forked on Linux alone")


@needs_fork
@pytest.mark.parametrize(("answer", "told"), (HOSTILE | ONLY_IN_A_CHILD).values(), ids=HOSTILE | ONLY_IN_A_CHILD)
def test_whatever_an_answer_does_there_is_a_verdict(answer, told, capsys):
    hold_to_its_promise(answer, told)
    assert len(capsys.readouterr().out) < 2 * limited.PRINTED


@pytest.mark.parametrize(("answer", "told"), HOSTILE.values(), ids=HOSTILE)
def test_so_there_is_where_no_child_can_be_had(answer, told, monkeypatch):
    monkeypatch.setattr(limited, "CAN_FORK", False)
    hold_to_its_promise(answer, told)


def test_a_loop_is_ended_on_another_thread_too(monkeypatch):
    monkeypatch.setattr(checker, "SECONDS", 0.4)
    monkeypatch.setattr(limited, "CAN_FORK", False)
    found = []
    thread = threading.Thread(target=lambda: found.append(Twice.check(endless_and_deaf)))
    thread.start()
    thread.join(10)
    assert "longer than" in found[0].words


@needs_fork
def test_an_answer_that_waits_for_tensorflow_s_threads_is_asked_where_they_are(monkeypatch):
    parent = os.getpid()

    def waiting(x):
        if os.getpid() != parent:
            time.sleep(60)
        return 2 * x

    import tensorflow  # noqa: F401  (only then may a child wait for its threads)

    monkeypatch.setattr(limited, "IDLE", 0.3)
    assert Twice.check(waiting).right


def test_what_an_answer_prints_is_shown(capsys):
    Twice.check(lambda x: print("I see", len(x)) or 2 * x)
    assert "I see 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "outcome", "misconception"),
    [
        (..., "not attempted", ""),
        (lambda x: None, "not attempted", ""),
        (Twice.wrong_square, "wrong", "square"),
        (lambda x: x + 5, "wrong", ""),
        (Twice.solution, "right", ""),
        (rude, "error", ""),
    ],
)
def test_outcomes_are_told_apart(answer, outcome, misconception):
    verdict = Twice.check(answer)
    assert (verdict.outcome, verdict.misconception) == (outcome, misconception)


def test_an_answer_that_fits_the_first_numbers_alone_is_found_by_further_ones():
    class Thorough(Twice):
        @staticmethod
        def further():
            yield (np.array([3.0, -1.0]),)

    assert Thorough.check(Thorough.solution).right
    verdict = Thorough.check(lambda x: np.array([2.0, 4.0]))
    assert verdict.misconception == "only_what_was_shown"

    class Bare(Thorough):
        solution = None  # a handout without solutions

    assert Bare.check(lambda x: np.array([2.0, 4.0])).right


@pytest.mark.parametrize(
    ("report", "kept"),
    [
        (({(1, 1, 200, 0): np.float64(0.5)}, "so"), True),
        ({"scores": np.ones(3), "best": np.True_}, True),
        ({"scores": Sullen()}, False),
        ({"scores": object()}, False),
        ("x" * 200_000, False),
    ],
)
def test_a_report_is_kept_in_the_notebook_as_a_literal(report, kept):
    class Reported(Twice):
        reports = True

    bundle = Reported.check(report)._repr_mimebundle_()
    assert (tasks.REPORT in bundle) == kept
    if kept:
        assert ast.literal_eval(bundle[tasks.REPORT]) == checker._plain(report)
    assert tasks.REPORT not in Reported.check(None)._repr_mimebundle_()
    assert tasks.REPORT not in Twice.check(report)._repr_mimebundle_()


def test_a_solution_is_printed_under_the_name_that_the_answer_has():
    def mine(x):
        return x

    assert "<pre>def mine(x):\n    return 2 * x" in Twice.check(mine)._repr_html_()


def test_a_value_is_shown_as_python_writes_it():
    class Five(Twice):
        solution = (5, 25)

    assert "<pre>(5, 25)</pre>" in Five.check(None)._repr_html_()
