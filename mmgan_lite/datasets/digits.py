"""Data: pairs as {modality: array}, the embedded digits, one's own pairs, and batches of them for `fit`."""

import hashlib
import io
import itertools
from pathlib import Path

import numpy as np
import tensorflow as tf

from mmgan_lite import files
from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets import image

MODALITIES = ("image", "text", "speech")
# What a sense can tell of an example. Two senses agree where neither contradicts what the other tells.
TELLS = {
    "image": ("digit", "thickness", "slant"),
    "text": tuple(text.FACTS),
    "speech": ("digit", "sex", "pitch", "speed"),
}
DIGITS_FILE = files.DATA / "digits.npz"
DIGITS_SHA256 = "b408d0c04fcb9b77dbfb6e7239a96c7d1b73f956f84c8bd6252889601aa2063e"
PITCH_CUT_HZ = np.array((110.0, 212.0))  # men, women


def load_digits(split="train", path=DIGITS_FILE):
    """The embedded data set: handwritten digits, spoken digits, and captions that tell of both.

    Args:
        split: "train" (4000), "valid" (500) or "test" (500); no image and no voice stands in two splits.
        path: The file, normally the one that is shipped.

    Returns:
        A pairs dict of n rows: "image" float32 (n, 28, 28, 1) and "speech" float32 (n, 32, 32) in [-1, 1], "text"
        str (n,), "label" int32 (n,); "facts" {fact: int8 (n,)}, the levels of `text.FACTS` with -1 where a fact lies
        too near its cut to be said; "levels", the same at the cut; and the measures "thickness_px", "slant_deg",
        "f0_hz", "speed_wpm", "voice".

    Raises:
        ValueError: for an unknown split, or a file whose SHA-256 is not the shipped one.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f'split must be "train", "valid" or "test". Received: {split!r}')
    arrays = read_checked(Path(path), DIGITS_SHA256, "python data/build_digits.py")
    rows = arrays.pop("split") == split
    arrays = {name: array[rows] for name, array in arrays.items()}
    facts = {fact: arrays[fact] for fact in text.FACTS if fact != "digit"}
    facts = {"digit": arrays["label"], **facts}
    captions = text.decode(text.draw(facts, np.random.default_rng(0)))
    measured = ("thickness_px", "slant_deg", "f0_hz", "speed_wpm", "voice")
    return {
        "image": image.scale(arrays["image"])[..., None],
        "text": np.array(captions),
        "speech": image.scale(arrays["speech"]),
        "label": arrays["label"].astype("int32"),
        "facts": facts,
        "levels": _levels_at_the_cut(arrays, facts),
        **{name: arrays[name] for name in measured},
    }


def read_checked(path, sha256, builder):
    """The arrays of an `.npz` without pickles, as a dict, once its SHA-256 is found to be the expected one.

    Raises:
        FileNotFoundError: if it is not there; `builder` names the command that makes it.
        ValueError: if it is another file, or a damaged one.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is not there; build it: {builder}. Received: {path}")
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise ValueError(f"{path.name} is damaged or another file; take it anew from the project. Received: {path}")
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return dict(archive)


def _levels_at_the_cut(arrays, facts):
    return {
        **facts,
        "thickness": image.level(arrays["thickness_px"], image.THICKNESS_CUTS),
        "slant": image.level(arrays["slant_deg"], image.SLANT_CUTS),
        "pitch": (arrays["f0_hz"] > PITCH_CUT_HZ[arrays["sex"]]).astype("int8"),
    }


def as_dataset(pairs, batch_size=64, seed=0, vocabulary=text.DIGITS, start=0):
    """Batches of pairs for `fit`; every epoch shuffles anew and, where the facts are known, words every caption anew.

    For the digits, an image also meets another sound of its digit in every epoch: their pairing is by digit alone.

    Args:
        pairs: A pairs dict from `load_digits` or `load_pairs`.
        batch_size: Rows in a batch; the last, smaller batch of an epoch is left out.
        seed: Everything drawn follows from it and from the epoch's number.
        vocabulary: Turns captions into tokens; for captions of one's own, the model's (`gan.vocabulary`).
        start: Step to begin at, so that a resumed training goes on where it stopped.

    Returns:
        A `tf.data.Dataset` of {modality: float32 or int32 (batch, …), "facts": {modality: int32 (batch, facts)}},
        one epoch long.

    Raises:
        ValueError: if there are fewer rows with every sense than `batch_size`.
    """
    rows = complete_rows(pairs)
    steps = len(rows) // batch_size
    if not steps:
        raise ValueError(f"batch_size must be at most {len(rows)}, the number of complete rows. Received: {batch_size}")
    draw = _draw_digits if "levels" in pairs else _draw_plain
    epochs, skip = itertools.count(start // steps), [start % steps]

    def draw_epoch():
        rng = np.random.default_rng((seed, next(epochs)))
        arrays = draw(pairs, rng.permutation(rows), rng, vocabulary)
        first, skip[0] = skip[0], 0
        whole = [array[: steps * batch_size] for array in tf.nest.flatten(arrays)]
        return [array.reshape(steps, batch_size, *array.shape[1:])[first:] for array in whole]

    probe = draw(pairs, rows[:1], np.random.default_rng(0), vocabulary)
    rows_of = tf.nest.flatten(probe)

    def one_epoch(_):
        parts = tf.numpy_function(draw_epoch, [], [row.dtype for row in rows_of])
        shapes = [(None, batch_size, *row.shape[1:]) for row in rows_of]
        return tf.nest.pack_sequence_as(probe, list(map(tf.ensure_shape, parts, shapes)))

    # An epoch at once: to fetch each batch from Python would cost a step a twentieth of its time; and so would
    # `from_generator`, after which the process gives all free memory back at once, and asks for it again at each step.
    dataset = tf.data.Dataset.range(1).map(one_epoch).flat_map(tf.data.Dataset.from_tensor_slices)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps)) if not start % steps else dataset


def complete_rows(pairs):
    """int64 rows that have every sense of the pairs (all of them, where no `present` says otherwise)."""
    senses = [m for m in MODALITIES if m in pairs]
    present = pairs.get("present", {})
    every = np.ones(len(pairs[senses[0]]), bool)
    for sense in senses:
        every &= present.get(sense, True)
    return np.flatnonzero(every)


def _draw_digits(pairs, rows, rng, vocabulary):
    """One epoch of the digits: another sound for each image, then a caption that tells of both."""
    sounds = _another_of_the_digit(pairs["label"], rows, rng)
    pick = {fact: rows if fact in TELLS["image"] else sounds for fact in text.FACTS}
    tokens = text.draw({fact: level[pick[fact]] for fact, level in pairs["facts"].items()}, rng)
    told = {
        "image": _table(pairs["levels"], TELLS["image"], rows),
        "text": _said(tokens),
        "speech": _table(pairs["levels"], TELLS["speech"], sounds),
    }
    return {"image": pairs["image"][rows], "text": tokens, "speech": pairs["speech"][sounds], "facts": told}


def _another_of_the_digit(labels, rows, rng):
    shuffled = rng.permutation(rows)
    sounds = np.empty_like(rows)
    sounds[np.argsort(labels[rows], kind="stable")] = shuffled[np.argsort(labels[shuffled], kind="stable")]
    return sounds


def _table(levels, facts, rows):
    """int32 (n, 6): a column a fact of the grammar, -1 where the sense does not tell it."""
    untold = np.full(len(rows), text.UNKNOWN)
    return np.stack([levels[fact][rows] if fact in facts else untold for fact in text.FACTS], 1).astype("int32")


def _said(tokens):
    """int32 (n, 6): the facts that drawn captions say, read off their words (every word says one fact or none)."""
    table = np.full((len(tokens), len(text.FACTS)), text.UNKNOWN, "int32")
    for column, fact in enumerate(text.FACTS):
        for word, level in _WORDS[fact].items():
            table[(tokens == word).any(1), column] = level
    return table


_WORDS = {
    fact: {
        text.DIGITS.token(phrase.split()[-1] if fact != "pitch" else phrase.split()[-2]): level
        for told, phrases in text.SLOTS.values()
        if told == fact
        for level, phrase in phrases.items()
    }
    for fact in text.FACTS
}


def _draw_plain(pairs, rows, _rng, vocabulary):
    """One epoch of one's own pairs: as they stand."""
    batch = {m: pairs[m][rows] for m in MODALITIES if m in pairs}
    if "text" in batch:
        batch["text"] = vocabulary.encode(batch["text"].tolist())
    told = _groups(pairs)[rows, None]
    return {**batch, "facts": {m: told for m in batch}}


def _groups(pairs):
    """int32 (n,): rows of one number go together: those of one label, and a row without a label alone."""
    alone = np.arange(len(next(pairs[m] for m in MODALITIES if m in pairs)))
    label = pairs.get("label", np.full(len(alone), text.UNKNOWN))
    return np.where(label == text.UNKNOWN, label.max() + 1 + alone, label).astype("int32")
