"""Pictures that burst, lie, or would start a program."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from mmgan_lite import modalities


def chunk(kind, raw):
    return struct.pack(">I", len(raw)) + kind + raw + struct.pack(">I", zlib.crc32(kind + raw))


def png(width, height, packed=None, before=b"", depth=8, colour=0):
    """A PNG of these sizes, all black; `packed` stands in place of its pixels."""
    if packed is None:
        packer = zlib.compressobj(9)
        row = bytes(1 + width * (1, 0, 3, 1, 2, 0, 4)[colour] * depth // 8)
        packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def bomb(kind):
    """A chunk of 100 kB that holds 100 MB."""
    return chunk(kind, b"k\0\0" + zlib.compress(bytes(100 * 2**20), 9))


def encoded(kind, width, height, mode="L", **options):
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, kind, **options)
    return file.getvalue()


def picture(make, name="a.png"):
    def prepare(folder):
        (folder / name).write_bytes(make())
        return lambda: modalities.IMAGE.read(str(folder / name)), name

    return prepare


def tiff(*tags):
    """A little-endian TIFF of these (tag, type, count, value)."""
    rows = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + rows + b"\x08\0\0\0"  # the next one: itself


def sparse(folder):
    with open(folder / "a.png", "wb") as file:
        file.write(png(4, 4)[:40])
        file.truncate(2**31)
    return lambda: modalities.IMAGE.read(str(folder / "a.png")), "a.png"


SIZES = ((256, 4, 1, 60_000), (257, 4, 1, 60_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1))
GIF = b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\0;"
BMP = b"BM" + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 2**30, 2**10, 1, 24, 0, 0, 0, 0, 0, 0)
WEBP = b"RIFF\xff\xff\xff\x7fWEBPVP8X\n\0\0\0\x02\0\0\0\xff\xff\xff\xff\xff\xff"
JP2 = b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(">8IHBBB", *(60_000, 60_000, 0, 0) * 2, 1, 7, 1, 1)
EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\n(touched) (w) file closefile\nshowpage\n%%EOF\n"
)
PDF = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" onload="alert(1)"/></svg>'
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb">' + b"<!ENTITY c '&b;&b;&b;'>" * 99 + b"]><svg>&c;</svg>"
ATTEMPTS = {
    "26 kB of 13000 x 13000 pixels": picture(lambda: png(13_000, 13_000, zlib.compress(bytes(10**6)))),
    "40,000 x 40,000 pixels": picture(lambda: png(40_000, 40_000, b"")),
    "2**31 pixels wide": picture(lambda: png(2**31 - 1, 1, b"")),
    "no pixels": picture(lambda: png(0, 0, b"")),
    "pixels cut short": picture(lambda: png(4900, 4900, zlib.compress(b"\0" * 99))),
    "pixels that are none": picture(lambda: png(9, 9, b"nonsense")),
    "a text of 100 MB": picture(lambda: png(4, 4, b"", bomb(b"zTXt"))),
    "a colour profile of 100 MB": picture(lambda: png(4, 4, b"", bomb(b"iCCP"))),
    "a chunk that declares 2 GB": picture(lambda: png(4, 4)[:33] + struct.pack(">I", 2**31 - 1) + b"tEXt"),
    "no pixels at all": picture(lambda: png(4, 4).replace(b"IDAT", b"IDAU")),
    "a JPEG of 60,000 x 2900": picture(lambda: encoded("JPEG", 60_000, 2900), "a.jpg"),
    "a JPEG cut short": picture(lambda: encoded("JPEG", 99, 99)[:300], "a.jpg"),
    "a GIF of 65535 x 65535": picture(lambda: GIF, "a.gif"),
    "a BMP that declares 4 TB": picture(lambda: BMP, "a.bmp"),
    "a TIFF of 60,000 x 60,000": picture(lambda: tiff(*SIZES), "a.tif"),
    "a TIFF without sizes": picture(lambda: tiff((258, 3, 1, 8)), "a.tif"),
    "a TIFF with a tag of 4 GB": picture(lambda: tiff(*SIZES, (270, 2, 2**32 - 1, 8)), "a.tif"),
    "a WebP that is none": picture(lambda: WEBP, "a.webp"),
    "PostScript as PNG": picture(lambda: EPS),
    "PostScript as JPEG": picture(lambda: EPS, "a.jpg"),
    "PDF": picture(lambda: PDF),
    "SVG": picture(lambda: SVG),
    "XML with entities in entities": picture(lambda: ENTITIES),
    "PPM of 2**40 pixels": picture(lambda: b"P6 1048576 1048576 255\n"),
    "a JPEG 2000 of 60,000 x 60,000": picture(lambda: JP2, "a.jp2"),
    "an AVIF cut short": picture(lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\xff" * 99, "a.avif"),
    "a Windows metafile": picture(lambda: b"\xd7\xcd\xc6\x9a" + bytes(99)),
    "ICO": picture(lambda: encoded("ICO", 16, 16, "RGBA")),
    "a file of fonts": picture(lambda: b"\1fcp" + b"\xff" * 99),
    "FLI, FITS, XPM, HDF5": picture(lambda: b"SIMPLE  =                    T" + bytes(2880)),
    "HTML": picture(lambda: b"<img src=x onerror=alert(1)>"),
    "a sparse file of 2 GB": sparse,
    "noise": picture(lambda: np.random.default_rng(0).bytes(10**6)),
}  # fmt: skip
