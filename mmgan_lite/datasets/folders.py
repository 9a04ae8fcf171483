"""A folder of pictures and sounds, as people and Hugging Face's `datasets` keep them: what each row of it names.

Three forms: one metadata.csv or metadata.jsonl for all; one in each folder of a split (train/, validation/, test/); or
no table, and a folder for each class. Nothing is opened here but the tables.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

from mmgan_lite import modalities
from mmgan_lite.datasets import columns
from mmgan_lite.datasets.tables import Table, read_table
from mmgan_lite.prompts import warn_caller

TABLES = ("metadata.csv", "metadata.tsv", "metadata.jsonl")


@dataclasses.dataclass(frozen=True)
class Listing:
    """What the rows of a folder name.

    Attributes:
        root: The folder.
        cells: {our name: a string a row}: captions, labels, splits, and files relative to the folder; "" for nothing.
        places: Of each row, where it stands, for messages: "line 3 of metadata.csv".
        left_out: Columns that mean nothing to us, or hold nothing.
    """

    root: Path
    cells: Mapping[str, list[str]]
    places: list[str]
    left_out: list[str]


def read_folder(path: str | Path, encoding: str | None = None) -> Listing:
    """Find the rows of a folder.

    Args:
        path: The folder; or the table in it, if that has another name.
        encoding: Of the tables, as `read_table` takes it.

    Returns:
        The Listing. A row's split is what its column says, or else the folder of a split that it lies in.

    Raises:
        ValueError: for a table that cannot be read, or names files outside the folder.
        FileNotFoundError: if there is neither a table nor a folder of a class.
    """
    path = Path(path)
    root = path if path.is_dir() else path.parent
    found = _tables(path)
    left_out: list[str] = []
    if found:
        rows = [row for table in found for row in _rows_of_table(read_table(table, encoding), root, left_out)]
        columns.tell_left_out(left_out)
    else:
        rows = _rows_of_classes(root)
    names = (*modalities.known(), *columns.FACTS)
    cells = {name: [row.get(name, "") for _, row in rows] for name in names}
    with_entries = {name: column for name, column in cells.items() if any(column)}
    named = {name for _, row in rows for name in row} & set(modalities.known())
    empty = [f"{name} (empty in every row)" for name in names if name in named - set(with_entries)]
    return Listing(root, with_entries, [place for place, _ in rows], [*left_out, *empty])


def _tables(path):
    """The tables of a folder: its own, or those in its folders of splits."""
    if not path.is_dir():
        return [path]
    own = _table_in(path)
    splits = [folder for folder in sorted(path.iterdir()) if folder.is_dir() and columns.split_of(folder.name)]
    of_splits = {folder: _table_in(folder) for folder in splits}
    tables = [table for table in of_splits.values() if table]
    if own and tables:
        raise ValueError(f"keep one table for all, or one in each split; not both. Received: {own} and {tables[0]}")
    without = [folder.name for folder, table in of_splits.items() if not table]
    if tables and without:
        warn_caller(f"left out: {', '.join(without)}, for want of a {tables[0].name} such as {tables[0]}")
    return [own] if own else tables


def _table_in(folder):
    names = {path.name.casefold(): path for path in sorted(folder.iterdir())}
    tables = [names[name] for name in TABLES if name in names]
    if len(tables) > 1:
        raise ValueError(f"keep one table. Received: {tables[0].name} and {tables[1].name} in {folder}")
    if not tables and "metadata.parquet" in names:
        raise ValueError(f"save the table as metadata.csv or metadata.jsonl. Received: {names['metadata.parquet']}")
    return tables[0] if tables else None


# ---- rows of a table


def _rows_of_table(table: Table, root: Path, left_out: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """(place, {our name: cell}) of each row; adds to the columns that are left out."""
    found, others = columns.resolve(table.headers, (columns.FILE_NAME,), table.path)
    if not found and table.headers:
        known = ", ".join((*modalities.known(), *columns.FACTS, columns.FILE_NAME))
        received = columns.listed([repr(header) for header in table.headers])
        raise ValueError(
            f"the first line must name the columns, two or more of {known}. Received: {received} in {table.path}"
        )
    if "split" not in found:
        unread = set(table.headers) - set(found.values())
        columns.check_for_a_split({one: [row.get(one) for row in table.rows] for one in unread}, table.path)
    left_out += [other for other in others if other not in left_out]
    folder = table.path.parent.relative_to(root)
    name = table.path.relative_to(root).as_posix()
    for line, row in zip(table.lines, table.rows, strict=True):
        place = f"line {line} of {name}"
        cells = {ours: _string(row.get(header, ""), header, place) for ours, header in found.items()}
        yield place, _completed(cells, folder, place)


def _string(cell, header, place):
    if not isinstance(cell, str):
        raise ValueError(f"{header} must be a string or a number, not several. Received: {cell[0]} in {place}")
    return cell


def _completed(cells, folder, place):
    """The cells of a row, its files named relative to the root, and its split from a folder's name if need be."""
    cells = _by_ending(cells, place)
    files = {
        name: (folder / _inside(cell, place)).as_posix()
        for name, cell in cells.items()
        if cell and name not in columns.FACTS and not modalities.known()[name].in_words
    }
    label = unicodedata.normalize("NFC", cells.get("label", ""))
    split = _split(cells.get("split", ""), [*files.values(), folder / "metadata"], place)
    return {**cells, **files, "label": label, "split": split}


def _split(told, files, place):
    """What the column tells, or else the folder; no row is trained on that lies in test/."""
    folder = _split_of_files(files, place)
    if columns.split_of(told) == "train" and folder not in ("", "train"):
        raise ValueError(f"a row is of one split. Received: {told!r} in {place}, and a file in a folder of {folder!r}")
    return told or folder


def _by_ending(cells, place):
    """`file_name` to the modality whose files end so."""
    cell = cells.pop(columns.FILE_NAME, "")
    if not cell:
        return cells
    kinds = _kinds(cell)
    if len(kinds) != 1:
        message = f"may name files of {' and '.join(kinds)}; use a column such as image_file_name"
        if not kinds:
            endings = dict.fromkeys(ending for record in modalities.known().values() for ending in record.readers)
            message = f"names a file of no kind that is read; save it as one of {', '.join(endings)}"
        raise ValueError(f"file_name {message}. Received: {cell!r} in {place}")
    if cells.get(kinds[0]):
        raise ValueError(f"a row names one file of a kind. Received: {cells[kinds[0]]!r} and {cell!r} in {place}")
    return {**cells, kinds[0]: cell}


def _kinds(name):
    """The modalities whose files end so."""
    ending = PurePosixPath(name).suffix.lower()
    return [kind for kind, record in modalities.known().items() if ending in record.readers]


def _inside(name, place):
    """The path of a file as a table names it, which must not lead out of the table's folder."""
    path = PurePosixPath(name.replace("\\", "/"))  # as Windows writes it
    if path.is_absolute() or PureWindowsPath(name).drive or ".." in path.parts or "://" in name:
        raise ValueError(f"files must lie inside the folder; name them relative to it. Received: {name!r} in {place}")
    return path


def _split_of_files(files, place):
    """The split whose folder a row's files lie in; "" if they lie in none."""
    folders = [part for file in files for part in PurePosixPath(file).parts[:-1]]
    splits = sorted({split for split in map(columns.split_of, folders) if split})
    if len(splits) > 1:
        raise ValueError(f"a row lies in the folders of two splits. Received: {' and '.join(splits)} in {place}")
    return splits[0] if splits else ""


# ---- rows of folders of classes


def _rows_of_classes(root: Path) -> list[tuple[str, dict[str, str]]]:
    """(place, {our name: cell}) of files that lie in a folder of their class; those of one name are one row."""
    rows: dict[tuple, dict[str, str]] = {}
    files = [(path, *_kinds(path.name)) for path in _visible(root) if len(_kinds(path.name)) == 1]
    for path, kind in files:
        if _class_of(path):
            row = rows.setdefault((path.parent, path.stem), {})
            row = rows.setdefault((path,), {}) if kind in row else row  # a.png next to a.jpg: two rows
            row |= {kind: path.as_posix(), "label": _class_of(path)}
    if not rows:
        wanted = ", ".join((*modalities.known(), "label", "split"))
        raise FileNotFoundError(
            f"the folder needs a metadata.csv (or metadata.jsonl) with columns among {wanted}, "
            f"or a folder for each class. Received: {root}"
        )
    _tell_of_classes(sorted({row["label"] for row in rows.values()}), [p for p, _ in files if not _class_of(p)])
    return [(f"folder {key[0]}", _of_class(row)) for key, row in rows.items()]


def _visible(root):
    """Files below a folder, relative to it; what an operating system hides there is none of the data."""
    files = sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [path for path in files if not any(part.startswith((".", "__MACOSX")) for part in path.parts)]


def _class_of(path):
    """The name of the folder that a file lies in; "" if that is a split's, or the first of all."""
    return "" if columns.split_of(path.parent.name) else unicodedata.normalize("NFC", path.parent.name)


def _tell_of_classes(classes, others):
    message = f"without a metadata.csv, a folder's name is label and caption of its files: {columns.listed(classes)}"
    outside = f"; left out, in no folder of a class: {columns.listed([p.as_posix() for p in others])}" if others else ""
    warn_caller(message + outside)


def _of_class(row):
    """A second modality is needed: the class in words."""
    files = [cell for name, cell in row.items() if name != "label"]
    return {**row, "text": re.sub("[_-]+", " ", row["label"]), "split": _split_of_files(files, row["label"])}
