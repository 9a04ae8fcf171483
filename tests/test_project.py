"""What stands around the package holds together: links, requirements, versions, sizes."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import mmgan_lite

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python -m "
MACHINE_PATHS = re.compile("/(work|root|home|Users|opt)/" + r"[\w.]|[A-Z]:\\\\Users")
MEGABYTES = {".ipynb": 1.5, "": 6}


def tracked():
    """Files of the project as git lists them."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("this is no git checkout; clone the project to run this test")
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def text_of(path):
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8")


def pins(name):
    """{package: Requirement} of the lines of a lock that hold on this machine."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {pin.name: pin for pin in found if pin.marker is None or pin.marker.evaluate()}


@pytest.mark.parametrize("command", ["mmgan_lite lab", "pytest"])
def test_readme_gives_the_two_commands_each_on_a_line_of_its_own(command):
    assert f"\n{SET_UP}{command}\n" in README


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.name)
def test_readme_lists_every_notebook(notebook):
    assert f"(notebooks/{notebook.name})" in README


def test_links_lead_somewhere():
    for page in (path for path in tracked() if path.suffix == ".md"):
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(page)):
            assert "://" in link or (page.parent / link).exists(), f"{page.name} links to {link}"


def test_pictures_of_pages_have_alt_text():
    for page in (path for path in tracked() if path.suffix == ".md"):
        assert all(len(alt) > 20 for alt in re.findall(r"!\[([^\]]*)\]", text_of(page))), page.name


def test_lock_satisfies_what_the_project_requires():
    locked = pins("requirements.txt")
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]:
        need = Requirement(line)
        (pin,) = locked[need.name].specifier
        assert pin.operator == "==" and need.specifier.contains(pin.version), line


def test_locks_are_exact():
    for name in ("requirements.txt", "requirements-gpu.txt", "data/requirements.txt"):
        for pin in pins(name).values():
            assert [part.operator for part in pin.specifier] == ["=="], f"{name}: {pin}"


def test_lock_installs_the_package_itself_and_gpu_adds_only_cuda():
    assert (ROOT / "requirements.txt").read_text().endswith("\n-e .\n")
    assert "\n-r requirements.txt\n" in (ROOT / "requirements-gpu.txt").read_text()
    assert pins("requirements-gpu.txt")["tensorflow"].specifier == pins("requirements.txt")["tensorflow"].specifier


def test_this_python_is_one_that_the_project_names():
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains("{}.{}.{}".format(*sys.version_info))


def test_version_is_the_same_everywhere():
    assert f"\nversion: {mmgan_lite.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {mmgan_lite.__version__}\n" in (ROOT / "CHANGELOG.md").read_text()


def test_no_file_names_a_path_of_one_machine():
    for path in tracked():
        found = MACHINE_PATHS.search(text_of(path))
        assert found is None, f"{path.relative_to(ROOT)}: {found}"


def test_files_are_small():
    for path in tracked():
        assert path.stat().st_size <= MEGABYTES.get(path.suffix, MEGABYTES[""]) * 1e6, path.relative_to(ROOT)
