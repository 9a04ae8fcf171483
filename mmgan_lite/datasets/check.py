"""A dry run of your own data: what was found, what is odd, and what to expect, before anything is trained."""

import hashlib
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmgan_lite import files, modalities, plots
from mmgan_lite.arguments import cut
from mmgan_lite.datasets import batches, columns, own_pairs, recordings
from mmgan_lite.datasets.words import split_words

SHOWN = 8  # rows in the picture
_LARGE = 64 * 64  # pixels
_NEARLY_BLACK = -0.75  # 12 bits in a file of 16 reach to -0.88
_UNBALANCED = 10  # times as many rows
FEW = 300  # complete rows; with fewer, a training says what to expect
_EXPECTED = {  # complete rows to train on: what they are good for
    batches.MIN_ROWS: f"Nothing can be trained: that needs {batches.MIN_ROWS} rows of train or more that have every "
    "modality.",
    50: "So few rows are learnt by heart, and the answer to any other prompt is a guess. They do to try the way from "
    "data to a model. Some hundreds of rows are a beginning.",
    FEW: "A beginning: what many rows share (a colour, a kind) can be learnt; the rest is learnt by heart. Compare "
    "what the model makes with the rows that it was trained on.",
    1500: "Enough for simple things: notebook 13 trains on 560 rows, four kinds of drawing in four colours.",
    10**9: "As many as the kit's own digits, or nearly (4000 rows, five minutes). Small pictures of one thing each "
    "come out well; photographs of whole scenes ask for larger networks.",
}  # fmt: skip


def report(
    path: str | Path, out: str | Path | None = None, *, size: int | tuple[int, int] | None = None,
    encoding: str | None = None,
) -> str:  # fmt: skip
    """Read pairs as a training would, and tell about them.

    Args:
        path, size, encoding: As `load_pairs` takes them.
        out: A .png file to draw eight rows into; None draws none.

    Returns:
        Lines of text.

    Raises:
        ValueError, FileNotFoundError: as `load_pairs`, or if the picture cannot be written there.
    """
    if out is not None:
        files.check_samples_path(out, (".png",))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pairs, unread = own_pairs.readable_pairs(path, size=size, encoding=encoding)
        if "text" in pairs and _words(taught := pairs["text"][_split(pairs) == "train"]):
            batches.vocabulary_of({"text": taught})  # warns of what a training cuts
        said = list(dict.fromkeys(str(warning.message) for warning in told))  # before the sounds are read anew
        refused = [f"{sentence}; a training refuses them: mend them, or leave their rows out" for sentence in unread]
        odd = [*refused, *said, *oddities(pairs), *recordings.oddities(path, encoding)]
    rows = shown_rows(pairs)
    if out is not None:
        picture = plots.png(picture_of(pairs, rows))
        files.write_whole(out, lambda file: file.write(picture))
    parts = {
        f"Found in {path}": found(pairs),
        "Odd": odd or ["nothing"],
        "What to expect": [expectation(pairs)],
        f"{len(rows)} of the rows, counted from 0" + (f", drawn in {out}" if out else ""): [
            _line(pairs, row) for row in rows
        ],
    }
    return "\n\n".join("\n  - ".join([f"{title}:", *lines]) for title, lines in parts.items())


# ---- what was found


def found(pairs: Mapping) -> list[str]:
    """A line for the rows, for each modality and for the labels, counted by split."""
    split = _split(pairs)
    complete = np.isin(np.arange(len(split)), batches.complete_rows(pairs))
    lines = [f"rows: {_by_split(np.ones(len(split), bool), split)}; with every modality: {_by_split(complete, split)}"]
    for name, present in pairs["present"].items():
        lines.append(f"{name}: {_by_split(present, split)}; {_form(name, pairs[name][present])}")
    if "label" in pairs:
        counts = Counter(_labels(pairs)[pairs["label"] >= 0].tolist())
        lines.append(f"labels: {len(counts)}, {_most(counts)}")
    return lines


def _by_split(here, split):
    """Such as "600 (560 train, 40 test)"; "560 train", if that is all."""
    counts = Counter(split[here].tolist())
    parts = ", ".join(f"{counts[name]} {name}" for name in columns.SPLITS if counts[name])
    return f"{here.sum()} ({parts})" if len(counts) > 1 else parts or "0"


def _form(name, samples):
    if modalities.known()[name].in_words:
        words = [len(split_words(caption)) for caption in samples]
        number = len(_words(samples))
        return f"{len(set(samples.tolist()))} different captions, {number} words, up to {max(words, default=0)} in one"
    return f"{' x '.join(map(str, samples.shape[1:]))} numbers each"


def _most(counts):
    common = [f"{name} ({count})" for name, count in counts.most_common(5)]
    return f"the most frequent: {', '.join(common)}"


# ---- what is odd


def oddities(pairs: Mapping) -> Iterator[str]:
    """A sentence for everything about the pairs that is seldom meant."""
    split = _split(pairs)
    if "split" not in pairs:
        yield "no column tells the split, so all rows are trained on; keep some apart (test) to measure what was learnt"
    elif not (split == "train").any():
        yield "no row is in train"
    for name, present in pairs["present"].items():
        if not present.all():
            yield f"{name}: missing in {_rows(~present)}; left out of the batches"
    yield from _odd_copies(pairs, split)
    for name, record in modalities.records_of(pairs["present"]).items():
        if record.resize is not None:
            yield from _odd_images(name, pairs[name], pairs["present"][name])
        if record.in_words:
            yield from _odd_captions(name, pairs[name], pairs["present"][name], split)
    yield from _odd_labels(pairs, split)
    yield from _odd_speakers(pairs, split)


def _odd_copies(pairs, split):
    """The same picture or sound in several rows; worst of all in train and in test."""
    for name, present in pairs["present"].items():
        if modalities.known()[name].in_words:
            continue
        rows_of = defaultdict(list)
        for row in np.flatnonzero(present):
            rows_of[hashlib.sha256(pairs[name][row].tobytes()).digest()].append(row)
        copies = [rows for rows in rows_of.values() if len(rows) > 1]
        across = [rows for rows in copies if len(set(split[rows])) > 1]
        if copies:
            yield f"{name}: the same more than once ({len(copies)} of them), such as {_rows(copies[0])}"
        if across:
            yield f"{name}: the same in two splits ({len(across)} of them), such as {_rows(across[0])}"


def _odd_images(name, images, present):
    images = images[present]
    flat = np.flatnonzero(present)[np.ptp(images, axis=(1, 2)).max(-1) == 0]
    if len(flat):
        yield f"{name}: nothing but one colour in {_rows(flat)}"
    if images.size and images.max() < _NEARLY_BLACK:
        yield f"{name}: all are nearly black; do their pixels reach from 0 to 255?"
    _, height, width, _ = images.shape
    if height * width > _LARGE:
        yield f"{name}: {height} x {width} pixels make training slow; read them smaller, size=32 (--size 32)"


def _odd_captions(name, captions, present, split):
    wordless = np.flatnonzero([here and not split_words(text) for text, here in zip(captions, present, strict=True)])
    if len(wordless):
        yield f"{name}: no word in the caption of {_rows(wordless)}"
    if present.sum() > 1 and len(set(captions[present])) == 1:
        yield f"{name}: one caption in all rows, {cut(captions[present][0])!r}; nothing can be learnt from that"
    new = sorted(_words(captions[split != "train"]) - _words(captions[split == "train"]))
    if new and (split == "train").any():
        yield f"{name}: words that no caption of train has: {columns.listed(new)}"


def _words(captions):
    return {word for caption in captions for word in split_words(caption)}


def _odd_labels(pairs, split):
    if "label" not in pairs:
        return
    labels, known = _labels(pairs), pairs["label"] >= 0
    if not known.all():
        yield f"label: none in {_rows(~known)}; each of them agrees with itself alone"
    counts = Counter(labels[known & (split == "train")].tolist())
    if counts and max(counts.values()) >= _UNBALANCED * min(counts.values()):
        (most, many), (least, few) = counts.most_common()[0], counts.most_common()[-1]
        yield f"label: unbalanced in train, from {many} rows of {most} to {few} of {least}"
    new = sorted(set(labels[known & (split != "train")].tolist()) - set(counts))
    if counts and new:
        yield f"label: train has no row of {columns.listed(new)}"


def _odd_speakers(pairs, split):
    """One voice in two splits: the test would measure how well it is remembered."""
    splits_of = defaultdict(set)
    for speaker, name in zip(pairs.get("speaker", np.full(len(split), "")).tolist(), split.tolist(), strict=True):
        splits_of[speaker].add(name)
    both = sorted(speaker for speaker, names in splits_of.items() if speaker and len(names) > 1)
    if both:
        yield f"speaker: {columns.listed(both)} in two splits; a test of new voices needs speakers of its own"


def _rows(rows):
    """Numbers of rows, or a bool (n,) that is true there, in words."""
    rows = np.asarray(rows)
    numbers = np.flatnonzero(rows) if rows.dtype == bool else rows
    return f"row{'s' * (len(numbers) > 1)} {columns.listed([str(row) for row in numbers])}"


# ---- what to expect


def expectation(pairs: Mapping) -> str:
    """What so many complete rows of train are good for."""
    complete = batches.complete_rows(pairs)
    return word_on(int((_split(pairs)[complete] == "train").sum()))


def word_on(number: int) -> str:
    """What a number of complete rows of train is good for."""
    words = next(words for below, words in _EXPECTED.items() if number < below)
    return f"{number} complete rows to train on. {words}"


# ---- some rows


def shown_rows(pairs: Mapping) -> NDArray[np.int64]:
    """Up to eight rows, evenly spread, complete ones where there are any."""
    rows = batches.complete_rows(pairs)
    rows = rows if len(rows) else np.arange(len(_split(pairs)))
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(SHOWN, len(rows))).astype(int))]


def picture_of(pairs: Mapping, rows: NDArray) -> plots.Figure:
    """These rows, each a column: a line for each modality, its number above."""
    lines: list[tuple[Callable, list]] = [
        (record.draw, list(pairs[name][rows])) for name, record in modalities.of_pairs(pairs).items()
    ]
    return plots.gallery(lines, [f"row {row}" for row in rows])


def _line(pairs, row):
    parts = [f"row {row}", _split(pairs)[row]]
    parts += [f"label {_labels(pairs)[row]}"] if "label" in pairs and pairs["label"][row] >= 0 else []
    parts += [repr(str(pairs[name][row])) for name, record in modalities.of_pairs(pairs).items() if record.in_words]
    return ", ".join(parts)


def _split(pairs):
    first = next(iter(pairs["present"].values()))
    return pairs.get("split", np.full(len(first), "train"))


def _labels(pairs):
    """The labels as people wrote them, str (n,)."""
    names = np.array([*pairs.get("label_names", ()), ""])
    return names[pairs["label"]] if "label_names" in pairs else pairs["label"].astype(str)
