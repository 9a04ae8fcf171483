"""The algorithm box: what one step of each player does, as plain functions.

    embed:        pull the modalities of one example together                 (`embedder_step`)
    discriminate: real samples up, fakes and mismatched pairs down            (`discriminator_step`)
    generate:     noise and a condition to a sample that D takes for real     (`generator_step`)
    play:         the last two at once, on one look at the fakes              (`gan_step`)
    complete:     a prompt to whole examples, as spread as real ones are      (`prior_step`)

Sources: Goodfellow et al. 2014 (the game); Reed et al. 2016 (mismatched pairs).
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import ops

from mmgan_lite import losses, replicas
from mmgan_lite.conditions import Tensor, facts_agree

# Nothing here branches on a tensor in Python. AutoGraph, left to look for that in a `tf.function` of anybody's, would
# take three times as long as to build the graph.
as_written = tf.autograph.experimental.do_not_convert


class Players(NamedTuple):
    """One of each for the two players: networks, optimizers, or losses."""

    discriminator: Any
    generator: Any


class Logits(NamedTuple):
    """What D says of a batch, float32 (batch, 1) each; `mismatched` is None where no wrong condition was shown."""

    real: Tensor
    fake: Tensor
    mismatched: Tensor | None = None


def apply(network: Callable, x: Tensor, condition: Tensor | None, training: bool = False) -> Tensor:
    """`network([x, condition])`, or `network(x)` where there is no condition, as for the imaginer and its D."""
    return network(x if condition is None else [x, condition], training=training)


def gan_adam(rate: float = 1e-3) -> keras.Optimizer:
    """Adam as the players take it: without momentum, since each moves what the other runs after."""
    return keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.99)


def build_optimizer(optimizer: keras.Optimizer, network: keras.Model) -> keras.Optimizer:
    """The optimizer, its slots made now: a lazily built one cannot be saved or restored before its first step."""
    optimizer.build(network.trainable_variables)
    return optimizer


def reset_optimizer(optimizer: keras.Optimizer) -> None:
    """The optimizer as before its first step; its learning rate stays."""
    for variable in optimizer.variables:
        if variable is not optimizer.learning_rate:
            variable.assign(ops.zeros_like(variable))


def descend(optimizer: keras.Optimizer, gradients: Sequence, weights: Sequence) -> None:
    """`optimizer.apply`; where there is one replica, without its sum over all of them.

    For the gradient of that sum, which nobody asks for, TensorFlow would keep the graph of the whole step for good.
    """
    if tf.distribute.has_strategy():
        optimizer.apply(replicas.shared_gradients(gradients), weights)
    else:
        tf.distribute.get_replica_context().merge_call(lambda _: optimizer.apply(gradients, weights))


# ---- one space


@as_written
def embedder_step(
    embedders: dict, optimizer: keras.Optimizer, batch: dict, facts: dict, temperature: float = 0.1
) -> Tensor:
    """One step of all embedders together: contrastive cross-entropy between every two modalities.

    Args:
        embedders: {modality: keras.Model}, each to unit vectors (batch, embed_dim).
        optimizer: One for all of them.
        batch: {modality: (batch, …)} in the form that the networks take.
        facts: {modality: int32 (batch, facts)}: rows that agree share the target, see `facts_agree`.
        temperature: Divides the cosines.

    Returns:
        Scalar loss, the mean over pairs of modalities.
    """
    weights = [weight for embedder in embedders.values() for weight in embedder.trainable_weights]
    with tf.GradientTape() as tape:
        vectors = {name: embedder(batch[name], training=True) for name, embedder in embedders.items()}
        # every row against all rows, whichever replica has them
        vectors, facts = ({name: replicas.gathered(x) for name, x in group.items()} for group in (vectors, facts))
        pairs = list(itertools.combinations(vectors, 2))
        loss: Tensor = sum(
            losses.contrastive(vectors[a], vectors[b], temperature, facts_agree(facts[a], facts[b])) for a, b in pairs
        ) / len(pairs)
    descend(optimizer, tape.gradient(loss, weights), weights)
    return loss


# ---- two players


@as_written
def discriminator_step(
    discriminator: keras.Model, optimizer: keras.Optimizer, adversarial: losses.AdversarialLoss,
    real: Tensor, fake: Tensor, e: Tensor | None, *, wrong_e: Tensor | None = None,
    penalty: Callable | None = None, gamma: float = 0.5, penalty_interval: int = 4,
) -> Tensor:  # fmt: skip
    """One step of D: real samples up; fakes, and real samples with a wrong condition, down.

    Args:
        discriminator: [samples, e] to logits (batch, 1).
        optimizer: D's own.
        adversarial: A `losses.AdversarialLoss`.
        real, fake: float32 (batch, …).
        e: float32 (batch, embed_dim), the condition of both; None where there is none.
        wrong_e: Conditions that contradict the real samples; None leaves mismatched pairs out.
        penalty: A function (discriminator, real, fake, e) such as `losses.r1`, or None.
        gamma: The penalty weighs γ/2.
        penalty_interval: Steps from one penalty to the next.

    Returns:
        Scalar loss, the penalty left out.
    """
    with tf.GradientTape() as tape:
        loss = adversarial.discriminator_loss(*d_logits(discriminator, real, fake, e, wrong_e))
    gradients = tape.gradient(loss, discriminator.trainable_weights)
    _descend_regularised(discriminator, optimizer, gradients, (real, fake, e), penalty, gamma, penalty_interval)
    return loss


@as_written
def generator_step(
    discriminator: keras.Model, generator: keras.Model, optimizer: keras.Optimizer,
    adversarial: losses.AdversarialLoss, z: Tensor, e: Tensor | None, real: Tensor, *,
    further_loss: Callable | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """One step of G; D only answers, its weights stay.

    Args:
        discriminator: [samples, e] to logits.
        generator: [z, e] to samples.
        optimizer: G's own.
        adversarial: A `losses.AdversarialLoss`.
        z: float32 (batch, latent_dim).
        e: float32 (batch, embed_dim); None where there is no condition.
        real: float32 (batch, …): a loss may compare fakes with real samples.
        further_loss: A function of the fakes, such as "do they embed near their condition?"; or None.

    Returns:
        The fakes, which D can judge next, and the scalar adversarial loss.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([weight.value for weight in generator.trainable_weights])  # not D's: they stay
        fake = apply(generator, z, e, training=True)
        logits = d_logits(discriminator, real, fake, e)
        loss = adversarial.generator_loss(logits.fake, logits.real)
        total = loss if further_loss is None else loss + further_loss(fake)
    descend(optimizer, tape.gradient(total, generator.trainable_weights), generator.trainable_weights)
    return fake, loss


@as_written
def gan_step(
    players: Players, optimizers: Players, adversarial: losses.AdversarialLoss,
    z: Tensor, e: Tensor | None, real: Tensor, *, wrong_e: Tensor | None = None,
    generate: Callable | None = None, penalty: Callable | None = None, gamma: float = 0.5, penalty_interval: int = 4,
) -> Players:  # fmt: skip
    """`generator_step`, then `discriminator_step` on the same fakes, with one look at them less.

    D stands still while G moves: what it says of the fakes is the same in both steps, and is worked out once.

    Args:
        players, optimizers: D's and G's.
        adversarial, z, e, real, wrong_e, penalty, gamma, penalty_interval: As there.
        generate: A function (z, e) to G's fakes and a further loss of G's; None means no further loss.

    Returns:
        The scalar adversarial losses of D and of G.
    """
    discriminator, generator = players
    generate = generate or (lambda z, e: (apply(generator, z, e, training=True), 0.0))
    with tf.GradientTape(persistent=True) as tape:
        fake, further_loss = generate(z, e)
        logits = d_logits(discriminator, real, fake, e, wrong_e)
        d_loss = adversarial.discriminator_loss(*logits)
        g_loss = adversarial.generator_loss(logits.fake, logits.real)
        g_total = g_loss + further_loss
    # both gradients before either moves: they belong to where both players stood
    g_gradients = tape.gradient(g_total, generator.trainable_weights)
    d_gradients = tape.gradient(d_loss, discriminator.trainable_weights)
    descend(optimizers.generator, g_gradients, generator.trainable_weights)
    _descend_regularised(
        discriminator, optimizers.discriminator, d_gradients, (real, fake, e), penalty, gamma, penalty_interval
    )
    return Players(d_loss, g_loss)


@as_written
def prior_step(
    prior: keras.Model, optimizer: keras.Optimizer, z: Tensor, e: Tensor, given: Tensor, whole: Tensor, *,
    further_loss: Callable | None = None,
) -> Tensor:  # fmt: skip
    """One step of the prior: of each prompt it draws several whole examples, to be spread as the real ones are.

    Args:
        prior: [z, e, given] to unit vectors (batch, embed_dim), see `build_prior`.
        optimizer: Its own.
        z: float32 (count, batch, latent_dim), noise for `count` samples of each prompt, 2 or more.
        e, given: float32 (batch, embed_dim) and (batch, modalities), the prompts.
        whole: float32 (batch, embed_dim), the whole examples which they were taken from.
        further_loss: A function of what was drawn, float32 (count, batch, embed_dim), such as "does it keep what the
            prompt said?"; or None.

    Returns:
        Scalar loss, see `losses.kernel_score`.
    """
    count = z.shape[0]
    with tf.GradientTape() as tape:
        drawn = prior(
            [ops.reshape(z, (-1, z.shape[-1])), ops.tile(e, (count, 1)), ops.tile(given, (count, 1))], training=True
        )
        drawn = ops.reshape(drawn, (count, *e.shape))
        loss = losses.kernel_score(drawn, whole)
        total = loss if further_loss is None else loss + further_loss(drawn)
    descend(optimizer, tape.gradient(total, prior.trainable_weights), prior.trainable_weights)
    return loss


def d_logits(
    discriminator: Callable, real: Tensor, fake: Tensor, e: Tensor | None, wrong_e: Tensor | None = None
) -> Logits:
    """What D says of real samples, of fakes, and of the real samples with a wrong condition."""
    fake_logits = apply(discriminator, fake, e, training=True)
    if wrong_e is None:
        return Logits(apply(discriminator, real, e, training=True), fake_logits)
    look, judge = getattr(discriminator, "trunk", None), getattr(discriminator, "head", discriminator)
    features = look(real, training=True) if look else real  # one look at the samples serves both conditions
    logits, mismatched_logits = (apply(judge, features, condition, training=True) for condition in (e, wrong_e))
    return Logits(logits, fake_logits, mismatched_logits)


def _descend_regularised(discriminator, optimizer, gradients, samples, penalty, gamma, interval):
    """A step of D along its gradients; every `interval` steps along its penalty's too, then as many times as heavy.

    Source: Karras et al. 2020 (StyleGAN2), section 3.1 (lazy regularization).
    """
    weights = discriminator.trainable_weights

    def regularised():
        # a tape within the branch: one around it would make TensorFlow trace the slopes of both branches, and theirs
        with tf.GradientTape() as tape:
            loss = gamma / 2 * penalty(lambda pair: apply(discriminator, *pair, training=True), *samples)
        further: list[Any] = tape.gradient(loss, weights)
        # weighed here and not in the loss: TensorFlow joins two sums in a row, and fails at that where they are large
        return [a if b is None else a + interval * b for a, b in zip(gradients, further, strict=True)]

    if penalty is not None:
        gradients = tf.cond(optimizer.iterations % interval == 0, regularised, lambda: list(gradients))
    descend(optimizer, gradients, weights)


@as_written
def update_ema(averages: Sequence, weights: Sequence, step: Tensor, decay: float = 0.995) -> None:
    """Let running averages (EMA) follow the weights; the decay grows from 0.1, so that the first steps fade soon."""
    step = ops.cast(step, "float32")
    decay = ops.minimum(decay, (1.0 + step) / (10.0 + step))
    share = 1.0 - decay
    for average, weight in zip(averages, weights, strict=True):
        average.assign(decay * average + share * weight)
