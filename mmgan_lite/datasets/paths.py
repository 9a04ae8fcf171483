"""Files that people name: found whichever way accents are written, and never anything but a file."""

import contextlib
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO


def find_file(path: str | Path) -> Path:
    """The file of this name. Accents may be one character with their letter or two: macOS and Linux differ in that.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is a folder, or a pipe or device, which could keep a reader waiting for ever.
    """
    found = _with_accents_as_there(Path(path))
    if not found.exists():
        raise FileNotFoundError(f"no such file. Received: {path}")
    if not found.is_file():
        raise ValueError(f"name a file; this is {'a folder' if found.is_dir() else 'not a file'}. Received: {path}")
    return found


def _with_accents_as_there(path):
    if path.exists() or str(path).isascii():
        return path
    folder = _with_accents_as_there(path.parent)
    there = folder.iterdir() if folder.is_dir() else ()
    return next((entry for entry in there if _composed(entry.name) == _composed(path.name)), path)


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
