"""Variety: how what a prompt leaves open varies, next to real examples that the prompt allows. Plain NumPy.

Levels are whole numbers from 0, and -1 where nothing is told. n prompts say some facts, and each was answered `count`
times; N real examples are known by their facts. `left_open` asks a model; notebook 10 measures with it.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmgan_lite import conditions
from mmgan_lite.datasets.captions import UNKNOWN
from mmgan_lite.evaluation.metrics import Z95, Interval, interval

DRAWS = 10  # times that real answers are drawn: their luck is averaged out
RESAMPLES = 100  # they tell a standard error within 7%


def total_variation(real: ArrayLike, fake: ArrayLike) -> float:
    """Total variation distance between the levels of two sets: the share of one that must change to become the other.

    Args:
        real, fake: int (n,), (m,); -1, not told, is left out.

    Returns:
        float in [0, 1]: 0 for equal shares, 1 for sets that have no level in common.

    Raises:
        ValueError: if one of them tells nothing.

    >>> total_variation([0, 0, 1, 1], [0, 0, 0, 1])
    0.25
    """
    sets = [np.asarray(levels)[np.asarray(levels) != UNKNOWN] for levels in (real, fake)]
    if not all(map(len, sets)):
        raise ValueError(f"both sets need a level. Received: {len(sets[0])} and {len(sets[1])} levels")
    number = max(levels.max() for levels in sets) + 1
    first, second = (np.bincount(levels, minlength=number) / len(levels) for levels in sets)
    return float(np.abs(first - second).sum() / 2)


def bootstrap(statistic: Callable, num_prompts: int, seed: int = 0) -> Interval:
    """A figure with a 95% interval over prompts: the figure ± 1.96 standard errors, which resampled prompts tell.

    A distance between shares is never below 0, so that noise lifts it, and lifts it once more in every resample: the
    ends of the resamples would leave the figure itself outside. Read such a figure next to its floor, which noise lifts
    as high.

    Args:
        statistic: A function of numbers of prompts, int (num_prompts,), to a float of at least 0.
        num_prompts: How many there are.
        seed: Of the resamples.

    Source: Efron 1979.
    """
    rng, everyone = np.random.default_rng(seed), np.arange(num_prompts)
    value = float(statistic(everyone))
    found = [statistic(rng.choice(everyone, num_prompts)) for _ in range(RESAMPLES)]
    half_width = Z95 * float(np.std(found)) * np.sqrt(num_prompts / max(num_prompts - 1, 1))
    return Interval(value, max(value - half_width, 0.0), value + half_width)


# ---- facts


def allowed(said: Mapping, facts: Mapping) -> NDArray[np.bool_]:
    """Which real examples each prompt allows: those that contradict nothing that it says.

    Args:
        said: {fact: int (n,)}, what the prompts say.
        facts: {fact: int (N,)}, what is true of the real examples; at least the facts that `said` names.

    Returns:
        bool (n, N).

    Raises:
        ValueError: if the prompts say a fact that nobody knows of the real examples.
    """
    unknown = [fact for fact in said if fact not in facts]
    if unknown:
        raise ValueError(f"real examples must be known by every fact that a prompt says. Received: no {unknown[0]!r}")
    asked, true = (np.stack([np.asarray(of[fact], "int32") for fact in said], 1) for of in (said, facts))
    return conditions.facts_agree(asked, true).numpy()


def levels_left_open(said: Mapping, told: Mapping, facts: Mapping, real_told: Mapping, *, seed: int = 0) -> dict:
    """How far the levels of what was left open lie from those of real answers, within each class.

    A real answer to a prompt is drawn among the real examples which it allows. Prompts that allow fewer than twice
    `count` of them are left out.

    Args:
        said: {fact: int (n,)}, what the prompts say; the first fact is the class, such as the digit.
        told: {fact: int (n, count)}, what the answers tell, of any facts.
        facts: {fact: int (N,)}, what is true of the real examples.
        real_told: {fact: int (N,)}, what they tell, read as the answers are.
        seed: Of the drawn real answers and of the intervals.

    Returns:
        {fact: {"value" (total variation distance of the levels to as many real answers, within a class, averaged over
        classes), "low", "high" (95%, `bootstrap` over prompts), "floor" (of further real answers in place of the
        model's), "timid" (of a model that always gives the commonest level of a class), "told", "real_told" (shares of
        answers that tell the fact at all; a class of which nothing is told counts as distance 1), "levels": {"real",
        "samples", "floor"} (shares of the levels over all prompts), "prompts" (their number)}}, for facts that some
        prompts do not say and that real answers tell.

    Raises:
        ValueError: if no prompt allows real examples enough, or says a fact that nobody knows of them.
    """
    number, count = next(iter(told.values())).shape
    fits = allowed(said, facts)
    enough = fits.sum(1) >= 2 * count
    if not enough.any():
        raise ValueError(
            "real answers are drawn twice, as many as there are samples: take fewer samples a prompt, or more real "
            f"examples. Received: {count} samples a prompt, {fits.sum(1).max()} real examples that one allows at most"
        )
    rng = np.random.default_rng(seed)
    rows = np.stack([_draw(fits[enough], 2 * count, rng) for _ in range(DRAWS)])  # (DRAWS, n, 2 * count)
    classes = np.asarray(next(iter(said.values())))
    cells = {}
    for fact in told:
        asked = np.asarray(said.get(fact, np.full(number, UNKNOWN)))
        kept, drawn = enough & (asked == UNKNOWN), real_told[fact][rows[:, asked[enough] == UNKNOWN]]
        if (drawn != UNKNOWN).any():
            cells[fact] = _compared(told[fact][kept], drawn[..., :count], drawn[..., count:], classes[kept], seed)
    return cells


def _draw(fits, count, rng):
    """For each prompt, `count` different real examples which it allows: int (n, count)."""
    luck = np.where(fits, rng.random(fits.shape), 2.0)
    chosen = np.argpartition(luck, count - 1, axis=1)[:, :count]
    return np.take_along_axis(chosen, np.take_along_axis(luck, chosen, 1).argsort(1), 1)


def _compared(told, real, other, classes, seed):
    """A cell of `levels_left_open`: told (n, count), real answers and further ones (DRAWS, n, count)."""
    levels = max(told.max(), real.max(), other.max()) + 1
    samples, real, other = (_counts(x, levels) for x in (told, real, other))  # (n, levels), (DRAWS, n, levels) twice
    _, number = np.unique(classes, return_inverse=True)
    members = np.eye(number.max() + 1)[number]  # (n, classes)
    commonest = (members.T @ (real + other)).sum(0).argmax(-1)[number]  # (n,)
    timid = np.eye(samples.shape[-1])[commonest]

    def distance(counts, prompts=slice(None)):
        return _distance(counts[..., prompts, :], real[:, prompts], members[prompts])

    found = bootstrap(lambda prompts: distance(samples, prompts), len(classes), seed)
    return {
        **found._replace(high=min(found.high, 1.0)).as_dict(),
        "floor": distance(other), "timid": distance(timid),
        "told": float(samples.sum() / told.size), "real_told": float(real[0].sum() / told.size),
        "levels": {"real": _shares(real), "samples": _shares(samples), "floor": _shares(other[0])},
        "prompts": len(classes),
    }  # fmt: skip


def _counts(told, levels):
    """How often each prompt's answers (…, n, count) tell each level: float (…, n, levels)."""
    return np.stack([(told == level).sum(-1) for level in range(levels)], -1).astype(float)


def _shares(counts):
    total = counts.reshape(-1, counts.shape[-1]).sum(0)
    return (total / max(total.sum(), 1)).tolist()


def _distance(counts, real, members):
    """Total variation within each class, averaged over classes by their prompts, and over the draws of real answers."""
    a, b = members.T @ counts, members.T @ real  # (classes, levels), (DRAWS, classes, levels)
    here, there = a.sum(-1, keepdims=True), b.sum(-1, keepdims=True)
    distances = np.abs(a / np.maximum(here, 1) - b / np.maximum(there, 1)).sum(-1) / 2
    distances = np.where(here[..., 0] > 0, distances, 1.0)
    weights = members.sum(0) * (there[..., 0] > 0)  # where no real answer tells it, there is nothing to compare
    return float((distances * weights).sum() / max(weights.sum(), 1))


# ---- features


def spread(said: Mapping, features: ArrayLike, facts: Mapping, real_features: ArrayLike, *, seed: int = 0) -> dict:
    """How widely the answers to one prompt lie, over how widely the real examples which it allows do.

    Args:
        said: {fact: int (n,)}, what the prompts say.
        features: float (n, count, num_features) of the answers, count at least 2.
        facts: {fact: int (N,)}, what is true of the real examples.
        real_features: float (N, num_features).
        seed: Of the interval.

    Returns:
        {"value" (standard deviation of the features within a prompt, over the real one; 1 is right), "low", "high"
        (95%, `bootstrap` over prompts), "prompts"}; prompts that allow a single real example are left out.
    """
    fits = allowed(said, facts)
    kept = fits.sum(1) >= 2
    if np.shape(features)[1] < 2 or not kept.any():
        raise ValueError(
            "a spread needs two samples a prompt, and two real examples that it allows. "
            f"Received: {np.shape(features)[1]} samples a prompt, {fits.sum(1).max()} real examples at most"
        )
    fits, real = fits[kept].astype(float), np.asarray(real_features, float)
    known = fits.sum(1)
    means = fits @ real / known[:, None]  # (n, num_features)
    real_variance = (fits @ (real**2).sum(1) / known - (means**2).sum(1)) * known / (known - 1)
    variance = np.asarray(features, float)[kept].var(axis=1, ddof=1).sum(-1)  # (n,)
    found = bootstrap(lambda rows: np.sqrt(variance[rows].mean() / real_variance[rows].mean()), int(kept.sum()), seed)
    return {**found.as_dict(), "prompts": int(kept.sum())}


# ---- agreement


def agreement_left_open(said: Mapping, first: Mapping, second: Mapping) -> dict:
    """Whether two modalities of one draw tell the same of what the prompt left open.

    Args:
        said: {fact: int (n,)}, what the prompts say.
        first, second: {fact: int (n, count)}, what the answers tell, draw for draw; count at least 2.

    Returns:
        {fact: {"value" (share of draws that agree, where both tell the fact), "low", "high" (95%, `metrics.interval`
        over prompts), "chance" (the same for answers to one prompt of different draws, which know nothing of each
        other), "told" (share of draws in which both tell it), "prompts"}}, for facts that both tell somewhere.

    MUNITE (2026) calls it 1→N coherence.
    """
    cells = {}
    for fact in first:
        if fact not in second:
            continue
        kept = np.asarray(said.get(fact, np.full(len(first[fact]), UNKNOWN))) == UNKNOWN
        cell = _agreeing(first[fact][kept], second[fact][kept])
        cells |= {fact: cell} if cell else {}
    return cells


def _agreeing(first, second):
    """A cell of `agreement_left_open`; {} where the two never tell the fact together."""
    same, both = _pairs(first[..., None], second[..., None])
    if not both.any():
        return {}
    every_same, every_both = _pairs(first, second)
    apart = every_both.sum() - both.sum()
    prompts = both > 0
    found = interval((same[prompts] / both[prompts])[:, None])
    return {
        **found.as_dict(),
        "chance": float((every_same.sum() - same.sum()) / max(apart, 1)),
        "told": float(both.sum() / first.size), "prompts": int(prompts.sum()),
    }  # fmt: skip


def _pairs(first, second):
    """Of all pairs (a of first, b of second) in the last axis: how many agree, and how many tell at all, (n,) each."""
    a, b = first[..., :, None], second[..., None, :]
    both = (a != UNKNOWN) & (b != UNKNOWN)
    axes = tuple(range(1, both.ndim))
    return ((a == b) & both).sum(axes), both.sum(axes)
