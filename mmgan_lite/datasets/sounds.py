"""Sound files, by libsndfile: the one place that reads them, for prompts, own data and panels alike."""

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from mmgan_lite.datasets import paths

ENDINGS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff")
FORMATS = ("WAV", "WAVEX", "W64", "RF64", "FLAC", "OGG", "MP3", "AIFF")  # as libsndfile calls them
MAX_BYTES = 2**26  # of a sound file
MAX_SAMPLES = 2**22  # of all channels together: over 40 s of stereo at 48 kHz, and it is about one word
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
    with paths.open_binary(source, MAX_BYTES) as opened:
        file = _Forgiving(opened)
        try:
            with soundfile.SoundFile(file) as sound:
                _check(sound, source)
                return _mono(sound.read(dtype="float32", always_2d=True), source), sound.samplerate
        except soundfile.LibsndfileError as error:
            message = f"a sound must be a whole file of these: {', '.join(ENDINGS)}; save an .m4a or a video as .wav"
            reason = error.error_string.removesuffix(".")
            raise ValueError(f"{message}. Received: {paths.name_of(source)} ({reason})") from None
        finally:
            file.detach()


def seconds(source: str | Path | BinaryIO) -> float:
    """How long a sound file lasts, by its header alone; 0 for one that `read_sound` refuses."""
    with paths.open_binary(source, MAX_BYTES) as opened:
        file = _Forgiving(opened)
        try:
            with soundfile.SoundFile(file) as sound:
                return sound.frames / sound.samplerate
        except soundfile.LibsndfileError:
            return 0.0
        finally:
            file.detach()


class _Forgiving(io.BufferedReader):
    """A file in which libsndfile, misled by a header, may seek to nowhere: that error would be printed as well."""

    def seek(self, offset, whence=0):
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError):
            return self.tell()


def _check(sound, source):
    if sound.format not in FORMATS:
        message = f"a sound must be a file of these: {', '.join(FORMATS)}"
        raise ValueError(f"{message}. Received: {paths.name_of(source)}, of the format {sound.format}")
    if sound.frames * sound.channels > MAX_SAMPLES:
        seconds = MAX_SAMPLES / sound.channels / sound.samplerate
        message = f"a sound of this kind may last {seconds:.0f} s; cut it to the word"
        raise ValueError(f"{message}. Received: {sound.frames / sound.samplerate:.0f} s in {paths.name_of(source)}")


def _mono(wave, source):
    """float32 (samples, channels) to (samples,)."""
    if not wave.size:
        raise ValueError(f"the sound is empty; record it again. Received: {paths.name_of(source)}")
    mixed, loudness = wave.mean(1), np.einsum("ij,ij->j", wave, wave, dtype="float64") / len(wave)
    cancelled = np.mean(mixed**2, dtype="float64") < _CANCELLED**2 * loudness.max()
    return np.ascontiguousarray(wave[:, loudness.argmax()]) if cancelled else mixed
