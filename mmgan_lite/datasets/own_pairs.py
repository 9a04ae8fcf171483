"""Your own data: pairs from an `.npz` file, from a folder of pictures and sounds, or from the table in it."""

import functools
import os.path
import re
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.datasets import archives, arrays, columns, folders, named_files, paths, pictures, recordings
from mmgan_lite.datasets.lazy import LazyColumn, column_of_files

_TABLES = (".csv", ".tsv", ".jsonl")
_LARGEST_LABEL = 2**30  # larger whole numbers are names, not indices
_MAX_STRINGS = 2**27  # characters of a column, each row as long as the longest
_WHOLE = re.compile(r"0|[1-9][0-9]*")  # 01 is a name: it is another class than 1


def load_pairs(
    path: str | Path,
    split: str | None = None,
    *,
    size: int | tuple[int, int] | None = None,
    encoding: str | None = None,
    lazy: bool = False,
) -> dict:
    """Read your own pairs of two modalities or more.

    Args:
        path: An `.npz` file without pickles, a folder, or the table in a folder.

            The file's keys: any two or more of `image` uint8 (n, h, w) or (n, h, w, c), `text` strings (n,), `speech`
            int16 (n, samples) with `sample_rate`; and, where known, `label` whole numbers or strings (n,), `split`,
            `speaker`.
            The folder's `metadata.csv` or `metadata.jsonl` has such columns: `image` and `speech` name files inside it,
            `text` holds captions. Hugging Face's names do too: `file_name`, `image_file_name`, `audio`, `caption`; and
            each split may have a folder and a table of its own. An empty cell: this row lacks that modality.
            Without a table, files lie in a folder for each class, whose name is their label and caption.
            A modality of your own has a key, or a column of files, of its name: finite numbers (n, …).
        split: "train", "valid" or "test" to take those rows only; None takes all. A row without a split is "train".
        size: Pixels to which all images are resized, a side or (height, width); needed where they differ. Pictures of
            another shape are stretched.
        encoding: Of a table without a byte order mark, such as "cp1252"; None is UTF-8.
        lazy: Leave the samples of a folder in their files until a batch needs them: for data larger than memory. Each
            such column is a `LazyColumn` in place of an array, which `as_dataset` and `train` take as well.

    Returns:
        A pairs dict of n rows, with what is there of: "image" float32 (n, h, w, c) and "speech" float32 (n, 32, 32) in
        [-1, 1], "text" str (n,), "label" int32 (n,), -1 where unknown, with "label_names" where labels are strings,
        "split" and "speaker" str (n,); and "present" {modality: bool (n,)}: an absent sample is empty, and must not be
        learnt from.

    Raises:
        ValueError: for a file that is damaged or lies about its size, fewer than two modalities, or an entry that does
            not fit; it names what to mend.
        FileNotFoundError: if the path, or a file that the table names, is not there.
    """
    with _naming(path):
        pairs = _pairs(Path(path), _height_width(size), encoding, lazy)
        return pairs if split is None else _only(pairs, split)


def readable_pairs(
    path: str | Path, *, size: int | tuple[int, int] | None = None, encoding: str | None = None
) -> tuple[dict, list[str]]:
    """As `load_pairs`, but samples that cannot be read are absent, and told: a list of sentences. For `check`."""
    unread: list[str] = []
    with _naming(path):
        return _pairs(Path(path), _height_width(size), encoding, lazy=False, unread=unread), unread


def _naming(path):
    """`paths.naming`, for a path that is one: an empty one would be the working folder."""
    if not str(path).strip():
        raise ValueError(f"name the file or folder of your data. Received: {str(path)!r}")
    return paths.naming(path)


def _pairs(path, height_width, encoding, lazy, unread=None):
    read = _read(path, height_width, encoding, lazy, unread)
    here = [name for name in modalities.known() if name in read]
    pairs: dict[str, Any] = {name: read[name][0] for name in here}
    for name, record in modalities.records_of(here).items():
        pairs[name] = _resized_all(record, pairs[name], height_width)
        record.check_shape(pairs[name].shape)
    pairs["present"] = {name: read[name][1] for name in here}
    pairs |= _facts(read)
    columns.check_counts({name: len(pairs[name]) for name in (*pairs["present"], *columns.FACTS) if name in pairs})
    return pairs


def _read(path, height_width, encoding, lazy, unread):
    if not os.path.exists(path):  # unlike `Path.exists`, it takes names of any length
        raise FileNotFoundError(f"no such file or folder. Received: {path}")
    if path.is_dir() or path.suffix.lower() in _TABLES:
        return _read_folder(folders.read_folder(path, encoding), height_width, lazy, unread)
    if not path.is_file():
        raise ValueError(f"a folder, a table or an .npz file is expected. Received: {path}, which is not a file")
    if lazy:
        raise ValueError(f"an .npz file is read at once; for lazy, give a folder of files. Received: {path}")
    return archives.read_archive(path, unread)


def _read_folder(listing, height_width, lazy, unread):
    """{modality: (samples, bool (n,) where they are there)} and {fact: cells} of a folder."""
    columns.check_enough(listing.cells, listing.left_out, listing.root)
    known = modalities.known()
    in_words = [name for name in listing.cells if name in columns.FACTS or known[name].in_words]
    strings = {name: _strings(name, listing.cells[name], listing.places) for name in in_words}  # before any file
    read: dict[str, Any] = {name: strings[name] for name in columns.FACTS if name in strings}
    for name, record in known.items():
        if name in strings:
            samples = record.from_arrays(name, strings)
            read[name] = samples, archives.present(samples)
        elif name in listing.cells:
            read[name] = _read_files(listing, record, height_width, lazy, unread)
    return read


def _read_files(listing, record, height_width, lazy, unread):
    """(samples, bool (n,) where they are there) of one modality; what is cut off long recordings is told."""
    cells, fit = listing.cells[record.name], functools.partial(_resized, record, height_width=height_width)
    found = named_files.find_files(listing.root, cells, listing.places, record.readers)
    if lazy:
        read = column_of_files(found, cells, readers=record.readers, fit=fit)
    else:
        read = named_files.read_files(found, cells, listing.places, readers=record.readers, fit=fit, unread=unread)
    if record.seconds is not None:
        recordings.tell_cuts(record.name, {cells[row]: record.seconds(path) for row, path in found.items()})
    return read


def _strings(name, cells, places):
    """Cells as an array, in which each takes as much room as the longest."""
    longest, place = max(zip(map(len, cells), places, strict=True))
    most = min(arrays.MAX_CHARACTERS, _MAX_STRINGS // len(cells))
    if longest > most:
        raise ValueError(
            f"{name} may have {most:,} characters in each of {len(cells):,} rows. Received: {longest:,} in {place}"
        )
    return np.array(cells)


# ---- sizes of images


def _height_width(size):
    """(height, width), or None."""
    if size is None:
        return None
    sides = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2 or not all(
        isinstance(side, int | np.integer) and pictures.SMALLEST <= side <= 4096 for side in sides
    ):
        raise ValueError(
            f"size must be a number of pixels, {pictures.SMALLEST} to 4096, or (height, width). Received: {size}"
        )
    return sides


def _resized_all(record, samples, height_width):
    if record.resize is None or height_width in (None, samples.shape[1:3]):
        return samples
    return np.stack([record.resize(sample, height_width) for sample in samples])


def _resized(record, sample, height_width):
    if record.resize is None or height_width in (None, sample.shape[:2]):
        return sample
    return record.resize(sample, height_width)


# ---- facts


def _facts(read):
    """What the columns other than the samples tell, checked."""
    facts: dict[str, Any] = {}
    if "label" in read:
        facts |= _labels(read["label"])
    if "split" in read:
        facts["split"] = _splits(read["split"])
    if "speaker" in read:
        facts["speaker"] = np.asarray(read["speaker"]).astype(str)
    return facts


def _labels(column):
    """{"label": int32 (n,)}, with {"label_names"} for strings; an empty string is unknown, -1."""
    column = np.asarray(column)
    if column.ndim != 1 or column.dtype.kind not in "iuU":
        raise ValueError(f"label must be whole numbers or strings, (n,). Received: {column.dtype} {column.shape}")
    if column.dtype.kind == "U":
        column = np.where(column == "-1", "", column)
        if all(_WHOLE.fullmatch(cell) and int(cell) < _LARGEST_LABEL for cell in column if cell):
            column = np.array([int(cell or -1) for cell in column])  # a table's cells are strings
        elif below := [str(cell) for cell in column if cell.startswith("-") and _WHOLE.fullmatch(cell[1:])]:
            raise ValueError(f"label must be from 0 (-1: unknown). Received: {columns.listed(below)}")
    elif column.size and column.min() < -1:
        raise ValueError(f"label must be from 0 (-1: unknown). Received: {column.min()} to {column.max()}")
    elif column.size and column.max() >= _LARGEST_LABEL:
        column = np.where(column == -1, "", column.astype(str))
    return _named(column) if column.dtype.kind == "U" else {"label": column.astype("int32")}


def _named(column):
    names = sorted(set(column) - {""})
    codes = {"": -1, **{name: code for code, name in enumerate(names)}}
    return {"label": np.array([codes[cell] for cell in column], "int32"), "label_names": tuple(map(str, names))}


def _splits(column):
    """The split of each row by our names; "" is "train"."""
    column = np.asarray(column)
    named = [columns.split_of(cell or "train") if isinstance(cell, str) else None for cell in column.ravel().tolist()]
    if column.ndim != 1 or None in named:
        allowed = f"split must be one of {', '.join(columns.SPLITS)} in each row"
        if column.ndim != 1:
            raise ValueError(f"{allowed}, (n,). Received: shape={column.shape}")
        row = named.index(None)
        raise ValueError(f"{allowed}. Received: {str(column[row])!r} in row {row}, counted from 0")
    return np.array(named, "<U5")


def _only(pairs, split):
    """The rows of one split."""
    wanted = columns.split_of(split)
    if wanted is None:
        raise ValueError(f"split must be one of {', '.join(columns.SPLITS)}. Received: split={split!r}")
    n = len(next(iter(pairs["present"].values())))
    rows = np.flatnonzero(pairs.get("split", np.full(n, "train")) == wanted)
    if not rows.size:
        raise ValueError(f"no row is in this split; name it in the column 'split'. Received: split={split!r}")
    arrays = {name: _rows(pairs[name], rows) for name in (*pairs["present"], *columns.FACTS) if name in pairs}
    return {**pairs, **arrays, "present": {name: here[rows] for name, here in pairs["present"].items()}}


def _rows(column, rows):
    return column.taken(rows) if isinstance(column, LazyColumn) else column[rows]
