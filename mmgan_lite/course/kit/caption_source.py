"""A caption as prompt: typed, or put together from menus."""

import ipywidgets as widgets
import numpy as np

from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import captions

MENUS = {"digit": "digit", "thickness": "strokes", "slant": "slant", "sex": "voice", "pitch": "pitch", "speed": "speed"}


class CaptionSource(CourseWidget):
    """A line of text and, for the digits, a menu for each fact; each follows the other.

    Args:
        guard: A `Guard`, for every callback.
        changed: Called without arguments when there is a new caption.
        caption: The first one.
        menus: Whether the captions are the digits' own, which the menus can write.
    """

    name, sense = "panel", "text"

    def __init__(self, guard, changed, caption="a thin three leaning right", menus=True):
        super().__init__(guard)
        self.changed, self._busy = changed, False
        wide = {"width": "520px", "max_width": "98%"}
        self.line = widgets.Text(caption, description="Caption", continuous_update=False, layout=wide)
        self.menus = {fact: _menu(fact) for fact in MENUS} if menus else {}
        self._read()
        self.control("caption", self.line, lambda: self._follow(self._read))
        self.named(self.menus, lambda: self._follow(self._write))
        self.children = [self.line, row(*self.menus.values())]

    def prompt(self):
        """{"text": [caption]}"""
        return {"text": [self.line.value]}

    def told(self):
        """The prompt in words."""
        return f"the caption “{self.line.value}”"

    def _follow(self, follow):
        if not self._busy:  # the menus move the line, and the line the menus, but not in a circle
            self._busy = True
            try:
                follow()
            finally:
                self._busy = False
            self.changed()

    def _read(self):
        """Set the menus to what the caption says, if the grammar can read it."""
        if captions.accepts(self.line.value):
            said = captions.parse(self.line.value)
            for fact, menu in self.menus.items():
                menu.value = said.get(fact, captions.UNKNOWN)

    def _write(self):
        """Write a caption that says what the menus show."""
        facts = {fact: np.array([menu.value]) for fact, menu in self.menus.items()}
        self.line.value = captions.decode(captions.draw(facts, np.random.default_rng(0), say=1.0))[0]


def _menu(fact):
    sayable = {level for told, words in captions.SLOTS.values() if told == fact for level in words}
    options = [(name, level) for level, name in enumerate(captions.FACTS[fact]) if level in sayable]
    if fact != "digit":  # every caption says which digit
        options.insert(0, ("any", captions.UNKNOWN))
    style, layout = {"description_width": "56px"}, {"width": "170px"}
    return widgets.Dropdown(options=options, description=MENUS[fact], style=style, layout=layout)
