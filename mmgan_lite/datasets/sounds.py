"""Sound files, by libsndfile: the one place that reads them, for prompts, own data and panels alike."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from mmgan_lite.datasets import paths

ENDINGS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff")
MAX_SAMPLES = 2**26  # of all channels together: over ten minutes of stereo at 48 kHz
_CANCELLED = 0.25  # a mean of channels that is so much quieter than the loudest of them has lost its sound


def read_sound(source: str | Path | BinaryIO) -> tuple[NDArray[np.float32], int]:
    """A sound file as one waveform.

    | in the file | becomes |
    |---|---|
    | PCM of 8, 16, 24 or 32 bits, float, µ-law, A-law, EXTENSIBLE; FLAC, Ogg, Opus, MP3 | float, full scale at ±1 |
    | several channels | their mean; the loudest where they cancel one another, or nearly (antiphase) |
    | any sample rate | told, not changed |
    | a file that ends too early | what is there, to its last whole frame |

    Args:
        source: A path, or an open binary file.

    Returns:
        (float32 (samples,), sample rate in Hz).

    Raises:
        ValueError: if it is no such sound, an empty one, or too long a one.
        FileNotFoundError: if it is not there.
    """
    with paths.open_binary(source) as file:
        try:
            with soundfile.SoundFile(file) as sound:
                _check_length(sound, source)
                return _mono(sound.read(dtype="float32", always_2d=True), source), sound.samplerate
        except soundfile.LibsndfileError as error:
            told = f"a sound must be a whole file of these: {', '.join(ENDINGS)}; save an .m4a or a video as .wav"
            reason = error.error_string.removesuffix(".")
            raise ValueError(f"{told}. Received: {paths.name_of(source)} ({reason})") from None


def _check_length(sound, source):
    if sound.frames * sound.channels > MAX_SAMPLES:
        seconds = MAX_SAMPLES / sound.channels / sound.samplerate
        told = f"a sound of this kind may last {seconds:.0f} s; cut it to the word"
        raise ValueError(f"{told}. Received: {sound.frames / sound.samplerate:.0f} s in {paths.name_of(source)}")


def _mono(wave, source):
    """float32 (samples, channels) to (samples,)."""
    if not wave.size:
        raise ValueError(f"the sound is empty; record it again. Received: {paths.name_of(source)}")
    mixed, loudness = wave.mean(1), (wave.astype("float64") ** 2).mean(0)
    cancelled = (mixed.astype("float64") ** 2).mean() < _CANCELLED**2 * loudness.max()
    return np.ascontiguousarray(wave[:, loudness.argmax()]) if cancelled else mixed
