"""A run's folder: save and load a trained model, and nothing that could run code.

run.json        sizes, vocabulary, steps, seed, and the SHA-256 of the weights
weights.npz     embedders and averaged generators: all that `load` needs
checkpoint/     everything that `--resume` needs (see `recipe.py`)
history.csv     the losses; grid-*.png the same prompts, again and again while it learnt
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np

from mmgan_lite import files, text
from mmgan_lite.model import MultimodalGAN

PRETRAINED = Path(__file__).parent.parent / "data" / "pretrained"


def save(gan, folder, half=False, **record):
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
    np.savez_compressed(buffer, **{name: w.astype("float16") if half else w for name, w in _weights(gan).items()})
    description = {
        "format": 1,
        "sizes": gan.sizes,
        "vocabulary": {"words": list(gan.vocabulary.words[1:]), "max_words": gan.vocabulary.max_words},
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        **record,
    }
    # the weights first: a crash between the two leaves a hash that does not fit, which `load` notices
    files.write_whole(folder / "weights.npz", lambda file: file.write(buffer.getvalue()))
    page = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
    files.write_whole(folder / "run.json", lambda file: file.write(page.encode()))


def load(run=None, gan=None):
    """Load a trained model.

    Args:
        run: The run's folder; None, or "pretrained", is the run that is shipped.
        gan: A `MultimodalGAN` of one's own networks to load into; None builds the usual ones.

    Returns:
        The `MultimodalGAN`, ready for `generate` and `imagine`; to train on, use `recipe.train(…, resume=True)`.

    Raises:
        FileNotFoundError: if there is no run in the folder.
        ValueError: if its files are damaged or belong to other networks.
    """
    folder = PRETRAINED if run in (None, "pretrained") and not Path("pretrained").is_dir() else Path(run)
    for name in ("run.json", "weights.npz"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"no run in this folder; train one: python -m mmgan_lite train. Received: {folder}")
    description = _describe(folder)
    raw = (folder / "weights.npz").read_bytes()
    if hashlib.sha256(raw).hexdigest() != description["sha256"]:
        raise ValueError(f"weights.npz is damaged, or not of this run.json; train again. Received: {folder}")
    gan = gan or _build(description, folder)
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
    try:
        words = description["vocabulary"]
        vocabulary = text.Vocabulary(tuple(words["words"]), int(words["max_words"]))
        if (vocabulary.words, vocabulary.max_words) == (text.DIGITS.words, text.DIGITS.max_words):
            vocabulary = text.DIGITS
        return MultimodalGAN.for_sizes(description["sizes"], vocabulary, int(description.get("seed", 0)))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"run.json lacks what builds the networks ({error!r}). Received: {folder}") from None


def _weights(gan):
    """{"embedders/image/0": array, …} in a fixed order."""
    networks = {"embedders": gan.embedders, "generators": gan.averages}
    return {
        f"{part}/{name}/{number}": np.asarray(weight)
        for part, group in networks.items()
        for name, network in group.items()
        for number, weight in enumerate(network.get_weights())
    }


def _fill(gan, raw, folder):
    """Check every declared name and shape before an array is read: a file may lie about its size."""
    wanted = _weights(gan)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            with archive.open(name) as entry:
                np.lib.format.read_magic(entry)
                shape, _, dtype = np.lib.format.read_array_header_1_0(entry)
            key = name.removesuffix(".npy")
            if key not in wanted or shape != wanted[key].shape or dtype.kind != "f":
                raise ValueError(f"the weights belong to other networks. Received: {key} {shape} {dtype} in {folder}")
        if len(archive.namelist()) != len(wanted):
            raise ValueError(f"some weights are missing. Received: {len(archive.namelist())} arrays in {folder}")
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        for part, group in (("embedders", gan.embedders), ("generators", gan.averages)):
            for name, network in group.items():
                count = len(network.weights)
                network.set_weights([arrays[f"{part}/{name}/{i}"].astype("float32") for i in range(count)])
    for name, average in gan.averages.items():  # training, should it go on, starts from the averages
        gan.generators[name].set_weights(average.get_weights())
