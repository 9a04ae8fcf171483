"""What is minimised: cross-entropies, adversarial pairs, penalties; contrastive losses, and the prior's kernel score.

Four rules hold in the whole file.

- Always real, then fake, for two players; what learns from a target alone is named before its target.
- Logits in, never probabilities: `softplus` stays finite where `log(sigmoid(x))` overflows, at logits of ±1000 too.
- Every loss is a scalar, the mean over the batch, in the dtype of the logits.
- `mismatched_logits` judge real samples with a wrong condition (Reed et al. 2016). They are fakes of another kind and
  share the fakes' half of the loss: half of its weight for the generator's samples, half for the mismatched pairs.

Each adversarial loss is a pair of plain functions, and a name for the pair:
`discriminator_loss, generator_loss = losses.hinge`. Your own is as short:
`AdversarialLoss(my_discriminator_loss, my_generator_loss)`. Notebook 03 draws them all.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import ops
from tensorflow import Tensor


def binary_cross_entropy(labels: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy of yes-or-no labels, stable at any logit.

    Since 1 - sigmoid(x) = sigmoid(-x) and -log sigmoid(x) = softplus(-x), no logarithm of a rounded zero is ever taken.

    Args:
        labels: array in [0, 1], any shape; 1 for real, 0 for fake.
        logits: float array of the same shape.

    Returns:
        Scalar, the mean over all elements.

    Raises:
        ValueError: if the shapes differ; broadcasting would pair every label with every logit.

    >>> float(binary_cross_entropy([1.0, 0.0], [1000.0, -1000.0]))
    0.0
    """
    logits = ops.convert_to_tensor(logits)
    labels = ops.cast(labels, logits.dtype)
    _check_paired("labels", labels, "logits", logits)
    return ops.mean(labels * ops.softplus(-logits) + (1 - labels) * ops.softplus(logits))


# Adversarial pairs. Logits: float (batch, 1), or any shape with the batch first.


class AdversarialLoss(NamedTuple):
    """A pair of functions: `discriminator_loss(real_logits, fake_logits, mismatched_logits=None)` and
    `generator_loss(fake_logits, real_logits=None)`, each returning a scalar to minimise."""

    discriminator_loss: Callable[..., Tensor]
    generator_loss: Callable[..., Tensor]


def minimax_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, mismatched_logits: Tensor | None = None
) -> Tensor:
    """-log D(real) - log(1 - D(fake)), where D = sigmoid(logits). Source: Goodfellow et al. 2014, eq. 1.

    The best discriminator of two known densities reaches log 4 - 2 JSD(real, fake).
    """
    return ops.mean(ops.softplus(-real_logits)) + _mean_over_fakes(ops.softplus, fake_logits, mismatched_logits)


def minimax_generator_loss(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """log(1 - D(fake)): the same game from the other side. Its slope dies where D is sure that a sample is fake."""
    return -ops.mean(ops.softplus(fake_logits))


def non_saturating_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, mismatched_logits: Tensor | None = None
) -> Tensor:
    """The minimax discriminator's loss: only the generator's differs. Source: Goodfellow et al. 2014, section 3."""
    return minimax_discriminator_loss(real_logits, fake_logits, mismatched_logits)


def non_saturating_generator_loss(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-log D(fake): steepest where `minimax_generator_loss` is flat."""
    return ops.mean(ops.softplus(-fake_logits))


def least_squares_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, mismatched_logits: Tensor | None = None
) -> Tensor:
    """(real - 1)² / 2 + fake² / 2: real towards 1, fake towards 0. Source: Mao et al. 2017, eq. 9."""
    fake_term = _mean_over_fakes(ops.square, fake_logits, mismatched_logits)
    return (ops.mean(ops.square(real_logits - 1)) + fake_term) / 2


def least_squares_generator_loss(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """(fake - 1)² / 2: it pulls from both sides, so samples that D trusts too much are pulled back as well."""
    return ops.mean(ops.square(fake_logits - 1)) / 2


def hinge_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, mismatched_logits: Tensor | None = None
) -> Tensor:
    """max(0, 1 - real) + max(0, 1 + fake): whoever is beyond the margin counts no more. Source: Lim & Ye 2017."""
    fake_term = _mean_over_fakes(lambda logits: ops.relu(1 + logits), fake_logits, mismatched_logits)
    return ops.mean(ops.relu(1 - real_logits)) + fake_term


def hinge_generator_loss(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-fake: the margin is the discriminator's alone."""
    return -ops.mean(fake_logits)


def wasserstein_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, mismatched_logits: Tensor | None = None
) -> Tensor:
    """fake - real: it has no floor, so hold the slopes with `gradient_penalty`. Source: Arjovsky et al. 2017."""
    return _mean_over_fakes(lambda logits: logits, fake_logits, mismatched_logits) - ops.mean(real_logits)


def wasserstein_generator_loss(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-fake: move the samples to where the critic's score is higher."""
    return -ops.mean(fake_logits)


def relativistic_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, mismatched_logits: Tensor | None = None
) -> Tensor:
    """-log sigmoid(real - fake): within each pair, real must score higher. Only differences count.

    With mismatched pairs, each real logit is paired twice, with its fake and with its mismatched one, half a weight
    each. ValueError if the batches differ in shape. Source: Jolicoeur-Martineau 2019; R3GAN, Huang et al. 2024.
    """

    def pair_loss(lower_logits):
        _check_paired("real_logits", real_logits, "fake or mismatched logits", lower_logits)
        return ops.softplus(lower_logits - real_logits)

    return _mean_over_fakes(pair_loss, fake_logits, mismatched_logits)


def relativistic_generator_loss(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-log sigmoid(fake - real): within each pair, fake must score higher. ValueError without `real_logits`."""
    if real_logits is None:
        raise ValueError(
            "The relativistic generator is measured against real samples; pass D's logits of as many real ones as "
            "real_logits=. Received: real_logits=None"
        )
    _check_paired("fake_logits", fake_logits, "real_logits", real_logits)
    return ops.mean(ops.softplus(real_logits - fake_logits))


minimax = AdversarialLoss(minimax_discriminator_loss, minimax_generator_loss)
non_saturating = AdversarialLoss(non_saturating_discriminator_loss, non_saturating_generator_loss)
least_squares = AdversarialLoss(least_squares_discriminator_loss, least_squares_generator_loss)
hinge = AdversarialLoss(hinge_discriminator_loss, hinge_generator_loss)
wasserstein = AdversarialLoss(wasserstein_discriminator_loss, wasserstein_generator_loss)
relativistic = AdversarialLoss(relativistic_discriminator_loss, relativistic_generator_loss)
# All of them by name, for menus, boards and tests; your own pair needs no entry.
ADVERSARIAL = {
    "minimax": minimax,
    "non_saturating": non_saturating,
    "least_squares": least_squares,
    "hinge": hinge,
    "wasserstein": wasserstein,
    "relativistic": relativistic,
}


# Penalties hold the discriminator's slopes. All take (discriminator, real, fake, condition), so that one can stand for
# another, and return a bare mean: the weight (gamma / 2 for R1 and R2, 10 for the gradient penalty) belongs to the
# training step. `discriminator` is any function of [sample, condition]; samples are float (batch, ...), text as one-hot
# vectors. A slope is each example's own, so the discriminator must not mix examples: no batch normalisation.


def r1(discriminator: Callable, real: Tensor, fake: Tensor, condition: Tensor | None) -> Tensor:
    """E|∇D|² at real samples: no slope where the data lie, so D can come to rest. Source: Mescheder et al. 2018."""
    return ops.mean(_squared_slopes(discriminator, real, condition))


def r2(discriminator: Callable, real: Tensor, fake: Tensor, condition: Tensor | None) -> Tensor:
    """E|∇D|² at fake samples: the mirror image of `r1`. Source: Mescheder et al. 2018."""
    return ops.mean(_squared_slopes(discriminator, fake, condition))


def r1_r2(discriminator: Callable, real: Tensor, fake: Tensor, condition: Tensor | None) -> Tensor:
    """`r1` + `r2`: what the relativistic pair needs in order to converge. Source: R3GAN, Huang et al. 2024."""
    return r1(discriminator, real, fake, condition) + r2(discriminator, real, fake, condition)


def gradient_penalty(
    discriminator: Callable,
    real: Tensor,
    fake: Tensor,
    condition: Tensor | None,
    seed: int | keras.random.SeedGenerator | None = None,
) -> Tensor:
    """E(|∇D| - 1)² at random points between real and fake: a slope of 1 on the way. Source: Gulrajani et al. 2017.

    Args:
        discriminator, condition: as for `r1`.
        real, fake: float arrays of the same shape (batch, ...).
        seed: a `keras.random.SeedGenerator`, which draws new points at every step, in a `tf.function` too; to hand it
            to a training step: `functools.partial(losses.gradient_penalty, seed=keras.random.SeedGenerator(0))`. None
            means Keras's own generator, which `keras.utils.set_random_seed` sets; an int draws the same points always.

    Raises:
        ValueError: if `real` and `fake` differ in shape.
    """
    real, fake = ops.convert_to_tensor(real), ops.convert_to_tensor(fake)
    _check_paired("real", real, "fake", fake)
    share_shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)  # one share an example, the same for each pixel
    share = keras.random.uniform(share_shape, dtype=real.dtype, seed=seed)
    squared = _squared_slopes(discriminator, share * real + (1 - share) * fake, condition)
    slopes = ops.sqrt(squared + 1e-12)  # a bare square root has an infinite slope at 0, and NaN would spread from there
    return ops.mean(ops.square(slopes - 1))


# All penalties by name, likewise.
PENALTIES = {"r1": r1, "r2": r2, "r1_r2": r1_r2, "gradient_penalty": gradient_penalty}


def contrastive(a: Tensor, b: Tensor, temperature: float | Tensor, targets: Tensor | None = None) -> Tensor:
    """Symmetric cross-entropy over the batch: row i of `a` should find row i of `b` among all rows, and the reverse.

    Args:
        a, b: float (batch, embed_dim), unit vectors of two modalities; row i of both tells of example i.
        temperature: positive scalar that divides the cosines; for a learnt one pass `ops.exp(log_temperature)`.
        targets: non-negative (batch, batch), how well a_i and b_j go together; None means the identity. The rows are
            normalised to sum to 1 for a → b, the columns for b → a; an all-zero row or column adds nothing.

    Returns:
        Scalar, the mean of both directions; log(batch) where the vectors tell nothing apart.

    Raises:
        ValueError: if `a` and `b` differ in shape or a plain-number temperature is not positive.

    Source: Radford et al. 2021 (CLIP), figure 3. Notebook 06.
    """
    a, b = ops.convert_to_tensor(a), ops.convert_to_tensor(b)
    _check_paired("a", a, "b", b)
    logits = _cosine_logits(a, b, temperature)  # (batch, batch)
    targets = ops.eye(ops.shape(a)[0], dtype=a.dtype) if targets is None else ops.cast(targets, a.dtype)
    return (_row_cross_entropy(targets, logits) + _row_cross_entropy(ops.transpose(targets), ops.transpose(logits))) / 2


def _cosine_logits(a, b, temperature):
    """How alike a_i and b_j are: (n, m), the cosines over the temperature."""
    if isinstance(temperature, int | float) and temperature <= 0:
        raise ValueError(f"temperature must be positive; CLIP starts at 0.07. Received: temperature={temperature}")
    return ops.matmul(a, ops.transpose(b)) / temperature


def _row_cross_entropy(targets, logits):
    """Mean over rows of the cross-entropy of softmax(logits) against the normalised targets, both (batch, batch)."""
    shares = ops.divide_no_nan(targets, ops.sum(targets, axis=1, keepdims=True))
    return -ops.mean(ops.sum(shares * ops.log_softmax(logits, axis=1), axis=1))


def mil_nce(
    a: Tensor, b: Tensor, allowed: Tensor, temperature: float | Tensor, margin: float = 0.0
) -> Tensor:  # fmt: skip
    """Contrastive loss with several right answers, any of which will do: minus the log of their summed softmax.

    `contrastive` with many targets asks for all of them at once, that is for their mean. Here row i of `a` may lie near
    whichever it likes of the rows of `b` that are allowed, if only it keeps away from the others. It would still be
    safest in the midst of what is allowed; a margin lets it stay anywhere within.

    Args:
        a: float (n, embed_dim), unit vectors.
        b: float (m, embed_dim), unit vectors.
        allowed: bool (n, m), whether b_j is a right answer for a_i; a row without one adds nothing.
        temperature: positive scalar that divides the cosines.
        margin: a row whose loss is below it has no slope: 0.2 asks for a summed softmax of exp(-0.2) = 82%.

    Returns:
        Scalar, the mean over rows of what is above the margin; 0 where every answer is allowed.

    Raises:
        ValueError: if a plain-number temperature is not positive.

    Source: Miech et al. 2020 (MIL-NCE), eq. 1.
    """
    log_shares = ops.log_softmax(_cosine_logits(a, b, temperature), axis=1)  # (n, m)
    log_shares = ops.where(allowed, log_shares, -1e9)
    loss = ops.relu(-ops.logsumexp(log_shares, axis=1) - margin)
    return ops.mean(ops.where(ops.any(allowed, axis=1), loss, 0.0))


def kernel_score(samples: Any, target: Any, scales: Sequence[float] = (0.05, 0.15, 0.5, 1.5)) -> Tensor:
    """How badly samples foretell a target: they should lie near it, and as far from one another as targets do.

    E ρ(x, y) - E ρ(x, x') / 2, where ρ(a, b) = Σ 1 - exp(-|a - b| / scale). On average it is least where x is
    distributed as y is. With one sample a condition the best answer would be a typical one; the second sample, and the
    price of its being like the first, is what makes both vary.

    Args:
        samples: float (count, batch, dim), `count` samples of each condition, 2 or more.
        target: float (batch, dim), a real one of each.
        scales: Distances that should be told apart: between near neighbours, and between clusters.

    Returns:
        Scalar.

    Raises:
        ValueError: for one sample a condition.

    Source: Gneiting & Raftery 2007, section 5 (kernel scores are proper).
    """
    count = samples.shape[0]
    if count < 2:
        raise ValueError(f"a spread needs two samples of each condition. Received: {count}")

    def distance(a, b):
        length = ops.sqrt(ops.sum(ops.square(a - b), -1) + 1e-8)  # a bare square root has an infinite slope at 0
        return sum(1 - ops.exp(-length / scale) for scale in scales)

    pairs = list(itertools.combinations(range(count), 2))
    apart = sum(distance(samples[a], samples[b]) for a, b in pairs) / len(pairs)
    return ops.mean(ops.mean(distance(samples, target), 0) - apart / 2)


def _mean_over_fakes(term, fake_logits, mismatched_logits):
    """Mean of `term` over the fakes; mismatched pairs, where there are any, carry half of its weight."""
    if mismatched_logits is None:
        return ops.mean(term(fake_logits))
    return (ops.mean(term(fake_logits)) + ops.mean(term(mismatched_logits))) / 2


def _squared_slopes(discriminator, sample, condition):
    """|∇D|² of each example with respect to its sample, float (batch,)."""
    sample = ops.convert_to_tensor(sample)
    if not sample.dtype.is_floating:
        raise ValueError(f"Penalties differentiate by the samples; pass floats. Received: dtype={sample.dtype.name}")
    with tf.GradientTape() as tape:
        tape.watch(sample)
        logits = discriminator([sample, condition])
    # The tape sums the logits; an example's own slope comes out because no other example's logit depends on it.
    slopes = tape.gradient(logits, sample, unconnected_gradients=tf.UnconnectedGradients.ZERO)  # (batch, ...)
    return ops.sum(ops.square(slopes), axis=tuple(range(1, len(sample.shape))))


def _check_paired(first_name, first, second_name, second):
    """Both must have one shape, or broadcasting would quietly compare all with all."""
    if not tf.TensorShape(first.shape).is_compatible_with(second.shape):
        raise ValueError(
            f"{first_name} and {second_name} are compared one by one; give them the same shape. "
            f"Received: {tuple(first.shape)} and {tuple(second.shape)}"
        )
