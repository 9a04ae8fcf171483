"""Callbacks of both stages: sample grid, history, progress, stop on request. Each goes into any Keras `fit`."""

import math
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from mmgan_lite import arguments, files, modalities, plots
from mmgan_lite.datasets.batches import complete_rows
from mmgan_lite.prompts import warn_caller
from mmgan_lite.training.history import HistoryCSV as HistoryCSV
from mmgan_lite.training.history import read_history as read_history


class StopOnRequest(keras.callbacks.Callback):
    """Ends the training after the step in which somebody sets the event; what was learnt stays.

    Args:
        event: A `threading.Event`, which a Stop button in another thread may set.
    """

    def __init__(self, event: threading.Event):
        super().__init__()
        self.event = event

    def on_train_batch_end(self, batch, logs=None):
        if self.event.is_set():
            self.model.stop_training = True


class Pace(NamedTuple):
    """How far a training is."""

    fraction: float  # of the whole budget, in [0, 1]
    seconds_left: float
    step: int  # over both stages
    losses: dict  # of this step
    ended: bool  # this fit has
    stage: str | None = None  # what is trained, such as "embedders"

    @property
    def time_left(self):
        """As people read it: "1:05"."""
        if not math.isfinite(self.seconds_left):
            return "?"
        return "{}:{:02d}".format(*divmod(round(self.seconds_left), 60))


class Progress(keras.callbacks.Callback):
    """Tells how far the training is, over both stages: in the terminal a bar, the losses, the time left.

    Args:
        minutes: The training's budget of time, counted from the first step; or
        steps: its budget of steps, an int or (embedder steps, GAN steps). With neither, the epochs of each `fit` count.
        show: A function of a `Pace`; None writes to the terminal, and to a file a line every 10% of the way.
        pause: Seconds between two calls of `show`.
        stage: What is trained, in a word; None takes the word of the model, where it has a `stage`.
    """

    def __init__(self, minutes=None, steps=None, *, show=None, pause=0.2, stage=None):
        super().__init__()
        self.minutes, self.steps = minutes, int(np.sum(steps)) if steps else None
        self.show, self.pause, self.stage = show or TerminalLine(), pause, stage
        self.step, self._start, self._told = 0, 0.0, -math.inf
        self._losses = {}

    def on_train_begin(self, logs=None):
        self._fit_start, self._fit_step = time.perf_counter(), self.step
        self._start = self._start or self._fit_start

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        now = time.perf_counter()
        self._losses = logs or {}
        if now - self._told >= self.pause:
            self._told = now
            self.show(self.pace())

    def on_train_end(self, logs=None):
        self.show(self.pace(ended=True))

    def pace(self, ended: bool = False) -> Pace:
        """The `Pace` at this moment."""
        elapsed, done = time.perf_counter() - self._start, self.step
        total = self.steps
        if self.minutes:
            done, total = elapsed, 60 * self.minutes
        elif not total:  # only Keras knows, and only of this fit
            elapsed, done = time.perf_counter() - self._fit_start, self.step - self._fit_step
            total = (self.params.get("steps") or math.inf) * self.params.get("epochs", 1)
        fraction = min(done / total, 1.0)
        left = elapsed * (1 / fraction - 1) if fraction else math.inf
        stage = self.stage or getattr(self.model, "stage", None)
        return Pace(fraction, left, self.step, self._losses, ended, stage)


class TerminalLine:
    """Writes one line that follows the training; where nobody looks at a terminal, a line every 10% of the way.

    Args:
        stream: A text file; None is standard error.
    """

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr  # None, where a process was started without
        self._tenth = None

    def __call__(self, pace):
        if self.stream is None:
            return
        if self.stream.isatty():
            line = _line(pace)[: shutil.get_terminal_size().columns - 1]
            self.stream.write(f"\r\x1b[K{line}" + ("\n" if pace.ended else ""))
        elif (int(10 * pace.fraction), pace.stage) != self._tenth:
            self._tenth = int(10 * pace.fraction), pace.stage
            self.stream.write(_line(pace) + "\n")
        self.stream.flush()


def _line(pace):
    bar = "█" * int(20 * pace.fraction) + "░" * (20 - int(20 * pace.fraction))
    losses = " ".join(f"{name} {value:.2f}" for name, value in pace.losses.items())
    stage = f" ({pace.stage})" if pace.stage else ""
    return f"{bar} {pace.fraction:4.0%}, {pace.time_left} left, step {pace.step}{stage} {losses}"


class SampleGrid(keras.callbacks.Callback):
    """Draws what the model makes of the same prompts, again and again while it learns.

    A picture that cannot be drawn, written or shown is told and left out: the training goes on.

    Args:
        prompts: A pairs dict, of which one example of each class serves, or prompts as `generate` takes them (n, …).
        folder: Where `grid-<step>.png` and the newest one as `grid.png` are written; None writes no files.
        every: Steps between two pictures; the first and the last step have one too.
        columns: At most so many prompts.
        show: A function of the PNG's bytes and its alt text. None shows it in the notebook, where there is one.
    """

    def __init__(self, prompts, folder=None, every=100, *, columns=8, show=None):
        super().__init__()
        known = sorted(modalities.known().values(), key=lambda record: not record.in_words)  # captions make the titles
        sources = [record for record in known if record.name in prompts]
        if not sources:
            raise ValueError(f"give pairs, or prompts as generate takes them. Received: {', '.join(prompts) or 'none'}")
        prompts = {name: [given] if isinstance(given, str) else given for name, given in prompts.items()}
        self.source, rows = sources[0], _one_of_each(prompts)[: arguments.whole("columns", columns, 1)]
        self.prompts = [prompts[self.source.name][row] for row in rows]
        self.folder, self.every = folder and Path(folder), arguments.whole("every", every, 1)
        self.show = show or (_InNotebook() if folder is None else lambda picture, alt: None)
        self._drawn = None

    def on_train_batch_end(self, batch, logs=None):
        if self._speaks() and (self._drawn is None or self._step() % self.every == 0):
            self._try_to_draw()

    def on_train_end(self, logs=None):
        if self._speaks() and self._drawn != self._step():
            self._try_to_draw()

    def _speaks(self):
        return hasattr(self.model, "generate")  # not so while the embedders learn

    def _step(self):
        return int(self.model.step.numpy())

    def _try_to_draw(self):
        self._drawn = self._step()
        try:
            self.draw()
        except Exception as error:  # of whatever kind: it is only a picture
            warn_caller(f"the picture after {self._drawn} steps is left out, and the training goes on: {error}")

    def draw(self) -> None:
        """Draw, write and show one grid."""
        rows = [(record.draw, self._samples(name)) for name, record in self.model.records.items()]
        fig = plots.gallery(rows, [str(prompt) for prompt in self.prompts] if self.source.in_words else None)
        picture, step = plots.png(fig), self._step()
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in (f"grid-{step:06d}.png", "grid.png"):
                files.write_whole(self.folder / name, lambda file: file.write(picture))
        self.show(picture, f"Samples after {step} steps. {plots.alt_text(fig)}")

    def _samples(self, to):
        prompts = self._fitting() if self.source.in_words else np.stack(self.prompts)
        made = self.model.generate({self.source.name: prompts}, to=to, seed=0)  # the same noise each time
        return [row[0] for row in made]

    def _fitting(self):
        """The captions as training has them: long ones cut, rare words as the unknown one."""
        vocabulary = self.model.vocabulary
        return vocabulary.decode(vocabulary.encode([str(prompt) for prompt in self.prompts], cut=True))


def _one_of_each(prompts):
    """Rows of the first whole example of each class, where there are labels; else every whole row."""
    rows = complete_rows(prompts)
    if "label" in prompts:
        return rows[np.unique(np.asarray(prompts["label"])[rows], return_index=True)[1]]
    return rows


class _InNotebook:
    """Shows pictures in the place of the first one."""

    def __init__(self):
        self.handle = None

    def __call__(self, picture, alt):
        from IPython import get_ipython
        from IPython.display import HTML, display

        if get_ipython() is None:
            return
        page = HTML(plots.img(picture, alt))
        if self.handle is None:
            self.handle = display(page, display_id=True)
        else:
            self.handle.update(page)
