"""`evaluate`: every figure of merit of a trained model on digits that it never saw, each next to what it is worth.

Prompts come from a held-out split; judges that met neither the split nor the GAN read the answers. Notebook 10.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmgan_lite import files, modalities, plots
from mmgan_lite.datasets.captions import DIGITS
from mmgan_lite.datasets.digits import load_digits
from mmgan_lite.evaluation import judges, metrics, open_section, report
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.training import saving

REFERENCE_SPLIT = {"test": "valid", "valid": "train"}  # further real examples: the floor of Fréchet distance
KNOWN_SPLITS = {"test": ("train", "valid", "test"), "valid": ("train", "valid")}  # what is real, to know its shares by
IMAGINED = 2000  # 500 could not tell 94 from 96%
FACTS_OF = {name: record.facts for name, record in modalities.records_of(judges.READ).items()}  # of what judges read


def evaluate(
    run: str | Path | MultimodalGAN,
    out: str | Path | None = None,
    *,
    split: str = "test",
    count: int = 4,
    seed: int = 0,
) -> dict:
    """Measure a model on a held-out split of the digits.

    Args:
        run: A run's folder, "pretrained", or a `MultimodalGAN` itself.
        out: Where to write the figures as JSON; a picture, `.png`, is written next to it. None writes nothing.
        split: "test", or "valid" to choose recipes on.
        count: Samples a prompt.
        seed: Of all samples.

    Returns:
        A dict of plain numbers; `report.table` prints it.
        "coherence": {"text→image": {"digit": {"value", "low", "high" (95%, over prompts), "chance" (what the same
        samples would score without looking at their prompts), "judge" (its accuracy on the real split), "shuffled"
        (control: the same samples, scored against other prompts), "prompts"}, …}, …}; "joint", much the same for
        imagined triples; "frechet", "precision_recall", "memorisation" each next to real against real; "retrieval";
        "captions"; "open", how what prompts leave open varies, see `open_section.section`
        (about half a minute of the whole).

    Raises:
        ValueError: for a model of other modalities than the digits', or an unknown split.
            Or if `out` ends in .png, as the picture next to it does.
        FileNotFoundError: if there is no run, or no folder for `out`. PermissionError: if that is read-only.
    """
    if split not in REFERENCE_SPLIT:
        raise ValueError(f'split must be "test" or "valid": the model has seen "train". Received: {split!r}')
    if out is not None:
        check_out(out)
    gan = run if hasattr(run, "generate") else saving.load(run)
    _check(gan)
    figures = {"split": split, "count": count, "seed": seed, **_measure(gan, split, count, seed)}
    if out is not None:
        write(figures, Path(out))
    return figures


def check_out(out: str | Path) -> None:
    """Raise before the work if the figures cannot be written to `out`, or their picture would take its place."""
    files.check_place(out)
    if Path(out).suffix.lower() == ".png":
        raise ValueError(f"name a .json file; the picture is written next to it, as .png. Received: {out}")


def write(figures: dict, out: Path) -> None:
    """Write the figures as JSON to `out`, and their picture next to it."""
    page = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    files.write_whole(out, lambda file: file.write(page.encode()))
    files.write_whole(out.with_suffix(".png"), lambda file: file.write(plots.png(report.figure(figures))))


def _check(gan):
    if set(gan.modalities) != set(FACTS_OF) or gan.vocabulary != DIGITS:
        raise ValueError(
            "evaluate measures models of the embedded digits, in all modalities; judge other models with mm.metrics "
            f"and mm.left_open. Received: a model of {', '.join(gan.modalities)} with {len(gan.vocabulary)} words"
        )


def _measure(gan, split, count, seed):
    real, reference = load_digits(split), load_digits(REFERENCE_SPLIT[split])
    prompts = {m: real[m] for m in FACTS_OF}
    made = {(s, t): gan.generate({s: prompts[s]}, to=t, count=count, seed=seed) for s in FACTS_OF for t in FACTS_OF}
    imagined, world = gan.imagine(IMAGINED, seed=seed), open_section.digits_world(KNOWN_SPLITS[split])
    return {
        "prompts": len(real["label"]),
        "coherence": coherence(real, made),
        "joint": joint(imagined),
        **likeness(real, reference, made),
        "memorisation": memorisation(real["image"], load_digits("train")["image"], made["text", "image"][:, 0]),
        "retrieval": retrieval({m: gan.embed({m: prompts[m]}) for m in FACTS_OF}, real["label"]),
        "captions": captions({source: made[source, "text"] for source in FACTS_OF}),
        "open": open_section.section(
            gan, real=real, reference=reference, world=world, made=made, imagined=imagined, count=count, seed=seed
        ),
    }


# ---- coherence: does a sample show what its prompt asked for?


def coherence(real: Mapping, made: Mapping[tuple[str, str], Any]) -> dict:
    """{"text→image": {fact: …}, …} for every source and target, over the facts that both can tell."""
    asked = {m: {fact: real["facts"][fact] for fact in FACTS_OF[m]} for m in FACTS_OF}
    asked["text"] = judges.read_text(real["text"])  # a caption asks for what it says
    accuracy = _accuracy(real)
    board = {}
    for (source, target), samples in made.items():
        read = _read(target, samples)
        facts = [fact for fact in FACTS_OF[source] if fact in FACTS_OF[target]]
        board[f"{source}→{target}"] = {
            fact: {**score(asked[source][fact], read[fact], silence=target == "text" and fact != "digit"),
                   "judge": accuracy[target][fact]}
            for fact in facts
        }  # fmt: skip
    return board


def _read(target, samples):
    """Levels {fact: int8 (n, count)} of samples (n, count, …)."""
    read = judges.READ[target]([sample for row in samples for sample in row])
    return {fact: level.reshape(len(samples), -1) for fact, level in read.items()}


def _accuracy(real):
    """{modality: {fact: share of the real split that the judge reads right, outside the dead bands}}."""
    said = judges.read_text(real["text"])
    answers = {m: judges.READ[m](real[m]) for m in FACTS_OF}
    known = {m: {f: real["facts"][f] >= 0 for f in FACTS_OF[m]} for m in FACTS_OF}
    known["text"] = {fact: level >= 0 for fact, level in said.items()}
    return {
        m: {f: float((answers[m][f] == real["facts"][f])[known[m][f]].mean()) for f in FACTS_OF[m]} for m in FACTS_OF
    }


def score(asked: np.ndarray, read: np.ndarray, silence: bool = False) -> dict:
    """Score what was read in samples against what their prompts asked for, at the cut.

    Args:
        asked: int (n,), -1 where a prompt does not ask; such prompts are left out.
        read: int (n, count), -1 where a sample does not say.
        silence: Leave out samples that do not say it (a caption may), rather than count them as wrong; if any says it.

    Returns:
        {"value", "low", "high", "chance", "shuffled", "prompts"}.
    """
    said = (read >= 0) & (asked >= 0)[:, None]
    scored = said if silence and said.any() else np.ones_like(said)
    kept = (asked >= 0) & scored.any(1)
    asked, read, scored = asked[kept], read[kept], scored[kept]
    levels = np.unique(asked)
    shares = [np.mean(asked == level) * metrics.by_prompt(read == level, scored).mean() for level in levels]
    others = stratified_shuffle(asked, read[:, 0])
    shuffled = metrics.interval(metrics.by_prompt(read == others[:, None], scored)).as_dict()
    value = metrics.interval(metrics.by_prompt(read == asked[:, None], scored)).as_dict()
    return {**value, "chance": float(sum(shares)), "shuffled": shuffled, "prompts": len(asked)}


def stratified_shuffle(levels: np.ndarray, groups: np.ndarray, share: float = 0.618034) -> np.ndarray:
    """The same levels in another order, dealt out like cards: every group gets a fair share of every level.

    A permutation drawn at random does so on average only, and one in twenty would miss its own 95% interval.

    Args:
        levels: int (n,).
        groups: int (n,).
        share: How far apart in the sorted levels neighbours are dealt; the golden section spreads them most evenly.
    """
    n = len(levels)
    stride = next(s for s in range(round(n * share), 2 * n + 2) if np.gcd(s, n) == 1)
    other = np.empty_like(levels)
    other[np.argsort(groups, kind="stable")] = np.sort(levels)[np.arange(n) * stride % n]
    return other


def joint(imagined: Mapping[str, Any]) -> dict:
    """Share of imagined things whose image, caption and sound show the same digit."""
    digits = [judges.READ[m](imagined[m])["digit"] for m in FACTS_OF]
    chance = sum(np.prod([np.mean(d == digit) for d in digits]) for digit in range(10))
    value = metrics.interval(metrics.agreeing(*digits)).as_dict()
    first, second, third = digits
    second = stratified_shuffle(second, first)
    third = stratified_shuffle(third, 100 * first + second)  # every pair of the others gets a fair share of each digit
    shuffled = metrics.interval(metrics.agreeing(first, second, third)).as_dict()
    return {**value, "chance": float(chance), "shuffled": shuffled, "triples": len(first)}


# ---- likeness: does a set of samples look like a set of real ones?


def likeness(real: Mapping, reference: Mapping, made: Mapping[tuple[str, str], Any]) -> dict:
    """Squared Fréchet distance, precision and recall of one sample a prompt, next to those of as many others."""
    distances, shares = {}, {}
    for target in judges.load_judges():
        n = len(real[target])
        real_features = judges.features(target, real[target])
        other = judges.features(target, reference[target][:n])
        floor, best = metrics.frechet_distance(real_features, other), metrics.precision_recall(real_features, other)
        for source in FACTS_OF:
            fake = judges.features(target, made[source, target][:, 0])
            value = metrics.frechet_distance(real_features, fake)
            distances[f"{source}→{target}"] = {"value": value, "floor": floor, "ratio": value / floor}
            found = metrics.precision_recall(real_features, fake)
            shares[f"{source}→{target}"] = {**found._asdict(), "real": best._asdict()}
    return {"frechet": distances, "precision_recall": shares}


def memorisation(real: NDArray, training: NDArray, fake: NDArray) -> dict:
    """How near generated images come to the training images, next to held-out real ones: copies would lie nearer.

    Returns:
        {"median", "real_median": L2 a pixel to the nearest training image; "share_nearer": share of generated images
        that lie nearer than all but 1% of the real ones do (0.01 is to be expected)}.
    """
    held_out, generated = metrics.nearest_distance(real, training), metrics.nearest_distance(fake, training)
    return {
        "median": float(np.median(generated)),
        "real_median": float(np.median(held_out)),
        "share_nearer": float(np.mean(generated < np.quantile(held_out, 0.01))),
    }


def retrieval(vectors: Mapping[str, NDArray], labels: NDArray) -> dict:
    """Recall@1 between modalities on classes, chance 0.1: {"text→image": share, …}, six directions."""
    pairs = [(a, b) for a in vectors for b in vectors if a != b]
    return {f"{a}→{b}": metrics.recall_at_1(vectors[a], vectors[b], labels, labels) for a, b in pairs}


def captions(made: Mapping[str, Any]) -> dict:
    """{source: {"grammatical": share that the grammar accepts, "distinct": number, "of": number}}."""
    flat = {source: [caption for row in rows for caption in row] for source, rows in made.items()}
    return {
        source: {"grammatical": metrics.grammatical_share(some), "distinct": len(set(some)), "of": len(some)}
        for source, some in flat.items()
    }
