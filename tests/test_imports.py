"""The package's modules import one way, and importing the package is cheap."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import mmgan_lite

PACKAGE = Path(mmgan_lite.__file__).parent
ORDER = (*mmgan_lite.MODULES, "__main__")
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
HEAVY = ["ipywidgets", "anywidget", "sklearn", "pandas", "scipy", "jupyterlab", "playwright"]


def module_of(path):
    """`widgets/panel.py` belongs to `widgets`."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path):
    """Full dotted names of everything that a file imports, at any depth of its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_from_modules_above_its_own(path):
    assert module_of(path) in ORDER, "a new module needs its place in mmgan_lite.MODULES"
    above = ORDER[: ORDER.index(module_of(path))]
    for name in imported(path):
        package, *rest = name.split(".")
        if package != "mmgan_lite" or rest[:1] == ["__version__"]:
            continue
        assert rest, f"{path.name} imports the whole package; name the module"
        inside = module_of(path) == rest[0] == "widgets"  # a widget may use another
        assert inside or rest[0] in above, f"{path.name} imports {name}, which is not above {module_of(path)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_widgets_import_widget_libraries(path):
    if module_of(path) not in ("widgets", "exercises"):
        assert not {name.split(".")[0] for name in imported(path)} & {"ipywidgets", "anywidget"}


def test_every_public_name_resolves():
    for name in mmgan_lite.__all__:
        assert getattr(mmgan_lite, name) is not None
    assert set(mmgan_lite.__all__) == set(dir(mmgan_lite))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = mmgan_lite.no_such_name


def run_python(code):
    """Run code in a fresh Python; returns what it printed as JSON, and its standard error."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return json.loads(done.stdout), done.stderr


def test_importing_the_package_alone_loads_no_tensorflow():
    loaded, _ = run_python("import json, sys, mmgan_lite; print(json.dumps(sorted(sys.modules)))")
    assert not {"tensorflow", "keras", "numpy", "matplotlib"} & set(loaded)


COST = """
import importlib, json, sys, time
import tensorflow, keras
before, start = set(sys.modules), time.process_time()
import mmgan_lite as mm
for name in mm.__all__:
    if name != "widgets":
        getattr(mm, name)
print(json.dumps([time.process_time() - start, sorted(set(sys.modules) - before)]))
"""


def test_all_of_it_adds_less_than_a_third_of_a_second_to_tensorflow_and_keras():
    seconds = []
    for _ in range(3):  # CPU seconds vary with what else the machine does: the least counts
        cost, added = run_python(COST)[0]
        assert not {name.split(".")[0] for name in added} & set(HEAVY)
        seconds.append(cost)
        if cost < 0.3:
            return
    raise AssertionError(f"importing mmgan_lite costs {seconds} CPU seconds")


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
