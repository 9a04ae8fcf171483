"""Columns that stay in their files: the same batches as from memory, read only when they are needed."""

import csv

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import mmgan_lite as mm
from mmgan_lite.datasets import named_files
from mmgan_lite.datasets.lazy import LazyColumn, unwrapped
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.training import callbacks, plan, trainer
from mmgan_lite.training.config import Config

ROWS = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures of one grey level each, in two splits; the second is coloured and the last row has none."""
    place = tmp_path_factory.mktemp("many")
    with (place / "metadata.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "text", "label", "split"])
        for row in range(ROWS):
            name = f"{row}.png"
            Image.new("RGB" if row == 0 else "L", (6, 4), (9 * row, 1, 2) if row == 0 else 9 * row).save(place / name)
            writer.writerow([name if row < ROWS - 1 else "", f"picture {row}", row % 3, "test" if row > 19 else ""])
    return place


@pytest.fixture(scope="module")
def both(folder):
    with pytest.warns(UserWarning, match="pictures are grey"):
        in_memory = mm.load_pairs(folder, split="train")
    return in_memory, mm.load_pairs(folder, split="train", lazy=True)


def batches(pairs, **options):
    vocabulary = mm.MultimodalGAN.for_pairs(pairs).vocabulary
    return [*mm.as_dataset(pairs, 8, seed=3, vocabulary=vocabulary, **options).repeat(2).as_numpy_iterator()]


def same(a, b):
    tf.nest.map_structure(np.testing.assert_array_equal, a, b)


def test_a_lazy_column_has_what_the_array_has(both):
    array, column = (pairs["image"] for pairs in both)
    assert column.shape == array.shape == (20, 4, 6, 3) and len(column) == 20
    same(column[[3, 0, 3]], array[[3, 0, 3]])
    same(column[7], array[7])
    some = np.arange(20) % 3 == 1
    for rows in (some, slice(2, 9, 3), slice(None), -1, np.zeros(20, bool)):
        same(column[rows], array[rows])
    assert column.taken(some).paths == column.taken(np.flatnonzero(some)).paths == column.taken(slice(1, None, 3)).paths
    assert [pairs["label"].tolist() for pairs in both] == [[row % 3 for row in range(20)]] * 2


def test_batches_are_those_from_memory_epoch_by_epoch(both):
    in_memory, lazy = map(batches, both)
    assert len(lazy) == 4
    same(in_memory, lazy)
    assert not np.array_equal(lazy[0]["image"], lazy[2]["image"])  # shuffled anew


def test_a_resumed_training_goes_on_with_the_next_batch(both):
    same(batches(both[1], start=1)[:3], batches(both[1])[1:])


def test_only_what_a_batch_needs_is_read():
    asked, rows = [], 2000

    def reader(path):
        asked.append(path.name)
        return np.full((2, 2, 1), int(path.stem), "float32")

    column = LazyColumn([f"{row}.png" for row in range(rows)], {".png": reader})
    assert asked == ["0.png"]  # for the shape
    words = [f"a{row}" for row in range(rows)]
    dataset = mm.as_dataset({"image": column, "text": words}, 4, vocabulary=Vocabulary(words, 1))
    assert len(asked) == 2  # as_dataset asks one row for its shape
    next(iter(dataset))
    assert len(asked) < rows / 4  # a batch, and those that are made ready meanwhile


def test_the_rows_of_a_split_are_taken_unread(both):
    taken = both[1]["image"].taken([5, 2])
    assert taken.shape == (2, 4, 6, 3)
    same(taken[1], both[0]["image"][2])


def test_it_is_known_by_names_and_sizes(both, folder, tmp_path):
    column = both[1]["image"]
    assert column.taken(np.arange(20)).fingerprint() == column.fingerprint() != column.taken([1]).fingerprint()
    record = {"data": None}
    assert plan.fingerprint(both[1], record) == plan.fingerprint(mm.load_pairs(folder, "train", lazy=True), record)


def test_what_cannot_be_read_names_its_file(folder, tmp_path):
    paths = [tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png"]
    Image.new("L", (4, 4)).save(paths[0])
    Image.new("L", (5, 4)).save(paths[1])
    paths[2].write_bytes(b"no picture")
    readers = mm.modalities.IMAGE.readers
    column = LazyColumn([*map(str, paths)], readers)
    with pytest.raises(ValueError, match=r"shape of the first, \(4, 4, 1\); give size=.*\(4, 5, 1\) in .*b\.png"):
        column[[0, 1]]
    with pytest.raises(ValueError, match=r"c\.png cannot be read"):
        column[2]
    with pytest.raises(FileNotFoundError, match=r"not there.*'x\.png'"):
        named_files.find_files(tmp_path, ["x.png"], ["line 2"], readers)
    np.savez(tmp_path / "own.npz", text=np.array(["a"]))
    with pytest.raises(ValueError, match="for lazy, give a folder"):
        mm.load_pairs(tmp_path / "own.npz", lazy=True)


def test_a_training_reads_lazily_and_remembers_it(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(callbacks.SampleGrid, "draw", lambda self: None)
    tf.config.run_functions_eagerly(True)
    try:
        recipe = Config(embedder_batch_size=8, gan_batch_size=8)
        trainer.train(tmp_path / "run", folder, steps=(1, 1), config=recipe, lazy=True)
        monkeypatch.setattr(named_files, "read_files", None)  # in memory it must not be read now
        trainer.train(tmp_path / "run", resume=True, steps=(0, 1))
    finally:
        tf.config.run_functions_eagerly(False)
    with pytest.raises(ValueError, match=r"^\S*bad\.png cannot be read"), unwrapped():  # not TensorFlow's error
        (tmp_path / "bad.png").write_bytes(b"no picture")
        paths = [str(folder / "1.png"), *[str(tmp_path / "bad.png")] * 3]
        pairs = {"image": LazyColumn(paths, mm.modalities.IMAGE.readers), "text": ["a0", "a1", "a2", "a3"]}
        next(iter(mm.as_dataset(pairs, 4, vocabulary=Vocabulary([f"a{row}" for row in range(ROWS)], 1))))
    with pytest.raises(ValueError, match="leave size and encoding and lazy out"):
        trainer.train(tmp_path / "run", resume=True, lazy=True)


def test_colour_after_grey_is_told_as_that(tmp_path):
    for row, (mode, colour) in enumerate((("L", 90), ("RGB", (200, 1, 2)))):
        Image.new(mode, (6, 4), colour).save(tmp_path / f"{row}.png")
    column = LazyColumn([str(tmp_path / f"{row}.png") for row in range(2)], mm.modalities.IMAGE.readers)
    with pytest.raises(ValueError, match=r"make all grey, or all coloured.*Received: \(4, 6, 3\) in .*1\.png"):
        column[1]


def test_arrays_of_several_shapes_are_not_told_as_pictures(tmp_path):
    paths = {row: tmp_path / f"{row}.npy" for row in range(2)}
    for row, path in paths.items():
        np.save(path, np.zeros((40 - row, 2), "float32"))
    names = [path.name for path in paths.values()]
    with pytest.raises(ValueError, match=r"all must be of one shape, \(40, 2\)\. Received: \(39, 2\) in '1\.npy'"):
        named_files.read_files(paths, names, ["line 2", "line 3"], readers={".npy": np.load})
