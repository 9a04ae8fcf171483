"""The duel: two small networks on points, either of which may take the next step; forward, back, and on from there.

It is the algorithm box of `steps.py` on data that can be drawn whole. Source: Goodfellow et al. 2014, algorithm 1;
GAN Lab, Kahng et al. 2018, showed how much one sees in two dimensions. Notebooks 02 and 04.
"""

import functools
import threading

import keras
import numpy as np
import tensorflow as tf

from mmgan_lite import losses, steps
from mmgan_lite.course.players.toy_gan import ToyGAN, toy_mlp


def build_point_discriminator(dim=2, *, width=32, seed=1):
    """An MLP from points (batch, dim) to logits (batch, 1)."""
    return toy_mlp(dim, 1, seed, width=width, name="point_discriminator")


def build_point_generator(latent_dim=2, dim=2, *, width=32, seed=0):
    """An MLP from noise z (batch, latent_dim) to points (batch, dim)."""
    return toy_mlp(latent_dim, dim, seed, width=width, name="point_generator")


class Duel:
    """Two players on points, and all that they have been.

    Args:
        real: float32 (n, dim), the data; each step draws a batch of them.
        adversarial: A `losses.AdversarialLoss`.
        penalty: A function such as `losses.r1`, or None; it weighs γ/2, at every step.
        gamma: γ.
        rates: Adam's learning rates, of D and of G; change them at any time through `rates`.
        batch_size: Points a step.
        discriminator, generator: Your own networks; None builds small ones.
        seed: Of the weights and of all noise.
        keep: States kept for `rewind`; of more than these, every second of the older half is forgotten.

    Attributes:
        step: Steps taken, by either player; `last` is the last one that `rewind` can reach.
        gan: The `ToyGAN`, and its players by name: `discriminator`, `generator`.
        losses: `Players`, the loss of D's and of G's last step, NaN before the first.
        real: The data; assign others to change the game while it is on.
        lock: Whoever moves the duel from a thread of its own holds it meanwhile.

    Raises:
        ValueError: if `real` is not (n, dim) or empty, or a rate is negative or not finite.
    """

    def __init__(self, real, *, adversarial=losses.non_saturating, penalty=None, gamma=0.5, rates=(1e-3, 1e-3),
                 batch_size=128, discriminator=None, generator=None, seed=0, keep=4000):  # fmt: skip
        self.real, self.lock = real, threading.RLock()
        dim = self.real.shape[1]
        self.discriminator = discriminator or build_point_discriminator(dim, seed=2 * seed + 1)
        self.generator = generator or build_point_generator(dim=dim, seed=2 * seed)
        self.latent_dim = self.generator.input_shape[-1]
        self.batch_size, self.seed, self.keep = batch_size, seed, keep
        self.step, self.losses = 0, steps.Players(np.nan, np.nan)
        optimizers = [keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99) for rate in _checked(rates)]
        players = steps.Players(self.discriminator, self.generator)
        self.gan = ToyGAN(players, steps.Players(*optimizers), adversarial, penalty, gamma)
        self._steps = _turns(self)
        self._generate, self._judge, self._pull = _looking(self)
        self._pack, self._unpack = _packing(self._variables())
        self._past = {0: (self._pack().numpy(), self.losses)}

    @property
    def real(self):
        return self._real

    @real.setter
    def real(self, points):
        points = np.asarray(points, "float32")
        if points.ndim != 2 or not len(points):
            raise ValueError(f"real must be points, (n, dim), at least one. Received: shape={points.shape}")
        self._real = points

    @property
    def rates(self):
        """Learning rates of D and of G, as `Players`."""
        return steps.Players(*(float(optimizer.learning_rate) for optimizer in self.gan.optimizers))

    @rates.setter
    def rates(self, rates):
        for optimizer, rate in zip(self.gan.optimizers, _checked(rates), strict=True):
            optimizer.learning_rate.assign(rate)

    @property
    def last(self):
        return max(self._past)

    def noise(self, n, seed):
        """float32 (n, latent_dim), standard normal."""
        return np.random.default_rng((self.seed, seed)).standard_normal((n, self.latent_dim), "float32")

    def warm_up(self):
        """Trace both players' steps now, which takes a second, and take none."""
        for step in self._steps:
            step.trace()

    def step_discriminator(self):
        """D's turn: real points up, G's points down. G stays as it is. Returns d_loss."""
        return self._take("discriminator")

    def step_generator(self):
        """G's turn: move its points to where D takes them for real. D stays as it is. Returns g_loss."""
        return self._take("generator")

    def step_both(self, d_steps=1, g_steps=1):
        """D's turn, `d_steps` times, then G's, `g_steps` times: one round. Returns `losses`."""
        for _ in range(d_steps):
            self.step_discriminator()
        for _ in range(g_steps):
            self.step_generator()
        return self.losses

    def batch(self, step):
        """What a step sees: real points (batch_size, dim) and noise (batch_size, latent_dim), from its number alone."""
        rng = np.random.default_rng((self.seed, step, 7))  # so that a rewound duel repeats itself
        z = rng.standard_normal((self.batch_size, self.latent_dim), "float32")  # first: it is no matter of the data
        return self.real[rng.integers(len(self.real), size=self.batch_size)], z

    def _take(self, player):
        loss = float(getattr(self._steps, player)(*self.batch(self.step)))
        self.losses = self.losses._replace(**{player: loss})
        for forgotten in [later for later in self._past if later > self.step]:  # after a rewind
            del self._past[forgotten]
        self.step += 1
        self._past[self.step] = self._pack().numpy(), self.losses
        if len(self._past) > self.keep:
            for thinned in sorted(self._past)[1 : self.keep // 2 : 2]:
                del self._past[thinned]
        return loss

    def rewind(self, step):
        """Go back to a step, or forth again; the duel goes on from there, and what came after is forgotten only then.

        The state comes back to the last bit; where it was forgotten (see `keep`), the nearest earlier one does.

        Raises:
            ValueError: for a step that was not taken.
        """
        if not 0 <= step <= self.last:
            raise ValueError(f"step must be from 0 to {self.last}. Received: {step}")
        self.step = max(kept for kept in self._past if kept <= step)
        state, self.losses = self._past[self.step]
        self._unpack(tf.convert_to_tensor(state))

    def restart(self):
        """Back to the first step, with nothing remembered."""
        self.rewind(0)
        self._past = {0: self._past[0]}

    def history(self):
        """The losses so far, {"step", "d_loss", "g_loss"}: float arrays, as far as `last`, for `plots.losses`."""
        taken = sorted(self._past)
        d_loss, g_loss = np.array([self._past[step][1] for step in taken]).T
        return {"step": np.array(taken), "d_loss": d_loss, "g_loss": g_loss}

    def _variables(self):
        of_optimizers = [
            variable for optimizer in self.gan.optimizers for variable in optimizer.variables
            if variable is not optimizer.learning_rate  # a hand sets it, not the past
        ]  # fmt: skip
        return [*self.discriminator.variables, *self.generator.variables, *of_optimizers]

    def fakes(self, n=256, seed=0):
        """What G makes of n draws of noise, float32 (n, dim); the same noise at every step, unless the seed differs."""
        return self.generated(self.noise(n, seed))

    def generated(self, z):
        """G's points for noise (n, latent_dim), float32 (n, dim)."""
        return self._generate(z).numpy()

    def judged(self, points):
        """D's probability that points (n, dim) are real, float32 (n,)."""
        return self._judge(points)[:, 0].numpy()

    def pull(self, points):
        """Where G's loss wants each of its points to go: minus the slope of that point's loss, float32 (n, dim).

        It is all that G ever learns of the data, and it learns it from D.
        """
        rows = np.arange(len(points)) % self.batch_size  # real ones next to them, for losses that compare
        return self._pull(points, self.batch(self.step)[0][rows]).numpy()


def _checked(rates):
    rates = [float(rate) for rate in rates]
    if not all(0 <= rate < np.inf for rate in rates) or len(rates) != 2:
        raise ValueError(f"rates are two numbers, of D and of G, 0 or more. Received: {rates}")
    return rates


def _turns(duel):
    """Both players' steps as graphs: (real, z) to a loss."""
    gan, widths = duel.gan, (duel.real.shape[1], duel.latent_dim)
    return steps.Players(  # functions without a condition: a default argument would make every call ten times slower
        _graph(lambda real, z: gan.discriminator_step(real, z), *widths),
        _graph(lambda real, z: gan.generator_step(real, z), *widths),
    )


def _looking(duel):
    """What shows how the players stand, as graphs: G's points, D's probabilities, the pull on G's points."""

    def judge(points):
        return tf.sigmoid(duel.discriminator(points))

    def pull(points, real):
        with tf.GradientTape() as tape:
            tape.watch(points)
            loss = duel.gan.adversarial.generator_loss(duel.discriminator(points), duel.discriminator(real))
        return -tf.cast(tf.shape(points)[0], tf.float32) * tape.gradient(loss, points)  # the loss is a mean

    dim = duel.real.shape[1]
    return _graph(duel.generator, duel.latent_dim), _graph(judge, dim), _graph(pull, dim, dim)


def _graph(function, *widths):
    """A function of rows, float32 (batch, width) each, as a graph that is traced once, when it is first needed."""
    traced = tf.function(function, [tf.TensorSpec((None, width)) for width in widths])
    concrete = functools.cache(traced.get_concrete_function)  # `traced` itself would warn of many duels in a loop

    def run(*rows):
        return concrete()(*(tf.convert_to_tensor(row, tf.float32) for row in rows))

    run.trace = concrete
    return run


def _packing(variables):
    """Two graphs: all variables to one row of bytes, and back. Kept as tensors, states would take twice the memory."""
    variables = [variable.value for variable in variables]
    shapes = [(*variable.shape, variable.dtype.size) for variable in variables]

    def pack():
        return tf.concat([tf.reshape(tf.bitcast(variable, tf.uint8), [-1]) for variable in variables], 0)

    def unpack(state):
        parts = tf.split(state, [int(np.prod(shape)) for shape in shapes])
        for variable, shape, part in zip(variables, shapes, parts, strict=True):
            variable.assign(tf.bitcast(tf.reshape(part, shape), variable.dtype))

    row = tf.TensorSpec((sum(int(np.prod(shape)) for shape in shapes),), tf.uint8)
    return tf.function(pack).get_concrete_function(), tf.function(unpack, [row]).get_concrete_function()
