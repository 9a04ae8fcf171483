"""What a saved notebook shows is what the course says now: a cell that was edited was run again."""

import ast
import html
import re

import pytest
from course import EXERCISES, PATHS, code, exercises, pages, read, source

from mmgan_lite.course import checker

EVERY = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name[:2])
SOLUTION = re.compile(r"<summary>A solution</summary><pre>(.*?)</pre>", re.DOTALL)
CHECKED = re.compile(r"(\w+)\.check\(\s*([^\s,)]*)")


@pytest.fixture(scope="module")
def known():
    return {name: one for path in EXERCISES for name, one in exercises(path).items()}


@EVERY
def test_saved_solutions_are_those_of_the_exercises(path, known):
    for cell in code(read(path)):
        for saved in SOLUTION.findall(pages(cell)):
            name, given = CHECKED.search(source(cell)).groups()
            answer = given if f"def {given}(" in source(cell) else None
            assert html.unescape(saved) == checker.printed_solution(known[name].solution, answer), name


@EVERY
def test_cells_that_print_or_wait_have_an_output(path):
    speaks = re.compile(r"^(?:print\(|await |\w+\.beside\()", re.MULTILINE)
    cells = [cell for cell in code(read(path)) if speaks.search(source(cell))]
    assert [source(cell) for cell in cells if not cell["outputs"]] == []


@EVERY
def test_saved_questions_are_those_that_are_asked(path):
    for cell in code(read(path)):
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Predict") and "Predict" in pages(cell):
                texts = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                shown = html.unescape(pages(cell))
                assert [text for text in texts if isinstance(text, str) and text not in shown] == []
