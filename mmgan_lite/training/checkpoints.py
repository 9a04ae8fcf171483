"""Checkpoints of a run: a file each, with all that going on needs; the newest that is whole is the one that counts.

checkpoint/step-000120.npz    a page in JSON, and every variable; named after the steps of both stages together

Nothing outside the run's folder is opened, nothing is unpickled, and a checksum covers every byte that is used. No size
or shape is taken from the file: what does not begin as the expected array does is damaged.
"""

import io
import json
import math
import os.path
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mmgan_lite import files
from mmgan_lite.datasets.arrays import MAX_FILE
from mmgan_lite.prompts import warn_caller
from mmgan_lite.training import plan

FOLDER = "checkpoint"
KEPT = 2  # whole ones: should the newest be damaged, there is another
_NAME = re.compile(r"step-(\d+)\.npz")
_PAGE, _MAX_PAGE = "page.json", 6 * 2**20  # bytes; the history is most of it
_MAX_ARRAYS = MAX_FILE - _MAX_PAGE - 2**20  # bytes; the rest is for the page, and what stands around the arrays
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, RuntimeError, zipfile.BadZipFile)
T = TypeVar("T")


def paths(folder: Path) -> list[Path]:
    """The run's checkpoints, the newest first; none where the folder of the checkpoints lies elsewhere."""
    place = folder / FOLDER
    if os.path.islink(place) or not os.path.isdir(place):  # unlike those of `Path`, they take names of any length
        return []
    found = [(int(match[1]), path) for path in place.iterdir() if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def step_of(path: Path) -> int:
    """The steps of both stages that a checkpoint's name tells."""
    return int(_NAME.fullmatch(path.name)[1])  # type: ignore[index]


def check_size(variables: Mapping[str, Any]) -> None:
    """Raise a ValueError for variables, {name: anything with a shape and a dtype}, whose file would be too large."""
    needed = sum(math.prod(one.shape) * np.dtype(one.dtype).itemsize for one in variables.values())
    if needed > _MAX_ARRAYS:
        remedy = "read pictures with a smaller size= (--size 64), or build smaller networks"
        message = f"a checkpoint of these networks would take more than {_MAX_ARRAYS / 1e9:.1f} GB; {remedy}"
        raise ValueError(f"{message}. Received: {needed / 1e9:.1f} GB")


def write(folder: Path, step: int, page: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Path:
    """Write a checkpoint; whoever looks sees it whole or not at all.

    Raises:
        ValueError: for arrays that hold NaN or infinity, from which nobody could go on.
    """
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"weights must be finite. Received: {np.sum(~np.isfinite(array))} that are not, in {name}")
    path = folder / FOLDER / f"step-{step:06d}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():  # what it leads to is somebody else's
        path.unlink()
    files.write_whole(path, lambda file: _fill(file, page, arrays))
    return path


def _fill(file, page, arrays):
    """An .npz as NumPy reads it, with the page next to the arrays."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_PAGE, json.dumps(page, ensure_ascii=False))
        for name, array in arrays.items():
            archive.writestr(f"{name}.npy", _header(array.shape, array.dtype) + array.tobytes())


def prune(folder: Path, keep: list[Path]) -> None:
    """Remove the checkpoints that are not to be kept."""
    for path in paths(folder):
        if path not in keep:
            path.unlink(missing_ok=True)


def newest(folder: Path, use: Callable[[Path], T], tell: bool = True) -> T:
    """What `use` makes of the newest checkpoint; of an older one, where it cannot use that. What it skips it can tell.

    Raises:
        ValueError: if it can use none.
    """
    skipped: list[str] = []
    for path in paths(folder):
        try:
            used = use(path)
        except _DAMAGE as error:
            skipped.append(f"{path.name} ({error})")
            continue
        if skipped and tell:
            warn_caller(f"damaged, so an older checkpoint is used, {path.name}: {', '.join(skipped)}")
        return used
    message = f"no checkpoint that can be used{': ' + ', '.join(skipped) if skipped else ''}"
    raise ValueError(f"{message}; train anew. Received: {folder}")


def read_page(path: Path) -> dict[str, Any]:
    """The page of a checkpoint. Like `read`, it raises many kinds of errors for a damaged file; see `newest`."""
    with _opened(path) as archive:
        page = files.parse_json(_member(archive, _PAGE, _MAX_PAGE).decode())
    plan.check_record(page["record"])
    if sum(page["record"]["steps"].values()) != step_of(path):
        raise ValueError("its name tells other steps than it holds")
    return page


def read(path: Path, expected: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint.

    Args:
        path: The file.
        expected: {name: anything with the shape and the dtype that the array must have}; others are left alone.
    """
    with _opened(path) as archive:
        return {name: _array(archive, name, tuple(like.shape), np.dtype(like.dtype)) for name, like in expected.items()}


def _opened(path):
    if path.is_symlink() or not path.is_file():
        raise ValueError("not a file of this folder")
    archive = zipfile.ZipFile(path)
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in archive.infolist()):
        archive.close()
        raise ValueError("compressed or encrypted, which no checkpoint is")
    return archive


def _array(archive, name, shape, dtype):
    header = _header(shape, dtype)
    raw = _member(archive, f"{name}.npy", len(header) + math.prod(shape) * dtype.itemsize)
    if not raw.startswith(header):
        raise ValueError(f"{name} is not {dtype} {shape}")
    array = np.frombuffer(raw, dtype, offset=len(header)).reshape(shape)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} is not finite")
    return array


def _member(archive, name, limit):
    """The bytes of one entry, all of them: the checksum is held against the whole."""
    entry = archive.getinfo(name)
    if entry.file_size > limit:
        raise ValueError(f"{name} is too long")
    return archive.read(entry)


def _header(shape, dtype):
    """What NumPy writes before the numbers of such an array."""
    file = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue()
