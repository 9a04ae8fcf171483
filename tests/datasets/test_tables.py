"""Tables as people write them: all ways of writing the same rows read alike, and what is broken names its line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmgan_lite.datasets.tables import read_table

CAPTIONS = ["two, in a row", 'a 5" nail', "ein Ärmel, 鸡蛋"]
ROWS = [{"image": f"{row}.png", "text": caption} for row, caption in enumerate(CAPTIONS)]


def written(delimiter=",", end="\n", quoting=csv.QUOTE_MINIMAL):
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, ["image", "text"], delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writeheader()
    writer.writerows(ROWS)
    return file.getvalue()


def read(tmp_path, raw, encoding=None, name="metadata.csv"):
    (tmp_path / name).write_bytes(raw)
    return read_table(tmp_path / name, encoding)


WAYS = {
    "comma": written(),
    "semicolon": written(";"),
    "tab": written("\t"),
    "sep= line": "sep=;\n" + written(";"),
    "sep= line that names an unusual sign": "sep=|\r\n" + written("|", "\r\n"),
    "sep= line that a spreadsheet padded": '"sep=,",\n' + written(),
    "CRLF": written(end="\r\n"),
    "CR, as on an old Mac": written(end="\r"),
    "all quoted": written(quoting=csv.QUOTE_ALL),
    "semicolons, and a comma in a quoted header": '"image";"text"\n' + written(";").partition("\n")[2],
    "a blank after the comma": written().replace(',"', ', "'),
    "blank lines and rows of nothing": "\n\n" + written() + "\n,\n , \n",
    "a comma at each end": 'image,text,\n0.png,"two, in a row",\n1.png,"a 5"" nail",\n2.png,"ein Ärmel, 鸡蛋",\n',
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_way_of_writing_a_table_reads_alike(tmp_path, text, encoding):
    table = read(tmp_path, text.encode(encoding))
    assert list(table.headers) == ["image", "text"] and list(table.rows) == ROWS


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip), min_size=1),
       st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]))  # fmt: skip
def test_any_captions_come_back(tmp_path_factory, captions, delimiter, end):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["image", "text"], *(["0.png", caption] for caption in captions)])
    table = read(tmp_path_factory.mktemp("table"), file.getvalue().encode())
    assert [row["text"] for row in table.rows] == captions


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"], ids=["little", "big"])
def test_utf_16_is_known_by_its_mark(tmp_path, mark):
    raw = mark + written().encode("utf-16-le" if mark[0] == 0xFF else "utf-16-be")
    assert list(read(tmp_path, raw).rows) == ROWS
    assert list(read(tmp_path, raw, "cp1252").rows) == ROWS  # the mark is sure; what was asked for is not


def test_other_encodings_are_read_when_they_are_asked_for(tmp_path):
    table = read(tmp_path, "image,text\n0.png,“Ärmel” à 5 €\n".encode("cp1252"), "cp1252")
    assert table.rows[0]["text"] == "“Ärmel” à 5 €"
    assert read(tmp_path, written().encode("utf-16-le"), "utf-16-le").rows[0]["text"] == CAPTIONS[0]


def test_an_encoding_that_is_asked_for_in_error_is_told(tmp_path):
    with pytest.warns(UserWarning, match="reads as UTF-8 too, which is more likely than cp1252"):
        read(tmp_path, "image,text\n0.png,à la carte\n".encode(), "cp1252")


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    table = read(tmp_path, b'sep=,\nimage,text\n\n0.png,"two\nlines"\n1.png,x\n')
    assert list(table.lines) == [4, 6] and table.rows[0]["text"] == "two\nlines"


def test_a_row_that_ends_early_lacks_the_rest(tmp_path):
    assert read(tmp_path, b"image,text,label\n0.png,a ball\n").rows[0]["label"] == ""


def test_json_lines(tmp_path):
    raw = (
        '{"image": "0.png", "text": " ein Ärmel ", "label": 3}\r\n'
        "\n"
        '{"text": null, "image": "1.png", "label": 4.0, "score": NaN, "objects": {"box": [1, 2]}, "ok": true}\n'
    )
    table = read(tmp_path, raw.encode(), name="metadata.jsonl")
    assert list(table.headers) == ["image", "text", "label", "score", "objects", "ok"]
    assert table.rows[0] == {"image": "0.png", "text": "ein Ärmel", "label": "3"}
    last = {"label": "4", "score": "", "objects": {"box": [1, 2]}, "ok": "True"}
    assert table.rows[1] == {"text": "", "image": "1.png", **last} and list(table.lines) == [1, 3]


BROKEN = {
    "a quote left open to the end": (b'image,text\n0.png,"a ball\n1.png,a box\n', "quote is left open.*line 2 of"),
    "a quote left open to the next": (b'image,text\n0.png,x\n1.png,"a ball\n2.png,"a box"\n3.png,x\n', "line 3 of"),
    "a quote left open in a long table": (b'image,text\n0.png,"a\n' + b"1.png,a box\n" * 20_000, "131,072.*line 2 of"),
    "words after a quote": (b'image,text\n0.png,"a" ball\n', "more text after it.*line 2 of"),
    "an endless cell": (b"image,text\n0.png,x\n1.png," + b"x" * 131_073, "more than 131,072 characters.*line 3 of"),
    "too many cells": (b"image,text\n0.png,x\n1.png,a ball, red\n", "3 cells for 2 columns in line 3 of"),
    "two columns of one name": (b"image,text,label,text\n0.png,a,b,c\n", "two columns have one name.*'text' twice"),
    "two columns of one name in two cases": (b"image,text,Text\n0.png,a,b\n", "two columns have one name"),
    "cp1252": ("image,text\r\n0.png,x\r\n1.png,Ärmel\r\n".encode("cp1252"), 'encoding="cp1252".*0xc4 in line 3 of'),
    "UTF-16 without its mark": ("image,text\n0.png,x\n".encode("utf-16-le"), "zero bytes.*utf-16-le"),
    "UTF-16 cut short": ("image,text\n".encode("utf-16")[:-1], "which is not utf-16"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "must be in UTF-8.*0x89 in line 1"),
}


@pytest.mark.parametrize(("raw", "message"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_names_its_line(tmp_path, raw, message):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, raw)


BROKEN_LINES = {
    "no JSON": (b'{"a": 1}\n{"a": \n', r"must be a JSON object \(.*line 2 of"),
    "a list": (b"[1]\n", "must be a JSON object.*line 1 of"),
    "one array of all": (b'[\n{"a": 1}\n]\n', "must be a JSON object.*line 1 of"),
    "a key twice": (b'{"a": 1, "a": 2}\n', "the key 'a' stands there twice.*line 1 of"),
    "keys in two cases": (b'{"a": 1}\n{"A": 2}\n', "two columns have one name"),
    "too deep": (b"[" * 100_000 + b"\n", "must be a JSON object"),
}


@pytest.mark.parametrize(("raw", "message"), BROKEN_LINES.values(), ids=BROKEN_LINES)
def test_what_is_broken_in_json_names_its_line(tmp_path, raw, message):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, raw, name="metadata.jsonl")


@pytest.mark.parametrize("encoding", ["klingon", "base64"])
def test_an_unknown_encoding_is_refused(tmp_path, encoding):
    with pytest.raises(ValueError, match=f"encoding must be one such as utf-8.*Received: '{encoding}'"):
        read(tmp_path, b"image,text\n", encoding)


def test_a_table_is_a_file_of_reasonable_size(tmp_path, monkeypatch):
    (tmp_path / "metadata.csv").mkdir()
    with pytest.raises(ValueError, match="must be a file"):
        read_table(tmp_path / "metadata.csv")
    monkeypatch.setattr("mmgan_lite.datasets.tables.MAX_BYTES", 5)
    with pytest.raises(ValueError, match="must stay below"):
        read(tmp_path, b"image,text\n", name="other.csv")
