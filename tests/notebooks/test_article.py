"""Notebook 12, read as JSON: every fault fails in one cell and is mended in another; it was run once, and cleanly."""

import ast
import json
import re
from pathlib import Path

import pytest

PATH = Path(__file__).parent.parent.parent / "notebooks" / "12_the_article_repaired.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
CELLS = NOTEBOOK["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]
FAULTS = {  # tag: the words by which the text names it
    "missing-import": "a missing import",
    "weights-as-samples": "weights mistaken for samples",
    "embedding-over-real-numbers": "an embedding over real numbers",
    "shapes-that-never-meet": "shapes that never meet",
    "random-labels": "random numbers for labels",
    "never-compiled": "a model never compiled",
    "losses-as-targets": "losses mistaken for targets",
    "sigmoid-twice": "a sigmoid applied twice",
    "no-adversary": "two training functions, and no adversary",
    "real-data-never-shown": "real data never shown",
    "no-alternation": "no alternation",
    "nothing-multimodal": "nothing multimodal anywhere",
    "legacy-file-format": "a legacy file format",
}
FUNCTIONS = "generator_model discriminator_model train_generator train_discriminator train main".split()


def source(cell):
    return "".join(cell["source"])


def tagged(tag):
    """The numbers of the code cells that carry a tag."""
    return [n for n, cell in enumerate(CELLS) if tag in cell["metadata"].get("tags", [])]


def printed(cell):
    return "".join("".join(output["text"]) for output in cell["outputs"] if output["output_type"] == "stream")


def text(cells=CELLS):
    return "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_in_bold_then_seen_failing_then_mended(fault):
    named = next(n for n, cell in enumerate(CELLS) if f"**{FAULTS[fault]}**" in source(cell))
    fails, mends = tagged(f"fails:{fault}"), tagged(f"mends:{fault}")
    assert fails and mends
    assert min(fails) < max(mends), "the failure is shown before it is mended"
    assert set(mends) - set(fails), "a cell of its own mends it"
    assert named < max(mends), "the text names it before it is mended"


@pytest.mark.parametrize(
    ("fault", "told"),
    {
        "missing-import": "NameError: name 'np' is not defined",
        "weights-as-samples": "(10000, 1)",
        "embedding-over-real-numbers": "-1.7  →  row 9999",
        "shapes-that-never-meet": "expected axis -1 of input shape to have value 128",
        "random-labels": "-700.00",
        "never-compiled": "You must call `compile()`",
        "legacy-file-format": "Could not deserialize",
    }.items(),
)
def test_failure_is_told_in_a_friendly_line(fault, told):
    assert any(told in printed(CELLS[n]) for n in tagged(f"fails:{fault}"))


def test_every_function_of_the_article_stands_at_the_end_in_a_working_form():
    last = {}
    for cell in CODE:
        for node in ast.walk(ast.parse(source(cell), mode="exec")):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                last[node.name] = ast.get_docstring(node)
    assert all(last[name] for name in FUNCTIONS), "the mended ones are documented, the article's are not"


def test_it_is_short_enough_for_a_lesson():
    assert len(CELLS) <= 44
    assert [source(cell) for cell in CODE if source(cell).count("\n") >= 20] == []
    assert PATH.stat().st_size < 1.2e6


def test_prose_comes_before_code_and_the_course_s_parts_are_there():
    assert CELLS[0]["cell_type"] == CELLS[-1]["cell_type"] == "markdown"
    for part in ("Afterwards you can", "minutes", "Builds on", "From memory", "Predict", "Modify", "Make", "Take away"):
        assert part in text(), part


def test_the_last_page_lists_all_thirteen_and_answers_the_three_questions():
    page = source(CELLS[-1])
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", page, re.M)] == list(range(1, len(FAULTS) + 1))
    for question in ("Why one representation?", "What does joining the two bring?", "How do you handle different data"):
        assert f"**{question}" in page


def test_outputs_are_of_one_clean_run():
    assert [cell["execution_count"] for cell in CODE] == list(range(1, len(CODE) + 1))
    outputs = [output for cell in CODE for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []


def test_figures_carry_alt_text():
    pages = ["".join(output.get("data", {}).get("text/html", "")) for cell in CODE for output in cell["outputs"]]
    pictures = [picture for page in pages for picture in re.findall(r"<img [^>]*>", page)]
    assert pictures
    assert all(len(re.search(r'alt="([^"]*)"', picture).group(1)) > 40 for picture in pictures)


def test_two_senses_beat_the_better_one_in_the_saved_run():
    (cell,) = tagged("measures:joining-pays")
    gains = [int(gain) for gain in re.findall(r"gain +([+-]\d+)%", printed(CELLS[cell]))]
    assert len(gains) == 10 and sum(gains) > 10 and min(gains) >= -1


def test_trained_beats_untrained_in_the_saved_run():
    (cell,) = tagged("measures:trained-beats-untrained")
    shares = dict(
        re.findall(r"^(untrained|by caption|by sound|by both|by another's caption) +(\d+)%", printed(CELLS[cell]), re.M)
    )
    assert all(int(shares[f"by {name}"]) > 80 for name in ("caption", "sound", "both"))
    assert int(shares["untrained"]) < 30 and int(shares["by another's caption"]) < 30


def test_training_cells_are_awaited():
    assert len(tagged("training")) == 2
    assert all("await " in source(CELLS[n]) for n in tagged("training"))


def test_what_must_be_the_same_everywhere_is_compared():
    marked = [cell for cell in CODE if "# NBVAL_CHECK_OUTPUT" in source(cell)]
    assert len(marked) >= 4
    assert all(printed(cell) for cell in marked)
