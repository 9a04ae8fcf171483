"""A sound as prompt: one of the data set, or a WAV file of one's own."""

import tempfile
from pathlib import Path

import ipywidgets as widgets

from mmgan_lite import files
from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.datasets import speech


class SoundSource(CourseWidget):
    """A slider through sounds, and a place for a file; the one that moved last is the prompt.

    Args:
        guard: A `Guard`, for every callback.
        changed: Called without arguments when there is a new sound.
        sounds: float32 (n, frames, mels) in [-1, 1], which the networks have not heard.
    """

    name, sense = "panel", "speech"

    def __init__(self, guard, changed, sounds):
        super().__init__(guard)
        self.sounds, self.uploaded, self._changed = sounds, None, changed
        number = widgets.IntSlider(0, 0, len(sounds) - 1, description="Sound", continuous_update=False)
        file = widgets.FileUpload(accept=".wav", description="or a WAV file of one spoken digit")
        file.layout.width = "260px"
        self.number = self.control("sound-index", number, lambda: self._take(None))
        self.file = self.control("sound-file", file, self._receive)
        self.given = self.page("sound-given")
        self._show()
        self.children = [widgets.HBox([self.number, self.file]), self.given]

    def _receive(self):
        if self.file.value:
            self._take(self.file.value[0])
            self.file.value = ()  # so that the same file may come again

    def _take(self, upload):
        self.uploaded = upload
        self._show()
        self._changed()

    def prompt(self):
        """{"speech": float32 (1, frames, mels)}

        Raises:
            ValueError: if the file is no sound.
        """
        if self.uploaded is None:
            return {"speech": self.sounds[self.number.value][None]}
        return {"speech": speech.from_waveform(*_read(self.uploaded))[None]}

    def told(self):
        """The prompt in words."""
        return f"sound {self.number.value} of the test set" if self.uploaded is None else f"“{self.uploaded['name']}”"

    def _show(self):
        try:
            self.given.value = cards.sounds(self.prompt()["speech"], [self.told()])[0]
        except ValueError:  # the panel tells it in words
            self.given.value = ""


def _read(upload):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "upload.wav")
        path.write_bytes(bytes(upload["content"]))
        return files.read_sound(path)
