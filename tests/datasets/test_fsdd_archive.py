"""The download is checked as a whole before a file of it is written, and every failure is told."""

import io
import tarfile
import urllib.error
import urllib.request

import pytest

import mmgan_lite as mm
from mmgan_lite.datasets import fsdd_archive

FILES = {"recordings/b.wav": (b"", 0o775), "recordings/a.wav": (b"hello\n", 0o664), "README.md": (b"read me", 0o664)}
TREE = "634a0e987f9f1d903a0455a25f383432cee64d9a"  # what `git write-tree` says of a.wav and the executable b.wav


def packed(files=FILES):
    """A .tar.gz as GitHub makes it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, (content, mode) in files.items():
            member = tarfile.TarInfo(f"free-spoken-digit-dataset-26eb9aaf/{name}")
            member.size, member.mode = len(content), mode
            tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


@pytest.fixture
def serve(monkeypatch):
    """A function that lets the network answer with bytes, or fail with an exception; asked addresses are kept."""
    asked = []

    def serve(answer):
        def urlopen(address, timeout):
            asked.append(address)
            if isinstance(answer, Exception):
                raise answer
            return io.BytesIO(answer)

        monkeypatch.setattr(urllib.request, "urlopen", urlopen)
        return asked

    monkeypatch.setattr(fsdd_archive, "RECORDINGS_TREE", TREE)
    monkeypatch.setattr(fsdd_archive, "MAX_BYTES", 10_000)
    return serve


def test_the_hash_is_the_one_that_git_gives_a_folder():
    assert fsdd_archive.tree_hash({}) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # Git's empty tree
    assert fsdd_archive.tree_hash(fsdd_archive.unpack(packed())) == TREE


def test_the_recordings_are_put_into_their_folder(serve, tmp_path):
    asked = serve(packed())
    fsdd_archive.download(tmp_path / "new")
    assert len(asked) == 1 and asked[0].endswith(f"/archive/{fsdd_archive.COMMIT}.tar.gz")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["recordings"]
    written = {path.name: path.read_bytes() for path in (tmp_path / "new" / "recordings").iterdir()}
    assert written == {"a.wav": b"hello\n", "b.wav": b""}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", r"came damaged .* try again\. Received: 0 bytes"),
        (b"<html>", "came damaged"),
        (packed()[:100], "came damaged"),
        (packed({}), "not the recordings of commit 26eb9aaf; try again. Received: 0 files"),
        (packed({**FILES, "recordings/a.wav": (b"Hello\n", 0o664)}), "not the recordings"),
        (packed({**FILES, "recordings/c.wav": (b"", 0o664)}), "not the recordings.* Received: 3 files"),
        (packed({**FILES, "recordings/c.wav": (b"\0" * 10_000, 0o664)}), r"must stay below .* at .*c\.wav"),
    ],
    ids=["nothing", "a page", "a part", "no recordings", "another letter", "one more", "too large"],
)
def test_anything_else_is_refused_and_nothing_is_written(serve, tmp_path, answer, told):
    serve(answer)
    with pytest.raises(ValueError, match=told):
        fsdd_archive.download(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [urllib.error.URLError("no network"), TimeoutError("timed out")])
def test_no_network_is_told_with_the_way_around(serve, tmp_path, error):
    serve(error)
    with pytest.raises(FileNotFoundError, match=r"cannot be reached \(.*git clone .*copy the folder\. Received: "):
        mm.load_spoken_digits(tmp_path, download=True)
    assert not list(tmp_path.iterdir())


def test_nothing_is_fetched_unless_asked_nor_where_recordings_are(serve, tmp_path):
    asked = serve(packed())
    with pytest.raises(FileNotFoundError):
        mm.load_spoken_digits(tmp_path)
    (tmp_path / "x.wav").write_bytes(b"")
    with pytest.raises(ValueError, match="name sounds as"):
        mm.load_spoken_digits(tmp_path, download=True)
    assert not asked
