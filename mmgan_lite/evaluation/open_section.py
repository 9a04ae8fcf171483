"""The section "open" of `evaluate`: what is left open by captions that say little, by images and by sounds."""

import functools
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.datasets import captions
from mmgan_lite.datasets.digits import load_digits
from mmgan_lite.evaluation import judges, left_open, metrics, variety

BARE, ONE_FACT, TWO_FACTS = "bare", "one fact", "two facts"  # "a three"; "a thin three"; "a thin three leaning left"
SAMPLES = {BARE: 50, ONE_FACT: 5, TWO_FACTS: 5}  # for each that another prompt gets: there are ten bare captions
TOGETHER = {BARE: 40, "image": 2, "speech": 2}  # draws of several modalities at once, a prompt


@functools.cache
def digits_world(splits: tuple[str, ...]) -> left_open.World:
    """The world of the embedded digits in these splits, as the kit's judges see it."""
    parts = [load_digits(split) for split in splits]
    pairs = {name: np.concatenate([part[name] for part in parts]) for name in judges.READ}
    facts = {fact: np.concatenate([part["exact_facts"][fact] for part in parts]) for fact in captions.FACTS}
    examiners = {name: functools.partial(judges.examine, name) for name in judges.READ}
    return left_open.World.of({**pairs, "facts": facts}, examiners)


def prompts_of(source: str, pairs: Mapping) -> tuple[dict, dict]:
    """Prompts that leave something open, and what they say.

    Args:
        source: "bare", "one fact" or "two facts" (captions, in the words of the grammar), "image" or "speech".
        pairs: Of the digits.

    Returns:
        ({modality: n prompts}, {fact: int (n,)}).
    """
    if source not in SAMPLES:
        return {source: pairs[source]}, {f: pairs["exact_facts"][f] for f in modalities.known()[source].facts}
    silent = {fact: captions.UNKNOWN for fact in captions.FACTS}
    rows = [silent | {"digit": digit, **more} for digit in np.unique(pairs["label"]) for more in _also_told(source)]
    drawn = captions.draw({fact: np.array([row[fact] for row in rows]) for fact in silent}, np.random.default_rng(0), 1)
    words = captions.decode(drawn)
    return {"text": words}, judges.read_text(words)


def _also_told(source):
    """What captions of the source tell besides the digit: nothing; or a fact at each level that has a word, or two.

    Two facts are of one picture, or of one sound.
    """
    said = {(fact, level) for fact, words in captions.SLOTS.values() for level in words if fact != "digit"}
    if source != TWO_FACTS:
        return [{}] if source == BARE else [{fact: level} for fact, level in sorted(said)]
    shown = [set(record.facts) for record in modalities.known().values() if not record.in_words]
    pairs = [dict(pair) for pair in itertools.combinations(sorted(said), 2)]
    return [pair for pair in pairs if len(pair) == 2 and any(set(pair) <= facts for facts in shown)]


def section(
    gan: Any, *, real: Mapping, reference: Mapping, world: left_open.World, made: Mapping, imagined: Mapping,
    count: int, seed: int,
) -> dict:  # fmt: skip
    """The section "open" of `evaluate`.

    Args:
        gan: A model of the digits; `gan.generate(prompts, to, count, seed)` answers in several modalities at once.
        real: The pairs of the split to measure on.
        reference: Further real examples: the floor of Fréchet distance, precision and recall.
        world: All real examples that may be known.
        made: {(source, target): samples (n, count, …)}, what images and sounds of `real` were answered with.
        imagined: {modality: n samples}, as `imagine` returns them: answers to nobody, so that everything is open.
        count: Samples a prompt; captions, of which there are few, get more (`SAMPLES`).
        seed: Of all samples.

    Returns:
        {"said": {"bare→image": {fact: …}, …}, "levels": {"bare→image": {fact: …}, …}, "spread": {"bare→image": …, …}}
        as `left_open.measure` returns them, {"agreement": {"bare→image+text": {fact: …}, …}} as `left_open.agreement`
        does, each also for things that nobody asked for ("imagined→…"), and "frechet" and "precision_recall" for bare
        captions, as `likeness` does.
    """
    targets, figures = tuple(world.judges), {"said": {}, "levels": {}, "spread": {}, "agreement": {}}
    for source in (*SAMPLES, "image", "speech"):
        prompts, said = prompts_of(source, real)
        if source in SAMPLES:
            more = {"count": SAMPLES[source] * count, "seed": seed}
            made = {**made, **{(source, to): gan.generate(prompts, to=to, **more) for to in targets}}
        measured = left_open.measure(said, {to: made[source, to] for to in targets}, world, seed)
        if source not in SAMPLES:  # what images and sounds say is scored in `coherence`, away from the levels' borders
            del measured["said"]
        for kind, found in measured.items():
            figures[kind] |= {f"{source}→{to}": cells for to, cells in found.items() if cells}
        if source in TOGETHER:
            drawn = gan.generate(prompts, to=_others(source, targets), count=TOGETHER[source], seed=seed)
            agreed = left_open.agreement(said, drawn, world)
            figures["agreement"] |= {f"{source}→{to}": cells for to, cells in agreed.items()}
    for kind, found in _of_nobody(imagined, world, seed).items():
        figures[kind] |= {f"imagined→{name}": cells for name, cells in found.items()}
    return {**figures, **likeness(real, reference, {to: made[BARE, to] for to in world.features}, seed)}


def _others(source, targets):
    """What to ask for at once: a modality that is given leaves nothing open in itself."""
    return tuple(to for to in targets if to != source)


def _of_nobody(imagined, world, seed):
    """Levels and agreement of imagined things, two by two, as if a prompt without a word had asked for each two."""
    number = len(next(iter(imagined.values()))) // 2
    pairs = {name: [samples[2 * row : 2 * row + 2] for row in range(number)] for name, samples in imagined.items()}
    pairs = {name: np.array(rows) if isinstance(imagined[name], np.ndarray) else rows for name, rows in pairs.items()}
    said = {"digit": np.full(number, captions.UNKNOWN)}
    return {
        "levels": left_open.measure(said, pairs, world, seed)["levels"],
        "agreement": left_open.agreement(said, pairs, world),
    }


def likeness(real: Mapping, reference: Mapping, samples: Mapping, seed: int = 0) -> dict:
    """Squared Fréchet distance, precision and recall of answers to bare captions, next to those of other real examples.

    All sets are of one size, and hold as many of each digit.

    Args:
        real, reference: Pairs of the digits.
        samples: {modality: samples (10, count, …)}, a row a digit.
        seed: Of the intervals.

    Returns:
        {"frechet": {"bare→image": {"value", "low", "high" (95%, `variety.bootstrap` over prompts, with their real
        examples), "floor" (of the reference), "ratio" (value over floor)}, …}, "precision_recall": {"bare→image":
        {"precision": {"value", "low", "high" (`metrics.interval` over prompts), "real" (of the reference)}, "recall":
        …}, …}}.
    """
    distances, shares = {}, {}
    for name, made in samples.items():
        number = min(len(made[0]), *(np.bincount(pairs["label"]).min() for pairs in (real, reference)))
        rows = {"real": _by_digit(real, name, number), "floor": _by_digit(reference, name, number)}
        rows["fake"] = made[:, :number]
        features = {of: judges.features(name, x.reshape(-1, *x.shape[2:])).reshape(*x.shape[:2], -1)
                    for of, x in rows.items()}  # fmt: skip
        distances[f"{BARE}→{name}"] = _frechet(**features, seed=seed)
        shares[f"{BARE}→{name}"] = _shares(**features)
    return {"frechet": distances, "precision_recall": shares}


def _by_digit(pairs, name, number):
    """The first `number` samples of each digit: (10, number, …)."""
    return np.stack([pairs[name][pairs["label"] == digit][:number] for digit in np.unique(pairs["label"])])


def _frechet(real, fake, floor, seed):
    def distance(rows, other=fake):
        return metrics.frechet_distance(*(x[rows].reshape(-1, x.shape[-1]) for x in (real, other)))

    found, least = variety.bootstrap(distance, len(real), seed), distance(slice(None), floor)
    return {**found.as_dict(), "floor": least, "ratio": found.mean / least}


def _shares(real, fake, floor):
    """Precision: of fakes that look real; recall: of reals that the fakes come near to."""
    return {"precision": _share(fake, real, floor, real), "recall": _share(real, fake, real, floor)}


def _share(points, centres, real_points, real_centres):
    found, real = metrics.interval(_covered(points, centres)), _covered(real_points, real_centres)
    return {**found.as_dict(), "real": float(real.mean())}


def _covered(points, centres):
    flat = [x.reshape(-1, x.shape[-1]) for x in (points, centres)]
    return metrics.covered(*flat).reshape(points.shape[:2])
