"""What every contestant is given and asked: the same rows, the same minutes, the same prompts, as files.

A contestant may live in another Python than the kit, so that nothing here needs more than NumPy. In files images and
sounds are uint8, in the hands of a contestant float32 in [-1, 1]; captions are tokens, 0 after the last word.
"""

import argparse
import time
from pathlib import Path

import numpy as np

MODALITIES = ("image", "text", "speech")
# (prompts, targets to be drawn together, samples a prompt); "nobody" asks for whole things, and says nothing
ASKED = (
    *((source, (to,), 4) for source in MODALITIES for to in MODALITIES if to != source),
    *(("bare", (to,), 200) for to in ("image", "speech")),
    ("bare", MODALITIES, 40),
    *((source, tuple(to for to in MODALITIES if to != source), 2) for source in ("image", "speech")),
    ("nobody", MODALITIES, 500),
)


def key(prompts, to):
    """The name of one question, as in "bare→image+text+speech"."""
    return f"{prompts}→{'+'.join(to)}"


def packed(name, samples):
    """A contestant's samples as a file holds them."""
    if name == "text":
        return np.asarray(samples, "uint8")
    return np.round((np.clip(samples, -1, 1) + 1) * 127.5).astype("uint8")


def unpacked(name, stored):
    """What a file holds as a contestant takes it."""
    return stored.astype("int64") if name == "text" else stored.astype("float32") / 127.5 - 1


def batches(rows, size, rng):
    """Batches of the rows for ever, {name: (size, …)}, in a new order each time round."""
    number = len(rows["label"])
    while True:
        order = rng.permutation(number)
        for start in range(0, number - size + 1, size):
            chosen = order[start : start + size]
            yield {name: unpacked(name, x[chosen]) if name in MODALITIES else x[chosen] for name, x in rows.items()}


def until(seconds, items):
    """The items, until so many seconds have gone by since the first was asked for."""
    end = time.perf_counter() + seconds
    for item in items:
        yield item
        if time.perf_counter() > end:
            return


def enter(contestants):
    """The command line of a contestant: train, answer all that is asked, write the answers.

    Args:
        contestants: {name: a function (rows, seconds, seed)}, to a function (prompts, to, count, seed) that answers,
            and the number of steps. Prompts are {modality: (n, …)}, or {} for one thing that nobody asked for; answers
            {modality: (n, count, …)}, draw beside draw, or None to what the contestant cannot answer.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=contestants)
    parser.add_argument("--exam", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    args = parser.parse_args()
    with np.load(args.exam) as file:
        exam = {name: file[name] for name in file}
    rows = {name.partition("/")[2]: x for name, x in exam.items() if name.startswith("rows/")}
    answer, steps = contestants[args.name](rows, 60 * args.minutes, args.seed)
    given, number, began = {}, 0, time.perf_counter()
    for prompts, to, count in ASKED:
        stored = {m: exam[f"{prompts}/{m}"] for m in MODALITIES if f"{prompts}/{m}" in exam}
        samples = answer({m: unpacked(m, x) for m, x in stored.items()}, to, count, args.seed) or {}
        given |= {f"{key(prompts, to)}/{m}": packed(m, x) for m, x in samples.items()}
        number += sum(x.shape[0] * x.shape[1] for x in map(np.asarray, samples.values()))
    about = {"steps": steps, "milliseconds a sample": 1000 * (time.perf_counter() - began) / number}
    np.savez(args.out, **given, **about)
