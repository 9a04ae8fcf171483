"""What the notebooks' prose says: numbers that were measured, one word for one thing, names to read on, no answer."""

import re

import pytest
from course import PATHS, code, pages, printed, read, source

EVERY = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name[:2])
QUIET = re.compile(  # no sentence about what was measured
    r"```.*?```|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|(?<=\])\([^)]*\)|\*\*To read on\.\*\*.*?(?:\n\n|\Z)"
    r"|\b(?:[Ee]xercise|[Ss]tep|[Ff]ault|Mend of|Cause of|Symptom of|[Nn]otebooks?|[Ss]ections?) \d+",
    re.DOTALL,
)
NUMBER = re.compile(r"(?<![\w./^-])\d+(?:,\d{3})*(?:\.\d+)?(?: ?%)?")
CONVENTIONS = {"0%", "50%", "100%", "0.5", "95%", "1.96", "95", "10%", "33%"}  # ends, a coin, intervals, chance
GIVEN = {  # notebook: {number: why no cell measures it}
    "01": {"0.29": "a square root, in words", "0.1": "an aim", "2.5": "how far the picture reaches"},
    "02": {"0.003": "a learning rate", "99%": "three standard deviations of a bell in the plane"},
    "04": {"0.02": "to be tried", "0.05": "to be tried", "0.1": "to be tried", "0.15": "a radius",
           "16": "by tests/benchmarks/bench_doctor.py", "20": "by the same", "5": "by the same", "10": "by the same"},
    "05": {"0.2": "a delay", "0.3": "a limit of an exercise", "0.85": "a limit of an exercise"},
    "06": {"0.7": "a cosine to think of", "0.9": "a cosine to think of", "0.1": "a cosine to think of",
           "0.02": "a temperature to try", "0.03": "a temperature", "1.386": "a logarithm"},
    "09": {"20%": "a level of the table"},
    "10": {"88%": "35 of 40", "0.02": "the length of a step", "99%": "a quantile", "80%": "an exercise's recipe"},
    "11": {"96%": "a question from memory", "5%": "one of twenty captions", "25%": "one of four"},
    "12": {"1.7": "a label to think of", "0.313": "the fakes' end of the same bounds, 1.313 − 1",
           **dict.fromkeys(("0.3", "0.9", "1.2", "1.9", "0.693"), "an input or a bound of the next cell")},
    "13": {"93%": "a question from memory", "60%": "what did not happen", "4.30": "Student's table, in the next cell"},
}  # fmt: skip
ONE_WORD = {  # not this: but that
    r"\bluck\b": "chance", r"\bbeside\b(?!\()": "next to, with", r"\bone's own\b": "your own", r"\bWhoever\b": "if you",
    r"\bis due\b": "is expected", r"\bball\b": "sphere", r"\bseldom\b": "rarely", r"\bsuch a one\b": "one of these",
}  # fmt: skip


def text_of(path):
    """[(cell's id, prose without code, formulas and references)]."""
    return [(cell["id"], QUIET.sub(" ", source(cell))) for cell in read(path) if cell["cell_type"] == "markdown"]


def claims(words):
    """Numbers of measurements: every share and decimal, and in bold every number."""
    for found in NUMBER.finditer(words):
        bold = words[: found.start()].count("**") % 2 == 1
        if bold or "%" in found[0] or "." in found[0]:
            yield found[0].replace(" ", "").replace(",", "")


def held(path):
    """The numbers that outputs and asserts of a notebook hold; a share of 0.961 is 96%, too."""
    cells = code(read(path))
    lines = [line for cell in cells for line in source(cell).splitlines() if "assert" in line]
    shown = re.sub(r"base64,[\w+/=]+", "", "\n".join(lines + [printed(cell) + pages(cell) for cell in cells]))
    return {found[0].replace(" ", "").replace(",", "") for found in NUMBER.finditer(shown)}


@EVERY
def test_a_number_in_prose_is_held_by_an_output_or_an_assert(path):
    known = held(path) | CONVENTIONS | GIVEN.get(path.name[:2], {}).keys()
    loose = [(cell, number) for cell, words in text_of(path) for number in claims(words) if number not in known]
    assert loose == [], "let a cell print or assert it, or speak of the direction"


def test_a_number_that_nothing_holds_is_found():
    words = "It is right in 97% of cases. **Three of 8 are left out**, at a cosine of 0.66 (notebook 05), by 12 steps."
    assert list(claims(words)) == ["97%", "8", "0.66"]


@EVERY
def test_exceptions_are_needed(path):
    said = {number for _, words in text_of(path) for number in claims(words)}
    assert set(GIVEN.get(path.name[:2], {})) - said == set()


@EVERY
def test_it_has_names_to_read_on_with_their_years(path):
    (page,) = [source(cell) for cell in read(path) if "**To read on.**" in source(cell)]
    names = re.search(r"\*\*To read on\.\*\*(.*?)(?:\n\n|\Z)", page, re.DOTALL)[1]
    assert len(re.findall(r"\b(?:1[89]|20)\d\d\b", names)) >= 3
    assert page == source(read(path)[-1])


@EVERY
def test_one_word_for_one_thing(path):
    found = [
        (cell, word, better)
        for cell, words in text_of(path)
        for word, better in ONE_WORD.items()
        if re.search(word, words)
    ]
    assert found == []


@EVERY
def test_a_saved_page_gives_no_answer_away(path):
    for page in map(pages, code(read(path))):
        for outcome in re.findall(r"You did not guess.*?</div>", page, re.DOTALL):
            seen = re.sub(r"<details>.*?</details>", "", outcome, flags=re.DOTALL)
            assert "What happened" not in seen and "“" not in seen
