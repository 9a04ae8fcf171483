"""The kit as people install it: built, put into an empty folder, and used from elsewhere by somebody without rights."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from mmgan_lite import shipped
from mmgan_lite.course import handout

ROOT = Path(__file__).parent.parent
NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}


@pytest.fixture(scope="module")
def place():
    """A folder that everybody may read, unlike `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def built(place):
    """(wheel, sdist), the wheel made of the sdist."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", place / "dist", ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return [next((place / "dist").glob(pattern)) for pattern in ("*.whl", "*.tar.gz")]


@pytest.fixture(scope="module")
def call(place, built):
    """Call the kit, installed in an environment of its own, in an empty folder: returns the finished process."""
    python = place / "fresh" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "fresh"], check=True)
    # What the kit needs is three gigabytes: the fresh environment sees ours, and pip must find there all that it asks.
    fresh, ours = (sysconfig.get_path("purelib", vars={"base": str(base)}) for base in (place / "fresh", sys.prefix))
    Path(fresh, "theirs.pth").write_text(ours)
    for what in (["--no-deps", "--ignore-installed", built[0]], ["mmgan_lite"]):
        done = subprocess.run([python, "-m", "pip", "install", "--no-index", *what], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    os.chmod(elsewhere, 0o777)
    environment = {"PATH": os.environ["PATH"], "LANG": "C", "HOME": "/proc/nowhere"}
    options = {"cwd": elsewhere, "env": environment, "capture_output": True, "text": True, **_without_rights()}
    return lambda *arguments: subprocess.run([python, *map(str, arguments)], **options)


def _without_rights():
    """Another user, where we are root and this Python is not in root's own folder."""
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, cwd="/", **NOBODY)
    except (PermissionError, subprocess.SubprocessError):
        return {}
    return NOBODY


def test_both_hold_what_belongs_to_the_kit_and_nothing_else(built):
    with zipfile.ZipFile(built[0]) as archive, tarfile.open(built[1]) as sources:
        wheel, source = archive.namelist(), [name.partition("/")[2] for name in sources.getnames()]
    assert {name.split("/")[0].partition("-")[0] for name in wheel} == {"mmgan_lite"}
    within = "mmgan_lite/shipped_files/"
    assert {f"{within}{name}" for name in handout.FILES} <= set(wheel)
    assert {name.split("/")[2] for name in wheel if name.startswith(within)} == {*handout.FILES, *handout.FOLDERS}
    assert {"pyproject.toml", "data/digits.npz", "tests/test_wheel.py", "notebooks/00_start_here.ipynb"} <= set(source)


FINDS = """
import mmgan_lite as mm
from mmgan_lite import shipped
from mmgan_lite.course.players import clinic_recipes
assert shipped.INSTALLED and str(shipped.PACKAGE).startswith(__import__("sys").prefix)
print(len(mm.load_digits("test")["label"]), sorted(mm.judges.load_judges()), clinic_recipes.CASES_FILE.exists())
"""


def test_data_judges_and_the_clinic_s_cases_are_found(call):
    done = call("-c", FINDS)
    assert done.stdout == "500 ['image', 'speech'] True\n", done.stderr


def test_the_shipped_run_generates(call, place):
    done = call("-m", "mmgan_lite", "generate", "pretrained", "--text", "a three", "--to", "text", "--out", "said.txt")
    assert done.returncode == 0, done.stderr
    assert (place / "elsewhere" / "said.txt").read_text().strip()


def test_lab_says_how_to_get_the_notebooks_and_handout_writes_a_course_that_stands_alone(call, place):
    asked = call("-m", "mmgan_lite", "lab")
    assert asked.returncode == 2 and "handout DIR" in asked.stderr
    assert call("-m", "mmgan_lite", "handout", "course").returncode == 0
    course = place / "elsewhere" / "course"
    assert {path.name for path in course.iterdir()} == {*handout.FILES, *handout.FOLDERS, "mmgan_lite"}
    assert not (course / "mmgan_lite" / "shipped_files").exists() and not shipped.INSTALLED
    assert call("-m", "mmgan_lite", "--help").returncode == 0
