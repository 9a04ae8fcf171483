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


def test_a_folder_with_solutions_has_the_notebooks_as_they_are(tmp_path):
    handout.handout(tmp_path)
    for path in (handout.ROOT / "notebooks").glob("*.ipynb"):
        assert (tmp_path / "notebooks" / path.name).read_bytes() == path.read_bytes()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="new or an empty folder"):
        handout.handout(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
