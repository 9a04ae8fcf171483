"""Every exercise: blank is "not yet", the solution passes, wrong answers have their hints, and nothing breaks."""

import inspect

import numpy as np
import pytest
from course import EXERCISES, load

from mmgan_lite.course import checker, handout

ALL = [
    pytest.param(exercise, id=f"{path.stem}-{exercise.__name__}")
    for path in EXERCISES
    for exercise in vars(load(path)).values()
    if inspect.isclass(exercise) and issubclass(exercise, checker.Exercise) and exercise is not checker.Exercise
]
EVERY = pytest.mark.parametrize("exercise", ALL)


def wrong(exercise):
    return {name: getattr(exercise, name) for name in vars(exercise) if name.startswith("wrong_")}


def endless(*_, **__):
    while True:
        pass


def failing(*_, **__):
    raise RuntimeError("on purpose")


BAD = {
    "raises": failing,
    "returns nothing": lambda *_, **__: None,
    "wrong shape": lambda *_, **__: np.zeros((7, 3, 2)),
    "not a number": lambda *_, **__: np.nan,
    "words": lambda *_, **__: "banana",
    "an object": object(),
    "a number": -12345.678,
    "an empty list": [],
    "a list of NaN": [np.nan] * 3,
}


@EVERY
def test_blank_is_not_yet(exercise):
    for blank in (None, ..., ""):
        verdict = exercise.check(blank)
        assert not verdict.right and "Not yet" in verdict.words


@EVERY
def test_the_solution_passes(exercise):
    verdict = exercise.check(exercise.solution)
    assert verdict.right, verdict.words
    assert "A solution" in verdict._repr_html_()


@EVERY
def test_every_wrong_answer_gets_a_hint_of_its_own(exercise):
    found = {name: exercise.check(answer) for name, answer in wrong(exercise).items()}
    assert len(found) >= 2
    assert [name for name, verdict in found.items() if verdict.right] == []
    named = {name: verdict.misconception for name, verdict in found.items()}
    assert named == {name: name.removeprefix("wrong_") for name in found}
    hints = [verdict.words for verdict in found.values()]
    assert len(set(hints)) == len(hints), hints
    assert all("stopped with an error" not in hint and "blank" not in hint for hint in hints), hints
    assert exercise.hint


@EVERY
@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_nothing_that_an_answer_does_gets_out(exercise, answer):
    verdict = exercise.check(answer)
    assert not verdict.right
    assert len(verdict.words) < 400 and "\n" not in verdict.words


@EVERY
def test_an_endless_loop_is_ended(exercise, monkeypatch):
    monkeypatch.setattr(checker, "SECONDS", 0.5)
    assert not exercise.check(endless).right


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_a_handout_checks_without_the_solutions(path, tmp_path):
    bare = tmp_path / path.name
    bare.write_text(handout.without_solutions(path.read_text(encoding="utf-8")), encoding="utf-8")
    whole, module = load(path), load(bare)
    for name, exercise in vars(whole).items():
        if inspect.isclass(exercise) and issubclass(exercise, checker.Exercise) and exercise is not checker.Exercise:
            stripped = getattr(module, name)
            assert stripped.solution is None and not wrong(stripped)
            verdict = stripped.check(exercise.solution)
            assert verdict.right, verdict.words
            assert "A solution" not in verdict._repr_html_()
