"""Files that people name: found whichever way accents are written, and never anything but a file."""

import contextlib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO


def find_file(path: str | Path) -> Path:
    """The file of this name. Accents may be one character with their letter or two: macOS and Linux differ in that.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is a folder, or a pipe or device, which could keep a reader waiting for ever.
    """
    found = with_accents_as_there(Path(path))
    if not found.exists():
        raise FileNotFoundError(f"no such file. Received: {path}")
    if not found.is_file():
        raise ValueError(f"name a file; this is {'a folder' if found.is_dir() else 'not a file'}. Received: {path}")
    return found


def with_accents_as_there(path: Path, entries: Callable[[Path], dict[str, Path]] | None = None) -> Path:
    """A path, in whichever of the two ways its accents are written on the disk; itself where nothing is there.

    Args:
        path: Of a file that a person or a table names.
        entries: `entries_of`, or the same with a cache, for who asks many times of one folder.
    """
    if path.exists() or str(path).isascii():
        return path
    folder = with_accents_as_there(path.parent, entries)
    return (entries or entries_of)(folder).get(_composed(path.name), folder / path.name)


def entries_of(folder: Path) -> dict[str, Path]:
    """{name, accents composed: path} of what a folder holds; nothing, if it is none."""
    return {_composed(path.name): path for path in folder.iterdir()} if folder.is_dir() else {}


def _composed(name):
    return unicodedata.normalize("NFC", name)


def open_binary(source: str | Path | BinaryIO) -> contextlib.AbstractContextManager[Any]:
    """`with` this: a file opened by its name, as `find_file` finds it; one that is open already is left open."""
    if isinstance(source, str | Path):
        return open(find_file(source), "rb")
    return contextlib.nullcontext(source)


def name_of(source: str | Path | BinaryIO) -> str:
    """What to call a file in a message: the last part of its path, if it has one."""
    path = source if isinstance(source, str | Path) else getattr(source, "name", "an open file")
    return Path(str(path)).name
