"""Sounds as they were recorded, before a log-mel forgets how loud they were: clipped, or too quiet."""

import collections
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmgan_lite import files, modalities
from mmgan_lite.datasets import arrays, columns, folders, named_files
from mmgan_lite.prompts import warn_caller

_FULL = 0.98  # where a recorder ends
_QUIET = 0.01  # -40 dB of full scale
_TOO_QUIET = "very quiet, so that noise is scaled up with it"
_LSB = 2.0**-15


def is_clipped(wave: NDArray) -> bool:
    """Whether a waveform float (samples,) in [-1, 1] stays at its loudest, near full scale, for three samples.

    Example:
        >>> is_clipped(np.clip(2 * np.sin(np.arange(99)), -1, 1)), is_clipped(np.sin(np.arange(99)))
        (True, False)
    """
    size = np.abs(wave)
    peak = size.max(initial=0)
    loud = size >= peak - _LSB
    return bool(peak >= _FULL and (loud[:-2] & loud[1:-1] & loud[2:]).any())


def tell_cuts(modality: str, seconds: Mapping[str, float]) -> None:
    """Warn of a modality's recordings {name: how long they last} of which the word is kept and the rest cut off."""
    long = [name for name, length in seconds.items() if length > modalities.LONG]
    if long:
        message = f"{modality}: longer than {modalities.LONG} s, so that the word alone is kept and the rest cut off"
        warn_caller(f"{message}: {columns.listed(long)}")


def oddities(path: str | Path, encoding: str | None = None) -> Iterator[str]:
    """A sentence each for the sounds of own data that are clipped, and that are very quiet.

    Args:
        path, encoding: As `load_pairs` takes them; a sound that cannot be read, or is nothing but silence, is left out.
    """
    clipped, quiet = collections.defaultdict(list), collections.defaultdict(list)
    for modality, name, wave in _waves(Path(path), encoding):
        clipped[modality] += [name] if is_clipped(wave) else []
        quiet[modality] += [name] if 0 < np.abs(wave).max(initial=0) < _QUIET else []
    for found, told in ((clipped, "clipped, too loud for the recorder"), (quiet, _TOO_QUIET)):
        yield from (f"{modality}: {told}: {columns.listed(names)}" for modality, names in found.items() if names)


def _waves(path, encoding):
    """(modality, name, float (samples,)) of every sound, one after another."""
    if path.suffix.lower() == ".npz":
        yield from _waves_of_archive(path)
        return
    for modality, name, sound in _files(folders.read_folder(path, encoding)):
        try:
            wave, _ = files.read_sound(sound)
        except (ValueError, OSError):
            continue
        yield modality, name, wave


def _files(listing):
    """(modality, name, path) of every sound of a folder."""
    for record in modalities.records_of(listing.cells.keys() & modalities.known()).values():
        if record.seconds is not None:
            names = listing.cells[record.name]
            found = named_files.find_files(listing.root, names, listing.places, record.readers)
            yield from ((record.name, names[row], path) for row, path in found.items())


def _waves_of_archive(path):
    with arrays.open_archive(path) as archive:
        keys = columns.resolve(archive, ("sample_rate",), path)[0]
        for name, record in modalities.known().items():
            if name in keys and record.waves_of_arrays is not None:
                read = archive.read([keys[part] for part in (name, "sample_rate") if part in keys])
                waves, _ = record.waves_of_arrays(name, {part: read[key] for part, key in keys.items() if key in read})
                yield from ((name, f"row {row}", wave / 32768) for row, wave in enumerate(waves))
