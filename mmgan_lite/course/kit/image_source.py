"""An image as prompt: one of the data set, or a drawing."""

import ipywidgets as widgets

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.pad import Pad
from mmgan_lite.course.kit.widget import CourseWidget


class ImageSource(CourseWidget):
    """A slider through images, or a pad to draw one.

    Args:
        guard: A `Guard`, for every callback.
        changed: Called without arguments when there is a new image.
        images: float32 (n, h, w, c) in [-1, 1], which the networks have not seen.
    """

    name, sense = "panel", "image"

    def __init__(self, guard, changed, images):
        super().__init__(guard)
        self.images, self._changed = images, changed
        number = widgets.IntSlider(0, 0, len(images) - 1, description="Image", continuous_update=False)
        choice = widgets.ToggleButtons(options=["from the test set", "drawn by hand"], description="Take it")
        self.number = self.control("image-index", number, self._follow)
        self.choice = self.control("image-from", choice, self._follow)
        self.pad, self.given = Pad(), self.page("image-given")
        self.on(self.pad, self._follow, "pixels")
        self._show()
        pad_fits = images.shape[1:3] == (self.pad.size, self.pad.size)
        self.children = [self.choice, self.number, self.given, self.pad] if pad_fits else [self.number, self.given]

    @property
    def drawn(self):
        return self.choice.index == 1

    def prompt(self):
        """{"image": (1, h, w, c) float32 or (1, h, w) uint8}

        Raises:
            ValueError: if the pad is blank.
        """
        if not self.drawn:
            return {"image": self.images[self.number.value][None]}
        if not any(self.pad.pixels):
            raise ValueError("draw a digit on the pad first: with the pointer, or with Space and the arrow keys.")
        return {"image": self.pad.image()[None]}

    def told(self):
        """The prompt in words."""
        return "an image drawn by hand" if self.drawn else f"image {self.number.value} of the test set"

    def _follow(self):
        self._show()
        self._changed()

    def _show(self):
        self.number.layout.display = self.given.layout.display = "none" if self.drawn else None
        self.pad.layout.display = None if self.drawn else "none"
        self.given.value = cards.picture(self.images[self.number.value], f"Image {self.number.value} of the test set")
