"""Whether a page's clicks reach the kernel while a cell runs, and whether there is a page at all."""

import time

import ipywidgets as widgets

from mmgan_lite.course.kit.front import Front
from mmgan_lite.course.kit.page import Page

PATIENCE = 2.0  # seconds; a page that can be heard answers in a tenth of one


class Voice(Front):
    """Nothing to see: the page's side of `Reach`."""


class Reach(widgets.VBox):
    """Asks the page, and says so where it cannot be heard.

    JupyterLab hands clicks to the kernel while a cell runs. Many other front ends keep them until the cell has ended
    (and so does JupyterLab where that is switched off, or with an older kernel): a Stop button is then dead, and only
    the kernel's own interrupt is left. No front end tells which kind it is, so each training asks anew.

    Attributes:
        told: A `Page` with a note; empty while clicks are heard.
    """

    def __init__(self):
        self._voice, self.told = Voice(), Page(name="reach-told")
        super().__init__([self._voice, self.told])
        self._asked = self._left = None  # when, while there is no answer
        self._voice.on_msg(self._hear)

    def ask(self):
        """Begin to wait for a sign of the page."""
        self._asked, self._left, self.told.value = time.monotonic(), None, ""
        self._voice.send("anybody there?")

    def _hear(self, voice, content, buffers):
        if content["page"] == "here":
            self._asked = self._left = None
        else:
            self._left = time.monotonic()
            voice.send("anybody there?")  # the notebook may be open in another window, too

    @property
    def is_deaf(self):
        """Whether the page had time to answer, and did not."""
        return self._asked is not None and time.monotonic() - self._asked > PATIENCE

    @property
    def is_left(self):
        """Whether the page said goodbye, and no other one is open."""
        return self._left is not None and time.monotonic() - self._left > PATIENCE

    def tell(self, kept):
        """Show how to stop, as long as the page is deaf; `kept` says what is kept."""
        note = f"Buttons here are not heard while a cell runs. To stop, interrupt the kernel (■, or the menu): {kept}"
        if not self.is_deaf:
            self.told.value = ""
        elif not self.told.value:
            self.told.say(note, wrong=True)
