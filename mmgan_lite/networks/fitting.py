"""Whether networks fit one another, found out before a step would stumble over it."""

import math
from collections.abc import Mapping
from typing import Any

import keras

_REMEDY = "build it by keras.Model(inputs, outputs), or give it input_shape, output_shape and get_config, as Writer has"

MAX_NUMBERS = 2**18  # in one sample, 512 × 512 pixels: the networks grow with it
MAX_EMBED_DIM = 2**12  # of a shared vector


def check_sizes(sizes: Mapping, embed_dim: int) -> None:
    """Raise a ValueError for samples or vectors so large that a run of them could not be loaded again.

    Args:
        sizes: {modality: shape of one sample as the networks take it}.
        embed_dim: Length of the shared vectors.
    """
    for name, size in sizes.items():
        if math.prod(size) > MAX_NUMBERS:
            message = f"one {name} may have {MAX_NUMBERS:,} numbers; make them smaller, or take fewer words"
            raise ValueError(f"{message}. Received: {list(size)}")
    if embed_dim > MAX_EMBED_DIM:
        raise ValueError(f"embed_dim must be at most {MAX_EMBED_DIM}. Received: {embed_dim}")


def check_precision() -> None:
    """Raise a ValueError if Keras computes in another way than everything here: on TensorFlow, in float32."""
    if keras.backend.backend() != "tensorflow":
        remedy = 'the kit runs on TensorFlow; put "backend": "tensorflow" into ~/.keras/keras.json'
        raise ValueError(f"{remedy}. Received: {keras.backend.backend()}")
    policy = keras.config.dtype_policy()
    if policy.compute_dtype != "float32":
        remedy = 'the players learn in float32; call keras.config.set_dtype_policy("float32") first'
        raise ValueError(f"{remedy}. Received: {policy.name}")


def check_networks(
    embedders: Mapping, discriminators: Mapping, generators: Mapping, imaginer: Any = None, prior: Any = None
) -> None:
    """Hold networks against one another.

    Args:
        embedders, discriminators, generators: {modality: keras.Model}, of the same modalities.
        imaginer, prior: A `keras.Model` each, or None.

    Raises:
        ValueError: if a network does not tell its shapes (a discriminator need not), or two do not fit; it names them.
    """
    lone = {name: network for name, network in (("imaginer", imaginer), ("prior", prior)) if network is not None}
    for kind, group in (("embedder", embedders), ("generator", generators), ("network", lone)):
        for name, network in group.items():
            if _shapes(network) is None:
                raise ValueError(f"{kind} {name!r} does not tell its shapes; {_REMEDY}. Received: {network!r}")
    lengths = {name: network.output_shape[-1] for name, network in embedders.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"all embedders must give vectors of one length, embed_dim. Received: {lengths}")
    length = next(iter(lengths.values()), None)
    for name, network in embedders.items():
        sample, e = tuple(network.input_shape[1:]), (length,)
        _check("generator", name, generators[name], (None, e), sample)
        _check("discriminator", name, discriminators[name], (sample, e), (1,))
    if imaginer is not None and length is not None:
        _check("generator", "imagined", imaginer, (None,), (length,))
    if prior is not None and length is not None:
        _check("prior", "of the whole", prior, (None, (length,), (len(embedders),)), (length,))


def _check(kind, name, network, inputs, output):
    """One network against what it must take and give; None fits any shape, and who tells no shapes is let through."""
    found = _shapes(network)
    if found is None:
        return
    takes, gives = found
    fits = len(takes) == len(inputs) and all(map(_fits, (*takes, gives), (*inputs, output)))
    if not fits:
        wanted = ["any" if shape is None else shape for shape in inputs]
        message = f"{kind} {name!r} must take {wanted} and give {output}, a batch of them"
        raise ValueError(f"{message}. Received: one that takes {[*takes]} and gives {gives}")


def _fits(has, wanted):
    return wanted is None or (len(has) == len(wanted) and all(map(lambda a, b: a in (None, b), has, wanted)))


def _shapes(network):
    """(shapes of one sample that it takes, shape that it gives), or None."""
    try:
        takes, gives = network.input_shape, network.output_shape
    except (AttributeError, NotImplementedError, ValueError):
        return None
    takes = takes if isinstance(takes, list) else [takes]
    return tuple(tuple(shape[1:]) for shape in takes), tuple(gives[1:])
