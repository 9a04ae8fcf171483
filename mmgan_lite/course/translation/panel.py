"""The panel: give a caption, an image or a sound, and see and hear what the model makes of it in every sense."""

import time

import ipywidgets as widgets

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.caption_source import CaptionSource
from mmgan_lite.course.kit.keys import Keys
from mmgan_lite.course.kit.sample_source import ImageSource, SoundSource
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import captions, digits

_MOST = 6  # samples side by side
_LONGEST = 500  # letters of a complaint
_REST = {  # what becomes of what a prompt leaves open
    "by chance": "drawn anew for each column, as it varies in the data",
    "typical": "as it mostly is, in every column",
}


class Panel(CourseWidget):
    """Any sense in, every sense out: each column of the answer is one thing, seen, read and heard.

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
        controls = row(self.tabs, self.rest, self.another, self.count, align_items="flex-end")
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
        self.rest = self.control("rest", self._switch_of_the_rest(), self.answer)
        tip = "Draw again, from the same prompt"
        self.another = self.make_button("another", "Another", self._renew, tooltip=tip, icon="refresh")
        self.count = self.control("count", count, self.answer)
        self.status, self.cards = self.page("status"), self.page("cards")
        self.cards.layout.min_height = "340px"
        self.place = widgets.Box([self.source])

    def _switch_of_the_rest(self):
        only_typical = self.gan.prior is None  # then nothing can be drawn
        tips = [f"What the prompt leaves open is {how}" for how in _REST.values()]
        return widgets.ToggleButtons(options=[(name, name == "typical") for name in _REST], value=only_typical,
                                     disabled=only_typical, description="The rest", tooltips=tips)  # fmt: skip

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
            made, told = self._samples(), f"{self.source.told()}, the rest {self.rest.label}"
        except ValueError as error:
            self._refuse(str(error))
            return
        rest = f"Each column is one thing. What the prompt leaves open is {_REST[self.rest.label]}."
        self.cards.value, self._answered = f"{cards.page(made, told)}<div>{rest}</div>", told
        self.status.say(f"From {told}, in {time.perf_counter() - start:.1f} s.")

    def _samples(self):
        """{modality: samples}: one draw of what the prompt leaves open serves all, so that they belong together."""
        options = {"count": self.count.value, "seed": self._seed, "typical": self.rest.value}
        made = self.gan.generate(self.source.prompt(), to=self.gan.modalities, **options)
        return {sense: samples[0] for sense, samples in made.items()}

    def _refuse(self, why):
        """Tell what to mend, and what the cards, which stay, belong to."""
        why = why if len(why) < _LONGEST else f"{why[:_LONGEST]} …"
        still = f". The cards still answer {self._answered}." if self._answered else ""
        self.status.say(why.rstrip(".") + still, wrong=True)
