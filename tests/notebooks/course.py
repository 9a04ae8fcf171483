"""What the tests of the notebooks share: the notebooks as JSON, and their exercises as modules."""

import importlib.util
import json
import re
from pathlib import Path

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
