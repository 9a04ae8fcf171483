"""Archives of arrays that lie, burst, or hold what would run."""

import io
import struct
import zipfile

import numpy as np

import mmgan_lite as mm
from mmgan_lite import modalities

TEXT = np.array(["a", "b"])
PIXELS = np.zeros((2, 4, 4), "uint8")


class Trap:
    """What a pickle can do when somebody opens it."""

    def __reduce__(self):
        return exec, ("import os; os.system('true')",)


def npy(array, **options):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), **options)
    return file.getvalue()


def header(shape, descr="|u1"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue()


def raw_header(text, version=1):
    """A .npy of any words as its header."""
    width = "<H" if version == 1 else "<I"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(width, len(text)) + text.encode()


def of_shape(text):
    """A .npy whose shape is these words."""
    return raw_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({text},), }}\n")


def zipped(path, members, **options):
    """An archive of raw members; a number of zeros may stand in place of bytes."""
    with zipfile.ZipFile(path, "w", options.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, raw in members.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                for part in raw if isinstance(raw, list) else [raw]:
                    file.write(part)
    return path


def zeros(number):
    return [bytes(2**20)] * (number // 2**20)


def patched(path, offset, value):
    """The same archive with a 16-bit field of every member changed, in both lists."""
    raw = bytearray(path.read_bytes())
    for mark, more in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset + more : at + offset + more + 2] = struct.pack("<H", value)
            at = raw.find(mark, at + 4)
    path.write_bytes(raw)
    return path


def pairs(change=lambda path: path, compression=zipfile.ZIP_DEFLATED, **members):
    """An attempt to read pairs, one of whose arrays is hostile."""

    def prepare(folder):
        whole = {"image": npy(PIXELS), "text": npy(TEXT), **members}
        path = change(zipped(folder / "own.npz", whole, compression=compression))
        return lambda: mm.load_pairs(path), "own.npz"

    return prepare


def prompt(name, raw):
    def prepare(folder):
        (folder / name).write_bytes(raw)
        return lambda: modalities.IMAGE.read(str(folder / name)), name

    return prepare


def many_members(folder):
    """A list of members that is longer than all that they hold."""
    with zipfile.ZipFile(folder / "own.npz", "w") as archive:
        for number in range(30_000):
            archive.writestr(f"{number:050d}.npy", b"")
    return lambda: mm.load_pairs(folder / "own.npz"), "own.npz"


def sparse(folder):
    with open(folder / "own.npz", "wb") as file:
        file.truncate(3 * 2**30)
    return lambda: mm.load_pairs(folder / "own.npz"), "own.npz"


def sparse_array(folder):
    with open(folder / "a.npy", "wb") as file:
        file.write(header((2**20, 2**11)))
        file.truncate(file.tell() + 2**31)
    return lambda: modalities.IMAGE.read(str(folder / "a.npy")), "a.npy"


def prompts_bomb(folder):
    zipped(folder / "a.npz", {"image": [header((300, 2**10, 2**10)), *zeros(300 * 2**20)]})
    return lambda: modalities.IMAGE.read(str(folder / "a.npz")), "a.npz"


def flipped(path):
    raw = bytearray(path.read_bytes())
    raw[raw.find(b"text.npy") + 60] ^= 255
    path.write_bytes(raw)
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])
    return path


WAVES = {"speech": npy(np.ones((2, 4000), "int16"))}
ATTEMPTS = {
    "600 MB of zeros": pairs(image=[header((600, 2**10, 2**10)), *zeros(600 * 2**20)]),
    "half a gigabyte of zeros that is one picture": pairs(image=[header((1, 2**14, 2**15)), *zeros(2**29)]),
    "a thousand million empty strings": pairs(text=header((10**9,), "<U0")),
    "ten million empty strings": pairs(text=[header((10 * 2**20,), "<U1"), *zeros(40 * 2**20)]),
    "strings of a million letters": pairs(text=[header((8,), f"<U{2**20}"), *zeros(2**25)]),
    "1.6 TB declared": pairs(image=header((1_600_000, 1000, 1000))),
    "a shape of 4000 figures": pairs(image=of_shape(f"{'9' * 4000}")),
    "a negative shape": pairs(image=header((-2, 4, 4))),
    "a shape of words": pairs(image=of_shape("'a'")),
    "9000 minus signs": pairs(image=of_shape(f"{'-' * 9000}1")),
    "900 minus signs": pairs(image=of_shape(f"{'-' * 900}1")),
    "900 brackets": pairs(image=raw_header("(" * 900)),
    "a header that is a call": pairs(image=raw_header("__import__('os').system('true')\n")),
    "a header of 100 MB": pairs(image=[b"\x93NUMPY\2\0" + struct.pack("<I", 100 * 2**20), *zeros(100 * 2**20)]),
    "a header of version 3": pairs(image=raw_header("{}", 3)),
    "a pickle": pairs(text=npy(np.array([Trap()], object), allow_pickle=True)),
    "a pickle as label": pairs(label=npy(np.array([Trap()], object), allow_pickle=True)),
    "letters beyond Unicode": pairs(text=header((2,), "<U1") + b"\xff" * 8),
    "halves of letters": pairs(text=header((2,), "<U1") + b"\0\xd8\0\0" * 2),
    "records": pairs(image=npy(np.zeros(2, "u1,u1"))),
    "dates": pairs(image=npy(np.zeros(2, "M8[s]"))),
    "complex numbers": pairs(image=npy(np.zeros((2, 4, 4), "c8"))),
    "bytes as text": pairs(text=npy(np.array([b"a", b"b"]))),
    "an hour of speech in one row": pairs(
        speech=[header((1, 30 * 2**20), "<i2"), *zeros(60 * 2**20)], sample_rate=npy(8000)
    ),
    "lzma": pairs(compression=zipfile.ZIP_LZMA),
    "bzip2": pairs(compression=zipfile.ZIP_BZIP2),
    "deflate64": pairs(lambda path: patched(path, 8, 9)),
    "encrypted": pairs(lambda path: patched(path, 6, 1)),
    "a kind of packing that nobody knows": pairs(lambda path: patched(path, 8, 77)),
    "a flipped bit": pairs(flipped),
    "cut short": pairs(cut),
    "30,000 members": many_members,
    "a sparse file of 3 GB": sparse,
    "an infinite sample rate": pairs(**WAVES, sample_rate=npy(np.inf)),
    "a sample rate of NaN": pairs(**WAVES, sample_rate=npy(np.nan)),
    "a negative sample rate": pairs(**WAVES, sample_rate=npy(-8000)),
    "a huge sample rate": pairs(**WAVES, sample_rate=npy(1e308)),
    "many sample rates": pairs(**WAVES, sample_rate=npy(np.ones(9))),
    "labels of other lengths": pairs(label=npy(np.zeros(10**6, int))),
    "labels of a million kinds": pairs(label=npy(np.arange(10**6).astype("U"))),
    "splits of a megabyte": pairs(split=npy(np.array(["x" * 10_000] * 2))),
    "no rows": pairs(image=npy(PIXELS[:0]), text=npy(TEXT[:0])),
    "a prompt of 300 MB of zeros": prompts_bomb,
    "a prompt that is a sparse file": sparse_array,
    "a prompt that is a pickle": prompt("a.npy", npy(np.array([Trap()], object), allow_pickle=True)),
    "a prompt that is a bare pickle": prompt("a.npy", b"\x80\x04cposix\nsystem\n(S'true'\ntR."),
    "a prompt of 9000 minus signs": prompt("a.npy", raw_header(f"{{'shape': ({'-' * 9000}1,)}}")),
    "a prompt that declares 1 TB": prompt("a.npy", header((10**6, 1000, 1000))),
}  # fmt: skip
