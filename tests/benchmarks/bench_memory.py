"""Memory after each of twenty trainings in one process: what one of them leaves behind, the next ones add to.

    python tests/benchmarks/bench_memory.py --trainings 20

Small data and few steps: what is kept after a training is its graphs and its names, and those are as many as for any
other. Of two figures the first is what the process has; the second, what was asked for and not given back, tells a
leak from a heap with holes in it.
"""

import argparse
import ctypes
import gc
import tempfile
import threading
from pathlib import Path

import numpy as np
import psutil
import tensorflow as tf

from mmgan_lite.training import callbacks, trainer
from mmgan_lite.training.config import Config

LIBC = ctypes.CDLL(None)


class Heap(ctypes.Structure):
    """What glibc's `mallinfo2` tells."""

    NAMES = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in NAMES.split()]


LIBC.mallinfo2.restype = Heap


def measured():
    """Megabytes of the process, and of its heap in use."""
    gc.collect()
    LIBC.malloc_trim(0)
    heap = LIBC.mallinfo2()
    return psutil.Process().memory_info().rss / 2**20, (heap.uordblks + heap.hblkhd) / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trainings", type=int, default=20)
    parser.add_argument("--steps", type=int, nargs=2, default=[2, 2], metavar=("E", "G"))
    parser.add_argument("--eagerly", action="store_true", help="without tracing: quicker, and no graph can stay")
    args = parser.parse_args()
    third, rng, config = 0.0, np.random.default_rng(0), Config(embedder_batch_size=16, gan_batch_size=8)
    callbacks.SampleGrid.draw = lambda self: None
    tf.config.run_functions_eagerly(args.eagerly)
    with tempfile.TemporaryDirectory() as folder:
        words = np.array(["a red ball", "a blue box", "two balls", "a box"] * 8)
        np.savez(Path(folder, "own.npz"), image=rng.integers(0, 256, (32, 4, 4), "uint8"), text=words)
        for number in range(args.trainings):
            trainer.train(Path(folder, f"run{number}"), Path(folder, "own.npz"), steps=tuple(args.steps), config=config)
            has, heap = measured()
            third = has if number <= 2 else third
            told = f"{has:.1f} MB ({has / third - 1:+.1%} over the third), {heap:.1f} MB in use"
            print(f"training {number + 1}: {told}, {threading.active_count()} threads", flush=True)


if __name__ == "__main__":
    main()
