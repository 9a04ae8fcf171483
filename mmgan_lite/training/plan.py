"""What a training is asked for: on what data, from which seed, for how long; and what a resumed run keeps of it."""

import hashlib
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import arguments
from mmgan_lite.datasets import check
from mmgan_lite.datasets.batches import MIN_ROWS, complete_rows
from mmgan_lite.datasets.lazy import LazyColumn

_SCHEME = re.compile(r"([a-z]{2,}:)?(.*)", re.DOTALL)  # "fsdd:folder"; one letter is a disk


def folder(out: str | Path) -> Path:
    """The run's folder, wherever the process goes. ValueError for an empty name, which would be the working folder."""
    if not str(out).strip():
        raise ValueError(f"name the run's folder, such as run. Received: {str(out)!r}")
    return Path(out).absolute()


def located(data: str | Path | None) -> str | None:
    """Where data lie, from whatever folder one looks: the absolute path, behind its scheme if it has one.

    Raises:
        ValueError: for an empty name, which would be the working folder.
    """
    if data is None:
        return None
    scheme, path = _parts(data)
    if not path.strip():
        raise ValueError(f"name the data, a file or a folder. Received: {str(data)!r}")
    return scheme + str(Path(path).absolute())


def _parts(data):
    scheme, path = _SCHEME.fullmatch(str(data)).groups()  # type: ignore[union-attr]
    return scheme or "", path


def resumed(record: Mapping, data: str | Path | None, seed: int | None) -> dict[str, Any]:
    """The record of a run to resume, held against what is asked for now; data that were moved may be named anew.

    Raises:
        ValueError: for another seed, or other data while those of the run are there.
        FileNotFoundError: if the data of the run are not there, and no others are named.
    """
    if seed not in (None, record["seed"]):
        raise ValueError(f"a resumed run keeps its seed, {record['seed']}; train anew for another. Received: {seed}")
    known = record["data"]
    there = known is None or Path(_parts(known)[1]).exists()
    if data is None and not there:
        remedy = "the run's data are not there; go to the folder where it began, or name them by --data"
        raise FileNotFoundError(f"{remedy}. Received: {known}")
    if data is not None and there and located(data) != located(known):
        named = "the digits" if known is None else known
        raise ValueError(f"a resumed run keeps its data, {named}; train anew on others. Received: {data}")
    return {**record, "data": located(known if data is None else data)}


def check_record(record: Mapping[str, Any]) -> None:
    """Raise if a checkpoint's record is not what a training writes, of whatever kind the error is."""
    arguments.seed(record["seed"])
    steps = [arguments.whole("steps", record["steps"][stage]) for stage in ("embedders", "gan")]
    planned = {**record["planned"], "minutes": record["planned"].get("minutes", 1)}
    if len(steps) != len(record["steps"]) or not set(planned) <= {"minutes", "embedders", "gan"}:
        raise ValueError("steps of other stages")
    if not (math.isfinite(planned.pop("minutes")) and math.isfinite(record.get("minutes_left", 0))):
        raise ValueError("endless minutes")
    for stage, number in planned.items():
        arguments.whole(stage, number)
    if not isinstance(record["data"], str | None) or not isinstance(record["data_sha256"], str):
        raise ValueError("no data")


def fingerprint(pairs: Mapping, record: Mapping[str, Any]) -> str:
    """SHA-256 of all that was read. ValueError if it is not what the run of this record began with."""
    digest = hashlib.sha256()
    _add(digest, pairs)
    sha256 = digest.hexdigest()
    if record.get("data_sha256", sha256) != sha256:
        message = "the data are not what this run began with; put those back, or train anew into another folder"
        raise ValueError(f"{message}. Received: other content in {record['data'] or 'the digits'}")
    return sha256


def _add(digest, value):
    """A value and what it holds, in an order that does not change."""
    if isinstance(value, Mapping):
        for name in sorted(value):
            digest.update(name.encode())
            _add(digest, value[name])
    elif isinstance(value, LazyColumn):
        digest.update(value.fingerprint())
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).data.cast("B") if value.dtype.kind != "U" else value.tobytes())
    else:
        digest.update(repr(value).encode())


def batch_sizes(pairs: Mapping, asked: Mapping[str, int]) -> dict[str, int]:
    """{stage: rows in a batch}: as asked for, or all rows where there are fewer. Both, and what few rows are good for,
    are told in a line.

    Raises:
        ValueError: for fewer than `MIN_ROWS` complete rows.
    """
    rows = len(complete_rows(pairs))
    if rows < MIN_ROWS:
        raise ValueError(f"a training needs {MIN_ROWS} rows or more that have every modality. Received: {rows}")
    sizes = {stage: min(size, rows) for stage, size in asked.items()}
    if sizes != asked:
        told = ", ".join(f"{stage} {sizes[stage]} (not {size})" for stage, size in asked.items() if sizes[stage] < size)
        print(f"{rows} complete rows are few: smaller batches, {told}")
    if rows < check.FEW:
        print(check.word_on(rows))
    return sizes


def planned(
    minutes: float | None,
    steps: int | tuple[int, int] | None,
    record: Mapping,
    *,
    taught: bool = False,
    saved: bool = True,
) -> dict[str, Any]:
    """{"minutes": M} or {"embedders": E, "gan": G}, in all; for a resumed run, what it was still to do.

    Args:
        minutes, steps: One of them, or for a resumed run neither.
        record: Of the run: its "steps", and if it is resumed, "planned" and "minutes_left".
        taught: Whether the embedders may have learnt elsewhere, as those of networks that were handed over.
        saved: Whether the weights of all these steps are saved: if not, there is still that to do.

    Raises:
        ValueError: for both, neither, or what is no time and no number of steps.
    """
    if minutes is not None and steps is not None:
        raise ValueError(f"give minutes or steps, not both. Received: minutes={minutes}, steps={steps}")
    if minutes is not None:
        if not (math.isfinite(minutes) and minutes > 0):
            raise ValueError(f"minutes must be a positive number. Received: {minutes}")
        return {"minutes": minutes}
    if steps is not None:
        return _steps_in_all(steps, record["steps"], taught)
    if "planned" not in record:
        raise ValueError("give minutes or steps. Received: neither")
    rest = dict(record["planned"])
    if "minutes" in rest:
        rest["minutes"] = record.get("minutes_left", rest["minutes"])
    if saved and (rest.get("gan", math.inf) <= record["steps"]["gan"] or rest.get("minutes", 1) <= 0):
        raise ValueError(f"this run is finished; give minutes or steps to go on. Received: {record['steps']}")
    return rest


def _steps_in_all(steps, done, taught):
    """Steps of this call, and those of the calls before."""
    if isinstance(steps, tuple | list):
        embedders, gan = (arguments.whole("steps of each stage", part, -(2**63)) for part in steps)
    else:
        both = arguments.whole("steps", steps, -(2**63))
        embedders = max(both // 3, 1)  # they come first
        gan = both - embedders
    if min(embedders, gan) < 0 or embedders + gan < 1:
        raise ValueError(f"steps must be positive numbers. Received: {steps}")
    if not (embedders or done["embedders"] or taught):
        remedy = "the players learn upon the embedders' space, so these need steps first, as in 1+2"
        raise ValueError(f"{remedy}. Received: {embedders}+{gan}")
    return {"embedders": done["embedders"] + embedders, "gan": done["gan"] + gan}
