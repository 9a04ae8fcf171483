"""The kit, as `train --minutes` trains it; it draws its own batches of the same pairs."""

import tempfile
from pathlib import Path

import contest
import numpy as np

import mmgan_lite as mm
from mmgan_lite.datasets import captions


def train(rows, seconds, seed):
    """See `contest.enter`."""
    with tempfile.TemporaryDirectory() as folder:
        gan = mm.train(Path(folder) / "run", minutes=seconds / 60, seed=seed)

    def answer(prompts, to, count, seed=seed):
        if not prompts:
            made = {name: [x] for name, x in gan.imagine(count, seed=seed).items()}
        else:
            words = {name: captions.decode(x) if name == "text" else x for name, x in prompts.items()}
            made = gan.generate(words, to, count, seed=seed)
        return {name: in_tokens(name, made[name]) for name in to}

    return answer, int(gan.step)


def in_tokens(name, samples):
    """Captions as tokens, also those without a word; the rest as it is, but an array."""
    if name != "text":
        return np.asarray(samples)
    silence = np.zeros(captions.MAX_WORDS, "int32")
    return np.array([[captions.encode([said])[0] if said else silence for said in row] for row in samples])


if __name__ == "__main__":
    contest.enter({"ours": train})
