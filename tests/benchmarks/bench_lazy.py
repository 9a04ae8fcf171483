"""Data larger than memory: peak memory and pace of batches that are read from many files.

python tests/benchmarks/bench_lazy.py --pairs 100000 --batches 400
"""

import argparse
import csv
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

import mmgan_lite as mm


def make(folder, number):
    """Pictures of one bright square each, which its caption tells; 1000 in a folder."""
    rng = np.random.default_rng(0)
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "text"])
        for row in range(number):
            name = f"{row // 1000:03d}/{row:06d}.png"
            (folder / name).parent.mkdir(exist_ok=True)
            pixels, (top, left) = rng.integers(0, 60, (28, 28), "uint8"), rng.integers(0, 20, 2)
            pixels[top : top + 8, left : left + 8] = 255
            Image.fromarray(pixels).save(folder / name, compress_level=1)
            writer.writerow([name, f"a square {'low' if top > 9 else 'high'} on the {'right' if left > 9 else 'left'}"])


def peak():
    """Megabytes of this process at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(number, batches):
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), number)
        mm.losses  # noqa: B018  (TensorFlow is there)
        print(f"{peak():.0f} MB before")
        start = time.process_time()
        pairs = mm.load_pairs(name, lazy=True)
        vocabulary = mm.MultimodalGAN.for_pairs(pairs).vocabulary
        dataset = mm.as_dataset(pairs, 64, vocabulary=vocabulary)
        print(f"{number} pairs found in {time.process_time() - start:.0f} s of processor time, {peak():.0f} MB")
        start = time.process_time()
        for _ in dataset.take(batches):
            pass
        pace = (time.process_time() - start) / batches
        print(f"{batches} batches of 64 read, {1000 * pace:.0f} ms of processor time each, {peak():.0f} MB at most")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--batches", type=int, default=400)
    options = parser.parse_args()
    main(options.pairs, options.batches)
