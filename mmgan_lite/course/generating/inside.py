"""What goes on inside networks while they work: each call, with what went in and what came out."""

import contextlib
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from mmgan_lite import plots

_CHANNELS = 8  # shown of each layer


class Call(NamedTuple):
    """One call of a network or of a layer: its name, what went in, and what came out."""

    name: str
    inputs: tuple
    output: Any


@contextlib.contextmanager
def listening(networks):
    """Note every call of some networks while the block runs; it changes nothing in what they do.

    Args:
        networks: {name: keras layer or model}.

    Yields:
        A list that the calls are added to, each a `Call`, in order.
    """
    calls = []

    def noting(name, call):
        def noted(*inputs, **options):
            output = call(*inputs, **options)
            calls.append(Call(name, inputs, output))
            return output

        return noted

    for name, network in networks.items():
        network.call = noting(name, network.call)
    try:
        yield calls
    finally:
        for network in networks.values():
            del network.call  # what is left is the class's own


def layer_by_layer(gan, prompts, to, seed=0):
    """One sample, made by the generator of `gan.generate`, and what each of its layers said meanwhile.

    Args:
        gan: A `MultimodalGAN`, whose generator of that modality is made of Keras layers.
        prompts, to, seed: As for `generate`; one prompt.

    Returns:
        A list of `Call`; outputs as float32 arrays without the batch's axis.
    """
    network = gan.ema_generators[to]
    layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
    eagerly = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)  # compiled, there would be no numbers to look at
    try:
        with listening({layer.name: layer for layer in layers}) as calls:
            gan.generate(prompts, to=to, seed=seed)
    finally:
        tf.config.run_functions_eagerly(eagerly)
    return [Call(name, inputs, np.asarray(output)[0]) for name, inputs, output in calls]


def draw_layers(calls):
    """The outputs that have the form of pictures, (height, width, channels): a row for each layer.

    Of many channels, those that vary most are shown, each in shades from its own lowest to its own highest number.

    Args:
        calls: As `layer_by_layer` returns them.

    Returns:
        A Figure, with alt text.
    """
    shown = [call for call in calls if call.output.ndim == 3]
    fig, axes = plots.figure(6.4, 0.95 * len(shown), rows=len(shown), columns=1)
    for ax, call in zip(np.ravel(axes), shown, strict=True):
        height, width, channels = call.output.shape
        sheets = _sheets(call.output)
        plots.image_grid(sheets, ax, columns=len(sheets))
        ax.set_ylabel(f"{height} × {width}\n× {channels}", rotation=0, ha="right", va="center", fontsize=8)
        ax.set_title(call.name, fontsize=8, loc="left")
        ax.alt = f"{call.name}: {len(sheets)} of {channels} channels, {height} by {width} numbers each."
    return fig


def _sheets(output):
    """(height, width, channels) to the channels that vary most, (n, height, width) in [-1, 1]."""
    order = np.argsort(-output.std((0, 1)))[:_CHANNELS]
    sheets = np.moveaxis(output[..., order], -1, 0)
    low, high = sheets.min((1, 2), keepdims=True), sheets.max((1, 2), keepdims=True)
    return 2 * (sheets - low) / np.maximum(high - low, 1e-9) - 1
