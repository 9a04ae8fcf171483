"""Voices made from people's recordings: an engine says a word, WORLD says it anew in another pitch, tract and pace.

Next to a synthesiser of formulas such as eSpeak NG, these are nearer to people: what they say was once spoken, or was
learnt from speech. Some of the speakers know no English: they are given spellings that their own language reads as the
word. The engines are Debian's flite, festival, RHVoice and SVOX Pico; data/README.md tells which packages.

Source: Morise, Yokomori & Ozawa 2016, "WORLD: a vocoder-based high-quality speech synthesis system for real-time
applications".
"""

import dataclasses
import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

SAMPLE_RATE = 16_000  # Hz
FRAME_MS = 5.0
ENGLISH = [["zero"], ["one"], ["two"], ["three"], ["four"], ["five"], ["six"], ["seven"], ["eight"], ["nine"]]
ITALIAN = [["ziro", "siro"], ["uan", "uon"], ["tu"], ["tri", "sri", "fri"], ["for"], ["faiv", "faif"], ["sics"],
           ["seven"], ["eit"], ["nain"]]  # fmt: skip
FINNISH = [["siirou", "siiro", "ziro"], ["van", "uan"], ["tuu"], ["srii", "trii", "frii"], ["foor"],
           ["faiv", "faif"], ["siks"], ["seven"], ["eit"], ["nain"]]  # fmt: skip
CZECH = [["zírou", "zíro"], ["uan", "van"], ["tú"], ["srí", "frí", "trí"], ["fór"], ["fajv", "fájv"], ["siks"],
         ["sevn", "seven"], ["ejt"], ["najn"]]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Person:
    """Whose recordings a voice is made from; sex 0 is a man's voice, 1 a woman's."""

    sex: int
    engine: str  # a key of `ENGINES`
    voice: str  # what the engine calls it
    spellings: list = dataclasses.field(default_factory=lambda: ENGLISH)
    encoding: str = "utf-8"  # of the text that festival takes


PEOPLE = {
    "awb": Person(0, "flite", "awb"),  # speaks as in Scotland
    "rms": Person(0, "flite", "rms"),
    "kal": Person(0, "flite", "kal16"),
    "slt": Person(1, "flite", "slt"),
    "ked": Person(0, "festival", "ked_diphone"),
    "alan": Person(0, "RHVoice", "alan"),  # speaks as in Scotland
    "bdl": Person(0, "RHVoice", "bdl"),
    "clb": Person(1, "RHVoice", "clb"),
    "us": Person(1, "pico", "en-US"),
    "gb": Person(1, "pico", "en-GB"),
    "lp": Person(1, "festival", "lp_diphone", ITALIAN),
    "mv": Person(0, "festival", "hy_fi_mv_diphone", FINNISH, "iso-8859-1"),
    "lj": Person(1, "festival", "suo_fi_lj_diphone", FINNISH, "iso-8859-1"),
    "dita": Person(1, "festival", "czech_dita", CZECH, "iso-8859-2"),
    "machac": Person(0, "festival", "czech_machac", CZECH, "iso-8859-2"),
    "ph": Person(0, "festival", "czech_ph", CZECH, "iso-8859-2"),
    "krb": Person(1, "festival", "czech_krb", CZECH, "iso-8859-2"),  # a boy; his formants lie where a woman's do
}


WORD_SECONDS = 0.45  # how long the ten words last, on average, at `NATURAL_WPM`
TRACT = 1.17  # a woman's vocal tract is shorter: her formants lie higher by about this factor (Fant 1966)
NATURAL_WPM = 150
QUIET_DB = -35.0  # below the loudest: no word any more


@functools.cache
def takes(name):
    """{digit: [(f0, envelope, aperiodicity), …]}: what WORLD finds in a person's words, a take a spelling."""
    import pyworld

    found = {digit: [] for digit in range(10)}
    for digit, wave in _rendered(PEOPLE[name]):
        f0, times = pyworld.harvest(wave, SAMPLE_RATE, 60.0, 450.0, frame_period=FRAME_MS)
        envelope = pyworld.cheaptrick(wave, f0, times, SAMPLE_RATE)
        found[digit].append((f0, envelope, pyworld.d4c(wave, f0, times, SAMPLE_RATE)))
    return found


def say(name, digit, sex, f0_hz, words_per_minute, rng):
    """int16 (samples,) at 16 kHz: a digit in a voice made from somebody's recordings, of a tract of its own.

    Args:
        name: A key of `PEOPLE`.
        digit: 0 to 9.
        sex: 0 a man's voice, 1 a woman's; other than the person's own, the vocal tract is made longer or shorter.
        f0_hz: Where the median of the fundamental shall lie.
        words_per_minute: The pace; at `NATURAL_WPM` a person's ten words last `WORD_SECONDS` on average.
        rng: Draws the take, the length of the tract, and how lively the melody is.
    """
    import pyworld

    some = takes(name)[digit]
    f0, envelope, aperiodicity = some[rng.integers(len(some))]
    factor = TRACT ** (sex - PEOPLE[name].sex) * np.exp(rng.uniform(-0.12, 0.12))
    melody = rng.uniform(0.3, 1.8)
    voiced = f0[f0 > 0]
    middle = np.median(voiced) if len(voiced) else f0_hz
    f0 = np.where(f0 > 0, f0_hz * (np.maximum(f0, 1.0) / middle) ** melody, 0.0)
    at = np.arange(0, len(f0) - 1, words_per_minute / NATURAL_WPM * _seconds(name) / WORD_SECONDS)
    frames = at.astype(int)
    envelope, aperiodicity = (_between(_stretched(x, factor), at) for x in (envelope, aperiodicity))
    wave = pyworld.synthesize(np.ascontiguousarray(f0[frames]), envelope, aperiodicity, SAMPLE_RATE, FRAME_MS)
    return np.round(wave / np.abs(wave).max() * 26_000).astype("int16")


@functools.cache
def _seconds(name):
    """How long a person's ten words last, on average."""
    return np.mean([len(some[0][0]) for some in takes(name).values()]) * FRAME_MS / 1000


def _stretched(spectra, factor):
    """The same spectra along a longer or shorter tract: what lay at f Hz lies at f · factor."""
    return _between(spectra.T, np.minimum(np.arange(spectra.shape[1]) / factor, spectra.shape[1] - 1.001)).T


def _between(rows, at):
    """Rows at places between them, by linear interpolation, as C-ordered float64."""
    low = at.astype(int)
    high, share = np.minimum(low + 1, len(rows) - 1), (at - low)[:, None]
    return np.ascontiguousarray(rows[low] * (1 - share) + rows[high] * share)


def _rendered(person):
    """[(digit, float64 (samples,) at 16 kHz), …] of every spelling, said by the engine, without silence around."""
    words = [(digit, word) for digit, words in enumerate(person.spellings) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.wav" for number in range(len(words))]
        ENGINES[person.engine](person, [word for _, word in words], paths)
        return [(digit, _read(path)) for (digit, _), path in zip(words, paths, strict=True)]


def _ask_flite(person, words, paths):
    for word, path in zip(words, paths, strict=True):
        subprocess.run(["flite", "-voice", person.voice, "-t", word, "-o", path], check=True)


def _ask_rhvoice(person, words, paths):
    for word, path in zip(words, paths, strict=True):
        subprocess.run(["RHVoice-test", "-p", person.voice, "-o", path], input=word.encode(), check=True)


def _ask_pico(person, words, paths):
    for word, path in zip(words, paths, strict=True):
        subprocess.run(["pico2wave", "-l", person.voice, "-w", path, word], check=True)


def _ask_festival(person, words, paths):
    lines = [f"(voice_{person.voice})"]
    for word, path in zip(words, paths, strict=True):
        lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{word}")) "{path}" (quote riff))')
    script = paths[0].with_name("words.scm")
    script.write_bytes("\n".join(lines).encode(person.encoding))
    subprocess.run(["festival", "-b", script], check=True, stderr=subprocess.DEVNULL)  # it tells of missing diphones


ENGINES = {"flite": _ask_flite, "festival": _ask_festival, "RHVoice": _ask_rhvoice, "pico": _ask_pico}


def _read(path):
    wave, sample_rate = soundfile.read(path)
    length = round(len(wave) * SAMPLE_RATE / sample_rate)
    spectrum = np.fft.rfft(wave)[: length // 2 + 1]
    wave = np.fft.irfft(spectrum, length)  # cut, or pad, the spectrum: an ideal resampling filter
    loudness = np.sqrt(np.convolve(wave**2, np.ones(160) / 160, "same"))  # over 10 ms
    start, stop = np.flatnonzero(loudness > loudness.max() * 10 ** (QUIET_DB / 20))[[0, -1]]
    return wave[max(start - 480, 0) : stop + 480]  # 30 ms more on either side
