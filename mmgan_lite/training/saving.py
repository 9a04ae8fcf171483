"""A run's folder: save and load a trained model, and nothing that could run code.

run.json        sizes, vocabulary, the recipe with its versions, steps, seed, and the SHA-256 of the weights
weights.npz     embedders and averaged generators: all that `load` needs
checkpoint/     everything that `--resume` needs (see `trainer.py`)
history.csv     the losses; grid-*.png the same prompts, again and again while it learnt
"""

import hashlib
import io
import json
import os.path
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import files
from mmgan_lite.arguments import cut
from mmgan_lite.datasets import arrays, paths
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.training import description

PRETRAINED = files.DATA / "pretrained"
MAX_BYTES = 2**30  # of weights.npz


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
    described = {
        "format": 1,
        "sizes": gan.sizes,
        "embed_dim": next(iter(gan.embedders.values())).output_shape[-1],
        "networks": description.USUAL if gan.made_by_the_kit else description.OWN,
        "vocabulary": {"words": list(gan.vocabulary.words[1:]), "max_words": gan.vocabulary.max_words},
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        **record,
    }
    # the weights first: a crash between the two leaves a hash that does not fit, which `load` notices
    files.write_whole(folder / "weights.npz", lambda file: file.write(buffer.getvalue()))
    page = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
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
        if not os.path.exists(folder / name):
            told = "no run in this folder; train one: python -m mmgan_lite train"
            raise FileNotFoundError(f"{told}. Received: {cut(folder)}")
    described = description.read(folder / "run.json")
    with paths.naming(folder / "weights.npz"), paths.open_binary(folder / "weights.npz", MAX_BYTES) as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != described["sha256"]:
            raise ValueError(f"weights.npz is damaged, or not of this run.json; train again. Received: {folder}")
        with arrays.open_archive(file) as archive:
            if gan is None:
                description.check_declared(described, {key: archive.header(key).shape for key in archive})
                gan = _build(described, folder)
            elif not isinstance(gan, MultimodalGAN):
                gan = gan()
            _fill(gan, archive)
    return gan


def _build(described, folder):
    if described["networks"] != description.USUAL:
        raise ValueError(f"this run has networks of its own; build them and hand them over as gan=. Received: {folder}")
    vocabulary = description.vocabulary_of(described)
    return MultimodalGAN.for_sizes(described["sizes"], vocabulary, described["seed"], described["embed_dim"])


def _weights(gan):
    """{"embedders/image/0": array, …} in a fixed order."""
    networks = {"embedders": gan.embedders, "generators": gan.ema_generators}
    return {
        f"{part}/{name}/{number}": np.asarray(weight)
        for part, group in networks.items()
        for name, network in group.items()
        for number, weight in enumerate(network.get_weights())
    }


def _fill(gan, archive):
    """Weights from an open archive, every one of which has the shape that is wanted, and finite numbers."""
    wanted = {key: weight.shape for key, weight in _weights(gan).items()}
    for key in sorted(wanted.keys() | set(archive)):
        header = archive.header(key) if key in archive else None
        declared = header and (header.shape, header.dtype.kind)
        if key not in wanted or declared != (wanted[key], "f"):
            received = f"{cut(key)} is {declared}, not {wanted.get(key)}"
            raise ValueError(f"the weights belong to other networks. Received: {received}")
    read = {key: files.numbers_of_arrays(key, {key: array}) for key, array in archive.read(wanted).items()}
    for part, group in (("embedders", gan.embedders), ("generators", gan.ema_generators)):
        for name, network in group.items():
            network.set_weights([read[f"{part}/{name}/{number}"] for number in range(len(network.weights))])
    for name, average in gan.ema_generators.items():  # training, should it go on, starts from the averages
        gan.generators[name].set_weights(average.get_weights())
