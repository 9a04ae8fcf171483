"""The logbook: what one should write down of a run on vectors, so that `doctor.py` can read it.

All of it can be computed without knowing the true distribution: real samples and the two players suffice. Source of
"precision" and "coverage": Naeem et al. 2020, with balls around the real samples. Notebook 04.
"""

import numpy as np
import tensorflow as tf

from mmgan_lite import steps
from mmgan_lite.evaluation import metrics

NUM_NEIGHBOURS = 10  # a real sample's ball reaches to its tenth neighbour


class Logbook:
    """Looks at both players, again and again, with the same noise and the same real samples.

    Args:
        players: D, on samples, and G, on z; with `which`, on [samples, e] and on [z, e].
        adversarial: The `losses.AdversarialLoss` by which they play.
        real: float32 (n, dim), real samples, better ones on which D does not train; a few hundred.
        which: int (n,), the class of each, where that (as one-hot e) is the condition; None where there is none.
        noise: Standard deviation of z.
        seed: Of z.

    Attributes:
        history: {signal: list}. As given: "round", "d_loss", "g_loss". Of D: "d_auc", how often it scores a real sample
            above a fake one, 0.5 if it cannot tell (the area under its ROC curve); "real_logit", "fake_logit", means.
            Of what reaches G: "g_gradient", length of the gradient on its weights; "g_loss_slope", how steep its loss
            is in D's logits of the samples, on average, 0 where it is flat. Of the samples: "precision", share that
            lie next to a real one; "coverage", share of real ones that have a sample next to them; "spread", distance
            among samples over that among real ones; "drift", how far the samples of the same noise went since the last
            record, in the same unit. With a condition: "agreement", share of samples whose nearest real one has their
            condition, and "agreement_shuffled", another one's; "condition_sensitivity", how far another condition
            moves the samples, over that and how far other noise does, 0 if G is deaf.
        snapshots: The samples at each record, float32 (n, dim) each.
    """

    def __init__(self, players, adversarial, real, *, which=None, noise=1.0, seed=0):
        self._players = players
        self.real, self.which = np.asarray(real, "float32"), which
        self.history, self.snapshots = {}, []
        rng = np.random.default_rng((seed, 4))
        latent_dim = players.generator.inputs[0].shape[-1]
        self._z = noise * rng.standard_normal((len(self.real), latent_dim), "float32")
        self._e = None if which is None else np.eye(int(np.max(which)) + 1, dtype="float32")[which]
        self._others = rng.permutation(len(self.real))
        among_real = _distances(self.real, self.real)
        self._unit = float(among_real.mean())
        self._radii = np.partition(among_real, NUM_NEIGHBOURS, axis=1)[:, NUM_NEIGHBOURS]  # (n,)
        self.play_by(adversarial)

    def play_by(self, adversarial):
        """Measure G's gradient by another loss from now on."""
        discriminator, generator = self._players
        e = None if self._e is None else tf.constant(self._e)

        @tf.function(autograph=False)
        def look(z, real):
            with tf.GradientTape(persistent=True) as tape:
                fake = steps.apply(generator, z, e)
                fake_logits = tf.convert_to_tensor(steps.apply(discriminator, fake, e))
                tape.watch(fake_logits)
                real_logits = steps.apply(discriminator, real, e)
                loss = adversarial.generator_loss(fake_logits, real_logits)
            gradient = tf.linalg.global_norm(tape.gradient(loss, generator.trainable_weights))
            slope = tf.reduce_sum(tf.abs(tape.gradient(loss, fake_logits)))  # the loss is a mean, so this is one, too
            return fake, real_logits[:, 0], fake_logits[:, 0], gradient, slope

        self._look = look

    def record(self, number, d_loss=np.nan, g_loss=np.nan):
        """Look at the players as they are now, and append to the history."""
        fake, real_logits, fake_logits, gradient, slope = (value.numpy() for value in self._look(self._z, self.real))
        distances = _distances(fake, self.real)
        inside = distances <= self._radii  # (fakes, reals)
        before = self.snapshots[-1] if self.snapshots else fake
        seen = {
            "round": number, "d_loss": d_loss, "g_loss": g_loss,
            "g_gradient": float(gradient), "g_loss_slope": float(slope),
            "d_auc": float((real_logits[:, None] > fake_logits).mean()),
            "real_logit": float(real_logits.mean()), "fake_logit": float(fake_logits.mean()),
            "precision": float(inside.any(1).mean()), "coverage": float(inside.any(0).mean()),
            "spread": float(_distances(fake, fake).mean()) / self._unit,
            "drift": float(np.linalg.norm(fake - before, axis=1).mean()) / self._unit,
        }  # fmt: skip
        if self.which is not None:
            found = self.which[distances.argmin(1)]
            seen["agreement"] = float((found == self.which).mean())
            seen["agreement_shuffled"] = float((found == self.which[self._others]).mean())
            seen["condition_sensitivity"] = self._condition_sensitivity(fake)
        for name, value in seen.items():
            self.history.setdefault(name, []).append(value)
        self.snapshots.append(fake)

    def _condition_sensitivity(self, fake):
        """How far samples go with another one's condition, over that and how far they go with another one's noise."""

        def moved(z, e):
            return float(np.linalg.norm(steps.apply(self._players.generator, z, e) - fake, axis=1).mean())

        by_condition = moved(self._z, self._e[self._others])
        by_noise = moved(self._z[self._others], self._e)
        return by_condition / max(by_condition + by_noise, 1e-9)


def _distances(a, b):
    """float32 (n, m)."""
    return np.sqrt(metrics.squared_distances(a, b))
