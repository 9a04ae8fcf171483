"""A microphone in the page: Start, Stop, Again, and a meter of the level."""

import numpy as np
import traitlets

from mmgan_lite.course.kit.front import Front


class Recorder(Front):
    """Records a few seconds and keeps them; there is one recording at a time.

    Attributes:
        pcm: The samples as bytes, empty before there are any; observe it, and read it by `wave`.
        rate: Hz, as the browser records.
        seconds: After so many it stops by itself.
    """

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
