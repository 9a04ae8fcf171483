"""A microphone in the page: Start, Stop, Again, and a meter of the level."""

from pathlib import Path

import anywidget
import numpy as np
import traitlets

HERE = Path(__file__).parent


class Recorder(anywidget.AnyWidget):
    """Records a few seconds and keeps them; there is one recording at a time.

    Attributes:
        pcm: The samples as bytes, empty before there are any; observe it, and read it by `wave`.
        rate: Hz, as the browser records.
        seconds: After so many it stops by itself.
    """

    _esm = HERE / "recorder.js"
    _css = HERE / "recorder.css"
    # what arrives from the page is a memoryview
    pcm = traitlets.Bytes(b"").tag(sync=True, from_json=lambda view, _: bytes(view))
    rate = traitlets.Float(0.0).tag(sync=True)
    seconds = traitlets.Float(3.0).tag(sync=True)

    @property
    def wave(self):
        """The recording as float32 (samples,) in [-1, 1]; empty before there is one."""
        return np.frombuffer(self.pcm, "<f4").astype("float32")

    def recording(self):
        """The recording.

        Raises:
            ValueError: before there is one.
        """
        if not self.pcm:
            raise ValueError("press Start, and say one word first. Received: no recording")
        return self.wave
