"""Runs whose page lies, and whose weights are none."""

import functools
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from corpus import arrays
from mmgan_lite.training import saving
from mmgan_lite.training.config import Config

WORDS = ["a", "red", "ball"]
SIZES = {"image": [4, 4, 1], "text": [2, 4]}


@functools.cache
def made():
    folder = Path(tempfile.mkdtemp()) / "run"
    vocabulary = mm.text.Vocabulary(WORDS, max_words=2)
    saving.save(mm.MultimodalGAN.for_sizes(SIZES, vocabulary, embed_dim=8), folder, seed=0)
    return folder


def a_run(folder):
    """A small run that is whole."""
    return Path(shutil.copytree(made(), folder / "run"))


def page(raw=None, told="run.json", **entries):
    """A run whose page has these entries; a value of `...` takes one away."""

    def prepare(folder):
        run = a_run(folder)
        described = json.loads((run / "run.json").read_text()) | entries
        text = json.dumps({name: value for name, value in described.items() if value is not ...})
        (run / "run.json").write_text(text if raw is None else raw)
        return lambda: mm.load(run), told

    return prepare


def members(run):
    with zipfile.ZipFile(run / "weights.npz") as archive:
        return {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}


def weights(change, pack=zipfile.ZIP_DEFLATED, after=lambda path: path):
    """A run with other weights, and a hash that fits: the liar knows what he does."""

    def prepare(folder):
        run = a_run(folder)
        after(arrays.zipped(run / "weights.npz", change(members(run)), compression=pack))
        sign(run)
        return lambda: mm.load(run), "weights.npz"

    return prepare


def sign(run):
    with open(run / "weights.npz", "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    described = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(described | {"sha256": sha256}))


def sparse(folder):
    run = a_run(folder)
    with open(run / "weights.npz", "r+b") as file:
        file.truncate(3 * 2**30)
    return lambda: mm.load(run), OTHER


def as_numbers(change):
    """Every weight through a function."""

    def changed(held):
        return {name: arrays.npy(change(np.lib.format.read_array(io.BytesIO(raw)))) for name, raw in held.items()}

    return weights(changed)


def first(raw):
    return weights(lambda held: held | {"embedders/image/0": raw})


def recipe(raw):
    def prepare(folder):
        (folder / "config.json").write_text(raw)
        return lambda: Config.read(folder / "config.json"), "config.json"

    return prepare


def words(*given, max_words=2):
    return page(vocabulary={"words": list(given), "max_words": max_words})


OTHER = "weights.npz"  # what such a page does not fit
ATTEMPTS = {
    "vectors of 262,144": page(embed_dim=262_144), "vectors of 4096": page(told=OTHER, embed_dim=4096),
    "vectors of -1": page(embed_dim=-1), "vectors of a half": page(embed_dim=0.5),
    "vectors of true": page(embed_dim=True),
    "images of 1 x 262,144": page(told=OTHER, sizes={**SIZES, "image": [1, 262_144, 1]}),
    "images of 512 x 512": page(told=OTHER, sizes={**SIZES, "image": [512, 512, 1]}),
    "images of 10**9": page(sizes={**SIZES, "image": [10**9, 10**9, 3]}),
    "images of 262,144 channels": page(told=OTHER, sizes={**SIZES, "image": [1, 1, 262_144]}),
    "images of 4 x 4 x 4": page(told=OTHER, sizes={**SIZES, "image": [4, 4, 4]}),
    "images of no channel": page(sizes={**SIZES, "image": [4, 4]}),
    "images of words": page(sizes={**SIZES, "image": ["4", "4", "1"]}),
    "images of lists": page(sizes={**SIZES, "image": [[4], [4], [1]]}),
    "images of 4.0": page(sizes={**SIZES, "image": [4.0, 4, 1]}),
    "images of true": page(sizes={**SIZES, "image": [True, True, True]}),
    "images of nothing": page(sizes={**SIZES, "image": []}), "sizes of nothing": page(sizes={}),
    "sizes in a list": page(sizes=[4, 4, 1]), "no sizes": page(sizes=...),
    "a million modalities": page(sizes={f"m{number}": [1] for number in range(100_000)}),
    "a modality that nobody knows": page(sizes={**SIZES, "taste": [3]}),
    "a modality less": page(told=OTHER, sizes={"image": [4, 4, 1]}),
    "words as numbers": words(1, 2, 3), "words twice": words("a", "a", "a"), "empty words": words("", "a", "b"),
    "words as null": page(vocabulary=None), "words as a string": page(vocabulary={"words": "abc", "max_words": 2}),
    "words of a megabyte": words("a", "b", "c" * 2**20), "a word of HTML less": words("a", "b"),
    "other words": words("a", "b", "c", "d"), "endless captions": words(*WORDS, max_words=10**9),
    "captions of 2.5 words": words(*WORDS, max_words=2.5), "captions of no words": words(*WORDS, max_words=None),
    "a million words": page(vocabulary={"words": [f"w{n}" for n in range(10**6)], "max_words": 2}),
    "no sha256": page(sha256=...), "sha256 of null": page(sha256=None), "sha256 of a number": page(sha256=7),
    "sha256 of other weights": page(sha256="0" * 64), "sha256 of a list": page(sha256=["0"] * 64),
    "a seed of infinity": page(seed=float("inf")), "a seed of NaN": page(seed=float("nan")),
    "a seed of -1": page(seed=-1), "a seed of 2**70": page(seed=2**70), "a seed of words": page(seed="seven"),
    "a seed of 1e999": page('{"format": 1, "seed": 1e999}'),
    "a seed of 5000 figures": page('{"seed": ' + "1" * 5000 + "}"),
    "steps of words": page(steps={"gan": "many"}), "steps in a list": page(steps=[1]),
    "steps of -1": page(steps={"gan": -1}),
    "networks of a module": page(networks="os.system"), "networks in a list": page(networks=[]),
    "format 2": page(format=2), "no format": page(format=...), "format true": page(format="1"),
    "100,000 brackets": page("[" * 100_000), "100,000 objects in objects": page('{"a":' * 100_000),
    "lists in lists, 4 MB of them": page("[" + ("[" * 50 + "]" * 50 + ",") * 41_000 + "[]]"),
    "objects in objects, 4 MB of them": page("[" + ('{"":' * 50 + "1" + "}" * 50 + ",") * 16_000 + "[]]"),
    "an empty page": page(""), "a page of null": page("null"), "a page of numbers": page("[1, 2]"),
    "a page of 100 MB": page(" " * 100 * 2**20), "a pickle as page": page("cos\nsystem\n(S'true'\ntR."),
    "weights of 3 GB, sparse": sparse,
    "weights in lzma": weights(dict, zipfile.ZIP_LZMA), "weights in bzip2": weights(dict, zipfile.ZIP_BZIP2),
    "weights in deflate64": weights(dict, after=lambda path: arrays.patched(path, 8, 9)),
    "weights encrypted": weights(dict, after=lambda path: arrays.patched(path, 6, 1)),
    "weights cut short": weights(dict, after=arrays.cut),
    "weights of NaN": as_numbers(lambda weight: weight * np.nan),
    "weights of infinity": as_numbers(lambda weight: weight + np.inf),
    "weights beyond float32": as_numbers(lambda weight: np.full(weight.shape, 1e300)),
    "weights of whole numbers": as_numbers(lambda weight: weight.astype(int)),
    "weights of complex numbers": as_numbers(lambda weight: weight.astype(complex)),
    "weights of words": as_numbers(lambda weight: weight.astype(str)),
    "a weight of 128 GB": first(arrays.header((2**20, 2**15), "<f4")),
    "a weight of 9000 minus signs": first(arrays.raw_header(f"{{'shape': ({'-' * 9000}1,)}}")),
    "a weight that is a pickle": first(arrays.npy(np.array([arrays.Trap()], object), allow_pickle=True)),
    "a weight that is none": first(b"words"), "a weight cut short": first(arrays.header((3, 3, 1, 32), "<f4")),
    "a weight more": weights(lambda held: held | {"x" * 60_000: held["embedders/image/0"]}),
    "a weight less": weights(lambda held: dict(list(held.items())[1:])), "no weights": weights(lambda held: {}),
    "a weight elsewhere": weights(lambda held: held | {"../../../tmp/evil": b"x"}),
    "a config of infinity": recipe('{"gan_rate": Infinity}'), "a config of 1e999": recipe('{"gan_rate": 1e999}'),
    "a config of 100,000 brackets": recipe("[" * 100_000), "a config in a list": recipe("[1]"),
    "a config of unknown names": recipe(json.dumps({"x" * 2**20: 1})),
    "a config in a config": recipe('{"config": [1]}'),
    "a config of words": recipe(json.dumps({"gan_rate": "x" * 2**20})),
    "a config of -1": recipe('{"gan_batch_size": -1}'),
    "a config of 100 MB": recipe(" " * 100 * 2**20),
}  # fmt: skip
