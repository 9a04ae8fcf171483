"""One step of the game, taken apart: what every network was given and said, and what a loss makes of it."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from mmgan_lite import losses, steps
from mmgan_lite.course.generating.inside import listening


class Slopes(NamedTuple):
    """What one loss does in one step, for one modality.

    Attributes:
        d_loss, g_loss: The losses of D and of G.
        d_pushes: `steps.Logits` of float (logits,): how far D's loss wants each logit to move, downhill.
        g_pushes: float (logits,): how far G's loss wants the fakes' logits to move.
        d_layers, g_layers: {weight's name: root mean square of the slope on it}, from the first layer to the last.
        on_fake: float, as the fakes: the slope of G's loss on every number of them.
    """

    d_loss: float
    g_loss: float
    d_pushes: Any
    g_pushes: Any
    d_layers: dict
    g_layers: dict
    on_fake: Any


class _Still(keras.optimizers.SGD):
    """An optimizer that moves nothing."""

    def apply(self, grads, trainable_variables=None):
        """Leave the weights as they are."""


def train_discriminators(gan, dataset):
    """Train every D alone: each step is one of `gan.train_step`, but the generators and the prior stand still.

    A run that was saved holds what is used, so that the discriminators of a loaded model know nothing yet.

    Args:
        gan: A `MultimodalGAN`; it must be compiled anew before it is trained again.
        dataset: Of `as_dataset`.

    Yields:
        {"d_image": D's loss, …}, a step each.
    """
    gan.compile(point_steps=1)
    for name, generator in gan.generators.items():
        still = steps.build_optimizer(_Still(0.0), generator)
        gan.optimizers[name] = gan.optimizers[name]._replace(generator=still)
    if gan.prior is not None:
        gan.prior_optimizer = steps.build_optimizer(_Still(0.0), gan.prior)
    step = tf.function(gan.train_step)
    for batch in dataset:
        yield {name: float(loss) for name, loss in step(batch).items() if name.startswith("d_")}


class OneStep:
    """A step of `gan.train_step`, listened to, and not taken: all weights are put back.

    Args:
        gan: A `MultimodalGAN`; it must be compiled anew before it is trained again.
        batch: One of `as_dataset`.

    Attributes:
        modalities: Their names.
        real, vectors, z, heard, fakes: {modality: float (batch, …)}: real samples, their points, noise, the condition
            as G hears it, and what G makes of it.
        e: The condition, float (batch, embed_dim), as D is shown it.
        logits: {modality: `steps.Logits` of float (logits,)}.
    """

    def __init__(self, gan, batch):
        self.gan, self.modalities, said = gan, gan.modalities, []
        calls, self._tape = _played(gan, batch, said)
        by_name = {name: [call for call in calls if call.name == name] for name in {call.name for call in calls}}

        def first(kind):
            return {m: by_name[f"{kind} {m}"][0] for m in self.modalities}

        made = first("G")
        self._fakes = {m: call.output for m, call in made.items()}
        self._said = dict(zip(self.modalities, said, strict=False))  # those of the imagined pair come last
        self.real = {m: np.asarray(sample) for m, sample in gan.as_samples(batch).items()}
        self.vectors = {m: np.asarray(call.output) for m, call in first("E").items()}
        self.fakes = {m: np.asarray(fake) for m, fake in self._fakes.items()}
        self.z = {m: np.asarray(call.inputs[0][0]) for m, call in made.items()}
        self.heard = {m: np.asarray(call.inputs[0][1]) for m, call in made.items()}
        self.logits = {m: steps.Logits(*map(_flat, logits)) for m, logits in self._said.items()}
        judged = by_name.get(f"head {self.modalities[0]}") or by_name[f"D {self.modalities[0]}"]
        self.e = np.asarray(judged[0].inputs[0][1])

    def slopes(self, pair):
        """{modality: `Slopes`} of a `losses.AdversarialLoss`."""
        return {m: self._slopes(m, pair) for m in self.modalities}

    def _slopes(self, m, pair):
        logits = [logit for logit in self._said[m] if logit is not None]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(logits)
            d_loss, g_loss = pair.discriminator_loss(*logits), pair.generator_loss(logits[1], logits[0])
        by_d, by_g = tape.gradient(d_loss, logits), tape.gradient(g_loss, logits[1])
        d_weights, g_weights = (network.trainable_weights for network in self.gan.players(m))
        # the chain rule: what the loss says of the logits, handed on by what the logits owe to weights and fakes
        of_d = self._tape.gradient(logits, [w.value for w in d_weights], output_gradients=by_d)
        on_fake, *of_g = self._tape.gradient(
            logits[1], [self._fakes[m], *(w.value for w in g_weights)], output_gradients=by_g
        )
        d_pushes = steps.Logits(*(_push(slope) for slope in by_d))
        return Slopes(
            float(d_loss), float(g_loss), d_pushes, _push(by_g), _sizes(d_weights, of_d), _sizes(g_weights, of_g),
            np.asarray(on_fake),
        )  # fmt: skip


def _played(gan, batch, said):
    """Play one step without a move; the calls, and the tape that remembers how all came about."""

    def note(*logits):
        said.append(logits)
        return tf.constant(0.0)

    silent = losses.AdversarialLoss(note, lambda *_: tf.constant(0.0))
    further = {"penalty": None, "matching_weight": 0.0, "teacher_forcing_weight": 0.0}
    gan.compile(optimizer=lambda: _Still(0.0), adversarial=silent, **further)
    groups = {"E": gan.embedders, "G": gan.generators, "D": gan.discriminators}
    networks = {f"{kind} {m}": network for kind, group in groups.items() for m, network in group.items()}
    networks |= {f"head {m}": d.head for m, d in gan.discriminators.items() if hasattr(d, "head")}
    before = [(variable, tf.identity(variable.value)) for variable in gan.variables]  # averages and the count move
    with listening(networks) as calls, tf.GradientTape(persistent=True) as tape:
        gan.train_step(batch)
    for variable, value in before:
        variable.assign(value)
    return calls, tape


def _flat(logits):
    return None if logits is None else np.asarray(logits)[:, 0]


def _push(slope):
    """Downhill, for each logit alone: a loss is a mean, so its slope is a batch's size too small."""
    return -len(slope) * np.asarray(slope)[:, 0]


def _sizes(weights, slopes):
    return {
        weight.path: float(tf.sqrt(tf.reduce_mean(tf.square(slope))))
        for weight, slope in zip(weights, slopes, strict=True) if slope is not None
    }  # fmt: skip
