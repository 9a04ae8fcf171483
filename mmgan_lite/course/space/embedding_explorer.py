"""A caption, an image or a sound that a hand changes, and where its vector goes in the shared space."""

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit import cards, svg
from mmgan_lite.course.kit.caption_source import CaptionSource
from mmgan_lite.course.kit.sample_source import ImageSource, SoundSource
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.space import changes
from mmgan_lite.datasets import captions as text

_DIALS = {  # sense: {change: (words, lowest, highest, step, where it changes nothing)}
    "text": {},
    "image": {
        "thicken": ("thicker (px)", -1.5, 2.5, 0.5, 0.0),
        "lean": ("lean (°)", -40.0, 40.0, 5.0, 0.0),
        "shift": ("shift (px)", -8.0, 8.0, 1.0, 0.0),
    },
    "speech": {
        "faster": ("speed (×)", 0.5, 2.0, 0.1, 1.0),
        "higher": ("pitch (bands)", -6.0, 6.0, 0.5, 0.0),
        "noisy": ("hiss (dB)", -60.0, 0.0, 5.0, -60.0),
    },
}
_SIDE, _WIDTH, _WORDS, _ZERO, _UNIT = 330, 518, 338, 410, 72  # places in the picture, in its own units
_TOP, _BAR = 22, 30
_PLACE = 310  # pixels next to it, for the sample and its dials; both fit into a page of 840
_TRAIL = 40  # places that are remembered
_HUES = (*list(plots.OKABE_ITO.values())[:6], "#8C564B", "#7F7F7F", "#B22222", "#6B6B00")  # digits are written, too


class EmbeddingExplorer(CourseWidget):
    """Give a sample of any sense, change it, and watch its vector move.

    To the left the sample as its embedder takes it; in the middle a map, the flat shadow of the space in which the ten
    captions "a zero" … "a nine" lie farthest apart, with known images and sounds as dots; to the right the cosines to
    those ten captions.

    Args:
        gan: A `MultimodalGAN` of the digits.
        pairs: Where samples and dots come from, which the model has not seen.
        dots: Known examples of each sense on the map.

    Attributes:
        vector: float32 (embed_dim,), where the sample lies now; `start`, where it lay unchanged.
    """

    name, kept = "journey", ("map", "told")

    def __init__(self, gan, pairs, dots=150):
        super().__init__()
        self.gan, self.trail = gan, []
        self._draw_land(pairs, dots)
        self.sources = {
            "text": CaptionSource(self.guard, self._move, "a thin three leaning right"),
            "image": ImageSource(self.guard, self._begin, pairs["image"]),
            "speech": SoundSource(self.guard, self._begin, pairs["speech"]),
        }
        self.dials = {sense: self._make_dials(sense) for sense in self.sources}
        self._controls()
        self._begin()
        self.lay_out(widgets.HBox([self.tabs, self.reset]), self.told, row(self.place, self.map))

    def _controls(self):
        options = [(words, sense) for sense, words in cards.SPOKEN.items()]
        tabs = widgets.ToggleButtons(options=options, description="Give it")
        self.tabs, look = self.control("source", tabs, self._begin), {"icon": "undo", "layout": {"width": "auto"}}
        self.reset = self.make_button("reset", "Undo the changes", self._undo, **look)
        self.map, self.told, self.sample = map(self.page, ("map", "told", "sample"))
        self.place = widgets.VBox()

    def _make_dials(self, sense):
        made = {}
        for change, (words, low, high, step, rest) in _DIALS[sense].items():
            style = {"description_width": "88px"}
            dial = widgets.FloatSlider(rest, min=low, max=high, step=step, description=words, style=style)
            made[change] = self.control(change, dial, self._move)
        return made

    @property
    def sense(self):
        """The sense of the sample that is given."""
        return self.tabs.value

    def _begin(self):
        """A new sample, or the old one unchanged: the dials at rest, the trail empty."""
        self.trail = None  # deaf to the dials, while they are set
        for change, dial in self.dials[self.sense].items():
            dial.value = _DIALS[self.sense][change][-1]
        self.trail, self.first = [], self.sources["text"].line.value
        self.place.layout.width = None if self.sense == "text" else f"{_PLACE}px"  # the map stands next to it, or below
        self.place.children = [self.sources[self.sense], *self.dials[self.sense].values(), self.sample]
        self._move()

    def _undo(self):
        """Back to where the sample began: the dials at rest, or the caption as it was."""
        self.trail = None
        if self.sense == "text":
            self.sources["text"].line.value = self.first
        self._begin()

    def _move(self):
        """Embed the sample as it is now, and show it."""
        if self.trail is None:
            return
        try:
            prompt = self.sources[self.sense].prompt()
            changed = self.changed(prompt)
            self.vector = self.gan.embed(changed)[0]
        except ValueError as error:  # such as an unknown word
            self.told.say(str(error), wrong=True)
            self.sample.value = ""  # not the picture of another sample
            return
        self._show(changed)

    def changed(self, prompt):
        """The prompt with the dials' changes."""
        if self.sense == "text":
            return prompt
        samples = prompt[self.sense]
        for change, dial in self.dials[self.sense].items():
            if dial.value != _DIALS[self.sense][change][-1]:
                samples = getattr(changes, change)(samples, dial.value)
        return {self.sense: samples}

    def _show(self, prompt):
        self.start = self.start if self.trail else self.vector
        self.trail = [*self.trail, self._shadow(self.vector)][-_TRAIL:]
        cosines = self.names @ self.vector
        nearest, stayed = int(cosines.argmax()), float(self.start @ self.vector)
        digit = text.FACTS["digit"][nearest]
        words = f"Nearest of the ten: “a {digit}”, cosine {cosines[nearest]:.2f}. "
        words += f"Cosine to where it began: {stayed:.2f}." if len(self.trail) > 1 else "Now change it."
        self.told.say(words)
        self.map.value = self._picture(cosines, words)
        told = self.sources[self.sense].told()
        if self.sense == "image":
            self.sample.value = cards.picture(prompt["image"][0], f"{told}, as changed: what the embedder sees")
        else:
            sounds = prompt.get("speech", ())
            self.sample.value = cards.sounds(sounds, [f"{told}, as changed"])[0] if len(sounds) else ""

    # The picture: an SVG, written in a thousandth of the time that a plot would take.

    def _draw_land(self, pairs, dots):
        captions = [f"a {digit}" for digit in text.FACTS["digit"]]
        self.names = self.gan.embed({"text": captions})  # (10, embed_dim)
        self._axes = np.linalg.svd(self.names - self.names.mean(0))[2][:2]  # the two directions that part them most
        known = {sense: self.gan.embed({sense: pairs[sense][:dots]}) for sense in ("image", "speech")}
        places = {sense: vectors @ self._axes.T for sense, vectors in known.items()}
        every = np.concatenate([*places.values(), self.names @ self._axes.T])
        self._middle, self._reach = (every.max(0) + every.min(0)) / 2, np.ptp(every, axis=0).max() * 0.56
        dots = [self._dot(sense, v, d) for sense in known for v, d in zip(known[sense], pairs["label"], strict=False)]
        self._land = "".join([*dots, *(self._dot("text", v, d) for d, v in enumerate(self.names))])

    def _dot(self, sense, vector, digit):
        """A known example on the map: an image a dot, a sound a triangle, and a caption its digit."""
        (x, y), fill = self._shadow(vector), f'fill="{_HUES[digit]}"'
        if sense == "image":
            return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" {fill} fill-opacity=".45"/>'
        if sense == "speech":
            return f'<path d="M{x - 3:.0f} {y + 3:.0f}l3 -6l3 6z" {fill} fill-opacity=".45"/>'
        return f'<text x="{x:.0f}" y="{y + 7:.0f}" class="name" {fill}>{digit}</text>'

    def _shadow(self, vector):
        """A vector's place on the map, in the picture's units."""
        x, y = (self._axes @ vector - self._middle) / self._reach
        return float(_SIDE / 2 * (1 + x)), float(_SIDE / 2 * (1 - y))

    def _picture(self, cosines, words):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in self.trail)
        (x0, y0), (x, y) = self._shadow(self.start), self.trail[-1]  # the trail forgets its first places
        moving = (
            f'<polyline points="{path}" fill="none" stroke="black" stroke-width="1.5" stroke-dasharray="3 2"/>'
            f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="6" fill="none" stroke="black" stroke-width="2"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{plots.COLOURS[self.sense]}" stroke="black" '
            'stroke-width="2"/>'
        )
        frame = f'<rect x=".5" y=".5" width="{_SIDE - 1}" height="{_SIDE - 1}" fill="none" stroke="#bbb"/>'
        bars = "".join(self._bar(digit, cosine, cosine == cosines.max()) for digit, cosine in enumerate(cosines))
        head = f'<text x="{_WORDS}" y="14">cosine to “a …”</text>'
        style = ".name{font:bold 20px sans-serif;text-anchor:middle;stroke:white;stroke-width:3px;paint-order:stroke}"
        alt = f"A map of the space with the moving point, and ten bars. {words} " + ", ".join(
            f"{name} {cosine:.2f}" for name, cosine in zip(text.FACTS["digit"], cosines, strict=True)
        )
        return svg.img(_WIDTH, _SIDE, f"{frame}{self._land}{moving}{head}{bars}", alt, style=style)

    def _bar(self, digit, cosine, nearest):
        """One bar, from the zero line to the right or to the left."""
        y, x, width = _TOP + digit * _BAR, _ZERO + min(cosine, 0) * _UNIT, abs(cosine) * _UNIT
        colour = plots.COLOURS[self.sense] if nearest else "#AAAAAA"
        return (
            f'<text x="{_WORDS}" y="{y + 18}">{text.FACTS["digit"][digit]}</text>'
            f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{_BAR - 12}" fill="{colour}"/>'
            f'<path d="M{_ZERO} {y}v{_BAR}" stroke="black"/>'
            f'<text x="{_ZERO + max(cosine, 0) * _UNIT + 4:.1f}" y="{y + 18}">{cosine:.2f}</text>'
        )
