"""The panel: give a caption, an image or a sound, and see and hear what the model makes of it in every sense."""

import html
import time

import ipywidgets as widgets

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.caption_source import CaptionSource
from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.course.kit.image_source import ImageSource
from mmgan_lite.course.kit.keys import Keys
from mmgan_lite.course.kit.sound_source import SoundSource
from mmgan_lite.datasets import captions, digits

_TABS = {"text": "a caption", "image": "an image", "speech": "a sound"}
_MOST = 6  # samples side by side
_LONGEST = 500  # letters of a complaint


class Panel(widgets.VBox):
    """Any sense in, every sense out.

    Args:
        gan: A `MultimodalGAN`, trained or not.
        pairs: Where images and sounds to give come from; None takes the digits' test split.
        count: Samples side by side, at first.
    """

    def __init__(self, gan, pairs=None, count=3):
        self.gan = gan
        self.guard = Guard()
        self._seed, self._answered = 0, None
        pairs = digits.load_digits("test") if pairs is None else pairs
        self.sources = {sense: self._source(sense, pairs) for sense in _TABS if sense in gan.modalities}
        self._controls(count)
        self.answer()
        answer = widgets.VBox([self.status, self.cards])
        beside = widgets.HBox([self.place, answer], layout={"flex_flow": "row wrap"})  # below, where it is narrow
        super().__init__([self.row, beside, self.guard.view, Keys()])
        self.add_class("panel")

    def _source(self, sense, pairs):
        if sense == "image":
            return ImageSource(self.guard, self.answer, pairs["image"])
        if sense == "speech":
            return SoundSource(self.guard, self.answer, pairs["speech"])
        if self.gan.vocabulary is captions.DIGITS:
            return CaptionSource(self.guard, self.answer)
        return CaptionSource(self.guard, self.answer, str(pairs["text"][0]), menus=False)

    def _controls(self, count):
        options = [(_TABS[sense], sense) for sense in self.sources]
        self.tabs = widgets.ToggleButtons(options=options, description="Give it")
        self.another = widgets.Button(description="Another", tooltip="Other noise, same prompt", icon="refresh")
        self.count = widgets.IntSlider(count, 1, _MOST, description="How many", continuous_update=False)
        named = {"panel-source": self.tabs, "panel-another": self.another, "panel-count": self.count}
        for name, widget in named.items():
            widget.add_class(name)
        self.place = widgets.Box([self.source])
        self.row = widgets.HBox([self.tabs, self.another, self.count])
        self.row.layout = {"flex_flow": "row wrap", "align_items": "flex-end"}
        self.status, self.cards = widgets.HTML(), widgets.HTML(layout={"min_height": "340px"})
        self.status.add_class("panel-status")
        self.cards.add_class("panel-cards")
        self.tabs.observe(self.guard(self._switch), "value")
        self.another.on_click(self.guard(self._renew))
        self.count.observe(self.guard(lambda _: self.answer()), "value")

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle | {"text/html": self.cards.value}  # for pages that show notebooks but no widgets

    @property
    def source(self):
        """The source that is chosen."""
        return self.sources[self.tabs.value]

    def _switch(self, _):
        self.place.children = [self.source]
        self.answer()

    def _renew(self, _):
        self._seed += 1
        self.answer()

    def answer(self):
        """Make samples of every sense from the prompt, and show them; a prompt that makes no sense gets a line."""
        self._say("working …")
        start = time.perf_counter()
        try:
            prompt, told = self.source.prompt(), self.source.told()
            made = {sense: self._samples(prompt, sense) for sense in self.gan.modalities}
        except ValueError as error:
            self._refuse(str(error))
            return
        self.cards.value, self._answered = cards.page(made, told), told
        self._say(f"From {told}, in {time.perf_counter() - start:.1f} s.")

    def _samples(self, prompt, sense):
        return self.gan.generate(prompt, to=sense, count=self.count.value, seed=self._seed)[0]

    def _refuse(self, why):
        """Tell what to mend, and what the cards, which stay, belong to."""
        why = why if len(why) < _LONGEST else f"{why[:_LONGEST]} …"
        still = f". The cards still answer {self._answered}." if self._answered else ""
        self._say(why.rstrip(".") + still, wrong=True)

    def _say(self, words, wrong=False):
        style = ' style="border-left: 4px solid #D55E00; padding-left: 6px"' if wrong else ""
        self.status.value = f'<span role="status"{style}>{html.escape(words)}</span>'
