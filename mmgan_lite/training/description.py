"""What run.json says of a run: checked before anything is built of it, for the page may lie."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from mmgan_lite import arguments, files, modalities
from mmgan_lite.arguments import shown
from mmgan_lite.datasets import paths
from mmgan_lite.datasets.vocabulary import MAX_LETTERS, Vocabulary
from mmgan_lite.networks.embedders import EMBED_DIM
from mmgan_lite.networks.fitting import MAX_EMBED_DIM, MAX_NUMBERS, check_sizes

MAX_BYTES = 2**22  # of the page, of which the vocabulary is most
MAX_WORDS = 1000  # of a caption
_LARGE = 2**14  # numbers in one sample, 128 × 128 pixels: what is larger takes time and memory to build
USUAL, OWN = "the usual ones", "somebody's own"  # networks
_TOLD = "run.json does not describe a run of this version"


def read(path: Path) -> dict[str, Any]:
    """The entries of a run.json. ValueError if it is not what `saving.save` writes."""
    with paths.naming(path):
        description = files.read_json(path, MAX_BYTES)
        if not isinstance(description, dict) or description.get("format") != 1:
            raise ValueError(f"{_TOLD}. Received: {shown(description)}")
        sha256 = description.get("sha256")
        if not isinstance(sha256, str) or len(sha256) != 64:
            raise ValueError(f"{_TOLD}; it lacks the sha256 of the weights. Received: {shown(sha256)}")
        return checked(description)


def checked(description: Mapping[str, Any]) -> dict[str, Any]:
    """The same entries, those that build networks held to what they may be.

    Raises:
        ValueError: for anything else, of whatever type.
    """
    seed, steps = description.get("seed", 0), description.get("steps", {})
    arguments.seed(seed)
    for number in steps.values() if isinstance(steps, dict) else [steps]:
        arguments.whole("steps", number)
    if description.get("networks", USUAL) not in (USUAL, OWN):
        raise ValueError(f"networks must be {USUAL!r} or {OWN!r}. Received: {shown(description['networks'])}")
    embed_dim = arguments.whole("embed_dim", description.get("embed_dim", EMBED_DIM), 1, MAX_EMBED_DIM)
    vocabulary = vocabulary_of(description)
    _check_sizes(description.get("sizes"), vocabulary)
    check_sizes(description["sizes"], embed_dim)
    return {**description, "seed": seed, "networks": description.get("networks", USUAL), "embed_dim": embed_dim}


def vocabulary_of(description: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that the page names. ValueError if its words are none."""
    given = description.get("vocabulary")
    entry = given if isinstance(given, dict) else {}
    words = entry.get("words")
    if not isinstance(words, list) or not all(isinstance(w, str) and 0 < len(w) <= MAX_LETTERS for w in words):
        raise ValueError(f"vocabulary must have words, strings of 1 to {MAX_LETTERS} letters. Received: {shown(given)}")
    if len(set(words)) < len(words):
        raise ValueError(f"the words of the vocabulary must be distinct. Received: {shown(words)}")
    return Vocabulary(words, arguments.whole("max_words", entry.get("max_words"), 1, MAX_WORDS))


def _check_sizes(sizes, vocabulary):
    if not isinstance(sizes, dict) or not sizes:
        raise ValueError(f"sizes must be {{modality: shape}}. Received: {shown(sizes)}")
    for name, record in modalities.records_of(sizes, vocabulary).items():
        size = sizes[name]
        if not isinstance(size, list) or not size or record.axes not in (None, len(size)):
            raise ValueError(
                f"sizes of {name} must be a list of {record.axes or 'some'} numbers. Received: {shown(size)}"
            )
        for number in size:
            arguments.whole(f"sizes of {name}", number, 1, MAX_NUMBERS)
    if sizes.get("text", vocabulary.size) != vocabulary.size:
        raise ValueError(f"sizes of text must be {vocabulary.size}, the vocabulary's. Received: {shown(sizes['text'])}")


def check_declared(description: Mapping[str, Any], declared: Mapping[str, tuple[int, ...]]) -> None:
    """Hold the shapes of saved weights against large networks before those are built, and take gigabytes.

    Args:
        description: As `checked` returns it, of the kit's usual networks.
        declared: {"embedders/image/0": shape, …}.
    """
    sizes = description["sizes"]
    if max(map(math.prod, sizes.values())) <= _LARGE:
        return
    records = modalities.records_of(sizes, vocabulary_of(description))
    with keras.StatelessScope(initialize_variables=False):  # shapes without numbers
        for part, kind in (("embedders", "build_embedder"), ("generators", "build_generator")):
            for name, record in records.items():
                network = getattr(record, kind)(embed_dim=description["embed_dim"], shape=tuple(sizes[name]))
                for number, weight in enumerate(network.weights):
                    key = f"{part}/{name}/{number}"
                    if declared.get(key) != tuple(weight.shape):
                        received = f"{key} is {declared.get(key)}, not {tuple(weight.shape)}"
                        raise ValueError(f"the weights belong to other networks. Received: {received}")
