"""Noise and conditions, crossed: each row a caption, each column a draw of noise."""

import html

import ipywidgets as widgets
import numpy as np

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.translation.readings import reads

CAPTIONS = ("a three", "a thick three", "a thick three leaning left", "a thick eight leaning left")
_TELLS = {"image": ("digit", "thickness", "slant"), "speech": ("digit", "sex", "speed")}


class NoiseByCondition(CourseWidget):
    """Every caption with every draw of noise: along a row z changes and e stays, down a column e changes and z stays.

    Args:
        gan: A `MultimodalGAN`.
        captions: Of the rows, to be changed by hand.
        count: Columns.
    """

    name, kept = "crossed", ("view",)

    def __init__(self, gan, captions=CAPTIONS, count=6):
        super().__init__()
        self.gan, self.count, self._seed = gan, count, 0
        self.captions = [self._line(number, caption) for number, caption in enumerate(captions, 1)]
        self._controls()
        self.status, self.view = self.page("status"), self.page("view")
        self.answer()
        self.lay_out(widgets.VBox(self.captions), row(self.to, self.size, self.another), self.status, self.view)

    def _line(self, number, caption):
        look = {"style": {"description_width": "56px"}, "layout": {"width": "520px", "max_width": "98%"}}
        line = widgets.Text(caption, description=f"Row {number}", continuous_update=False, **look)
        return self.control(f"caption-{number}", line, self.answer)

    def _controls(self):
        to = widgets.ToggleButtons(options=[("images", "image"), ("sounds", "speech")], description="Make")
        sizes = [round(size, 2) for size in np.arange(0, 2.01, 0.25)]
        size = widgets.SelectionSlider(options=sizes, value=1.0, description="Size of z", continuous_update=False)
        self.to, self.size = self.control("to", to, self.answer), self.control("size", size, self.answer)
        tip = "Draw every z anew"
        self.another = self.make_button("another", "Other noise", self._renew, icon="refresh", tooltip=tip)

    def _renew(self):
        self._seed += 1
        self.answer()

    def answer(self):
        """Make every cell and show it; captions that cannot be read get a line instead."""
        self.status.say("working …")
        captions = [line.value for line in self.captions]
        try:
            points = self.gan.embed({"text": captions})  # (rows, embed_dim)
        except ValueError as error:
            self.status.say(str(error), wrong=True)
            return
        made = self.cross(points)  # (rows, columns, …)
        said = reads(self.to.value, made.reshape(-1, *made.shape[2:]), _TELLS[self.to.value])
        self.view.value = self._page(captions, made, np.reshape(said, made.shape[:2]))
        self.status.say(
            f"{len(captions)} captions × {self.count} draws of noise. Under each: what a judge reads in it."
        )

    def cross(self, points):
        """Every point with every z: samples (rows, columns, …)."""
        z = self.size.value * self.gan.noise(self.to.value, self.count, self._seed)
        return self.gan.decode(points, self.to.value, z=z)

    def _page(self, captions, made, said):
        cells = ["<span></span>", *(f"<i>z<sub>{column}</sub></i>" for column in range(1, self.count + 1))]
        for caption, samples, words in zip(captions, made, said, strict=True):
            cells.append(f"<b>{html.escape(caption)}</b>")
            row = enumerate(zip(samples, words, strict=True), 1)
            cells += [self._cell(caption, column, *cell) for column, cell in row]
        return cards.grid(f"120px repeat({self.count}, 84px)", "".join(cells), "line-height: 1.2; align-items: start")

    def _cell(self, caption, column, sample, words):
        draw = cards.picture if self.to.value == "image" else cards.sound_picture
        picture = draw(sample, f"“{caption}” with noise {column}; a judge reads: {words}")
        style = "font-size: 11px; text-align: center"
        return f'<div class="crossed-cell" style="{style}">{picture}{html.escape(words)}</div>'
