"""The arena: a duel on points under the hand, step by step, running, backwards, and on from there."""

import functools
import html
import time
import weakref

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit.plane import Plane
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.kit.worker import Worker
from mmgan_lite.course.players import toys
from mmgan_lite.course.players.duel import Duel
from mmgan_lite.course.players.scene import EXTENT, LAYERS, Scene, in_words, picture, thinned
from mmgan_lite.evaluation import metrics

DRAWN = "drawn by you"
DATA = {  # name: how to draw points, and the places around which they lie
    "a ring of eight": (toys.ring, toys.ring_modes()),
    "a grid of 25": (toys.grid, toys.grid_modes()),
    "two moons": (toys.moons, toys.moons_modes()),
    "one blob": (lambda n: toys.blobs(n, [[0.6, 0.6]], spread=0.2), np.array([[0.6, 0.6]], "float32")),
}
POINTS, RADIUS = 2000, 3 * toys.SPREAD
RATES = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
SPEEDS = {"1 round a s": 1, "5 rounds a s": 5, "20 rounds a s": 20, "full speed": 1e9}
PAUSE = 0.08  # seconds between two pictures while it runs
MOST = 20_000  # steps on end, then it pauses: nobody may be looking any more
_ARENAS = weakref.WeakSet()  # all that there are


class Arena(CourseWidget):
    """A `Duel` with its controls: whose turn, how fast, which data; pause, rewind, and on from there.

    Args:
        duel: A `Duel` on points of the plane; None makes one.
        data: What to begin with, a key of `DATA`.

    Attributes:
        duel: The duel, as it stands.
        scene: The `Scene` that shows it.
        drawing: A `Plane`, whose points are the places of a distribution of your own.
        worker: The `Worker` that lets it run.
    """

    name = "arena"

    def __init__(self, duel=None, data="a ring of eight"):
        super().__init__()
        self.worker, self._drawn_at = Worker(self._play, self.guard, self._ended), 0.0
        self.modes = DATA[data][1]
        self.duel = Duel(DATA[data][0](POINTS), rates=(3e-3, 3e-3)) if duel is None else duel
        for other in list(_ARENAS):
            if other.duel is self.duel:
                other.pause()  # its cell was run again: nobody could pause it any more
        _ARENAS.add(self)
        self.duel.warm_up()  # so that the first click answers as soon as the others
        self.scene, self.told, self.numbers = Scene(), self.page("told"), self.page("numbers")
        self._make_controls(data)
        self._make_settings()
        self._arrange()
        self._redraw()

    def _make_controls(self, data):
        """Whose turn it is, when, and with which data."""
        moves = {"d": ("Step D", self.duel.step_discriminator), "g": ("Step G", self.duel.step_generator),
                 "both": ("Step both", self._round), "reset": ("Start anew", self.duel.restart)}  # fmt: skip
        wide = {"layout": {"width": "110px"}}
        self.buttons = {
            name: self.make_button(name, words, functools.partial(self._once, move), **wide)
            for name, (words, move) in moves.items()
        }
        running = widgets.ToggleButton(False, description="Run", icon="play", **wide)
        self.running = self.control("run", running, lambda: self.run() if running.value else self.pause())
        self.rewind = self.control("rewind", widgets.IntSlider(0, 0, 1, description="rewind"))
        # the value that came, since a duel that runs moves the slider, too
        self.rewind.observe(self.guard(lambda change: self._rewound(change["new"])), "value")
        offered = widgets.Dropdown(options=[*DATA, DRAWN], value=data, description="real data")
        self.data = self.control("data", offered, self._locked(self._take_data))
        self.drawing = Plane([[-0.8, -0.6], [0, 0.8], [0.8, -0.6]], EXTENT, adding=True, width=260, height=260,
                             alt="Places of real data: click to add one, drag to move it.")  # fmt: skip
        self.on(self.drawing, self._locked(self._take_data), "points")

    def _make_settings(self):
        """How fast, how often, and what is drawn of it."""
        speed = widgets.SelectionSlider(options=SPEEDS.items(), value=1e9, description="speed")
        self.speed = self.control("speed", speed)
        self.rates, self.turns, options = [], [], [(f"{rate:g}", rate) for rate in RATES]
        for player, rate in zip("DG", self.duel.rates, strict=True):
            nearest = min(RATES, key=lambda known: abs(known - rate))
            slider = widgets.SelectionSlider(options=options, value=nearest, description=f"rate of {player}")
            turns = widgets.IntSlider(1, 1, 10, description=f"turns of {player}")
            self.rates.append(self.control(f"rate-{player.lower()}", slider, self._locked(self._take_rates)))
            self.turns.append(self.control(f"turns-{player.lower()}", turns))
        boxes = {name: widgets.Checkbox(True, description=name, indent=False) for name in LAYERS}
        self.layers = list(self.named(boxes, self._locked(self._take_layers)).values())
        opener = widgets.ToggleButton(False, description="Show the numbers")
        self.opener = self.control("open", opener, self._locked(lambda: None))

    def _arrange(self):
        how = widgets.HTML("Your data: click for a new place, drag it, press Delete to remove it.")
        self.sheet = widgets.VBox([how, self.drawing], layout={"display": "none"})
        whose = widgets.HBox([self.buttons[name] for name in ("d", "g", "both")])
        when = widgets.HBox([self.running, self.buttons["reset"]])
        sliders = [self.speed, *self.rates, *self.turns, self.rewind]
        parts = [self.data, whose, when, *sliders, widgets.HBox(self.layers), self.told, self.sheet]
        side = widgets.VBox(parts, layout={"width": "400px", "max_width": "100%"})
        self.lay_out(row(self.scene, side), self.opener, self.numbers)

    def _round(self):
        self.duel.step_both(*(turns.value for turns in self.turns))

    def _once(self, move):
        """One click: whatever runs pauses first."""
        self.pause()
        self._locked(move)()

    def run(self):
        """Let it run, at the speed that is set."""
        self.worker.go_on()
        self._label()

    def pause(self):
        """Stop the running duel, if it runs; when this returns, it has stopped."""
        self.worker.stop()
        self.worker.wait()
        self.running.value = False
        self._label()

    def _label(self):
        self.running.description, self.running.icon = ("Pause", "pause") if self.running.value else ("Run", "play")

    def _play(self):
        """The thread: rounds at the pace asked for, a picture now and then."""
        due, last, halt = time.monotonic(), self.duel.step + MOST, self.worker.stopping
        while not halt.is_set() and self.duel.step < last:
            with self.duel.lock:
                self._round()
                if time.monotonic() - self._drawn_at > PAUSE and self.scene.behind < 3:
                    self._redraw()
            due = max(due + 1 / self.speed.value, time.monotonic())
            halt.wait(max(0.001, due - time.monotonic()))  # hands get their turn between two rounds

    def _ended(self, failed):
        with self.duel.lock:
            self._redraw(paused=True)
        if not self.worker.stopping.is_set():
            self.pause()

    def _rewound(self, step):
        if step == self.duel.step:
            return  # the slider followed the duel, not a hand
        self.pause()
        self._locked(lambda: self.duel.rewind(min(step, self.duel.last)))()

    def _locked(self, change):
        """A function that changes something between two rounds, and draws; what runs runs on."""

        def changed():
            with self.duel.lock:
                change()
                self._redraw()

        return changed

    def _take_rates(self):
        self.duel.rates = [control.value for control in self.rates]

    def _take_layers(self):
        self.scene.layers = [name for name, box in zip(LAYERS, self.layers, strict=True) if box.value]

    def _take_data(self):
        drawn = self.data.value == DRAWN
        self.sheet.layout.display = None if drawn else "none"
        if not drawn:
            sample, self.modes = DATA[self.data.value]
            self.duel.real = sample(POINTS)
        elif len(self.drawing.points):  # without a place there is no data: the old stay
            self.modes = self.drawing.places()
            self.duel.real = toys.blobs(POINTS, self.modes)

    def coverage(self):
        """How many of the data's places the fakes hit, and how many of the fakes hit one: `metrics.ModeCoverage`."""
        return metrics.mode_coverage(self.duel.fakes(1000), self.modes, RADIUS)

    def _redraw(self, paused=None):
        paused = not self.running.value if paused is None else paused
        hit = self.coverage()
        covered = f"{hit.num_covered} of {len(self.modes)} places covered, {hit.share_near:.0%} of the fakes near one"
        words = f"{in_words(self.duel)} {covered}."
        self.scene.show(self.duel, words)
        self.rewind.max = max(1, self.duel.last)
        self.rewind.value = self.duel.step
        self._tell(covered, paused)
        shown = self.opener.value and paused
        self.numbers.value = plots.table(thinned(self.duel.history(), 12), opened=True) if shown else ""
        self._drawn_at = time.monotonic()

    def _tell(self, covered, paused):
        d_loss, g_loss = (f"{loss:.2f}" if np.isfinite(loss) else "–" for loss in self.duel.losses)
        message = f"Step {self.duel.step}. D’s loss {d_loss}, G’s {g_loss}. {covered[0].upper()}{covered[1:]}."
        if self.data.value == DRAWN and not self.drawing.points:
            message += " Your plane is empty: click on it to add a place. Until then the old data stay."
        aloud = ' role="status"' if paused else ""  # a screen reader is not told ten times a second
        self.told.value = f"<div{aloud}>{html.escape(message)}</div>"

    def still_html(self):
        """The duel as a figure, and in words."""
        return plots.img(plots.png(picture(self.duel).figure, 80), in_words(self.duel)) + self.told.value
