"""The checker: it says what is right in an answer, or what to think about, and no answer breaks it.

The course's exercises, with their hints and solutions, stand beside the notebooks, in `notebooks/exercises/`.
"""

import contextlib
import ctypes
import html
import inspect
import re
import textwrap
import threading

import numpy as np

SECONDS = 5.0  # an answer may take
_BLANK = "Not yet: the answer is still blank. Fill it in, and run the cell again."


class NotYet(Exception):
    """What a check raises: words about what to think about next, never the answer."""


class TooLong(BaseException):
    """The answer took too long. No `Exception`: an answer that catches all of those must not catch this."""


def require(condition, hint):
    """Go on only if the condition holds; otherwise the learner reads the hint."""
    if not condition:
        raise NotYet(hint)


def numbers(answer, shape):
    """An answer as float64 of a shape; `NotYet` where it is blank, no number, of another shape, or not finite."""
    require(answer is not None and answer is not ..., _BLANK)
    try:
        values = np.asarray(answer, "float64")
    except (TypeError, ValueError):
        raise NotYet(f"Numbers are due here. Received: {type(answer).__name__}.") from None
    require(values.shape == tuple(shape), f"Due: shape {tuple(shape) or '(), one number'}. Yours: {values.shape}.")
    require(np.isfinite(values).all(), "There is a NaN or an infinity in it. Which step makes it?")
    return values


def near(values, wanted, tolerance=1e-4):
    """Whether numbers are the wanted ones, but for rounding."""
    return np.allclose(values, wanted, rtol=tolerance, atol=tolerance)


class Exercise:
    """One exercise. A subclass holds all there is to it, and is never instantiated.

    Attributes:
        examine: A static method of the answer; raises `NotYet` with a hint, or returns words on what was reached.
        hint: A second hint, to open on demand.
        solution, wrong_<misconception>: Answers, right and typically wrong, functions or other values; not handed out.
    """

    hint, solution = "", None

    @classmethod
    def check(cls, answer):
        """Examine an answer; returns a `Verdict`, which the notebook shows. Nothing that an answer does gets out."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
            return Verdict(cls, False, _BLANK)
        try:
            with _at_most(SECONDS):
                return Verdict(cls, True, cls.examine(answer) or "That is right.")
        except NotYet as told:
            return Verdict(cls, False, str(told))
        except TooLong:
            return Verdict(cls, False, f"It took longer than {SECONDS:g} seconds. Does a loop in it ever end?")
        except Exception as error:  # whatever the answer raised: told in a line, without a traceback
            words = re.sub(r"\x1b\[[\d;]*m", "", f"{type(error).__name__}: {error}")  # Keras prints in bold
            return Verdict(cls, False, f"Your answer stopped with an error. {words.splitlines()[0][:300]}")


class Verdict:
    """What was found: `right` (bool) and `words`; a notebook shows it with a second hint and a solution to open."""

    def __init__(self, exercise, right, words):
        self.exercise, self.right, self.words = exercise, right, words

    def __repr__(self):
        return ("Right. " if self.right else "") + self.words

    def _repr_html_(self):
        style = f"border-left: 4px solid {'#009E73' if self.right else '#D55E00'}; padding: 2px 8px"
        page = f'<div role="status" class="verdict" style="{style}">{html.escape(repr(self))}</div>'
        if not self.right and self.exercise.hint:
            page += f"<details><summary>Another hint</summary>{html.escape(self.exercise.hint)}</details>"
        code = _source(self.exercise.solution)  # empty in a handout without solutions
        return page + (f"<details><summary>A solution</summary><pre>{code}</pre></details>" if code else "")


def _source(solution):
    """HTML of a function as it was written, without its decorator; or of another value, if any."""
    code = textwrap.dedent(inspect.getsource(solution)) if callable(solution) else repr(solution)
    return html.escape(code.removeprefix("@staticmethod\n")) if solution is not None else ""


@contextlib.contextmanager
def _at_most(seconds):
    """Raise `TooLong` in this thread when the time is over: Python hears it at once, a call into C when it ends."""
    thread, ended = ctypes.c_ulong(threading.get_ident()), threading.Event()

    def watch():
        while not ended.wait(seconds):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooLong))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while watcher.is_alive():
            with contextlib.suppress(TooLong):  # one that was on its way
                ended.set()
                watcher.join()
