"""One exercise of one hand-in, checked again from its text: in a child process of its own, without network.

The check is the kit's own. What the hand-in can import as `exercises` are copies without solutions and further cases;
after a right answer, the exercise's known wrong ones are examined too, so that a check that finds everything right is
found out.
"""

import functools
import importlib.util
import os
import sys
import tempfile
import types
from pathlib import Path

from mmgan_lite.course import checker, limited, progress, tasks
from mmgan_lite.course.grading import confined, handins, slices
from mmgan_lite.course.handout import without_solutions

SECONDS = 20.0  # an exercise may take, with what it loads
MEMORY = 2**31
_ENDED = {
    "too long": "It took longer than {seconds:g} seconds.",
    "died": "It ended Python itself, or took too much memory.",
}


def examine(task, handin, folder, seconds=SECONDS):
    """(outcome, words, misconception) of an exercise in a hand-in, whatever the hand-in does.

    Args:
        task: The exercise.
        handin: From `handins.read`.
        folder: The kit's notebooks.
        seconds: After which it is ended.
    """
    if handin.fault:
        return progress.ERROR, f"The hand-in cannot be read: {handin.fault}", ""
    cells = _cells_of(handin, task)
    if cells is None:
        return progress.BLANK, "The notebook is not in the hand-in.", ""
    own = [cell for cell in cells if task.name in tasks.names_checked(cell.source)]
    if not own:
        return progress.ERROR, f"The cell that checks {task.name} is gone.", ""
    if own[-1].source.strip() in _blank_cells(Path(folder), task):
        return progress.BLANK, "The cell is as it was handed out.", ""
    _stand_ins(Path(folder))  # made here, once for all children
    with tempfile.TemporaryDirectory() as place:
        ended = limited.run(
            lambda: _in_the_child(task, cells, own[-1], Path(folder)), seconds, MEMORY,
            prepare=lambda: confined.confine(place),
        )  # fmt: skip
    if ended.how == "done":
        return tuple(ended.value)
    return progress.ERROR, _ENDED[ended.how].format(seconds=seconds), ""


def _cells_of(handin, task):
    """The cells of the exercise's notebook, whatever number it had when it was handed out."""
    for name, cells in handin.notebooks.items():
        if tasks.module_of(name) == task.module:
            return cells
    return None


@functools.cache
def _blank_cells(folder, task):
    """The cells of an exercise as they are handed out."""
    cells = tasks.cells_of((folder / f"{task.notebook}.ipynb").read_text(encoding="utf-8"))
    return {cell.strip() for cell in cells if task.name in tasks.names_checked(cell)}


def _in_the_child(task, cells, cell, folder):
    path = folder / "exercises" / f"{task.module}.py"
    exercise = getattr(_load(path), task.name)  # before the hand-in can touch what it is made of
    exercise.prepare()
    try:
        answer = handins.report_of(cell) if exercise.reports else None
        if answer is None:
            answer = _answer(task, cells, folder)
    except BaseException as error:
        words = f"{type(error).__name__}: {checker.in_a_line(error)[:200]}"
        return progress.ERROR, f"The hand-in stopped with an error. {words}", ""
    found = exercise.judge(answer)
    if found[0] == progress.RIGHT and any(exercise.judge(wrong)[0] == progress.RIGHT for wrong in _wrong(exercise)):
        return progress.ERROR, "The hand-in changes the checker: its wrong answers are right as well.", ""
    return found


def _answer(task, cells, folder):
    for name, source in _stand_ins(folder).items():
        _stand_in(name, source)
    sys.path.insert(0, os.getcwd())
    return slices.run(slices.answer_program([cell.source for cell in cells], task.name), {"__name__": "__main__"})


def _wrong(exercise):
    known = [getattr(exercise, name) for name in vars(exercise) if name.startswith("wrong_")]
    return [*known, object()]


def _load(path):
    spec = importlib.util.spec_from_file_location(f"_kit_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _StandIn(types.ModuleType):
    """An exercise file for the hand-in to import, run when it is first used: without solutions."""

    def __getattr__(self, name):
        if "_source" in vars(self):
            exec(compile(vars(self).pop("_source"), self.__name__, "exec"), vars(self))
            return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


@functools.cache
def _stand_ins(folder):
    """{name: source} of the exercise files, without solutions."""
    paths = sorted((folder / "exercises").glob("*.py"))
    return {path.stem: without_solutions(path.read_text(encoding="utf-8")) for path in paths}


def _stand_in(name, source):
    package = sys.modules.setdefault("exercises", types.ModuleType("exercises"))
    package.__path__ = []
    module = _StandIn(f"exercises.{name}")
    module._source = source
    sys.modules[module.__name__] = module
    setattr(package, name, module)
