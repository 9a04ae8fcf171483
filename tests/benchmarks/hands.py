"""Digits as people have them (small, shifted, dark on light, photographed …): how many are still read right.

    python tests/benchmarks/hands.py

Each is made of a test digit and brought to MNIST's form as `generate --image` does it. The shipped model writes a
caption of it; the image judge reads the picture itself.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite.datasets import image

sys.path.insert(0, str(Path(__file__).parent.parent / "datasets"))

from test_handwriting import HANDS, share_read  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=500)
    args = parser.parse_args()
    digits, gan = mm.load_digits("test"), mm.load()
    images, labels = digits["image"][: args.rows], digits["label"][: args.rows]
    raw = image.unscale(images[..., 0])
    shares = {"untouched": share_read(gan, images, labels)}
    for hand, made in HANDS.items():
        rng = np.random.default_rng(0)
        fitted = np.stack([image.from_picture(made(digit, rng)) for digit in raw])
        shares[hand] = share_read(gan, fitted, labels)
    print(f"{len(labels)} test digits, read right by the judge | by the model")
    for hand, (judge, model) in shares.items():
        print(f"{hand:20} {judge:6.1%} | {model:6.1%}")


if __name__ == "__main__":
    main()
