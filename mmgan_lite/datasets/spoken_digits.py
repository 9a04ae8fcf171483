"""Digits that people said: the Free Spoken Digit Dataset (FSDD), with the embedded handwriting.

Source: Jackson and others 2016 to 2024, https://github.com/Jakobovski/free-spoken-digit-dataset, CC BY-SA 4.0.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.datasets import captions, fsdd_archive
from mmgan_lite.datasets.digits import load_digits

OFFICIAL_TEST = range(5)  # the recordings' numbers
_NAME = re.compile(r"(?P<digit>[0-9])_(?P<speaker>.+)_(?P<number>[0-9]+)\.wav", re.IGNORECASE)


class Recording(NamedTuple):
    """One file of the data set, as its name tells."""

    path: Path
    digit: int
    speaker: str
    number: int


def load_spoken_digits(
    path: str | Path, split: str = "train", *, split_by: str = "speaker", download: bool = False
) -> dict:
    """People who say digits, paired with the embedded handwriting: what `load_digits` is, with real voices.

    A recording and an image share the digit and nothing else. Within a digit, whichever of them are fewer stand in
    several rows, so that every recording and every image of the split is there.

    Args:
        path: The folder `recordings` of FSDD, or the folder that it lies in; or any folder of sounds with such names,
            `{digit}_{speaker}_{number}.wav`.
        split: "train", "valid" or "test". The images are those of the same split of `load_digits`.
        split_by: "speaker": nobody is heard in two splits; of the speakers, sorted by name, a sixth (at least one) is
            "test", the sixth before it "valid". "recording": the data set's official split, where the numbers 0 to 4
            of every speaker are "test", and there is no "valid".
        download: Where there are no recordings at `path`, fetch them (16 MB) from GitHub.

    Returns:
        A pairs dict as that of `load_digits`: "image", "text", "speech", "label", "facts" and "exact_facts", with the
        measures "thickness_px" and "slant_deg"; and "speaker" str (n,). Nobody measured sex, pitch and speed of these
        voices: their levels are -1, and captions tell of the image alone.

    Raises:
        FileNotFoundError: if there are no recordings, or they cannot be downloaded.
        ValueError: for a name or a file that does not fit, a digit that nobody says, too few speakers, or an unknown
            split.
    """
    path = Path(path)
    if download and not _wave_files(path):
        fsdd_archive.download(path)
    recordings = _of_split(_read_names(path), split, split_by)
    written, spoken = load_digits(split), np.array([recording.digit for recording in recordings])
    images, sounds = _rows_by_digit(written["label"], spoken)
    speech = np.stack([_listen(recording.path) for recording in recordings])
    facts, exact_facts = (_facts_of_images(written[name], images) for name in ("facts", "exact_facts"))
    return {
        "image": written["image"][images],
        "text": np.array(captions.decode(captions.draw(facts, np.random.default_rng(0)))),
        "speech": speech[sounds],
        "label": written["label"][images],
        "facts": facts,
        "exact_facts": exact_facts,
        "paired_by_label": ("speech",),
        **{name: written[name][images] for name in ("thickness_px", "slant_deg")},
        "speaker": np.array([recording.speaker for recording in recordings])[sounds],
    }


def _wave_files(folder):
    """The sounds in the folder, or in its folder `recordings`, sorted by name."""
    inside = folder / "recordings"
    found = (inside if inside.is_dir() else folder).glob("*.[wW][aA][vV]")
    return sorted(file for file in found if not file.name.startswith("."))  # a Mac leaves files of its own: ._3_…


def _read_names(folder):
    """A Recording for each sound of the folder."""
    if folder.is_file():
        raise ValueError(f"unpack the archive, and name the folder that comes out of it. Received: {folder}")
    paths = _wave_files(folder)
    if not paths:
        raise FileNotFoundError(
            f"no recordings here; get them: git clone {fsdd_archive.REPOSITORY}, or, where there is a network, "
            f"mm.load_spoken_digits(path, download=True). Received: {folder}"
        )
    names = {path: _NAME.fullmatch(path.name) for path in paths}
    odd = [path.name for path, name in names.items() if name is None]
    if odd:
        message = f"{odd[0]!r}" + (f" and {len(odd) - 1} more" if odd[1:] else "")
        raise ValueError(f"name sounds as 7_anna_0.wav: digit, speaker, number. Received: {message} in {folder}")
    return [Recording(path, int(n["digit"]), n["speaker"], int(n["number"])) for path, n in names.items() if n]


def _of_split(recordings, split, split_by):
    """The recordings of a split, in which every digit must be said."""
    if split_by not in _DIVIDE:
        raise ValueError(f"split_by must be one of {', '.join(_DIVIDE)}. Received: {split_by!r}")
    parts = _DIVIDE[split_by](recordings)
    if split not in parts:
        raise ValueError(f"split by {split_by}, split must be one of {', '.join(parts)}. Received: {split!r}")
    unsaid = set(range(10)) - {recording.digit for recording in parts[split]}
    if unsaid:
        message = f"recordings of {', '.join(map(str, sorted(unsaid)))} are missing; add them to this split"
        raise ValueError(f"{message}. Received: {len(parts[split])} files, split={split!r} by {split_by}")
    return parts[split]


def _by_speaker(recordings):
    names = sorted({recording.speaker for recording in recordings})
    if len(names) < 3:
        message = 'three speakers are needed, one for each split; or take split_by="recording"'
        raise ValueError(f"{message}. Received: {', '.join(names)}")
    held = max(1, len(names) // 6)
    speakers = {"train": names[: -2 * held], "valid": names[-2 * held : -held], "test": names[-held:]}
    return {split: [one for one in recordings if one.speaker in some] for split, some in speakers.items()}


def _by_recording(recordings):
    tested = [recording.number in OFFICIAL_TEST for recording in recordings]
    parts = {"train": False, "test": True}
    return {split: [r for r, test in zip(recordings, tested, strict=True) if test == of] for split, of in parts.items()}


_DIVIDE = {"speaker": _by_speaker, "recording": _by_recording}


def _rows_by_digit(written, spoken):
    """Rows of images and of sounds that go together, in a mixed order; the fewer of a digit are taken in turn."""
    pairs = []
    for digit in range(10):
        both = np.flatnonzero(written == digit), np.flatnonzero(spoken == digit)
        pairs.append([np.resize(rows, max(map(len, both))) for rows in both])  # `resize` begins anew at the end
    images, sounds = np.concatenate(pairs, axis=1)
    order = np.random.default_rng(0).permutation(len(images))
    return images[order], sounds[order]


def _listen(path):
    """The log-mel picture of a file, as own data reads it."""
    try:
        return modalities.SPEECH.readers[".wav"](path)
    except (ValueError, OSError) as error:
        raise ValueError(f"a recording cannot be read ({error}). Received: {path}") from None


def _facts_of_images(levels, images):
    """{fact: int8 (n,)}: what the images tell, and -1 for what only the voice could."""
    unknown = np.full(len(images), captions.UNKNOWN, "int8")
    return {fact: levels[fact][images] if fact in modalities.IMAGE.facts else unknown for fact in captions.FACTS}
