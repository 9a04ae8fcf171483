"""Arrays in files, `.npy` and `.npz`: each header is held to limits before an array is read, and nothing is unpickled.

A file of some kilobytes may declare terabytes, or hold gigabytes of zeros. So whatever reads arrays reads them here.
"""

import contextlib
import dataclasses
import io
import math
import struct
import sys
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from mmgan_lite.arguments import cut
from mmgan_lite.datasets import paths

MAX_FILE = 2**31  # bytes
MAX_BYTES = 2**31  # of a file's arrays together, a number counted as the float32 that it becomes
MAX_PROMPTS = 2**28  # the same, of a file that holds prompts, or one sample
MAX_ROWS = 2**20
MAX_CHARACTERS = 10_000  # of a string
MAX_GROWTH = 200  # times what it takes in the file
SMALL = 2**25  # bytes up to which any growth is right: pictures are often empty
_MAX_HEADER = 1000  # characters: NumPy writes 118
_MAX_DIRECTORY = 2**20  # bytes of an archive's list of members: that of ten thousand
_HEADERS = {
    (1, 0): (2, np.lib.format.read_array_header_1_0),
    (2, 0): (4, np.lib.format.read_array_header_2_0),
}
_UNPARSED = (ValueError, KeyError, TypeError, SyntaxError, MemoryError, RecursionError, tokenize.TokenError)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, RuntimeError)


@dataclasses.dataclass(frozen=True)
class Header:
    """What a file says of an array before the array: its shape and its type, which may be objects."""

    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def size(self) -> int:
        """Bytes in memory, a number counted as float32 at the least."""
        return math.prod(self.shape) * max(self.dtype.itemsize, 4)


class Archive:
    """The arrays of an open `.npz`, by name; see `open_archive`."""

    def __init__(self, archive: zipfile.ZipFile, name: str):
        self._archive, self._name = archive, name
        self._members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def header(self, key: str) -> Header:
        """The header of an array. ValueError if it is none, or declares more than the file holds."""
        info = self._members[key]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            message = "write the .npz with numpy.savez or numpy.savez_compressed, without a password"
            raise ValueError(f"{message}. Received: {cut(info.filename)} packed in another way, in {self._name}")
        with self._archive.open(info) as file:
            return _header(file, info.file_size, f"{cut(info.filename)} in {self._name}")

    def read(self, keys: Iterable[str], most: int | None = None) -> dict[str, np.ndarray]:
        """The arrays of these names. ValueError if they take more than `most` bytes (`MAX_BYTES`), or hold objects."""
        headers = {key: self.header(key) for key in keys}
        _check_size(headers, most or MAX_BYTES, self._name)
        self._check_growth(headers)
        return {key: self._read(key, header) for key, header in headers.items()}

    def _check_growth(self, keys):
        packed, size = (
            sum(getattr(self._members[key], f"{kind}_size") for key in keys) for kind in ("compress", "file")
        )
        if size > max(SMALL, MAX_GROWTH * packed):
            message = f"arrays may be packed into 1/{MAX_GROWTH} of their size, not into less"
            received = f"{size / 1e6:.0f} MB packed into {packed / 1e6:.1f} in {self._name}"
            raise ValueError(f"{message}. Received: {received}")

    def _read(self, key, header):
        _check_kind(header, f"{cut(key)} in {self._name}")
        with self._archive.open(self._members[key]) as file:
            return _checked(np.lib.format.read_array(file, allow_pickle=False), f"{cut(key)} in {self._name}")


@contextlib.contextmanager
def open_archive(source: str | Path | BinaryIO) -> Iterator[Archive]:
    """`with` this: an `.npz`, of which nothing is read yet but the names of its arrays.

    Args:
        source: A path, or an open binary file, which is left open.

    Raises:
        ValueError: here or while its arrays are read, for a file that is damaged or no `.npz`, or lies about its size.
        FileNotFoundError: if it is not there.
    """
    with paths.open_binary(source, MAX_FILE) as raw:
        file = _Sparing(raw)
        try:
            with zipfile.ZipFile(file) as archive:
                file.opened = True
                yield Archive(archive, paths.name_of(source))
        except _BROKEN as error:
            if "Received: " in str(error):
                raise
            message = f"an .npz file is expected; this is another file, or a damaged one ({cut(error)})"
            raise ValueError(f"{message}. Received: {paths.name_of(source)}") from None
        finally:
            file.detach()


def read_array(path: str | Path) -> np.ndarray:
    """The array of a `.npy` file.

    Raises:
        ValueError: if it is no `.npy`, holds objects, or lies about its size. FileNotFoundError: if it is not there.
    """
    with paths.open_binary(path, MAX_FILE) as file:
        size, name = Path(path).stat().st_size, paths.name_of(path)
        header = _header(file, size, name)
        _check_size({name: header}, MAX_PROMPTS, name)
        _check_kind(header, name)
        file.seek(0)
        return _checked(np.lib.format.read_array(file, allow_pickle=False), name)


class _Sparing(io.BufferedReader):
    """A file whose list of members, which `zipfile` reads at once, must be short."""

    opened = False

    def read(self, size=-1):
        if self.opened:
            return super().read(size)
        raw = super().read(_MAX_DIRECTORY + 1 if size is None or size < 0 else min(size, _MAX_DIRECTORY + 1))
        if len(raw) > _MAX_DIRECTORY:
            raise zipfile.BadZipFile("too many members")
        return raw


def _header(file: IO[bytes], size: int, told: str) -> Header:
    """The header of a .npy of `size` bytes."""
    try:
        width, parse = _HEADERS[np.lib.format.read_magic(file)]
        length = file.read(width)
        if int.from_bytes(length, "little") > _MAX_HEADER:
            raise ValueError
        text = file.read(int.from_bytes(length, "little"))
        shape, _, dtype = parse(io.BytesIO(length + text))
    except _UNPARSED:
        raise ValueError(f"write arrays with numpy.save or numpy.savez. Received: an unknown header, {told}") from None
    held = size - len(text) - 8 - width
    declared = 0 if dtype.hasobject else math.prod(shape) * dtype.itemsize  # a pickle is as long as it is
    if min(shape, default=0) < 0 or not dtype.itemsize or declared > max(held, 0):
        received = f"{told}, {cut(shape)} of {cut(dtype)}"
        raise ValueError(f"the file is damaged: it declares more than it holds. Received: {received}")
    return Header(shape, dtype)


def _check_size(headers, most, name):
    if sum(header.size for header in headers.values()) > most:
        message = f"the arrays must stay below {most / 1e9:.1f} GB together, four bytes a number"
        sizes = {cut(key): header.size for key, header in headers.items()}
        raise ValueError(f"{message}. Received: {cut(sizes)} bytes in {name}")


def _checked(array, told):
    """An array; strings of what are no letters, which Python itself stumbles over, are refused."""
    if array.dtype.kind == "U":
        codes = np.ascontiguousarray(array).view(f"{array.dtype.byteorder}u4")
        if (codes > sys.maxunicode).any() or ((codes >= 0xD800) & (codes < 0xE000)).any():
            raise ValueError(f"strings must be made of Unicode's letters. Received: others, {told}")
    return array


def _check_kind(header, told):
    shape, dtype = header.shape, header.dtype
    if dtype.kind not in "biufU":
        remedy = "write numbers or numpy str, of one shape, not Python objects"
        raise ValueError(f"{remedy}, by numpy.save or numpy.savez. Received: {cut(dtype)}, {told}")
    if shape and shape[0] > MAX_ROWS:
        raise ValueError(f"an array may have {MAX_ROWS:,} rows. Received: {shape[0]:,}, {told}")
    if dtype.kind == "U" and dtype.itemsize > 4 * MAX_CHARACTERS:
        received = f"{dtype.itemsize // 4:,}, {told}"
        raise ValueError(f"a string may have {MAX_CHARACTERS:,} characters. Received: {received}")
