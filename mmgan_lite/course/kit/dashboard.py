"""The dashboard of a training: live samples, progress, losses, the time left, and a Stop button that works."""

import html
import threading

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit.attend import attend
from mmgan_lite.course.kit.budget import budget, device
from mmgan_lite.course.kit.reach import Reach
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.kit.worker import Worker
from mmgan_lite.training import callbacks


class Dashboard(CourseWidget):
    """Trains in a thread, shows how it goes, stops when asked, and goes on when asked; `train_on` says how to train.

    A cell that ends in `await run.finished()` shows the dashboard and waits, so that "Run All" goes on with a trained
    model, while the Stop button still answers; where a page's clicks do not reach the kernel meanwhile, it says so, and
    the kernel's own interrupt does the same. A training that was stopped may be gone on with: by running its cell
    again, or by a button, and then nothing waits for it.

    Args:
        minutes, steps: How long it takes, as `callbacks.Progress` understands it.
        resumable: Whether it can be gone on with.

    Attributes:
        history: {loss: list}, with "step", for `plots.losses`.
        resumed: Whether it was gone on with.
        worker: The `Worker` that trains.
        reach: The `Reach` that asks whether clicks are heard.
    """

    name, kept = "run", ("line", "losses", "samples", "curves")

    def __init__(self, minutes=None, steps=None, resumable=True):
        super().__init__()
        self.minutes, self.steps, self.resumable, self.resumed = minutes, steps, resumable, False
        self.history, self._before, self._pace = {"step": []}, (0.0, 0), None  # before: share and steps of earlier legs
        self.worker, self._telling = Worker(self._leg, self.guard, self._ended), threading.Lock()
        self.line, self.losses, self.samples, self.curves = map(self.page, self.kept)
        self.reach = Reach()
        self._controls()
        self._tell("preparing; the first step takes some seconds")
        buttons = row(self.bar, self.button, self.further)
        self.lay_out(self.line, self.reach, buttons, self.losses, self.samples, self.curves)

    def _controls(self):
        bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "420px", "max_width": "98%"})
        self.bar = self.control("bar", bar)
        tips = {"stop": "Stop, and keep what was learnt", "go-on": "Train further, from where Stop ended it"}
        self.button = self.make_button("stop", "Stop", self.stop, icon="stop", tooltip=tips["stop"])
        self.further = self.make_button("go-on", "Go on", self.go_on, icon="play", tooltip=tips["go-on"], disabled=True)

    def train_on(self, progress):
        """Train until the end, or until `worker.stopping` is set; `progress` is a Keras callback that shows it."""
        raise NotImplementedError

    def start(self):
        """Begin, unless it has begun already."""
        self.worker.start()

    def stop(self):
        """Ask the training to end after the present step; what was learnt stays."""
        with self._telling:
            if not self.button.disabled:
                self.worker.stop()
                self.button.disabled = True
                self._tell("stopping after this step …")

    def go_on(self):
        """Take up a training that was stopped where it ended; nothing happens while one runs."""
        if self.further.disabled:
            return
        self.further.disabled, self.button.disabled, self.resumed = True, False, True
        self._before = self.bar.value, self.history["step"][-1] if self.history["step"] else 0
        self._tell("going on; the first step takes some seconds")
        self.worker.go_on()

    async def finished(self):
        """Show the dashboard, wait until the training has ended, and raise what went wrong in it, if anything did."""
        await attend(self, "what was learnt is kept")

    @property
    def can_go_on(self):
        """Whether it was stopped before its end, and can train further."""
        return not self.further.disabled

    def _leg(self):
        """Train until the end or the next Stop."""
        minutes, steps, taken = self.minutes, self.steps, self._before[1]
        if taken:  # this leg has what the last one left
            minutes = minutes and self._pace.seconds_left / 60
            steps = steps and int(np.sum(steps)) - taken
        self.train_on(callbacks.Progress(minutes, steps, show=self._show, pause=0.25))

    def _ended(self, failed):
        with self._telling:  # a Stop that comes too late must not have the last word
            self.button.disabled = True
            if failed:
                return
            if not self.worker.stopping.is_set() or self.bar.value > 0.999:  # or nothing was left to stop
                self.bar.value = 1.0
                self._tell("done; run the cells below again" if self.resumed else "done")
                return
            self.further.disabled = not self.resumable
            go_on = "; Go on trains further, and so does running the cell again" if self.resumable else ""
            self._tell(f"stopped; what was learnt is kept{go_on}")

    def _tell(self, words):
        message = f"Training on {device()}, budget “{budget()}”: {words}."
        self.line.value = f'<span role="status">{html.escape(message)}</span>'

    def _show(self, pace):
        self._pace = pace
        share, before = self._before
        self.bar.value, step = share + (1 - share) * pace.fraction, before + pace.step
        if not self.worker.stopping.is_set():
            stage = f" ({pace.stage})" if pace.stage else ""
            self._tell(f"{self.bar.value:.0%}, {pace.time_left} left, step {step}{stage}")
        self.losses.value = _in_words(pace.losses)
        self._remember(step, pace.losses)

    def _remember(self, step, losses):
        for name, value in {"step": step, **losses}.items():
            past = self.history.setdefault(name, [np.nan] * (len(self.history["step"]) - 1))
            past.append(value)
        for past in self.history.values():  # a stage does not know the losses of the other
            past.extend([np.nan] * (len(self.history["step"]) - len(past)))

    def show_samples(self, picture, alt):
        """Show the bytes of a PNG file with its alt text, and below it the losses so far."""
        self.samples.value = plots.img(picture, alt)
        ax = plots.losses(self.history)
        self.curves.value = plots.img(plots.png(ax.figure, 72), ax.alt)


def _in_words(losses):
    """The losses as HTML: two players' as a pair, in the colour of what they play for, any other by its name."""
    told = []
    for name, value in losses.items():
        player, _, of = name.partition("_")
        if player == "d" and f"g_{of}" in losses:
            pair = f"D {value:.2f}, G {losses[f'g_{of}']:.2f}"
            told.append(f'<b style="color: {plots.COLOURS.get(of, "inherit")}">{html.escape(of)}</b> {pair}')
        elif player != "g" or f"d_{of}" not in losses:
            told.append(f"{html.escape(name)} {value:.2f}")
    return " · ".join(told)
