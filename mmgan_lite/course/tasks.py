"""The exercises of a folder of notebooks, in order: found in the text, with nothing run and nothing imported."""

import ast
import dataclasses
import json
import re
from pathlib import Path

from mmgan_lite.shipped import NOTEBOOKS

REPORT = "application/vnd.mmgan.report"  # in a saved verdict: an answer that is a record of runs, as a literal
_CHECKED = re.compile(r"\.([A-Z]\w*)\.check\(")  # a cell that ends in `exercises.Name.check(answer)`
_NUMBERED = re.compile(r"\d\d_(\w+)")


@dataclasses.dataclass(frozen=True)
class Task:
    """An exercise: the notebook's name (`03_losses`), its class's name, and what it is about, in a line."""

    notebook: str
    name: str
    about: str = ""

    @property
    def module(self):
        """The exercise file's name: that of the notebook, without its number."""
        return module_of(self.notebook)

    def __str__(self):
        return f"{self.module}.{self.name}"


def module_of(notebook):
    """`losses` for `03_losses`; anything else as it is."""
    found = _NUMBERED.fullmatch(notebook)
    return found[1] if found else notebook


def course_folder(folder=None):
    """The folder of the notebooks: the given one, or the current one, or `notebooks` in it, or the kit's own.

    Raises:
        FileNotFoundError: where there are no exercises.
    """
    tried = [Path(), Path("notebooks"), NOTEBOOKS] if folder is None else [Path(folder), Path(folder, "notebooks")]
    for path in tried:
        if (path / "exercises").is_dir():
            return path.resolve()
    raise FileNotFoundError(
        f"give the folder that holds the notebooks and `exercises`. Received: {folder or Path.cwd()}"
    )


def notebooks_of(folder):
    """{name: path} of the notebooks with a number, in order."""
    return {path.stem: path for path in sorted(Path(folder).glob("*.ipynb")) if _NUMBERED.fullmatch(path.stem)}


def cells_of(text):
    """The sources of a notebook's code cells.

    Args:
        text: The notebook's JSON.

    Raises:
        ValueError: for another file.
    """
    try:
        cells = json.loads(text)["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        return ["".join(cell["source"]) for cell in code]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("a notebook is expected, .ipynb. Received: another file, or a damaged one") from None


def names_checked(source):
    """The names of the exercises that a cell checks."""
    return _CHECKED.findall(source)


def find(folder):
    """All exercises of a folder of notebooks: a list of `Task`, in the course's order."""
    tasks = []
    for notebook, path in notebooks_of(folder).items():
        about = _about(Path(folder, "exercises", f"{module_of(notebook)}.py"))
        cells = cells_of(path.read_text(encoding="utf-8"))
        names = dict.fromkeys(name for cell in cells for name in names_checked(cell))
        tasks += [Task(notebook, name, about[name]) for name in names if name in about]
    return tasks


def _about(path):
    """{class: the first line of its docstring} of an exercise file."""
    if not path.is_file():
        return {}
    classes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    return {node.name: (ast.get_docstring(node) or "").partition("\n")[0] for node in classes}
