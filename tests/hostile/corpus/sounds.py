"""Sounds that are long, lie, or are none."""

import io
import struct

import numpy as np
import soundfile

from mmgan_lite import modalities


def wav(samples=b"", rate=8000, channels=1, bits=16, declared=None, kind=1):
    """A WAV of raw bytes, whose header says what it likes."""
    width = channels * bits // 8
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, kind, channels, rate, rate * width % 2**32, width % 2**16, bits)
    size = len(samples) if declared is None else declared
    return (
        b"RIFF" + struct.pack("<I", (36 + size) % 2**32) + b"WAVE" + head + b"data" + struct.pack("<I", size) + samples
    )


def encoded(samples, kind, rate=8000, **options):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, **options)
    return file.getvalue()


def sound(make, name="a.wav"):
    def prepare(folder):
        (folder / name).write_bytes(make())
        return lambda: modalities.SPEECH.read(str(folder / name)), name

    return prepare


def silence(folder):
    """600 MB of silence, most of which is nowhere on the disk."""
    with open(folder / "a.wav", "wb") as file:
        file.write(wav(declared=600 * 10**6))
        file.truncate(600 * 10**6)
    return lambda: modalities.SPEECH.read(str(folder / "a.wav")), "a.wav"


def lying_flac():
    raw = bytearray(encoded(np.ones(4000) / 2, "FLAC"))
    raw[21:26] = b"\xff" * 5  # 2**36 samples
    return bytes(raw)


NOISE = np.random.default_rng(0).uniform(-1, 1, 8000)
ATTEMPTS = {
    "ten minutes at 48 kHz": sound(lambda: wav(bytes(2 * 48_000 * 600), 48_000)),
    "ten minutes, of a prime number of samples": sound(lambda: wav(bytes(2 * 28_800_011), 48_000)),
    "600 MB of silence": silence,
    "silence": sound(lambda: wav(bytes(16_000))),
    "no samples": sound(wav),
    "one sample": sound(lambda: wav(b"\1\0")),
    "4 GB declared": sound(lambda: wav(bytes(99), declared=2**32 - 1)),
    "no channel": sound(lambda: wav(bytes(99), channels=0)),
    "1000 channels": sound(lambda: wav(bytes(10**7), channels=1000)),
    "65535 channels": sound(lambda: wav(bytes(99), channels=65_535)),
    "a rate of 0": sound(lambda: wav(bytes(9999), rate=0)),
    "a rate of 1 Hz": sound(lambda: wav(b"\1\2" * 9999, rate=1)),
    "a rate of 4 GHz": sound(lambda: wav(b"\1\2\3\4" * 9999, rate=2**32 - 1)),
    "samples of 0 bits": sound(lambda: wav(bytes(9999), bits=0)),
    "samples of 1000 bits": sound(lambda: wav(bytes(9999), bits=1000)),
    "a coding that nobody knows": sound(lambda: wav(bytes(9999), kind=0x1234)),
    "NaN": sound(lambda: encoded(np.full(8000, np.nan, "float32"), "WAV", subtype="FLOAT")),
    "infinity": sound(lambda: encoded(np.full(8000, np.inf, "float32"), "WAV", subtype="FLOAT")),
    "FLAC that declares 2**36 samples": sound(lying_flac, "a.flac"),
    "FLAC cut short": sound(lambda: encoded(NOISE, "FLAC")[:60], "a.flac"),
    "Ogg cut short": sound(lambda: encoded(NOISE, "OGG")[:60], "a.ogg"),
    "MP3 that is none": sound(lambda: b"ID3\3\0\0\x7f\x7f\x7f\x7f" + bytes(999), "a.mp3"),
    "MP3 cut short": sound(lambda: encoded(NOISE, "MP3")[:60], "a.mp3"),
    "AIFF cut short": sound(lambda: encoded(NOISE, "AIFF")[:30], "a.aiff"),
    "AU": sound(lambda: encoded(NOISE, "AU")),
    "Matlab": sound(lambda: encoded(NOISE, "MAT5")),
    "VOC": sound(lambda: encoded(NOISE, "VOC", subtype="PCM_16")),
    "a playlist": sound(lambda: b"#EXTM3U\nhttp://127.0.0.1:9/a.mp3\n"),
    "a picture": sound(lambda: b"\x89PNG\r\n\x1a\n" + bytes(99)),
    "noise": sound(lambda: np.random.default_rng(0).bytes(10**6)),
}  # fmt: skip
