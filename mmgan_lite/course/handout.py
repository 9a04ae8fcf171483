"""The course to hand out to a class: a folder that holds all a student needs, with the solutions or without."""

import ast
import json
import shutil
from pathlib import Path

from mmgan_lite import files

ROOT = files.DATA.parent
LEFT_OUT = ("solution", "wrong_")  # what a handout without solutions lacks: names in an exercise's class
FILES = ("README.md", "requirements.txt", "requirements-gpu.txt", "pyproject.toml", "LICENSE", "CITATION.cff")
FOLDERS = ("mmgan_lite", "notebooks", "data", "docs")


def handout(folder, solutions=True):
    """Write the course into a folder, from which the README's first command sets it up.

    Args:
        folder: The folder, new or empty.
        solutions: Whether the exercises show one on demand.

    Raises:
        ValueError: if the folder holds something.
        FileNotFoundError: if this package was installed without its notebooks.
    """
    folder = Path(folder)
    if not (ROOT / "notebooks").is_dir():
        raise FileNotFoundError(f"the notebooks are missing; install with `pip install -e .`. Received: {ROOT}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"give a new or an empty folder. Received: {folder}")
    litter = shutil.ignore_patterns("__pycache__", ".*", "runs", "*.egg-info")
    folder.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=litter)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    if not solutions:
        for path in sorted((folder / "notebooks" / "exercises").glob("*.py")):
            path.write_text(without_solutions(path.read_text(encoding="utf-8")), encoding="utf-8")
        for path in sorted((folder / "notebooks").glob("*.ipynb")):
            path.write_text(without_verdicts(path.read_text(encoding="utf-8")), encoding="utf-8")


def without_solutions(source):
    """The text of an exercise file without the solutions and the typical wrong answers in its classes."""
    lines = source.splitlines(keepends=True)
    for node in [node for cls in ast.parse(source).body if isinstance(cls, ast.ClassDef) for node in cls.body]:
        if _name(node).startswith(LEFT_OUT):
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
