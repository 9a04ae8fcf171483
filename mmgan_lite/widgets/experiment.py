"""The experiment board: choose what to vary, write what you expect, run it over seeds, read what is beyond noise."""

import asyncio
import html
import itertools
import math
import threading
from pathlib import Path

import ipywidgets as widgets
from IPython.display import display

from mmgan_lite import experiments, plots
from mmgan_lite.widgets.dashboard import budget
from mmgan_lite.widgets.guard import Guard
from mmgan_lite.widgets.page import Page

NOTHING = "(nothing else)"
_WIDE = {"width": "560px", "max_width": "100%"}
_STYLE = {"description_width": "120px"}


class Experiment(widgets.VBox):
    """A board for sweeps of any function from settings to a score.

    Args:
        score: A function of `seed` and of every setting of `offers`, by name, that returns a number; see `Sweep`.
        offers: {name: levels}, what may be varied, as `Sweep` takes levels; a setting that is not varied stays at its
            first level.
        vary: Names of the one or two that are varied at first.
        seeds: How many, at first.
        seconds: For how long new runs are begun, at first.
        prediction: What is expected, and why; mostly left to the learner, and Run opens once there is one.
        path: Where results are kept, a JSON file, from the first run on.

    Attributes:
        sweep: The `experiments.Sweep` that runs or was run last, or None.
        complete: Whether it has all its runs.

    Example:
        board = Experiment(score, {"loss": {"hinge": mm.losses.hinge, …}, "rate": [1e-3, 2e-3]})
        await board.finished()   # once there is a prediction; a board that is only shown waits for its buttons
    """

    def __init__(self, score, offers, vary=(), seeds=3, seconds=60, prediction="", path="experiment.json"):
        self._score = score
        self._offers = {name: experiments.labelled(levels) for name, levels in offers.items()}
        self.sweep, self.guard, self._stop = None, Guard(), threading.Event()
        self.running, self._thread = False, None
        self._choices([*vary, *list(offers)][: 1 if len(vary) == 1 else 2])
        self._amounts(seeds, seconds, prediction, str(path))
        self._make_buttons()
        self.line, self.plan = Page(name="experiment-line"), Page(name="experiment-plan")
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "420px"})
        self.view, self.told = Page(name="experiment-view"), Page(name="experiment-told")
        self._follow()
        super().__init__([self.rows, self.prediction, self.seeds, self.seconds, self.plan, self.buttons, self.bar,
                          self.line, self.view, self.told, self.file, self.loader, self.guard.view])  # fmt: skip
        self.add_class("experiment")

    # What is chosen

    def _choices(self, varied):
        self.names, self.levels = [], []
        for number in range(min(len(self._offers), 2)):
            names = [*self._offers, *([NOTHING] if number else [])]
            value = varied[number] if number < len(varied) else NOTHING
            name = widgets.Dropdown(options=names, value=value, description=("Vary", "and")[number], style=_STYLE)
            levels = widgets.SelectMultiple(description="levels", style=_STYLE)
            name.add_class(f"experiment-name-{number + 1}")
            levels.add_class(f"experiment-levels-{number + 1}")
            name.observe(self.guard(lambda _: self._offer_levels()), "value")
            levels.observe(self.guard(lambda _: self._follow()), "value")
            self.names.append(name)
            self.levels.append(levels)
        pairs = [widgets.VBox(pair) for pair in zip(self.names, self.levels, strict=True)]
        self.rows = widgets.HBox(pairs, layout={"flex_flow": "row wrap"})
        self._offer_levels()

    def _offer_levels(self):
        """Show the levels of the settings that are named, all of them chosen."""
        for name, levels in zip(self.names, self.levels, strict=True):
            offered = tuple(self._offers.get(name.value, ()))
            if levels.options != offered:
                levels.options, levels.value = offered, offered
                levels.rows = max(len(offered), 2)
            levels.layout.display = None if offered else "none"
        self._follow()

    def _amounts(self, seeds, seconds, prediction, path):
        self.seeds = widgets.IntSlider(seeds, 1, 10, description="Seeds", continuous_update=False, style=_STYLE)
        self.seconds = widgets.BoundedIntText(seconds, 1, 36000, description="Seconds at most", style=_STYLE)
        hint = "What do you expect, and why? Run opens when it is written."
        self.prediction = widgets.Textarea(prediction, placeholder=hint, description="I expect", rows=2, layout=_WIDE,
                                           style=_STYLE)  # fmt: skip
        self.file = widgets.Text(path, description="Kept in", layout=_WIDE, style=_STYLE)
        for name in ("seeds", "seconds", "prediction", "file"):
            control = getattr(self, name)
            control.add_class(f"experiment-{name}")
            control.observe(self.guard(lambda _: self._follow()), "value")

    def _make_buttons(self):
        self.runner = widgets.Button(description="Run", icon="play", disabled=True)
        self.stopper = widgets.Button(description="Stop", icon="stop", disabled=True,
                                      tooltip="Stop after this run, and keep what is done")  # fmt: skip
        self.loader = widgets.Button(description="Load results", icon="folder-open")
        for name, button, act in (("run", self.runner, self.start), ("stop", self.stopper, self.stop),
                                  ("load", self.loader, self.load)):  # fmt: skip
            button.add_class(f"experiment-{name}")
            button.on_click(self.guard(lambda _, act=act: act()))
        self.buttons = widgets.HBox([self.runner, self.stopper])

    def _settings(self):
        """{name: {label: value}} of what is varied."""
        varied = {}
        for name, levels in zip(self.names, self.levels, strict=True):
            if name.value != NOTHING:
                varied[name.value] = {label: self._offers[name.value][label] for label in levels.value}
        return varied

    def _follow(self):
        """Let the plan, and the button, follow the controls."""
        if not hasattr(self, "plan") or self.running:
            return
        combinations = math.prod(len(levels) for levels in self._settings().values())
        wrong = self._missing(combinations)
        runs = combinations * self.seeds.value
        words = f"{combinations} combinations × {self.seeds.value} seeds = {runs} runs"
        few = " One seed tells nothing of luck." if self.seeds.value == 1 else ""
        self.plan.say(wrong or f"{words}; none is begun after {self.seconds.value} s.{few}", wrong=bool(wrong))
        self.runner.disabled = bool(wrong)

    def _missing(self, combinations):
        if len({name.value for name in self.names}) < len(self.names):
            return "Vary two different settings, or one alone."
        if combinations < 2:
            return "Choose two levels at least, with Shift and a click or an arrow key: else nothing varies."
        if not experiments.wordy(self.prediction.value):
            return "First write what you expect, and why: a sentence will do."
        return ""

    # The run

    @property
    def complete(self):
        return self.sweep is not None and len(self.sweep.results) == len(self.sweep)

    def start(self):
        """Begin the sweep that the controls describe, or go on with it; the prediction is closed meanwhile."""
        if self.running or self.runner.disabled:
            return
        self.sweep, self.running = self._planned(), True
        self._stop.clear()
        self._open(False)
        self._thread = threading.Thread(target=self.guard(self._work), daemon=True)
        self._thread.start()

    def _planned(self):
        varied = self._settings()
        held = {name: next(iter(levels.values())) for name, levels in self._offers.items() if name not in varied}
        score, limits = self._score, (self.seeds.value, self.prediction.value, self.seconds.value)
        sweep = experiments.Sweep(lambda seed, **at: score(seed=seed, **held, **at), varied, *limits)
        old = self.sweep
        if old is not None and old.prediction == sweep.prediction and list(old.settings) == list(sweep.settings):
            sweep.results = [result for result in old.results if (result["at"], result["seed"]) in sweep.plan]
        if old is None or sweep.results != old.results:  # another question: what answered the last one stays as it is
            sweep.results, self.file.value = [], _free(self.file.value)
        sweep.path = self.file.value
        return sweep

    def _open(self, opened):
        for control in (*self.names, *self.levels, self.prediction, self.seeds, self.seconds, self.file,
                        self.runner, self.loader):  # fmt: skip
            control.disabled = not opened
        self.stopper.disabled = opened

    def _work(self):
        ended = "ended by an error"
        try:
            self._tell("running; the first run takes the longest")
            for result in self.sweep.runs():
                self._show(result)
                if self._stop.is_set():
                    break
            ended = "all done" if self.complete else "stopped" if self._stop.is_set() else "the time is over"
        finally:
            self.running = False
            self._open(True)
            self._follow()
            self._tell(f"{ended}: {len(self.sweep.results)} of {len(self.sweep)} runs, kept in {self.file.value}")

    def _show(self, result):
        sweep = self.sweep
        self.bar.value = len(sweep.results) / len(sweep)
        mean = sum(r["seconds"] for r in sweep.results) / len(sweep.results)
        left = mean * (len(sweep) - len(sweep.results))
        found = f"{experiments.title(result['at'])}, seed {result['seed']}: {result['score']:.3f}"
        if not self._stop.is_set():
            self._tell(f"{len(sweep.results)} of {len(sweep)} runs, about {left:.0f} s left; {found}")
        self._report()

    def _report(self):
        self.view.draw(self.sweep.figure(f"budget {budget()}"))
        lines = "".join(f"<li>{html.escape(str(difference))}</li>" for difference in self.sweep.differences())
        self.told.value = (
            f"<b>Expected:</b> “{html.escape(self.sweep.prediction)}”<br><b>Found</b>, seed by seed (at 95%, one "
            f"difference in twenty looks real by luck alone):<ul>{lines}</ul>{plots.table(self.sweep.columns())}"
        )

    def _tell(self, words):
        self.line.say(f"{words[0].upper()}{words[1:]}.")

    def stop(self):
        """Ask the sweep to end after the run that is under way; finished runs are kept."""
        self._stop.set()
        self.stopper.disabled = True
        self._tell("stopping after this run …")

    def load(self):
        """Show the results that were kept in the file, and set the controls to them, so that Run goes on."""
        try:
            kept = experiments.read(self.file.value)
            self.sweep = experiments.Sweep(self._score, kept["settings"], kept["seeds"])
            self.sweep.restore(self.file.value)
        except (ValueError, OSError) as error:
            self.line.say(str(error), wrong=True)
            return
        self._set(kept)
        self._report()
        self._tell(f"loaded {len(self.sweep.results)} runs from {self.file.value}")

    def _set(self, kept):
        self.prediction.value, self.seeds.value = kept["prediction"], len(kept["seeds"])
        named = [name for name in kept["settings"] if name in self._offers]
        for widget, name in zip(self.names, [*named, NOTHING], strict=False):
            widget.value = name
        for levels, name in zip(self.levels, named, strict=False):
            levels.value = [label for label in kept["settings"][name] if label in self._offers[name]]

    async def finished(self):
        """Show the board, begin, wait until the sweep has ended, and raise what went wrong in it, if anything did."""
        shown = display(self, display_id=True)
        self.start()
        while self._thread is not None and self._thread.is_alive():
            await asyncio.sleep(0.1)  # the kernel hears the Stop button meanwhile
        if self.guard.errors:
            raise self.guard.errors[-1]
        if shown is not None:
            shown.update(self)

    def _repr_mimebundle_(self, **kwargs):
        page = "".join(f"<div>{part.value}</div>" for part in (self.plan, self.line, self.view, self.told))
        return super()._repr_mimebundle_(**kwargs) | {"text/html": page}  # for pages without widgets


def _free(path):
    """The path, or, where a file is there already, the same with a number."""
    path = Path(path)
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return str(next(one for one in itertools.chain([path], numbered) if not one.exists()))
