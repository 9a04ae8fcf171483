"""Samples that stay in their files until a batch needs them: data larger than memory."""

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from mmgan_lite.datasets import pictures


class LazyColumn:
    """A column of a pairs dict whose rows are read when they are asked for; only the names of the files are held.

    Args:
        paths: A file for each row; "" for none.
        readers: {ending: a function of a path to one sample}.
        fit: Brings a sample to one size.

    Attributes:
        shape: (n, …), as of the array that all rows would make.
    """

    def __init__(
        self, paths: Sequence[str], readers: Mapping[str, Callable],
        fit: Callable[[NDArray], NDArray] = lambda sample: sample,
    ):  # fmt: skip
        self.paths, self.readers, self.fit = list(paths), readers, fit
        first = next(filter(None, self.paths))
        self._channels = 0  # as they come
        sample = self._read(first)
        self._channels = sample.shape[-1] if sample.ndim == 3 else 0
        self.shape = (len(self.paths), *sample.shape)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, rows: Any) -> NDArray[np.float32]:
        """One sample of a row number; or those of a slice, of row numbers, or of a bool for each row.

        Raises:
            ValueError: for a file that cannot be read, or a sample of another shape than the first.
        """
        numbers = np.arange(len(self))[rows]
        if numbers.ndim == 0:
            return self._sample(numbers)
        samples = [self._sample(number) for number in numbers]
        return np.stack(samples) if samples else np.empty((0, *self.shape[1:]), "float32")

    def taken(self, rows: Any) -> "LazyColumn":
        """The column of some rows (a slice, row numbers, or a bool for each row), none of them read."""
        column = object.__new__(LazyColumn)
        column.__dict__.update(self.__dict__, paths=[self.paths[number] for number in np.arange(len(self))[rows]])
        column.shape = (len(column.paths), *self.shape[1:])
        return column

    def fingerprint(self) -> bytes:
        """Of the files' names, without their folder, and sizes: what is in them is not read for it."""
        digest = hashlib.sha256()
        for path in self.paths:
            digest.update(f"{os.path.basename(path)} {os.path.getsize(path) if path else 0}\n".encode())
        return digest.digest()

    def _sample(self, row):
        sample = self._read(self.paths[row])
        if sample.shape != self.shape[1:]:
            remedy = "make all grey, or all coloured" if sample.shape[:-1] == self.shape[1:-1] else "give size="
            message = f"all must have the shape of the first, {self.shape[1:]}; {remedy}, or change the files"
            raise ValueError(f"{message}. Received: {sample.shape} in {self.paths[row]}")
        return sample

    def _read(self, path):
        try:
            sample = self.fit(self.readers[os.path.splitext(path)[1].lower()](Path(path)))
        except ValueError as error:
            raise ValueError(f"{path} cannot be read: {error}") from None
        grey = sample.ndim == 3 and sample.shape[-1] == 1
        return pictures.with_channels(sample, self._channels) if grey and self._channels == 3 else sample


def column_of_files(
    found: Mapping[int, Path], names: Sequence[str], *, readers: Mapping[str, Callable], fit: Callable
) -> tuple[LazyColumn, Any]:
    """As `named_files.read_files`, but only the first file is read."""
    paths = [str(found[row]) if name else "" for row, name in enumerate(names)]
    return LazyColumn(paths, readers, fit), np.array([bool(name) for name in names])


@contextlib.contextmanager
def unwrapped() -> Iterator[None]:
    """Let a ValueError that is raised while a batch is read come out as it is: TensorFlow wraps it, with a trace."""
    try:
        yield
    except tf.errors.OpError as error:
        found = re.search("^(?:ValueError|FileNotFoundError): (.*)$", str(error.message), re.MULTILINE)
        if not found:
            raise
        raise ValueError(found[1]) from None
