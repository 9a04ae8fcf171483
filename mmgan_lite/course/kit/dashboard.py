"""The dashboard of a training: live samples, progress, losses, the time left, and a Stop button that works."""

import asyncio
import html
import inspect
import os
import threading

import ipywidgets as widgets
import numpy as np
import tensorflow as tf
from IPython.display import display

from mmgan_lite import plots
from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.datasets import digits
from mmgan_lite.training import callbacks

BUDGETS = ("smoke", "class", "full")


def budget():
    """How much a notebook may compute: "smoke" for tests, "class" for a lesson (the default), or "full".

    Raises:
        ValueError: if the environment variable MMGAN_BUDGET says anything else.
    """
    name = os.environ.get("MMGAN_BUDGET", "class")
    if name not in BUDGETS:
        raise ValueError(f"MMGAN_BUDGET must be one of {', '.join(BUDGETS)}. Received: {name!r}")
    return name


def device():
    """Where TensorFlow computes, in words."""
    gpus = tf.config.list_physical_devices("GPU")
    return "the GPU" if gpus else f"the CPU ({os.cpu_count()} cores)"


class TrainingRun(widgets.VBox):
    """Trains in a thread, shows how it goes, stops when asked, and goes on when asked.

    A cell that ends in `await run.finished()` shows the dashboard and waits, so that "Run All" goes on with a trained
    model, while the Stop button still answers. A training that was stopped may be gone on with, by a button, where
    `train` can: while it does, nothing waits for it.

    Args:
        train: A function such as `recipe.train`, called with `extra` (Keras callbacks), `stop` (a `threading.Event`)
            and the options; it returns the model. One that takes `resume` can go on: it is then called with
            `resume=True` in place of `minutes` and `steps`.
        prompts: What the samples are made from, see `SampleGrid`; None takes a caption of each digit.
        every: GAN steps between two pictures.
        **options: Passed to `train`; `minutes` or `steps` among them tells the dashboard how long it takes.

    Attributes:
        gan: The trained model, once there is one.
        history: {loss: list}, with "step", for `plots.losses`.
    """

    def __init__(self, train, prompts=None, every=100, **options):
        self.gan, self.history = None, {"step": []}
        self.guard, self._stop, self._telling = Guard(), threading.Event(), threading.Lock()
        self._train, self._options, self._every = train, options, every
        self._prompts = digits.load_digits("valid") if prompts is None else prompts
        self._before, self._pace = (0.0, 0), None  # share and steps of the legs before this one; how far this one is
        self._gone_on = False
        self._controls()
        self._thread = self._leg(options)
        buttons = widgets.HBox([self.bar, self.button, self.further], layout={"flex_flow": "row wrap"})
        super().__init__([self.line, buttons, self.losses, self.samples, self.curves, self.guard.view])
        self.add_class("run")

    def _controls(self):
        self.line = widgets.HTML()
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "420px", "max_width": "98%"})
        self.button = widgets.Button(description="Stop", icon="stop", tooltip="Stop, and keep what was learnt")
        self.further = widgets.Button(description="Go on", icon="play", disabled=True,
                                      tooltip="Train further, from where Stop ended it")  # fmt: skip
        self.losses = widgets.HTML()
        self.samples = widgets.HTML(layout={"min_height": "320px"})
        self.curves = widgets.HTML()
        for name in ("line", "bar", "losses", "samples", "curves"):
            getattr(self, name).add_class(f"run-{name}")
        for name, button, act in (("stop", self.button, self.stop), ("go-on", self.further, self.go_on)):
            button.add_class(f"run-{name}")
            button.on_click(self.guard(lambda _, act=act: act()))
        self._tell("preparing; the first step takes some seconds")

    def _leg(self, options):
        """A thread that trains until its end or the next Stop."""
        return threading.Thread(target=self.guard(self._work), args=(options,), daemon=True)

    def start(self):
        """Begin, unless it has begun already."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self):
        """Ask the training to end after the present step; what was learnt stays."""
        with self._telling:
            if not self.button.disabled:
                self._stop.set()
                self.button.disabled = True
                self._tell("stopping after this step …")

    def go_on(self):
        """Take up a training that was stopped where it ended; nothing happens while one runs."""
        if self.further.disabled:
            return
        self.further.disabled, self.button.disabled, self._gone_on = True, False, True
        self._stop.clear()
        self._before = self.bar.value, self.history["step"][-1] if self.history["step"] else 0
        self._tell("going on; the first step takes some seconds")
        rest = {name: value for name, value in self._options.items() if name not in ("minutes", "steps")}
        self._thread = self._leg(rest | {"resume": True})
        self.start()

    async def finished(self):
        """Show the dashboard, wait until the training has ended, and raise what went wrong in it, if anything did."""
        shown = display(self, display_id=True)
        self.start()
        try:
            while self._thread.is_alive():
                await asyncio.sleep(0.1)  # the kernel hears the Stop button meanwhile
        except (KeyboardInterrupt, asyncio.CancelledError) as interrupt:  # the notebook's own stop button
            self.stop()
            self._thread.join()
            raise type(interrupt)("stopped; what was learnt is kept") from None  # a short page, not asyncio's frames
        if self.guard.errors:
            raise self.guard.errors[-1]
        if shown is not None:  # there is a notebook: keep in it what pages without widgets can show
            shown.update(self)

    def _repr_mimebundle_(self, **kwargs):
        page = "".join(f"<div>{part.value}</div>" for part in (self.line, self.losses, self.samples, self.curves))
        return super()._repr_mimebundle_(**kwargs) | {"text/html": page}

    def _work(self, options):
        try:
            self.gan = self._train(extra=self._watchers(), stop=self._stop, **options)
        except BaseException:
            self.button.disabled = True
            raise
        self._end()

    def _watchers(self):
        minutes, steps = self._options.get("minutes"), self._options.get("steps")
        if self._before[1]:  # this leg has what the last one left
            minutes = minutes and self._pace.seconds_left / 60
            steps = steps and int(np.sum(steps)) - self._before[1]
        return [
            callbacks.Progress(minutes, steps, show=self._show, pause=0.25),
            callbacks.SampleGrid(self._prompts, every=self._every, show=self._show_samples),
            callbacks.StopOnRequest(self._stop),
        ]

    def _end(self):
        with self._telling:  # a Stop that comes too late must not have the last word
            self.button.disabled = True
            if not self._stop.is_set() or self.bar.value > 0.999:  # or nothing was left to stop
                self.bar.value = 1.0
                self._tell("done; run the cells below again" if self._gone_on else "done")
                return
            able = "resume" in inspect.signature(self._train).parameters
            self.further.disabled = not able
            go_on = "; Go on trains further" if able else ""
            self._tell(f"stopped; what was learnt is kept{go_on}")

    def _tell(self, words):
        told = f"Training on {device()}, budget “{budget()}”: {words}."
        self.line.value = f'<span role="status">{html.escape(told)}</span>'

    def _show(self, pace):
        self._pace = pace
        share, step = self._before
        self.bar.value = share + (1 - share) * pace.fraction
        if not self._stop.is_set():
            self._tell(f"{self.bar.value:.0%}, {pace.time_left} left, step {step + pace.step} ({pace.stage})")
        self.losses.value = _in_words(pace.losses)
        self._remember(step + pace.step, pace.losses)

    def _remember(self, step, losses):
        for name, value in {"step": step, **losses}.items():
            past = self.history.setdefault(name, [np.nan] * (len(self.history["step"]) - 1))
            past.append(value)
        for past in self.history.values():  # a stage does not know the losses of the other
            past.extend([np.nan] * (len(self.history["step"]) - len(past)))

    def _show_samples(self, picture, alt):
        self.samples.value = plots.img(picture, alt)
        ax = plots.losses(self.history)
        self.curves.value = plots.img(plots.png(ax.figure, 72), ax.alt)


def _in_words(losses):
    """The losses as HTML, a pair of players after the other, a sense in its colour."""
    if "loss" in losses:
        return f"one space: loss {losses['loss']:.2f}"
    names = [name[2:] for name in losses if name.startswith("d_") and f"g_{name[2:]}" in losses]
    told = '<b style="color: {}">{}</b> D {:.2f}, G {:.2f}'
    values = {name: (losses[f"d_{name}"], losses[f"g_{name}"]) for name in names}
    return " · ".join(
        told.format(plots.COLOURS.get(name, "black"), html.escape(name), *pair) for name, pair in values.items()
    )
