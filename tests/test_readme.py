"""What the README shows in Python runs, one block after another."""

import re
from pathlib import Path

import pytest

import mmgan_lite as mm
from mmgan_lite import modalities

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
SIZES = r"the small package: ([\d,]+) lines with docstrings[^.]*which has\s+([\d,]+)"
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("(")[0].split()[-1])
def test_own_ideas_take_under_ten_lines_and_a_modality_of_ones_own_at_most_forty(block):
    most = 40 if "mm.Modality(" in block else 9
    assert len([line for line in block.splitlines() if line and not line.startswith(("import", "from"))]) <= most
    assert len(block.splitlines()) <= 40


def test_blocks_run(monkeypatch, digits):
    monkeypatch.setattr(mm, "load_digits", lambda split: dict(digits))  # 500 rows teach as well that a block runs
    monkeypatch.setattr(modalities, "_KNOWN", dict(modalities._KNOWN))  # one block registers a fourth
    names = {}
    for block in BLOCKS:
        exec(block, names)  # as one program: later blocks use what earlier ones define
    assert names["images"].shape == (1, 4, 8, 8, 3)
    assert names["path"].shape == (1, 1, 40, 2) and names["gan"].modalities == ("image", "text", "speech", "motion")
    red, green, blue = names["images"].mean((0, 1, 2, 3))
    assert blue > red and blue > green


def test_the_ten_files_of_the_idea_have_the_lines_that_are_told():
    package = Path(modalities.__file__).parent
    section, told = re.search(
        r"The idea alone is ten files, ([\d,]+) lines.*?\n\n(.*?)\n\n", README, flags=re.DOTALL
    ).group(2, 1)
    files = re.findall(r"`([a-z/]+\.py)`", section)
    lines = sum(len((package / name).read_text(encoding="utf-8").splitlines()) for name in files)
    assert len(files) == 10 and abs(lines - int(told.replace(",", ""))) <= 50


def lines_of(part):
    package = Path(modalities.__file__).parent
    files = [path for ending in ("py", "js", "css") for path in package.rglob(f"*.{ending}")]
    inside = [path for path in files if path.is_relative_to(package / "course") == (part == "course")]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in inside)


def test_the_number_of_lines_is_the_one_that_is_told():
    core, course = (int(number.replace(",", "")) for number in re.search(SIZES, README).groups())
    assert abs(lines_of("core") - core) <= 50 and abs(lines_of("course") - course) <= 50
