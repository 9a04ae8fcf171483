"""The microphone: record a word, and see what a model hears of it."""

import numpy as np

from mmgan_lite.course.kit import heard
from mmgan_lite.course.kit.recorder import Recorder
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.datasets import speech


class Microphone(CourseWidget):
    """Buttons to record with, and the newest recording as a model hears it.

    Args:
        wave: float (samples,) in [-1, 1], what stands there until something is recorded.
        sample_rate: Its Hz.

    Example:
        mic = Microphone()
        mic  # in a cell of its own: press Start, and speak
        gan.generate({"speech": mic.log_mel()}, to="text")
    """

    name, kept = "microphone", ("heard",)

    def __init__(self, wave=(), sample_rate=0):
        super().__init__()
        self.recorder = Recorder(pcm=np.asarray(wave, "<f4").tobytes(), rate=sample_rate)
        self.heard = self.page("heard")
        self.on(self.recorder, self._show, "pcm")
        self._show()
        self.lay_out(self.recorder, self.heard)

    @property
    def wave(self):
        """The newest recording, float32 (samples,) in [-1, 1]; empty before there is one."""
        return self.recorder.wave

    @property
    def sample_rate(self):
        """Hz of the newest recording."""
        return self.recorder.rate

    def log_mel(self):
        """The newest recording as the networks take it, float32 (32, 32) in [-1, 1].

        Raises:
            ValueError: if there is none yet, or no word in it.
        """
        return speech.from_waveform(self.recorder.recording(), self.sample_rate)

    def _show(self):
        if self.recorder.pcm:
            self.heard.value = heard.html_of(self.wave, self.sample_rate, "the recording")
