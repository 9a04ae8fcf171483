"""An image or a sound as prompt: one of the data set, a file of the reader's own, or one made by hand."""

import io

import ipywidgets as widgets
from PIL import Image

from mmgan_lite import files, plots
from mmgan_lite.course.kit import cards, heard
from mmgan_lite.course.kit.pad import Pad
from mmgan_lite.course.kit.recorder import Recorder
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import image, pictures, sounds, speech

FROM_DATA = "from the test set"
DIGIT = (28, 28, 1)  # the one shape for which a drawing or a photograph can be prepared


class _Source(CourseWidget):
    """A slider through samples, or a sample of one's own; what the model gets is shown next to it.

    A class of one kind names it, and has `_own_ways`, `_lay_out`, `_prepared` and `_html`.

    Args:
        guard: A `Guard`, for every callback.
        changed: Called without arguments when there is a new sample.
        samples: float32 (n, …) in [-1, 1], which the networks have not met.
        number: The first one.
    """

    name = "panel"

    def __init__(self, guard, changed, samples, number=0):
        super().__init__(guard)
        self.samples, self._changed, kind = samples, changed, self.kind
        number = widgets.IntSlider(number, 0, len(samples) - 1, description=kind.capitalize(), continuous_update=False)
        file = widgets.FileUpload(accept=",".join(self.endings), description=self.choose, layout={"width": "auto"})
        self.number = self.control(f"{kind}-index", number, self._follow)
        self.file = self.control(f"{kind}-file", file, self._follow)
        self._ways = {FROM_DATA: [self.number], **self._own_ways()}
        choice = widgets.ToggleButtons(options=list(self._ways), description="Take it", style={"button_width": "auto"})
        self.choice = self.control(f"{kind}-from", choice, self._follow)
        self.place, self.given = widgets.VBox(), self.page(f"{kind}-given")
        self._show()
        self._lay_out()

    def _follow(self):
        self._show()
        self._changed()

    def prompt(self):
        """{sense: float32 (1, …) in [-1, 1]}

        Raises:
            ValueError: if nothing is given yet, or there is no figure or word in it.
        """
        known = self.choice.value == FROM_DATA
        return {self.sense: (self.samples[self.number.value] if known else self._prepared())[None]}

    def told(self):
        """The prompt in words."""
        if self.choice.value == FROM_DATA:
            return f"{self.kind} {self.number.value} of the test set"
        return f"“{self.file.value[0]['name']}”" if self.choice.value == self.from_file else self.by_hand

    def _opened(self):
        """The chosen file as an open binary file that knows its name."""
        if not self.file.value:
            raise ValueError(f"{self.choose.lower()} first, such as {self.such_as}. Received: no file")
        file = io.BytesIO(self.file.value[0]["content"])
        file.name = self.file.value[0]["name"]  # for those who read it, and find fault
        return file

    def _show(self):
        """What was given, and what the model gets, before anything is made of it."""
        self.place.children = self._ways[self.choice.value]
        try:
            self.given.value = self._html()
        except ValueError:  # the panel tells it in words
            self.given.value = ""


class ImageSource(_Source):
    """A slider through images, a pad to draw one, or a place for a picture."""

    sense, kind, endings, by_hand = "image", "image", pictures.ENDINGS, "an image drawn by hand"
    from_file, choose, such_as = "a picture of yours", "Choose a picture", "a photograph of one digit"

    def _own_ways(self):
        both = widgets.Checkbox(True, description="show what the model gets", indent=False)
        self.pad = self.control("image-pad", Pad(), self._follow, "pixels")
        self.both = self.control("image-both", both, self._show)
        return {"drawn by hand": [self.pad, self.both], self.from_file: [self.file]}

    def _lay_out(self):
        fits = self.samples.shape[1:] == DIGIT
        self.children = [self.choice, row(self.place, self.given)] if fits else [self.number, self.given]

    def _picture(self):
        """uint8 pixels of the drawing or of the picture, as they came."""
        return files.read_image(self._opened()) if self.choice.value == self.from_file else self.pad.drawing()

    def _prepared(self):
        return image.from_picture(self._picture())

    def _html(self):
        if self.choice.value == FROM_DATA:
            return cards.picture(self.prompt()["image"], f"Image {self.number.value} of the test set")
        if self.choice.value != self.from_file and not self.both.value:
            return ""
        got, told = self.prompt()["image"], self.told()
        got = _card(cards.picture(got, f"What the model gets of {told}"), "what the model gets")
        if self.choice.value != self.from_file:
            return got  # the drawing stands on the pad
        return cards.grid(f"repeat(2, {cards.WIDTH}px)", _card(_thumbnail(self._picture(), told), "yours") + got)


class SoundSource(_Source):
    """A slider through sounds, a place for a file, or a microphone."""

    sense, kind, endings, by_hand = "speech", "sound", sounds.ENDINGS, "your recording"
    from_file, choose, such_as = "a sound file", "Choose a sound file", "a .wav"

    def _own_ways(self):
        self.recorder = self.control("sound-recorder", Recorder(), self._follow, "pcm")
        return {self.from_file: [self.file], "your voice": [self.recorder]}

    def _lay_out(self):
        self.children = [self.choice, row(self.place), self.given]

    def _recording(self):
        """(wave, its rate in Hz), of the file or from the microphone."""
        if self.choice.value == self.from_file:
            return files.read_sound(self._opened())
        return self.recorder.recording(), self.recorder.rate

    def _prepared(self):
        return speech.from_waveform(*self._recording())

    def _html(self):
        if self.choice.value == FROM_DATA:
            return cards.sounds(self.prompt()["speech"], [self.told()])[0]
        return heard.html_of(*self._recording(), self.told())


def _card(picture, words):
    return f"<div>{picture}{words}</div>"


def _thumbnail(pixels, alt):
    """A picture of any size as HTML, as wide as a card."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((2 * cards.WIDTH, 2 * cards.WIDTH))
    return plots.img(plots.png_of(picture), alt, cards.WIDTH)
