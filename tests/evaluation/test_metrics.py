"""Every figure of merit against a closed form, a simulation, or a case whose answer is plain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmgan_lite.datasets import captions as text
from mmgan_lite.evaluation import metrics

seeds = st.integers(0, 2**32 - 1)
patient = settings(deadline=None, max_examples=100)


def normals(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def with_moments(mean, covariance, n=200, seed=0):
    """Points whose sample mean and sample covariance are exactly the given ones."""
    x = normals(n, len(mean), seed=seed)
    x -= x.mean(axis=0)
    whiten = np.linalg.inv(np.linalg.cholesky(np.cov(x, rowvar=False))).T
    return x @ whiten @ np.linalg.cholesky(covariance).T + mean


# Fréchet distance


def test_frechet_distance_of_commuting_gaussians_is_the_closed_form():
    real = with_moments([0, 0, 0], np.diag([1.0, 4.0, 9.0]), seed=1)
    fake = with_moments([1, -2, 0], np.diag([4.0, 4.0, 1.0]), seed=2)
    expected = (1 + 4) + (1 - 2) ** 2 + (2 - 2) ** 2 + (3 - 1) ** 2  # |Δμ|² + Σ (σr - σf)²
    assert metrics.frechet_distance(real, fake) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_of_gaussians_in_the_plane_is_the_closed_form():
    """In two dimensions tr (AB)^½ = √(tr AB + 2 √(det A det B)), whether A and B commute or not."""
    a, b = np.array([[2.0, 0.9], [0.9, 1.0]]), np.array([[1.0, -0.5], [-0.5, 3.0]])
    root = np.sqrt(np.trace(a @ b) + 2 * np.sqrt(np.linalg.det(a) * np.linalg.det(b)))
    value = metrics.frechet_distance(with_moments([0, 0], a, seed=1), with_moments([3, 4], b, seed=2))
    assert value == pytest.approx(25 + np.trace(a + b) - 2 * root, rel=1e-9)


@patient
@given(seeds)
def test_frechet_distance_is_symmetric_and_not_moved_by_rotations(seed):
    real, fake = normals(30, 4, seed=seed), normals(40, 4, seed=seed + 1) @ np.diag([1, 2, 0.5, 0]) + 1
    rotation = np.linalg.qr(normals(4, 4, seed=seed + 2))[0]
    value = metrics.frechet_distance(real, fake)
    assert metrics.frechet_distance(fake, real) == pytest.approx(value, rel=1e-6)
    assert metrics.frechet_distance(real @ rotation, fake @ rotation) == pytest.approx(value, rel=1e-6)


def test_frechet_distance_of_a_set_from_itself_is_0_with_fewer_samples_than_features_too():
    for real in normals(50, 4), normals(5, 20):
        for same in real, real[::-1], np.roll(real, 1, axis=0):
            assert 0 <= metrics.frechet_distance(real, same) < 1e-6


def test_frechet_distance_in_one_dimension_and_of_images():
    x = normals(50, 1)
    assert metrics.frechet_distance(x, 3 * x + 1 - 2 * x.mean()) == pytest.approx(1 + 4 * x.var(ddof=1))
    images = normals(60, 3, 3, 1)
    flat = metrics.frechet_distance(images.reshape(60, 9), images.reshape(60, 9) + 1)
    assert metrics.frechet_distance(images, images + 1) == pytest.approx(flat) == pytest.approx(9)


# Precision and recall


def test_earth_movers_distance_of_shifted_and_stretched_numbers_is_the_closed_form():
    x = normals(501)
    assert metrics.earth_movers_distance(x, x[::-1] + 2) == pytest.approx(2)
    assert metrics.earth_movers_distance(x[:, None], 3 * x[:, None]) == pytest.approx(2 * np.abs(x).mean())
    assert metrics.earth_movers_distance(x, np.random.default_rng(1).permutation(x)) == 0


def test_earth_movers_distance_sees_a_shape_that_the_frechet_distance_cannot():
    hills, bell = np.repeat([-1.0, 1.0], 500), normals(1000)
    bell = (bell - bell.mean()) / bell.std()
    assert metrics.frechet_distance(hills[:, None], bell[:, None]) < 1e-4
    assert metrics.earth_movers_distance(hills, bell) > 0.4


@pytest.mark.parametrize("fake", [[1.0], [[1.0, 2.0]] * 2, [np.nan, 1.0]])
def test_earth_movers_distance_refuses_what_does_not_pair_up(fake):
    with pytest.raises(ValueError, match="Received"):
        metrics.earth_movers_distance([1.0, 2.0], fake)


def test_a_set_has_full_precision_and_recall_against_itself():
    real = normals(100, 3)
    assert metrics.precision_recall(real, real[::-1]) == (1, 1)


def test_equal_points_cover_each_other_although_their_balls_have_no_size():
    real = np.repeat(normals(10, 3), 5, axis=0)  # captions repeat like this
    assert metrics.precision_recall(real, real) == (1, 1)


def test_disjoint_sets_have_neither_precision_nor_recall():
    real = normals(100, 3)
    assert metrics.precision_recall(real, real + 100) == (0, 0)


def test_a_collapsed_generator_has_precision_but_no_recall():
    precision, recall = metrics.precision_recall(normals(300, 2), normals(300, 2, seed=1) * 0.01)
    assert precision > 0.95 and recall < 0.05


def test_a_generator_that_scatters_has_recall_but_little_precision():
    precision, recall = metrics.precision_recall(normals(300, 2), normals(300, 2, seed=1) * 20)
    assert precision < 0.2 and recall > 0.9


def test_precision_and_recall_on_a_line_counted_by_hand():
    real, fake = np.array([[0.0], [1], [2], [10]]), np.array([[1.5], [3.5], [30], [31]])
    # k = 1: real balls reach 1, 1, 1 and 8; fake balls reach 2, 2, 1 and 1
    assert metrics.precision_recall(real, fake, k=1) == (0.5, 0.75)
    # k = 2: real balls reach 2, 1, 2 and 9; fake balls 28.5, 26.5, 26.5 and 27.5
    assert metrics.precision_recall(real, fake, k=2) == (0.5, 1)


# Retrieval


def test_recall_at_1_counts_the_nearest_by_cosine():
    queries, keys = np.array([[1.0, 0], [0, 2], [1, 1]]), np.array([[100.0, 90], [1, 0.1], [0, 1]])
    # nearest keys: 1, 2, 0; a dot product would choose key 0 each time
    assert metrics.recall_at_1(queries, keys, [5, 6, 7], [7, 5, 6]) == 1
    assert metrics.recall_at_1(queries, keys, [5, 6, 7], [7, 5, 0]) == pytest.approx(2 / 3)


def test_recall_at_1_of_unrelated_vectors_is_at_chance():
    labels = np.arange(2000) % 10
    recall = metrics.recall_at_1(normals(2000, 8), normals(2000, 8, seed=1), labels, labels)
    assert recall == pytest.approx(0.1, abs=0.04)


# Intervals


def covered(rate, num_prompts, num_samples, concentration, trials=400):
    """How often the interval holds the true rate, where prompts differ: their own rates follow a beta distribution."""
    rng = np.random.default_rng(0)
    shape = rate * concentration, (1 - rate) * concentration
    hits = 0
    for _ in range(trials):
        rates = rng.beta(*shape, size=(num_prompts, 1))
        found = metrics.interval(rng.random((num_prompts, num_samples)) < rates)
        hits += found.low <= rate <= found.high
    return hits / trials


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9, 0.97])
@pytest.mark.parametrize("concentration", [2, 20])
def test_interval_holds_the_truth_19_times_of_20(rate, concentration):
    assert 0.91 <= covered(rate, num_prompts=100, num_samples=4, concentration=concentration) <= 0.99


def test_interval_of_one_independent_sample_a_prompt_is_wilson():
    """Wilson 1927: 8 of 10 gives 0.49 to 0.94; the exact count differs by the n - 1 of the sample variance."""
    mean, low, high = metrics.interval([1] * 80 + [0] * 20)
    assert (mean, low, high) == pytest.approx((0.8, 0.7112, 0.8666), abs=2e-3)


def test_interval_of_a_perfect_score_keeps_a_width():
    mean, low, high = metrics.interval(np.ones((100, 8), bool))
    assert (mean, high) == (1, 1) and low == pytest.approx(100 / (100 + 1.96**2), abs=1e-4)  # n / (n + z²)
    mean, low, high = metrics.interval(np.zeros((100, 8), bool))
    assert (mean, low) == (0, 0) and high == pytest.approx(1.96**2 / (100 + 1.96**2), abs=1e-4)


def test_interval_does_not_take_samples_of_one_prompt_for_independent():
    answers = normals(100, 1) > 0  # all 8 samples of a prompt agree: no wiser than one sample
    mean, low, high = metrics.interval(np.repeat(answers, 8, axis=1))
    assert (mean, low, high) == pytest.approx(metrics.interval(answers))
    shuffled = np.random.default_rng(1).permuted(np.repeat(answers, 8, axis=1), axis=0)  # unrelated: 8 times as many
    assert metrics.interval(shuffled).high - metrics.interval(shuffled).low < 0.5 * (high - low)


def test_interval_takes_no_sample_for_more_than_one_trial():
    _, low, high = metrics.interval([[1, 0]] * 99 + [[1, 1]])  # the prompts hardly differ, by chance
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 204), rel=0.01)  # Wilson: 200 + z²


def test_interval_of_one_prompt_is_wide():
    mean, low, high = metrics.interval([[1, 1, 0, 1]])
    assert mean == 0.75 and high - low > 0.6


@patient
@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=8))
def test_interval_holds_its_mean_and_stays_within_0_and_1(answers):
    mean, low, high = metrics.interval(answers)
    assert 0 <= low <= mean <= high <= 1 and high - low > 0.1 and mean == pytest.approx(np.mean(answers))


# Agreement, grammar, copies, modes


def test_agreement_is_the_share_of_rows_on_which_all_senses_agree():
    image, words, speech = [3, 8, 1, 0], [3, 8, 7, 0], [3, 5, 1, 0]
    assert metrics.agreement(image, words) == 0.75
    assert metrics.agreement(image, words, speech) == 0.5
    np.testing.assert_array_equal(metrics.agreeing(image, words, speech), [True, False, False, True])


def test_unknown_agrees_with_nothing():
    assert metrics.agreement([text.UNKNOWN, 2], [text.UNKNOWN, 2]) == 0.5


def test_agreement_over_several_facts_needs_them_all():
    assert metrics.agreement([[3, 0], [3, 1]], [[3, 0], [3, 2]]) == 0.5


def test_grammatical_share_counts_what_the_grammar_accepts():
    assert metrics.grammatical_share(["a three", "a thin three leaning right", "three a", "a three four"]) == 0.5


def test_nearest_distance_is_the_rms_to_the_nearest_image_and_0_for_a_copy():
    training = normals(50, 4, 4, 1)
    samples = np.concatenate([training[[7]], training[[9]] + 0.01, training[[3]] - 0.02])
    np.testing.assert_allclose(metrics.nearest_distance(samples, training), [0, 0.01, 0.02], atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 7, 256])
def test_nearest_distance_equals_trying_all(chunk):
    samples, training = normals(20, 6).astype("float32"), normals(30, 6, seed=1).astype("float32")
    every = np.sqrt(np.mean((samples[:, None].astype(float) - training[None]) ** 2, axis=2))
    np.testing.assert_allclose(metrics.nearest_distance(samples, training, chunk=chunk), every.min(axis=1))


def test_mode_coverage_counts_modes_and_the_samples_near_them():
    angles = np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert metrics.mode_coverage(ring + 0.01, ring, radius=0.06) == (8, 1)
    assert metrics.mode_coverage(ring[[2, 2, 5]], ring, radius=0.06) == (2, 1)
    assert metrics.mode_coverage(ring + 0.1, ring, radius=0.12) == (0, 0)  # 0.14 away
    assert metrics.mode_coverage(np.zeros((4, 2)), ring, radius=0.06) == (0, 0)
    assert metrics.mode_coverage(np.concatenate([ring[:1], 3 * ring[1:4]]), ring, radius=0.06) == (1, 0.25)


def test_mode_coverage_gives_a_sample_between_two_modes_to_the_nearer():
    assert metrics.mode_coverage([[0.4, 0.0]], [[0.0, 0], [1, 0]], radius=1) == (1, 1)


# Bad input

GOOD, NAN = normals(10, 3), np.full((10, 3), np.nan)
two_sets = pytest.mark.parametrize(
    "metric",
    [metrics.frechet_distance, metrics.precision_recall, metrics.nearest_distance,
     lambda a, b: metrics.recall_at_1(a, b, range(10), range(10)), lambda a, b: metrics.mode_coverage(a, b, 1)],
    ids=["frechet_distance", "precision_recall", "nearest_distance", "recall_at_1", "mode_coverage"],
)  # fmt: skip


@two_sets
def test_nan_is_refused_on_either_side(metric):
    for arguments in (GOOD, NAN), (NAN, GOOD):
        with pytest.raises(ValueError, match=r"must be finite.* Received: 30 not so"):
            metric(*arguments)


@two_sets
def test_sets_of_different_width_are_refused(metric):
    with pytest.raises(ValueError, match=r"must agree in all axes .* Received: \(10, 3\) and \(10, 2\)"):
        metric(GOOD, GOOD[:, :2])


@two_sets
def test_empty_sets_are_refused(metric):
    with pytest.raises(ValueError, match=r"needs at least . rows.* Received: shape \(0, 3\)"):
        metric(GOOD, GOOD[:0])


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match=r"fake_features needs at least 2 rows.* Received: shape \(1, 3\)"):
        metrics.frechet_distance(GOOD, GOOD[:1])
    with pytest.raises(ValueError, match=r"real_features needs at least 4 rows.* Received: shape \(3, 3\)"):
        metrics.precision_recall(GOOD[:3], GOOD)


def test_recall_at_1_refuses_zero_vectors_and_labels_that_do_not_fit():
    with pytest.raises(ValueError, match="keys hold a zero vector"):
        metrics.recall_at_1(GOOD, np.zeros((10, 3)), range(10), range(10))
    with pytest.raises(ValueError, match=r"key_labels must have one label a vector, \(10,\)\. Received: \(9,\)"):
        metrics.recall_at_1(GOOD, GOOD, range(10), range(9))


@pytest.mark.parametrize(
    ("answers", "message"),
    [([], "at least 1 rows"), ([[1, np.nan]], "must be finite"), ([[0, 97]], r"Received: 0\.0 to 97\.0"), (1, "rows")],
)
def test_interval_refuses_what_is_no_success(answers, message):
    with pytest.raises(ValueError, match=message):
        metrics.interval(answers)


@pytest.mark.parametrize("arrays", [([1, 2], [1]), ([], []), ([1, 2], [1, 2], [[1, 2]])])
def test_agreement_refuses_rows_that_do_not_fit(arrays):
    with pytest.raises(ValueError, match="arrays of one shape"):
        metrics.agreement(*arrays)


@pytest.mark.parametrize("captions", [[], "a three"])
def test_grammatical_share_refuses_what_is_no_list_of_captions(captions):
    with pytest.raises(ValueError, match="list of at least one string"):
        metrics.grammatical_share(captions)


@pytest.mark.parametrize("radius", [0, -1, np.nan])
def test_mode_coverage_refuses_a_radius_that_is_not_positive(radius):
    with pytest.raises(ValueError, match=r"radius must be positive.* Received: radius="):
        metrics.mode_coverage(GOOD, GOOD, radius)
