"""The design of an experiment: what is varied, over how many seeds, for how long, and what is expected of it."""

import math

import ipywidgets as widgets
import traitlets

from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.measuring import sweep

NOTHING = "(nothing else)"
WIDE = {"width": "560px", "max_width": "98%"}
STYLE = {"description_width": "120px"}


class Design(CourseWidget):
    """The controls of an `Experiment`, and a line that says what they come to, or what is missing.

    Args:
        guard: A `Guard`, for every callback.
        offers: {name: {label: value}}, what may be varied.
        vary, seeds, seconds, prediction: As `Experiment` takes them.

    Attributes:
        ready: Whether nothing is missing; observe it.
    """

    name, ready = "experiment", traitlets.Bool(False)

    def __init__(self, guard, offers, *, vary, seeds, seconds, prediction):
        super().__init__(guard)
        self._offers, self.told = offers, self.page("design")
        self._amounts(seeds, seconds, prediction)
        self._choices([*vary, *list(offers)][: 1 if len(vary) == 1 else 2])
        self._offer_levels()
        pairs = [widgets.VBox(pair) for pair in zip(self.names, self.levels, strict=True)]
        self.children = [row(*pairs), self.prediction, self.seeds, self.seconds, self.told]

    def _amounts(self, seeds, seconds, prediction):
        self.seeds = widgets.IntSlider(seeds, 1, 10, description="Seeds", continuous_update=False, style=STYLE)
        self.seconds = widgets.BoundedIntText(seconds, 1, 36000, description="Seconds at most", style=STYLE)
        hint = "What do you expect, and why? Run opens when it is written."
        self.prediction = widgets.Textarea(prediction, placeholder=hint, description="I expect", rows=2, layout=WIDE,
                                           style=STYLE)  # fmt: skip
        for name in ("seeds", "seconds", "prediction"):
            self.control(name, getattr(self, name), self._follow)

    def _choices(self, varied):
        self.names, self.levels = [], []
        for number in range(min(len(self._offers), 2)):
            names = [*self._offers, *([NOTHING] if number else [])]
            value = varied[number] if number < len(varied) else NOTHING
            name = widgets.Dropdown(options=names, value=value, description=("Vary", "and")[number], style=STYLE)
            self.names.append(self.control(f"name-{number + 1}", name, self._offer_levels))
            self.levels.append(self.control(f"levels-{number + 1}", Ticks(self.guard), self._follow))

    def _offer_levels(self):
        """Show the levels of the settings that are named, all of them chosen."""
        for name, levels in zip(self.names, self.levels, strict=True):
            offered = tuple(self._offers.get(name.value, ()))
            if levels.options != offered:
                levels.offer(offered)
        self._follow()

    def _follow(self):
        runs = self._combinations() * self.seeds.value
        words = f"{self._combinations()} combinations × {_many(self.seeds.value, 'seed')} = {runs} runs"
        few = " One seed tells nothing of chance." if self.seeds.value == 1 else ""
        wrong = self._missing()
        self.told.say(wrong or f"{words}; none is begun after {self.seconds.value} s.{few}", wrong=bool(wrong))
        self.ready = not wrong

    def _combinations(self):
        return math.prod(len(levels) for levels in self.varied().values())

    def _missing(self):
        if len({name.value for name in self.names}) < len(self.names):
            return "Vary two different settings, or one alone."
        if self._combinations() < 2:
            return "Tick two levels at least: else nothing varies."
        if not sweep.wordy(self.prediction.value):
            return "First write what you expect, and why: a sentence will do."
        return ""

    def varied(self):
        """{name: {label: value}} of what is varied."""
        chosen = {}
        for name, levels in zip(self.names, self.levels, strict=True):
            if name.value != NOTHING:
                chosen[name.value] = {label: self._offers[name.value][label] for label in levels.value}
        return chosen

    def held(self):
        """{name: value} of what is not varied: the first level of each."""
        varied = self.varied()
        return {name: next(iter(levels.values())) for name, levels in self._offers.items() if name not in varied}

    def unlock(self, opened):
        """Let the controls move, or not."""
        for control in (*self.names, self.prediction, self.seeds, self.seconds):
            control.disabled = not opened
        for levels in self.levels:
            levels.lock(not opened)

    def take(self, kept):
        """Set the controls to what a file held, as `experiments.read` gives it.

        Raises:
            ValueError: if it varies what is not offered here.
        """
        strange = [name for name in kept["settings"] if name not in self._offers]
        if strange or len(kept["settings"]) > len(self.names):
            raise ValueError(f"this board varies {', '.join(self._offers)}. Received: {', '.join(kept['settings'])}")
        self.prediction.value, self.seeds.value = kept["prediction"], len(kept["seeds"])
        for widget, name in zip(self.names, [*kept["settings"], NOTHING], strict=False):
            widget.value = name
        for levels, (name, labels) in zip(self.levels, kept["settings"].items(), strict=False):
            levels.value = [label for label in labels if label in self._offers[name]]


class Ticks(CourseWidget):
    """A box to tick for each level: a list to mark would need Shift, or Ctrl, held down.

    Attributes:
        value: The labels that are ticked.
        options: All labels.
    """

    value = traitlets.Tuple()

    def __init__(self, guard):
        super().__init__(guard)
        self._setting, self.layout.margin = False, "0 0 0 124px"
        self.on(self, self._show)

    @property
    def options(self):
        return tuple(box.description for box in self.children)

    def offer(self, labels):
        """Show these levels, all of them ticked."""
        self.children = [self._box(label) for label in labels]
        self.value = tuple(labels)

    def _box(self, label):
        box = widgets.Checkbox(True, description=label, indent=False, layout={"width": "auto"})
        self.on(box, self._read)
        return box

    def _read(self):
        if not self._setting:
            self.value = tuple(box.description for box in self.children if box.value)

    def _show(self):
        self._setting = True
        for box in self.children:
            box.value = box.description in self.value
        self._setting = False

    def lock(self, locked):
        """Let the boxes be ticked, or not."""
        for box in self.children:
            box.disabled = locked


def _many(number, what):
    return f"{number} {what}{'s' * (number != 1)}"
