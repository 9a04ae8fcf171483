"""A run's folder: save and load a trained model, and nothing that could run code.

run.json        sizes, vocabulary, the recipe with its versions, steps, seed, and the SHA-256 of the weights
weights.npz     embedders and averaged generators: all that `load` needs
checkpoint/     everything that `--resume` needs (see `trainer.py`)
history.csv     the losses; grid-*.png the same prompts, again and again while it learnt
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import files, modalities
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.networks.embedders import EMBED_DIM

PRETRAINED = files.DATA / "pretrained"
MAX_NUMBERS = 2**18  # in one sample, 512 × 512 pixels: the networks grow with it


def save(gan: MultimodalGAN, folder: str | Path, half: bool = False, **record: Any) -> None:
    """Save what a model needs to be used: embedders and averaged generators.

    Args:
        gan: A `MultimodalGAN`.
        folder: The run's folder; made if it is not there.
        half: Store float16, half the size.
        record: What else shall stand in run.json, such as `seed=0`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    weights: dict[str, Any] = {name: w.astype("float16") if half else w for name, w in _weights(gan).items()}
    np.savez_compressed(buffer, **weights)
    description = {
        "format": 1,
        "sizes": gan.sizes,
        "embed_dim": next(iter(gan.embedders.values())).output_shape[-1],
        "networks": "the usual ones" if gan.made_by_the_kit else "somebody's own",
        "vocabulary": {"words": list(gan.vocabulary.words[1:]), "max_words": gan.vocabulary.max_words},
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        **record,
    }
    # the weights first: a crash between the two leaves a hash that does not fit, which `load` notices
    files.write_whole(folder / "weights.npz", lambda file: file.write(buffer.getvalue()))
    page = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
    files.write_whole(folder / "run.json", lambda file: file.write(page.encode()))


def load(
    run: str | Path | None = None, gan: MultimodalGAN | Callable[[], MultimodalGAN] | None = None
) -> MultimodalGAN:
    """Load a trained model.

    Args:
        run: The run's folder; None, or "pretrained", is the run that is shipped.
        gan: A `MultimodalGAN` of your own networks to load into, or a function that builds one; None builds the usual
            networks. No code is ever taken from the folder.

    Returns:
        The `MultimodalGAN`, ready for `generate` and `imagine`; to train on, use `train(…, resume=True)`.

    Raises:
        FileNotFoundError: if there is no run in the folder.
        ValueError: if its files are damaged or belong to other networks, or it needs `gan`.
    """
    folder = Path(run or "pretrained")
    if run is None or (run == "pretrained" and not folder.is_dir()):
        folder = PRETRAINED
    for name in ("run.json", "weights.npz"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"no run in this folder; train one: python -m mmgan_lite train. Received: {folder}")
    description = _describe(folder)
    raw = (folder / "weights.npz").read_bytes()
    if hashlib.sha256(raw).hexdigest() != description["sha256"]:
        raise ValueError(f"weights.npz is damaged, or not of this run.json; train again. Received: {folder}")
    if gan is None:
        gan = _build(description, folder)
    elif not isinstance(gan, MultimodalGAN):
        gan = gan()
    _fill(gan, raw, folder)
    return gan


def _describe(folder):
    try:
        description = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if description["format"] != 1:
            raise ValueError(f"format {description['format']}")
        return description
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"run.json does not describe a run of this version ({error}). Received: {folder}") from None


def _build(description, folder):
    if description.get("networks", "the usual ones") != "the usual ones":
        raise ValueError(f"this run has networks of its own; build them and hand them over as gan=. Received: {folder}")
    try:
        words, sizes = description["vocabulary"], description["sizes"]
        vocabulary = Vocabulary(words["words"], int(words["max_words"]))
        embed_dim = description.get("embed_dim", EMBED_DIM)
        _check_sizes(sizes, vocabulary, embed_dim)
        return MultimodalGAN.for_sizes(sizes, vocabulary, int(description.get("seed", 0)), embed_dim)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"run.json lacks what builds the networks ({error!r}). Received: {folder}") from None


def _check_sizes(sizes, vocabulary, embed_dim):
    """Before networks are built, and take memory, for sizes that nobody's weights have."""
    axes = {name: record.axes for name, record in modalities.records_of(sizes, vocabulary).items()}
    for name, size in {**sizes, "embed_dim": [embed_dim]}.items():
        whole = all(isinstance(n, int) and n > 0 for n in size)
        if not whole or axes.get(name, 1) not in (None, len(size)) or math.prod(size) > MAX_NUMBERS:
            raise ValueError(f"{name}: {size}")
    if not sizes or sizes.get("text", vocabulary.size) != vocabulary.size:
        raise ValueError(f"sizes {sizes} beside {vocabulary.size} of the vocabulary")


def _weights(gan):
    """{"embedders/image/0": array, …} in a fixed order."""
    networks = {"embedders": gan.embedders, "generators": gan.ema_generators}
    return {
        f"{part}/{name}/{number}": np.asarray(weight)
        for part, group in networks.items()
        for name, network in group.items()
        for number, weight in enumerate(network.get_weights())
    }


def _fill(gan, raw, folder):
    wanted = _weights(gan)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_declared(archive, wanted)
        with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            arrays = {key: archive[key].astype("float32") for key in wanted}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"the weights belong to other networks ({error}). Received: {folder}") from None
    for part, group in (("embedders", gan.embedders), ("generators", gan.ema_generators)):
        for name, network in group.items():
            network.set_weights([arrays[f"{part}/{name}/{number}"] for number in range(len(network.weights))])
    for name, average in gan.ema_generators.items():  # training, should it go on, starts from the averages
        gan.generators[name].set_weights(average.get_weights())


def _check_declared(archive, wanted):
    """Every declared name and shape, before an array is read: a file may lie about its size."""
    declared = {}
    for name in archive.namelist():
        with archive.open(name) as entry:
            np.lib.format.read_magic(entry)
            shape, _, dtype = np.lib.format.read_array_header_1_0(entry)
        declared[name.removesuffix(".npy")] = shape, dtype.kind
    expected = {key: (weight.shape, "f") for key, weight in wanted.items()}
    for key in sorted(declared.keys() | expected.keys()):
        if declared.get(key) != expected.get(key):
            raise ValueError(f"{key} is {declared.get(key)}, not {expected.get(key)}")
