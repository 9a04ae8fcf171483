"""The course to hand out: complete, and without solutions where asked."""

import ast
import json
import subprocess
import sys

import pytest

from mmgan_lite.course import handout

EXERCISE = '''
class Sum(Exercise):
    """Add."""

    hint = "plus"

    @staticmethod
    def examine(answer):
        return "good"

    @staticmethod
    def solution(a, b):
        return a + b

    wrong_product = 6


class Count(Exercise):
    solution = (
        5,
        25,
    )

    @staticmethod
    def examine(answer):
        pass
'''


def test_solutions_and_wrong_answers_go_and_the_rest_stays():
    bare = handout.without_solutions(EXERCISE)
    assert "solution" not in bare and "wrong_" not in bare and "25" not in bare
    assert [cls.name for cls in ast.parse(bare).body] == ["Sum", "Count"]
    assert bare.count("@staticmethod") == bare.count("def examine") == 2 and 'hint = "plus"' in bare


def test_a_folder_without_solutions_is_complete_and_tells_none(tmp_path):
    command = [sys.executable, "-m", "mmgan_lite", "handout", str(tmp_path / "class"), "--without-solutions"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=handout.ROOT)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "class"
    for name in ("README.md", "requirements.txt", "pyproject.toml", "mmgan_lite/__init__.py", "data/digits.npz"):
        assert (folder / name).is_file(), name
    for path in (folder / "notebooks" / "exercises").glob("*.py"):
        assert "solution" not in path.read_text(encoding="utf-8"), path.name
    for path in (folder / "notebooks").glob("*.ipynb"):
        pages = json.dumps([cell.get("outputs") for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]])
        assert "A solution" not in pages, path.name


def test_hidden_checks_leave_the_further_cases_out_and_the_solutions_in(tmp_path):
    handout.handout(tmp_path, further=False)
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "notebooks" / "exercises").glob("*.py")]
    assert pages and not [page for page in pages if "def further" in page]
    assert all("solution" in page for page in pages)
    kept = [path.read_text(encoding="utf-8") for path in (handout.ROOT / "notebooks" / "exercises").glob("*.py")]
    assert sum(page.count("def further") for page in kept) >= 12


def test_half_a_handout_without_solutions_tells_none(tmp_path, monkeypatch):
    copy = handout._copying(solutions=False, further=True)

    def full_disk(source, target):
        copy(source, target)
        if target.endswith("two_players.py"):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(handout, "_copying", lambda *_: full_disk)
    with pytest.raises(OSError):
        handout.handout(tmp_path / "class", solutions=False)
    for path in (tmp_path / "class").rglob("exercises/*.py"):
        assert "def solution" not in path.read_text(encoding="utf-8")
    for path in (tmp_path / "class").rglob("*.ipynb"):
        assert "A solution" not in path.read_text(encoding="utf-8")


def test_a_handout_holds_nobody_s_progress(tmp_path, monkeypatch):
    kit = tmp_path / "kit"
    for name in handout.FOLDERS:
        (kit / name).mkdir(parents=True)
    for name in handout.FILES:
        (kit / name).write_text("")
    (kit / "notebooks" / "progress.jsonl").write_text("{}")
    monkeypatch.setattr(handout, "ROOT", kit)
    handout.handout(tmp_path / "class")
    assert not list((tmp_path / "class").rglob("progress.jsonl"))


def test_a_folder_with_solutions_has_the_notebooks_as_they_are(tmp_path):
    handout.handout(tmp_path)
    for path in (handout.ROOT / "notebooks").glob("*.ipynb"):
        assert (tmp_path / "notebooks" / path.name).read_bytes() == path.read_bytes()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="new or an empty folder"):
        handout.handout(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
