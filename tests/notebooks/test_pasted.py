"""Every printed solution works where it is printed, and every named wrong answer gets its hint there."""

import pytest
from course import EXERCISES, NOTEBOOKS, exercises, load, paste

from mmgan_lite.course import tasks
from mmgan_lite.course.grading import slices

ALL = [pytest.param(task, id=str(task)) for task in tasks.find(NOTEBOOKS)]
FILES = {path.stem: path for path in EXERCISES}


@pytest.fixture(autouse=True)
def imports_beside_the_notebooks(monkeypatch):
    monkeypatch.syspath_prepend(NOTEBOOKS)


def pasted(task, answer, others, first=""):
    """What a notebook checks once an answer stands in its cell, and the solutions in the cells before it."""
    cells = tasks.cells_of(next(NOTEBOOKS.glob(f"{task.notebook}.ipynb")).read_text(encoding="utf-8"))
    for place, cell in enumerate(cells):
        for name in tasks.names_checked(cell):
            cell = paste(cell, name, answer if name == task.name else others[name].solution)
            cells[place] = first + cell if name == task.name else cell
    return slices.run(slices.answer_program(cells, task.name), {"__name__": "__main__"})


@pytest.mark.parametrize("task", ALL)
def test_the_printed_solution_works_where_it_is_printed(task):
    known = exercises(FILES[task.module])
    verdict = known[task.name].check(pasted(task, known[task.name].solution, known))
    assert verdict.right, verdict.words


@pytest.mark.parametrize("task", ALL)
def test_every_named_wrong_answer_gets_its_hint_there(task):
    module, known = vars(load(FILES[task.module])), exercises(FILES[task.module])
    for name, answer in vars(known[task.name]).items():
        if name.startswith("wrong_"):
            answer = getattr(known[task.name], name)
            helpers = [used for used in getattr(answer, "__code__", pasted.__code__).co_names if callable(answer)]
            helpers = [used for used in helpers if getattr(module.get(used), "__module__", "") == module["__name__"]]
            first = f"from exercises.{task.module} import {', '.join(helpers)}\n" if helpers else ""
            found = known[task.name].check(pasted(task, answer, known, first))
            assert found.misconception == name.removeprefix("wrong_"), (name, found.words)


def test_each_exercise_of_each_file_has_a_cell():
    found = {(task.module, task.name) for task in tasks.find(NOTEBOOKS)}
    assert found == {(stem, name) for stem, path in FILES.items() for name in exercises(path)}
