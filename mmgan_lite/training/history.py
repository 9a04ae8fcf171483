"""The losses of a training, in a file that grows with it."""

import csv
import io
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mmgan_lite import arguments, files
from mmgan_lite.datasets import paths
from mmgan_lite.prompts import warn_caller

MAX_BYTES = 2**22  # of a file that is read
MAX_ROWS = 5000  # 100,000 steps, at 20 a row; each checkpoint holds them all, in a page of bounded size


class HistoryCSV(keras.callbacks.Callback):
    """Writes the losses into a file while the training runs: a row each `every` steps, the mean over these steps.

    Columns are "step", "seconds" and the losses; the two stages have different losses, so cells may be empty. The last
    row of a stage, and of a training that was stopped, may hold fewer steps. Of more than `MAX_ROWS`, every second one
    goes. A file that cannot be written is told, and tried again with the next row.

    Args:
        path: The file.
        every: Steps a row.
        state: What `state()` gave of a training that this one goes on with, if there is one.
    """

    def __init__(self, path: str | Path, every: int = 20, state: Mapping[str, Any] | None = None):
        super().__init__()
        self.path, self.every = Path(path), arguments.whole("every", every, 1)
        state = state or {"rows": [], "waiting": [], "step": 0, "seconds": 0.0}
        self.rows, self.step, self._before = list(state["rows"]), state["step"], state["seconds"]
        self._start, self._waiting = 0.0, list(state["waiting"])  # the start: 0 before there is one

    def state(self) -> dict[str, Any]:
        """All that another one needs to go on as this one would: the file itself holds means, and rounded."""
        return {"rows": self.rows, "waiting": self._waiting, "step": self.step, "seconds": self._seconds()}

    def on_train_begin(self, logs=None):
        self._start = self._start or time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        losses = {name: float(value) for name, value in (logs or {}).items()}
        if self._waiting and self._waiting[0].keys() != losses.keys():
            self._close_row()  # another stage
        self.step += 1
        self._waiting.append(losses)
        if len(self._waiting) == self.every:
            self._close_row()
            self._write(self.rows)

    def on_train_end(self, logs=None):
        if self._waiting:  # the row stays open: the training may go on
            self._write([*self.rows, self._row()])

    def _close_row(self):
        self.rows.append(self._row())
        self._waiting = []
        if len(self.rows) > MAX_ROWS:
            self.rows = self.rows[::2]

    def _row(self):
        means = {name: np.mean([losses[name] for losses in self._waiting]) for name in self._waiting[0]}
        row = {"step": self.step, "seconds": f"{self._seconds():.1f}"}
        return row | {name: f"{mean:.5g}" for name, mean in means.items()}

    def _seconds(self):
        return self._before + (time.perf_counter() - self._start if self._start else 0.0)

    def _write(self, rows):
        page = _as_csv(rows)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            files.write_whole(self.path, lambda file: file.write(page))  # whole: a new stage brings new columns
        except OSError as error:
            warn_caller(f"{self.path.name} could not be written, and the training goes on without: {error}")


def _as_csv(rows):
    page = io.StringIO(newline="")
    writer = csv.DictWriter(page, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode()


def read_history(path: str | Path) -> dict[str, np.ndarray]:
    """What `HistoryCSV` wrote: {column: float64 (rows,)}, NaN where a stage has no such loss.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: for another kind of file.
    """
    with paths.naming(path):
        page = io.StringIO(paths.read_bytes(path, MAX_BYTES).decode(), newline="")
        names, *rows = list(csv.reader(page)) or [[]]
        if not names or len(rows) > MAX_ROWS + 1 or any(len(row) != len(names) for row in rows):
            raise ValueError(f"names of losses are expected, and at most {MAX_ROWS} rows, each as long")
        values = np.array([[float(cell or "nan") for cell in row] for row in rows]).reshape(-1, len(names))
        return dict(zip(names, values.T, strict=True))
