"""Memory after each of twenty trainings in one process: what one of them leaves behind, the next ones add to.

    python tests/benchmarks/bench_memory.py --trainings 20

Small data and few steps: what is kept after a training is its graphs, and those are as large as for any other.
"""

import argparse
import gc
import tempfile
import threading
from pathlib import Path

import numpy as np
import psutil

from mmgan_lite.training import callbacks, trainer
from mmgan_lite.training.config import Config


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trainings", type=int, default=20)
    parser.add_argument("--steps", type=int, nargs=2, default=[2, 2], metavar=("E", "G"))
    args = parser.parse_args()
    third, rng, config = 0.0, np.random.default_rng(0), Config(embedder_batch_size=16, gan_batch_size=8)
    callbacks.SampleGrid.draw = lambda self: None
    with tempfile.TemporaryDirectory() as folder:
        words = np.array(["a red ball", "a blue box", "two balls", "a box"] * 8)
        np.savez(Path(folder, "own.npz"), image=rng.integers(0, 256, (32, 4, 4), "uint8"), text=words)
        for number in range(args.trainings):
            trainer.train(Path(folder, f"run{number}"), Path(folder, "own.npz"), steps=tuple(args.steps), config=config)
            gc.collect()
            used = psutil.Process().memory_info().rss / 2**20
            third = used if number <= 2 else third
            told = f"{used:.0f} MB, {used / third - 1:+.1%} over the third, {threading.active_count()} threads"
            print(f"training {number + 1}: {told}", flush=True)


if __name__ == "__main__":
    main()
