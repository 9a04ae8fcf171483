"""What the tests of the notebooks share: the notebooks as JSON, and their exercises as modules."""

import ast
import importlib.util
import inspect
import json
import re
from pathlib import Path

from mmgan_lite.course import checker

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
EXERCISES = sorted((NOTEBOOKS / "exercises").glob("*.py"))


def read(path):
    """The cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def code(cells):
    return [cell for cell in cells if cell["cell_type"] == "code"]


def prose(cells):
    return "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")


def tagged(cells, tag):
    """The cells that carry a tag."""
    return [cell for cell in cells if tag in cell["metadata"].get("tags", [])]


def printed(cell):
    return "".join("".join(output["text"]) for output in cell["outputs"] if output.get("name") == "stdout")


def pages(cell):
    """What a cell shows as HTML."""
    return "".join("".join(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", ()))


def pictures(cell):
    return re.findall(r"<img [^>]*>", pages(cell))


def load(path):
    """An exercise file as a module."""
    spec = importlib.util.spec_from_file_location(f"exercises_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exercises(path):
    """{name: class} of an exercise file."""
    return {
        name: found
        for name, found in vars(load(path)).items()
        if inspect.isclass(found) and issubclass(found, checker.Exercise) and found is not checker.Exercise
    }


def paste(cell, name, answer):
    """A blank cell with an answer pasted as a learner would: over the function that it checks, or as its value.

    Args:
        cell: Its source, which ends in `….Name.check(…)`.
        name: The exercise.
        answer: A function of an exercise file, or a value.
    """
    tree = ast.parse(cell)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    (given,) = [call.args[0] for call in calls if ast.unparse(call.func).endswith(f"{name}.check")]
    if not callable(answer):
        return cell.replace(f"check({ast.get_source_segment(cell, given)})", f"check({answer!r})")
    blank = next(node for node in tree.body if getattr(node, "name", "") == given.id)
    return cell.replace(ast.get_source_segment(cell, blank), checker.printed_solution(answer, given.id))
