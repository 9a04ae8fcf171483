"""What the README shows in Python runs, one block after another."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("(")[0].split()[-1])
def test_own_ideas_take_under_ten_lines(block):
    assert len([line for line in block.splitlines() if line and not line.startswith(("import", "from"))]) < 10


def test_blocks_run():
    names = {}
    for block in BLOCKS:
        exec(block, names)  # as one program: later blocks use what earlier ones define
    assert names["images"].shape == (1, 4, 8, 8, 3)
    red, green, blue = names["images"].mean((0, 1, 2, 3))
    assert blue > red and blue > green
