"""A class of thirty hand-ins, graded: how long it takes, and whether each of them gets the rows that it should.

    python tests/benchmarks/thirty_hand_ins.py

One learner hands in every printed solution, one blank notebooks; one hangs in every exercise, one ends Python, one
prints for ever. The others take solutions, named wrong answers and blank cells by chance. On a machine that computes
for others too, the processor's time is the figure to trust; and an answer may run out of its own time there.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS / "notebooks"))

from course import EXERCISES, PATHS, exercises, paste, source  # noqa: E402

from mmgan_lite.course import tasks  # noqa: E402
from mmgan_lite.course.grading import handins  # noqa: E402

KNOWN = {path.stem: exercises(path) for path in EXERCISES}
HOSTILE = {
    "hangs": "while True:\n    pass\n",
    "ends_python": "import os\nos._exit(0)\n",
    "prints_for_ever": "while True:\n    print('more', flush=True)\n",
}


def cell_of(learner, cell, name, exercise, rng):
    """The cell of an exercise as a learner hands it in."""
    if learner in HOSTILE:
        return HOSTILE[learner] + paste(cell, name, exercise.solution)
    wrong = [getattr(exercise, known) for known in vars(exercise) if known.startswith("wrong_")]
    wrong = [answer for answer in wrong if callable(answer) == callable(exercise.solution)]
    by_chance = rng.choice([exercise.solution] * 3 + wrong + [None])
    answer = {"all_right": exercise.solution, "blank": None}.get(learner, by_chance)
    return cell if answer is None else paste(cell, name, answer)


def hand_in(folder, learner):
    """Write a learner's .zip into a folder, by the command that learners use."""
    rng = random.Random(learner)
    with tempfile.TemporaryDirectory() as work:
        Path(work, "exercises").mkdir()
        for path in PATHS:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            known = KNOWN.get(tasks.module_of(path.stem), {})
            for cell in notebook["cells"]:
                for name in tasks.names_checked(source(cell)) if cell["cell_type"] == "code" else ():
                    cell["source"] = cell_of(learner, source(cell), name, known[name], rng)
            Path(work, path.name).write_text(json.dumps(notebook), encoding="utf-8")
        handins.write(folder / f"{learner}.zip", work)


def graded(folder, out):
    """(seconds, {learner: outcomes counted}) of the command that teachers use."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-m", "mmgan_lite", "grade", folder, "--out", out], check=True)
    seconds, outcomes = time.monotonic() - start, defaultdict(Counter)
    with open(out, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            outcomes[row["student_id"]][row["outcome"]] += 1
    return seconds, outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=30)
    args = parser.parse_args()
    named = ["all_right", "blank", *HOSTILE]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "class")
        folder.mkdir()
        others = [f"learner_{number:02}" for number in range(len(named), args.learners)]
        for learner in [*named, *others][: args.learners]:
            hand_in(folder, learner)
        seconds, outcomes = graded(folder, Path(place, "grades.csv"))
    for learner, counted in outcomes.items():
        print(f"{learner}: {', '.join(f'{count} {outcome}' for outcome, count in counted.most_common())}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = f"{used.ru_utime + used.ru_stime:.0f} s of processor time"
    print(f"{len(outcomes)} hand-ins, {sum(map(Counter.total, outcomes.values()))} rows: {seconds:.0f} s, {computed}")


if __name__ == "__main__":
    main()
