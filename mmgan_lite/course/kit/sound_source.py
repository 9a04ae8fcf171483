"""A sound as prompt: one of the data set, a file of your own, or your own voice."""

import ipywidgets as widgets

from mmgan_lite import files
from mmgan_lite.course.kit import cards, heard
from mmgan_lite.course.kit.recorder import Recorder
from mmgan_lite.course.kit.upload import chooser, opened
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import speech
from mmgan_lite.datasets.sounds import ENDINGS

FROM_DATA, FROM_FILE, FROM_VOICE = "from the test set", "a sound file", "your voice"


class SoundSource(CourseWidget):
    """A slider through sounds, a place for a file, or a microphone; what the model hears is shown below.

    Args:
        guard: A `Guard`, for every callback.
        changed: Called without arguments when there is a new sound.
        sounds: float32 (n, frames, mels) in [-1, 1], which the networks have not heard.
        number: The first one.
    """

    name, sense = "panel", "speech"

    def __init__(self, guard, changed, sounds, number=0):
        super().__init__(guard)
        self.sounds, self._changed = sounds, changed
        number = widgets.IntSlider(number, 0, len(sounds) - 1, description="Sound", continuous_update=False)
        self.number = self.control("sound-index", number, self._follow)
        self.file = self.control("sound-file", chooser("Choose a sound file", ENDINGS), self._follow)
        self.recorder = self.control("sound-recorder", Recorder(), self._follow, "pcm")
        self._ways = {FROM_DATA: self.number, FROM_FILE: self.file, FROM_VOICE: self.recorder}
        choice = widgets.ToggleButtons(options=list(self._ways), description="Take it", style={"button_width": "auto"})
        self.choice = self.control("sound-from", choice, self._follow)
        self.place, self.given = widgets.Box(), self.page("sound-given")
        self._show()
        self.children = [self.choice, row(self.place), self.given]

    def _follow(self):
        self._show()
        self._changed()

    def prompt(self):
        """{"speech": float32 (1, frames, mels)}

        Raises:
            ValueError: if there is no file or recording yet, or no word in it.
        """
        if self.choice.value == FROM_DATA:
            return {"speech": self.sounds[self.number.value][None]}
        return {"speech": speech.from_waveform(*self._recording())[None]}

    def told(self):
        """The prompt in words."""
        if self.choice.value == FROM_DATA:
            return f"sound {self.number.value} of the test set"
        return "your recording" if self.choice.value == FROM_VOICE else f"“{self.file.value[0]['name']}”"

    def _recording(self):
        """(wave, its rate in Hz), of the file or from the microphone."""
        if self.choice.value == FROM_VOICE:
            return self.recorder.recording(), self.recorder.rate
        return files.read_sound(opened(self.file, "a sound file first, such as a .wav"))

    def _show(self):
        """What was given, before anything is made of it."""
        self.place.children = [self._ways[self.choice.value]]
        try:
            self.given.value = self._picture()
        except ValueError:  # the panel tells it in words
            self.given.value = ""

    def _picture(self):
        if self.choice.value == FROM_DATA:
            return cards.sounds(self.prompt()["speech"], [self.told()])[0]
        return heard.html_of(*self._recording(), self.told())
