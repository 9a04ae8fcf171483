"""Where nothing can be written, or not all of it shown: told before the work or in a line after it; nothing is lost."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from mmgan_lite import __main__, modalities
from mmgan_lite.course.grading import grade, handins  # noqa: F401  (nobody may not be able to import it)
from mmgan_lite.datasets import check  # noqa: F401
from mmgan_lite.evaluation import evaluate, report
from mmgan_lite.training import saving
from mmgan_lite.training.lock import locked

ROOT = Path(__file__).parent.parent
TABLE = "text→image digit 98%"


def main(*arguments):
    return __main__.main([str(argument) for argument in arguments])


@pytest.fixture
def measured(monkeypatch):
    """A run is measured at once; returns the names of the runs."""
    runs = []
    monkeypatch.setattr(evaluate, "evaluate", lambda run: runs.append(run) or {"figures": "1" * 5000})
    monkeypatch.setattr(report, "table", lambda figures: TABLE)
    monkeypatch.setattr(report, "figure", lambda figures: None)
    monkeypatch.setattr(evaluate.plots, "png", lambda figure: b"picture")
    monkeypatch.setattr(saving, "load", lambda run: runs.append(run))
    return runs


# A folder that is read-only


@pytest.fixture
def read_only():
    """A folder in which nobody may write, as who is not root sees it."""
    folder, is_root = Path(tempfile.mkdtemp()), os.geteuid() == 0
    folder.chmod(0o555)
    if is_root:
        os.setresuid(65534, 65534, 0)
    try:
        yield folder
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


COMMANDS = {
    "generate": "generate x --text a --to image --out FOLDER/x.png",
    "evaluate": "evaluate x --out FOLDER/metrics.json",
    "check": "check x.npz --out FOLDER/rows.png",
    "handin": "handin . --out FOLDER/handin.zip",
    "grade": "grade . --out FOLDER/grades.csv",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_refuses_a_read_only_folder_before_the_work(read_only, measured, capsys, name):
    assert main(*COMMANDS[name].replace("FOLDER", str(read_only)).split()) == 2
    said = capsys.readouterr().err
    assert "nothing may be written to this folder; name a file in another" in said and str(read_only) in said
    assert not measured and said.count("\n") == 1


def refuses(run, place):
    told = f"nothing can be written to the run's folder; take another --out, .*{place}"
    with pytest.raises(OSError, match=told), locked(run / "checkpoint" / "lock"):
        pass


@pytest.mark.parametrize("run", [".", "run", "some/run"])
def test_a_training_is_told_of_a_read_only_folder(read_only, run):
    refuses(read_only / run, read_only)


def test_a_training_is_told_of_a_file_where_its_folder_shall_be(tmp_path):
    (tmp_path / "file").touch()
    refuses(tmp_path / "file", tmp_path / "file")


@pytest.mark.parametrize(("place", "told"), [("none/x.json", "make the folder"), ("", "this is a folder")])
def test_a_place_for_no_file_is_told_before_the_work(tmp_path, measured, capsys, place, told):
    assert main("evaluate", "x", "--out", tmp_path / place) == 2
    assert told in capsys.readouterr().err and not measured


# A full disk


def test_a_full_disk_keeps_the_old_file_and_names_it(tmp_path, full_disk):
    (tmp_path / "x.npz").write_text("old")
    with full_disk(), pytest.raises(OSError, match=r"too large: .*x\.npz'") as told:
        modalities.IMAGE.write(tmp_path / "x.npz", np.random.default_rng(0).uniform(-1, 1, (5, 28, 28, 1)))
    assert f"{os.getpid()}-" not in str(told.value)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_evaluate_prints_its_table_where_the_disk_is_full(tmp_path, measured, full_disk, capsys):
    with full_disk():
        assert main("evaluate", "x", "--out", tmp_path / "metrics.json") == 2
    out, error = capsys.readouterr()
    assert out == TABLE + "\n" and "metrics.json" in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_evaluate_writes_its_figures_where_the_table_cannot_be_printed(tmp_path, measured, capsys, monkeypatch):
    with open("/dev/full", "w") as full, monkeypatch.context() as patch, contextlib.suppress(OSError):
        patch.setattr(sys, "stdout", full)
        assert main("evaluate", "x", "--out", tmp_path / "metrics.json") == 2
    assert "No space left" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.json", "metrics.png"]


def test_a_line_that_finds_no_room_is_told_in_one(tmp_path):
    (tmp_path / "00_start_here.ipynb").write_text('{"cells": []}')
    (tmp_path / "exercises").mkdir()
    command = [sys.executable, "-m", "mmgan_lite", "handin", str(tmp_path), "--out", str(tmp_path / "x.zip")]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 2 and (tmp_path / "x.zip").exists()
    assert done.stderr.startswith("mmgan_lite: error: [Errno 28]") and done.stderr.count("\n") == 1


# A file or a terminal that cannot hold every letter


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-8"])
def test_a_table_is_printed_in_whatever_letters_there_are(tmp_path, measured, monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    assert main("evaluate", "x", "--out", tmp_path / "metrics.json") == 0
    arrow = "→" if encoding == "utf-8" else "?"
    assert raw.getvalue().decode(encoding).splitlines() == [TABLE.replace("→", arrow)]
