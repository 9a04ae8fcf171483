"""Digits as people have them (small, shifted, dark on light, photographed …): how many are still read right.

    python tests/benchmarks/hands.py

Each is made of a test digit and brought to MNIST's form as `generate --image` does it. The shipped model writes a
caption of it; the image judge reads the picture itself.
"""

import argparse
import contextlib
import sys
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite.datasets import image

sys.path.insert(0, str(Path(__file__).parent.parent / "datasets"))

from test_handwriting import HANDS, share_read


def fitted(pictures):
    """{row: picture in MNIST's form}, without those that are refused as none of a digit."""
    found = {}
    for row, picture in enumerate(pictures):
        with contextlib.suppress(ValueError):
            found[row] = image.from_picture(picture)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=500)
    args = parser.parse_args()
    digits, gan = mm.load_digits("test"), mm.load()
    images, labels = digits["image"][: args.rows], digits["label"][: args.rows]
    raw = image.unscale(images[..., 0])
    judge, model = share_read(gan, images, labels)
    print(f"{len(labels)} test digits: read right by the judge | by the model | refused")
    print(f"{'untouched':20} {judge:6.1%} | {model:6.1%} | 0", flush=True)
    for hand, made in HANDS.items():
        rng = np.random.default_rng(0)
        found = fitted(made(digit, rng) for digit in raw)
        share = share_read(gan, np.stack(list(found.values())), labels[list(found)])
        judge, model = share * len(found) / len(labels)  # a picture that is refused is not read
        print(f"{hand:20} {judge:6.1%} | {model:6.1%} | {len(labels) - len(found)}", flush=True)


if __name__ == "__main__":
    main()
