"""`MultimodalGAN`: the networks of all senses, trained in two stages and used in one line."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from mmgan_lite import losses, steps
from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets.digits import MODALITIES
from mmgan_lite.networks import discriminators, embedders, generators
from mmgan_lite.networks.discriminators import build_imaginer_discriminator
from mmgan_lite.prompts import check


class MultimodalGAN(keras.Model):
    """Any of text, image and speech to any other, through one shared space.

    Args:
        embedders: {modality: keras.Model}, samples to unit vectors (batch, embed_dim); see `build_image_embedder`.
        generators: {modality: keras.Model}, [z, e] to samples.
        discriminators: {modality: keras.Model}, [samples, e] to logits (batch, 1).
        imaginer: z to e, for `imagine`; None leaves it out.
        vocabulary: A `text.Vocabulary`, for captions.
        seed: All noise of the training follows from it and from the step.

    Attributes:
        averages: {name: keras.Model}, the generators' running averages (EMA), which `generate` uses.
    """

    def __init__(self, embedders, generators, discriminators, imaginer=None, vocabulary=text.DIGITS, seed=0):
        super().__init__()
        self.modalities = tuple(m for m in MODALITIES if m in embedders)
        self.embedders, self.generators, self.discriminators = dict(embedders), dict(generators), dict(discriminators)
        self.vocabulary, self.seed = vocabulary, seed
        if imaginer is not None:  # a generator whose samples are points of the space, and that no condition guides
            self.generators["imagined"] = imaginer
            self.discriminators.setdefault("imagined", build_imaginer_discriminator(imaginer.output_shape[-1]))
        self.averages = {name: _twin(network) for name, network in self.generators.items()}
        self.step = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False, name="step")
        self._compiled = {}
        self.built = True  # a shell: its networks are built already

    @classmethod
    def for_pairs(cls, pairs, seed=0, embed_dim=embedders.EMBED_DIM):
        """Networks that fit the pairs: their senses, image and sound sizes, and vocabulary.

        Args:
            pairs: A pairs dict of two or three senses, from `load_digits` or `load_pairs`.
            seed: Of the initial weights and of the training's noise.
            embed_dim: Length of the shared vectors.
        """
        vocabulary = text.DIGITS if "levels" in pairs or "text" not in pairs else text.Vocabulary.of(pairs["text"])
        sizes = {m: vocabulary.size if m == "text" else list(pairs[m].shape[1:]) for m in MODALITIES if m in pairs}
        return cls.for_sizes(sizes, vocabulary, seed, embed_dim)

    @classmethod
    def for_sizes(cls, sizes, vocabulary=text.DIGITS, seed=0, embed_dim=embedders.EMBED_DIM):
        """The same from sizes alone: {"image": [h, w, c], "text": [max_words, words], "speech": [frames, mels]}."""
        keras.utils.set_random_seed(seed)

        def build(module, kind):
            return {m: getattr(module, f"build_{m}_{kind}")(embed_dim=embed_dim, shape=tuple(sizes[m])) for m in sizes}

        parts = build(embedders, "embedder"), build(generators, "generator"), build(discriminators, "discriminator")
        return cls(*parts, generators.build_imaginer(embed_dim=embed_dim), vocabulary, seed)

    @property
    def sizes(self):
        """{modality: shape of one sample as the networks take it}, as `for_sizes` takes them."""
        return {m: list(network.input_shape[1:]) for m, network in self.embedders.items()}

    # Stage 1: one space.

    def fit_embedders(self, dataset, epochs=50, callbacks=(), optimizer=None, verbose="auto"):
        """Train the embedders until the senses of one example lie together; a Keras `History` comes back."""
        stage = _EmbedderStage(self)
        stage.compile(optimizer=optimizer or keras.optimizers.Adam(1e-3))
        return stage.fit(dataset, epochs=epochs, callbacks=list(callbacks), verbose=verbose, shuffle=False)

    # Stage 2: the players.

    def compile(
        self, optimizer=None, adversarial=losses.non_saturating, penalty=losses.r1, gamma=0.5, every=4,
        mismatched=True, augmentation=0.5, matching=0.2, teaching=1.0, **kwargs,
    ):  # fmt: skip
        """Choose how the players learn.

        Args:
            optimizer: A function that makes one; called once a network, since each must count its own steps.
            adversarial: A pair such as `losses.least_squares`.
            penalty: A function such as `losses.r1`, or None.
            gamma: The penalty weighs γ/2.
            every: The penalty is taken each so many steps.
            mismatched: Show D real samples beside wrong conditions too, as further fakes.
            augmentation: Length of the noise upon the condition that G hears (a condition has length 1); D, and the
                matching, judge by the condition itself.
            matching: Weight in G's loss of a cross-entropy: for which condition of the batch was this fake made?
            teaching: Weight in the text generator's loss of a cross-entropy: the next word of a real caption.
        """
        make = optimizer or (lambda: keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99))
        self.g_optimizers = {name: steps.built(make(), network) for name, network in self.generators.items()}
        self.d_optimizers = {name: steps.built(make(), network) for name, network in self.discriminators.items()}
        self.adversarial, self.mismatched, self.matching = adversarial, mismatched, matching
        self.augmentation, self.teaching = augmentation, teaching
        self.penalty = {"penalty": penalty, "gamma": gamma, "every": every}
        # Keras would install an optimizer of its own, and schedules would then change that one
        super().compile(optimizer=next(iter(self.g_optimizers.values())), **kwargs)

    def fit(self, dataset, *args, shuffle=False, **kwargs):
        """Train the players; as `keras.Model.fit`, on a data set from `as_dataset`, which shuffles itself."""
        return super().fit(dataset, *args, shuffle=shuffle, **kwargs)

    @property
    def metrics(self):
        return []  # `train_step` returns its losses itself

    def train_step(self, batch):
        """One step of every player on one batch; returns {"d_<name>": loss, "g_<name>": loss}."""
        samples, told = self.as_samples(batch), batch["facts"]
        # embed outside the tapes: D and G must not train the embedders
        vectors = ops.stack([self.embedders[m](samples[m]) for m in self.modalities], 1)  # (batch, senses, embed_dim)
        seed = ops.stack([self.seed, ops.cast(self.step, "int32")])
        presence = steps.random_presence(vectors.shape[0], len(self.modalities), seed)
        e = embedders.fuse(vectors, presence)
        e_told = steps.told_together(told, self.modalities, presence)
        logs = {}
        for number, name in enumerate(self.modalities):
            own = seed + 10 * (number + 1)
            wrong = tf.gather(e, steps.contradicting(told[name], e_told, own)) if self.mismatched else None
            logs |= self._play(name, samples[name], e, wrong, own, self._matching(name, e, e_told))
        if "imagined" in self.generators:
            logs |= self._play("imagined", embedders.fuse(vectors, ops.ones_like(presence)), None, None, seed + 5)
        self.step.assign_add(1)
        return logs

    def _play(self, name, real, e, wrong_e, seed, matching=None):
        """One step of G and D, for one sense."""
        generator, discriminator = self.generators[name], self.discriminators[name]
        z = tf.random.stateless_normal((real.shape[0], _latent_dim(generator)), seed + 2)

        def perform(z, e):  # a writer learns from words too, another generator from what its fakes match
            if e is not None:  # the imaginer knows no condition
                e = steps.nearby(e, self.augmentation, seed + 3)  # for G alone: D and the matching judge by e
            if self.teaching and hasattr(generator, "practise"):
                fake, surprise = generator.practise(z, e, real)
                return fake, self.teaching * surprise
            fake = steps.beside(generator, z, e, training=True)
            return fake, matching(fake) if matching else 0.0

        optimizers = self.g_optimizers[name], self.d_optimizers[name]
        g_loss, d_loss = steps.players_step(
            generator, discriminator, optimizers, self.adversarial, z, e, real, wrong_e, perform, **self.penalty
        )
        steps.follow(self.averages[name].weights, generator.weights, self.step)
        return {f"d_{name}": d_loss, f"g_{name}": g_loss}

    def _matching(self, name, e, e_told):
        if not self.matching or name == "text":  # words that please an embedder are no language: "says says says"
            return None
        targets = steps.compatible(e_told, e_told)
        return lambda fake: self.matching * losses.contrastive(self.embedders[name](fake), e, 0.1, targets)

    def as_samples(self, batch):
        """A batch in the form that the networks take: tokens become one-hot words."""
        size = len(self.vocabulary)
        return {m: ops.one_hot(batch[m], size) if m == "text" else batch[m] for m in self.modalities}

    # In use.

    def embed(self, prompts):
        """Prompts {modality: n prompts}, as `generate` takes them, to unit vectors float32 (n, embed_dim)."""
        samples = check(prompts, self.embedders, self.vocabulary)
        vectors = [self._in_batches(self.embedders[m], x) for m, x in samples.items()]
        fused = embedders.fuse(np.stack(vectors, 1), np.ones((len(vectors[0]), len(vectors)), "float32"))
        return ops.convert_to_numpy(fused)

    def generate(self, prompts, to, count=1, seed=None):
        """Turn prompts of any senses into samples of one sense.

        Args:
            prompts: {modality: n prompts}, one modality or several for the same n things: captions as strings; images
                as uint8 0..255 or float32 in [-1, 1], (n, h, w[, c]); speech as log-mel, see `speech.from_waveform`.
            to: The modality to make.
            count: Samples a prompt.
            seed: int; the same seed gives the same samples. None draws new ones each time.

        Returns:
            Images float32 (n, count, h, w, c) in [-1, 1]; speech float32 (n, count, frames, mels) in [-1, 1];
            captions as n lists of `count` strings.

        Raises:
            ValueError: for prompts that make no sense (the remedy is named), or an unknown `to`.
        """
        self._check_target(to, count)
        return self._speak(to, self.embed(prompts), count, np.random.default_rng(seed))

    def imagine(self, count=1, seed=None):
        """Samples of every sense of things that nobody asked for: one imagined e through all generators.

        Args:
            count: Number of things.
            seed: int; the same seed imagines the same things.

        Returns:
            {modality: samples}: images (count, h, w, c), speech (count, frames, mels), captions a list of strings.
        """
        if "imagined" not in self.averages:
            raise ValueError("this model has no imaginer; build it with imaginer=build_imaginer(). Received: None")
        self._check_target(self.modalities[0], count)
        rng = np.random.default_rng(seed)
        e = self._in_batches(self.averages["imagined"], _noise(self.averages["imagined"], count, rng))
        made = {m: self._speak(m, e, 1, rng) for m in self.modalities}
        return {m: [row[0] for row in x] if m == "text" else x[:, 0] for m, x in made.items()}

    def _check_target(self, to, count):
        if to not in self.modalities:
            raise ValueError(f"to must be one of {', '.join(self.modalities)}. Received: {to!r}")
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise ValueError(f"count must be a whole number from 1. Received: {count!r}")

    def _speak(self, to, e, count, rng):
        """Conditions (n, embed_dim) to samples (n, count, …), or to n lists of captions."""
        generator = self.averages[to]
        flat = self._in_batches(generator, _noise(generator, len(e) * count, rng), np.repeat(e, count, 0))
        if to != "text":
            return flat.reshape(len(e), count, *flat.shape[1:])
        captions = self.vocabulary.decode(flat.argmax(-1))
        return [captions[row * count : (row + 1) * count] for row in range(len(e))]

    def _in_batches(self, network, *inputs, size=256):
        """Run a network over many rows, compiled: `predict` would cost more than the small networks themselves."""
        run = self._compiled.setdefault(id(network), tf.function(network, reduce_retracing=True))
        pieces = [[x[i : i + size] for x in inputs] for i in range(0, len(inputs[0]), size)]
        parts = [run(piece if len(piece) > 1 else piece[0]).numpy() for piece in pieces]
        return np.concatenate(parts)


def _twin(network):
    """A network of the same make and weights."""
    twin = network.__class__.from_config(network.get_config())
    twin.set_weights(network.get_weights())
    return twin


def _latent_dim(generator):
    shape = generator.input_shape
    return (shape[0] if isinstance(shape, list) else shape)[-1]


def _noise(generator, rows, rng):
    return rng.standard_normal((rows, _latent_dim(generator))).astype("float32")


class _EmbedderStage(keras.Model):
    """Stage 1 as a Keras model of its own, so that `fit`, its bar and its callbacks serve it too."""

    def __init__(self, gan):
        super().__init__()
        self.gan, self.built = gan, True

    @property
    def metrics(self):
        return []

    def train_step(self, batch):
        samples = self.gan.as_samples(batch)
        return {"loss": steps.embedder_step(self.gan.embedders, self.optimizer, samples, batch["facts"])}
