"""An image as prompt: one of the data set, a drawing, or a picture of your own."""

import ipywidgets as widgets
from PIL import Image

from mmgan_lite import files, plots
from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.pad import Pad
from mmgan_lite.course.kit.upload import chooser, opened
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import image
from mmgan_lite.datasets.pictures import ENDINGS

FROM_DATA, FROM_PAD, FROM_FILE = "from the test set", "drawn by hand", "a picture of yours"
DIGIT = (28, 28, 1)  # the one shape for which a drawing or a photograph can be prepared


class ImageSource(CourseWidget):
    """A slider through images, a pad to draw one, or a place for a picture; what the model gets is shown next to it.

    Args:
        guard: A `Guard`, for every callback.
        changed: Called without arguments when there is a new image.
        images: float32 (n, h, w, c) in [-1, 1], which the networks have not seen.
        number: The first one.
    """

    name, sense = "panel", "image"

    def __init__(self, guard, changed, images, number=0):
        super().__init__(guard)
        self.images, self._changed = images, changed
        self._controls(number)
        self._show()
        fits = images.shape[1:] == DIGIT
        self.children = [self.choice, row(self.place, self.given)] if fits else [self.number, self.given]

    def _controls(self, number):
        number = widgets.IntSlider(number, 0, len(self.images) - 1, description="Image", continuous_update=False)
        both = widgets.Checkbox(True, description="show what the model gets", indent=False)
        self.number = self.control("image-index", number, self._follow)
        self.pad = self.control("image-pad", Pad(), self._follow, "pixels")
        self.both = self.control("image-both", both, self._show)
        self.file = self.control("image-file", chooser("Choose a picture", ENDINGS), self._follow)
        self._ways = {FROM_DATA: [self.number], FROM_PAD: [self.pad, self.both], FROM_FILE: [self.file]}
        choice = widgets.ToggleButtons(options=list(self._ways), description="Take it", style={"button_width": "auto"})
        self.choice = self.control("image-from", choice, self._follow)
        self.place, self.given = widgets.VBox(), self.page("image-given")

    def _follow(self):
        self._show()
        self._changed()

    def prompt(self):
        """{"image": float32 (1, h, w, c) in [-1, 1]}

        Raises:
            ValueError: if there is no drawing or picture yet, or no figure in it.
        """
        if self.choice.value == FROM_DATA:
            return {"image": self.images[self.number.value][None]}
        return {"image": image.from_picture(self._picture())[None]}

    def told(self):
        """The prompt in words."""
        if self.choice.value == FROM_DATA:
            return f"image {self.number.value} of the test set"
        return "an image drawn by hand" if self.choice.value == FROM_PAD else f"“{self.file.value[0]['name']}”"

    def _picture(self):
        """uint8 pixels of the drawing or of the picture, as they came."""
        if self.choice.value == FROM_PAD:
            return self.pad.drawing()
        return files.read_image(opened(self.file, "a picture first, such as a photograph of one digit"))

    def _show(self):
        """What was given, and what the model gets, before anything is made of it."""
        self.place.children = self._ways[self.choice.value]
        try:
            self.given.value = self._html()
        except ValueError:  # the panel tells it in words
            self.given.value = ""

    def _html(self):
        if self.choice.value == FROM_DATA:
            return cards.picture(self.prompt()["image"], f"Image {self.number.value} of the test set")
        if self.choice.value == FROM_PAD and not self.both.value:
            return ""
        got, told = self.prompt()["image"], self.told()
        got = _card(cards.picture(got, f"What the model gets of {told}"), "what the model gets")
        if self.choice.value == FROM_PAD:
            return got  # the drawing stands on the pad
        return cards.grid(f"repeat(2, {cards.WIDTH}px)", _card(_thumbnail(self._picture(), told), "yours") + got)


def _card(picture, words):
    return f"<div>{picture}{words}</div>"


def _thumbnail(pixels, alt):
    """A picture of any size as HTML, as wide as a card."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((2 * cards.WIDTH, 2 * cards.WIDTH))
    return plots.img(plots.png_of(picture), alt, cards.WIDTH)
