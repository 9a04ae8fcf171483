"""The algorithm box: what one step of each player does, as plain functions.

    embed:        pull the senses of one example together                     (`embedder_step`)
    generate:     noise and a condition to a sample that the judge accepts    (`generator_step`)
    discriminate: real samples up, fakes and mismatched pairs down            (`discriminator_step`)
    play:         the last two at once, on one look at the fakes              (`players_step`)

Sources: Goodfellow et al. 2014 (the game); Reed et al. 2016 (mismatched pairs); Xu et al. 2018, AttnGAN (matching);
Zhang et al. 2017, StackGAN (conditioning augmentation).
"""

import itertools

import tensorflow as tf
from keras import ops

from mmgan_lite import losses


def compatible(told, others_told):
    """Who may go together: pairs of rows of which neither contradicts what the other tells.

    Args:
        told: int32 (n, facts), -1 where a fact is not told.
        others_told: int32 (m, facts).

    Returns:
        bool (n, m).
    """
    a, b = told[:, None], others_told[None]  # (n, 1, facts), (1, m, facts)
    return tf.reduce_all((a == b) | (a < 0) | (b < 0), -1)


def built(optimizer, network):
    """The optimizer, its slots made now: a lazily built one cannot be saved or restored before its first step."""
    optimizer.build(network.trainable_variables)
    return optimizer


def beside(network, x, e, training=False):
    """`network([x, e])`, or `network(x)` where there is no condition: the imaginer and its judge know none."""
    return network(x if e is None else [x, e], training=training)


def embedder_step(embedders, optimizer, batch, told, temperature=0.1):
    """One step of all embedders together: contrastive cross-entropy between every two senses.

    Args:
        embedders: {modality: keras.Model}, each to unit vectors (batch, embed_dim).
        optimizer: One for all of them.
        batch: {modality: (batch, …)} in the form that the networks take.
        told: {modality: int32 (batch, facts)}: rows that agree share the target, see `compatible`.
        temperature: Divides the cosines.

    Returns:
        Scalar loss, the mean over pairs of senses.
    """
    weights = [weight for embedder in embedders.values() for weight in embedder.trainable_weights]
    with tf.GradientTape() as tape:
        vectors = {name: embedder(batch[name], training=True) for name, embedder in embedders.items()}
        pairs = list(itertools.combinations(vectors, 2))
        loss = sum(
            losses.contrastive(vectors[a], vectors[b], temperature, compatible(told[a], told[b])) for a, b in pairs
        ) / len(pairs)
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def discriminator_step(
    discriminator, optimizer, adversarial, real, fake, e, wrong_e=None, penalty=None, gamma=0.5, every=4
):
    """One step of D: real samples up; fakes, and real samples beside a wrong condition, down.

    Args:
        discriminator: [samples, e] to logits (batch, 1).
        optimizer: D's own.
        adversarial: A `losses.AdversarialLoss`.
        real, fake: float32 (batch, …).
        e: float32 (batch, embed_dim), the condition of both.
        wrong_e: Conditions that contradict the real samples; None leaves mismatched pairs out.
        penalty: A function (discriminator, real, fake, e) such as `losses.r1`, or None.
        gamma: The penalty weighs γ/2.
        every: Take the penalty each so many steps only, and as many times as heavy ("lazy").

    Returns:
        Scalar loss, the penalty left out.
    """
    with tf.GradientTape() as tape:
        real_logits, mismatched_logits = judge(discriminator, real, e, wrong_e)
        loss = adversarial.discriminator_loss(real_logits, beside(discriminator, fake, e), mismatched_logits)
        total = loss
        if penalty is not None:
            total += lazily(optimizer, every, lambda: gamma / 2 * penalty(_asked(discriminator), real, fake, e))
    optimizer.apply(tape.gradient(total, discriminator.trainable_weights), discriminator.trainable_weights)
    return loss


def lazily(optimizer, every, penalty):
    """A penalty each so many steps of the optimizer, and then as many times as heavy; otherwise 0."""
    return tf.cond(optimizer.iterations % every == 0, lambda: every * penalty(), lambda: 0.0)


def _asked(discriminator):
    return lambda pair: beside(discriminator, *pair)


def judge(discriminator, samples, e, wrong_e=None):
    """Logits beside the right condition and beside a wrong one; a trunk looks at the samples once for both."""
    if wrong_e is None:
        return beside(discriminator, samples, e), None
    if not hasattr(discriminator, "trunk"):  # one's own D, built as one piece
        return discriminator([samples, e]), discriminator([samples, wrong_e])
    features = discriminator.trunk(samples)
    return discriminator.head([features, e]), discriminator.head([features, wrong_e])


def generator_step(generator, discriminator, optimizer, adversarial, z, e, real, matching=None):
    """One step of G; D only answers, its weights stay.

    Args:
        generator: [z, e] to samples.
        discriminator: [samples, e] to logits.
        optimizer: G's own.
        adversarial: A `losses.AdversarialLoss`.
        z: float32 (batch, latent_dim).
        e: float32 (batch, embed_dim).
        real: float32 (batch, …), for losses that compare with real samples.
        matching: A function of the fakes: a further loss, such as "does it embed near its condition?"; or None.

    Returns:
        The fakes, which D can judge next, and the scalar adversarial loss.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([weight.value for weight in generator.trainable_weights])  # not D's: they stay
        fake = beside(generator, z, e, training=True)
        real_logits = beside(discriminator, real, e) if getattr(adversarial.generator_loss, "compares", False) else None
        loss = adversarial.generator_loss(beside(discriminator, fake, e), real_logits)
        total = loss if matching is None else loss + matching(fake)
    optimizer.apply(tape.gradient(total, generator.trainable_weights), generator.trainable_weights)
    return fake, loss


def players_step(
    generator, discriminator, optimizers, adversarial, z, e, real, wrong_e=None, perform=None,
    penalty=None, gamma=0.5, every=4,
):  # fmt: skip
    """`generator_step`, then `discriminator_step` on the same fakes, with one look at them less.

    D stands still while G moves: what it thinks of the fakes is the same in both steps, and is worked out once.

    Args:
        generator, discriminator, adversarial, z, e, real, wrong_e, penalty, gamma, every: As there.
        optimizers: (G's, D's).
        perform: A function (z, e) to G's fakes and a further loss of G's; None means no further loss.

    Returns:
        The scalar adversarial losses of G and of D.
    """
    perform = perform or (lambda z, e: (beside(generator, z, e, training=True), 0.0))
    with tf.GradientTape(persistent=True) as tape:
        fake, further = perform(z, e)
        fake_logits = beside(discriminator, fake, e)
        real_logits, mismatched_logits = judge(discriminator, real, e, wrong_e)
        compared = real_logits if getattr(adversarial.generator_loss, "compares", False) else None
        g_loss = adversarial.generator_loss(fake_logits, compared)
        d_loss = adversarial.discriminator_loss(real_logits, fake_logits, mismatched_logits)
        g_total, d_total = g_loss + further, d_loss
        if penalty is not None:
            d_total += lazily(optimizers[1], every, lambda: gamma / 2 * penalty(_asked(discriminator), real, fake, e))
    weights = generator.trainable_weights, discriminator.trainable_weights
    slopes = [tape.gradient(total, some) for total, some in zip((g_total, d_total), weights, strict=True)]
    for optimizer, slope, some in zip(optimizers, slopes, weights, strict=True):
        optimizer.apply(slope, some)  # both slopes first: they belong to where both players stood
    return g_loss, d_loss


def nearby(e, distance, seed):
    """Conditioning augmentation: a random neighbour of each condition.

    A G that always heard the same points would know what to do there, and would have to guess beside them, which is
    where a voice or a hand lies that it never met.

    Args:
        e: Unit vectors float32 (batch, embed_dim).
        distance: Length of the noise, on average, before the way back to the sphere; 0 changes nothing.
        seed: int32 (2,).

    Returns:
        Unit vectors float32 (batch, embed_dim), with cosine 1/√(1 + distance²) to e, or about that.
    """
    noise = tf.random.stateless_normal(tf.shape(e), seed) / e.shape[-1] ** 0.5  # of length 1, or about that
    return tf.math.l2_normalize(e + distance * noise, -1)


def random_presence(batch_size, senses, seed):
    """Which senses a condition comes from: a random non-empty subset for each row.

    A sense alone is drawn twice as often as any other subset: that is what a prompt mostly is.

    Args:
        batch_size: Rows.
        senses: Number of senses.
        seed: int32 (2,).

    Returns:
        float32 (batch, senses), 1 where the sense is present.
    """
    subsets = [subset for subset in itertools.product((0.0, 1.0), repeat=senses) if any(subset)]
    subsets += [subset for subset in subsets if sum(subset) == 1]
    return tf.gather(subsets, tf.random.stateless_uniform((batch_size,), seed, 0, len(subsets), tf.int32))


def told_together(told, senses, presence):
    """What a fused condition tells: for each fact, what any of the present senses tells of it.

    Args:
        told: {modality: int32 (batch, facts)}, -1 where a fact is not told.
        senses: Modality names, in the order of `presence`'s columns.
        presence: float32 (batch, senses).

    Returns:
        int32 (batch, facts).
    """
    stacked = tf.stack([told[sense] for sense in senses], 1)  # (batch, senses, facts)
    return tf.reduce_max(tf.where(presence[..., None] > 0, stacked, -1), 1)


def contradicting(told, e_told, seed, hard=0.5):
    """For each row, another row whose condition contradicts what this row's sample tells.

    Args:
        told: int32 (batch, facts), the facts of the real samples.
        e_told: int32 (batch, facts), the facts that each row's condition tells.
        seed: int32 (2,).
        hard: Share of rows that prefer a contradiction within the same class (the first fact): a subtler one.

    Returns:
        int32 (batch,) row numbers.
    """
    contradicts = tf.cast(~compatible(told, e_told), tf.float32)  # (batch, batch)
    luck = tf.random.stateless_uniform(tf.shape(contradicts), seed)
    same_class = tf.cast(told[:, None, 0] == e_told[None, :, 0], tf.float32)
    subtle = tf.cast(tf.random.stateless_uniform((told.shape[0], 1), seed + 1) < hard, tf.float32)
    return tf.argmax(contradicts * (0.1 + luck + subtle * same_class), 1, tf.int32)


def follow(averages, weights, step, decay=0.995):
    """Let running averages (EMA) follow the weights; the decay grows from 0.1, so that the first steps fade soon."""
    step = ops.cast(step, "float32")
    decay = ops.minimum(decay, (1.0 + step) / (10.0 + step))
    for average, weight in zip(averages, weights, strict=True):
        average.assign(decay * average + (1.0 - decay) * weight)
