"""Every loss against a closed form, Keras, or differences in float64."""

import functools
import statistics

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops

from mmgan_lite import losses

family = pytest.mark.parametrize("name", losses.ADVERSARIAL)
rng = np.random.default_rng(0)
REAL, FAKE, MISMATCHED = (tf.constant(rng.normal(size=(6, 1), scale=2)) for _ in range(3))  # float64
patient = settings(deadline=None)  # TensorFlow's first call of an operation takes its time
logits_batch = arrays(np.float64, (5, 1), elements=st.floats(-1000, 1000))


def pair(name):
    return losses.ADVERSARIAL[name]


def generator_loss(name, fake, real=REAL):
    return pair(name).generator_loss(fake, real)


def gradient(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return tape.gradient(value, x).numpy()


def differences(function, x, step=1e-5):
    """Central differences: an independent witness of every gradient."""
    x, slopes = x.numpy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[i] = step
        slopes[i] = (float(function(tf.constant(x + nudge))) - float(function(tf.constant(x - nudge)))) / (2 * step)
    return slopes


# Binary cross-entropy


@patient
@given(arrays(np.float64, (5, 1), elements=st.floats(0, 1)), logits_batch)
def test_binary_cross_entropy_equals_log_of_probabilities(labels, logits):
    expected = np.mean(labels * np.logaddexp(0, -logits) + (1 - labels) * np.logaddexp(0, logits))
    # below 1e-307 TensorFlow takes 0 for what NumPy still writes out
    np.testing.assert_allclose(float(losses.binary_cross_entropy(labels, logits)), expected, rtol=1e-12, atol=1e-307)


@pytest.mark.parametrize("logit", [-1000.0, -3.0, 0.0, 3.0, 1000.0])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_binary_cross_entropy_equals_keras(label, logit):
    expected = keras.losses.BinaryCrossentropy(from_logits=True)([[label]], [[logit]])
    np.testing.assert_allclose(float(losses.binary_cross_entropy([[label]], [[logit]])), float(expected), rtol=1e-6)


def test_binary_cross_entropy_gradient_is_probability_minus_label():
    logits = tf.constant([-1000.0, -1.0, 0.0, 1.0, 1000.0])
    labels = tf.constant([1.0, 0.0, 1.0, 1.0, 0.0])
    slopes = gradient(lambda x: 5 * losses.binary_cross_entropy(labels, x), logits)
    np.testing.assert_allclose(slopes, tf.sigmoid(logits) - labels, rtol=1e-6)


def test_binary_cross_entropy_takes_integer_labels():
    assert float(losses.binary_cross_entropy(np.array([0, 1]), np.zeros(2))) == pytest.approx(np.log(2))


def test_binary_cross_entropy_refuses_to_broadcast():
    with pytest.raises(ValueError, match=r"same shape\. Received: \(4,\) and \(4, 1\)"):
        losses.binary_cross_entropy(np.ones(4), np.ones((4, 1)))


# Adversarial pairs


def test_every_pair_is_known_by_its_name():
    pairs = {name: value for name, value in vars(losses).items() if isinstance(value, losses.AdversarialLoss)}
    assert pairs == losses.ADVERSARIAL


@family
def test_a_pair_unpacks_into_its_two_functions(name):
    d_loss, g_loss = pair(name)
    assert d_loss is getattr(losses, f"{name}_discriminator_loss")
    assert g_loss is getattr(losses, f"{name}_generator_loss")


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_cross_entropy_discriminators_equal_keras(name):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = cross_entropy(ops.ones_like(REAL), REAL) + cross_entropy(ops.zeros_like(FAKE), FAKE)
    np.testing.assert_allclose(pair(name).discriminator_loss(REAL, FAKE), expected, rtol=1e-6)


def test_hinge_discriminator_equals_keras():
    hinge = keras.losses.Hinge()
    expected = hinge(ops.ones_like(REAL), REAL) + hinge(-ops.ones_like(FAKE), FAKE)
    np.testing.assert_allclose(losses.hinge_discriminator_loss(REAL, FAKE), expected, rtol=1e-6)


def test_least_squares_equals_half_of_keras_squared_errors():
    error = keras.losses.MeanSquaredError()
    d_expected = (error(ops.ones_like(REAL), REAL) + error(ops.zeros_like(FAKE), FAKE)) / 2
    np.testing.assert_allclose(losses.least_squares_discriminator_loss(REAL, FAKE), d_expected, rtol=1e-6)
    g_expected = error(ops.ones_like(FAKE), FAKE) / 2
    np.testing.assert_allclose(losses.least_squares_generator_loss(FAKE), g_expected, rtol=1e-6)


CLOSED_FORMS = {  # (d_loss, g_loss) at one real logit of 2 and one fake logit of -0.5
    "minimax": (np.log1p(np.exp(-2)) + np.log1p(np.exp(-0.5)), -np.log1p(np.exp(-0.5))),
    "non_saturating": (np.log1p(np.exp(-2)) + np.log1p(np.exp(-0.5)), np.log1p(np.exp(0.5))),
    "least_squares": ((1 + 0.25) / 2, 2.25 / 2),
    "hinge": (0 + 0.5, 0.5),
    "wasserstein": (-2.5, 0.5),
    "relativistic": (np.log1p(np.exp(-2.5)), np.log1p(np.exp(2.5))),
}


@family
def test_losses_equal_the_closed_form(name):
    real, fake = np.array([[2.0]]), np.array([[-0.5]])
    d_expected, g_expected = CLOSED_FORMS[name]
    assert float(pair(name).discriminator_loss(real, fake)) == pytest.approx(d_expected, rel=1e-12)
    assert float(pair(name).generator_loss(fake, real)) == pytest.approx(g_expected, rel=1e-12)


@family
def test_losses_are_means_over_the_batch(name):
    rows = [float(pair(name).discriminator_loss(REAL[i : i + 1], FAKE[i : i + 1])) for i in range(len(REAL))]
    assert float(pair(name).discriminator_loss(REAL, FAKE)) == pytest.approx(np.mean(rows))
    rows = [float(generator_loss(name, FAKE[i : i + 1], REAL[i : i + 1])) for i in range(len(REAL))]
    assert float(generator_loss(name, FAKE)) == pytest.approx(np.mean(rows))


@family
def test_mismatched_pairs_share_the_fakes_half(name):
    d_loss = pair(name).discriminator_loss
    expected = (d_loss(REAL, FAKE) + d_loss(REAL, MISMATCHED)) / 2
    np.testing.assert_allclose(d_loss(REAL, FAKE, MISMATCHED), expected, rtol=1e-12)


@family
def test_mismatched_logits_are_pushed_down(name):
    slopes = gradient(lambda x: pair(name).discriminator_loss(REAL, FAKE, x), tf.ones((6, 1), tf.float64))
    assert (slopes > 0).all()


@family
def test_mismatched_pairs_leave_the_weight_of_the_real_logits(name):
    d_loss = pair(name).discriminator_loss
    alone = gradient(lambda x: d_loss(x, FAKE), REAL)
    beside = gradient(lambda x: d_loss(x, FAKE, FAKE), REAL)
    np.testing.assert_allclose(beside, alone, rtol=1e-12)


@family
def test_gradients_equal_differences(name):
    for function, x in [
        (lambda x: pair(name).discriminator_loss(x, FAKE, MISMATCHED), REAL),
        (lambda x: pair(name).discriminator_loss(REAL, x, MISMATCHED), FAKE),
        (lambda x: pair(name).discriminator_loss(REAL, FAKE, x), MISMATCHED),
        (lambda x: generator_loss(name, x), FAKE),
    ]:
        np.testing.assert_allclose(gradient(function, x), differences(function, x), atol=1e-8)


@family
def test_the_players_pull_the_fake_logits_apart(name):
    near_zero = tf.constant([[-0.5], [0.5]], tf.float64)
    real = tf.zeros((2, 1), tf.float64) + 0.9
    d_slopes = gradient(lambda x: pair(name).discriminator_loss(real, x), near_zero)
    g_slopes = gradient(lambda x: generator_loss(name, x, real), near_zero)
    assert g_slopes.max() < 0, "the generator wants higher logits"
    if name == "least_squares":  # D wants exactly 0
        assert (np.sign(d_slopes) == [[-1], [1]]).all()
    else:
        assert d_slopes.min() > 0, "the discriminator wants lower logits"


@family
@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_values_and_gradients_are_finite_at_logits_of_a_thousand(name, scale):
    real, fake, mismatched = (scale * tf.constant(x) for x in ([[1000.0]], [[-1000.0]], [[0.0]]))
    for function, x in [
        (lambda x: pair(name).discriminator_loss(x, fake, mismatched), real),
        (lambda x: pair(name).discriminator_loss(real, x, mismatched), fake),
        (lambda x: pair(name).discriminator_loss(real, fake, x), real),
        (lambda x: generator_loss(name, x, real), fake),
    ]:
        assert np.isfinite(function(x)) and np.isfinite(gradient(function, x)).all()


@family
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_losses_are_scalars_in_the_dtype_of_the_logits(name, dtype):
    real, fake, mismatched = (ops.cast(x, dtype) for x in (REAL, FAKE, MISMATCHED))
    for value in [pair(name).discriminator_loss(real, fake, mismatched), pair(name).generator_loss(fake, real)]:
        assert value.shape == () and value.dtype == dtype


def test_best_discriminator_of_two_gaussians_reaches_log_4_minus_2_jsd():
    real, fake = statistics.NormalDist(0, 1), statistics.NormalDist(1.5, 0.7)
    x = np.linspace(-8, 8, 4001)
    p, q = (np.array([density.pdf(value) for value in x]) for density in (real, fake))
    half = (p + q) / 2
    jsd = np.trapezoid((p * np.log(p / half) + q * np.log(q / half)) / 2, x)

    def best_logits(density):  # at the density's quantiles, so that a plain mean is its expectation
        values = [density.inv_cdf((i + 0.5) / 4000) for i in range(4000)]
        return np.array([[np.log(real.pdf(value) / fake.pdf(value))] for value in values])

    real_logits, fake_logits = best_logits(real), best_logits(fake)
    best = float(losses.minimax_discriminator_loss(real_logits, fake_logits))
    assert best == pytest.approx(np.log(4) - 2 * jsd, abs=2e-4)
    for worse in (1.2 * real_logits, 1.2 * fake_logits), (real_logits + 0.3, fake_logits + 0.3):
        assert float(losses.minimax_discriminator_loss(*worse)) > best + 1e-3


@patient
@given(logits_batch, logits_batch)
def test_minimax_and_non_saturating_share_their_discriminator_loss(real, fake):
    assert losses.minimax.discriminator_loss(real, fake) == losses.non_saturating.discriminator_loss(real, fake)


@patient
@given(logits_batch)
def test_the_two_cross_entropy_generators_differ_by_the_mean_logit(fake):
    """softplus(-x) = softplus(x) - x."""
    difference = losses.non_saturating_generator_loss(fake) + losses.minimax_generator_loss(fake)
    np.testing.assert_allclose(float(difference), -np.mean(fake), atol=1e-9)


@pytest.mark.parametrize(
    ("logit", "minimax_slope", "non_saturating_slope"), [(0.0, -0.5, -0.5), (-30.0, 0.0, -1.0), (30.0, -1.0, 0.0)]
)
def test_non_saturating_is_steep_where_minimax_is_flat(logit, minimax_slope, non_saturating_slope):
    x = tf.constant([[logit]], tf.float64)
    np.testing.assert_allclose(gradient(losses.minimax_generator_loss, x), minimax_slope, atol=1e-12)
    np.testing.assert_allclose(gradient(losses.non_saturating_generator_loss, x), non_saturating_slope, atol=1e-12)


def test_hinge_discriminator_rests_beyond_the_margin():
    sure = tf.constant([[1.5]])
    assert float(losses.hinge_discriminator_loss(sure, -sure)) == 0
    np.testing.assert_array_equal(gradient(lambda x: losses.hinge_discriminator_loss(x, -x), sure), 0)


@patient
@given(logits_batch, logits_batch)
def test_wasserstein_is_a_zero_sum_game_but_for_the_real_logits(real, fake):
    d_loss, g_loss = losses.wasserstein
    np.testing.assert_allclose(float(d_loss(real, fake) + g_loss(fake)), -np.mean(real), atol=1e-9)


@patient
@given(logits_batch, logits_batch)
def test_relativistic_is_softplus_of_the_difference(real, fake):
    expected = np.mean(np.logaddexp(0, -(real - fake)))
    d_loss = float(losses.relativistic_discriminator_loss(real, fake))
    np.testing.assert_allclose(d_loss, expected, rtol=1e-12, atol=1e-307)  # TensorFlow flushes subnormal numbers to 0
    # the generator plays the discriminator's part with the names exchanged
    assert losses.relativistic_generator_loss(real, fake) == losses.relativistic_discriminator_loss(real, fake)


@patient
@given(logits_batch, logits_batch, logits_batch, st.floats(-1000, 1000))
def test_relativistic_ignores_a_common_shift(real, fake, mismatched, shift):
    d_loss, g_loss = losses.relativistic
    before, after = d_loss(real, fake, mismatched), d_loss(real + shift, fake + shift, mismatched + shift)
    np.testing.assert_allclose(float(after), float(before), atol=1e-9)
    np.testing.assert_allclose(float(g_loss(fake + shift, real + shift)), float(g_loss(fake, real)), atol=1e-9)


def test_relativistic_generator_names_the_remedy_without_real_logits():
    with pytest.raises(ValueError, match=r"real_logits=\. Received: real_logits=None"):
        losses.relativistic_generator_loss(FAKE)


def test_relativistic_refuses_pairs_that_do_not_pair():
    for d_arguments in [(REAL, FAKE[:3]), (REAL, FAKE[:, 0]), (REAL, FAKE, MISMATCHED[:3])]:
        with pytest.raises(ValueError, match=r"same shape\. Received: \(6, 1\) and"):
            losses.relativistic_discriminator_loss(*d_arguments)
    with pytest.raises(ValueError, match=r"Received: \(6, 1\) and \(1, 1\)"):
        losses.relativistic_generator_loss(FAKE, REAL[:1])


# Penalties

WEIGHTS = tf.constant([[3.0], [-4.0]])  # |w| = 5
SAMPLES, OTHERS, CONDITION = (tf.constant(rng.normal(size=(6, 2)), tf.float32) for _ in range(3))


def linear(inputs):
    return tf.matmul(inputs[0], WEIGHTS)


def bowl(inputs):  # ∇D = x
    return tf.reduce_sum(inputs[0] ** 2, axis=1, keepdims=True) / 2


def twice(penalty, *arguments):
    """The penalty, eager and as a graph that does not know the batch size."""
    discriminator, *tensors = arguments
    graph = tf.function(
        lambda *tensors: penalty(discriminator, *tensors),
        input_signature=[tf.TensorSpec([None, *x.shape[1:]], x.dtype) for x in tensors],
    )
    return [float(penalty(*arguments)), float(graph(*tensors))]


def test_r1_and_r2_of_a_linear_discriminator_are_its_squared_norm():
    np.testing.assert_allclose(twice(losses.r1, linear, SAMPLES, OTHERS, CONDITION), 25, rtol=1e-6)
    np.testing.assert_allclose(twice(losses.r2, linear, SAMPLES, OTHERS, CONDITION), 25, rtol=1e-6)


def test_r1_is_taken_at_real_and_r2_at_fake_samples():
    real, fake = (np.mean(np.sum(x.numpy() ** 2, axis=1)) for x in (SAMPLES, OTHERS))
    np.testing.assert_allclose(twice(losses.r1, bowl, SAMPLES, OTHERS, CONDITION), real, rtol=1e-6)
    np.testing.assert_allclose(twice(losses.r2, bowl, SAMPLES, OTHERS, CONDITION), fake, rtol=1e-6)
    np.testing.assert_allclose(twice(losses.r1_r2, bowl, SAMPLES, OTHERS, CONDITION), real + fake, rtol=1e-6)


def test_r1_sums_over_every_pixel_and_channel():
    images = tf.constant(rng.normal(size=(4, 3, 3, 2)))
    value = losses.r1(lambda inputs: tf.reduce_sum(inputs[0] ** 2, axis=(1, 2, 3)) / 2, images, None, None)
    np.testing.assert_allclose(value, np.mean(np.sum(images.numpy() ** 2, axis=(1, 2, 3))))


def test_r1_hands_the_condition_to_the_discriminator():
    projection = functools.partial(tf.einsum, "ij,ij->i")  # D = c·x, so ∇D = c
    value = losses.r1(lambda inputs: projection(*inputs), SAMPLES, OTHERS, CONDITION)
    np.testing.assert_allclose(value, np.mean(np.sum(CONDITION.numpy() ** 2, axis=1)), rtol=1e-6)


def test_r1_of_a_keras_model_equals_differences():
    sample, condition = keras.Input((2,), dtype="float64"), keras.Input((2,), dtype="float64")
    h = keras.layers.Dense(8, "tanh", dtype="float64")(ops.concatenate([sample, condition], -1))
    discriminator = keras.Model([sample, condition], keras.layers.Dense(1, dtype="float64")(h))
    x, c = tf.cast(SAMPLES, tf.float64), tf.cast(CONDITION, tf.float64)
    slopes = differences(lambda x: tf.reduce_sum(discriminator([x, c])), x)
    np.testing.assert_allclose(losses.r1(discriminator, x, x, c), np.mean(np.sum(slopes**2, axis=1)), rtol=1e-7)


@pytest.mark.parametrize("in_graph", [False, True])
def test_the_gradient_of_r1_reaches_the_weights(in_graph):
    weights = tf.Variable(WEIGHTS)

    def step():
        with tf.GradientTape() as tape:
            value = losses.r1(lambda inputs: tf.matmul(inputs[0], weights), SAMPLES, OTHERS, CONDITION)
        return tape.gradient(value, weights)

    np.testing.assert_allclose(tf.function(step)() if in_graph else step(), 2 * WEIGHTS, rtol=1e-6)  # d|w|²/dw = 2w


@pytest.mark.parametrize("name", losses.PENALTIES)
def test_a_discriminator_that_ignores_its_sample_has_no_slope(name):
    value = losses.PENALTIES[name](lambda inputs: tf.reduce_sum(inputs[1], axis=1), SAMPLES, OTHERS, CONDITION)
    assert float(value) == pytest.approx(1 if name == "gradient_penalty" else 0, abs=1e-5)  # it wants 1


def test_a_penalty_refuses_tokens():
    with pytest.raises(ValueError, match=r"pass floats\. Received: dtype=int32"):
        losses.r1(linear, tf.ones((6, 2), tf.int32), None, CONDITION)


@pytest.mark.parametrize("norm", [1.0, 0.2, 5.0])
def test_gradient_penalty_of_a_linear_discriminator_is_its_distance_from_norm_1(norm):
    def discriminator(inputs):
        return linear(inputs) * norm / 5

    values = twice(losses.gradient_penalty, discriminator, SAMPLES, OTHERS, CONDITION)
    np.testing.assert_allclose(values, (norm - 1) ** 2, rtol=1e-5, atol=1e-12)


def test_gradient_penalty_is_taken_uniformly_between_real_and_fake():
    real, fake = tf.zeros((4096, 1)), tf.ones((4096, 1))  # ∇D = 1 - share, so the penalty is E[share²] = 1/3
    value = losses.gradient_penalty(bowl, real, fake, None, seed=0)
    assert float(value) == pytest.approx(1 / 3, abs=0.02)


def points(seed, calls=1):
    """Where the penalty looks between 0 and 1: a list of (8, 2) arrays, one a call of one graph."""
    seen = tf.Variable(tf.zeros((8, 2)))

    def spy(inputs):
        seen.assign(inputs[0])
        return linear(inputs)

    graph = tf.function(lambda: losses.gradient_penalty(spy, tf.zeros((8, 2)), tf.ones((8, 2)), None, seed=seed))
    return [(graph(), seen.numpy())[1] for _ in range(calls)]


def test_gradient_penalty_draws_one_share_an_example():
    (seen,) = points(seed=0)
    np.testing.assert_array_equal(seen[:, 0], seen[:, 1])
    assert len(np.unique(seen[:, 0])) == 8


def test_gradient_penalty_draws_new_points_at_every_step_and_the_same_from_the_same_seed():
    first, second = points(keras.random.SeedGenerator(7), calls=2)
    assert (first != second).all()
    np.testing.assert_array_equal([first, second], points(keras.random.SeedGenerator(7), calls=2))
    first, second = points(None, calls=2)
    assert (first != second).all()


def test_gradient_penalty_has_a_finite_gradient_at_slope_zero():
    weights = tf.Variable(tf.zeros((2, 1)))
    with tf.GradientTape() as tape:
        value = losses.gradient_penalty(lambda inputs: tf.matmul(inputs[0], weights), SAMPLES, OTHERS, CONDITION)
    assert float(value) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(tape.gradient(value, weights)).all()


def test_gradient_penalty_refuses_samples_that_do_not_pair():
    with pytest.raises(ValueError, match=r"real and fake .* Received: \(6, 2\) and \(3, 2\)"):
        losses.gradient_penalty(linear, SAMPLES, OTHERS[:3], CONDITION)


# Contrastive cross-entropy


def unit_rows(*shape, seed):
    vectors = np.random.default_rng(seed).normal(size=shape)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


A, B = unit_rows(5, 3, seed=1), unit_rows(5, 3, seed=2)


def test_contrastive_equals_keras_in_both_directions():
    logits, labels = tf.constant(A @ B.T / 0.2), tf.eye(5, dtype=tf.float64)
    cross_entropy = keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64")
    expected = (cross_entropy(labels, logits) + cross_entropy(labels, tf.transpose(logits))) / 2
    np.testing.assert_allclose(losses.contrastive(A, B, 0.2), expected, rtol=1e-12)


@patient
@given(st.permutations(range(5)))
def test_contrastive_does_not_depend_on_the_order_of_the_batch(order):
    np.testing.assert_allclose(losses.contrastive(A[order], B[order], 0.2), losses.contrastive(A, B, 0.2), rtol=1e-12)


def test_contrastive_depends_on_who_is_paired_with_whom():
    assert float(losses.contrastive(A, A, 0.2)) < float(losses.contrastive(A, np.roll(A, 1, axis=0), 0.2)) - 1


def test_contrastive_treats_both_senses_alike():
    targets = np.random.default_rng(3).random((5, 5))
    forth, back = losses.contrastive(A, B, 0.2, targets), losses.contrastive(B, A, 0.2, targets.T)
    np.testing.assert_allclose(forth, back, rtol=1e-12)


def test_contrastive_is_log_batch_where_nothing_is_told_apart_and_0_where_all_is():
    assert float(losses.contrastive(A[[0] * 5], A[[0] * 5], 0.07)) == pytest.approx(np.log(5))
    assert float(losses.contrastive(np.eye(5), np.eye(5), 1e-3)) == 0


def test_contrastive_targets_are_normalised_over_rows_and_over_columns():
    targets = np.array([[1, 2, 0, 0, 0], [0, 1, 0, 0, 0], [0, 3, 1, 1, 0], [0, 0, 0, 1, 0], [5, 0, 0, 0, 1]])
    logits = A @ B.T / 0.2

    def direction(logits, targets):  # the definition, one row after the other
        rows = zip(logits, targets, strict=True)
        return np.mean([-np.sum(t / t.sum() * (x - np.log(np.sum(np.exp(x))))) for x, t in rows])

    expected = (direction(logits, targets) + direction(logits.T, targets.T)) / 2
    np.testing.assert_allclose(losses.contrastive(A, B, 0.2, targets), expected, rtol=1e-12)


def test_contrastive_rows_without_a_partner_add_nothing():
    targets = np.diag([1.0, 1.0, 1.0, 1.0, 0.0])
    logits = A @ B.T / 0.2
    rows, columns = (np.diag(x) - np.log(np.exp(x).sum(axis=1)) for x in (logits, logits.T))
    expected = -(rows[:4].sum() + columns[:4].sum()) / 10
    np.testing.assert_allclose(losses.contrastive(A, B, 0.2, targets), expected, rtol=1e-12)


def test_contrastive_gradients_equal_differences_and_reach_the_temperature():
    for function, x in [
        (lambda a: losses.contrastive(a, B, 0.2), tf.constant(A)),
        (lambda b: losses.contrastive(A, b, 0.2), tf.constant(B)),
        (lambda log_temperature: losses.contrastive(A, B, ops.exp(log_temperature)), tf.constant(-1.0, tf.float64)),
    ]:
        np.testing.assert_allclose(gradient(function, x), differences(function, x), atol=1e-8)


@patient
@given(st.floats(1e-3, 1e3))
def test_contrastive_is_finite_at_any_sensible_temperature(temperature):
    a, b = tf.constant(A, tf.float32), tf.constant(B, tf.float32)
    assert np.isfinite(losses.contrastive(a, b, temperature))
    assert np.isfinite(gradient(lambda a: losses.contrastive(a, b, temperature), a)).all()


def test_contrastive_runs_in_a_graph_that_does_not_know_the_batch_size():
    signature = [tf.TensorSpec([None, 3], tf.float64)] * 2
    graph = tf.function(lambda a, b: losses.contrastive(a, b, 0.2), input_signature=signature)
    np.testing.assert_allclose(graph(A, B), losses.contrastive(A, B, 0.2), rtol=1e-12)


def test_contrastive_names_the_remedy():
    with pytest.raises(ValueError, match=r"temperature must be positive.*Received: temperature=0"):
        losses.contrastive(A, B, 0)
    with pytest.raises(ValueError, match=r"temperature must be positive.*Received: temperature=-1"):
        losses.mil_nce(A, B, np.eye(5, dtype=bool), -1)
    with pytest.raises(ValueError, match=r"a and b .* Received: \(5, 3\) and \(4, 3\)"):
        losses.contrastive(A, B[:4], 0.2)


# Several right answers, of which one will do


def test_mil_nce_is_minus_the_log_of_the_summed_softmax():
    allowed = np.array([[1, 1, 0, 0, 0], [0, 1, 0, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]], bool)
    weights = np.exp(A @ B.T / 0.2)
    expected = -np.mean(np.log((weights * allowed).sum(1) / weights.sum(1)))
    np.testing.assert_allclose(losses.mil_nce(A, B, allowed, 0.2), expected, rtol=1e-12)


def test_mil_nce_with_one_right_answer_is_a_cross_entropy():
    labels, logits = tf.range(5), tf.constant(A @ B.T / 0.2)
    expected = keras.ops.mean(keras.ops.sparse_categorical_crossentropy(labels, logits, from_logits=True))
    np.testing.assert_allclose(losses.mil_nce(A, B, np.eye(5, dtype=bool), 0.2), expected, rtol=1e-12)


def test_mil_nce_is_content_with_any_right_answer_where_contrastive_asks_for_their_mean():
    sides = np.array([[1.0, 0.0], [-1.0, 0.0]])  # both are right; the third is not
    b, allowed = np.concatenate([sides, [[0.0, -1.0]]]), np.array([[True, True, False]])
    at_one, between = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert float(losses.mil_nce(at_one, b, allowed, 0.1)) < 1e-4
    targets, rows = np.tile(allowed, (3, 1)), [np.tile(a, (3, 1)) for a in (at_one, between)]
    assert float(losses.contrastive(rows[0], b, 0.1, targets)) > float(losses.contrastive(rows[1], b, 0.1, targets))


def test_mil_nce_is_0_where_all_is_allowed_and_where_nothing_is():
    for answers in (np.ones((5, 5), bool), np.zeros((5, 5), bool)):
        np.testing.assert_allclose(losses.mil_nce(A, B, answers, 0.2), 0, atol=1e-12)
        slope = gradient(lambda a, answers=answers: losses.mil_nce(a, B, answers, 0.2), tf.constant(A))
        np.testing.assert_allclose(slope, 0, atol=1e-12)


def test_mil_nce_asks_for_no_more_than_its_margin():
    allowed = np.eye(5, dtype=bool)
    each = [float(losses.mil_nce(A[[row]], B, allowed[[row]], 0.2)) for row in range(5)]
    margin = statistics.median(each)
    expected = np.mean([max(loss - margin, 0) for loss in each])
    assert 0 < expected < np.mean(each)
    np.testing.assert_allclose(losses.mil_nce(A, B, allowed, 0.2, margin), expected, rtol=1e-12)
    slopes = gradient(lambda a: losses.mil_nce(a, B, allowed, 0.2, margin), tf.constant(A))
    np.testing.assert_array_equal(slopes.any(1), np.array(each) > margin)


def test_mil_nce_gradient_equals_differences():
    allowed = np.array([[1, 1, 0, 0, 0], [0, 1, 0, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
    for function, x in [
        (lambda a: losses.mil_nce(a, B, allowed, 0.2), tf.constant(A)),
        (lambda b: losses.mil_nce(A, b, allowed, 0.2), tf.constant(B)),
    ]:
        np.testing.assert_allclose(gradient(function, x), differences(function, x), atol=1e-8)


# A proper score: what foretells best is spread as the targets are


def drawn(levels, shares, size, seed):
    """Two samples each of `size` conditions, float32 (2, size, 1)."""
    return np.random.default_rng(seed).choice(levels, (2, size, 1), p=shares).astype("float32")


@pytest.mark.parametrize("shares", [(0, 1, 0), (0.5, 0, 0.5), (0.6, 0.3, 0.1), (0, 0.5, 0.5)])
def test_the_kernel_score_is_least_for_the_targets_own_distribution(shares):
    right = (1 / 3, 1 / 3, 1 / 3)
    target = drawn([-1, 0, 1], right, 20_000, 0)[0]
    best, other = (float(losses.kernel_score(drawn([-1, 0, 1], p, 20_000, 1), target)) for p in (right, shares))
    assert best < other - 0.01


def test_the_kernel_score_by_hand():
    samples, target = np.array([[[0.0]], [[3.0]]]), np.array([[1.0]])
    near, far, apart = (1 - np.exp(-d / 2) for d in (1, 2, 3))
    assert float(losses.kernel_score(samples, target, scales=[2.0])) == pytest.approx(
        (near + far - apart) / 2, abs=1e-6
    )


def test_one_sample_has_no_spread():
    with pytest.raises(ValueError, match=r"two samples of each condition. Received: 1"):
        losses.kernel_score(np.zeros((1, 4, 2), "float32"), np.zeros((4, 2), "float32"))


def test_samples_that_are_equal_are_pushed_apart_where_targets_are():
    samples, target = tf.constant([[[0.1], [0.1]], [[-0.1], [-0.1]]]), tf.constant([[1.0], [-1.0]])
    with tf.GradientTape() as tape:
        tape.watch(samples)
        loss = losses.kernel_score(samples, target)
    push = -tape.gradient(loss, samples).numpy().mean(1)[:, 0]
    assert push[0] > 0 > push[1]  # each away from the other: between -1 and 1 neither is better
