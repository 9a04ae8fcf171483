"""A hand-in: one small file of a learner's notebooks and log, written here and read with care.

A hand-in that is read may be anything: nothing of it is unpacked to the disk, run, or believed about its own size.
"""

import ast
import dataclasses
import datetime
import io
import json
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from mmgan_lite import files
from mmgan_lite.course import progress, tasks

MAX_NOTEBOOK = 2**22  # bytes of one notebook
MAX_FILES = 1000  # in one hand-in
MAX_TOTAL = 2**25  # bytes of all that is read of it, unpacked
_LOG = "progress.jsonl"
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError)


@dataclasses.dataclass(frozen=True)
class Cell:
    """A code cell: its source, and the reports of runs that its output keeps."""

    source: str
    reports: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Handin:
    """What a learner handed in.

    Attributes:
        student: The name of the file or the folder.
        time: Of the newest file, as nbgrader writes it.
        notebooks: {name: cells}.
        checks: What the log says; nobody need believe it.
        fault: Why it cannot be read; "" if it can.
    """

    student: str
    time: str = ""
    notebooks: dict[str, list[Cell]] = dataclasses.field(default_factory=dict)
    checks: list[dict] = dataclasses.field(default_factory=list)
    fault: str = ""


# ---- writing


def write(out="handin.zip", folder=None):
    """Write the notebooks of a folder, without their pictures and tables, and the log into one file.

    Args:
        out: The file, .zip.
        folder: Of the notebooks, see `tasks.course_folder`.

    Returns:
        A sentence on what the file holds.

    Raises:
        ValueError: for another ending, or a notebook that is damaged.
        FileNotFoundError, PermissionError: if no file can be written there.
    """
    if Path(out).suffix.lower() != ".zip":
        raise ValueError(f"a hand-in is a file that ends in .zip. Received: {out}")
    files.check_place(out)
    folder = tasks.course_folder(folder)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in tasks.notebooks_of(folder).items():
            archive.writestr(f"{name}.ipynb", _slimmed(path))
        if (folder / _LOG).is_file():
            archive.writestr(_LOG, (folder / _LOG).read_bytes())
    files.write_whole(out, lambda file: file.write(packed.getvalue()))
    done = progress.Progress(folder).headline
    return f"{out} holds your notebooks and your progress ({len(packed.getvalue()) / 1e3:.0f} kB). {done}"


def _slimmed(path):
    """A notebook's JSON with no outputs but reports of runs."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                kept = [
                    {"output_type": "display_data", "metadata": {}, "data": {tasks.REPORT: one}}
                    for one in _reports(cell)
                ]
                cell["outputs"], cell["execution_count"] = kept, None
        return json.dumps(notebook, ensure_ascii=False)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError(f"this notebook is damaged; open it, or move it away. Received: {path.name}") from None


# ---- reading


def read(path):
    """Read a hand-in.

    Args:
        path: A .zip from `handin`, or a folder that holds one, or notebooks, at any depth: as a school's platform or
            nbgrader's `submitted` sorts them.

    Returns:
        `Handin`; what cannot be read is told in its `fault`, not raised.
    """
    path, notebooks, checks = Path(path), {}, []
    student = path.stem if path.suffix.lower() == ".zip" else path.name
    try:
        time = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).replace(tzinfo=None)
        for name, raw in _members(path):
            if PurePosixPath(name).suffix == ".ipynb":
                notebooks[PurePosixPath(name).stem] = _cells(raw)
            else:
                checks = progress.parse(raw)
        if not notebooks:
            raise ValueError("there is no notebook of the course in it")
    except (*_DAMAGED, RecursionError, MemoryError) as error:
        return Handin(student, fault=" ".join(str(error).split())[:200] or "it is damaged")
    return Handin(student, str(time), notebooks, checks)


def _members(path):
    """[(name, bytes)] of the notebooks and the log, not yet parsed: what is parsed takes many times the memory."""
    found, size, brackets = [], 0, 0
    for name, raw in _packed(path):
        found.append((name, raw))
        size, brackets = size + len(raw), brackets + raw.count(b"[") + raw.count(b"{")
        if size > MAX_TOTAL or brackets > files.MAX_BRACKETS:
            raise ValueError(f"it holds more than {MAX_TOTAL / 2**20:.0f} MB, or too many cells")
    return found


def _packed(path):
    """Yield (name, bytes) of the notebooks and the log, as they are unpacked."""
    if path.is_dir():
        found = [one for one in sorted(path.rglob("*"))[:MAX_FILES] if one.is_file() and not one.is_symlink()]
        archives = [one for one in found if one.suffix.lower() == ".zip"]
        if not archives:
            for one in found:
                if _counts(one.relative_to(path).as_posix()):
                    with open(one, "rb") as file:
                        yield one.name, _read(file, one.name)
            return
        path = archives[0]
    if not path.is_file():
        raise ValueError("it is not a file")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_FILES:
            raise ValueError(f"it holds more than {MAX_FILES} files")
        for member in members:
            if _counts(member.filename):
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise ValueError("it is packed in a way that `handin` does not use")
                with archive.open(member) as file:
                    yield PurePosixPath(member.filename).name, _read(file, member.filename)


def _counts(name):
    """Whether a file is a notebook with a number, or the log; copies that Jupyter and macOS make do not count."""
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    return not hidden and (path.name == _LOG or (path.suffix == ".ipynb" and tasks.module_of(path.stem) != path.stem))


def _read(file, name):
    raw = file.read(MAX_NOTEBOOK + 1)  # whatever size it is said to have
    if len(raw) > MAX_NOTEBOOK:
        raise ValueError(f"{PurePosixPath(name).name} is larger than {MAX_NOTEBOOK / 2**20:.0f} MB")
    return raw


def _cells(raw):
    try:
        cells = [cell for cell in json.loads(raw)["cells"] if cell["cell_type"] == "code"]
        return [Cell("".join(cell["source"]), tuple(_reports(cell))) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("a notebook in it is damaged") from None


def _reports(cell):
    """The reports that a cell's outputs keep."""
    for output in cell.get("outputs", ()):
        report = output.get("data", {}).get(tasks.REPORT)
        if report is not None:
            yield "".join(report)


def report_of(cell):
    """The answer that a cell's output keeps, or None."""
    try:
        return ast.literal_eval(cell.reports[-1]) if cell.reports else None
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
