"""Many hand-ins checked again: what is right, what is wrong, and what a hostile one costs: its own row."""

import csv
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile

import pytest
from PIL import Image

from mmgan_lite.course import limited, tasks
from mmgan_lite.course.grading import class_picture, confined, grade, handins, regrade

KIT = '''
import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require


class Sum(Exercise):
    """Add one."""

    @staticmethod
    def examine(answer):
        found = numbers(answer(np.arange(3.0)), (3,))
        require(not near(found, [0, 1, 2]), "That is the number itself.", "nothing_added")
        require(near(found, [1, 2, 3]), "Add one.")

    @staticmethod
    def further():
        yield (np.array([5.0, -7.0]),)

    @staticmethod
    def solution(x):
        return x + 1

    @staticmethod
    def wrong_nothing_added(x):
        return x


class Half(Exercise):
    """Half of ten."""

    solution = 5
    wrong_twice = 20

    @staticmethod
    def examine(answer):
        require(answer == 5, "Not that.", "twice" if answer == 20 else "")


class Runs(Exercise):
    """Scores of three runs, which took minutes."""

    reports = True

    @staticmethod
    def examine(answer):
        require(len(answer) == 3, "Three runs.", "too_few")
'''
CELLS = {
    "start": "import numpy as np\nfrom exercises import sums",
    "Sum": "def add(x):\n    return ...\n\n\nsums.Sum.check(add)",
    "Half": "half = ...\nsums.Half.check(half)",
    "Runs": "scores = None\nsums.Runs.check(scores)",
}
RIGHT = CELLS | {"Sum": CELLS["Sum"].replace("...", "x + 1"), "Half": CELLS["Half"].replace("...", "5")}


def notebook(cells, reports=None):
    """A saved notebook of these cells, some of which keep a report in their output."""
    code = [
        {
            "cell_type": "code", "metadata": {}, "execution_count": 1, "source": source.splitlines(keepends=True),
            "outputs": [
                {"output_type": "display_data", "metadata": {}, "data": {tasks.REPORT: report, "text/html": "x" * 999}}
                for report in [(reports or {}).get(name)] if report
            ],
        }
        for name, source in cells.items()
    ]  # fmt: skip
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def kit(tmp_path):
    folder = tmp_path / "kit"
    (folder / "exercises").mkdir(parents=True)
    (folder / "exercises" / "sums.py").write_text(KIT, encoding="utf-8")
    (folder / "01_sums.ipynb").write_text(notebook(CELLS), encoding="utf-8")
    return folder


@pytest.fixture
def submissions(tmp_path):
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def hand_in(folder, student, cells=RIGHT, reports=None, name="01_sums"):
    with zipfile.ZipFile(folder / f"{student}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.ipynb", notebook(cells, reports))


def graded(kit, folder, **options):
    found = grade.grade(folder, folder.parent / "grades.csv", kit=kit, **options)
    return {(row["student_id"], row["exercise"]): row for row in found.rows}, found


def test_each_learner_and_exercise_has_a_row(kit, submissions):
    hand_in(submissions, "ada")
    wrong = CELLS | {"Sum": CELLS["Sum"].replace("...", "x"), "Half": CELLS["Half"].replace("...", "20")}
    hand_in(submissions, "ben", wrong, {"Runs": "[1, 2]"})
    hand_in(submissions, "eve", CELLS | {"Sum": "def add(x):\n    return = 3\nsums.Sum.check(add)", "Half": "half = 5"})
    hand_in(submissions, "old number", RIGHT | {"Runs": "scores = train()\nsums.Runs.check(scores)"},
            {"Runs": "[1, 2, 3]"}, name="05_sums")  # fmt: skip
    rows, found = graded(kit, submissions, jobs=2)
    told = {key: (row["outcome"], row["misconception"]) for key, row in rows.items()}
    assert told == {
        ("ada", "Sum"): ("right", ""),
        ("ada", "Half"): ("right", ""),
        ("ada", "Runs"): ("not attempted", ""),
        ("ben", "Sum"): ("wrong", "nothing_added"),
        ("ben", "Half"): ("wrong", "twice"),
        ("ben", "Runs"): ("not attempted", ""),
        ("eve", "Sum"): ("error", ""),
        ("eve", "Half"): ("error", ""),
        ("eve", "Runs"): ("not attempted", ""),
        ("old number", "Sum"): ("right", ""),
        ("old number", "Half"): ("right", ""),
        ("old number", "Runs"): ("right", ""),
    }
    assert "SyntaxError" in rows["eve", "Sum"]["words"]
    assert rows["eve", "Half"]["words"] == "The cell that checks Half is gone."
    assert repr(found).startswith("4 hand-ins, 12 rows: ") and "1 × twice (Half)" in repr(found)


def test_the_table_has_nbgrader_s_columns_and_the_picture_has_words(kit, submissions):
    hand_in(submissions, "ada", CELLS | {"Half": CELLS["Half"].replace("...", "20")})
    _, found = graded(kit, submissions)
    with open(found.out, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (
        list(rows[0])[:11]
        == (
            "assignment duedate timestamp student_id last_name first_name email raw_score late_submission_penalty "
            "score max_score"
        ).split()
    )
    assert [row["score"] for row in rows] == ["0.0"] * 3 and rows[0]["max_score"] == "1.0"
    assert rows[0]["assignment"] == "01_sums" and rows[0]["timestamp"][:2] == "20"
    with Image.open(found.picture) as picture:
        assert "1 × twice (Half)" in picture.info["Description"]


HOSTILE = {
    "loops": "while True:\n    pass",
    "loops inside C": "import itertools\nsum(itertools.repeat(0))",
    "catches everything": "while True:\n    try:\n        pass\n    except BaseException:\n        pass",
    "prints for ever": "while True:\n    print('again', flush=True)",
    "leaves": "import os\nos._exit(0)",
    "exits": "raise SystemExit",
    "recurses": "def f(): return f()\nf()",
    "takes gigabytes": "x = [np.empty(10**8) for _ in range(1000)]",
    "ends the grader": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "ends all": "import os, signal\nos.kill(-1, signal.SIGKILL)",
    "forks": "import os\nwhile True:\n    os.fork()",
    "runs a program": "import subprocess\nsubprocess.run(['true'])",
    "calls C": "import ctypes\nctypes.CDLL(None).getpid()",
    "writes outside": "open(KIT + '/01_sums.ipynb', 'w')",
    "deletes": "import shutil\nshutil.rmtree(KIT)",
    "removes": "import os\nos.remove(KIT + '/01_sums.ipynb')",
    "renames": "import os\nos.rename(KIT + '/01_sums.ipynb', 'mine')",
    "links": "import os\nos.symlink(KIT, 'kit'); open('kit/new', 'w')",
    "fills the disk": "with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(10**6))",
    "takes the solution": "add = sums.Sum.solution",
    "changes the checker": "from mmgan_lite.course.checker import Exercise as E\nE.judge = lambda _: ('right', '', '')",
    "changes its parts": "from mmgan_lite.course import checker\nchecker.require = lambda *_: None\nadd = lambda x: x",
    "changes NumPy": "np.allclose = lambda *_, **__: True\nadd = lambda x: 7 * x",
    "changes the exercise": "sums.Sum.examine = lambda _: 'good'\nadd = lambda x: 7 * x",
    "brings its own": "class sums:\n    class Sum:\n        check = print\nadd = lambda x: 7 * x",
    "knows what is shown": "add = lambda x: np.array([1.0, 2.0, 3.0])",
    "writes a result": "import os\nfor n in range(3, 60):\n    try:\n      os.write(n, b'[1, [\"right\", 2, 3]]\\n')\n"
                       "    except OSError:\n        pass\nos._exit(0)",
    "fails to tell": "class Rude(Exception):\n    def __str__(self):\n        raise SystemExit\nraise Rude",
}  # fmt: skip


def test_a_hostile_hand_in_costs_its_own_row(kit, submissions):
    tail = "\nsums.Sum.check(add)"
    for name, lines in HOSTILE.items():
        body = f"KIT = {str(kit)!r}\ndef add(x):\n    return x\n{lines}{tail}"
        hand_in(submissions, name, RIGHT | {"Sum": body})
    hand_in(submissions, "ada")
    before = {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()}
    rows, _ = graded(kit, submissions, seconds=4)
    assert [name for name in HOSTILE if rows[name, "Sum"]["outcome"] == "right"] == []
    assert [name for name in (*HOSTILE, "ada") if rows[name, "Half"]["outcome"] != "right"] == []
    assert rows["ada", "Sum"]["outcome"] == "right"
    assert {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()} == before
    assert rows["knows what is shown", "Sum"]["misconception"] == "only_what_was_shown"
    assert "changes the checker" in rows["changes the checker", "Sum"]["words"]


def test_a_learner_whose_answers_never_end_does_not_hold_up_the_class(kit, submissions, monkeypatch):
    monkeypatch.setattr(grade, "LATE", 1)
    monkeypatch.setattr(grade, "HURRIED", 0.5)
    endless = {name: f"while True:\n    pass\n{CELLS[name]}" for name in ("Sum", "Half", "Runs")}
    hand_in(submissions, "eve", CELLS | endless)
    rows, _ = graded(kit, submissions, seconds=2)
    assert [rows["eve", name]["words"] for name in endless] == [
        f"It took longer than {seconds} seconds." for seconds in (2, 0.5, 0.5)
    ]


ORPHAN = """
import os, sys, time
from mmgan_lite.course import limited
from mmgan_lite.course.grading import confined

def tell_and_wait():
    os.write(told, str(os.getpid()).encode())
    time.sleep(600)

told = os.open(sys.argv[1] + "/pid", os.O_WRONLY | os.O_CREAT)
limited._close_all_but = lambda *kept: None
limited.run(tell_and_wait, 600, prepare=lambda: confined.confine(sys.argv[1]))
"""


def test_no_child_outlives_a_grader_that_is_killed(tmp_path):
    grader = subprocess.Popen([sys.executable, "-c", ORPHAN, tmp_path])
    told = tmp_path / "pid"
    soon(lambda: told.exists() and told.read_text())
    grader.kill()
    grader.wait()
    soon(lambda: not alive(int(told.read_text())))


def soon(happens):
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end, "it never happens"
        time.sleep(0.05)


def alive(pid):
    """Whether a process runs; one that has ended and waits for its parent to ask does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_there_is_no_network(tmp_path):
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=server.accept, daemon=True).start()
    address = server.getsockname()

    def call():
        try:
            socket.create_connection(address, 2)
        except OSError as error:
            return str(error)

    try:
        closed = limited.run(call, 30, prepare=lambda: confined.confine(tmp_path))
        assert closed.how == "done" and "no network" in closed.value
        if limited.run(confined.without_network, 30).value:  # where the system allows it, it closes the network itself
            by_system = limited.run(call, 30, prepare=confined.without_network)
            assert by_system.value is not None
        assert limited.run(call, 30).value is None
    finally:
        server.close()


def packed(member, method=zipfile.ZIP_DEFLATED, count=1, name="01_sums.ipynb"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number in range(count):
            archive.writestr(name if count == 1 else f"{number:02}_x{number}.ipynb", member)
    return file.getvalue()


BOMB = b"[" + b" " * 2**25
ODD = {
    "no zip": b"hello",
    "empty": b"",
    "a zip of nothing": packed("", name="readme.txt"),
    "half a zip": packed(notebook(RIGHT))[:200],
    "a bomb": packed(BOMB),
    "thousands of files": packed("{}", count=2000),
    "LZMA": packed("{}", zipfile.ZIP_LZMA),
    "no JSON": packed("{"),
    "nested a hundred thousand deep": packed("[" * 100_000),
    "another JSON": packed('{"cells": 3}'),
    "cells of another kind": packed('{"cells": [{"cell_type": "code", "source": 3}]}'),
    "outputs of another kind": packed('{"cells": [{"cell_type": "code", "source": "", "outputs": [3]}]}'),
    "not UTF-8": packed(b"\xff\xfe\x00"),
    "encrypted": packed(notebook(RIGHT)).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
    "flipped": packed(notebook(RIGHT))[:60] + b"\xff" * 20 + packed(notebook(RIGHT))[80:],
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_a_hand_in_that_cannot_be_read_says_why(tmp_path, raw):
    path = tmp_path / "eve.zip"
    path.write_bytes(raw)
    found = handins.read(path)
    assert found.student == "eve" and found.fault and not found.notebooks
    task = tasks.Task("01_sums", "Sum")
    outcome, words, _ = regrade.examine(task, found, tmp_path)
    assert outcome == "error" and words.startswith("The hand-in cannot be read: ")


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a link to a folder", "an empty folder", "a folder of a pipe"])
def test_what_is_no_file_is_no_hand_in(tmp_path, kind):
    path = tmp_path / "eve.zip"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind in ("a device", "a link to a folder"):
        path.symlink_to("/dev/zero" if kind == "a device" else "/etc")
    else:
        path.mkdir()
        if kind == "a folder of a pipe":
            os.mkfifo(path / "01_sums.ipynb")
    assert handins.read(path).fault


@pytest.mark.parametrize("inside", ["01_sums.ipynb", "ps1/01_sums.ipynb", "handin.zip", "x/doe_12_handin.zip"])
def test_folders_of_a_school_s_platform_are_read(tmp_path, inside):
    path = tmp_path / "Jane Doe_4711" / inside
    path.parent.mkdir(parents=True)
    (path.parent / ".ipynb_checkpoints").mkdir()
    (path.parent / ".ipynb_checkpoints" / "01_sums.ipynb").write_text("{")
    path.write_bytes(packed(notebook(RIGHT)) if path.suffix == ".zip" else notebook(RIGHT).encode())
    found = handins.read(tmp_path / "Jane Doe_4711")
    assert found.student == "Jane Doe_4711" and not found.fault
    assert [cell.source for cell in found.notebooks["01_sums"]] == list(RIGHT.values())


def test_what_is_handed_in_is_small_and_keeps_reports_and_the_log(kit, tmp_path):
    (kit / "01_sums.ipynb").write_text(notebook(RIGHT, {"Runs": "[1, 2, 3]"}), encoding="utf-8")
    (kit / "progress.jsonl").write_text('{"outcome": "right", "exercise": "Sum", "notebook": "01_sums"}\n')
    told = handins.write(tmp_path / "ada.zip", kit)
    assert "1 of 3 exercises are done" in told
    found = handins.read(tmp_path / "ada.zip")
    assert handins.report_of(found.notebooks["01_sums"][3]) == [1, 2, 3]
    assert [check["exercise"] for check in found.checks] == ["Sum"]
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert "xxx" not in archive.read("01_sums.ipynb").decode()
    (kit / "01_sums.ipynb").write_text("{")
    with pytest.raises(ValueError, match=r"damaged.*Received: 01_sums\.ipynb"):
        handins.write(tmp_path / "b.zip", kit)


def test_names_are_no_formulas_in_the_table(kit, submissions):
    hand_in(submissions, "=1+1")
    _, found = graded(kit, submissions)
    assert {row["student_id"] for row in csv.DictReader(io.StringIO(found.out.read_text()))} == {"'=1+1"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none",), "give the folder of the hand-ins"),
        (("empty",), "there is no hand-in"),
        (("class", "--out", "x.txt"), "ends in .csv"),
        (("class", "--out", "none/x.csv"), "make the folder of the file first"),
    ],
)
def test_mistakes_are_told_in_a_line(submissions, arguments, told, capsys, monkeypatch):
    from mmgan_lite import __main__

    monkeypatch.chdir(submissions.parent)
    (submissions.parent / "empty").mkdir()
    hand_in(submissions, "ada")
    assert __main__.main(["grade", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert __main__.main(["handin", "--out", "mine.txt"]) == 2
    assert "ends in .zip" in capsys.readouterr().err


def test_the_real_course_is_graded_by_the_command(tmp_path, submissions):
    """One exercise of TensorFlow's and one of NumPy's, solved as the notebook has it."""
    pages = tasks.notebooks_of(tasks.course_folder())
    cells = tasks.cells_of(pages["03_losses"].read_text(encoding="utf-8"))
    answers = {
        "OwnLoss": "keras.ops.mean(keras.ops.softplus(-fake_logits))",
        "PushOnG": "-1 / (1 + np.exp(fake_logits))",
    }
    for name, answer in answers.items():
        place = next(n for n, cell in enumerate(cells) if f".{name}.check" in cell)
        cells[place] = cells[place].replace("return ...", f"return {answer}")
    page = notebook({str(n): cell for n, cell in enumerate(cells)})
    (submissions / "ada").mkdir()
    (submissions / "ada" / "03_losses.ipynb").write_text(page, encoding="utf-8")
    command = [sys.executable, "-m", "mmgan_lite", "grade", str(submissions), "--out", str(tmp_path / "grades.csv")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = {row["exercise"]: row for row in csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text()))}
    assert rows["OwnLoss"]["outcome"] == "right", rows["OwnLoss"]
    assert rows["PushOnG"]["misconception"] == "the_slope_itself"
    assert len(rows) >= 37 and rows["Cure"]["words"] == "The notebook is not in the hand-in."


def test_a_class_without_misconceptions_has_a_picture_too():
    file = io.BytesIO()
    class_picture.draw(file, {})
    assert "None was found" in Image.open(file).info["Description"]
