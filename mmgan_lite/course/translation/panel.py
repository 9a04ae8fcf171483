"""The panel: give a caption, an image or a sound, and see and hear what the model makes of it in every sense."""

import time

import ipywidgets as widgets

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.caption_source import CaptionSource
from mmgan_lite.course.kit.image_source import ImageSource
from mmgan_lite.course.kit.keys import Keys
from mmgan_lite.course.kit.sound_source import SoundSource
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import captions, digits

_MOST = 6  # samples side by side
_LONGEST = 500  # letters of a complaint


class Panel(CourseWidget):
    """Any sense in, every sense out.

    Args:
        gan: A `MultimodalGAN`, trained or not.
        pairs: Where images and sounds to give come from; None takes the digits' test split.
        count: Samples side by side, at first.
    """

    name, kept = "panel", ("cards",)

    def __init__(self, gan, pairs=None, count=3):
        super().__init__()
        self.gan, self._seed, self._answered = gan, 0, None
        pairs = digits.load_digits("test") if pairs is None else pairs
        self.sources = {sense: self._source(sense, pairs) for sense in cards.SPOKEN if sense in gan.modalities}
        self._controls(count)
        self.answer()
        controls = row(self.tabs, self.another, self.count, align_items="flex-end")
        self.lay_out(controls, row(self.place, widgets.VBox([self.status, self.cards])), Keys())

    def _source(self, sense, pairs):
        if sense == "image":
            return ImageSource(self.guard, self.answer, pairs["image"])
        if sense == "speech":
            return SoundSource(self.guard, self.answer, pairs["speech"])
        if self.gan.vocabulary == captions.DIGITS:
            return CaptionSource(self.guard, self.answer)
        return CaptionSource(self.guard, self.answer, str(pairs["text"][0]), menus=False)

    def _controls(self, count):
        options = [(cards.SPOKEN[sense], sense) for sense in self.sources]
        tabs = widgets.ToggleButtons(options=options, description="Give it")
        count = widgets.IntSlider(count, 1, _MOST, description="How many", continuous_update=False)
        self.tabs = self.control("source", tabs, self._switch)
        tip = "Other noise, same prompt"
        self.another = self.make_button("another", "Another", self._renew, tooltip=tip, icon="refresh")
        self.count = self.control("count", count, self.answer)
        self.status, self.cards = self.page("status"), self.page("cards")
        self.cards.layout.min_height = "340px"
        self.place = widgets.Box([self.source])

    @property
    def source(self):
        """The source that is chosen."""
        return self.sources[self.tabs.value]

    def _switch(self):
        self.place.children = [self.source]
        self.answer()

    def _renew(self):
        self._seed += 1
        self.answer()

    def answer(self):
        """Make samples of every sense from the prompt, and show them; a prompt that makes no sense gets a line."""
        self.status.say("working …")
        start = time.perf_counter()
        try:
            prompt, told = self.source.prompt(), self.source.told()
            made = {sense: self._samples(prompt, sense) for sense in self.gan.modalities}
        except ValueError as error:
            self._refuse(str(error))
            return
        self.cards.value, self._answered = cards.page(made, told), told
        self.status.say(f"From {told}, in {time.perf_counter() - start:.1f} s.")

    def _samples(self, prompt, sense):
        return self.gan.generate(prompt, to=sense, count=self.count.value, seed=self._seed)[0]

    def _refuse(self, why):
        """Tell what to mend, and what the cards, which stay, belong to."""
        why = why if len(why) < _LONGEST else f"{why[:_LONGEST]} …"
        still = f". The cards still answer {self._answered}." if self._answered else ""
        self.status.say(why.rstrip(".") + still, wrong=True)
