"""Checkpoints, of a run that was ended before it wrote its weights: damaged, lying, or elsewhere."""

import json
import os
import zipfile

import numpy as np

import mmgan_lite as mm
from corpus import arrays, runs
from mmgan_lite.training import checkpoints, saving

RECORD = {
    "seed": 0, "steps": {"embedders": 1, "gan": 2}, "planned": {"embedders": 1, "gan": 9}, "data": None,
    "data_sha256": "0" * 64, "reading": {},
}  # fmt: skip


def written(folder):
    """The path of a checkpoint that is whole, and the only one of its run."""
    run = folder / "run"
    gan = mm.load(runs.made())
    page = {"networks": saving.describe(gan), "record": RECORD, "history": {}}
    return checkpoints.write(run, 3, page, {name: np.asarray(v) for name, v in saving.variables(gan).items()})


def checkpoint(change):
    def prepare(folder):
        path = written(folder)
        change(path)
        return lambda: mm.load(folder / "run"), path.name

    return prepare


def entry(change, pack=zipfile.ZIP_STORED):
    """The same entries, changed by a function of {name: bytes}."""

    def changed(path):
        with zipfile.ZipFile(path) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w", pack) as archive:
            for name, raw in change(held).items():
                archive.writestr(name, raw)

    return checkpoint(changed)


def page(change):
    def changed(held):
        described = json.loads(held["page.json"])
        change(described)
        return held | {"page.json": json.dumps(described)}

    return entry(changed)


def raw_page(text):
    return entry(lambda held: held | {"page.json": text})


def replaced(raw):
    return checkpoint(lambda path: path.write_bytes(raw))


def linked(path):
    path.rename(path.parent.parent.parent / "secret.npz")
    path.symlink_to(path.parent.parent.parent / "secret.npz")


def instead(make):
    def change(path):
        path.unlink()
        make(path)

    return checkpoint(change)


def elsewhere(folder):
    """The folder of the checkpoints is a link to another run's."""
    path = written(folder / "other")
    run = folder / "run"
    run.mkdir()
    (run / "checkpoint").symlink_to(path.parent)
    return lambda: mm.load(run), "run"


def flip(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def put(*keys, value):
    """An entry of the page, replaced."""

    def change(described):
        for key in keys[:-1]:
            described = described[key]
        described[keys[-1]] = value

    return page(change)


FIRST = "embedders/image/0.npy"
ATTEMPTS = {
    "a flipped bit": checkpoint(flip), "cut short": checkpoint(arrays.cut), "empty": replaced(b""),
    "noise": replaced(np.random.default_rng(0).bytes(10**5)), "a link that leads out": checkpoint(linked),
    "a folder elsewhere": elsewhere, "a pipe": instead(os.mkfifo), "a folder": instead(os.mkdir),
    "/dev/zero": instead(lambda path: path.symlink_to("/dev/zero")),
    "deflated": entry(dict, zipfile.ZIP_DEFLATED), "in lzma": entry(dict, zipfile.ZIP_LZMA),
    "encrypted": checkpoint(lambda path: arrays.patched(path, 6, 1)),
    "no page": entry(lambda held: {name: raw for name, raw in held.items() if name != "page.json"}),
    "a page of 100,000 brackets": raw_page("[" * 100_000), "a page of null": raw_page("null"),
    "a page of 50 MB": raw_page(" " * 50 * 2**20), "a page of empty lists": raw_page("[" + "[]," * 2_000_000 + "[]]"),
    "a page of lists in lists": raw_page("[" + ("[" * 50 + "]" * 50 + ",") * 62_000 + "[]]"),
    "a page of objects in objects": raw_page("[" + ('{"":' * 50 + "1" + "}" * 50 + ",") * 20_000 + "[]]"),
    "a page of short words": raw_page("[" + '"é😀",' * 690_000 + "[]]"),
    "a page of names": raw_page("{" + ",".join(f'"{n:05x}":1' for n in range(600_000)) + "}"),
    "a weight of 128 GB": entry(lambda held: held | {FIRST: arrays.header((2**20, 2**15), "<f4")}),
    "a weight of NaN": entry(lambda held: held | {FIRST: held[FIRST][:-4] + b"\xff" * 4}),
    "a weight less": entry(lambda held: {name: raw for name, raw in held.items() if name != FIRST}),
    "a weight that is a pickle": entry(
        lambda held: held | {FIRST: arrays.npy(np.array([arrays.Trap()], object), allow_pickle=True)}
    ),
    "another step": put("record", "steps", "gan", value=70), "a seed of -1": put("record", "seed", value=-1),
    "steps of words": put("record", "steps", "gan", value="x"), "steps in a list": put("record", "steps", value=[3]),
    "a plan of infinity": put("record", "planned", value={"minutes": float("inf")}),
    "a record in a list": put("record", value=[1]), "networks in a list": put("networks", value=[1]),
    "networks of a module": put("networks", "networks", value="os.system"),
    "images of 512 x 512": put("networks", "sizes", "image", value=[512, 512, 1]),
    "vectors of 262,144": put("networks", "embed_dim", value=262_144),
    "words as numbers": put("networks", "vocabulary", "words", value=[1, 2, 3]),
}  # fmt: skip
