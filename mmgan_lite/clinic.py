"""The clinic: runs on points that are healthy, or ill on purpose, and what one should write down of a run.

A `Recipe` holds every control of a run, a `Trial` trains by it, and its `recorder.Recorder` makes the history that
`doctor.py` reads. The networks may have a condition, so that a generator that does not listen can be seen. Notebook 04.
"""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from mmgan_lite import data, losses, metrics, toys, training
from mmgan_lite.recorder import Recorder

CASES_FILE = Path(__file__).parent.parent / "data" / "clinic.npz"
CASES_SHA256 = "0c12e554cb794bb8560b5382003cf828527275371269a5cd2d7d50dd9ba7b646"
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
        """The same recipe with other settings."""
        return dataclasses.replace(self, **changes)


_BARE = Recipe(penalty="none")
_SATURATING = _BARE.but(loss="minimax", optimizer="sgd", g_rate=0.02, d_rate=1e-2, head_start=500, noise=0.2)
ILL = {  # illness: recipes that bring it about; the doctor's thresholds were chosen on them
    "mode collapse": [_BARE.but(g_steps=5), _BARE.but(g_steps=10, g_rate=1e-3)],
    "vanishing gradient": [_SATURATING, _SATURATING.but(optimizer="adam", g_rate=1e-4, head_start=1000)],
    "oscillation": [_BARE.but(momentum=0.9, d_rate=3e-3, g_rate=3e-3), _BARE.but(momentum=0.95)],
    "D too strong": [_BARE.but(d_rate=1e-2, g_rate=2e-5, d_steps=3), _BARE.but(d_rate=5e-3, g_rate=1e-5)],
    "condition ignored": [Recipe(condition="shuffled"), Recipe(condition="unseen")],
    "healthy": [Recipe(), _BARE, Recipe(condition="told")],
}
STRANGE = {  # recipes that the thresholds have never met: other losses, other data, other causes
    "mode collapse": [_BARE.but(loss="hinge", g_steps=6), _BARE.but(g_rate=1e-2, d_rate=1e-3)],
    "vanishing gradient": [_SATURATING.but(g_rate=0.01, d_rate=5e-3, d_steps=2, noise=0.3, num_modes=5)],
    "oscillation": [_BARE.but(loss="hinge", momentum=0.9), _BARE.but(loss="least_squares", momentum=0.9, d_rate=5e-3)],
    "D too strong": [
        _BARE.but(loss="hinge", d_rate=1e-2, g_rate=2e-5), _BARE.but(d_rate=5e-3, g_rate=2e-5, num_modes=5)
    ],
    "condition ignored": [Recipe(loss="hinge", condition="unseen"), Recipe(condition="unheard")],
    "healthy": [
        Recipe(loss="hinge"), Recipe(loss="least_squares"), Recipe(loss="relativistic", penalty="r1_r2"),
        Recipe(num_modes=5, gamma=0.5),
    ],
}  # fmt: skip


def build_player(inputs, outputs, seed, num_conditions=0, width=32):
    """An MLP on vectors (batch, inputs), with conditions (batch, num_conditions) beside them if there are any."""
    seeds = keras.random.SeedGenerator(seed)
    x = h = keras.Input((inputs,))
    e = keras.Input((num_conditions,)) if num_conditions else None
    h = h if e is None else ops.concatenate([h, e], -1)  # (batch, inputs + num_conditions)
    for units in (width, width, outputs):
        h = layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seeds))(h)
        h = h if units == outputs else layers.LeakyReLU(0.2)(h)
    return keras.Model(x if e is None else [x, e], h)


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
        told = recipe.num_modes if recipe.condition != "none" else 0
        self.generator, self.discriminator = build_player(2, 2, 0, told), build_player(2, 1, 1, told)
        self.modes = toys.ring_modes(recipe.num_modes)
        size = recipe.num_real or 4096
        self._held = tf.Variable(tf.zeros((size, 2))), tf.Variable(tf.zeros((size,), tf.int32)), tf.Variable(0)
        self.round, self.treated = 0, []
        self._prescribe(recipe)
        self.begin(seed)

    def begin(self, seed):
        """Begin anew with another seed, by the same recipe; what was compiled for it serves again."""
        self.seed, self.round, self.until, self.treated = seed, 0, self.recipe.rounds, []
        recipe, told = self.recipe, self.recipe.num_modes if self.recipe.condition != "none" else 0
        self.generator.set_weights(build_player(2, 2, 2 * seed, told).get_weights())
        self.discriminator.set_weights(build_player(2, 1, 2 * seed + 1, told).get_weights())
        for optimizer in self._optimizers:
            for variable in optimizer.variables:
                if variable is not optimizer.learning_rate:
                    variable.assign(keras.ops.zeros_like(variable))
        points, which = self._draw(self._held[0].shape[0], seed)
        for variable, values in zip(self._held, (points, which, seed), strict=True):
            variable.assign(values)
        held_out, which = self._draw(_WATCHED, seed + 10_000)  # D never trains on these
        self.recorder = Recorder(self.generator, self.discriminator, getattr(losses, recipe.loss), held_out,
                                 which if told else None, recipe.noise, seed, _heard(recipe))  # fmt: skip
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
            training.built(d_optimizer, self.discriminator), training.built(g_optimizer, self.generator)
        )  # fmt: skip
        self._rounds = _compiled(self, *self._optimizers)

    def treat(self, **changes):
        """Go on with the same two players by other settings; see `Recipe`. `train` then takes that many rounds more."""
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


def _heard(recipe):
    """How much of the condition D and G get."""
    return float(recipe.condition != "unseen"), float(recipe.condition != "unheard")


def _compiled(trial, d_optimizer, g_optimizer):
    """Many rounds of the algorithm as one graph: (count, first round, G's steps) to the mean (d_loss, g_loss)."""
    recipe, generator, discriminator = trial.recipe, trial.generator, trial.discriminator
    points, which, of_trial = trial._held
    adversarial = getattr(losses, recipe.loss)
    penalty = None if recipe.penalty == "none" else getattr(losses, recipe.penalty)

    def draw(number):
        """Real points, noise, and the condition as D and as G get it."""
        seed = tf.stack([of_trial, number])
        rows = tf.random.stateless_uniform((_BATCH,), seed, 0, points.shape[0], tf.int32)
        real = tf.gather(points, rows)
        if recipe.num_real == 0:
            places = tf.gather(tf.constant(trial.modes), tf.gather(which, rows))
            real = places + toys.SPREAD * tf.random.stateless_normal((_BATCH, 2), seed + 7)
        z = recipe.noise * tf.random.stateless_normal((_BATCH, 2), seed)
        if recipe.condition == "none":
            return real, z, None, None
        e = tf.one_hot(tf.gather(which, rows), recipe.num_modes)  # (batch, num_modes)
        real = tf.roll(real, 1, 0) if recipe.condition == "shuffled" else real  # each beside another one's condition
        return real, z, *(share * e for share in _heard(recipe))

    def turn_of_d(number):
        real, z, d_hears, g_hears = draw(number)
        fake = training.beside(generator, z, g_hears)
        return training.discriminator_step(discriminator, d_optimizer, adversarial, real, fake, d_hears,
                                           penalty=penalty, gamma=recipe.gamma, every=1)  # fmt: skip

    def turn_of_g(number):
        real, z, d_hears, g_hears = draw(number)
        listening = [
            lambda z: training.beside(generator, z, g_hears),
            lambda x: training.beside(discriminator, x, d_hears),
        ]
        return _generator_step(*listening, generator.trainable_weights, g_optimizer, adversarial, z, real)

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


def _generator_step(generate, judge, weights, optimizer, adversarial, z, real):
    """`training.generator_step` where the two players may hear different conditions."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([weight.value for weight in weights])
        compares = getattr(adversarial.generator_loss, "compares", False)
        loss = adversarial.generator_loss(judge(generate(z)), judge(real) if compares else None)
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def compare(recipe, changes, seeds):
    """Modes that runs end on without and with some changes of their recipe, seed by seed; it prints as it goes.

    Returns:
        {"changed": changes, "seeds": seeds, "before": modes, "after": modes}.
    """
    found = {"changed": changes, "seeds": list(seeds), "before": [], "after": []}
    trials = {"before": Trial(recipe), "after": Trial(recipe.but(**changes))}
    for seed in found["seeds"]:
        for when, trial in trials.items():
            trial.begin(seed)
            trial.finish()
            found[when].append(trial.coverage().num_covered)
            print(f"seed {seed}, {when}: {found[when][-1]} of {recipe.num_modes} modes", flush=True)
    return found


def load_cases(path=CASES_FILE):
    """The recorded runs of notebook 04; `python data/build_clinic.py` records them.

    Returns:
        {letter: {"history": {signal: float32 (records,)}, "samples": float32 (records, points, 2)}}.
    """
    arrays = data.read_checked(Path(path), CASES_SHA256, "python data/build_clinic.py")
    cases = {}
    for name, array in arrays.items():
        letter, what = name.split(".")
        case = cases.setdefault(letter, {"history": {}, "samples": None})
        if what == "samples":
            case["samples"] = array.astype("float32")
        else:
            case["history"][what] = array
    return cases
