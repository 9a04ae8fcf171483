"""Many hand-ins, checked again: a table with a row a learner and exercise, and a picture of the class's misconceptions.

TensorFlow is imported once and does not compute here, so that each check's child process starts with it in a moment.
"""

import collections
import concurrent.futures
import csv
import dataclasses
import functools
import io
import multiprocessing
import os
import sys
import time
from pathlib import Path

from mmgan_lite import files
from mmgan_lite.course import limited, progress, tasks
from mmgan_lite.course.grading import class_picture, handins, regrade

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
           "late_submission_penalty", "score", "max_score",  # as nbgrader exports them
           "exercise", "outcome", "misconception", "tries", "words")  # fmt: skip
LATE = 2  # answers of one hand-in that may run out of time; each of the others has
HURRIED = 3.0  # seconds from then on: the kit's own solutions take 0.1 to 1.5


@dataclasses.dataclass(frozen=True)
class Grades:
    """What was found: `rows`, a dict by column each; prints as a summary. `out` and `picture` are the files."""

    rows: list[dict]
    out: Path
    picture: Path

    @property
    def misconceptions(self):
        """{(exercise, misconception): number of learners}, the most frequent first."""
        held = {(row["student_id"], row["exercise"], row["misconception"]) for row in self.rows if row["misconception"]}
        return dict(collections.Counter((exercise, name) for _, exercise, name in sorted(held)).most_common())

    def __repr__(self):
        learners = len({row["student_id"] for row in self.rows})
        outcomes = collections.Counter(row["outcome"] for row in self.rows)
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        lines = [f"{learners} hand-ins, {len(self.rows)} rows: {told}. See {self.out} and {self.picture}."]
        for (exercise, name), count in list(self.misconceptions.items())[:10]:
            lines.append(f"{count:4} × {name.replace('_', ' ')} ({exercise})")
        return "\n".join(lines)


def grade(folder, out="grades.csv", *, seconds=regrade.SECONDS, jobs=None, kit=None):
    """Check every exercise of many hand-ins again; what their logs say of it plays no part.

    Args:
        folder: Holds a .zip from `handin`, or a folder, for each learner.
        out: The table, .csv; the picture has the same name and ends in .png.
        seconds: That one exercise of one learner may take; `HURRIED` after `LATE` that took longer.
        jobs: Hand-ins at a time; by default as many as there are processors.
        kit: Folder of the notebooks to check by; by default this kit's own.

    Returns:
        `Grades`.

    Raises:
        ValueError: for a folder without hand-ins, or where no child processes can be forked.
        FileNotFoundError: if there is no such folder.
    """
    folder, out = Path(folder), Path(out)
    files.check_samples_path(out, [".csv"])  # before anything is read: the table is what the work is for
    kit = tasks.course_folder(kit)
    if not folder.is_dir():
        raise FileNotFoundError(f"give the folder of the hand-ins. Received: {folder}")
    if not limited.CAN_FORK:
        raise ValueError(f"grading needs Linux, or Windows with WSL: hand-ins run in forks. Received: {sys.platform}")
    found = [path for path in sorted(folder.iterdir()) if path.is_dir() or path.suffix.lower() == ".zip"]
    if not found:
        raise ValueError(f"there is no hand-in, .zip or a folder, in it. Received: {folder}")
    rows = [row for of_one in _each(found, kit, seconds, jobs) for row in of_one]
    grades = Grades(rows, out, out.with_suffix(".png"))
    files.write_whole(out, lambda file: file.write(_table(rows).encode()))
    files.write_whole(grades.picture, lambda file: class_picture.draw(file, grades.misconceptions))
    return grades


def _each(paths, kit, seconds, jobs):
    """The rows of each hand-in, several hand-ins at a time."""
    _warm()
    work = functools.partial(rows_of, tasks=tasks.find(kit), kit=kit, seconds=seconds)
    jobs = min(jobs or len(os.sched_getaffinity(0)), len(paths))
    with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(work, paths)


def _warm():
    """Import what the exercises need, and compute nothing: TensorFlow's threads would be missing in the children."""
    os.environ["MPLBACKEND"] = "agg"
    os.environ[progress.SWITCH] = "off"
    import mmgan_lite as mm

    for name in ("losses", "metrics", "steps", "plots", "load", "load_digits"):
        getattr(mm, name)


def rows_of(path, tasks, kit, seconds):
    """The rows of one hand-in, one for each exercise."""
    handin = handins.read(path)
    tries = collections.Counter(check["exercise"] for check in handin.checks if check["outcome"] != progress.BLANK)
    return [_row(handin, task, *found, tries[task.name]) for task, found in _examined(handin, tasks, kit, seconds)]


def _examined(handin, tasks, kit, seconds):
    """(exercise, what was found); where one answer after another never ends, the class does not wait for all."""
    late = 0
    for task in tasks:
        start, allowed = time.monotonic(), seconds if late < LATE else min(seconds, HURRIED)
        yield task, regrade.examine(task, handin, kit, allowed)
        late += time.monotonic() - start >= allowed


def _row(handin, task, outcome, words, misconception, tries):
    score = 1.0 if outcome == progress.RIGHT else 0.0
    values = (task.notebook, "", handin.time, handin.student, "", "", "", score, 0.0, score, 1.0,
              task.name, outcome, misconception, tries, words)  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _table(rows):
    page = io.StringIO(newline="")
    table = csv.writer(page)
    table.writerow(COLUMNS)
    table.writerows([_harmless(row[name]) for name in COLUMNS] for row in rows)
    return page.getvalue()


def _harmless(cell):
    """A cell that no spreadsheet takes for a formula: names and words come from learners."""
    if isinstance(cell, str):
        cell = "".join(letter if letter.isprintable() else " " for letter in cell)
        return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
    return cell
