"""A sweep over seeds: runs of one recipe that differ in nothing but their seed, and how far they spread.

The recipe is a small conditional image GAN, which learns to draw most digits within a few hundred steps.
Source: Henderson et al. 2018, "Deep reinforcement learning that matters", on seeds. Notebook 10.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from mmgan_lite import losses, plots, steps
from mmgan_lite.evaluation import judges, metrics
from mmgan_lite.networks import generators
from mmgan_lite.networks.discriminators import build_image_discriminator
from mmgan_lite.networks.seeding import seeded

PROMPTS = 200  # pictures that every run is asked for at each check, the digits in turn
BATCH, WIDTH = 32, 16


class Check(NamedTuple):
    """What was measured of a run after so many steps: which pictures are right, and the mean losses since the last."""

    step: int
    right: np.ndarray
    d_loss: float
    g_loss: float


class SeedSweep:
    """Trains run after run; the networks are built and compiled once, and begin anew with each seed's weights.

    Args:
        images: float32 (n, 28, 28, 1) in [-1, 1].
        labels: int (n,), their digits.
        conditions: float32 (10, embed_dim), the condition for each digit.
        adversarial: A `losses.AdversarialLoss`.
        rate: Learning rate of both players.

    Attributes:
        runs: {seed: a list of `Check`}, filled by `train`.
    """

    def __init__(self, images, labels, conditions, *, adversarial=losses.least_squares, rate=1e-3):
        self.images, self.labels, self.conditions = images, labels, conditions
        self.adversarial, self.runs, self.steps = adversarial, {}, 0
        self._taken = {}
        self.players = self._networks(seed=0)
        self._optimizers = steps.Players(*(
            steps.build_optimizer(steps.gan_adam(rate), player) for player in self.players
        ))  # fmt: skip
        self._play = tf.function(self._both_players, autograph=False)
        self.asked = np.arange(PROMPTS) % 10
        self._noise = np.random.default_rng(9).standard_normal((PROMPTS, generators.LATENT_DIM)).astype("float32")

    def _networks(self, seed):
        embed_dim = self.conditions.shape[1]
        with seeded(seed):
            generator = generators.build_image_generator(embed_dim=embed_dim, width=WIDTH)
            return steps.Players(build_image_discriminator(embed_dim, width=WIDTH // 2), generator)

    def _both_players(self, z, e, real):
        wrong_e = tf.roll(e, 1, 0)  # the next row's condition: mostly another digit
        return steps.gan_step(
            self.players, self._optimizers, self.adversarial, z, e, real, wrong_e=wrong_e, penalty=losses.r1
        )

    def _begin(self, seed):
        """First weights from the seed, and optimizers without a past."""
        for player, new in zip(self.players, self._networks(seed), strict=True):
            player.set_weights(new.get_weights())
        for optimizer in self._optimizers:
            steps.reset_optimizer(optimizer)

    def train(self, seeds, steps, checks=6):
        """One run after another, for each of the seeds; a generator of {name: loss}, one a step, as `LoopRun` takes it.

        Args:
            seeds: ints.
            steps: Steps of each run.
            checks: How often each run is judged, next to a check after its first step.
        """
        self.steps = steps
        for seed in seeds:
            self._begin(seed)
            rng, checked, since = np.random.default_rng(seed), self.runs.setdefault(seed, []), []
            checked.clear()
            for step in range(1, steps + 1):
                rows = rng.integers(len(self.labels), size=BATCH)
                z = rng.standard_normal((BATCH, generators.LATENT_DIM)).astype("float32")
                since.append(self._play(z, self.conditions[self.labels[rows]], self.images[rows]))  # D's loss, G's
                if step == 1 or step % max(steps // checks, 1) == 0:
                    checked.append(Check(step, self.right(self.pictures()), *np.mean(since, axis=0).tolist()))
                    since = []
                self._taken[seed] = step
                yield {"d_image": checked[-1].d_loss, "g_image": checked[-1].g_loss}

    def pictures(self, n=PROMPTS):
        """What the run in training draws when asked for the digits in turn, float32 (n, 28, 28, 1)."""
        return self.players.generator([self._noise[:n], self.conditions[self.asked[:n]]]).numpy()

    def right(self, pictures):
        """In which pictures (PROMPTS, 28, 28, 1) a judge reads the digit that was asked for, bool (PROMPTS,)."""
        return judges.read_image(pictures)["digit"] == self.asked

    @property
    def whole(self):
        """Seeds of the runs that were trained to their end; the first run stands in where there are none."""
        begun = list(self.runs)  # a copy: a training that goes on may begin another meanwhile
        return [seed for seed in begun if self._taken.get(seed) == self.steps] or begun[:1]

    def figure(self, first, second):
        """All runs in grey, two of them in colour, and what a comparison of these two would claim.

        Returns:
            A Figure, and the numbers {heading: values}.
        """
        found = {seed: metrics.interval(self.runs[seed][-1].right) for seed in self.whole}
        fig, ax = plots.figure(6.4, 3)
        for seed in found:
            _line(ax, self.runs[seed], color="#bbbbbb", linewidth=1)
        pair = dict.fromkeys((first, second))  # may be one and the same
        looks = zip(pair, plots.OKABE_ITO.values(), ("-", "--"), (1.01, 1.03), strict=False)
        for seed, colour, style, beside in looks:
            self._mark(ax, seed, found[seed], beside, color=colour, linestyle=style)
        claim = "the intervals overlap: cannot tell"
        if apart(found[first], found[second]):
            claim = f"“seed {max(first, second, key=found.get)} is clearly better”"
        ax.set(xlabel="step", ylabel="right digits", ylim=(0, 1.05))
        ax.set_title(claim, fontsize=10)
        ax.legend(frameon=False, fontsize=8, loc="upper left")  # all runs begin below
        told = ", ".join(f"seed {seed} ends at {found[seed].mean:.0%}" for seed in pair)
        ax.alt = f"Share of right digits over the steps of {len(found)} runs of one recipe: {told}; {claim}."
        columns = zip(*found.values(), strict=True)
        return fig, {"seed": list(found), **dict(zip(("right", "95% from", "to"), columns, strict=True))}

    def _mark(self, ax, seed, end, beside, **style):
        """A run in colour, and behind its end its interval; `beside` the other's, or one would hide the other."""
        _line(ax, self.runs[seed], linewidth=2, label=f"seed {seed}: {end.mean:.0%}", **style)
        reach, colour = [[end.mean - end.low], [end.high - end.mean]], style["color"]
        at = beside * self.runs[seed][-1].step
        ax.errorbar(at, end.mean, reach, color=colour, capsize=4, marker="o", markersize=4)


def _line(ax, checks, **style):
    ax.plot([check.step for check in checks], [check.right.mean() for check in checks], **style)


def apart(first, second):
    """Whether two `metrics.Interval` do not overlap."""
    return first.low > second.high or second.low > first.high
