"""A conditional GAN of images, on the points of a space that is already there.

It is `MultimodalGAN.train_step` for a single modality, in a form that is quick enough to train several side by side and
to change one thing between them. Notebooks 08 and 09.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from mmgan_lite import conditions, losses, steps
from mmgan_lite.networks import discriminators, embedders, generators
from mmgan_lite.networks.seeding import seeded


def full_presence(batch_size, num_modalities, _seed):
    """float32 (batch, modalities): nothing is ever missing. `conditions.random_presence` is the other way."""
    return tf.ones((batch_size, num_modalities))


class ConditionalImageGAN:
    """Learns to make images for points of a trained space.

    Args:
        gan: A trained `MultimodalGAN`; its embedders make the points, and stay as they are.
        modalities: Whose points are the conditions.
        conditioning: How D lets the condition in: a function such as `discriminators.projection`.
        mismatched: Show D real images with wrong conditions too, as further fakes.
        presence: Which of the modalities a condition is made of: a function (batch_size, num_modalities, seed) to
            float32 (batch, modalities).
        penalty: A function such as `losses.r1`, or None.
        condition_noise: Length of the noise on the condition that G hears, as in `MultimodalGAN.compile`.
        matching_weight: Weight in G's loss of a cross-entropy: for which condition was this fake made?
        width: Channels of G's smallest picture; D begins with half as many.
        rate: Adam's learning rate, of both players.
        seed: Of the weights and of all noise; those of one seed begin with the same G and see the same noise.
    """

    def __init__(self, gan, *, modalities=("text",), conditioning=discriminators.projection, mismatched=True,
                 presence=full_presence, penalty=losses.r1, condition_noise=0.0, matching_weight=0.0, width=32,
                 rate=2e-3, seed=0):  # fmt: skip
        self.gan, self.modalities, self.presence = gan, tuple(modalities), presence
        self.mismatched, self.penalty, self.seed = mismatched, penalty, seed
        self.condition_noise, self.matching_weight = condition_noise, matching_weight
        sizes = {"embed_dim": gan.embed_dim, "shape": tuple(gan.sizes["image"])}
        with seeded(seed):
            self.generator = generators.build_image_generator(width=width, **sizes)
            self.ema_generator = keras.models.clone_model(self.generator)
            self.discriminator = discriminators.build_image_discriminator(
                width=width // 2, conditioning=conditioning, **sizes
            )
        self.ema_generator.set_weights(self.generator.get_weights())
        self._players = steps.Players(self.discriminator, self.generator)
        self._optimizers = steps.Players(*(
            steps.build_optimizer(steps.gan_adam(rate), player)
            for player in self._players
        ))  # fmt: skip
        self.step_count = tf.Variable(0)
        self._generate = tf.function(self.ema_generator, reduce_retracing=True)

    def play(self, batch):
        """One turn of G and one of D on a batch of `as_dataset`; returns {"d_image": loss, "g_image": loss}."""
        seed = tf.stack([self.seed, self.step_count])
        real, e, e_facts = self.conditions(batch, seed)
        wrong_e = None
        if self.mismatched:
            rows = conditions.sample_mismatched(batch["facts_of"]["image"], e_facts, seed + 1)
            wrong_e = conditions.wrong_conditions(rows, e, e)
        z = tf.random.stateless_normal((real.shape[0], generators.LATENT_DIM), seed + 3)

        def generate(z, e):
            heard = e
            if self.condition_noise:
                heard = conditions.conditioning_augmentation(e, self.condition_noise, seed + 4)
            fake = self.generator([z, heard], training=True)
            if not self.matching_weight:
                return fake, 0.0
            agree = conditions.facts_agree(e_facts, e_facts)
            return fake, self.matching_weight * losses.contrastive(self.gan.embedders["image"](fake), e, 0.1, agree)

        d_loss, g_loss = steps.gan_step(
            self._players, self._optimizers, losses.non_saturating, z, e, real,
            wrong_e=wrong_e, generate=generate, penalty=self.penalty,
        )  # fmt: skip
        self.step_count.assign_add(1)
        steps.update_ema(self.ema_generator.weights, self.generator.weights, self.step_count)
        return {"d_image": d_loss, "g_image": g_loss}

    def conditions(self, batch, seed):
        """Real images, their conditions e (batch, embed_dim), and what each e tells, int32 (batch, facts)."""
        samples = self.gan.as_samples(batch)
        vectors = ops.stack([self.gan.embedders[name](samples[name]) for name in self.modalities], 1)
        presence = self.presence(vectors.shape[0], len(self.modalities), seed)
        e_facts = conditions.merge_facts(batch["facts_of"], self.modalities, presence)
        return samples["image"], embedders.fuse(vectors, presence), e_facts

    def draw(self, e, seed=0):
        """An image for each point e (n, embed_dim): float32 (n, h, w, c) in [-1, 1], of G's running average."""
        z = np.random.default_rng(seed).standard_normal((len(e), generators.LATENT_DIM), "float32")
        parts = [self._generate([z[i : i + 500], e[i : i + 500]]).numpy() for i in range(0, len(e), 500)]
        return np.concatenate(parts)


def train(gans, dataset, steps, mean=False):
    """Train several side by side, on the same batches.

    Args:
        gans: {name: ConditionalImageGAN}.
        dataset: From `as_dataset`.
        steps: Steps of each.
        mean: Tell only the means of all: many curves at once are no picture.

    Yields:
        After each step of all, {"d_<name>": loss, "g_<name>": loss}; or {"d_image": mean, "g_image": mean}.
    """

    @tf.function(reduce_retracing=True, autograph=False)
    def step(batch):  # of all in one graph: it is built once, and the cores share them out
        return {name: gan.play(batch) for name, gan in gans.items()}

    for batch in dataset.repeat().take(steps):
        logs = step(batch)
        if mean:
            yield {player: np.mean([log[player] for log in logs.values()]) for player in ("d_image", "g_image")}
        else:
            yield {f"{player[:2]}{name}": loss for name, log in logs.items() for player, loss in log.items()}


def slerp(a, b, t):
    """The way from one unit vector to another along the sphere, in even steps.

    Args:
        a, b: float (embed_dim,), unit vectors, not opposite.
        t: Shares of the way, float (k,), 0 at a and 1 at b.

    Returns:
        Unit vectors float32 (k, embed_dim).

    Source: Shoemake 1985.
    """
    t = np.asarray(t, "float64")[:, None]
    angle = max(np.arccos(np.clip(np.dot(a, b), -1, 1)), 1e-3)  # nearly the same point: the formula's limit
    return ((np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)).astype("float32")
