"""The board: one, two or three senses in, each of them whole, spoilt or switched off, and every sense out."""

import html

import ipywidgets as widgets
import numpy as np

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.caption_source import CaptionSource
from mmgan_lite.course.kit.sample_source import ImageSource, SoundSource
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.translation import corruption
from mmgan_lite.course.translation.readings import reads
from mmgan_lite.datasets import digits

LEVELS = [round(level / 10, 1) for level in range(11)]


class TranslationBoard(CourseWidget):
    """A row for each sense that is given, and one for all of them together; a column for each sense that comes out.

    Args:
        gan: A `MultimodalGAN` of all three senses.
        pairs: Where images and sounds come from; None takes the digits' test split.
    """

    name, kept = "board", ("view",)

    def __init__(self, gan, pairs=None):
        super().__init__()
        self.gan, self._seed = gan, 0
        self.pairs = digits.load_digits("test") if pairs is None else pairs
        self._controls()
        self.status, self.view = self.page("status"), self.page("view")
        self.answer()
        columns = self.switch.values(), self.given.values(), self.level.values()
        rows = [row(*parts, align_items="center") for parts in zip(*columns, strict=True)]
        self.lay_out(*rows, self.another, self.status, self.view)

    def _controls(self):
        """A box to switch each sense on, the sample that is given, and how much of it is spoilt."""
        self.given = {
            "image": ImageSource(self.guard, self.answer, self.pairs["image"], number=3),
            "text": CaptionSource(self.guard, self.answer, str(self.pairs["text"][3]), menus=False),
            "speech": SoundSource(self.guard, self.answer, self.pairs["speech"], number=3),
        }
        narrow = {"indent": False, "layout": {"width": "60px"}}
        self.switch = {sense: widgets.Checkbox(True, description="on", **narrow) for sense in cards.NAMES}
        self.level = {sense: self._level() for sense in cards.NAMES}
        for sense in cards.NAMES:
            self.control(f"{sense}-on", self.switch[sense], self.answer)
            self.control(f"{sense}-given", self.given[sense])
            self.control(f"{sense}-level", self.level[sense], self.answer)
        message = "Another draw, of z and of what is spoilt"
        self.another = self.make_button("another", "Other noise", self._renew, icon="refresh", tooltip=message)

    def _level(self):
        options = [(f"{level:.0%}", level) for level in LEVELS]
        return widgets.SelectionSlider(options=options, description="spoilt", continuous_update=False)

    def _renew(self):
        self._seed += 1
        self.answer()

    def prompts(self):
        """{sense: one sample} for the senses that are on, spoilt as the sliders say.

        Raises:
            ValueError: if all are off, or one that is on has nothing to give yet.
        """
        if not any(self.switch[sense].value for sense in cards.NAMES):
            raise ValueError("switch at least one sense on: from nothing, nothing can be told.")
        return {
            sense: corruption.corrupt(sense, source.prompt()[sense], self.level[sense].value, self._seed)
            for sense, source in self.given.items()
            if self.switch[sense].value
        }

    def answer(self):
        """Translate each given sense, and all together, into every sense, and show the board."""
        self.status.say("working …")
        try:
            prompts = self.prompts()
            points = [self.gan.embed({sense: sample}) for sense, sample in prompts.items()]
            points.append(self.gan.embed(prompts))
        except ValueError as error:
            self.status.say(f"{error} (The board is still the one from before.)", wrong=True)
            return
        made = {to: self._decode(np.concatenate(points), to) for to in cards.NAMES}
        self.view.value = self._page(prompts, made)
        agree = [float(points[-1][0] @ point[0]) for point in points[:-1]]
        told = ", ".join(f"{cards.NAMES[sense]} {cosine:.2f}" for sense, cosine in zip(prompts, agree, strict=True))
        self.status.say(f"Cosine between the joint point and the point of each sense that is on: {told}.")

    def _decode(self, points, to):
        """A sample for each point, all with the same noise."""
        return [row[0] for row in self.gan.decode(points, to, z=self.gan.noise(to, 1, self._seed))]

    def _page(self, prompts, made):
        """Row by row: what was given, and what was made of it in every sense."""
        cells = []
        for number, sense in enumerate([*prompts, None]):
            cells.append((sense, prompts[sense][0]) if sense else None)
            cells += [(to, made[to][number]) for to in cards.NAMES]
        players = iter(_sounds([cell[1] for cell in cells if cell and cell[0] == "speech"]))
        body = "".join(_cell(*cell, players) if cell else "<b>all that are on, together</b>" for cell in cells)
        head = "".join(f"<b>{words}</b>" for words in ("given", "→ image", "→ caption", "→ sound"))
        return cards.grid("repeat(4, 140px)", head + body, "gap: 8px; line-height: 1.3")


def _sounds(log_mels):
    return cards.sounds(log_mels, [f"sound {number + 1} of the board" for number in range(len(log_mels))])


def _cell(sense, sample, players):
    """A sample, and under it what a judge reads in it."""
    words = reads(sense, [sample])[0]
    if sense == "speech":
        shown = next(players)
    else:
        shown = cards.picture(sample, f"An image; a judge reads: {words}") if sense == "image" else html.escape(sample)
    read = f'<div style="font-size: 11px; color: var(--jp-ui-font-color2, #555)">judge: {html.escape(words)}</div>'
    return f'<div class="board-{sense}-cell">{shown or "(no word)"}{read}</div>'
