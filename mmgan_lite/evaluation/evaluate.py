"""`evaluate`: every figure of merit of a trained model on digits that it never saw, each beside what it is worth.

Prompts come from a held-out split; judges that met neither the split nor the GAN read the answers. Notebook 09.
"""

import json
from pathlib import Path

import numpy as np

from mmgan_lite import files, plots
from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets.digits import MODALITIES, TELLS, load_digits
from mmgan_lite.evaluation import judges, metrics, report
from mmgan_lite.training import saving

BESIDE = {"test": "valid", "valid": "train"}  # further real examples: the floor of Fréchet distance
IMAGINED = 500


def evaluate(run, out=None, split="test", count=4, seed=0):
    """Measure a model on a held-out split of the digits.

    Args:
        run: A run's folder, "pretrained", or a `MultimodalGAN` itself.
        out: Where to write the figures as JSON; a picture, `.png`, is written beside it. None writes nothing.
        split: "test", or "valid" to choose recipes on.
        count: Samples a prompt.
        seed: Of all samples.

    Returns:
        A dict of plain numbers; `report.table` prints it.
        "coherence": {"text→image": {"digit": {"value", "low", "high" (95%, over prompts), "chance" (what the same
        samples would score without looking at their prompts), "judge" (its accuracy on the real split), "shuffled"
        (control: the same samples, scored against other prompts), "prompts"}, …}, …}; "joint", the same for imagined
        triples; "frechet", "precision_recall", "memorisation" each beside real against real; "retrieval"; "captions".

    Raises:
        ValueError: for a model of other senses than the digits', or an unknown split.
        FileNotFoundError: if there is no run, or no folder for `out`.
    """
    if split not in BESIDE:
        raise ValueError(f'split must be "test" or "valid": the model has seen "train". Received: {split!r}')
    if out is not None and not Path(out).absolute().parent.is_dir():
        raise FileNotFoundError(f"make the folder of the file first. Received: {out}")
    gan = run if hasattr(run, "generate") else saving.load(run)
    _check(gan)
    figures = {"split": split, "count": count, "seed": seed, **_measure(gan, split, count, seed)}
    if out is not None:
        write(figures, Path(out))
    return figures


def write(figures, out):
    """Write the figures as JSON to `out`, and their picture beside it."""
    page = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    files.write_whole(out, lambda file: file.write(page.encode()))
    files.write_whole(out.with_suffix(".png"), lambda file: file.write(plots.png(report.figure(figures))))


def _check(gan):
    if set(gan.modalities) != set(MODALITIES) or gan.vocabulary.words != text.DIGITS.words:
        raise ValueError(
            "evaluate measures models of the embedded digits, in all three senses; judge other models with mm.metrics. "
            f"Received: a model of {', '.join(gan.modalities)} with {len(gan.vocabulary)} words"
        )


def _measure(gan, split, count, seed):
    real, beside = load_digits(split), load_digits(BESIDE[split])
    prompts = {m: list(real[m]) if m == "text" else real[m] for m in MODALITIES}
    made = {(s, t): gan.generate({s: prompts[s]}, to=t, count=count, seed=seed) for s in MODALITIES for t in MODALITIES}
    return {
        "prompts": len(real["label"]),
        "coherence": coherence(real, made),
        "joint": joint(gan.imagine(IMAGINED, seed=seed)),
        **likeness(real, beside, made),
        "memorisation": memorisation(real["image"], load_digits("train")["image"], made["text", "image"][:, 0]),
        "retrieval": retrieval({m: gan.embed({m: prompts[m]}) for m in MODALITIES}, real["label"]),
        "captions": captions({source: made[source, "text"] for source in MODALITIES}),
    }


# ---- coherence: does a sample show what its prompt asked for?


def coherence(real, made):
    """{"text→image": {fact: …}, …} for every source and target, over the facts that both can tell."""
    asked = {m: {fact: real["facts"][fact] for fact in TELLS[m]} for m in MODALITIES}
    asked["text"] = judges.read_text(real["text"])  # a caption asks for what it says
    accuracy = _accuracy(real)
    board = {}
    for (source, target), samples in made.items():
        read = _read(target, samples)
        facts = [fact for fact in TELLS[source] if fact in TELLS[target]]
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
    answers = {m: judges.READ[m](real[m]) for m in MODALITIES}
    known = {m: {f: real["facts"][f] >= 0 for f in TELLS[m]} for m in MODALITIES}
    known["text"] = {fact: level >= 0 for fact, level in said.items()}
    return {
        m: {f: float((answers[m][f] == real["facts"][f])[known[m][f]].mean()) for f in TELLS[m]} for m in MODALITIES
    }


def score(asked, read, silence=False):
    """Score what was read in samples against what their prompts asked for, at the cut.

    Args:
        asked: int (n,), -1 where a prompt does not ask; such prompts are left out.
        read: int (n, count), -1 where a sample does not say.
        silence: Leave out samples that do not say it (a caption may), rather than count them as wrong.

    Returns:
        {"value", "low", "high", "chance", "shuffled", "prompts"}.
    """
    scored = (read >= 0) | (not silence)
    kept = (asked >= 0) & scored.any(1)
    asked, read, scored = asked[kept], read[kept], scored[kept]
    levels = np.unique(asked)
    shares = [np.mean(asked == level) * _by_prompt(read == level, scored).mean() for level in levels]
    shuffled = _interval(_by_prompt(read == dealt(asked, read[:, 0])[:, None], scored))
    value = _interval(_by_prompt(read == asked[:, None], scored))
    return {**value, "chance": float(sum(shares)), "shuffled": shuffled, "prompts": len(asked)}


def _by_prompt(successes, scored):
    """What `metrics.interval` takes: (n, count), or each prompt's mean (n, 1) where some samples are left out."""
    return successes if scored.all() else ((successes & scored).sum(1) / scored.sum(1))[:, None]


def _interval(successes):
    return dict(zip(("value", "low", "high"), metrics.interval(successes), strict=True))


def dealt(levels, among, share=0.618034):
    """The same levels in another order, dealt out like cards: every group of `among` gets a fair share of every level.

    A permutation drawn at random does so on average only, and one in twenty would miss its own 95% interval.

    Args:
        levels: int (n,).
        among: int (n,), the groups.
        share: How far apart in the sorted levels neighbours are dealt; the golden section spreads them most evenly.
    """
    n = len(levels)
    stride = next(s for s in range(round(n * share), 2 * n + 2) if np.gcd(s, n) == 1)
    other = np.empty_like(levels)
    other[np.argsort(among, kind="stable")] = np.sort(levels)[np.arange(n) * stride % n]
    return other


def joint(imagined):
    """Share of imagined triples whose image, caption and sound show the same digit."""
    digits = [judges.READ[m](imagined[m])["digit"] for m in MODALITIES]
    chance = sum(np.prod([np.mean(d == digit) for d in digits]) for digit in range(10))
    value = _interval(metrics.agreeing(*digits))
    first, second, third = digits
    # two shares that spread pairs as evenly as the golden section spreads numbers (Roberts 2018, the sequence R2)
    shuffled = _interval(metrics.agreeing(first, dealt(second, first, 0.754878), dealt(third, first, 0.569840)))
    return {**value, "chance": float(chance), "shuffled": shuffled, "triples": len(first)}


# ---- likeness: does a set of samples look like a set of real ones?


def likeness(real, beside, made):
    """Fréchet distance, precision and recall of one sample a prompt, beside those of as many other real ones."""
    distances, shares = {}, {}
    for target in ("image", "speech"):
        n = len(real[target])
        reference = judges.features(target, real[target])
        other = judges.features(target, beside[target][:n])
        floor, best = metrics.frechet_distance(reference, other), metrics.precision_recall(reference, other)
        for source in MODALITIES:
            fake = judges.features(target, made[source, target][:, 0])
            value = metrics.frechet_distance(reference, fake)
            distances[f"{source}→{target}"] = {"value": value, "floor": floor, "ratio": value / floor}
            found = metrics.precision_recall(reference, fake)
            shares[f"{source}→{target}"] = {**found._asdict(), "real": best._asdict()}
    return {"frechet": distances, "precision_recall": shares}


def memorisation(real, training, fake):
    """How near generated images come to the training images, beside held-out real ones: copies would lie nearer.

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


def retrieval(vectors, labels):
    """Recall@1 between senses on classes, chance 0.1: {"text→image": share, …}, six directions."""
    pairs = [(a, b) for a in vectors for b in vectors if a != b]
    return {f"{a}→{b}": metrics.recall_at_1(vectors[a], vectors[b], labels, labels) for a, b in pairs}


def captions(made):
    """{source: {"grammatical": share that the grammar accepts, "distinct": number, "of": number}}."""
    flat = {source: [caption for row in rows for caption in row] for source, rows in made.items()}
    return {
        source: {"grammatical": metrics.grammatical_share(some), "distinct": len(set(some)), "of": len(some)}
        for source, some in flat.items()
    }
