"""One training at a time in a folder."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def locked(path: str | Path) -> Iterator[None]:
    """Hold a lock on a file for a while. The system lets go of it when a process dies, however it dies.

    Args:
        path: The file; it is made with its folder, and stays. Where a file system knows no locks, nothing is held.

    Raises:
        ValueError: if somebody else holds it.
        OSError: if nothing can be written there.
    """
    with _made(Path(path)) as file:
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            message = "another training is at work in this folder; wait until it has ended, or take another --out"
            raise ValueError(f"{message}. Received: {Path(path).parent.parent}") from None
        except OSError:  # such as some network drives
            pass
        yield


def _made(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(path, "ab")
    except OSError as error:
        message = "nothing can be written to the run's folder; take another --out, or change who may write there"
        raise OSError(f"{message}. Received: {error}") from error


def _lock(file: BinaryIO):
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
