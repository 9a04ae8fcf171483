"""An archive of arrays, `.npz`: checked before it is read, so that no file can lie about its size or run code."""

import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.datasets import columns

MAX_BYTES = 2**31  # of the arrays together
_EXTRA = ("sample_rate",)
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_archive(path: str | Path) -> dict[str, Any]:
    """Read the columns of an `.npz` without pickles.

    Args:
        path: The file, as `numpy.savez` writes it.

    Returns:
        {modality: (samples (n, …), bool (n,) where they are there)}, and what there is of {"label", "split", "speaker":
        array (n,)}.

    Raises:
        ValueError: for a file that is damaged or lies about its size, keys that seem misspelt, fewer than two
            modalities, or an array that does not fit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = _read_members(archive, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        told = "an .npz file or a folder is expected; this is another file, or a damaged one"
        raise ValueError(f"{told} ({error}). Received: {path}") from None
    read: dict[str, Any] = {name: arrays[name] for name in columns.FACTS if name in arrays}
    for name, record in modalities.known().items():
        if name in arrays:
            samples = record.from_arrays(name, arrays)
            read[name] = samples, present(samples)
    return read


def present(samples: np.ndarray) -> np.ndarray:
    """bool (n,): every sample, but for a caption that is empty."""
    if samples.dtype.kind != "U":
        return np.ones(len(samples), bool)
    return np.strings.str_len(np.strings.strip(samples)) > 0


def _read_members(archive, path):
    """{our name: array} of the keys that we know; each array's declared size is checked before anything is read."""
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    known, others = columns.resolve(members, _EXTRA, path)
    columns.tell_left_out(others)
    sizes = {}
    for name, key in known.items():
        with archive.open(members[key]) as file:
            sizes[name] = _declared_bytes(file, members[key], name)
    if sum(sizes.values()) > MAX_BYTES:
        raise ValueError(f"the arrays must stay below {MAX_BYTES / 1e9:.1f} GB together. Received: {sizes} bytes")
    columns.check_enough(known, others, path)
    return {name: _read_array(archive, members[key]) for name, key in known.items()}


def _read_array(archive, info):
    with archive.open(info) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _declared_bytes(file, info, name):
    """What the header of a .npy says that its array takes; a header that lies is refused, and so are objects."""
    try:
        shape, _, dtype = _HEADERS[np.lib.format.read_magic(file)](file)
    except (ValueError, KeyError):
        raise ValueError(f"write the .npz with numpy.savez. Received: {info.filename} with an unknown header") from None
    if dtype.hasobject:
        words = name in columns.FACTS or getattr(modalities.known().get(name), "in_words", False)
        remedy = "write strings as numpy str" if words else "make all samples of one shape (pad sounds, resize images)"
        raise ValueError(f"{remedy}, not as objects. Received: {info.filename} with dtype=object")
    declared = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or declared > info.file_size - file.tell():
        raise ValueError(f"the file is damaged: it declares more than it holds. Received: {info.filename} {shape}")
    return declared
