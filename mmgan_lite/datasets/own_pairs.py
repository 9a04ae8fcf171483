"""Your own data: pairs from an `.npz` file, or from a folder of pictures and sounds with a `metadata.csv`."""

import csv
import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mmgan_lite import modalities
from mmgan_lite.prompts import warn_caller

SPLITS = ("train", "valid", "test")
MAX_BYTES = 2**31  # of an archive's arrays together, or of a folder's samples of one modality


def load_pairs(path: str | Path, split: str | None = None) -> dict:
    """Read your own pairs of two modalities or more.

    Args:
        path: An `.npz` file without pickles, or a folder that holds a `metadata.csv`.

            The file's keys: any two or more of `image` uint8 (n, h, w) or (n, h, w, c), `text` strings (n,), `speech`
            int16 (n, samples) with `sample_rate`; and, where known, `label` whole numbers or strings (n,), `split`.
            The folder's columns: `image` and `speech` name files inside it (PNG, JPEG; WAV), `text` holds captions,
            beside `label` and `split`. An empty cell: this row lacks that modality.
            A modality of your own has a key, or a column of files, of its name: finite numbers (n, …).
        split: "train", "valid" or "test" to take those rows only; None takes all. A row without a split is "train".

    Returns:
        A pairs dict of n rows, with what is there of: "image" float32 (n, h, w, c) and "speech" float32 (n, 32, 32) in
        [-1, 1], "text" str (n,), "label" int32 (n,), -1 where unknown, with "label_names" where labels are strings,
        "split" str (n,); and "present" {modality: bool (n,)}: an absent sample is empty, and must not be learnt from.

    Raises:
        ValueError: for a file that is damaged or lies about its size, fewer than two modalities, or an entry that does
            not fit; it names what to mend.
        FileNotFoundError: if the path, or a file that the table names, is not there.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"no such file or folder. Received: {path}")
    columns = _read_folder(path) if path.is_dir() else _read_archive(path)
    pairs: dict[str, Any] = {"present": {}}
    for name in _names(columns):
        pairs[name], pairs["present"][name] = columns[name]
    if len(pairs["present"]) < 2:
        found = ", ".join(pairs["present"]) or "none"
        raise ValueError(f"two or more of {', '.join(modalities.known())} are needed. Received: {found} in {path}")
    if "label" in columns:
        pairs |= _labels(columns["label"])
    if "split" in columns:
        pairs["split"] = _splits(columns["split"])
    _check_counts(pairs)
    return pairs if split is None else _only(pairs, split)


def _names(columns):
    """The modalities among the columns, in the order in which models keep them."""
    return [name for name in modalities.known() if name in columns]


def _check_counts(pairs):
    counts = {name: len(pairs[name]) for name in (*pairs["present"], "label", "split") if name in pairs}
    if len(set(counts.values())) > 1:
        raise ValueError(f"every column must have as many rows as the others. Received: {counts}")


def _labels(column):
    """{"label": int32 (n,)}, with {"label_names"} for strings; an empty string is unknown, -1."""
    column = np.asarray(column)
    if column.ndim != 1 or column.dtype.kind not in "iuU":
        raise ValueError(f"label must be whole numbers or strings, (n,). Received: {column.dtype} {column.shape}")
    if column.dtype.kind == "U" and all(cell.isdecimal() for cell in column if cell):
        column = np.array([int(cell) if cell else -1 for cell in column])  # a table's cells are strings
    if column.dtype.kind == "U":
        names = sorted(set(column) - {""})
        codes = {"": -1, **{name: code for code, name in enumerate(names)}}
        return {"label": np.array([codes[cell] for cell in column], "int32"), "label_names": tuple(map(str, names))}
    if column.size and not -1 <= column.min() <= column.max() < 2**30:
        raise ValueError(f"label must be from 0 (-1: unknown). Received: {column.min()} to {column.max()}")
    return {"label": column.astype("int32")}


def _splits(column):
    column = np.asarray(column)
    column = np.where(column == "", "train", column) if column.dtype.kind == "U" else column
    if column.ndim != 1 or not np.isin(column, SPLITS).all():
        wrong = [str(cell) for cell in column.ravel() if cell not in SPLITS]
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, (n,). Received: {wrong[:1] or column.shape}")
    return column


def _only(pairs, split):
    """The rows of one split."""
    n = len(next(iter(pairs["present"].values())))
    rows = np.flatnonzero(pairs.get("split", np.full(n, "train")) == split)
    if not rows.size:
        raise ValueError(f"no row is in this split; name it in the column 'split'. Received: split={split!r}")
    arrays = {name: pairs[name][rows] for name in (*pairs["present"], "label", "split") if name in pairs}
    return {**pairs, **arrays, "present": {name: here[rows] for name, here in pairs["present"].items()}}


# An archive


def _read_archive(path):
    """{name: column} of an .npz; a modality comes with the rows in which it is there."""
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = _read_members(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"an .npz is due; this file is another one, or damaged ({error}). Received: {path}") from None
    columns = {name: arrays[name] for name in ("label", "split") if name in arrays}
    for name in _names(arrays):
        samples = modalities.known()[name].from_arrays(name, arrays)
        columns[name] = samples, _there(samples)
    return columns


def _there(samples):
    """bool (n,): every sample, but for a caption that is empty."""
    if samples.dtype.kind != "U":
        return np.ones(len(samples), bool)
    return np.strings.str_len(np.strings.strip(samples)) > 0


def _read_members(archive):
    """{name: array} of the keys that we know; each array's declared size is checked before anything is read."""
    sizes = {}
    known = {f"{name}.npy": name for name in (*modalities.known(), "label", "split", "sample_rate")}
    _warn_of_others(set(archive.namelist()) - set(known))
    for info in archive.infolist():
        if info.filename in known:
            with archive.open(info) as file:
                sizes[known[info.filename]] = _declared_bytes(file, info)
    if sum(sizes.values()) > MAX_BYTES:
        raise ValueError(f"the arrays must stay below {MAX_BYTES / 1e9:.1f} GB together. Received: {sizes} bytes")
    arrays = {}
    for name in sizes:
        with archive.open(f"{name}.npy") as file:
            arrays[name] = np.lib.format.read_array(file, allow_pickle=False)
    return arrays


def _warn_of_others(names):
    if names:
        told = f"left out: {', '.join(sorted(names))}; a modality of your own needs modalities.register first"
        warn_caller(told)


def _declared_bytes(file, info):
    """What the header of a .npy says that its array takes; a header that lies is refused, and so are objects."""
    try:
        shape, _, dtype = _HEADERS[np.lib.format.read_magic(file)](file)
    except (ValueError, KeyError):
        raise ValueError(f"write the .npz with numpy.savez. Received: {info.filename} with an unknown header") from None
    if dtype.hasobject:
        raise ValueError(f"write strings as numpy str, not as objects. Received: {info.filename} with dtype=object")
    declared = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or declared > info.file_size - file.tell():
        raise ValueError(f"the file is damaged: it declares more than it holds. Received: {info.filename} {shape}")
    return declared


_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


# A folder


def _read_folder(folder):
    """{name: column} of a folder; a modality comes with the rows in which it is there."""
    table = _read_table(folder / "metadata.csv")
    columns: dict[str, Any] = {name: table[name] for name in ("label", "split") if name in table}
    for name in _names(table):
        record = modalities.known()[name]
        if record.in_words:
            samples = record.from_arrays(name, {name: np.array(table[name])})
            columns[name] = samples, _there(samples)
        else:
            columns[name] = _read_files(folder, table[name], record.readers)
    return columns


def _read_table(path):
    """{column: list of cells} of a CSV file in UTF-8; a column without any entry is left out."""
    if not path.exists():
        wanted = ", ".join((*modalities.known(), "label", "split"))
        raise FileNotFoundError(f"the folder needs a metadata.csv with columns among {wanted}. Received: {path}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # -sig: spreadsheets write a mark at the start
            reader = csv.DictReader(file, restval="")
            rows, names = list(reader), reader.fieldnames or ()
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"metadata.csv must be a table in UTF-8 ({error}). Received: {path}") from None
    if any(None in row for row in rows):
        raise ValueError(f'a row has more cells than the first line; "quote" text with commas. Received: {path}')
    columns = {name.strip(): [row[name].strip() for row in rows] for name in names}
    return {name: cells for name, cells in columns.items() if any(cells)}


def _read_files(folder, names, readers):
    """Samples float32 (n, …) of the named files, all of one shape; and bool (n,), false where no file is named."""
    samples = None
    for row, name in enumerate(names):
        if name:
            sample = _read_file(_inside(folder, name, readers), name, readers)
            samples = _room(len(names), sample.shape) if samples is None else samples
            if sample.shape != samples.shape[1:]:
                sizes = f"{samples.shape[1:]}; resize it. Received: {sample.shape} in {name!r}"
                raise ValueError(f"all must be of one size, (height, width, channels) {sizes}")
            samples[row] = sample
    return samples, np.array([bool(name) for name in names])


def _read_file(path, name, readers):
    try:
        return readers[path.suffix.lower()](path)
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:  # Pillow has many ways to say no
        raise ValueError(f"a file cannot be read ({error}). Received: {name!r}") from None


def _room(count, shape):
    if 4 * count * math.prod(shape) > MAX_BYTES:
        raise ValueError(f"samples must stay below {MAX_BYTES / 1e9:.1f} GB; resize them. Received: {count} of {shape}")
    return np.full((count, *shape), -1, "float32")  # -1: no ink, no sound


def _inside(folder, name, endings):
    """The path of a file that the table names: it must exist, inside the folder, and be of a kind that we read."""
    path = folder / name
    leaves = Path(name).is_absolute() or ".." in Path(name).parts
    if leaves or not path.resolve().is_relative_to(folder.resolve()):  # a link may lead out too
        raise ValueError(f"files must lie inside the folder; name them relative to it. Received: {name!r}")
    if path.suffix.lower() not in endings:
        raise ValueError(f"a file that ends in {', '.join(endings)} is due here. Received: {name!r}")
    if not path.is_file():
        raise FileNotFoundError(f"metadata.csv names a file that is not there. Received: {name!r}")
    return path
