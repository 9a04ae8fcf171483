"""What prompts leave open: a model's answers, held against the real examples which each prompt allows.

A model pays two debts: what a prompt says must hold, and what it leaves open must vary as it does in the world. This is
the second. `measure` and `agreement` take the samples of any model and facts of your own:

    world = left_open.World.of(pairs, {"image": my_judge})         # pairs with "facts": {fact: int (N,)}
    said = {"colour": [0, 1], "shape": [-1, -1]}                   # "a red thing", "a green thing": no shape
    samples = {"image": gan.generate(prompts, to="image", count=50)}
    left_open.measure(said, samples, world)                        # {"class": …, "levels": …, "spread": …}
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmgan_lite import modalities
from mmgan_lite.datasets import captions
from mmgan_lite.datasets.digits import load_digits
from mmgan_lite.evaluation import judges, metrics, variety

BARE, ONE_FACT = "bare", "one fact"  # captions: "a three"; "a thin three", "a woman says a three", …
SAMPLES = {BARE: 50, ONE_FACT: 5}  # for each sample that another prompt is given: there are ten bare captions
TOGETHER = {BARE: 40, "image": 2, "speech": 2}  # draws of several modalities at once, a prompt


@dataclasses.dataclass(frozen=True)
class World:
    """Real examples, as judges see them.

    Attributes:
        facts: {fact: int (N,)}, what is true of each example, -1 where nobody knows.
        told: {modality: {fact: int (N,)}}, what a judge reads in each.
        features: {modality: float (N, num_features)}, of modalities that have them.
        judges: {modality: a function of samples}, to (levels {fact: int (n,)}, features float (n, num_features) or
            None).
    """

    facts: Mapping
    told: Mapping
    features: Mapping
    judges: Mapping[str, Callable]

    @classmethod
    def of(cls, pairs: Mapping, judges: Mapping[str, Callable]) -> "World":
        """The world of a pairs dict.

        Args:
            pairs: N rows that have every modality: {modality: samples}, and "facts": {fact: int (N,)}; without any,
                "label" is the only fact.
            judges: As above.

        Raises:
            ValueError: for pairs without facts and labels, or a judge of a modality that the pairs lack.
        """
        facts = pairs.get("exact_facts", pairs.get("facts", {"label": pairs["label"]} if "label" in pairs else None))
        if facts is None:
            told = "without facts nobody knows what a prompt leaves open"
            raise ValueError(f'{told}; give pairs["facts"] = {{fact: int (n,)}}. Received: {", ".join(pairs)}')
        missing = [name for name in judges if name not in pairs]
        if missing:
            raise ValueError(f"judges read modalities of the pairs, {', '.join(pairs)}. Received: {missing[0]!r}")
        seen = {name: judge(pairs[name]) for name, judge in judges.items()}
        told = {name: levels for name, (levels, _) in seen.items()}
        return cls(facts, told, {name: x for name, (_, x) in seen.items() if x is not None}, judges)

    def read(self, modality: str, samples: Any) -> tuple[dict, NDArray | None]:
        """What a judge sees in samples (n, count, …): levels {fact: int (n, count)}, features (n, count, …) or None."""
        rows = isinstance(samples, np.ndarray)
        flat = samples.reshape(-1, *samples.shape[2:]) if rows else [sample for row in samples for sample in row]
        levels, features = self.judges[modality](flat)
        shape = len(samples), -1
        levels = {fact: np.asarray(level).reshape(shape) for fact, level in levels.items()}
        return levels, None if features is None else features.reshape(*shape, features.shape[-1])


def measure(said: Mapping, samples: Mapping, world: World, seed: int = 0) -> dict:
    """How the answers to n prompts vary, beside the real examples which these allow.

    Args:
        said: {fact: int (n,)}, what each prompt says, -1 where it is silent; the first fact is the class.
        samples: {modality: samples (n, count, …)}, as `generate` returns them.
        world: The real examples.
        seed: Of real answers that are drawn, and of the intervals.

    Returns:
        {"class": {modality: {"value" (share of answers that tell the class which was said), "low", "high" (95%,
        `metrics.interval` over prompts), "prompts"}}, "levels": {modality: `variety.levels_left_open`}, "spread":
        {modality: `variety.spread`}}; no spread for a judge without features, or for one sample a prompt.

    Raises:
        ValueError: as those.
    """
    classes, levels, widths = {}, {}, {}
    for name, made in samples.items():
        told, features = world.read(name, made)
        classes[name] = _class_right(said, told)
        levels[name] = variety.levels_left_open(said, told, world.facts, world.told[name], seed)
        if features is not None and features.shape[1] > 1:
            widths[name] = variety.spread(said, features, world.facts, world.features[name], seed)
    return {"class": classes, "levels": levels, "spread": widths}


def _class_right(said, told):
    """Variety without obedience is easily had: the share of answers that tell the right class stands beside it."""
    kind, asked = next((fact, np.asarray(level)) for fact, level in said.items())
    known = asked != captions.UNKNOWN
    if kind not in told or not known.any():
        return {}
    found = metrics.interval(told[kind][known] == asked[known, None])
    return {"value": found.mean, "low": found.low, "high": found.high, "prompts": int(known.sum())}


def agreement(said: Mapping, samples: Mapping, world: World) -> dict:
    """Whether several modalities, drawn together, tell the same of what was left open.

    Args:
        said, world: As for `measure`.
        samples: {modality: samples (n, count, …)}, draw beside draw: what `generate(…, to=("image", "text"))` returns.

    Returns:
        {"image+text": `variety.agreement_left_open`, …}, for all pairs of the modalities that share an open fact.
    """
    told = {name: world.read(name, made)[0] for name, made in samples.items()}
    pairs = itertools.combinations(told, 2)
    found = {f"{a}+{b}": variety.agreement_left_open(said, told[a], told[b]) for a, b in pairs}
    return {name: cells for name, cells in found.items() if cells}


# ---- the digits


@functools.cache
def digits_world(splits: tuple[str, ...]) -> World:
    """The world of the embedded digits in these splits, as the kit's judges see it."""
    parts = [load_digits(split) for split in splits]
    pairs = {name: np.concatenate([part[name] for part in parts]) for name in judges.READ}
    facts = {fact: np.concatenate([part["exact_facts"][fact] for part in parts]) for fact in captions.FACTS}
    return World.of({**pairs, "facts": facts}, {name: _examiner(name) for name in judges.READ})


def _examiner(name):
    return lambda samples: judges.examine(name, samples)


def prompts_of(source: str, pairs: Mapping) -> tuple[dict, dict]:
    """Prompts that leave something open, and what they say.

    Args:
        source: "bare" or "one fact" (captions, in the words of the grammar), "image" or "speech".
        pairs: Of the digits.

    Returns:
        ({modality: n prompts}, {fact: int (n,)}).
    """
    if source not in SAMPLES:
        return {source: pairs[source]}, {f: pairs["exact_facts"][f] for f in modalities.known()[source].facts}
    silent = {fact: captions.UNKNOWN for fact in captions.FACTS}
    rows = [silent | {"digit": digit, **more} for digit in np.unique(pairs["label"]) for more in _told_beside(source)]
    drawn = captions.draw({fact: np.array([row[fact] for row in rows]) for fact in silent}, np.random.default_rng(0), 1)
    words = captions.decode(drawn)
    return {"text": words}, judges.read_text(words)


def _told_beside(source):
    """What captions of the source tell beside the digit: nothing, or one fact at each level that has a word."""
    said = {(fact, level) for fact, words in captions.SLOTS.values() for level in words if fact != "digit"}
    return [{}] if source == BARE else [{fact: level} for fact, level in sorted(said)]


def section(
    gan: Any, real: Mapping, reference: Mapping, world: World, made: Mapping, imagined: Mapping, count: int, seed: int
) -> dict:
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
        {"class": {"bare→image": …, …}, "levels": {"bare→image": {fact: …}, …}, "spread": {"bare→image": …, …}} as
        `measure` returns them, {"agreement": {"bare→image+text": {fact: …}, …}} as `agreement` does, and "frechet" and
        "precision_recall" for bare captions, as `likeness` does.
    """
    targets, figures = tuple(world.judges), {"class": {}, "levels": {}, "spread": {}, "agreement": {}}
    for source in (BARE, ONE_FACT, "image", "speech"):
        prompts, said = prompts_of(source, real)
        if source in SAMPLES:
            more = {"count": SAMPLES[source] * count, "seed": seed}
            made = {**made, **{(source, to): gan.generate(prompts, to=to, **more) for to in targets}}
        for kind, found in measure(said, {to: made[source, to] for to in targets}, world, seed).items():
            figures[kind] |= {f"{source}→{to}": cells for to, cells in found.items() if cells}
        if source in TOGETHER:
            drawn = gan.generate(prompts, to=_others(source, targets), count=TOGETHER[source], seed=seed)
            figures["agreement"] |= {f"{source}→{to}": cells for to, cells in agreement(said, drawn, world).items()}
    for kind, found in _of_nobody(imagined, world, seed).items():
        figures[kind] |= {f"imagined→{name}": cells for name, cells in found.items()}
    return {**figures, **likeness(real, reference, {to: made[BARE, to] for to in world.features}, seed)}


def _others(source, targets):
    """What to ask for at once: a sense that is given leaves nothing open in itself."""
    return tuple(to for to in targets if to != source)


def _of_nobody(imagined, world, seed):
    """Levels and agreement of imagined things, two by two, as if a prompt without a word had asked for each two."""
    number = len(next(iter(imagined.values()))) // 2
    pairs = {name: [samples[2 * row : 2 * row + 2] for row in range(number)] for name, samples in imagined.items()}
    pairs = {name: np.array(rows) if isinstance(imagined[name], np.ndarray) else rows for name, rows in pairs.items()}
    said = {"digit": np.full(number, captions.UNKNOWN)}
    return {"levels": measure(said, pairs, world, seed)["levels"], "agreement": agreement(said, pairs, world)}


def likeness(real: Mapping, reference: Mapping, samples: Mapping, seed: int = 0) -> dict:
    """Fréchet distance, precision and recall of answers to bare captions, beside those of other real examples.

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
    return {"value": found.mean, "low": found.low, "high": found.high, "floor": least, "ratio": found.mean / least}


def _shares(real, fake, floor):
    """Precision: of fakes that look real; recall: of reals that the fakes come near to."""
    return {"precision": _share(fake, real, floor, real), "recall": _share(real, fake, real, floor)}


def _share(points, centres, real_points, real_centres):
    found, real = metrics.interval(_covered(points, centres)), _covered(real_points, real_centres)
    return {"value": found.mean, "low": found.low, "high": found.high, "real": float(real.mean())}


def _covered(points, centres):
    flat = [x.reshape(-1, x.shape[-1]) for x in (points, centres)]
    return metrics.covered(*flat).reshape(points.shape[:2])
