"""The files that a table names: found, read, and brought to one form, so that they stack into one array."""

import functools
import math
import os.path
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmgan_lite.datasets import columns, paths, pictures
from mmgan_lite.prompts import warn_caller

MAX_BYTES = 2**31  # of a folder's samples of one modality


def read_files(
    found: Mapping[int, Path], names: Sequence[str], places: Sequence[str], *, readers: Mapping[str, Callable],
    fit: Callable[[NDArray], NDArray] = lambda sample: sample, unread: list[str] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:  # fmt: skip
    """Samples of one modality.

    Args:
        found: As `find_files` returns it.
        names, places: As there.
        readers: {ending: a function of a path to one sample}.
        fit: Brings a sample to one size.
        unread: A list that a sentence on files that cannot be read is added to, in place of an error.

    Returns:
        float32 (n, …), -1 where no file is named, or none was read; and bool (n,), false there. Where some pictures are
        grey and others have colours, all have three channels.

    Raises:
        ValueError: if files cannot be read, or make no single shape. All that are at fault are counted, and the first
            five named; the cause is that of the first.
    """
    stack, failed, cause = _Stack(len(names)), {}, ""
    for row, path in found.items():
        try:
            sample = fit(readers[path.suffix.lower()](path))
        except (ValueError, OSError) as error:
            cause = cause or str(error).removesuffix(f". Received: {path.name}")
            failed[row] = f"{names[row]!r} in {places[row]}"
            continue
        if not failed or unread is not None:
            stack.add(row, sample, f"{names[row]!r} in {places[row]}")
    if failed:
        message, listed = f"{_files(len(failed))} cannot be read ({cause})", columns.listed([*failed.values()])
        if unread is None or len(failed) == len(found):
            raise ValueError(f"{message}. Received: {listed}")
        unread.append(f"{message}: {listed}")
    return stack.finished(), np.array([bool(name) and row not in failed for row, name in enumerate(names)])


def _files(count):
    return "a file" if count == 1 else f"{count} files"


# ---- found


def find_files(root: Path, names: Sequence[str], places: Sequence[str], endings: Mapping) -> dict[int, Path]:
    """{row: path} of the files that are named; each must exist, inside the folder, and end as it should.

    Args:
        root: The folder.
        names: A file for each of n rows, relative to the folder; "" for none.
        places: Where the rows stand, for messages.
        endings: Those that are read.

    Raises:
        ValueError: for a file that is none, lies elsewhere or ends otherwise.
        FileNotFoundError: if some are not there. They are counted, and the first five named.
    """
    entries = functools.cache(paths.entries_of)  # for this call alone: a folder changes
    found = {row: paths.with_accents_as_there(root / name, entries) for row, name in enumerate(names) if name}
    missing = [row for row, path in found.items() if not os.path.exists(path)]
    if missing:
        listed = columns.listed([f"{names[row]!r} in {places[row]}" for row in missing])
        message = "a file is named that is" if len(missing) == 1 else f"{len(missing)} files are named that are"
        raise FileNotFoundError(f"{message} not there. Received: {listed}")
    inside = root.resolve()
    for row, path in found.items():
        _check_file(inside, path, f"{names[row]!r} in {places[row]}", endings)
    return found


def _check_file(inside, path, told, endings):
    if not path.resolve().is_relative_to(inside):  # a link may lead out
        raise ValueError(f"files must lie inside the folder, links too. Received: {told}")
    if path.suffix.lower() not in endings:
        raise ValueError(f"a file that ends in {', '.join(endings)} is expected here. Received: {told}")
    if not path.is_file():
        raise ValueError(f"a picture, a sound or an array is a file. Received: {told}, which is not a file")


# ---- stacked


class _Stack:
    """An array that is filled row by row, so that no sample is held twice."""

    def __init__(self, count):
        self.count, self.samples, self.grey = count, np.empty((0,), "float32"), 0

    def add(self, row, sample, told):
        """Put a sample in its row; a grey picture among coloured ones gets three equal channels."""
        if not len(self.samples):
            self.samples = self._room(sample.shape)
        self.grey += _is_grey(sample)
        if _is_grey(self.samples[row]) and sample.shape == (*self.samples.shape[1:3], 3):
            self.samples = pictures.with_channels(self.samples, 3)
        if _is_grey(sample) and self.samples.shape[1:] == (*sample.shape[:2], 3):
            sample = pictures.with_channels(sample, 3)
        if sample.shape != self.samples.shape[1:]:
            size = f"one shape, {self.samples.shape[1:]}"
            if sample.ndim == 3:
                size = f"one size, (height, width, channels) {self.samples.shape[1:]}"
                size += "; read pictures with size=28 (--size 28), or resize them"
            raise ValueError(f"all must be of {size}. Received: {sample.shape} in {told}")
        self.samples[row] = sample

    def finished(self):
        """The array; that grey and coloured pictures are mixed is told."""
        if self.grey and self.samples.shape[-1] == 3:
            warn_caller(f"{self.grey} pictures are grey among coloured ones; all are read with three channels")
        return self.samples

    def _room(self, shape):
        if 4 * self.count * math.prod(shape) > MAX_BYTES:
            message = f"samples must stay below {MAX_BYTES / 1e9:.1f} GB; read pictures with a smaller size="
            raise ValueError(f"{message}, or resize them. Received: {self.count} of {shape}")
        return np.full((self.count, *shape), -1, "float32")  # -1: no ink, no sound


def _is_grey(sample):
    return sample.ndim == 3 and sample.shape[-1] == 1
