"""The kit, as `train --minutes` trains it; it draws its own batches of the same pairs."""

import tempfile
from pathlib import Path

import contest
import numpy as np

import mmgan_lite as mm


def train(rows, seconds, seed):
    """See `contest.enter`."""
    with tempfile.TemporaryDirectory() as folder:
        gan = mm.train(Path(folder) / "run", minutes=seconds / 60, seed=seed)

    def answer(prompts, to, count, seed):
        if not prompts:
            made = {name: [x] for name, x in gan.imagine(count, seed=seed).items()}
        else:
            words = {name: mm.text.decode(x) if name == "text" else x for name, x in prompts.items()}
            made = gan.generate(words, to, count, seed)
        return {name: in_tokens(name, made[name]) for name in to}

    return answer, int(gan.step)


def in_tokens(name, samples):
    """Captions as tokens; the rest as it is, but an array."""
    return np.array([mm.text.encode(row) for row in samples]) if name == "text" else np.asarray(samples)


if __name__ == "__main__":
    contest.enter({"ours": train})
