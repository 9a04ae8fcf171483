"""Mixed precision: the layers that cost most multiply in bfloat16; all weights, losses and sums stay in float32.

bfloat16 has the range of float32, so that no gradient vanishes and no loss needs scaling, and half its size. A GPU from
NVIDIA's A100 on multiplies it several times as fast; a processor does not.

Source: Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training".
"""

from collections.abc import Iterable

import keras
from keras import layers

PRECISIONS = ("float32", "mixed_bfloat16")
_COSTLY = (layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv1DTranspose, layers.Conv2DTranspose)


def set_precision(networks: Iterable[keras.Model], precision: str) -> None:
    """Let networks multiply in a precision; what they take and give stays float32.

    Networks that are more than a chain of layers, as the text generator and the heads of discriminators are, are small
    and stay as they are.

    Args:
        networks: Built ones.
        precision: One of `PRECISIONS`.
    """
    if precision == "float32":
        return
    for network in networks:
        chain = getattr(network, "trunk", network)
        layers_of_chain = chain.layers if hasattr(chain, "operations") else ()  # made by keras.Model(inputs, outputs)
        costly = [layer for layer in layers_of_chain if isinstance(layer, _COSTLY)]
        for layer in costly if chain is not network else costly[:-1]:  # the last one gives the sample, or the vector
            layer.dtype_policy = keras.DTypePolicy(precision)
