"""One of the processes that share a training; `test_devices.py` starts them: `worker.py OUT DATA DEVICES DIES RESUME`.

DEVICES is a number, or 0 where TF_CONFIG names several machines; this one kills itself after DIES GAN steps, if not 0.
"""

import hashlib
import os
import signal
import sys

import keras
import numpy as np
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite.training import keeper, trainer
from mmgan_lite.training.config import Config

RECIPE = Config(embedder_batch_size=16, gan_batch_size=8, point_steps=2)
STEPS = (2, 5)


def without_dropout(pairs):
    """A small model whose embedders draw nothing: what is drawn by Keras for a part of a batch has no like."""
    gan = mm.MultimodalGAN.for_pairs(mm.load_pairs(pairs), seed=0, embed_dim=8)
    for embedder in gan.embedders.values():
        for layer in embedder.layers:
            for name in ("rate", "stddev"):
                if hasattr(layer, name):
                    setattr(layer, name, 0.0)
    return gan


class Die(keras.callbacks.Callback):
    """As a machine does: without a word."""

    def __init__(self, after):
        super().__init__()
        self.after = after

    def on_train_batch_end(self, batch, logs=None):
        if self.after and hasattr(self.model, "step") and self.model.step.numpy() == self.after:
            os.kill(os.getpid(), signal.SIGKILL)


def main(out, data, devices, dies, resume):
    """Train; a checkpoint after every step."""
    keeper.CHECKPOINT_SECONDS = -1
    steps = None if resume else STEPS
    gan = trainer.train(
        out, data, steps=steps, resume=bool(resume), extra=[Die(dies)], config=RECIPE,
        gan=lambda: without_dropout(data), devices=devices or None,
    )  # fmt: skip
    print("copies differ by", max(map(copies_differ_by, weights_of(gan))))
    print("weights", hashlib.sha256(b"".join(weight.numpy().tobytes() for weight in weights_of(gan))).hexdigest())


def weights_of(gan):
    """Of all networks, a `tf.Variable` each."""
    groups = (gan.embedders, gan.generators, gan.discriminators, gan.ema_generators)
    return [weight.value for group in groups for network in group.values() for weight in network.weights]


def copies_differ_by(weight):
    """The copies of one weight on the devices of this machine."""
    first, *others = [copy.numpy() for copy in tf.distribute.get_strategy().experimental_local_results(weight)]
    return max((np.abs(first - other).max() for other in others), default=0.0)


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
