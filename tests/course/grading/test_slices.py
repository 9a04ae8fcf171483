"""The part of a notebook that an answer needs, and no more."""

import ast

import pytest

from mmgan_lite.course.grading import slices

CHECK = "exercises.Sum.check(answer)"


def lines(*cells):
    """The program's statements, each as its first line; the last is the answer."""
    program = slices.answer_program(cells, "Sum")
    return [ast.unparse(statement).splitlines()[0] for statement in program.body[:-1]]


KEPT = {
    "an import": (["import numpy as np", "import keras", f"answer = np.ones(3)\n{CHECK}"], ["import numpy as np"]),
    "a function and what it reads": (
        [
            "scale = 2\nother = 3",
            "def double(x):\n    y = scale * x\n    return y",
            "y = 5",
            f"answer = double\n{CHECK}",
        ],
        ["scale = 2", "def double(x):"],
    ),
    "what a function reads, given after it": (
        ["def double(x):\n    return scale * x", "scale = 2", f"answer = double(1)\n{CHECK}"],
        ["def double(x):", "scale = 2"],
    ),
    "the last value alone": (["a = 1", "a = 2", f"answer = a\n{CHECK}"], ["a = 2"]),
    "an own value": (["answer = train()"], None),
    "a part that changes": (
        ["played = {}", "played[1] = 2", "other = {}\nother[1] = 3", f"answer = played\n{CHECK}"],
        ["played = {}", "played[1] = 2"],
    ),
    "a method that changes": (
        [
            "found = []",
            "for x in range(3):\n    found.append(x)",
            "print(found)",
            "found.sort()",
            f"answer = found\n{CHECK}",
        ],
        ["found = []", "for x in range(3):", "found.sort()"],
    ),
    "a sum that grows": (["total = 1", "total += 2", f"answer = total\n{CHECK}"], ["total = 1", "total += 2"]),
    "both ways of a branch": (
        ["a = 1", "if budget:\n    a = 2", "budget = 3", f"answer = a\n{CHECK}"],
        ["a = 1", "if budget:"],
    ),
    "training that nobody asked for": (
        ["run = train()", "await run.finished()", "show(run)", f"answer = 3\n{CHECK}"],
        [],
    ),
    "training that is needed": (
        ["run = train()", "await run.finished()", f"answer = run.loss\n{CHECK}"],
        ["run = train()", "await run.finished()"],
    ),
    "a module's settings": (
        ["import keras\nkeras.utils.set_random_seed(0)", f"answer = keras\n{CHECK}"],
        ["import keras"],
    ),
    "lines for IPython": (["%matplotlib inline\na = 1\n!ls\n?a", f"%%time\nanswer = a\n{CHECK}"], ["a = 1"]),
    "a cell that is no Python": (["a = = 1", "a = 1", f"answer = a\n{CHECK}"], ["a = 1"]),
    "names of inner scopes": (
        ["x = train()", "f = lambda x: [y for y in x]\ny = train()", f"answer = f\n{CHECK}"],
        ["f = lambda x: [y for y in x]"],
    ),
}


@pytest.mark.parametrize(("cells", "kept"), KEPT.values(), ids=KEPT)
def test_what_is_needed_is_kept_and_nothing_else(cells, kept):
    if kept is None:
        cells, kept = [*cells, f"answer = 3\n{CHECK}"], []
    own = cells[-1].replace("%%time\n", "").removesuffix(f"\n{CHECK}")
    assert lines(*cells) == [*kept, own]


@pytest.mark.parametrize("cell", ["", "a = 1", "# exercises.Sum.check(a)", '"x.Sum.check(a)"', "exercises.Sum.check()"])
def test_no_check_is_no_program(cell):
    assert slices.answer_program([cell], "Sum") is None


def test_a_cell_of_the_answer_that_is_no_python_is_told():
    with pytest.raises(SyntaxError):
        slices.answer_program(["answer = = 3\nexercises.Sum.check(answer)"], "Sum")


def test_a_check_in_the_middle_of_a_line_is_found():
    cells = ["verdict = exercises.Sum.check(2 + 3)\nif verdict.right:\n    print(unknown)"]
    assert slices.run(slices.answer_program(cells, "Sum"), {}) == 5


def test_a_program_that_waits_is_waited_for():
    cells = [
        "import asyncio\nx = []",
        "await asyncio.sleep(0)\nx.append(await asyncio.sleep(0, 7))",
        "x.Sum.check(x[0])",
    ]
    assert slices.run(slices.answer_program(cells, "Sum"), {}) == 7
