"""The checker: it says what is right in an answer, or what to think about, and no answer breaks it.

The course's exercises, with their hints and solutions, stand next to the notebooks, in `notebooks/exercises/`.
An answer is examined in a child process where that can be had, and in the notebook's own where not (`limited`).
"""

import ast
import contextlib
import html
import inspect
import os
import re
import sys
import textwrap
from unittest import mock

import numpy as np

from mmgan_lite.course import limited, progress, tasks
from mmgan_lite.course.alarm import TooLong, at_most

SECONDS = 5.0  # an answer may take
VALIDATING = "NBGRADER_EXECUTION", "validate"  # nbgrader sets it, and tells by errors alone
_NOT_YET = "Not yet"  # how a hint begins that says: there is no answer so far
_BLANK = f"{_NOT_YET}: the answer is still blank. Fill it in, and run the cell again."
_ENDED = {
    "too long": "It took longer than {seconds:g} seconds. Does a loop in it ever end?",
    "died": "Your answer ended Python itself. Does it call os._exit, or take too much memory?",
}


class NotYet(Exception):
    """What a check raises: words about what to think about next, never the answer."""

    def __init__(self, hint, misconception=""):
        super().__init__(hint)
        self.misconception = misconception


def require(condition, hint, misconception=""):
    """Go on only if the condition holds; otherwise the learner reads the hint.

    Args:
        condition: What must hold.
        hint: What to think about next; begins with "Not yet" where there is no answer so far.
        misconception: A name for what is behind the mistake, as in the exercise's `wrong_<misconception>`.
    """
    if not condition:
        raise NotYet(hint, misconception)


def numbers(answer, shape):
    """An answer as float64 of a shape; `NotYet` where it is blank, no number, of another shape, or not finite."""
    require(answer is not None and answer is not ..., _BLANK)
    try:
        values = np.asarray(answer, "float64")
    except (TypeError, ValueError, OverflowError):
        raise NotYet(f"Numbers are expected here. Received: {type(answer).__name__}.") from None
    require(values.shape == tuple(shape), f"Expected: shape {tuple(shape) or '(), one number'}. Yours: {values.shape}.")
    require(np.isfinite(values).all(), "There is a NaN or an infinity in it. Which step makes it?")
    return values


def near(values, wanted, tolerance=1e-4):
    """Whether numbers are the wanted ones, but for rounding."""
    return np.allclose(values, wanted, rtol=tolerance, atol=tolerance)


class Exercise:
    """One exercise. A subclass holds all there is to it, and is never instantiated.

    Attributes:
        examine: A static method of the answer; raises `NotYet` with a hint, or returns words on what was reached.
        further: A static method that yields further arguments, for which the answer must agree with the solution.
            `handout --hidden-checks` leaves it out, and `grade` has it.
        prepare: A static method that loads what `examine` needs, before the answer's time is measured.
        hint: A second hint, to open on demand.
        reports: Whether the answer is a record of runs that took minutes; see `grade`.
        solution, wrong_<misconception>: Answers, right and typically wrong, functions or other values; not handed out.
    """

    hint, solution, reports = "", None, False

    @staticmethod
    def prepare():
        """Nothing is needed."""

    @staticmethod
    def further():
        """No further arguments."""
        return ()

    @classmethod
    def check(cls, answer):
        """Examine an answer; returns a `Verdict`, which the notebook shows. Nothing that an answer does gets out.

        Raises:
            NotYet: under `nbgrader validate` alone, for an answer that is not right.
        """
        cls.prepare()
        verdict = Verdict(cls, *_examined(cls, answer), name=answer.__name__ if inspect.isfunction(answer) else None)
        if cls.reports and verdict.outcome != progress.BLANK:
            verdict.report = as_literal(answer)
        progress.note(cls, verdict.outcome, verdict.misconception)
        if os.environ.get(VALIDATING[0]) == VALIDATING[1]:
            require(verdict.right, f"{cls.__name__}: {verdict.words}", verdict.misconception)
        return verdict

    @classmethod
    def judge(cls, answer):
        """(outcome, words, misconception) of an answer, found here and now; only `TooLong` and Ctrl-C get out."""
        try:
            if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
                return progress.BLANK, _BLANK, ""
            words = cls.examine(answer) or "That is right."
            for arguments in cls.further() if cls.solution is not None else ():
                _agree(answer(*map(_copy, arguments)), cls.solution(*map(_copy, arguments)))
            return progress.RIGHT, words, ""
        except NotYet as told:
            words = in_a_line(told)
            return progress.BLANK if words.startswith(_NOT_YET) else progress.WRONG, words, told.misconception
        except (TooLong, KeyboardInterrupt):
            raise
        except (
            BaseException
        ) as error:  # whatever the answer raised, SystemExit too: told in a line, without a traceback
            words = f"{type(error).__name__}: {in_a_line(error)}"[:300]
            return progress.ERROR, f"Your answer stopped with an error. {words}", ""


def _agree(mine, wanted):
    hint = (
        "Right for the numbers that it was tried with first, and wrong for others. Does it do what was asked, always?"
    )
    wanted, agrees = np.asarray(wanted, "float64"), False
    with contextlib.suppress(NotYet):
        agrees = near(numbers(mine, wanted.shape), wanted, 1e-3)
    require(agrees, hint, "only_what_was_shown")


def _copy(argument):
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def in_a_line(error):
    """The first line of what an error says of itself, if it can."""
    try:
        return re.sub(r"\x1b\[[\d;]*m", "", str(error)).splitlines()[0]  # Keras prints in bold
    except BaseException:  # a `__str__` of the answer's own
        return ""


def _examined(exercise, answer):
    """(outcome, words, misconception), however the answer behaves."""
    if limited.CAN_FORK and not _sees_gpu():
        waits = limited.IDLE if "tensorflow" in sys.modules else None
        ended = limited.run(lambda: exercise.judge(answer), SECONDS, idle=waits)
        print(ended.printed, end="")
        if ended.how == "done":
            return ended.value
        if ended.how != "idle":
            return progress.ERROR, _ENDED[ended.how].format(seconds=SECONDS), ""
    try:  # TensorFlow's threads are here, and no child has them
        with mock.patch.object(os, "_exit", _exit_refused), at_most(SECONDS):
            return exercise.judge(answer)
    except TooLong:
        return progress.ERROR, _ENDED["too long"].format(seconds=SECONDS), ""


def _exit_refused(status=0):
    raise SystemExit(status)


def _sees_gpu():
    """Whether TensorFlow computes on a GPU, which a child process cannot share."""
    tensorflow = sys.modules.get("tensorflow")
    return bool(tensorflow and tensorflow.config.list_physical_devices("GPU"))


class Verdict:
    """What was found: an `outcome` and `words`; a notebook shows it with a second hint and a solution to open.

    Attributes:
        outcome: "right", "wrong", "not attempted" or "error".
        right: bool.
        misconception: Its name, "" where there is none.
        report: The answer as a literal, where it is a record of runs: the notebook keeps it next to what is shown.
    """

    def __init__(self, exercise, outcome, words, misconception="", *, name=None):
        self.exercise, self.outcome, self.words, self.misconception = exercise, outcome, words, misconception
        self.name, self.right, self.report = name, outcome == progress.RIGHT, None

    def __repr__(self):
        return ("Right. " if self.right else "") + self.words

    def _repr_html_(self):
        style = f"border-left: 4px solid {'#009E73' if self.right else '#D55E00'}; padding: 2px 8px"
        page = f'<div role="status" class="verdict" style="{style}">{html.escape(repr(self))}</div>'
        if not self.right and self.exercise.hint:
            page += f"<details><summary>Another hint</summary>{html.escape(self.exercise.hint)}</details>"
        code = html.escape(printed_solution(self.exercise.solution, self.name))
        return page + (f"<details><summary>A solution</summary><pre>{code}</pre></details>" if code else "")

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if self.report is not None:
            bundle[tasks.REPORT] = self.report
        return bundle


def as_literal(report):
    """A report of dicts, lists, tuples, numbers and strings as a Python literal; None if it holds anything else."""
    try:
        words = repr(_plain(report))
        return words if len(words) < 100_000 and ast.literal_eval(words) is not None else None
    except Exception:  # whatever a learner put into it
        return None


def _plain(value):
    """The same with Python's own numbers and lists in place of NumPy's."""
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def printed_solution(solution, name=None):
    """A function as it was written, under the name that the answer has, to be pasted over it; or another value.

    Args:
        solution: A function or a value; None in a handout without solutions.
        name: Of the learner's own function, if any.

    Returns:
        str, empty where there is no solution.
    """
    if not callable(solution):
        return "" if solution is None else repr(solution)
    code = textwrap.dedent(inspect.getsource(solution)).removeprefix("@staticmethod\n")
    named = isinstance(name, str) and name.isidentifier()
    return re.sub(r"^def \w+\(", f"def {name}(", code) if named else code
