"""Docker's and Binder's files, as far as a machine can try them that has neither."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
LINES = re.sub(r"#.*", "", (ROOT / "Dockerfile").read_text()).splitlines()
STEPS = [tuple(line.split(maxsplit=1)) for line in LINES if line.strip()]


def steps(name):
    return [rest for step, rest in STEPS if step == name]


def test_what_is_copied_is_there():
    for rest in steps("COPY"):
        *sources, _ = [word for word in shlex.split(rest) if not word.startswith("--")]
        assert all((ROOT / source).exists() for source in sources)


def test_it_is_installed_as_the_readme_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = "pip install -r requirements.txt"
    assert command in readme and any(command in rest.replace("--no-cache-dir ", "") for rest in steps("RUN"))


def test_it_does_not_run_as_root():
    assert steps("USER") == ["learner"]


def test_the_kit_can_be_installed_before_its_files_are_copied(tmp_path):
    """The last line of the requirements, `-e .`, with what the Dockerfile has copied until then."""
    first = steps("COPY")[:2]
    given = [word for rest in first for word in shlex.split(rest)[1:-1]]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [project["readme"], *project["license-files"], "pyproject.toml", "requirements.txt"]
    assert {*needed, "mmgan_lite/__init__.py"} <= {*given}


@pytest.fixture
def container(tmp_path):
    """The server that the container starts, here: its first words until it listens."""
    (command,) = map(json.loads, steps("CMD"))
    assert command[0] == ".venv/bin/python"
    # from all machines, as in a container, would ask for leave on some: the rest is as it stands
    command = [sys.executable, *(word.replace("--port=8888", "--port=0") for word in command[1:])]
    kept = {f"JUPYTER{name}_DIR": str(tmp_path) for name in ("_CONFIG", "LAB_SETTINGS", "LAB_WORKSPACES", "_RUNTIME")}
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | kept, stderr=subprocess.PIPE, text=True)
    yield server
    server.terminate()
    server.communicate(timeout=30)


def test_the_container_starts_a_lab_that_prints_an_address_to_open(container):
    told = ""
    for line in container.stderr:
        told += line
        if "http://127.0.0.1" in line:
            break
    assert re.search(r"http://127\.0\.0\.1:\d+/lab/tree/notebooks/00_start_here\.ipynb\?token=", told), told


def test_binder_finds_the_requirements_and_a_python_that_the_kit_runs_on():
    (line,) = re.findall(r"^-r (.*)", (ROOT / "binder" / "requirements.txt").read_text(), re.MULTILINE)
    assert (ROOT / "binder" / line).resolve() == ROOT / "requirements.txt"
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    python = (ROOT / "Dockerfile").read_text()
    assert f"python:{version}-slim" in python and version in ("3.11", "3.12", "3.13")


@pytest.mark.parametrize("block", re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))
def test_what_is_to_be_pasted_into_a_shell_is_shell(block):
    subprocess.run(["bash", "-n"], input=block, text=True, check=True)


def test_what_is_left_out_for_colab_and_kaggle_is_jupyter_and_nothing_of_the_kit():
    patterns = set(re.findall(r'grep -v -i -E "(.*?)"', PAGE))
    (pattern,) = patterns
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    left = [line.split("==")[0] for line in lines if re.match(pattern, line, re.IGNORECASE)]
    assert {"jupyterlab", "ipykernel", "tornado", "-e ."} <= {*left}
    assert not {"tensorflow", "keras", "numpy", "ipywidgets", "anywidget", "soundfile"} & {*left}
