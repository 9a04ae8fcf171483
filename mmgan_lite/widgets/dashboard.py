"""The dashboard of a training: live samples, progress, losses, the time left, and a Stop button that works."""

import asyncio
import html
import os
import threading

import ipywidgets as widgets
import numpy as np
import tensorflow as tf
from IPython.display import display

from mmgan_lite import callbacks, data, plots
from mmgan_lite.widgets.guard import Guard

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
    """Trains in a thread, shows how it goes, and stops when asked.

    A cell that ends in `await run.finished()` shows the dashboard and waits, so that "Run All" goes on with a trained
    model, while the Stop button still answers.

    Args:
        train: A function such as `recipe.train`, called with `extra` (Keras callbacks), `stop` (a `threading.Event`)
            and the options; it returns the model.
        prompts: What the samples are made from, see `SampleGrid`; None takes a caption of each digit.
        every: GAN steps between two pictures.
        **options: Passed to `train`; `minutes` or `steps` among them tells the dashboard how long it takes.

    Attributes:
        gan: The trained model, once there is one.
        history: {loss: list}, with "step", for `plots.losses`.
    """

    def __init__(self, train, prompts=None, every=100, **options):
        self.gan, self.history = None, {"step": []}
        self.guard, self._stop = Guard(), threading.Event()
        self._controls()
        prompts = data.load_digits("valid") if prompts is None else prompts
        watchers = [
            callbacks.Progress(options.get("minutes"), options.get("steps"), show=self._show, pause=0.25),
            callbacks.SampleGrid(prompts, every=every, show=self._show_samples),
            callbacks.StopOnRequest(self._stop),
        ]
        self._train = lambda: train(extra=watchers, stop=self._stop, **options)
        self._thread = threading.Thread(target=self.guard(self._work), daemon=True)
        super().__init__([self.line, widgets.HBox([self.bar, self.button]), self.losses, self.samples, self.curves])
        self.children += (self.guard.view,)
        self.add_class("run")

    def _controls(self):
        self.line = widgets.HTML()
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "420px"})
        self.button = widgets.Button(description="Stop", icon="stop", tooltip="Stop, and keep what was learnt")
        self.losses = widgets.HTML()
        self.samples = widgets.HTML(layout={"min_height": "320px"})
        self.curves = widgets.HTML()
        for name in ("line", "bar", "losses", "samples", "curves"):
            getattr(self, name).add_class(f"run-{name}")
        self.button.add_class("run-stop")
        self.button.on_click(self.guard(lambda _: self.stop()))
        self._tell("preparing; the first step takes some seconds")

    def start(self):
        """Begin, unless it has begun already."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self):
        """Ask the training to end after the present step; what was learnt stays."""
        self._stop.set()
        self.button.disabled = True
        self._tell("stopping after this step …")

    async def finished(self):
        """Show the dashboard, wait until the training has ended, and raise what went wrong in it, if anything did."""
        shown = display(self, display_id=True)
        self.start()
        try:
            while self._thread.is_alive():
                await asyncio.sleep(0.1)  # the kernel hears the Stop button meanwhile
        except (KeyboardInterrupt, asyncio.CancelledError):  # the notebook's own stop button
            self.stop()
            self._thread.join()
            raise
        if self.guard.errors:
            raise self.guard.errors[-1]
        if shown is not None:  # there is a notebook: keep in it what pages without widgets can show
            shown.update(self)

    def _repr_mimebundle_(self, **kwargs):
        page = "".join(f"<div>{part.value}</div>" for part in (self.line, self.losses, self.samples, self.curves))
        return super()._repr_mimebundle_(**kwargs) | {"text/html": page}

    def _work(self):
        try:
            self.gan = self._train()
        finally:
            self.button.disabled = True
        self.bar.value = 1.0 if not self._stop.is_set() else self.bar.value
        self._tell("stopped; what was learnt is kept" if self._stop.is_set() else "done")

    def _tell(self, words):
        told = f"Training on {device()}, budget “{budget()}”: {words}."
        self.line.value = f'<span role="status">{html.escape(told)}</span>'

    def _show(self, pace):
        self.bar.value = pace.fraction
        if not self._stop.is_set():
            self._tell(f"{pace.fraction:.0%}, {pace.time_left} left, step {pace.step} ({pace.stage})")
        self.losses.value = _in_words(pace.losses)
        self._remember(pace)

    def _remember(self, pace):
        for name, value in {"step": pace.step, **pace.losses}.items():
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
