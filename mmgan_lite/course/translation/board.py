"""The board: one, two or three senses in, each of them whole, spoilt or switched off, and every sense out."""

import html

import ipywidgets as widgets
import numpy as np
import tensorflow as tf

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.course.kit.page import Page
from mmgan_lite.course.translation import corruption
from mmgan_lite.datasets import captions, digits
from mmgan_lite.evaluation import judges

NAMES = {"image": "image", "text": "caption", "speech": "sound"}
LEVELS = [round(level / 10, 1) for level in range(11)]


class Board(widgets.VBox):
    """A row for each sense that is given, and one for all of them together; a column for each sense that comes out.

    Args:
        gan: A `MultimodalGAN` of all three senses.
        pairs: Where images and sounds come from; None takes the digits' test split.
    """

    def __init__(self, gan, pairs=None):
        self.gan, self.guard, self._seed = gan, Guard(), 0
        self._networks = {sense: _compiled(gan.ema_generators[sense]) for sense in NAMES}
        self.pairs = digits.load_digits("test") if pairs is None else pairs
        self._controls()
        rows = [self._row(sense) for sense in NAMES]
        self.status, self.view = Page(name="board-status"), Page(name="board-view")
        self.answer()
        super().__init__([*rows, self.another, self.status, self.view, self.guard.view])
        self.add_class("board")

    def _controls(self):
        most = len(self.pairs["label"]) - 1
        number = {"min": 0, "max": most, "continuous_update": False, "layout": {"width": "440px"}}
        self.given = {
            "image": widgets.IntSlider(3, description="Image", **number),
            "text": widgets.Text(str(self.pairs["text"][3]), description="Caption", continuous_update=False),
            "speech": widgets.IntSlider(3, description="Sound", **number),
        }
        self.given["text"].layout.width = "440px"
        self.on = {sense: widgets.Checkbox(True, description="on", indent=False) for sense in NAMES}
        self.level = {sense: self._level() for sense in NAMES}
        told = "Another draw, of z and of what is spoilt"
        self.another = widgets.Button(description="Other noise", icon="refresh", tooltip=told)
        self.another.add_class("board-another")
        self.another.on_click(self.guard(self._renew))

    def _level(self):
        options = [(f"{level:.0%}", level) for level in LEVELS]
        return widgets.SelectionSlider(options=options, description="spoilt", continuous_update=False)

    def _row(self, sense):
        for kind, control in (("on", self.on[sense]), ("given", self.given[sense]), ("level", self.level[sense])):
            control.add_class(f"board-{sense}-{kind}")
            control.observe(self.guard(lambda _: self.answer()), "value")
        self.on[sense].layout.width = "60px"
        layout = {"flex_flow": "row wrap", "align_items": "center"}
        return widgets.HBox([self.on[sense], self.given[sense], self.level[sense]], layout=layout)

    def _renew(self, _):
        self._seed += 1
        self.answer()

    def _repr_mimebundle_(self, **kwargs):
        return super()._repr_mimebundle_(**kwargs) | {"text/html": self.view.value}  # for pages without widgets

    def prompts(self):
        """{sense: one sample} for the senses that are on, spoilt as the sliders say.

        Raises:
            ValueError: if all are off.
        """
        whole = {
            "image": self.pairs["image"][self.given["image"].value][None],
            "text": [self.given["text"].value],
            "speech": self.pairs["speech"][self.given["speech"].value][None],
        }
        if not any(self.on[sense].value for sense in NAMES):
            raise ValueError("switch at least one sense on: from nothing, nothing can be told.")
        return {
            sense: corruption.corrupt(sense, whole[sense], self.level[sense].value, self._seed)
            for sense in NAMES
            if self.on[sense].value
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
        self.view.value = self._page(prompts, {sense: self._speak(sense, np.concatenate(points)) for sense in NAMES})
        agree = [float(points[-1][0] @ point[0]) for point in points[:-1]]
        told = ", ".join(f"{NAMES[sense]} {cosine:.2f}" for sense, cosine in zip(prompts, agree, strict=True))
        self.status.say(f"Cosine between the joint point and the point of each sense that is on: {told}.")

    def _speak(self, sense, points):
        """A sample for each point, all with the same noise."""
        latent_dim = self.gan.ema_generators[sense].input_shape[0][-1]
        z = np.random.default_rng(self._seed).standard_normal((1, latent_dim), "float32")
        made = self._networks[sense]([np.repeat(z, len(points), 0), points]).numpy()
        return self.gan.vocabulary.decode(made.argmax(-1)) if sense == "text" else list(made)

    def _page(self, prompts, made):
        """Row by row: what was given, and what was made of it in every sense."""
        cells = []
        for number, sense in enumerate([*prompts, None]):
            cells.append((sense, prompts[sense][0]) if sense else None)
            cells += [(to, made[to][number]) for to in NAMES]
        players = iter(_sounds([cell[1] for cell in cells if cell and cell[0] == "speech"]))
        body = "".join(_cell(*cell, players) if cell else "<b>all that are on, together</b>" for cell in cells)
        head = "".join(f"<b>{words}</b>" for words in ("given", "→ image", "→ caption", "→ sound"))
        grid = "display: inline-grid; grid-template-columns: repeat(4, 140px); gap: 8px; line-height: 1.3"
        return f'<div style="overflow-x: auto"><div style="{grid}">{head}{body}</div></div>'


def _compiled(generator):
    """A generator as one graph for any number of rows: op by op, the captions alone would take a tenth of a second."""
    inputs = [tf.TensorSpec((None, size), tf.float32) for _, size in generator.input_shape]
    return tf.function(generator, input_signature=[inputs])


def _sounds(log_mels):
    return cards.sounds(log_mels, [f"sound {number + 1} of the board" for number in range(len(log_mels))])


def _cell(sense, sample, players):
    """A sample, and under it what a judge reads in it."""
    words = reads(sense, [sample])[0]
    if sense == "speech":
        shown = next(players)
    else:
        shown = cards.picture(sample, f"An image; a judge reads: {words}") if sense == "image" else html.escape(sample)
    read = f'<div style="font-size: 11px; color: #555555">judge: {html.escape(words)}</div>'
    return f'<div class="board-{sense}-cell">{shown or "(no word)"}{read}</div>'


def reads(sense, samples):
    """What a judge reads in n samples, as n strings such as "three, thin, upright"."""
    facts = judges.READ[sense](samples)
    columns = [
        [captions.FACTS[fact][level] if level >= 0 else "" for level in facts[fact]] for fact in digits.TELLS[sense]
    ]
    return [", ".join(filter(None, words)) or "no sentence that it knows" for words in zip(*columns, strict=True)]
