"""The house has rooms: the core knows nothing of the course, imports run one way, and importing is cheap."""

import ast
import graphlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import mmgan_lite
from mmgan_lite import course

PACKAGE = Path(mmgan_lite.__file__).parent
FILES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
CORE = [name for name in FILES if not name.startswith("mmgan_lite.course")]
COURSE = [name for name in FILES if name.startswith("mmgan_lite.course")]
HEAVY = ["ipywidgets", "anywidget", "sklearn", "pandas", "scipy", "jupyterlab", "playwright"]


def imported(path):
    """Full dotted names of everything that a file imports, at any depth of its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules_below(name):
    """The package's own modules that one of them imports."""
    for wanted in imported(FILES[name]):
        if wanted.split(".")[0] == "mmgan_lite":
            found = wanted if wanted in FILES else wanted.rpartition(".")[0]
            assert found in FILES, f"{name} imports {wanted}"
            yield found


GRAPH = {name: set(modules_below(name)) for name in FILES}


@pytest.mark.parametrize("name", CORE)
def test_core_imports_nothing_of_the_course(name):
    if name != "mmgan_lite.__main__":  # the command line hands out the course
        assert not GRAPH[name] & set(COURSE)


@pytest.mark.parametrize("part", [CORE, COURSE], ids=["core", "course"])
def test_imports_run_one_way(part):
    graphlib.TopologicalSorter({name: GRAPH[name] & set(part) for name in part}).prepare()  # raises CycleError


ROOMS = ("datasets", "networks", "steps", "model", "training", "evaluation")


def test_rooms_of_the_core_stand_one_upon_another():
    """What is taught first imports nothing of what builds upon it."""
    for name in CORE:
        room, *_ = name.removeprefix("mmgan_lite.").split(".")
        if room in ROOMS:
            above = {f"mmgan_lite.{other}" for other in ROOMS[ROOMS.index(room) + 1 :]}
            assert not [used for used in GRAPH[name] if ".".join(used.split(".")[:2]) in above], name


def part_of(name):
    """The room of a module of the course; what stands in none, the checker's modules, is a part too."""
    package = name if FILES[name].stem == "__init__" else name.rpartition(".")[0]
    return package.split(".")[2:3]


ALSO = {"grading": [[]]}  # many answers are checked by what checks one


def test_parts_of_the_course_share_nothing_but_the_kit():
    for name in COURSE:
        for used in GRAPH[name] & set(COURSE) - {"mmgan_lite.course"}:
            allowed = [part_of(name), ["kit"], *ALSO.get(".".join(part_of(name)), [])]
            assert part_of(used) in allowed or name == "mmgan_lite.course.commands", f"{name} imports {used}"


@pytest.mark.parametrize("name", [*CORE, "mmgan_lite.course.checker", "mmgan_lite.course.handout"])
def test_core_needs_no_widget_library(name):
    assert not {used.split(".")[0] for used in imported(FILES[name])} & {"ipywidgets", "anywidget"}


@pytest.mark.parametrize("package", [mmgan_lite, course])
def test_every_public_name_resolves(package):
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) == set(dir(package))


@pytest.mark.parametrize("package", [mmgan_lite, course])
def test_unknown_name_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = package.no_such_name


def run_python(code):
    """Run code in a fresh Python; returns what it printed as JSON, and its standard error."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return json.loads(done.stdout), done.stderr


def test_importing_the_package_alone_loads_nothing_heavy():
    loaded, _ = run_python("import json, sys, mmgan_lite; print(json.dumps(sorted(sys.modules)))")
    assert not {"tensorflow", "keras", "numpy", "matplotlib", *HEAVY} & set(loaded)


# TensorFlow comes first: what it loads itself is no fault of the kit's.
EVERY_NAME = """
import json, sys
import tensorflow, keras
before = set(sys.modules)
import mmgan_lite as mm
for name in mm.__all__:
    if name != "course":
        getattr(mm, name)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_every_name_of_the_core_loads_nothing_heavy_but_tensorflow():
    """What that costs in seconds is measured by tests/benchmarks/bench_import.py."""
    added, _ = run_python(EVERY_NAME)
    assert "mmgan_lite.model" in added and not {name.split(".")[0] for name in added} & set(HEAVY)


QUIET = "import json, mmgan_lite; mmgan_lite.losses; import os, sys; os.write(2, b'still heard'); print(json.dumps(0))"


def test_tensorflow_starts_in_silence_and_standard_error_is_given_back():
    assert run_python(QUIET)[1] == "still heard"


FAILING = """
import json, os, sys
import mmgan_lite

class Broken:
    def find_spec(name, path, target=None):
        if name == "tensorflow":
            raise ImportError("broken on purpose")

sys.meta_path.insert(0, Broken)
try:
    mmgan_lite.losses
except ImportError:
    os.write(2, b"still heard")
print(json.dumps(0))
"""


def test_standard_error_is_given_back_when_tensorflow_fails():
    assert run_python(FAILING)[1] == "still heard"
