"""Something else in the place of a file: a pipe, a device without an end, a folder, a loop, nothing."""

import os
import socket

import numpy as np

import mmgan_lite as mm
from corpus import handins, runs
from mmgan_lite import modalities
from mmgan_lite.course.measuring import sweep
from mmgan_lite.training.config import Config
from mmgan_lite.training.history import read_history


def pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def listener(path):
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(path.parent)  # the name of a socket must be short
        server.bind(path.name)
        os.chdir(here)


def loop(path):
    path.symlink_to(path)


KINDS = {
    "a pipe": pipe, "/dev/zero": endless, "a socket": listener, "a folder": lambda path: path.mkdir(), "a loop": loop,
    "nothing": lambda path: None, "an empty file": lambda path: path.write_bytes(b""),
}  # fmt: skip

READERS = {
    "own.npz": mm.load_pairs,
    "own.csv": mm.load_pairs,
    "own.jsonl": mm.load_pairs,
    "metadata.csv": lambda path: mm.load_pairs(path.parent),
    "a.png": lambda path: modalities.IMAGE.read(str(path)),
    "a.npy": lambda path: modalities.IMAGE.read(str(path)),
    "a.npz": lambda path: modalities.IMAGE.read(str(path)),
    "a.wav": lambda path: modalities.SPEECH.read(str(path)),
    "config.json": Config.read,
    "digits.npz": lambda path: mm.load_digits(path=path),
    "history.csv": read_history,
    "sweep.json": sweep.read,
    "eve.zip": handins.opened,
}


def in_place_of(kind, name):
    def prepare(folder):
        KINDS[kind](folder / name)
        told = name if name != "metadata.csv" else folder.name  # the folder is what was asked for
        return lambda: READERS[name](folder / name), told

    return prepare


def named(folder):
    """A picture of a row, which is a pipe."""
    os.mkfifo(folder / "a.png")
    (folder / "metadata.csv").write_text("image,text\na.png,x\n")
    return lambda: mm.load_pairs(folder), "a.png"


def linked(folder):
    """A picture of a row, which is a link to a file outside of the data."""
    (folder / "own").mkdir()
    np.save(folder / "secret.npy", np.zeros(3))
    (folder / "own" / "a.png").symlink_to(folder / "secret.npy")
    (folder / "own" / "metadata.csv").write_text("image,text\na.png,x\n")
    return lambda: mm.load_pairs(folder / "own"), "a.png"


def a_long_name(reader):
    return lambda folder: (lambda: READERS[reader](folder / ("x" * 5000 + reader)), "xxx")


def in_a_run(kind, name):
    def prepare(folder):
        run = runs.a_run(folder)
        (run / name).unlink()
        KINDS[kind](run / name)
        return lambda: mm.load(run), "run"

    return prepare


ATTEMPTS = {f"{kind} as {name}": in_place_of(kind, name) for kind in KINDS for name in READERS}
ATTEMPTS |= {f"5000 letters as {name}": a_long_name(name) for name in READERS if name != "metadata.csv"}
ATTEMPTS |= {
    f"{kind} as {name}": in_a_run(kind, name) for kind in KINDS for name in ("run.json", "weights.npz")
}  # fmt: skip
ATTEMPTS |= {"5000 letters as a run": lambda folder: (lambda: mm.load(folder / ("x" * 5000)), "xxx")}
ATTEMPTS |= {"a pipe in a row": named, "a link that leads out": linked}
