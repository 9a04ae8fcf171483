"""Batches of pairs for `fit`: shuffled, worded and paired anew in every epoch, and the same again for the same seed."""

import itertools
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from mmgan_lite import arguments, modalities
from mmgan_lite.datasets import captions, columns
from mmgan_lite.datasets.lazy import LazyColumn
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.datasets.words import UNKNOWN_WORD, split_words
from mmgan_lite.prompts import warn_caller

MIN_ROWS = 8  # complete ones, for a training: with fewer, a batch has next to nothing to tell apart


def as_dataset(
    pairs: Mapping, batch_size: int = 64, seed: int = 0, *, vocabulary: Vocabulary = captions.DIGITS,
    start: int = 0, say: float | None = 0.75, augment: bool = False,
) -> tf.data.Dataset:  # fmt: skip
    """Batches of pairs for `fit`; every epoch shuffles anew and, where the facts are known, words every caption anew.

    For the digits, an image also meets another sound of its digit in every epoch: their pairing is by digit alone.

    Args:
        pairs: A pairs dict from `load_digits` or `load_pairs`, or columns of your own, in a form that `generate` takes
            as prompts too.
        batch_size: Rows in a batch; the last, smaller batch of an epoch is left out.
        seed: Everything drawn follows from it and from the epoch's number.
        vocabulary: Turns captions into tokens; for captions of your own, the model's (`gan.vocabulary`).
        start: Step to begin at, so that a resumed training goes on where it stopped.
        say: Chance that a caption of the digits says a fact; None draws it anew for each caption (arcsine law), so that
            captions that say next to nothing, or nearly all, are met as often as others.
        augment: Vary every batch as a modality's record knows how: sounds as another throat, room and microphone would
            give them. For embedders; what a discriminator sees as real should be real.

    Returns:
        A `tf.data.Dataset` of {modality: float32 or int32 (batch, …), "facts_of": {modality: int32 (batch, facts)}},
        as long as one epoch, wherever it begins. For the digits also "in_full": {"text": tokens}, captions that say all
        that is known.

    Raises:
        ValueError: if there are fewer rows with every modality than `batch_size`, a modality is not known, or a column
            cannot be learnt from.
    """
    records, pairs = modalities.of_pairs(pairs, vocabulary), as_columns(pairs)
    rows = complete_rows(pairs)
    batch_size, seed, start = _checked(pairs, rows, vocabulary, batch_size, seed, start, say)
    lazy = any(isinstance(pairs[name], LazyColumn) for name in records)

    def draw(rows, rng):
        if lazy:
            return rows  # what is in them is read batch by batch
        if "exact_facts" in pairs:
            return _draw_by_facts(pairs, records, rows, rng, say)
        return _draw_as_they_are(pairs, records, rows)

    draw_pass = _Passes(draw, rows, batch_size, seed, start)
    dataset = _of_passes(draw_pass, draw(rows[:1], np.random.default_rng(0)), batch_size)
    if lazy:
        dataset = _read_when_needed(dataset, lambda rows: _draw_as_they_are(pairs, records, rows), rows[:1], batch_size)
    if augment:
        dataset = _varied(dataset, records, seed, start)
    dataset: Any = dataset.apply(tf.data.experimental.assert_cardinality(draw_pass.steps))
    dataset.draw_pass = draw_pass  # as long as somebody holds the data set
    return dataset


class _Passes:
    """Epochs drawn one after the other, and handed out from any step on.

    A pass has as many steps as an epoch, from where the last pass ended: Keras must be able to count on the number.
    """

    def __init__(self, draw, rows, batch_size, seed, start):
        self._draw, self._rows, self._batch_size, self._seed = draw, rows, batch_size, seed
        self.steps = len(rows) // batch_size
        self._epochs, self._skip = itertools.count(start // self.steps), start % self.steps
        self._begun = None  # the epoch that the last pass ended in

    def __call__(self):
        """The next pass: arrays (steps, batch, …)."""
        before, skip = self._draw_epoch() if self._begun is None else self._begun, self._skip
        if not skip:
            return before
        self._begun = self._draw_epoch()
        return [np.concatenate([a[skip:], b[:skip]]) for a, b in zip(before, self._begun, strict=True)]

    def _draw_epoch(self):
        rng = np.random.default_rng((self._seed, next(self._epochs)))
        arrays = tf.nest.flatten(self._draw(rng.permutation(self._rows), rng))
        whole = [array[: self.steps * self._batch_size] for array in arrays]
        return [array.reshape(self.steps, self._batch_size, *array.shape[1:]) for array in whole]


def _of_passes(draw_pass, probe, batch_size):
    """Batches of all passes; `probe` is one row of them."""
    weakly = weakref.ref(draw_pass)  # TensorFlow never lets go of a function, nor this one of all pairs

    def draw_what_is_held():
        held = weakly()
        assert held is not None, "the data set that is read from is gone"
        return held()

    # An epoch at once: to fetch each batch from Python would cost a step a twentieth of its time; and so would
    # `from_generator`, after which the process gives all free memory back at once, and asks for it again at each step.
    passes = tf.data.Dataset.range(1).map(lambda _: _called(draw_what_is_held, [], probe, None, batch_size))
    return passes.flat_map(tf.data.Dataset.from_tensor_slices)


def _read_when_needed(dataset, read, one_row, batch_size):
    """Batches of row numbers to batches of samples, two at a time and two ahead."""
    probe = read(one_row)
    batches = dataset.map(
        lambda rows: _called(read, [rows], probe, batch_size), num_parallel_calls=2, deterministic=True
    )
    return batches.prefetch(2)


def _called(function, inputs, probe, *axes):
    """What a Python function returns, as tensors in the form of `probe`, with these axes in place of its first."""
    flat = tf.nest.flatten(probe)
    parts = tf.numpy_function(lambda *given: tf.nest.flatten(function(*given)), inputs, [one.dtype for one in flat])
    shapes = [(*axes, *one.shape[1:]) for one in flat]
    return tf.nest.pack_sequence_as(probe, list(map(tf.ensure_shape, parts, shapes)))


def _varied(dataset, records, seed, start):
    """Each batch as its modalities' records vary it, by the chances of the seed and of its own number."""
    known = {name: record.augment for name, record in records.items() if record.augment}
    number = itertools.count(start)

    @tf.autograph.experimental.do_not_convert  # AutoGraph would look through all that it calls, for half a second
    def vary(batch):
        chances = tf.stack([seed, tf.numpy_function(lambda: np.int32(next(number)), [], "int32")])
        return {**batch, **{name: augment(batch[name], chances) for name, augment in known.items()}}

    return dataset.map(vary).prefetch(2)


def vocabulary_of(pairs: Mapping) -> Vocabulary:
    """The words that captions of these pairs are made of: the digits' grammar where facts are known, or their own.

    What the vocabulary has no room for is told by a warning.
    """
    if "exact_facts" in pairs or "text" not in pairs:
        return captions.DIGITS
    vocabulary = Vocabulary.of(pairs["text"])
    split = [split_words(caption) for caption in pairs["text"]]
    rare, every = sum(not vocabulary.knows(word) for words in split for word in words), sum(map(len, split))
    if rare:
        message = f"they read as {UNKNOWN_WORD}, {rare / every:.1%} of all words"
        warn_caller(f"the captions have rare words besides the {len(vocabulary) - 2} commonest: {message}")
    cut = sum(len(words) > vocabulary.max_words for words in split)
    if cut:
        warn_caller(f"captions are cut after {vocabulary.max_words} words; {cut} of {len(split)} are longer")
    return vocabulary


def as_columns(pairs: Mapping) -> dict:
    """The pairs with each modality as an array that can be learnt from: numbers float32 in [-1, 1], captions strings.

    Raises:
        ValueError: for numbers that cannot be meant, or columns of different lengths.
    """
    if "exact_facts" in pairs:  # the kit's own
        return dict(pairs)
    records = modalities.of_pairs(pairs)
    columns.tell_left_out_of_pairs(pairs)
    if not records:
        raise ValueError(f"the pairs need modalities, such as image and text. Received: {', '.join(pairs) or 'none'}")
    known = {name: _column(record, pairs[name]) for name, record in records.items()}
    if "label" in pairs:
        known["label"] = label = np.asarray(pairs["label"])
        if label.dtype.kind not in "iu" or label.ndim != 1:
            raise ValueError(f"label must be whole numbers, (n,). Received: {label.dtype} {label.shape}")
    here = {f"present[{name!r}]": column for name, column in pairs.get("present", {}).items() if name in records}
    columns.check_counts({name: len(column) for name, column in (known | here).items()})
    return {**pairs, **known}


def _column(record, given):
    """What a person has of one modality, as `prompts` reads it; captions may be empty here."""
    if isinstance(given, LazyColumn):
        return given
    if record.in_words:
        wrong = [caption for caption in given if not isinstance(caption, str)]
        if wrong or isinstance(given, str):
            raise ValueError(f"{record.name} must be a list of strings. Received: {wrong[0] if wrong else given!r}")
        return np.array(given, dtype=str)
    try:
        samples = np.asarray(given)
    except ValueError:  # ragged
        raise ValueError(f"{record.name} must all be of one shape; resize them. Received: several shapes") from None
    if record.axes not in (None, samples.ndim - 1) or samples.ndim < 2:
        axes = f"{record.axes or 'one'} axes a sample; a last axis of length 1 is made by x[..., None]"
        raise ValueError(f"{record.name} must have {axes}. Received: shape={samples.shape}")
    record.check_shape(samples.shape)
    return record.from_prompts(record.name, samples, samples.shape[1:])


def complete_rows(pairs: Mapping) -> np.ndarray:
    """int64 rows that have every modality of the pairs, and a word in the caption."""
    records = modalities.of_pairs(pairs)
    present = pairs.get("present", {})
    every = np.ones(len(pairs[next(iter(records))]), bool)
    for name, record in records.items():
        every &= present.get(name, True)
        if record.in_words and "exact_facts" not in pairs:
            every &= np.array([bool(split_words(caption)) for caption in pairs[name]], bool)
    return np.flatnonzero(every)


def _checked(pairs, rows, vocabulary, batch_size, seed, start, say):
    """The arguments of `as_dataset`, held against the pairs, while the caller still listens."""
    if say is not None:
        arguments.number("say", say, 0, 1)
    arguments.whole("batch_size", batch_size, 1)
    if not len(rows):
        raise ValueError("no row has every modality, and a caption with words; complete some. Received: 0 such rows")
    if batch_size > len(rows):
        raise ValueError(f"batch_size must be at most {len(rows)}, the number of complete rows. Received: {batch_size}")
    if "text" in pairs and "exact_facts" not in pairs:
        try:
            vocabulary.encode(pairs["text"][rows].tolist(), cut=True)
        except ValueError as error:
            raise ValueError(f"captions of your own need their words, vocabulary=gan.vocabulary: {error}") from None
    return batch_size, arguments.seed(seed), arguments.whole("start", start)


def _draw_by_facts(pairs, records, rows, rng, say):
    """One epoch of the digits: another sound for each image, then a caption that tells of both."""
    others = _another_of_the_label(pairs["label"], rows, rng)
    rows_of = {name: others if name in pairs["paired_by_label"] else rows for name in records}
    apart = [record for name, record in records.items() if name in pairs["paired_by_label"]]
    told_by_others = {fact for record in apart for fact in record.facts if fact != "digit"}
    facts = {fact: level[others if fact in told_by_others else rows] for fact, level in pairs["facts"].items()}
    tokens = captions.draw(facts, rng, np.sin(rng.random(len(rows)) * np.pi / 2) ** 2 if say is None else say)
    batch = {name: record.encode(pairs[name][rows_of[name]]) for name, record in records.items() if name != "text"}
    facts_of = {name: _table(pairs["exact_facts"], records[name].facts, rows_of[name]) for name in batch}
    if "text" in records:
        batch = {**batch, "text": tokens, "in_full": {"text": captions.draw(facts, rng, 1.0)}}
        facts_of = {**facts_of, "text": captions.facts_of(tokens)}
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
