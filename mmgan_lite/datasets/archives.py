"""Pairs in an archive of arrays, `.npz`: which of its arrays mean what."""

from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.arguments import cut
from mmgan_lite.datasets import arrays as arrays_in_files
from mmgan_lite.datasets import columns, recordings

_EXTRA = ("sample_rate",)
_SHORT = 64  # bytes: a name of a split has 16 letters at most


def read_archive(path: str | Path, unread: list[str] | None = None) -> dict[str, Any]:
    """Read the columns of an `.npz` without pickles.

    Args:
        path: The file, as `numpy.savez` writes it.
        unread: A list that a sentence on samples that cannot be read is added to, in place of an error.

    Returns:
        {modality: (samples (n, …), bool (n,) where they are there)}, and what there is of {"label", "split", "speaker":
        array (n,)}.

    Raises:
        ValueError: for a file that is damaged or lies about its size, keys that seem misspelt, fewer than two
            modalities, or an array that does not fit.
    """
    with arrays_in_files.open_archive(path) as archive:
        arrays = _read_known(archive, path)
    read: dict[str, Any] = {name: arrays[name] for name in columns.FACTS if name in arrays}
    for name, record in modalities.known().items():
        if name in arrays:
            read[name] = _read_column(record, arrays, unread)
            if record.waves_of_arrays is not None:
                waves, rate = record.waves_of_arrays(name, arrays)
                lengths = map(len, modalities.unpadded(waves))
                recordings.tell_cuts(name, {f"row {row}": length / rate for row, length in enumerate(lengths)})
    return read


def _read_column(record, arrays, unread):
    """(samples, bool (n,) where they are there) of one modality."""
    try:
        samples = record.from_arrays(record.name, arrays)
        return samples, present(samples)
    except modalities.UnreadRows as error:
        if unread is None or not error.here.any():
            raise
        unread.append(f"{record.name}: {error}")
        return error.samples, error.here


def present(samples: np.ndarray) -> np.ndarray:
    """bool (n,): every sample, but for a caption that is empty."""
    if samples.dtype.kind != "U":
        return np.ones(len(samples), bool)
    return np.strings.str_len(np.strings.strip(samples)) > 0


def _read_known(archive, path):
    """{our name: array} of the keys that we know; all headers are checked before anything is read."""
    known, others = columns.resolve(archive, _EXTRA, path)
    columns.tell_left_out(others)
    headers = {name: archive.header(key) for name, key in known.items()}
    for name, header in headers.items():
        _refuse_objects(name, known[name], header)
    columns.check_counts(
        {name: header.shape[0] for name, header in headers.items() if header.shape and name not in _EXTRA}
    )
    columns.check_enough(known, others, path)
    if "split" not in known:
        unread = {key: archive.header(key) for key in archive if key not in known.values()}
        words = [key for key, header in unread.items() if header.dtype.kind == "U" and header.dtype.itemsize <= _SHORT]
        columns.check_for_a_split({key: cells.ravel().tolist() for key, cells in archive.read(words).items()}, path)
    arrays = archive.read(known.values())
    return {name: arrays[key] for name, key in known.items()}


def _refuse_objects(name, key, header):
    """With the remedy for what a person had in mind: captions, or samples of several shapes."""
    if header.dtype.hasobject:
        words = name in columns.FACTS or getattr(modalities.known().get(name), "in_words", False)
        remedy = "write strings as numpy str" if words else "make all samples of one shape (pad sounds, resize images)"
        raise ValueError(f"{remedy}, not as objects. Received: {cut(key)}.npy with dtype=object")
