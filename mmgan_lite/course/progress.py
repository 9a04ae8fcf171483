"""Who did what: each check is noted in `progress.jsonl` next to the notebooks, and what is next is told.

A line holds the time, the notebook, the exercise, the outcome and the misconception behind a wrong answer; neither
the answer nor a name. `MMGAN_PROGRESS=off` switches it off.
"""

import collections
import contextlib
import datetime
import html
import inspect
import json
import os
from pathlib import Path

from mmgan_lite.course import tasks

LOG = "progress.jsonl"
SWITCH = "MMGAN_PROGRESS"
RIGHT, WRONG, BLANK, ERROR, RESET = "right", "wrong", "not attempted", "error", "reset"
OUTCOMES = (RIGHT, WRONG, BLANK, ERROR, RESET)
_MOST = 2**24  # bytes of a log that are read
_KEYS = ("time", "notebook", "exercise", "outcome", "misconception")
_MARKS = {RIGHT: "✔", WRONG: "✘", ERROR: "✘", BLANK: "·"}


def note(exercise, outcome, misconception=""):
    """Append one check to the log, if it is on and the exercise stands next to notebooks. It never fails."""
    if os.environ.get(SWITCH, "").lower() in ("off", "0", "no"):
        return
    with contextlib.suppress(OSError, TypeError, ValueError):  # a folder that cannot be written; a class of no file
        path = Path(inspect.getfile(exercise.examine)).resolve()
        if path.parent.name == "exercises":
            folder = path.parent.parent
            named = [name for name in tasks.notebooks_of(folder) if tasks.module_of(name) == path.stem]
            _append(folder, [*named, path.stem][0], exercise.__name__, outcome, misconception)


def _append(folder, notebook, exercise, outcome, misconception=""):
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    path, line = (
        Path(folder, LOG),
        json.dumps(dict(zip(_KEYS, (now, notebook, exercise, outcome, misconception), strict=True))),
    )
    if path.exists() and not path.is_file():
        return  # a pipe would keep the notebook waiting
    with open(path, "ab+") as log:  # one write: several notebooks may be open
        half = log.tell() > 0 and log.seek(-1, os.SEEK_END) is not None and log.read(1) != b"\n"
        log.write(b"\n" * half + line.encode() + b"\n")


def parse(raw):
    """The checks of a log: a list of dicts of strings; lines that are no check are left out.

    Args:
        raw: bytes.
    """
    checks = []
    for line in raw[:_MOST].decode("utf-8", "replace").splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            check = json.loads(line)
            if isinstance(check, dict) and check.get("outcome") in OUTCOMES:
                checks.append({key: str(check.get(key, ""))[:80] for key in _KEYS})
    return checks


def read(folder):
    """The checks that are noted in a folder, see `parse`; none where there is no log."""
    path = Path(folder, LOG)
    if not path.is_file():
        return []
    with open(path, "rb") as log:
        return parse(log.read(_MOST))


class Progress:
    """What is done and what is next; prints as a table, and shows as one in a notebook.

    Attributes:
        rows: [(task, outcome, tries), …], every exercise of the course in its order.
        next: The first `Task` that is not done, or None.
    """

    def __init__(self, folder):
        self.folder, checks = folder, collections.defaultdict(list)
        for check in read(folder):
            key = tasks.module_of(check["notebook"]), check["exercise"]  # whatever number the notebook had then
            if check["outcome"] == RESET:
                checks.pop(key, None)
            else:
                checks[key].append(check["outcome"])
        self.rows = [(task, *_standing(checks[task.module, task.name])) for task in tasks.find(folder)]
        self.next = next((task for task, outcome, _ in self.rows if outcome != RIGHT), None)

    @property
    def headline(self):
        done = sum(outcome == RIGHT for _, outcome, _ in self.rows)
        after = f" Next: {self.next.about} ({self.next.notebook}, {self.next.name})" if self.next else ""
        return f"{done} of {len(self.rows)} exercises are done.{after}"

    def __repr__(self):
        lines = [
            f"{_MARKS[outcome]} {task.notebook:32}{task.name:24}{_told(outcome, tries)}"
            for task, outcome, tries in self.rows
        ]
        return "\n".join([self.headline, "", *lines])

    def _repr_html_(self):
        rows = [
            "".join(
                f"<td>{html.escape(cell)}</td>"
                for cell in (task.notebook, task.name, task.about, _told(outcome, tries))
            )
            for task, outcome, tries in self.rows
        ]
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("notebook", "exercise", "what it asks", "outcome"))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><caption>{html.escape(self.headline)}</caption><thead><tr>{heads}</tr></thead>{body}</table>"


def _standing(outcomes):
    """(the best outcome so far, number of tries): who was right once is done."""
    tried = [outcome for outcome in outcomes if outcome != BLANK]
    return RIGHT if RIGHT in tried else (tried or [BLANK])[-1], len(tried)


def _told(outcome, tries):
    return outcome if outcome == BLANK else f"{outcome} ({tries} {'try' if tries == 1 else 'tries'})"


def progress(folder=None, reset=None):
    """What is done in the course, and what is next.

    Args:
        folder: Of the notebooks; by default the one that this notebook or command is in.
        reset: An exercise to begin again, such as "losses.PushOnG" or "PushOnG": what was noted so far counts no more.

    Returns:
        `Progress`, which prints as a table.

    Raises:
        ValueError: if no exercise, or more than one, has that name.
    """
    folder = tasks.course_folder(folder)
    if reset is not None:
        found = [task for task in tasks.find(folder) if reset in (str(task), task.name, f"{task.notebook}.{task.name}")]
        if len(found) != 1:
            known = ", ".join(map(str, found or tasks.find(folder)))
            raise ValueError(f"name one exercise of: {known}. Received: {reset}")
        _append(folder, found[0].notebook, found[0].name, RESET)
    return Progress(folder)
