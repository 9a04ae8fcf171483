"""Ring of 8 and grid of 25, by the protocol of PacGAN: how many modes a GAN finds, and how often it hits one.

    python tests/benchmarks/peers/toys.py --runs 10 --seed 0

Data, networks, batch and measure are those of Lin et al. 2018 (PacGAN, section 4.1), after Srivastava et al. 2017
(VEEGAN): see README.md beside this file. The steps are the kit's own; how many there are is an option.
"""

import argparse
import dataclasses
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from mmgan_lite import losses, steps
from mmgan_lite.course.players import toys
from mmgan_lite.evaluation import metrics
from mmgan_lite.networks.seeding import seeded

LATENT, BATCH, REAL, SAMPLES = 2, 100, 100_000, 2500
RATE, STEPS = 1e-3, 5000  # where theirs are 1e-4 and 400,000


@dataclasses.dataclass(frozen=True)
class Toy:
    """Places in the plane, the standard deviation around each, and what others found there: (modes, share)."""

    modes: np.ndarray
    spread: float
    published: dict


TOYS = {
    "ring": Toy(
        toys.ring_modes(8), 0.01,
        {"GAN": (6.3, 0.982), "VEEGAN": (8.0, 0.529), "PacGAN2": (7.9, 0.956), "PacGAN4": (7.8, 0.959)},
    ),
    "grid": Toy(
        4 * toys.grid_modes(5), 0.05,
        {"GAN": (17.3, 0.948), "VEEGAN": (24.6, 0.400), "PacGAN2": (23.8, 0.913), "PacGAN4": (24.8, 0.936)},
    ),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How many samples D looks at together, and the losses of the two players.

    A slope is counted for each standard deviation of a mode: the penalty weighs `gamma` / 2 where that is 1.
    """

    together: int
    adversarial: losses.AdversarialLoss
    penalty: Callable
    gamma: float = 10.0


RECIPES = {
    "one sample": Recipe(1, losses.non_saturating, losses.r1),
    "two samples": Recipe(2, losses.non_saturating, losses.r1),
    "relativistic": Recipe(1, losses.relativistic, losses.r1_r2),
}


def build_generator():
    """z (batch, 2) to points (batch, 2): four layers of 400, normalised."""
    z = x = keras.Input((LATENT,))
    for _ in range(4):
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.95)(layers.Dense(400, use_bias=False)(x)))
    return keras.Model(z, layers.Dense(2)(x))


def build_discriminator(together):
    """Points (batch, 2 * together) to logits (batch, 1): three layers of 200, each the largest of five."""
    points = x = keras.Input((2 * together,))
    for _ in range(3):
        x = ops.max(layers.Reshape((200, 5))(layers.Dense(1000)(x)), -1)
    return keras.Model(points, layers.Dense(1)(x))


def train(toy, recipe, num_steps, seed):
    """A generator of the toy, its weights averaged over the steps."""
    real = tf.constant(toys.blobs(REAL, toy.modes, seed, toy.spread))
    with seeded(seed):
        players = steps.Players(build_discriminator(recipe.together), build_generator())
        average = build_generator()
    rate = keras.optimizers.schedules.CosineDecay(RATE, num_steps)
    optimizers = steps.Players(*(steps.build_optimizer(steps.gan_adam(rate), player) for player in players))

    def packed(points):
        return ops.reshape(points, (BATCH, 2 * recipe.together))

    @tf.function
    def step(number):
        shape, seeds = (BATCH * recipe.together, LATENT), tf.stack([seed, 2 * number])
        z = tf.random.stateless_normal(shape, seeds)
        rows = tf.random.stateless_uniform(shape[:1], seeds + [0, 1], 0, REAL, tf.int32)
        steps.gan_step(
            players, optimizers, recipe.adversarial, z, None, packed(tf.gather(real, rows)),
            generate=lambda z, _: (packed(players.generator(z, training=True)), 0.0), penalty=recipe.penalty,
            gamma=recipe.gamma * toy.spread**2,
        )  # fmt: skip
        steps.update_ema(average.weights, players.generator.weights, number)

    for number in tf.range(num_steps):
        step(number)
    return average


def measure(generator, toy, seed):
    """(modes found, share of samples within three standard deviations of one)."""
    z = np.random.default_rng(seed).standard_normal((SAMPLES, LATENT), "float32")
    return metrics.mode_coverage(generator(z, training=False), toy.modes, 3 * toy.spread)


def told(found):
    """Mean ± standard error over runs of modes and shares (runs, 2), as the papers give them."""
    found = np.asarray(found)
    (modes, share), errors = found.mean(0), found.std(0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else (0, 0)
    return f"{modes:.1f} ± {errors[0]:.1f} | {share:.1%} ± {errors[1]:.1%}"


def runs(name, recipe, seeds, num_steps):
    """What each seed found, told as soon as it is known."""
    for seed in seeds:
        began = time.process_time()
        found = measure(train(TOYS[name], RECIPES[recipe], num_steps, seed), TOYS[name], seed)
        print(f"{name}, {recipe}, seed {seed}: {found}, {time.process_time() - began:.0f} s", flush=True)
        yield found


def main():
    """Train every recipe on every toy, and print what was found beside what others report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--toys", nargs="+", choices=TOYS, default=list(TOYS))
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the first run; the next has the next")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(args.threads)
    rows, seeds = [], range(args.seed, args.seed + args.runs)
    for name in args.toys:
        published = TOYS[name].published.items()
        rows += [f"| {name} | {who} | {modes} | {share:.1%} |" for who, (modes, share) in published]
        for recipe in args.recipes:
            rows.append(f"| {name} | ours, {recipe} | {told([*runs(name, recipe, seeds, args.steps)])} |")
    print("\n| toy | who | modes | samples near one |\n|---|---|---|---|", *rows, sep="\n")


if __name__ == "__main__":
    main()
