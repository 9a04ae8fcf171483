"""Who did what: noted beside the notebooks, shown in order, begun again; and no log breaks it."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

import mmgan_lite as mm
from mmgan_lite.course import progress, tasks

EXERCISES = '''
from mmgan_lite.course.checker import Exercise, require


class Sum(Exercise):
    """Add one."""

    @staticmethod
    def examine(answer):
        require(answer != 1, "That is the number itself.", "nothing_added")


class Half(Exercise):
    """Half of it."""

    @staticmethod
    def examine(answer):
        return answer / 2 and None
'''


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder of two notebooks with three exercises, and the module of the first one."""
    monkeypatch.setenv(progress.SWITCH, "on")
    (tmp_path / "exercises").mkdir()
    for name, checks in {"01_sums": ("Sum", "Half"), "02_more": ("Sum",)}.items():
        cells = [{"cell_type": "code", "source": [f"tasks.{check}.check(...)"]} for check in checks]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        (tmp_path / "exercises" / f"{name[3:]}.py").write_text(EXERCISES, encoding="utf-8")
    return tmp_path


def load(folder, name="sums"):
    spec = importlib.util.spec_from_file_location(name, folder / "exercises" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines(folder):
    return [json.loads(line) for line in (folder / progress.LOG).read_text(encoding="utf-8").splitlines()]


def test_each_check_is_noted_without_the_answer(course):
    sums = load(course)
    for answer in (..., 1, "x", 2):
        sums.Sum.check(answer)
    sums.Half.check("x")
    found = [(line["notebook"], line["exercise"], line["outcome"], line["misconception"]) for line in lines(course)]
    assert found == [
        ("01_sums", "Sum", "not attempted", ""),
        ("01_sums", "Sum", "wrong", "nothing_added"),
        ("01_sums", "Sum", "right", ""),
        ("01_sums", "Sum", "right", ""),
        ("01_sums", "Half", "error", ""),
    ]
    assert all(set(line) == {"time", "notebook", "exercise", "outcome", "misconception"} for line in lines(course))
    assert all(line["time"].endswith("+00:00") for line in lines(course))


@pytest.mark.parametrize("value", ["off", "0", "OFF"])
def test_it_can_be_switched_off(course, monkeypatch, value):
    monkeypatch.setenv(progress.SWITCH, value)
    load(course).Sum.check(2)
    assert not (course / progress.LOG).exists()


def test_what_is_done_and_what_is_next_are_told_in_the_course_s_order(course):
    assert str(progress.progress(course).next) == "sums.Sum"
    sums = load(course)
    sums.Sum.check(1)
    sums.Sum.check(2)
    sums.Sum.check(1)  # who was right once is done
    sums.Half.check("x")
    found = progress.progress(course)
    told = [(str(task), outcome, tries) for task, outcome, tries in found.rows]
    assert told == [("sums.Sum", "right", 3), ("sums.Half", "error", 1), ("more.Sum", "not attempted", 0)]
    assert found.headline == "1 of 3 exercises are done. Next: Half of it. (01_sums, Half)"
    assert "right (3 tries)" in repr(found) and "error (1 try)" in repr(found)
    assert found._repr_html_().count("<tr>") == 4 and "<caption>1 of 3" in found._repr_html_()


def test_one_exercise_begins_again_and_the_others_stay(course):
    sums, more = load(course), load(course, "more")
    for exercise in (sums.Sum, more.Sum):
        exercise.check(2)
    found = progress.progress(course, reset="sums.Sum")
    assert [outcome for _, outcome, _ in found.rows] == ["not attempted", "not attempted", "right"]
    sums.Sum.check(2)
    assert progress.progress(course).rows[0][1:] == ("right", 1)


@pytest.mark.parametrize("name", ["Sum", "Nothing", ""])
def test_a_name_that_is_none_or_not_enough_is_refused(course, name):
    with pytest.raises(ValueError, match=r"name one exercise of: sums\.Sum.*more\.Sum.* Received: "):
        progress.progress(course, reset=name)


def test_a_notebook_that_got_another_number_keeps_its_progress(course):
    load(course).Sum.check(2)
    (course / "01_sums.ipynb").rename(course / "07_sums.ipynb")
    assert {str(task): outcome for task, outcome, _ in progress.progress(course).rows}["sums.Sum"] == "right"


GOOD = b'{"time": "t", "notebook": "01_sums", "exercise": "Sum", "outcome": "right", "misconception": ""}'
LOGS = {
    "half a line at the end": GOOD + b"\n" + GOOD[:40],
    "half a line at the start": GOOD[40:] + b"\n" + GOOD,
    "no text": b"\xff\x00\xfe\n" + GOOD,
    "another JSON": b"[1, 2]\n3\nnull\n{}\n" + GOOD,
    "an outcome that there is not": GOOD.replace(b"right", b"wonderful") + b"\n" + GOOD,
    "nested a hundred thousand deep": b"[" * 100_000 + b"\n" + GOOD,
    "numbers for words": GOOD + b'\n{"outcome": "right", "notebook": 3, "exercise": {"a": 1}}',
    "a very long line": b"x" * 10**6 + b"\n" + GOOD,
}


@pytest.mark.parametrize("raw", LOGS.values(), ids=LOGS)
def test_lines_that_are_no_checks_are_left_out(course, raw):
    (course / progress.LOG).write_bytes(raw)
    assert progress.progress(course).rows[0][1:] == ("right", 1)
    load(course).Sum.check(2)  # and what is appended stands on a line of its own
    assert progress.progress(course).rows[0][1:] == ("right", 2)


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "no log"])
def test_where_no_log_can_be_kept_the_check_still_answers(course, kind):
    path = course / progress.LOG
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        (course / "exercises").rename(course / "elsewhere")
        (course / "exercises").mkdir()
    assert load(course, "sums").Sum.check(2).right if kind != "no log" else True
    assert progress.progress(course).rows == [] or progress.progress(course).rows[0][1] == "not attempted"


def test_an_exercise_of_no_file_is_not_noted(course, monkeypatch):
    monkeypatch.chdir(course)
    scope = {"__name__": "__main__"}
    exec(EXERCISES, scope)
    scope["Sum"].check(2)
    assert not (course / progress.LOG).exists()


def test_names_of_learners_files_are_shown_escaped(course):
    (course / "01_sums.ipynb").rename(course / "09_<img src=x>.ipynb")
    assert "<img" not in progress.progress(course)._repr_html_()


def test_the_course_s_own_exercises_are_all_found():
    found = tasks.find(tasks.course_folder())
    assert len(found) >= 37 and all(task.about for task in found)
    pages = [path.read_text(encoding="utf-8") for path in tasks.notebooks_of(tasks.course_folder()).values()]
    checked = [name for page in pages for cell in tasks.cells_of(page) for name in tasks.names_checked(cell)]
    assert sorted(task.name for task in found) == sorted(checked)


def test_the_command_tells_the_same_and_loads_no_tensorflow(course):
    load(course).Sum.check(2)
    code = (
        "import sys; from mmgan_lite.__main__ import main; status = main(sys.argv[1:]); "
        "sys.exit(9 if 'tensorflow' in sys.modules else status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "progress", str(course)], capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    assert "1 of 3 exercises are done" in done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "mmgan_lite", "progress", str(course), "--reset", "sums.Sum"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert "0 of 3 exercises are done" in done.stdout


def test_it_is_one_word_in_a_notebook(course, monkeypatch):
    monkeypatch.chdir(course)
    assert isinstance(mm.progress(), progress.Progress)


def test_no_folder_of_notebooks_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="give the folder that holds the notebooks"):
        progress.progress(tmp_path)
