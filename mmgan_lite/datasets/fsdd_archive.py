"""The Free Spoken Digit Dataset from its public repository: one fixed commit, checked by Git's own hash.

GitHub packs an archive anew on request and does not promise its bytes, so no hash of the archive can be relied on. The
commit itself fixes the hash of the folder inside: `git ls-tree 26eb9aaf` shows it.
"""

import hashlib
import http.client
import io
import os
import shutil
import tarfile
import urllib.request
import zlib
from pathlib import Path

REPOSITORY = "https://github.com/Jakobovski/free-spoken-digit-dataset"
COMMIT = "26eb9aaf76e81b692f806f9140c2d2777410d7a1"  # 2 May 2024: 3000 recordings of six speakers
RECORDINGS_TREE = "d04322e322a9f937f6f4f7c8546693755184df5b"  # the folder `recordings` of that commit
MAX_BYTES = 2**26  # of the archive, and of what is in it
SECONDS = 60  # to wait for the network


def download(folder: Path) -> None:
    """Fetch the recordings into `folder/recordings`; nothing is written before the whole is found to be right.

    Raises:
        FileNotFoundError: if they cannot be fetched.
        ValueError: if something else comes, or a part.
    """
    recordings = unpack(_fetch(folder))
    if tree_hash(recordings) != RECORDINGS_TREE:
        raise ValueError(f"not the recordings of commit {COMMIT[:8]}; try again. Received: {len(recordings)} files")
    whole, new = folder / "recordings", folder / f".{os.getpid()}-recordings"
    new.mkdir(parents=True)
    try:
        for name, (_, raw) in recordings.items():
            (new / name).write_bytes(raw)
        new.rename(whole)  # whoever looks sees all recordings or none
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _fetch(folder):
    """The archive, as bytes."""
    address = f"{REPOSITORY}/archive/{COMMIT}.tar.gz"
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            return answer.read(MAX_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise FileNotFoundError(
            f"{address} cannot be reached ({error}); get it where there is a network, git clone {REPOSITORY}, "
            f"and copy the folder. Received: {folder}"
        ) from None


def unpack(archive: bytes) -> dict[str, tuple[bytes, bytes]]:
    """The files of the folder `recordings` of a .tar.gz: {name: (Git's mode, content)}.

    Raises:
        ValueError: if it is none, or damaged, or larger than is to be expected.
    """
    files: dict[str, tuple[bytes, bytes]] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for member in tar:
                _, _, place = member.name.partition("/")  # the first part names the repository and the commit
                folder, _, name = place.partition("/")
                if folder == "recordings" and member.isfile() and "/" not in name:
                    _check_size(files, member)
                    content = tar.extractfile(member)
                    mode = b"100755" if member.mode & 0o100 else b"100644"
                    files[name] = mode, content.read() if content else b""
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"the archive came damaged ({error}); try again. Received: {len(archive)} bytes") from None
    return files


def _check_size(files, member):
    if sum(len(raw) for _, raw in files.values()) + member.size > MAX_BYTES:
        raise ValueError(f"recordings must stay below {MAX_BYTES / 1e6:.0f} MB. Received: more, at {member.name}")


def tree_hash(files: dict[str, tuple[bytes, bytes]]) -> str:
    """Git's hash of a folder of files, over their names, modes and contents.

    Args:
        files: {name: (mode as Git writes it, content)}.

    Returns:
        40 hexadecimal digits, as `git ls-tree` shows them.
    """
    entries = [b"%s %s\0" % (mode, name.encode()) + _object(b"blob", raw).digest()
               for name, (mode, raw) in sorted(files.items())]  # fmt: skip
    return _object(b"tree", b"".join(entries)).hexdigest()


def _object(kind, content):
    """The hash by which Git calls an object: SHA-1, which guards against damage and chance."""
    return hashlib.sha1(kind + b" %d\0" % len(content) + content)
