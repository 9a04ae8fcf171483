"""How fast a training step through `fit` is, beside a DCGAN written as the Keras guide writes one; memory; a prompt.

    python tests/benchmarks/bench_step.py

Both train the same generator and discriminator on the same images in batches of 64. They take turns of one epoch each,
so that whatever else the machine does meets both. What it does can only add time: so the fastest quarter of the turns
counts, and beside it stand the median of the ratios, turn by turn, and the ratio of processor times.
"""

import argparse
import resource
import subprocess
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import mmgan_lite as mm
from mmgan_lite import losses

LATENT, EMBED, BATCH = 64, 64, 64


class GuideGAN(keras.Model):
    """What the guide on customising `fit` shows: one fake batch for D, another for G, and noise on the labels."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.d_tracker, self.g_tracker = keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")
        self.seed_generator = keras.random.SeedGenerator(0)
        self.built = True

    @property
    def metrics(self):
        return [self.d_tracker, self.g_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(optimizer=g_optimizer)
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    def train_step(self, real):
        n = keras.ops.shape(real)[0]
        fake = self.generator(keras.random.normal((n, LATENT), seed=self.seed_generator))
        both = keras.ops.concatenate([fake, real], axis=0)
        labels = keras.ops.concatenate([keras.ops.ones((n, 1)), keras.ops.zeros((n, 1))], axis=0)
        labels += 0.05 * keras.random.uniform(keras.ops.shape(labels), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(both))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        z = keras.random.normal((n, LATENT), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(keras.ops.zeros((n, 1)), self.discriminator(self.generator(z)))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {"d_loss": self.d_tracker.result(), "g_loss": self.g_tracker.result()}


def adam():
    return keras.optimizers.Adam(5e-4, beta_1=0.5)


def nets():
    """One G, z → image, and one D, image → logit, of the kit's own layers; no condition."""
    keras.utils.set_random_seed(0)
    no_condition = np.zeros((1, EMBED), "float32")
    z, x = keras.Input((LATENT,)), keras.Input((28, 28, 1))
    g, d = mm.build_image_generator(LATENT, EMBED), mm.build_image_discriminator(EMBED)
    generator = keras.Model(z, g([z, keras.ops.zeros_like(z) + no_condition]))
    return generator, keras.Model(x, layers.Dense(1)(d.trunk(x)))


def guide(images):
    gan = GuideGAN(*nets())
    gan.compile(adam(), adam(), keras.losses.BinaryCrossentropy(from_logits=True))
    dataset = tf.data.Dataset.from_tensor_slices(images).shuffle(1024).batch(BATCH, drop_remainder=True)
    return lambda: gan.fit(dataset, epochs=1, verbose=0, shuffle=False)


def kit(images):
    """The same mathematics in the kit: the players ignore their condition, and nothing weighs but the two losses."""
    generator, discriminator = nets()
    z, e, x = keras.Input((LATENT,)), keras.Input((EMBED,)), keras.Input((28, 28, 1))
    eye = keras.Model(x, layers.UnitNormalization()(layers.Flatten()(x)[:, :EMBED]))  # costs nothing
    players = {"image": keras.Model([x, e], discriminator(x))}, {"image": keras.Model([z, e], generator(z))}
    gan = mm.MultimodalGAN({"image": eye}, *players)
    gan.compile(adam, losses.non_saturating, penalty=None, mismatched=False, condition_noise=0.0, matching_weight=0.0)
    return fitting(gan, images)


def kit_with_everything(images):
    """What the recipe trains: an embedder, a noisy condition, mismatched pairs, R1 each fourth step, matching."""
    gan = mm.MultimodalGAN.for_sizes({"image": [28, 28, 1]}, seed=0)
    gan.generators.pop("imagined")
    gan.compile(adam)
    return fitting(gan, images)


def fitting(gan, images):
    dataset = mm.as_dataset({"image": images}, BATCH)
    return lambda: gan.fit(dataset, epochs=1, verbose=0)


def compare(images, rounds):
    """Images a second of each; and its speed over the guide's in the same round, by the clock and by processor time."""
    contenders = {"guide": guide(images), "kit": kit(images), "kit, everything on": kit_with_everything(images)}
    for train in contenders.values():
        train()  # traces
    taken = {name: [] for name in contenders}
    for turn in range(rounds):
        names = list(contenders) if turn % 2 == 0 else list(reversed(contenders))
        for name in names:
            start = np.array([time.perf_counter(), time.process_time()])
            contenders[name]()
            taken[name].append(np.array([time.perf_counter(), time.process_time()]) - start)
    quick = {name: np.quantile(of_round, 0.25, 0)[0] for name, of_round in taken.items()}
    for name, of_round in taken.items():
        clock, processor = np.median(np.array(taken["guide"]) / np.array(of_round), 0)
        told = f"{quick['guide'] / quick[name]:.2f} of the guide's speed; by medians {clock:.2f}"
        speed = len(images) / quick[name]
        print(f"{name:20} {speed:5.0f} images/s, {told}; by processor time {processor:.2f}", flush=True)


def one_prompt():
    """Seconds in a warm process: the first prompt, which traces, and the next."""
    start = time.perf_counter()
    gan = mm.load()
    seconds = [time.perf_counter() - start]
    for _ in range(2):
        start = time.perf_counter()
        gan.generate({"text": ["a thin three leaning right"]}, to="image")
        seconds.append(time.perf_counter() - start)
    print("shipped run: loaded in {:.2f} s, first prompt to a picture {:.2f} s, the next {:.3f} s".format(*seconds))


def memory():
    """Peak resident memory of a short run of the main job, in a process of its own."""
    code = ("import tempfile, mmgan_lite as mm\n"
            "with tempfile.TemporaryDirectory() as out: mm.train(out + '/run', steps=(40, 40))")  # fmt: skip
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"peak memory of train: {peak / 1e9:.2f} GB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    compare(mm.load_digits("train")["image"], parser.parse_args().rounds)
    one_prompt()
    memory()


if __name__ == "__main__":
    main()
