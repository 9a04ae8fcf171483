"""Tables as people have them: CSV or JSON lines, in any encoding that is marked or named, with the line of every row.

Source: RFC 4180 (CSV); https://jsonlines.org.
"""

import codecs
import csv
import dataclasses
import io
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmgan_lite.datasets import paths
from mmgan_lite.prompts import warn_caller

MAX_BYTES = 2**24  # of a table: a hundred thousand rows take less
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 200_000, 1000, 2_000_000
_MAX_LINE = 2**20  # characters
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DELIMITERS = ",;\t"
_SEP = re.compile(r'"?sep=(.)"?[,;\t]*\s*$', re.IGNORECASE)  # a spreadsheet's own first line


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows under headings.

    Attributes:
        path: The file.
        headers: The names of the columns as they stand there, distinct.
        rows: A {header: cell} a row; a cell is a string without blanks around it. Of what is none in JSON, a list or an
            object, it is a tuple of one string that says so.
        lines: Of each row, the line in the file at which it begins.
    """

    path: Path
    headers: Sequence[str]
    rows: Sequence[dict[str, Any]]
    lines: Sequence[int]


def read_table(path: str | Path, encoding: str | None = None) -> Table:
    """Read a table: JSON lines if its name ends in .jsonl, CSV otherwise.

    Args:
        path: The file. CSV is split at the comma, semicolon or tab that its first line uses, or that `sep=` names.
        encoding: Of a file without a byte order mark; None is UTF-8. It is never guessed.

    Returns:
        The Table. Rows without any entry are left out.

    Raises:
        ValueError: for a file that is no such table; it names the line and what to mend.
    """
    with paths.naming(path):
        return _table(Path(path), encoding)


def _table(path, encoding):
    text = _decoded(path, encoding)
    if path.suffix.lower() == ".jsonl":
        rows = _few(_json_rows(text, path), path)
        headers = list(dict.fromkeys(header for _, row in rows for header in row))
        _check_headers(headers, path)
    else:
        headers, lines = _csv_rows(text, path)
        _check_headers(headers, path)
        rows = _few(lines, path)
    rows = [(line, row) for line, row in rows if any(cell != "" for cell in row.values())]
    return Table(path, headers, [row for _, row in rows], [line for line, _ in rows])


def _few(rows, path):
    """The list of (line, row), which is not let grow beyond all bounds."""
    kept, cells = [], 0
    for line, row in rows:
        cells += len(row)
        if len(kept) >= MAX_ROWS or cells > MAX_CELLS:
            raise ValueError(f"a table may have {MAX_ROWS:,} rows and {MAX_CELLS:,} cells. Received: more, in {path}")
        kept.append((line, row))
    return kept


def _check_headers(headers, path):
    if len(headers) > MAX_COLUMNS:
        raise ValueError(f"a table may have {MAX_COLUMNS:,} columns. Received: {len(headers):,} in {path}")
    counts = Counter(unicodedata.normalize("NFC", header).casefold() for header in headers)
    twice = [header for header, count in counts.items() if count > 1]
    if twice:
        raise ValueError(f"two columns have one name; rename or remove one. Received: {twice[0]!r} twice in {path}")


# ---- bytes to text


def _decoded(path, encoding):
    raw = paths.read_bytes(path, MAX_BYTES)
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MAX_ROWS:
        raise ValueError(f"a table may have {MAX_ROWS:,} rows. Received: more, in {path}")
    marked = next((codec for mark, codec in _MARKS.items() if raw.startswith(mark)), None)
    try:
        text = raw.decode(marked or encoding or "utf-8")
    except LookupError:
        raise ValueError(f"encoding must be one such as utf-8, utf-16, cp1252. Received: {encoding!r}") from None
    except UnicodeDecodeError as error:
        raise ValueError(_undecoded(path, raw, error)) from None
    if "\0" in text:
        raise ValueError(
            f"the table has zero bytes; save it as UTF-8, or name its encoding, such as utf-16-le. Received: {path}"
        )
    if encoding and not marked:
        _tell_if_utf8(raw, encoding, path)
    return text


def _undecoded(path, raw, error):
    line = raw.count(b"\n", 0, error.start) + 1
    return (
        f'the table must be in UTF-8, or in the encoding that you name: save it as "CSV UTF-8", or, if a spreadsheet '
        f'on Windows wrote it, read it with encoding="cp1252" (--encoding cp1252; gbk or shift_jis, if it is '
        f"Chinese or Japanese). Received: byte "
        f"{raw[error.start]:#04x} in line {line} of {path}, which is not {error.encoding}"
    )


def _tell_if_utf8(raw, encoding, path):
    """One who asks for cp1252 and has UTF-8 would get "Ã¤" for "ä", and no error."""
    if codecs.lookup(encoding).name == "utf-8" or raw.isascii():
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    warn_caller(f"this table reads as UTF-8 too, which is more likely than {encoding}; leave encoding out: {path}")


# ---- text to rows


def _csv_rows(text, path):
    """(headers, (line, {header: cell}) of each row) of CSV."""
    lines = _cells_of_lines(text, path)
    _, first = next(lines, (1, []))
    while first and not first[-1]:  # a delimiter at the end of the line
        first.pop()
    headers = [header or f"column {number} without a name" for number, header in enumerate(first, 1)]
    return headers, ((line, _named(headers, cells, f"line {line} of {path}")) for line, cells in lines)


def _named(headers, cells, place):
    if any(cells[len(headers) :]):
        raise ValueError(
            f'a row has more cells than the first line; "quote" text with commas. '
            f"Received: {len(cells)} cells for {len(headers)} columns in {place}"
        )
    cells = cells + [""] * (len(headers) - len(cells))
    return dict(zip(headers, cells, strict=False))


def _cells_of_lines(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line at which it begins, its cells) of every row that is not blank."""
    first = next(iter(text.lstrip("\r\n")[:_MAX_LINE].splitlines()), "")
    sep = _SEP.match(first[:100])
    delimiter = sep[1] if sep else max(_DELIMITERS, key=re.sub('"[^"]*"', "", first).count)
    # strict: a quote that is left open is an error, not a caption of many lines
    reader = csv.reader(_lines(text, path), delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            if sep and line == 1:
                next(reader)
                continue
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(_broken(error, line, path)) from None
        if any(cells):
            yield line, cells


def _lines(text, path):
    """The lines of a text, each with its end, as `csv.reader` takes them; one beyond all bounds is no table's."""
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > _MAX_LINE:
            message = f"a line may have {_MAX_LINE:,} characters"
            raise ValueError(f"{message}. Received: {len(line):,} in line {number} of {path}")
        yield line


def _broken(error, line, path):
    message = "a quote is left open, or has more text after it"
    if "limit" in str(error):
        message = f"a cell has more than {csv.field_size_limit():,} characters; was a quote left open"
    remedy = 'Write "two, in a row" with both quotes, and "" for a quote inside'
    return f"{message}? {remedy}. Received: line {line} of {path}"


def _json_rows(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, {key: cell}) of every line that is not blank."""
    for line, raw in enumerate(_lines(text.replace("\r\n", "\n").replace("\r", "\n"), path), 1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"every line must be a JSON object ({error}). Received: line {line} of {path}") from None
        if not isinstance(row, dict):
            raise ValueError(f'every line must be a JSON object, {{"text": …}}. Received: line {line} of {path}')
        yield line, {key.strip(): _cell(value) for key, value in row.items()}


def _object(members):
    twice = [key for key, count in Counter(key for key, _ in members).items() if count > 1]
    if twice:
        raise ValueError(f"the key {twice[0]!r} stands there twice")
    return dict(members)


def _cell(value):
    """A JSON value as a table's cell; lists and objects stay no strings, for who uses the column to refuse."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a column of whole numbers with gaps is written as 3.0
    if isinstance(value, list | dict):
        return ("a list" if isinstance(value, list) else "an object",)
    return str(value).strip()
