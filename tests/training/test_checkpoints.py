"""A checkpoint is whole or it is not used; and nothing but the run's own files is ever opened."""

import json
import os
import zipfile

import numpy as np
import pytest

from mmgan_lite.training import checkpoints

RNG = np.random.default_rng(0)
STEPS = {"embedders": 3, "gan": 4}
RECORD = {"seed": 0, "data": None, "data_sha256": "00", "steps": STEPS, "planned": {"embedders": 3, "gan": 9}}
ARRAYS = {
    "embedders/image/0": RNG.normal(size=(5, 7)).astype("float32"),
    "training/0": np.array(12, "int32"),
    "training/1": np.array([3, 16], "uint32"),
}


def page(gan=4):
    return {"record": {**RECORD, "steps": {"embedders": 3, "gan": gan}}, "history": "a red ball 🔴"}


def write(folder, gan=4, arrays=ARRAYS):
    return checkpoints.write(folder, 3 + gan, page(gan), arrays)


def use(path):
    """All that is read of a checkpoint."""
    return checkpoints.read_page(path), checkpoints.read(path, ARRAYS)


def is_what_was_written(used):
    return used[0] == page() and all(np.array_equal(used[1][name], array) for name, array in ARRAYS.items())


def test_what_is_written_comes_back_and_numpy_reads_it_too(tmp_path):
    path = write(tmp_path)
    assert path == tmp_path / "checkpoint" / "step-000007.npz" and is_what_was_written(use(path))
    assert {array.dtype for array in use(path)[1].values()} == {array.dtype for array in ARRAYS.values()}
    with np.load(path, allow_pickle=False) as archive:
        assert np.array_equal(archive["embedders/image/0"], ARRAYS["embedders/image/0"])


def test_networks_whose_checkpoints_could_not_be_read_are_refused():
    small, large = np.zeros(3, "float32"), np.broadcast_to(np.float32(0), (2**17, 2**12))
    checkpoints.check_size({"a": small})
    with pytest.raises(ValueError, match=r"more than 2\.1 GB; read pictures with a smaller size=.*Received: 2\.1 GB"):
        checkpoints.check_size({"a": small, "b": large})


def test_any_flipped_byte_is_noticed_or_changes_nothing(tmp_path):
    path = write(tmp_path)
    raw, refused = path.read_bytes(), 0
    for where in range(len(raw)):
        damaged = bytearray(raw)
        damaged[where] ^= 1 << (where % 8)
        path.write_bytes(damaged)
        try:
            assert is_what_was_written(checkpoints.newest(tmp_path, use))
        except ValueError as error:
            assert "no checkpoint that can be used" in str(error)
            refused += 1
    assert refused > 0.8 * len(raw)


def test_a_file_that_is_cut_short_is_refused_wherever(tmp_path):
    path = write(tmp_path)
    raw = path.read_bytes()
    for length in range(0, len(raw), 13):
        path.write_bytes(raw[:length])
        with pytest.raises(ValueError, match="no checkpoint that can be used"):
            checkpoints.newest(tmp_path, use)


def rewritten(path, members, **options):
    """The same entries, but for these."""
    with zipfile.ZipFile(path) as file:
        held = {name: file.read(name) for name in file.namelist()} | members
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, raw in held.items():
            if raw is not None:
                file.writestr(name, raw)


def elsewhere(path):
    """The file is there, but only a link lies in its place."""
    outside = path.parent.parent.parent / "outside.npz"
    path.rename(outside)
    path.symlink_to(outside)


def pages(**changes):
    return {"page.json": json.dumps({**page(), "record": {**RECORD, **changes}})}


BAD = {
    "a link that leads elsewhere": elsewhere,
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "no archive": lambda path: path.write_bytes(b"words"),
    "compressed": lambda path: rewritten(path, {}, compression=zipfile.ZIP_DEFLATED),
    "no page": lambda path: rewritten(path, {"page.json": None}),
    "a page of another kind": lambda path: rewritten(path, {"page.json": "[]"}),
    "a page that is nested too deep": lambda path: rewritten(path, {"page.json": "[" * 100_000}),
    "an array is missing": lambda path: rewritten(path, {"training/0.npy": None}),
    "no array": lambda path: rewritten(path, {"training/0.npy": b"words"}),
    "too long an array": lambda path: rewritten(path, {"training/0.npy": bytes(10_000)}),
    "another step": lambda path: path.rename(path.with_name("step-000009.npz")),
    "steps that are no numbers": lambda path: rewritten(path, pages(steps={"embedders": "3", "gan": 4})),
    "steps of other stages": lambda path: rewritten(path, pages(steps={**STEPS, "more": 0})),
    "an endless plan": lambda path: rewritten(path, pages(planned={"minutes": float("inf")})),
    "an impossible seed": lambda path: rewritten(path, pages(seed=-1)),
    "no seed": lambda path: rewritten(path, {"page.json": json.dumps({"record": {"steps": STEPS}})}),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_checkpoint_of_this_run_is_skipped_and_that_is_told(kind, tmp_path):
    folder = tmp_path / "run"
    older = write(folder, gan=3)
    BAD[kind](write(folder))
    with pytest.warns(UserWarning, match=r"damaged, so an older checkpoint is used, step-000006\.npz: step-00000\d"):
        assert checkpoints.newest(folder, lambda path: (use(path), path)[1]) == older


@pytest.mark.parametrize("other", ["float64", "int32"])
def test_arrays_of_another_kind_are_refused(other, tmp_path):
    path = write(tmp_path)
    with pytest.raises(ValueError, match="embedders/image/0 is not"):
        checkpoints.read(path, {"embedders/image/0": ARRAYS["embedders/image/0"].astype(other)})


def test_neither_nan_nor_infinity_is_kept_or_read(tmp_path):
    for value in (np.nan, np.inf):
        with pytest.raises(ValueError, match=r"weights must be finite\. Received: 1 that are not, in w"):
            write(tmp_path, arrays={"w": np.array([0, value], "float32")})
    assert not checkpoints.paths(tmp_path)
    path = write(tmp_path, arrays={"w": np.array([1, 2], "float32")})
    with zipfile.ZipFile(path) as file:
        array = file.read("w.npy").replace(np.float32(2).tobytes(), np.float32(np.nan).tobytes())
    rewritten(path, {"w.npy": array})
    with pytest.raises(ValueError, match="w is not finite"):
        checkpoints.read(path, {"w": np.zeros(2, "float32")})


def test_checkpoints_that_lie_in_another_folder_are_left_alone(tmp_path):
    other = write(tmp_path / "other")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "checkpoint").symlink_to(other.parent)
    assert not checkpoints.paths(tmp_path / "run")
    checkpoints.prune(tmp_path / "run", [])
    assert other.exists()


def test_only_what_is_to_be_kept_stays(tmp_path):
    three = [write(tmp_path, gan) for gan in (1, 2, 3)]
    (tmp_path / "checkpoint" / "notes.txt").touch()
    checkpoints.prune(tmp_path, three[1:])
    assert checkpoints.paths(tmp_path) == three[:0:-1]
    assert (tmp_path / "checkpoint" / "notes.txt").exists()


def test_names_are_read_as_they_are_and_not_as_patterns(tmp_path):
    write(tmp_path / "run[1]*?")
    assert is_what_was_written(checkpoints.newest(tmp_path / "run[1]*?", use))
