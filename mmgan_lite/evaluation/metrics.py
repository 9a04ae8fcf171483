"""How good, how varied, how faithful: figures of merit as plain NumPy functions, computed in float64.

Features are (n, num_features): what a judge's last hidden layer says of each sample, or the samples themselves; further
axes are flattened. Always real, then fake. Notebook 10 shows how each figure can be fooled.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmgan_lite.datasets import captions as text

Z95 = 1.959964  # 95% of a normal distribution lies within this many standard deviations


class PrecisionRecall(NamedTuple):
    """Shares in [0, 1]: of fakes that look real, and of reals that the generator can make."""

    precision: float
    recall: float


class Interval(NamedTuple):
    """A mean and the ends of its 95% interval."""

    mean: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """{"value", "low", "high"}, as the figures of `evaluate` have it."""
        return {"value": self.mean, "low": self.low, "high": self.high}


class ModeCoverage(NamedTuple):
    """How many modes were hit, and the share of samples that hit one."""

    num_covered: int
    share_near: float


def frechet_distance(real_features: ArrayLike, fake_features: ArrayLike) -> float:
    """Squared Fréchet distance (as in FID) of Gaussians fitted to two sets: |μr - μf|² + tr(Cr + Cf - 2 (Cr Cf)^½).

    It shrinks as the sets grow, so compare sets of equal size, and quote real against real next to it.

    Args:
        real_features, fake_features: float (n, num_features), (m, num_features); better n, m > num_features.

    Returns:
        float, at least 0: the square of the distance, in the features' units squared, as is usual.

    Raises:
        ValueError: on a NaN, on fewer than 2 samples, or if the numbers of features differ.

    Source: Heusel et al. 2017 (FID).
    """
    real, fake = _same_width("real_features", real_features, "fake_features", fake_features, at_least=2)
    real_cov, fake_cov = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (real, fake))
    # Cr Cf is not symmetric, Cr^½ Cf Cr^½ is; both have the same eigenvalues, whose roots sum to the trace.
    root = _symmetric_root(real_cov)
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ fake_cov @ root), 0, None)).sum()
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    return float(max(shift + np.trace(real_cov) + np.trace(fake_cov) - 2 * cross, 0.0))


def earth_movers_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """How far a number must be moved on average, until one set of numbers lies as the other does.

    On a line the cheapest way is known: sort both, and move the first to the first, the second to the second. Unlike
    `frechet_distance`, which knows a mean and a spread, it is 0 for equal distributions alone.

    Args:
        real, fake: float (n,) or (n, 1), as many numbers in the one as in the other.

    Returns:
        float, at least 0, in the units of the numbers.

    Raises:
        ValueError: on a NaN, or if the numbers are not as many.

    Source: Villani 2003, section 2.2 (the Wasserstein-1 distance on a line). Notebook 01.

    >>> earth_movers_distance([0.0, 1.0], [3.0, 2.0])
    2.0
    """
    real, fake = _rows("real", real), _rows("fake", fake)
    if real.shape[1] != 1 or real.shape != fake.shape:
        raise ValueError(f"give equally many numbers on a line, (n,) each. Received: {real.shape} and {fake.shape}")
    return float(np.mean(np.abs(np.sort(real[:, 0]) - np.sort(fake[:, 0]))))


def precision_recall(real_features: ArrayLike, fake_features: ArrayLike, k: int = 3) -> PrecisionRecall:
    """Improved precision and recall: a set covers the balls around its points that reach the k-th neighbour.

    Args:
        real_features, fake_features: float (n, num_features), (m, num_features); take n = m.
        k: the neighbour that sets a ball's radius; more neighbours, larger balls, higher figures.

    Returns:
        `PrecisionRecall`: share of fakes inside real balls (quality), share of reals inside fake balls (variety).

    Raises:
        ValueError: on a NaN, on k or fewer samples, or if the numbers of features differ.

    Source: Kynkäänniemi et al. 2019.
    """
    real, fake = _same_width("real_features", real_features, "fake_features", fake_features, at_least=k + 1)
    return PrecisionRecall(float(covered(fake, real, k).mean()), float(covered(real, fake, k).mean()))


def covered(points: ArrayLike, centres: ArrayLike, k: int = 3) -> NDArray[np.bool_]:
    """Which points lie inside at least one ball around a centre that reaches the centre's k-th neighbour.

    The mean over fakes is precision, over reals recall. Arguments and Raises: see `precision_recall`.

    Returns:
        bool (n,), a value a point.
    """
    points, centres = np.asarray(points, np.float64), np.asarray(centres, np.float64)
    radii = np.partition(squared_distances(centres, centres), k, axis=1)[:, k]  # index 0 is the centre itself
    return np.any(squared_distances(points, centres) <= radii, axis=1)


def recall_at_1(queries: ArrayLike, keys: ArrayLike, query_labels: ArrayLike, key_labels: ArrayLike) -> float:
    """Share of queries whose nearest key by cosine carries the query's label.

    Args:
        queries, keys: float (n, embed_dim), (m, embed_dim), of two modalities; no vector may be zero.
        query_labels, key_labels: (n,), (m,).

    Raises:
        ValueError: on a NaN, a zero vector, or labels that do not fit the vectors.
    """
    queries, keys = _same_width("queries", queries, "keys", keys)
    query_labels, key_labels = np.asarray(query_labels), np.asarray(key_labels)
    for name, labels, vectors in ("query_labels", query_labels, queries), ("key_labels", key_labels, keys):
        if labels.shape != (len(vectors),):
            raise ValueError(f"{name} must have one label a vector, ({len(vectors)},). Received: {labels.shape}")
    nearest = np.argmax(_unit("queries", queries) @ _unit("keys", keys).T, axis=1)  # (n,)
    return float(np.mean(query_labels == key_labels[nearest]))


def interval(successes_by_prompt: ArrayLike) -> Interval:
    """Mean success with a 95% interval over prompts, several samples a prompt.

    Samples of one prompt succeed and fail together, so they count for less than as many prompts would: the spread of
    the prompts' means tells for how many independent trials they stand, and Wilson's interval does the rest. It stays
    within [0, 1] and keeps a width when every sample succeeds; then a prompt counts as one trial.

    Args:
        successes_by_prompt: bool, or float in [0, 1], (num_prompts, num_samples); (num_prompts,) for one sample each.

    Raises:
        ValueError: if it is empty, holds a NaN or a value outside [0, 1].

    Source: Wilson 1927; Kish 1965 (effective sample size).
    """
    successes = _rows("successes_by_prompt", successes_by_prompt)
    if successes.min() < 0 or successes.max() > 1:
        raise ValueError(f"successes must lie in [0, 1]. Received: {successes.min()} to {successes.max()}")
    mean, z2 = successes.mean(), Z95**2 / _num_independent(successes)
    centre = (mean + z2 / 2) / (1 + z2)
    half_width = np.sqrt(z2 * mean * (1 - mean) + z2**2 / 4) / (1 + z2)
    low, high = np.clip(centre - half_width, 0, mean), np.clip(centre + half_width, mean, 1)  # against rounding
    return Interval(float(mean), float(low), float(high))


def by_prompt(successes: NDArray[np.bool_], scored: NDArray[np.bool_]) -> NDArray:
    """What `interval` takes where some samples are left out: each prompt's mean; with none left out, the samples.

    Args:
        successes, scored: (num_prompts, num_samples); at least one sample of each prompt is scored.

    Returns:
        float (num_prompts, 1), or `successes` as they are.
    """
    return successes if scored.all() else ((successes & scored).sum(1) / scored.sum(1))[:, None]


def agreeing(first: ArrayLike, second: ArrayLike, *others: ArrayLike) -> NDArray[np.bool_]:
    """Which rows have the same known level everywhere; what `interval` takes. Arguments and Raises: see `agreement`.

    Returns:
        bool (n,).
    """
    levels = [np.asarray(x) for x in (first, second, *others)]
    shapes = [x.shape for x in levels]
    if len(set(shapes)) > 1 or len(levels[0]) == 0:
        raise ValueError(f"agreement compares row by row; give arrays of one shape, not empty. Received: {shapes}")
    same = np.all([(x == levels[0]) & (x != text.UNKNOWN) for x in levels], axis=0)
    return same.reshape(len(same), -1).all(axis=1)


def agreement(first: ArrayLike, second: ArrayLike, *others: ArrayLike) -> float:
    """Share of rows in which all modalities tell the same levels: the joint coherence of imagined triples.

    Args:
        first, second, *others: int (n,) or (n, num_facts), the levels that a judge reads in each modality; -1, unknown,
            agrees with nothing, itself included.

    Raises:
        ValueError: if the shapes differ or there are no rows.

    >>> agreement([3, 8, -1], [3, 5, -1])
    0.3333333333333333
    """
    return float(np.mean(agreeing(first, second, *others)))


def grammatical_share(captions: Sequence[str]) -> float:
    """Share of captions, a list of strings, that the grammar accepts. ValueError for an empty list."""
    if isinstance(captions, str) or len(captions) == 0:
        raise ValueError(f"captions must be a list of at least one string. Received: {captions!r}")
    return float(np.mean([text.accepts(caption) for caption in captions]))


def nearest_distance(samples: ArrayLike, training_images: ArrayLike, chunk: int = 256) -> NDArray[np.float64]:
    """Distance of each sample to the nearest training image; 0 is a copy. Read it next to held-out real images.

    Args:
        samples, training_images: float (n, height, width, channels), (m, height, width, channels), in one range.
        chunk: samples compared at a time, so that memory stays at chunk · m numbers.

    Returns:
        float64 (n,): L2 per pixel, that is the root of the mean squared difference.

    Raises:
        ValueError: on a NaN or if the sizes of the images differ.
    """
    samples, training = _same_width("samples", samples, "training_images", training_images)
    half_norms = np.sum(training**2, axis=1) / 2
    nearest = [  # |s - t|² / 2 = |s|² / 2 + |t|² / 2 - s·t, and |s|² is the same for every t
        np.argmin(half_norms - samples[i : i + chunk] @ training.T, axis=1) for i in range(0, len(samples), chunk)
    ]
    return np.sqrt(np.mean((samples - training[np.concatenate(nearest)]) ** 2, axis=1))


def mode_coverage(samples: ArrayLike, modes: ArrayLike, radius: float) -> ModeCoverage:
    """Which of the known modes of a toy (ring, grid) a generator hits: a sample hits its nearest mode within `radius`.

    Args:
        samples, modes: float (n, dim), (num_modes, dim).
        radius: positive float; three standard deviations of a mode is usual.

    Returns:
        `ModeCoverage`: number of modes hit by one sample or more, share of samples that hit one.

    Raises:
        ValueError: on a NaN, a radius that is not positive, or points of different dimension.

    Source: Srivastava et al. 2017 (VEEGAN), section 4.1.
    """
    samples, modes = _same_width("samples", samples, "modes", modes)
    if not radius > 0:
        raise ValueError(f"radius must be positive; try 3 standard deviations of a mode. Received: radius={radius}")
    squared = squared_distances(samples, modes)  # (n, num_modes)
    hits = squared.min(axis=1) <= radius**2
    return ModeCoverage(len(np.unique(squared.argmin(axis=1)[hits])), float(hits.mean()))


def squared_distances(a: NDArray, b: NDArray) -> NDArray:
    """Of all rows of two arrays, (n, dim) and (m, dim), as (n, m).

    By differences, row by row: the faster |a|² + |b|² - 2ab loses equal points in rounding.
    """
    return np.stack([np.sum((b - row) ** 2, axis=1) for row in a])


def _symmetric_root(matrix):
    """The root of a covariance; rounding may leave eigenvalues a hair below 0."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T


def _num_independent(successes):
    """For how many independent trials (num_prompts, num_samples) stand: p (1 - p) / variance of the mean."""
    means = successes.mean(axis=1)
    if np.ptp(means) == 0:
        return len(means)  # nothing to estimate a spread from: be careful, one trial a prompt
    mean = means.mean()
    return min(mean * (1 - mean) * len(means) / means.var(ddof=1), successes.size)


def _unit(name, vectors):
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if norms.min() == 0:
        raise ValueError(f"{name} hold a zero vector, which has no direction; embed it again. Received: |v|=0")
    return vectors / norms


def _rows(name, values, at_least=1):
    """As float64 (n, numbers of a row), checked."""
    values = np.asarray(values, np.float64)
    if values.ndim == 0 or len(values) < at_least:
        raise ValueError(f"{name} needs at least {at_least} rows; give more samples. Received: shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite; leave others out. Received: {np.sum(~np.isfinite(values))} not so")
    return values.reshape(len(values), -1)


def _same_width(first_name, first, second_name, second, at_least=1):
    """Both as checked float64 rows of one width."""
    if np.shape(first)[1:] != np.shape(second)[1:]:
        shapes = f"{np.shape(first)} and {np.shape(second)}"
        raise ValueError(f"{first_name} and {second_name} must agree in all axes but the first. Received: {shapes}")
    return _rows(first_name, first, at_least), _rows(second_name, second, at_least)
