"""Batches of pairs for `fit`: shuffled, worded and paired anew in every epoch, and the same again for the same seed."""

import itertools
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from mmgan_lite import modalities
from mmgan_lite.datasets import captions
from mmgan_lite.datasets.vocabulary import Vocabulary


def as_dataset(
    pairs: Mapping, batch_size: int = 64, seed: int = 0, vocabulary: Vocabulary = captions.DIGITS,
    start: int = 0, say: float = 0.75,
) -> tf.data.Dataset:  # fmt: skip
    """Batches of pairs for `fit`; every epoch shuffles anew and, where the facts are known, words every caption anew.

    For the digits, an image also meets another sound of its digit in every epoch: their pairing is by digit alone.

    Args:
        pairs: A pairs dict from `load_digits` or `load_pairs`.
        batch_size: Rows in a batch; the last, smaller batch of an epoch is left out.
        seed: Everything drawn follows from it and from the epoch's number.
        vocabulary: Turns captions into tokens; for captions of your own, the model's (`gan.vocabulary`).
        start: Step to begin at, so that a resumed training goes on where it stopped.
        say: Chance that a caption of the digits says a fact.

    Returns:
        A `tf.data.Dataset` of {modality: float32 or int32 (batch, …), "facts_of": {modality: int32 (batch, facts)}},
        one epoch long.

    Raises:
        ValueError: if there are fewer rows with every modality than `batch_size`, or a modality is not known.
    """
    records = modalities.of_pairs(pairs, vocabulary)
    rows = complete_rows(pairs)
    steps = len(rows) // batch_size
    if not steps:
        raise ValueError(f"batch_size must be at most {len(rows)}, the number of complete rows. Received: {batch_size}")
    epochs, skip = itertools.count(start // steps), [start % steps]

    def draw(rows, rng):
        if "exact_facts" in pairs:
            return _draw_by_facts(pairs, records, rows, rng, say)
        return _draw_as_they_are(pairs, records, rows)

    def draw_epoch():
        rng = np.random.default_rng((seed, next(epochs)))
        arrays = draw(rng.permutation(rows), rng)
        first, skip[0] = skip[0], 0
        whole = [array[: steps * batch_size] for array in tf.nest.flatten(arrays)]
        return [array.reshape(steps, batch_size, *array.shape[1:])[first:] for array in whole]

    probe = draw(rows[:1], np.random.default_rng(0))
    rows_of = tf.nest.flatten(probe)

    def one_epoch(_):
        parts = tf.numpy_function(draw_epoch, [], [row.dtype for row in rows_of])
        shapes = [(None, batch_size, *row.shape[1:]) for row in rows_of]
        return tf.nest.pack_sequence_as(probe, list(map(tf.ensure_shape, parts, shapes)))

    # An epoch at once: to fetch each batch from Python would cost a step a twentieth of its time; and so would
    # `from_generator`, after which the process gives all free memory back at once, and asks for it again at each step.
    dataset = tf.data.Dataset.range(1).map(one_epoch).flat_map(tf.data.Dataset.from_tensor_slices)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps)) if not start % steps else dataset


def vocabulary_of(pairs: Mapping) -> Vocabulary:
    """The words that captions of these pairs are made of: the digits' grammar where facts are known, or their own."""
    return captions.DIGITS if "exact_facts" in pairs or "text" not in pairs else Vocabulary.of(pairs["text"])


def complete_rows(pairs: Mapping) -> np.ndarray:
    """int64 rows that have every modality of the pairs (all of them, where no `present` says otherwise)."""
    names = list(modalities.of_pairs(pairs))
    present = pairs.get("present", {})
    every = np.ones(len(pairs[names[0]]), bool)
    for name in names:
        every &= present.get(name, True)
    return np.flatnonzero(every)


def _draw_by_facts(pairs, records, rows, rng, say):
    """One epoch of the digits: another sound for each image, then a caption that tells of both."""
    others = _another_of_the_label(pairs["label"], rows, rng)
    rows_of = {name: others if name in pairs["paired_by_label"] else rows for name in records}
    apart = [record for name, record in records.items() if name in pairs["paired_by_label"]]
    told_by_others = {fact for record in apart for fact in record.facts if fact != "digit"}
    facts = {fact: level[others if fact in told_by_others else rows] for fact, level in pairs["facts"].items()}
    tokens = captions.draw(facts, rng, say)
    batch = {name: pairs[name][rows_of[name]] for name in records if name != "text"}
    facts_of = {name: _table(pairs["exact_facts"], records[name].facts, rows_of[name]) for name in batch}
    if "text" in records:
        batch, facts_of = {**batch, "text": tokens}, {**facts_of, "text": captions.facts_of(tokens)}
    return {**batch, "facts_of": facts_of}


def _another_of_the_label(labels, rows, rng):
    """For each row, a row of its label, so that each is taken once."""
    shuffled = rng.permutation(rows)
    others = np.empty_like(rows)
    others[np.argsort(labels[rows], kind="stable")] = shuffled[np.argsort(labels[shuffled], kind="stable")]
    return others


def _table(levels, facts, rows):
    """int32 (n, 6): a column for each fact of the grammar, -1 where it is none of these facts."""
    untold = np.full(len(rows), captions.UNKNOWN)
    return np.stack([levels[f][rows] if f in facts else untold for f in captions.FACTS], 1).astype("int32")


def _draw_as_they_are(pairs, records, rows):
    """One epoch of your own pairs."""
    batch = {name: record.encode(pairs[name][rows]) for name, record in records.items()}
    groups = _groups(pairs, records)[rows, None]
    return {**batch, "facts_of": dict.fromkeys(batch, groups)}


def _groups(pairs, records):
    """int32 (n,): rows of one number go together: those of one label, and a row without a label alone."""
    alone = np.arange(len(pairs[next(iter(records))]))
    label = pairs.get("label", np.full(len(alone), captions.UNKNOWN))
    return np.where(label == captions.UNKNOWN, label.max() + 1 + alone, label).astype("int32")
