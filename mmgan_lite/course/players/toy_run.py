"""One run on points: a `Recipe` holds every control of it, a `Trial` trains two small networks by it and keeps records.

It is the algorithm of `training.py` on a ring of modes, in a few seconds. The networks may have a condition, so that a
generator that does not listen can be seen. `clinic.py` has recipes that bring about each illness. Notebook 04.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from mmgan_lite import losses, steps
from mmgan_lite.course.players import toys
from mmgan_lite.course.players.recorder import Recorder
from mmgan_lite.evaluation import metrics

_BATCH, _WATCHED = 128, 256


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Every control of a run on a ring of modes.

    Attributes:
        loss, penalty: Names in `losses`; or "none" for the penalty, which weighs `gamma` / 2, at every step.
        d_rate, g_rate: Learning rates.
        d_steps, g_steps: Steps that each takes before the other's turn.
        momentum: Adam's β1, of both players.
        optimizer: Of G; "adam", or "sgd", whose steps are as long as the gradient and so show when it dies. D has Adam.
        head_start: Rounds in which D alone learns, before the first.
        noise: Standard deviation of z.
        num_modes: Of the ring.
        num_real: Points to train on; 0 draws new ones at every step, so that there is nothing to learn by heart.
        condition: What happens to the number of the mode as a condition: "none" (there is no condition), "told" (to
            both players), "shuffled" (D's real pairs are mixed up), "unseen" (by D), or "unheard" (by G).
        rounds: How long it trains.
    """

    loss: str = "non_saturating"
    penalty: str = "r1"
    gamma: float = 0.1
    d_rate: float = 2e-3
    g_rate: float = 2e-3
    d_steps: int = 1
    g_steps: int = 1
    momentum: float = 0.5
    optimizer: str = "adam"
    head_start: int = 0
    noise: float = 1.0
    num_modes: int = 8
    num_real: int = 4096
    condition: str = "none"
    rounds: int = 1500

    def but(self, **changes):
        """The same recipe with other settings; a `ValueError` lists the controls if one is none of them."""
        names = [field.name for field in dataclasses.fields(self)]
        unknown = sorted(set(changes) - set(names))
        if unknown:
            raise ValueError(f"a recipe's controls are {', '.join(names)}. Received: {', '.join(unknown)}")
        return dataclasses.replace(self, **changes)


def build_player(inputs, outputs, seed, num_conditions=0, hears=1.0, width=32):
    """An MLP on vectors (batch, inputs), with conditions (batch, num_conditions) beside them if there are any.

    `hears` is how much of the condition gets in: 1, or 0 for a player that knows of none.
    """
    seeds = keras.random.SeedGenerator(seed)
    x = h = keras.Input((inputs,))
    e = keras.Input((num_conditions,)) if num_conditions else None
    h = h if e is None else ops.concatenate([h, hears * e], -1)  # (batch, inputs + num_conditions)
    for units in (width, width, outputs):
        h = layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seeds))(h)
        h = h if units == outputs else layers.LeakyReLU(0.2)(h)
    return keras.Model(x if e is None else [x, e], h)


def _players(recipe, seed):
    """(G, D), as a recipe wants them."""
    told = recipe.num_modes if recipe.condition != "none" else 0
    generator = build_player(2, 2, 2 * seed, told, float(recipe.condition != "unheard"))
    return generator, build_player(2, 1, 2 * seed + 1, told, float(recipe.condition != "unseen"))


class Trial:
    """One run of a recipe.

    Args:
        recipe: A `Recipe`.
        seed: Of the weights, the data and all noise.

    Attributes:
        round: Rounds that it has trained.
        history: {signal: list}, which `doctor.examine` reads; see `Recorder`.
        snapshots: The samples at each record, float32 (256, 2) each.
        treated: The rounds at which `treat` was called.
    """

    def __init__(self, recipe, seed=0):
        self.generator, self.discriminator = _players(recipe, seed)
        self.modes = toys.ring_modes(recipe.num_modes)
        size = recipe.num_real or 4096
        self.points, self.which = tf.Variable(tf.zeros((size, 2))), tf.Variable(tf.zeros((size,), tf.int32))
        self._seed, self.round = tf.Variable(0), 0
        self._prescribe(recipe)
        self.begin(seed)

    def begin(self, seed):
        """Begin anew with another seed, by the same recipe; what was compiled for it serves again."""
        self.round, self.until, self.treated = 0, self.recipe.rounds, []
        for player, fresh in zip((self.generator, self.discriminator), _players(self.recipe, seed), strict=True):
            player.set_weights(fresh.get_weights())
        for optimizer in self._optimizers:
            _forget(optimizer)
        drawn = *self._draw(self.points.shape[0], seed), seed
        for variable, values in zip((self.points, self.which, self._seed), drawn, strict=True):
            variable.assign(values)
        real, which = self._draw(_WATCHED, seed + 10_000)  # D never trains on these
        which = None if self.recipe.condition == "none" else which
        adversarial = getattr(losses, self.recipe.loss)
        self.recorder = Recorder(
            self.generator, self.discriminator, adversarial, real, which, self.recipe.noise, seed
        )  # fmt: skip
        self.history, self.snapshots = self.recorder.history, self.recorder.snapshots

    def _draw(self, n, seed):
        """Points (n, 2), and the number of each one's mode (n,)."""
        points = toys.ring(n, seed, len(self.modes))
        return points, np.argmin(np.linalg.norm(points[:, None] - self.modes, axis=-1), 1)

    def _prescribe(self, recipe):
        self.recipe, self.until = recipe, self.round + recipe.rounds
        adam = keras.optimizers.Adam(recipe.g_rate, recipe.momentum, 0.99)
        g_optimizer = adam if recipe.optimizer == "adam" else keras.optimizers.SGD(recipe.g_rate)
        d_optimizer = keras.optimizers.Adam(recipe.d_rate, recipe.momentum, 0.99)
        self._optimizers = (
            steps.build_optimizer(d_optimizer, self.discriminator), steps.build_optimizer(g_optimizer, self.generator)
        )  # fmt: skip
        self._rounds = _compiled(self)

    def treat(self, **changes):
        """Go on with the same two players by other settings; see `Recipe`. `train` then takes that many rounds more.

        Raises:
            ValueError: for what players are born with, and no treatment changes.
        """
        born = sorted({"condition", "num_modes", "num_real"} & set(changes))
        if born:
            raise ValueError(f"build a new Trial to change {born}: treat goes on with the players that there are")
        self.treated.append(self.round)
        self._prescribe(self.recipe.but(head_start=0, **changes))
        self.recorder.play_by(getattr(losses, self.recipe.loss))

    def train(self, every=25):
        """Train to the end of the recipe, a record each `every` rounds; yields both losses with each."""
        if self.round == 0 and self.recipe.head_start:
            self._rounds(self.recipe.head_start, -self.recipe.head_start, 0)
        while self.round < self.until:
            d_loss, g_loss = (float(loss) for loss in self._rounds(every, self.round, self.recipe.g_steps))
            self.round += every
            self.recorder.record(self.round, d_loss, g_loss)
            yield {"d_points": d_loss, "g_points": g_loss}

    def finish(self):
        """Train to the end, and return the history."""
        for _ in self.train():
            pass
        return self.history

    def coverage(self):
        """`metrics.ModeCoverage` of the last samples: known here, since the modes are; the doctor never sees it."""
        samples = np.nan_to_num(self.snapshots[-1], nan=1e6, posinf=1e6, neginf=-1e6)  # who flew off hits nothing
        return metrics.mode_coverage(samples, self.modes, 3 * toys.SPREAD)


def _forget(optimizer):
    """An optimizer as before its first step; its learning rate stays."""
    for variable in optimizer.variables:
        if variable is not optimizer.learning_rate:
            variable.assign(ops.zeros_like(variable))


def _batch(trial, number):
    """What a turn sees, from its number alone: real points (batch, 2), noise (batch, 2), and a condition or None."""
    recipe, seed = trial.recipe, tf.stack([trial._seed, number])
    rows = tf.random.stateless_uniform((_BATCH,), seed, 0, trial.points.shape[0], tf.int32)
    real, which = tf.gather(trial.points, rows), tf.gather(trial.which, rows)
    if recipe.num_real == 0:  # new points around the same modes
        real = tf.gather(trial.modes, which) + toys.SPREAD * tf.random.stateless_normal((_BATCH, 2), seed + 7)
    z = recipe.noise * tf.random.stateless_normal((_BATCH, 2), seed)
    if recipe.condition == "none":
        return real, z, None
    real = tf.roll(real, 1, 0) if recipe.condition == "shuffled" else real  # each beside another one's condition
    return real, z, tf.one_hot(which, recipe.num_modes)  # (batch, num_modes)


def _compiled(trial):
    """Many rounds of the algorithm as one graph: (count, first round, G's steps) to the mean (d_loss, g_loss)."""
    recipe, generator, discriminator = trial.recipe, trial.generator, trial.discriminator
    d_optimizer, g_optimizer = trial._optimizers
    adversarial = getattr(losses, recipe.loss)
    penalty = None if recipe.penalty == "none" else getattr(losses, recipe.penalty)
    held = {"penalty": penalty, "gamma": recipe.gamma, "penalty_interval": 1}

    def turn_of_d(number):
        real, z, e = _batch(trial, number)
        fake = steps.apply(generator, z, e)
        return steps.discriminator_step(discriminator, d_optimizer, adversarial, real, fake, e, **held)

    def turn_of_g(number):
        real, z, e = _batch(trial, number)
        return steps.generator_step(generator, discriminator, g_optimizer, adversarial, z, e, real)[1]

    @tf.function(reduce_retracing=True)
    def rounds(count, first, g_steps):
        d_sum, g_sum = tf.constant(0.0), tf.constant(0.0)
        for number in tf.range(first, first + count):
            for turn in tf.range(recipe.d_steps):
                d_sum += turn_of_d(64 * number + 2 * turn)
            for turn in tf.range(g_steps):
                g_sum += turn_of_g(64 * number + 2 * turn + 1)
        n = tf.cast(count, tf.float32)
        return d_sum / n / recipe.d_steps, g_sum / n / tf.cast(g_steps, tf.float32)

    return lambda *numbers: rounds(*map(tf.constant, numbers))
