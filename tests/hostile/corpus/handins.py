"""Hand-ins that are larger, deeper or fuller than a learner's notebooks can be."""

import zipfile

from mmgan_lite.arguments import cut
from mmgan_lite.course.grading import handins


def opened(path):
    """Read a hand-in, and raise what is wrong with it: `handins.read` tells it in place of raising."""
    found = handins.read(path)
    if found.fault:
        raise ValueError(f"{cut(path.name)}: {found.fault}")


def packed(raw, count=1):
    """An attempt to read a zip of so many notebooks."""

    def prepare(folder):
        with zipfile.ZipFile(folder / "eve.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(count):
                archive.writestr(f"{number % 100:02}_{number}.ipynb", raw)
        return lambda: opened(folder / "eve.zip"), "eve.zip"

    return prepare


def notebook(cells, letters=0):
    cell = f'{{"cell_type": "code", "source": ["{"x" * letters}"]}}'
    return f'{{"cells": [{", ".join([cell] * cells)}]}}'


ATTEMPTS = {
    "a hundred notebooks of 4 MB": packed(notebook(1, 2**22 - 100), count=100),
    "twenty notebooks of 80,000 cells": packed(notebook(80_000)[: 2**22], count=20),
    "a notebook of 5 MB": packed(notebook(1, 5 * 2**20)),
    "a notebook of 100,000 brackets": packed("[" * 100_000),
    "two thousand files": packed("{}", count=2000),
}
