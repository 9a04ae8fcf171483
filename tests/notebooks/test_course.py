"""Every notebook of the course has the course's form, and was saved from one clean run."""

import ast
import re

import pytest
from course import NOTEBOOKS, PATHS, code, pages, pictures, printed, prose, read, source, tagged

EVERY = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name[:2])
PARTS = (
    "Afterwards you can", "minutes", "Builds on", "From memory", "<details><summary>Answer", "Investigate", "Modify",
    "Make", "Exercise 1", "Exercise 2", "Take away", "Where next",
)  # fmt: skip
PLUMBING = re.compile(r"\.alt\b|\.(?:legend|imshow|scatter|plot|hist|bar|barh)\(|\bax\.|\baxes\[|\bplt\.")
NOISE = re.compile(r"cuda|oneDNN|absl::|cpu_feature_guard|Warning|Traceback")


@EVERY
def test_it_has_every_part_of_the_course_s_form(path):
    page = prose(read(path))
    assert [part for part in PARTS if part not in page] == []


@EVERY
def test_it_is_short_enough_for_a_lesson(path):
    cells = read(path)
    assert len(cells) <= 44
    assert [source(cell) for cell in code(cells) if len(source(cell).splitlines()) > 20] == []
    assert path.stat().st_size < 1.2e6


@EVERY
def test_a_cell_shows_what_is_computed_and_one_call_draws_it(path):
    """What a figure looks like, and its words, stand in the course's `figures`."""
    assert [source(cell) for cell in code(read(path)) if PLUMBING.search(source(cell))] == []


@EVERY
def test_the_map_and_the_readme_tell_the_minutes_that_the_page_tells(path):
    minutes = re.search(r"(\d+) minutes", source(read(path)[0]))[1]
    course_map = (path.parent / "README.md").read_text(encoding="utf-8")
    row = next(line for line in course_map.splitlines() if f"]({path.name}) |" in line).split("|")
    assert row[2].strip() == minutes
    assert sum(map(int, re.findall(r"\d+(?= ·| *$)", row[4]))) == int(minutes)
    readme = (path.parent.parent / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if f"notebooks/{path.name}) |" in line)
    assert row.rstrip(" |").endswith(f"| {minutes}")


@EVERY
def test_prose_comes_before_code_and_after_it(path):
    cells = read(path)
    assert cells[0]["cell_type"] == cells[-1]["cell_type"] == "markdown"
    assert source(cells[0]).startswith(f"# {path.name[:2]} · ")


@EVERY
def test_a_guess_opens_the_widget_and_is_shown_beside_what_happened(path):
    sources = "\n".join(map(source, code(read(path))))
    assert "Predict(" in sources
    assert ".gate(" in sources
    assert ".beside(" in sources


@EVERY
def test_one_idea_is_derived_inline_and_asserted_equal_to_the_package(path):
    derived = tagged(read(path), "derives")
    assert derived
    assert all("assert" in source(cell) for cell in derived)


@EVERY
def test_exercises_are_checked_and_left_blank(path):
    asked = [cell for cell in code(read(path)) if ".check(" in source(cell)]
    assert 2 <= len(asked) <= 4
    assert [source(cell) for cell in asked if "exercise" not in cell["metadata"].get("tags", [])] == []
    assert [source(cell) for cell in asked if "Not yet" not in pages(cell)] == []


@EVERY
def test_outputs_are_of_one_clean_class_budget_run(path):
    cells = code(read(path))
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"] == []
    assert [page for page in map(printed, cells) if NOISE.search(page)] == []
    assert "class" in printed(cells[0]), "the first cell prints the budget"


@EVERY
def test_pictures_carry_alt_text(path):
    alts = [re.search(r'alt="([^"]*)"', picture) for cell in read(path) for picture in pictures(cell)]
    assert alts
    assert [alt.group(1) for alt in alts if len(alt.group(1)) < 30] == []


@EVERY
def test_training_cells_are_awaited(path):
    for cell in tagged(read(path), "training"):
        assert "await " in source(cell)


@EVERY
def test_what_is_the_same_everywhere_is_compared(path):
    marked = [cell for cell in code(read(path)) if "# NBVAL_CHECK_OUTPUT" in source(cell)]
    assert len(marked) >= 3
    assert all(printed(cell) for cell in marked)


@EVERY
def test_nothing_that_an_earlier_notebook_built_is_built_again(path):
    """A function of the package's name would be a second version of it."""
    import mmgan_lite as mm

    modules = mm.losses, mm.metrics, mm.steps, mm.conditions, mm.embedders, mm.generators, mm.discriminators
    taken = {name for module in modules for name in dir(module) if not name.startswith("_")}
    if "article" in path.name:
        taken = set()  # the article's own functions, with the article's names
    for cell in code(read(path)):
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert node.name not in taken, f"{node.name} stands in the package"


def test_the_course_map_lists_every_notebook():
    page = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in PATHS if f"({path.name})" not in page] == []


LINK = re.compile(r"\[([^\]]*)\]\((?:[\w./-]*/)?(\d\d)_\w+\.ipynb\)")
MAPS = [NOTEBOOKS / "README.md", NOTEBOOKS.parent / "README.md"]


def misnumbered(text):
    """Links whose words hold a notebook's number, but not that of the file which they lead to."""
    found = [(re.search(r"\b\d\d\b", words), words, number) for words, number in LINK.findall(text)]
    return [(words, number) for named, words, number in found if named and named[0] != number]


@pytest.mark.parametrize("path", [*PATHS, *MAPS], ids=lambda path: f"{path.parent.name}-{path.stem[:6]}")
def test_a_link_s_words_name_the_notebook_that_it_leads_to(path):
    assert misnumbered(prose(read(path)) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")) == []


def test_a_misnumbered_link_is_found():
    assert misnumbered("[11, the\nprogram](12_x.ipynb), [12 Two](../notebooks/12_x.ipynb), [x](12_x.ipynb)") == [
        ("11, the\nprogram", "12")
    ]


def test_the_readmes_agree_on_the_disk_that_is_needed():
    needs = [re.findall(r"(\d\.\d) GB of disk", path.read_text(encoding="utf-8")) for path in MAPS]
    assert needs[0] and needs[0] == needs[1]


def test_records_of_experiments_are_listed_with_their_own_notebook():
    line = next(x for x in MAPS[0].read_text(encoding="utf-8").splitlines() if "are records of experiments" in x)
    for number, name in re.findall(r"(\d\d) `(\w+)`", line):
        (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
        assert any(f".{name}.check(" in source(cell) for cell in code(read(path))), (number, name)
