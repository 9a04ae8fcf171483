"""A run's folder: save and load a trained model, and nothing that could run code.

run.json        sizes, vocabulary, the recipe with its versions, steps, seed, and the SHA-256 of the weights
weights.npz     embedders, averaged generators and prior: all that `load` needs
checkpoint/     everything that `--resume` needs (see `checkpoints.py`), and for `load`, where a run has no weights yet
history.csv     the losses; grid-*.png the same prompts, again and again while it learnt
"""

import hashlib
import io
import json
import os.path
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mmgan_lite import files
from mmgan_lite.arguments import cut
from mmgan_lite.datasets import arrays, paths
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.prompts import warn_caller
from mmgan_lite.training import checkpoints, description

PRETRAINED = files.DATA / "pretrained"
FILES = "run.json", "weights.npz", "weights.new.npz"
_WEIGHTS, _NEW = FILES[1:]
_LARGEST_HALF = float(np.finfo("float16").max)
MAX_BYTES = 2**30  # of weights.npz


def save(gan: MultimodalGAN, folder: str | Path, half: bool = False, **record: Any) -> None:
    """Save what a model needs to be used: embedders, averaged generators and the averaged prior.

    Args:
        gan: A `MultimodalGAN`.
        folder: The run's folder; made if it is not there.
        half: Store float16, half the size; a weight that it cannot hold is stored in full.
        record: What else is to stand in run.json, such as `seed=0`.

    Raises:
        ValueError: for weights that are NaN or infinite, or networks that could not be loaded; nothing is written then.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    weights: dict[str, Any] = {name: _stored(name, v.numpy(), half) for name, v in variables(gan).items()}
    np.savez_compressed(buffer, **weights)
    described = {**describe(gan), "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), **record}
    page = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    # Whenever a crash comes, run.json has its weights: the old ones under their name, or the new ones under either
    files.write_whole(folder / _NEW, lambda file: file.write(buffer.getvalue()))
    files.write_whole(folder / "run.json", lambda file: file.write(page.encode()))
    files.write_whole(folder / _WEIGHTS, lambda file: file.write(buffer.getvalue()))  # mode and link stay
    (folder / _NEW).unlink()


def describe(gan: MultimodalGAN) -> dict[str, Any]:
    """What of run.json tells how the networks are built. ValueError for what could not be loaded again."""
    described = {
        "format": 1,
        "sizes": gan.sizes,
        "embed_dim": gan.embed_dim,
        "networks": description.USUAL if gan.made_by_the_kit else description.OWN,
        "vocabulary": {"words": list(gan.vocabulary.words[1:]), "max_words": gan.vocabulary.max_words},
    }
    description.checked(described)
    return described


def _stored(name, weight, half):
    """A weight in the form in which it is saved."""
    if not np.isfinite(weight).all():
        raise ValueError(f"weights must be finite, and these learnt nothing that can be used. Received: NaN in {name}")
    return weight.astype("float16") if half and np.abs(weight).max(initial=0) <= _LARGEST_HALF else weight


def load(
    run: str | Path | None = None, gan: MultimodalGAN | Callable[[], MultimodalGAN] | None = None
) -> MultimodalGAN:
    """Load a trained model.

    Where a training was killed before it wrote its weights, the newest checkpoint that is whole is read in their place,
    and a warning says so.

    Args:
        run: The run's folder; None, or "pretrained", is the run that is shipped.
        gan: A `MultimodalGAN` of your own networks to load into, or a function that builds one; None builds the usual
            networks. No code is ever taken from the folder.

    Returns:
        The `MultimodalGAN`, ready for `generate` and `imagine`. Its discriminators are not saved, and know nothing: to
        train on, use `train(…, resume=True)`.

    Raises:
        FileNotFoundError: if there is no run in the folder.
        ValueError: if its files are damaged or belong to other networks or words, or it needs `gan`.
    """
    folder = Path(run or "pretrained")
    if run is None or (run == "pretrained" and not _begun(folder)):
        folder = PRETRAINED
    try:
        described, path = _final(folder)
    except (FileNotFoundError, ValueError) as error:
        if not checkpoints.paths(folder):
            raise
        missing = str(error)
        return checkpoints.newest(folder, lambda path: _load_checkpoint(path, gan, missing))
    with paths.naming(path):
        gan = made(described, path, gan)
        with arrays.open_archive(path) as archive:
            _fill(gan, archive)
    return gan


def _begun(folder):
    """Whether there is something of a run in a folder; an empty one that is called "pretrained" is none."""
    return bool(checkpoints.paths(folder)) or any(os.path.exists(folder / name) for name in FILES)


def _final(folder):
    """What run.json describes, and the file that holds these weights."""
    names = [name for name in (_WEIGHTS, _NEW) if os.path.exists(folder / name)]
    if not names or not os.path.exists(folder / "run.json"):
        message = "no run in this folder; train one: python -m mmgan_lite train"
        raise FileNotFoundError(f"{message}. Received: {cut(folder)}")
    described = description.read(folder / "run.json")
    for name in names:
        with paths.naming(folder / name), paths.open_binary(folder / name, MAX_BYTES) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == described["sha256"]:
                return described, folder / name
    raise ValueError(f"{names[0]} is damaged, or not of this run.json; train again. Received: {folder}")


def is_saved(folder: Path, steps: Any) -> bool:
    """Whether the folder holds the whole weights of a run, after these steps."""
    try:
        return _final(folder)[0].get("steps") == steps
    except (FileNotFoundError, ValueError):
        return False


def _load_checkpoint(path, gan, missing):
    """The model of a checkpoint, which tells that it is no finished one."""
    page = checkpoints.read_page(path)
    gan = made({**page["record"], **page["networks"]}, path, gan)
    _put(gan, checkpoints.read(path, variables(gan)))
    done = "+".join(map(str, page["record"]["steps"].values()))
    warn_caller(f"no final weights ({missing}); {path.name} is used, after {done} steps; go on with --resume")
    return gan


def made(
    described: Mapping[str, Any], path: Path, gan: MultimodalGAN | Callable[[], MultimodalGAN] | None = None
) -> MultimodalGAN:
    """The networks of a run, untrained: the usual ones, or somebody's own as `load` takes them.

    Args:
        described: What run.json says of it.
        path: The weights or the checkpoint, whose shapes must be those of such networks.

    Raises:
        ValueError: if the two do not fit, the page is none, or `gan` is needed.
    """
    if gan is not None:
        own = gan if isinstance(gan, MultimodalGAN) else gan()
        if "text" in own.sizes and own.vocabulary != description.vocabulary_of(described):
            remedy = "build gan with the words that the run was trained on, vocabulary="
            raise ValueError(f"{remedy}. Received: another vocabulary than in {cut(path)}")
        return own
    described = description.checked(described)
    if described["networks"] != description.USUAL:
        message = "this run has networks of its own; build them and hand them over as gan="
        raise ValueError(f"{message}. Received: {cut(path.parent)}")
    with arrays.open_archive(path) as archive:
        description.check_declared(described, {key: archive.header(key).shape for key in archive if "/" in key})
    vocabulary = description.vocabulary_of(described)
    return MultimodalGAN.for_sizes(described["sizes"], vocabulary, described["seed"], described["embed_dim"])


def variables(gan: MultimodalGAN) -> dict[str, Any]:
    """{"embedders/image/0": a Keras variable, …}: what is saved of a model, in a fixed order."""
    prior = {} if gan.ema_prior is None else {"whole": gan.ema_prior}
    networks = {"embedders": gan.embedders, "generators": gan.ema_generators, "prior": prior}
    return {
        f"{part}/{name}/{number}": weight
        for part, group in networks.items()
        for name, network in group.items()
        for number, weight in enumerate(network.weights)
    }


def _fill(gan, archive):
    """Weights from an open archive, every one of which has the shape that is wanted, and finite numbers."""
    wanted = {key: tuple(weight.shape) for key, weight in variables(gan).items()}
    for key in sorted(wanted.keys() | set(archive)):
        header = archive.header(key) if key in archive else None
        declared = header and (header.shape, header.dtype.kind)
        if key not in wanted or declared != (wanted[key], "f"):
            received = f"{cut(key)} is {declared}, not {wanted.get(key)}"
            raise ValueError(f"the weights belong to other networks. Received: {received}")
    _put(gan, {key: files.numbers_of_arrays(key, {key: array}) for key, array in archive.read(wanted).items()})


def _put(gan, read):
    for name, variable in variables(gan).items():
        variable.assign(read[name])
    for name, average in gan.ema_generators.items():  # training, should it go on, starts from the averages
        gan.generators[name].set_weights(average.get_weights())
    if gan.prior is not None:
        gan.prior.set_weights(gan.ema_prior.get_weights())
