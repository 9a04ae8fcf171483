"""What prompts leave open: a model's answers, held against the real examples which each prompt allows.

A model pays two debts: what a prompt says must hold, and what it leaves open must vary as it does in the world. This is
the second. `measure` and `agreement` take the samples of any model and facts of your own:

    world = left_open.World.of(pairs, {"image": my_judge})         # pairs with "facts": {fact: int (N,)}
    said = {"colour": [0, 1], "shape": [-1, -1]}                   # "a red thing", "a green thing": no shape
    samples = {"image": gan.generate(prompts, to="image", count=50)}
    left_open.measure(said, samples, world)                        # {"said": …, "levels": …, "spread": …}
"""

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmgan_lite.datasets import captions
from mmgan_lite.evaluation import metrics, variety


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
            pairs: N rows that have every modality: {modality: samples}, and "facts": {fact: int (N,)}, or, before
                these, "exact_facts" as `load_digits` has them; without any, "label" is the only fact.
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
    """How the answers to n prompts vary, next to the real examples which these allow.

    Args:
        said: {fact: int (n,)}, what each prompt says, -1 where it is silent; the first fact is the class.
        samples: {modality: samples (n, count, …)}, as `generate` returns them.
        world: The real examples.
        seed: Of real answers that are drawn, and of the intervals.

    Returns:
        {"said": {modality: {fact: {"value" (share of answers that tell what was said), "low", "high" (95%,
        `metrics.interval` over prompts), "prompts"}}}, "levels": {modality: `variety.levels_left_open`}, "spread":
        {modality: `variety.spread`}}; no spread for a judge without features, or for one sample a prompt.

    Raises:
        ValueError: as those.
    """
    obeyed, levels, widths = {}, {}, {}
    for name, made in samples.items():
        told, features = world.read(name, made)
        obeyed[name] = said_and_told(said, told)
        levels[name] = variety.levels_left_open(said, told, world.facts, world.told[name], seed=seed)
        if features is not None and features.shape[1] > 1:
            widths[name] = variety.spread(said, features, world.facts, world.features[name], seed=seed)
    return {"said": obeyed, "levels": levels, "spread": widths}


def said_and_told(said: Mapping, told: Mapping) -> dict:
    """Variety without obedience is easily had: the share of answers that tell what was said stands next to it.

    Args:
        said: {fact: int (n,)}, as for `measure`.
        told: {fact: int (n, count)}, what the answers tell; the class always counts, of other facts only what is told.

    Returns:
        {fact: {"value", "low", "high", "prompts"}}, as `measure` does, for facts that some prompts say.
    """
    cells = {}
    for place, (fact, levels) in enumerate(said.items()):
        asked = np.asarray(levels)[:, None]
        if fact not in told or (asked == captions.UNKNOWN).all():
            continue
        counts = (asked != captions.UNKNOWN) & ((told[fact] != captions.UNKNOWN) | (place == 0))
        kept = counts.any(1)
        if kept.any():
            found = metrics.interval(metrics.by_prompt((told[fact] == asked)[kept], counts[kept]))
            cells[fact] = {**found.as_dict(), "prompts": int(kept.sum())}
    return cells


def agreement(said: Mapping, samples: Mapping, world: World) -> dict:
    """Whether several modalities, drawn together, tell the same of what was left open.

    Args:
        said, world: As for `measure`.
        samples: {modality: samples (n, count, …)}, draw for draw: what `generate(…, to=("image", "text"))` returns.

    Returns:
        {"image+text": `variety.agreement_left_open`, …}, for all pairs of the modalities that share an open fact.
    """
    told = {name: world.read(name, made)[0] for name, made in samples.items()}
    pairs = itertools.combinations(told, 2)
    found = {f"{a}+{b}": variety.agreement_left_open(said, told[a], told[b]) for a, b in pairs}
    return {name: cells for name, cells in found.items() if cells}
