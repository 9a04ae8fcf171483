"""Tables that are larger, deeper or wider than any table, or that name files elsewhere."""

import json

import mmgan_lite as mm
from corpus import pictures


def table(raw, name="metadata.csv", told="", **options):
    """An attempt to read a folder with this table; it has a picture, `a.png`."""

    def prepare(folder):
        (folder / name).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        (folder / "a.png").write_bytes(pictures.png(4, 4))
        return lambda: mm.load_pairs(folder, **options), told or name

    return prepare


def lines(raw):
    return table(raw, "metadata.jsonl")


WIDE = ",".join(f"c{number}" for number in range(998))
OUT = (
    "/etc/passwd",
    "../a.png",
    "..\\..\\a.png",
    "C:\\a.png",
    "file:///etc/passwd",
    "http://127.0.0.1:9/a.png",
    "//a/b.png",
)
ATTEMPTS = {f"a file at {name}": table(f"image,text\n{name},x\n") for name in OUT}
ATTEMPTS |= {
    "20 MB": table("image,text\n" + "a.png,x\n" * 2_500_000),
    "a million rows": table("image,text\n" + "a.png,x\n" * 1_000_000),
    "a million blank lines": table("image,text\n" + "\n" * 1_000_000),
    "a million commas": table("," * 1_000_000 + "\na\n"),
    "a first line of 8 MB": table("x" * 2**23),
    "two thousand columns": table(f"image,text,{WIDE},{WIDE.replace('c', 'd')}\na.png,x\n"),
    "a thousand columns and short rows": table(f"image,text,{WIDE}\n" + "a.png,x\n" * 100_000),
    "a cell of a megabyte": table(f"image,text\na.png,{'x' * 2**20}\n"),
    "one long caption among many": table("image,text\n" + "a.png,x\n" * 5000 + f"a.png,{'x' * 100_000}\n"),
    "one long label among many": table("image,text,label\n" + "a.png,x,y\n" * 5000 + f"a.png,x,{'y' * 100_000}\n"),
    "a name of 5000 letters": table(f"image,text\n{'x' * 5000}.png,x\n"),
    "names of 100,000 letters": table("image,text\n" + f"{'x' * 100_000}.png,x\n" * 9),
    "a split of 100,000 letters": table(f"image,text,split\na.png,x,{'y' * 100_000}\n"),
    "a column of 100,000 letters": table(f"image,{'t' * 100_000}\na.png,x\n", told="two or more"),
    "a quote left open": table('image,text\n"' + "a.png,x\n" * 100_000),
    "half a million quotes": table("image,text\n" + '"' * 500_001),
    "tabs behind sep=": table("sep=," + "\t" * 500_000 + "x\nimage,text\n"),
    "zero bytes": table(b"image,text\na.png,\0\n"),
    "no UTF-8": table(b"image,text\na.png,\xff\n"),
    "half a letter of UTF-16": table(b"\xff\xfei\0m\0\xd8"),
    "an encoding that runs": table("image,text\na.png,x\n", encoding="uu"),
    "an encoding of 100,000 letters": table("image,text\na.png,x\n", encoding="x" * 100_000),
    "vertical tabs": table("image,text\n" + "\v" * 2**20),
    "100,000 brackets": lines("[" * 100_000),
    "100,000 objects in objects": lines('{"text":' * 100_000),
    "a number of 5000 figures": lines('{"text": "x", "label": ' + "1" * 5000 + "}"),
    "a row of 100,000 keys": lines(json.dumps({f"k{number}": "" for number in range(100_000)})),
    "many empty lists": lines('{"image": "a.png", "text": [' + "[]," * 300_000 + "[]]}"),
    "many rows of lists": lines('{"image": "a.png", "text": [[],[],[],[],[],[],[],[]]}\n' * 20_000),
    "a line of 8 MB": lines('{"text": "' + "x" * 2**23 + '"}'),
    "a key twice": lines('{"text": "a", "text": "b"}'),
    "a list": lines("[1]"),
    "infinity as label": lines('{"image": "a.png", "text": "x", "label": 1e999, "split": Infinity, "speaker": []}'),
    "half a pair of letters": lines('{"image": "\\ud800.png", "text": "\\ud800"}'),
}  # fmt: skip
