"""Your own data: pairs from an `.npz` file, from a folder of pictures and sounds, or from the table in it."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.datasets import archives, columns, folders, named_files, pictures

_TABLES = (".csv", ".tsv", ".jsonl")
_LARGEST_LABEL = 2**30  # larger whole numbers are names, not indices
_SMALLEST = 2  # pixels of a side
_WHOLE = re.compile(r"0|[1-9][0-9]*")  # 01 is a name: it is another class than 1


def load_pairs(
    path: str | Path,
    split: str | None = None,
    *,
    size: int | tuple[int, int] | None = None,
    encoding: str | None = None,
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
    path = Path(path)
    height_width = _height_width(size)
    read = _read(path, height_width, encoding)
    here = [name for name in modalities.known() if name in read]
    pairs: dict[str, Any] = {name: read[name][0] for name in here}
    if "image" in pairs:
        pairs["image"] = _resized_all(pairs["image"], height_width)
        _check_images(pairs["image"])
    pairs["present"] = {name: read[name][1] for name in here}
    pairs |= _facts(read)
    _check_counts(pairs)
    return pairs if split is None else _only(pairs, split)


def _read(path, height_width, encoding):
    if not path.exists():
        raise FileNotFoundError(f"no such file or folder. Received: {path}")
    if path.is_dir() or path.suffix.lower() in _TABLES:
        return _read_folder(folders.read_folder(path, encoding), height_width)
    if not path.is_file():
        raise ValueError(f"a folder, a table or an .npz file is expected. Received: {path}, which is not a file")
    return archives.read_archive(path)


def _read_folder(listing, height_width):
    """{modality: (samples, bool (n,) where they are there)} and {fact: cells} of a folder."""
    columns.check_enough(listing.cells, listing.left_out, listing.root)
    read: dict[str, Any] = {name: np.array(listing.cells[name]) for name in columns.FACTS if name in listing.cells}
    for name, record in modalities.known().items():
        cells = listing.cells.get(name)
        if cells and record.in_words:
            samples = record.from_arrays(name, {name: np.array(cells)})
            read[name] = samples, archives.present(samples)
        elif cells:
            fit = (lambda sample: _resized(sample, height_width)) if name == "image" else (lambda sample: sample)
            read[name] = named_files.read_files(listing.root, cells, listing.places, record.readers, fit)
    return read


# ---- sizes of images


def _height_width(size):
    """(height, width), or None."""
    if size is None:
        return None
    sides = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2 or not all(isinstance(side, int | np.integer) and _SMALLEST <= side <= 4096 for side in sides):
        raise ValueError(f"size must be a number of pixels, {_SMALLEST} to 4096, or (height, width). Received: {size}")
    return sides


def _resized_all(images, height_width):
    if height_width is None or images.shape[1:3] == height_width:
        return images
    return np.stack([_resized(sample, height_width) for sample in images])


def _resized(sample, height_width):
    return sample if height_width in (None, sample.shape[:2]) else pictures.resize(sample, height_width)


def _check_images(images):
    _, height, width, channels = images.shape
    if channels not in (1, 3, 4):
        first = height in (1, 3, 4)
        told = (
            "channels last, please: np.moveaxis(image, 1, -1)"
            if first
            else "images have 1 or 3 channels, the last axis"
        )
        raise ValueError(f"{told}. Received: image of {height} x {width} pixels with {channels} channels")
    if min(height, width) < _SMALLEST:
        told = f"images must have at least {_SMALLEST} x {_SMALLEST} pixels"
        raise ValueError(f"{told}. Received: {height} x {width}")


# ---- facts


def _facts(read):
    """What the columns beside the samples tell, checked."""
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
        wrong = [str(cell) for cell, name in zip(column.ravel(), named, strict=True) if name is None]
        allowed = ", ".join(columns.SPLITS)
        raise ValueError(f"split must be one of {allowed}, (n,). Received: {wrong[:1] or column.shape}")
    return np.array(named, "<U5")


def _check_counts(pairs):
    counts = {name: len(pairs[name]) for name in (*pairs["present"], *columns.FACTS) if name in pairs}
    if len(set(counts.values())) > 1:
        raise ValueError(f"every column must have as many rows as the others. Received: {counts}")


def _only(pairs, split):
    """The rows of one split."""
    wanted = columns.split_of(split)
    if wanted is None:
        raise ValueError(f"split must be one of {', '.join(columns.SPLITS)}. Received: split={split!r}")
    n = len(next(iter(pairs["present"].values())))
    rows = np.flatnonzero(pairs.get("split", np.full(n, "train")) == wanted)
    if not rows.size:
        raise ValueError(f"no row is in this split; name it in the column 'split'. Received: split={split!r}")
    arrays = {name: pairs[name][rows] for name in (*pairs["present"], *columns.FACTS) if name in pairs}
    return {**pairs, **arrays, "present": {name: here[rows] for name, here in pairs["present"].items()}}
