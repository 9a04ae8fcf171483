"""The course to hand out to a class: a folder that holds all a student needs, with the solutions or without."""

import ast
import json
import shutil
from pathlib import Path

from mmgan_lite.shipped import PACKAGE, ROOT

SOLUTIONS = ("solution", "wrong_")  # what a handout without solutions lacks: names in an exercise's class
FURTHER = ("further",)  # what one with hidden checks lacks; without a solution to agree with, they say nothing
FILES = ("README.md", "requirements.txt", "requirements-gpu.txt", "pyproject.toml", "hatch_build.py", "LICENSE",
         "CITATION.cff", "Dockerfile", ".dockerignore")  # fmt: skip
FOLDERS = ("notebooks", "data", "docs", "binder")


def handout(folder, solutions=True, further=True):
    """Write the course into a folder, from which the README's first command sets it up.

    Args:
        folder: The folder, new or empty.
        solutions: Whether the exercises show one on demand.
        further: Whether the exercises try their further cases; otherwise only `grade` does, from this kit.

    Raises:
        ValueError: if the folder holds something.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"give a new or an empty folder. Received: {folder}")
    litter = shutil.ignore_patterns("__pycache__", ".*", "runs", "shipped_files", "*.egg-info", "progress.jsonl")
    folder.mkdir(parents=True, exist_ok=True)
    for source in (PACKAGE, *(ROOT / name for name in FOLDERS)):
        shutil.copytree(source, folder / source.name, ignore=litter, copy_function=_copying(solutions, further))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)


def _copying(solutions, further):
    """A function that copies a file without what is left out: so half a handout, on a full disk, tells none either."""
    left_out = (SOLUTIONS + FURTHER) * (not solutions) + FURTHER * (not further)

    def copy(source, target):
        source = Path(source)
        if left_out and source.suffix == ".py" and source.parent.name == "exercises":
            Path(target).write_text(without(left_out, source.read_text(encoding="utf-8")), encoding="utf-8")
        elif not solutions and source.suffix == ".ipynb":
            Path(target).write_text(without_verdicts(source.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copy2(source, target)

    return copy


def without_solutions(source):
    """The text of an exercise file without the solutions and the typical wrong answers in its classes."""
    return without(SOLUTIONS + FURTHER, source)


def without(names, source):
    """The text of an exercise file without what has names that begin so, in its classes."""
    lines = source.splitlines(keepends=True)
    for node in [node for cls in ast.parse(source).body if isinstance(cls, ast.ClassDef) for node in cls.body]:
        if _name(node).startswith(names):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            lines[first - 1 : node.end_lineno] = [""] * (node.end_lineno - first + 1)
    return "".join(lines)


def _name(node):
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "")
    return getattr(node, "name", "")


def without_verdicts(page):
    """A notebook without the outputs in which a checker offers a solution."""
    notebook = json.loads(page)
    for cell in notebook["cells"]:
        if 'class="verdict"' in "".join(map(str, [*_pages(cell)])):
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _pages(cell):
    return ["".join(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", ())]
