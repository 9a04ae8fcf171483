"""One run on points: a `ToyConfig` holds every control of it, a `ToyRun` trains a `ToyGAN` by it and keeps records.

It is the algorithm of `steps.py` on a ring of modes, in a few seconds. The networks may have a condition, so that a
generator that does not listen can be seen. `clinic_recipes.py` has configs that bring about each illness. Notebook 04.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from mmgan_lite import losses, steps
from mmgan_lite.course.players import toys
from mmgan_lite.course.players.logbook import Logbook
from mmgan_lite.course.players.toy_gan import ToyGAN, toy_mlp
from mmgan_lite.evaluation import metrics

_BATCH, _WATCHED = 128, 256
_CHOICES = {
    "loss": (*losses.ADVERSARIAL,),
    "penalty": ("none", *losses.PENALTIES),
    "optimizer": ("adam", "sgd"),
    "condition": ("none", "told", "shuffled", "unseen", "unheard"),
}


@dataclasses.dataclass(frozen=True)
class ToyConfig:
    """Every control of a run on a ring of modes.

    Attributes:
        loss, penalty: Names in `losses.ADVERSARIAL` and in `losses.PENALTIES`, or "none" for the penalty, which weighs
            `gamma` / 2, at every step.
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

    Raises:
        ValueError: for a name that is none of the choices.
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

    def __post_init__(self):
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}. Received: {getattr(self, name)!r}")

    def but(self, **changes):
        """The same config with other settings; a `ValueError` lists the controls if one is none of them."""
        names = [field.name for field in dataclasses.fields(self)]
        unknown = sorted(set(changes) - set(names))
        if unknown:
            raise ValueError(f"a config's controls are {', '.join(names)}. Received: {', '.join(unknown)}")
        return dataclasses.replace(self, **changes)


class ToyRun:
    """One run by a config.

    Args:
        config: A `ToyConfig`.
        seed: Of the weights, the data and all noise.

    Attributes:
        round: Rounds that it has trained.
        gan: The `ToyGAN`, and its players by name: `discriminator`, `generator`.
        history: {signal: list}, which `doctor.examine` reads; see `Logbook`.
        snapshots: The samples at each record, float32 (256, 2) each.
        treated: The rounds at which `treat` was called.
    """

    def __init__(self, config, *, seed=0):
        players = self.discriminator, self.generator = _build_players(config, seed)
        self.modes = toys.ring_modes(config.num_modes)
        size = config.num_real or 4096
        self.points, self.which = tf.Variable(tf.zeros((size, 2))), tf.Variable(tf.zeros((size,), tf.int32))
        self._seed, self.round = tf.Variable(0), 0
        self._play_by(config, players)
        self.begin(seed)

    def begin(self, seed):
        """Begin anew with another seed, by the same config; what was compiled for it serves again."""
        self.round, self.until, self.treated = 0, self.config.rounds, []
        self.gan.reset(_build_players(self.config, seed))
        drawn = *self._draw(self.points.shape[0], seed), seed
        for variable, values in zip((self.points, self.which, self._seed), drawn, strict=True):
            variable.assign(values)
        real, which = self._draw(_WATCHED, seed + 10_000)  # D never trains on these
        which = None if self.config.condition == "none" else which
        self.logbook = Logbook(
            self.gan.players, self.gan.adversarial, real, which=which, noise=self.config.noise, seed=seed
        )
        self.history, self.snapshots = self.logbook.history, self.logbook.snapshots

    def _draw(self, n, seed):
        """Points (n, 2), and the number of each one's mode (n,)."""
        points = toys.ring(n, seed, len(self.modes))
        return points, np.argmin(np.linalg.norm(points[:, None] - self.modes, axis=-1), 1)

    def _play_by(self, config, players):
        self.config, self.until = config, self.round + config.rounds
        self.gan = _build_gan(config, players)
        self._rounds = _compiled(self)

    def treat(self, **changes):
        """Go on with the same two players by other settings; see `ToyConfig`. `train` then takes that many rounds more.

        Raises:
            ValueError: for what players are born with, and no treatment changes.
        """
        born = sorted({"condition", "num_modes", "num_real"} & set(changes))
        if born:
            raise ValueError(f"build a new ToyRun for other players: treat goes on with these. Received: {born}")
        self.treated.append(self.round)
        self._play_by(self.config.but(head_start=0, **changes), self.gan.players)
        self.logbook.play_by(self.gan.adversarial)

    def train(self, every=25):
        """Train to the end of the config, a record each `every` rounds; yields both losses with each."""
        if self.round == 0 and self.config.head_start:
            self._rounds(self.config.head_start, -self.config.head_start, 0)
        while self.round < self.until:
            d_loss, g_loss = (float(loss) for loss in self._rounds(every, self.round, self.config.g_steps))
            self.round += every
            self.logbook.record(self.round, d_loss, g_loss)
            yield {"d_points": d_loss, "g_points": g_loss}

    def finish(self):
        """Train to the end, and return the history."""
        for _ in self.train():
            pass
        return self.history

    def mode_coverage(self):
        """`metrics.ModeCoverage` of the last samples: known here, since the modes are; the doctor never sees it."""
        samples = np.nan_to_num(self.snapshots[-1], nan=1e6, posinf=1e6, neginf=-1e6)  # who flew off hits nothing
        return metrics.mode_coverage(samples, self.modes, 3 * toys.SPREAD)


def _build_players(config, seed):
    """D and G, as a config wants them: with the number of the mode as a condition, or without."""
    num_conditions = 0 if config.condition == "none" else config.num_modes
    sees, hears = float(config.condition != "unseen"), float(config.condition != "unheard")
    return steps.Players(
        toy_mlp(2, 1, 2 * seed + 1, num_conditions=num_conditions, hears=sees),
        toy_mlp(2, 2, 2 * seed, num_conditions=num_conditions, hears=hears),
    )


def _build_gan(config, players):
    """The players under a config's rules, with optimizers that have no past."""
    d_optimizer, adam = (keras.optimizers.Adam(rate, config.momentum, 0.99) for rate in (config.d_rate, config.g_rate))
    g_optimizer = adam if config.optimizer == "adam" else keras.optimizers.SGD(config.g_rate)
    penalty = losses.PENALTIES.get(config.penalty)  # there is none of the name "none"
    adversarial = losses.ADVERSARIAL[config.loss]
    return ToyGAN(players, steps.Players(d_optimizer, g_optimizer), adversarial, penalty, config.gamma)


def _batch(run, number):
    """What a turn sees, from its number alone: real points (batch, 2), noise (batch, 2), and a condition or None."""
    config, seed = run.config, tf.stack([run._seed, number])
    rows = tf.random.stateless_uniform((_BATCH,), seed, 0, run.points.shape[0], tf.int32)
    real, which = tf.gather(run.points, rows), tf.gather(run.which, rows)
    if config.num_real == 0:  # new points around the same modes
        real = tf.gather(run.modes, which) + toys.SPREAD * tf.random.stateless_normal((_BATCH, 2), seed + 7)
    # z has the seed of the rows: both come of the same random bits, which the recorded runs of data/clinic.npz rest on
    z = config.noise * tf.random.stateless_normal((_BATCH, 2), seed)
    if config.condition == "none":
        return real, z, None
    real = tf.roll(real, 1, 0) if config.condition == "shuffled" else real  # each with another one's condition
    return real, z, tf.one_hot(which, config.num_modes)  # (batch, num_modes)


def _compiled(run):
    """Many rounds of the algorithm as one graph: (count, first round, G's steps) to the mean (d_loss, g_loss)."""
    gan, d_steps = run.gan, run.config.d_steps

    @tf.function(reduce_retracing=True)
    def rounds(count, first, g_steps):
        d_sum, g_sum = tf.constant(0.0), tf.constant(0.0)
        for number in tf.range(first, first + count):
            for turn in tf.range(d_steps):
                d_sum += gan.discriminator_step(*_batch(run, 64 * number + 2 * turn))
            for turn in tf.range(g_steps):
                g_sum += gan.generator_step(*_batch(run, 64 * number + 2 * turn + 1))
        n = tf.cast(count, tf.float32)
        return d_sum / n / d_steps, g_sum / n / tf.cast(g_steps, tf.float32)

    return lambda *numbers: rounds(*map(tf.constant, numbers))
