"""The experiment board: choose what to vary, write what you expect, run it over seeds, read what is beyond noise."""

import html
import itertools
from pathlib import Path

import ipywidgets as widgets

from mmgan_lite import plots
from mmgan_lite.course.kit.attend import attend
from mmgan_lite.course.kit.budget import budget
from mmgan_lite.course.kit.reach import Reach
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.course.kit.worker import Worker
from mmgan_lite.course.measuring import sweep as experiments
from mmgan_lite.course.measuring.design import STYLE, WIDE, Design


class Experiment(CourseWidget):
    """A board for sweeps of any function from settings to a score.

    Args:
        score: A function of `seed` and of every setting of `offers`, by name, that returns a number; see `Sweep`.
        offers: {name: levels}, what may be varied, as `Sweep` takes levels; a setting that is not varied stays at its
            first level.
        vary: Names of the one or two that are varied at first.
        seeds: How many, at first.
        seconds: For how long new runs are begun, at first.
        prediction: What is expected, and why; mostly left to the learner, and Run opens once there is one.
        path: Where results are kept, a JSON file, from the beginning on.

    Attributes:
        design: The controls, a `Design`.
        sweep: The `experiments.Sweep` that runs or was run last, or None.
        complete: Whether it has all its runs.
        worker: The `Worker` that runs it.
        reach: The `Reach` that asks whether clicks are heard.

    Example:
        board = Experiment(score, {"loss": {"hinge": mm.losses.hinge, …}, "rate": [1e-3, 2e-3]})
        await board.finished()   # once there is a prediction; a board that is only shown waits for its buttons
    """

    name, resumable = "experiment", True

    def __init__(self, score, offers, *, vary=(), seeds=3, seconds=60, prediction="", path="experiment.json"):
        super().__init__()
        self.score, self.sweep = score, None
        self.worker, self.reach = Worker(self._work, self.guard, self._ended), Reach()
        offers = {name: experiments.labelled(levels) for name, levels in offers.items()}
        self.design = Design(self.guard, offers, vary=vary, seeds=seeds, seconds=seconds, prediction=prediction)
        self.on(self.design, self._follow, "ready")
        self.line, self.view, self.told = self.page("line"), self.page("view"), self.page("told")
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "420px", "max_width": "98%"})
        self._make_buttons(str(path))
        self._follow()
        buttons = widgets.HBox([self.runner, self.stopper])
        self.lay_out(
            self.design, self.reach, buttons, self.bar, self.line, self.view, self.told, self.file, self.loader
        )

    def _make_buttons(self, path):
        tip = "Stop after this run, and keep what is done"
        self.runner = self.make_button("run", "Run", self.start, icon="play")
        self.stopper = self.make_button("stop", "Stop", self.stop, icon="stop", tooltip=tip, disabled=True)
        self.loader = self.make_button("load", "Load results", self.load, icon="folder-open")
        self.file = self.control("file", widgets.Text(path, description="Kept in", layout=WIDE, style=STYLE))

    def _follow(self):
        """Let Run follow the design."""
        self.runner.disabled = self.worker.is_running or not self.design.ready

    # The run

    @property
    def complete(self):
        return self.sweep is not None and len(self.sweep.results) == len(self.sweep)

    def start(self):
        """Begin the sweep that the controls describe, or go on with it; the design is closed meanwhile."""
        if self.worker.is_running or not self.design.ready:
            return
        try:
            sweep = self._planned()
            sweep.save(sweep.path)  # what cannot be kept is told before the first run, not after it
        except (ValueError, OSError) as error:
            self.line.say(f"Nothing can be kept there; name another file below. Received: {error}", wrong=True)
            return
        self.sweep = sweep
        self._open(False)
        self.worker.go_on()

    def _planned(self):
        design, score, held = self.design, self.score, self.design.held()
        sweep = experiments.Sweep(
            lambda seed, **at: score(seed=seed, **held, **at), design.varied(),
            seeds=design.seeds.value, prediction=design.prediction.value, seconds=design.seconds.value,
        )  # fmt: skip
        old = self.sweep
        if old is not None and old.prediction == sweep.prediction and list(old.settings) == list(sweep.settings):
            sweep.results = [result for result in old.results if (result["at"], result["seed"]) in sweep.plan]
        if old is None or sweep.results != old.results:  # another question: what answered the last one stays as it is
            sweep.results, self.file.value = [], _free(self.file.value)
        sweep.path = self.file.value
        return sweep

    def _open(self, opened):
        self.design.unlock(opened)
        self.file.disabled = self.loader.disabled = not opened
        self.stopper.disabled = opened
        self.runner.disabled = not (opened and self.design.ready)

    def _work(self):
        self._tell("running; the first run takes the longest")
        for result in self.sweep.runs():
            self._show(result)
            if self.worker.stopping.is_set():
                break

    def _ended(self, failed):
        ended = "all done" if self.complete else "stopped" if self.worker.stopping.is_set() else "the time is over"
        ended = "ended by an error" if failed else ended
        self._open(True)
        self._tell(f"{ended}: {len(self.sweep.results)} of {len(self.sweep)} runs, kept in {self.file.value}")

    def _show(self, result):
        sweep = self.sweep
        self.bar.value = len(sweep.results) / len(sweep)
        mean = sum(r["seconds"] for r in sweep.results) / len(sweep.results)
        left = mean * (len(sweep) - len(sweep.results))
        found = f"{experiments.title(result['at'])}, seed {result['seed']}: {result['score']:.3f}"
        if not self.worker.stopping.is_set():
            self._tell(f"{len(sweep.results)} of {len(sweep)} runs, about {left:.0f} s left; {found}")
        self._report()

    def _report(self):
        self.view.draw(self.sweep.figure(f"budget {budget()}"))
        lines = "".join(f"<li>{html.escape(str(difference))}</li>" for difference in self.sweep.differences())
        self.told.value = (
            f"<b>Expected:</b> “{html.escape(self.sweep.prediction)}”<br><b>Found</b>, seed by seed (at 95%, one "
            f"difference in twenty looks real by chance alone):<ul>{lines}</ul>{plots.table(self.sweep.columns())}"
        )

    def _tell(self, words):
        self.line.say(f"{words[0].upper()}{words[1:]}.")

    def stop(self):
        """Ask the sweep to end after the run that is under way; finished runs are kept."""
        if self.worker.is_running:
            self.worker.stop()
            self.stopper.disabled = True
            self._tell("stopping after this run …")

    def load(self):
        """Show the results that were kept in the file, and set the controls to them, so that Run goes on."""
        try:
            kept = experiments.read(self.file.value)
            sweep = experiments.Sweep(self.score, kept["settings"], seeds=kept["seeds"])
            sweep.restore(self.file.value)
            self.design.take(kept)
        except OSError as error:
            self.line.say(f"No results can be read there. Received: {error}", wrong=True)
            return
        except ValueError as error:
            self.line.say(str(error), wrong=True)
            return
        self.sweep = sweep
        self._report()
        self._tell(f"loaded {len(self.sweep.results)} runs from {self.file.value}")

    async def finished(self):
        """Show the board, begin, wait until the sweep has ended, and raise what went wrong in it, if anything did."""
        await attend(self, "finished runs are kept")

    go_on = start

    @property
    def can_go_on(self):
        """Whether runs are left."""
        return not self.complete

    def still_html(self):
        """The design, how far it is, and what was found."""
        return "".join(f"<div>{part.value}</div>" for part in (self.design.told, self.line, self.view, self.told))


def _free(path):
    """The path, or, where a file is there already, the same with a number.

    Raises:
        ValueError: for a folder, or no name at all.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder")
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return str(next(one for one in itertools.chain([path], numbered) if not one.exists()))
