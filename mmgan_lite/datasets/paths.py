"""Files that people name: found whichever way accents are written, and never anything but a file of a stated size."""

import contextlib
import os.path
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from mmgan_lite.arguments import cut

MESSAGE = 1000  # characters of what is told of a file


def find_file(path: str | Path) -> Path:
    """The file of this name. Accents may be one character with their letter or two: macOS and Linux differ in that.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is a folder, or a pipe or device, which could keep a reader waiting for ever.
    """
    found = with_accents_as_there(Path(path))
    if not os.path.exists(found):
        raise FileNotFoundError(f"no such file. Received: {cut(path)}")
    if not found.is_file():
        kind = "a folder" if found.is_dir() else "not a file"
        raise ValueError(f"name a file; this is {kind}. Received: {cut(path)}")
    return found


def with_accents_as_there(path: Path, entries: Callable[[Path], dict[str, Path]] | None = None) -> Path:
    """A path, in whichever of the two ways its accents are written on the disk; itself where nothing is there.

    Args:
        path: Of a file that a person or a table names.
        entries: `entries_of`, or the same with a cache, for who asks many times of one folder.
    """
    if os.path.exists(path) or str(path).isascii():  # unlike `Path.exists`, it takes names of any length
        return path
    folder = with_accents_as_there(path.parent, entries)
    return (entries or entries_of)(folder).get(_composed(path.name), folder / path.name)


def entries_of(folder: Path) -> dict[str, Path]:
    """{name, accents composed: path} of what a folder holds; nothing, if it is none."""
    return {_composed(path.name): path for path in folder.iterdir()} if folder.is_dir() else {}


def _composed(name):
    return unicodedata.normalize("NFC", name)


def open_binary(source: str | Path | BinaryIO, most: int) -> contextlib.AbstractContextManager[Any]:
    """`with` this: a file opened by its name, as `find_file` finds it; one that is open already is left open.

    Args:
        source: A path, or an open binary file.
        most: Bytes that the file may have.

    Raises:
        FileNotFoundError, ValueError: as `find_file`; and a ValueError for a larger file.
    """
    if not isinstance(source, str | Path):
        return contextlib.nullcontext(source)
    found = find_file(source)
    if found.stat().st_size > most:
        message = f"this kind of file must stay below {most / 1e6:.1f} MB"
        raise ValueError(f"{message}. Received: {found.stat().st_size / 1e6:.1f} MB, {cut(source)}")
    return open(found, "rb")


def read_bytes(path: str | Path, most: int) -> bytes:
    """The bytes of a file. Args and errors: as `open_binary`."""
    with open_binary(path, most) as file:
        return file.read(most)


@contextlib.contextmanager
def naming(source: str | Path | BinaryIO) -> Iterator[None]:
    """`with` this: whatever is told of a file tells its name, and in a sentence of bearable length."""
    try:
        yield
    except (ValueError, FileNotFoundError) as error:
        told, name = cut(error, MESSAGE), name_of(source)
        kind = FileNotFoundError if isinstance(error, FileNotFoundError) else ValueError
        raise kind(told if name in told else f"{told}, in {name}") from None


def name_of(source: str | Path | BinaryIO) -> str:
    """What to call a file in a message: the last part of its path, if it has one."""
    path = source if isinstance(source, str | Path) else getattr(source, "name", "an open file")
    return cut(Path(str(path)).name)
