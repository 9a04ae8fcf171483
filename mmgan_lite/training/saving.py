"""A run's folder: save and load a trained model, and nothing that could run code.

run.json        sizes, vocabulary, the recipe with its versions, steps, seed, and the SHA-256 of the weights
weights.npz     embedders and averaged generators: all that `load` needs
checkpoint/     everything that `--resume` needs (see `checkpoints.py`), and for `load`, where a run has no weights yet
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
from mmgan_lite.prompts import warn_caller
from mmgan_lite.training import checkpoints

PRETRAINED = files.DATA / "pretrained"
FILES = "run.json", "weights.npz", "weights.new.npz"
_WEIGHTS, _NEW = FILES[1:]
_LARGEST_HALF = float(np.finfo("float16").max)
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
    weights: dict[str, Any] = {name: _stored(name, np.asarray(w), half) for name, w in variables(gan).items()}
    np.savez_compressed(buffer, **weights)
    description = {**describe(gan), "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), **record}
    page = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
    # Whenever a crash comes, run.json has its weights: the old ones under their name, or the new ones under either
    files.write_whole(folder / _NEW, lambda file: file.write(buffer.getvalue()))
    files.write_whole(folder / "run.json", lambda file: file.write(page.encode()))
    (folder / _NEW).replace(folder / _WEIGHTS)


def describe(gan: MultimodalGAN) -> dict[str, Any]:
    """What of run.json tells how the networks are built."""
    return {
        "format": 1,
        "sizes": gan.sizes,
        "embed_dim": next(iter(gan.embedders.values())).output_shape[-1],
        "networks": "the usual ones" if gan.made_by_the_kit else "somebody's own",
        "vocabulary": {"words": list(gan.vocabulary.words[1:]), "max_words": gan.vocabulary.max_words},
    }


def _stored(name, weight, half):
    """A weight as it is saved; what half precision cannot hold is saved in full."""
    if not np.isfinite(weight).all():
        raise ValueError(f"weights must be finite; this model learnt nothing that can be used. Received: NaN in {name}")
    return weight.astype("float16") if half and np.abs(weight).max(initial=0) <= _LARGEST_HALF else weight


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

    Where a training was killed before it wrote its weights, the newest checkpoint that is whole is read in their place,
    and a warning says so.

    Raises:
        FileNotFoundError: if there is no run in the folder.
        ValueError: if its files are damaged or belong to other networks, or it needs `gan`.
    """
    folder = Path(run or "pretrained")
    if run is None or (run == "pretrained" and not folder.is_dir()):
        folder = PRETRAINED
    try:
        description, raw = _final(folder)
    except (FileNotFoundError, ValueError) as error:
        if not checkpoints.paths(folder):
            raise
        missing = str(error)
        return checkpoints.newest(folder, lambda path: _load_checkpoint(path, gan, missing))
    gan = _made(description, gan, folder)
    _fill(gan, raw, folder)
    return gan


def _final(folder):
    """What run.json describes, and the bytes of its weights."""
    names = [name for name in (_WEIGHTS, _NEW) if (folder / name).is_file()]
    if not names or not (folder / "run.json").is_file():
        raise FileNotFoundError(f"no run in this folder; train one: python -m mmgan_lite train. Received: {folder}")
    description = _describe(folder)
    for name in names:
        raw = (folder / name).read_bytes()
        if hashlib.sha256(raw).hexdigest() == description["sha256"]:
            return description, raw
    raise ValueError(f"{_WEIGHTS} is damaged, or not of this run.json; train again. Received: {folder}")


def is_saved(folder: Path, steps: Any) -> bool:
    """Whether the folder holds the whole weights of a run, after these steps."""
    try:
        return _final(folder)[0].get("steps") == steps
    except (FileNotFoundError, ValueError):
        return False


def _load_checkpoint(path, gan, missing):
    """The model of a checkpoint, which tells that it is no finished one."""
    page = checkpoints.read_page(path)
    gan = _made({**page["record"], **page["networks"]}, gan, path)
    _put(gan, checkpoints.read(path, variables(gan)))
    done = "+".join(map(str, page["record"]["steps"].values()))
    warn_caller(f"no final weights ({missing}); {path.name} is used, after {done} steps; go on with --resume")
    return gan


def _made(description, gan, folder):
    """The networks: the usual ones as described, or somebody's own."""
    if gan is None:
        return build(description, folder)
    return gan if isinstance(gan, MultimodalGAN) else gan()


def _describe(folder):
    try:
        description = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if description["format"] != 1:
            raise ValueError(f"format {description['format']}")
        return description
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"run.json does not describe a run of this version ({error}). Received: {folder}") from None


def build(description: dict, folder: Path) -> MultimodalGAN:
    """The usual networks, untrained, as run.json describes them. ValueError if they cannot be built."""
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


def variables(gan: MultimodalGAN) -> dict[str, Any]:
    """{"embedders/image/0": a Keras variable, …}: what is saved of a model, in a fixed order."""
    networks = {"embedders": gan.embedders, "generators": gan.ema_generators}
    return {
        f"{part}/{name}/{number}": weight
        for part, group in networks.items()
        for name, network in group.items()
        for number, weight in enumerate(network.weights)
    }


def _fill(gan, raw, folder):
    wanted = variables(gan)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_declared(archive, wanted)
        with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            arrays = {key: archive[key].astype("float32") for key in wanted}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"the weights belong to other networks ({error}). Received: {folder}") from None
    _put(gan, arrays)


def _put(gan, arrays):
    for name, variable in variables(gan).items():
        variable.assign(arrays[name])
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
