"""`MultimodalGAN`: the networks of all modalities, trained in two stages and used in one line."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from mmgan_lite import arguments, conditions, losses, modalities, playing, replicas, steps
from mmgan_lite.datasets import captions
from mmgan_lite.datasets.batches import as_columns, vocabulary_of
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.inference import Inference
from mmgan_lite.networks import discriminators, embedders, generators
from mmgan_lite.networks.fitting import check_networks, check_precision, check_sizes
from mmgan_lite.networks.seeding import seeded
from mmgan_lite.shell import Conductor, Shell


class MultimodalGAN(Inference, Shell):
    """Any modality to any other, through one shared space.

    Args:
        embedders: {modality: keras.Model}, samples to unit vectors (batch, embed_dim); see `build_image_embedder`.
        discriminators: {modality: keras.Model}, [samples, e] to logits (batch, 1).
        generators: {modality: keras.Model}, [z, e] to samples.
        imaginer: z to e, for `imagine`; None leaves it out.
        prior: [z, e, given] to e of a whole example, see `build_prior`; None: what a prompt leaves open stays typical.
        vocabulary: A `Vocabulary`, for captions.
        seed: All noise of the training follows from it and from the step.

    Attributes:
        records: {modality: Modality}, in the order in which conditions are made of them; `modalities` has the names.
        ema_generators: {name: keras.Model}, the generators' running averages (EMA), which `generate` uses.
        ema_prior: That of the prior, or None.

    Raises:
        ValueError: for a modality that is not known (see `modalities.register`), one that lacks a network, or networks
            that do not fit one another.
    """

    def __init__(
        self, embedders: Mapping, discriminators: Mapping, generators: Mapping, *,
        imaginer: keras.Model | None = None, prior: keras.Model | None = None,
        vocabulary: Vocabulary = captions.DIGITS, seed: int = 0,
    ):  # fmt: skip
        super().__init__()
        self.records = modalities.records_of({*embedders, *discriminators, *generators} - {"imagined"}, vocabulary)
        self.modalities = tuple(self.records)
        self.embedders, self.discriminators, self.generators = dict(embedders), dict(discriminators), dict(generators)
        imaginer = self.generators.get("imagined") if imaginer is None else imaginer
        self._check_networks(imaginer, prior)
        self.vocabulary, self.seed = vocabulary, arguments.seed(seed)
        with seeded(seed):
            if imaginer is not None:  # a generator whose samples are points of the space, and that no condition guides
                self.generators["imagined"] = imaginer
                if "imagined" not in self.discriminators:
                    self.discriminators["imagined"] = _build_imaginer_discriminator(imaginer)
            self.ema_generators = {m: _twin(f"the generator of {m}", network) for m, network in self.generators.items()}
            self.prior, self.ema_prior = prior, None if prior is None else _twin("the prior", prior)
        self.step = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False, name="step")

    def _check_networks(self, imaginer, prior):
        groups = {"embedders": self.embedders, "discriminators": self.discriminators, "generators": self.generators}
        for kind, group in groups.items():
            missing = [name for name in self.modalities if name not in group]
            if missing:
                raise ValueError(f"every modality needs one of each; {kind} lack one. Received: no {missing[0]!r}")
        check_precision()
        check_networks(self.embedders, self.discriminators, self.generators, imaginer, prior)
        lengths = [network.output_shape[-1] for network in self.embedders.values()]
        check_sizes(self.sizes, max(lengths, default=1))

    @classmethod
    def for_pairs(cls, pairs: Mapping, seed: int = 0, embed_dim: int = embedders.EMBED_DIM) -> "MultimodalGAN":
        """Networks that fit the pairs: their modalities, sizes and vocabulary.

        Args:
            pairs: A pairs dict of two modalities or more, from `load_digits` or `load_pairs`.
            seed: Of the initial weights and of the training's noise.
            embed_dim: Length of the shared vectors.

        Raises:
            ValueError: for fewer than two modalities, or columns that cannot be learnt from.
        """
        pairs = as_columns(pairs)
        vocabulary = vocabulary_of(pairs)
        records = modalities.of_pairs(pairs, vocabulary)
        if len(records) < 2:
            raise ValueError(
                f"pairs need two modalities or more, to bring them together. Received: {', '.join(records)}"
            )
        sizes = {name: record.shape_of(pairs[name]) for name, record in records.items()}
        return cls.for_sizes(sizes, vocabulary, seed, embed_dim)

    @classmethod
    def for_sizes(
        cls, sizes: Mapping, vocabulary: Vocabulary = captions.DIGITS, seed: int = 0,
        embed_dim: int = embedders.EMBED_DIM,
    ) -> "MultimodalGAN":  # fmt: skip
        """The same from sizes alone: {"image": [h, w, c], "text": [max_words, words], "speech": [frames, mels]}."""
        records = modalities.records_of(sizes, vocabulary)
        check_precision()
        check_sizes(sizes, embed_dim)

        def build(kind):
            return {m: getattr(r, f"build_{kind}")(embed_dim=embed_dim, shape=tuple(sizes[m]))
                    for m, r in records.items()}  # fmt: skip

        with seeded(seed):
            # in this order, which decides what weights a seed gives
            networks = {f"{kind}s": build(kind) for kind in ("embedder", "generator", "discriminator")}
            imaginer = generators.build_imaginer(embed_dim=embed_dim)
            networks["discriminators"]["imagined"] = _build_imaginer_discriminator(imaginer)
            prior = generators.build_prior(len(records), embed_dim=embed_dim)
        gan = cls(**networks, imaginer=imaginer, prior=prior, vocabulary=vocabulary, seed=seed)
        gan.made_by_the_kit = True
        return gan

    made_by_the_kit = False  # whether sizes alone can build its networks again
    stage = "GANs"  # for `Progress`

    @property
    def sizes(self) -> dict[str, list[int]]:
        """{modality: shape of one sample as the networks take it}, as `for_sizes` takes them."""
        return {m: list(network.input_shape[1:]) for m, network in self.embedders.items()}

    @property
    def of_digits(self) -> bool:
        """Whether its captions are the kit's own, about digits."""
        return self.vocabulary == captions.DIGITS

    # Stage 1: one space.

    def fit_embedders(
        self, dataset: tf.data.Dataset, epochs: int = 50, *, callbacks: Any = None, optimizer: Any = None,
        verbose: Any = "auto", temperature: float = 0.1,
    ) -> keras.callbacks.History:  # fmt: skip
        """Train the embedders until the modalities of one example lie together; a Keras `History` comes back."""
        stage = self.embedder_stage(optimizer, temperature)
        return stage.fit(dataset, epochs=epochs, callbacks=callbacks, verbose=verbose, shuffle=False)

    def embedder_stage(self, optimizer: Any = None, temperature: float = 0.1) -> Shell:
        """Stage 1 as a Keras model of its own, whose `fit` trains the embedders."""
        if len(self.modalities) < 2:
            raise ValueError(f"one space needs two modalities or more. Received: {', '.join(self.modalities)} alone")
        return _EmbedderStage(self, keras.optimizers.get(optimizer or keras.optimizers.Adam(1e-3)), temperature)

    # Stage 2: the players.

    def compile(
        self, optimizer: Callable | None = None, adversarial: losses.AdversarialLoss | str = losses.non_saturating,
        penalty: Callable | str | None = losses.r1, *, gamma: float = 0.5, penalty_interval: int = 4,
        mismatched: bool = True, hard_fraction: float = 0.5, whole_fraction: float = 0.5, condition_noise: float = 0.5,
        matching_weight: float = 0.2, matching_temperature: float = 0.1, teacher_forcing_weight: float = 1.0,
        point_steps: int = 3, prior_prompts: int = 4, prior_matching_weight: float = 0.1,
        prior_matching_margin: float = 0.2, ema_decay: float = 0.995, **kwargs,
    ):  # fmt: skip
        """Choose how the players learn.

        Args:
            optimizer: A function that makes one; called once a network, since each must count its own steps.
            adversarial: A pair such as `losses.least_squares`, or its name.
            penalty: A function such as `losses.r1`, or its name; None is none.
            gamma: The penalty weighs γ/2.
            penalty_interval: Steps from one penalty to the next.
            mismatched: Show D real samples with wrong conditions too, as further fakes.
            hard_fraction: Share of these that contradict the sample, but not in its class, where one does.
            whole_fraction: Share of conditions that are whole examples, as the prior draws them; the others come from a
                random part of their modalities, as prompts do.
            condition_noise: Length of the noise upon the condition that G hears (a condition has length 1); D, and the
                matching, judge by the condition itself.
            matching_weight: Weight in G's loss of a cross-entropy: for which condition of the batch was this fake made?
            matching_temperature: Divides the cosines of that cross-entropy.
            teacher_forcing_weight: Weight in the loss of a generator that has `teacher_force`, as the kit's text
                generator does, of a cross-entropy: the next word of a real caption.
            point_steps: Steps of the imaginer and of the prior for each step of the others.
            prior_prompts: Prompts that the prior is given of each example, a step.
            prior_matching_weight: Weight in the prior's loss of `losses.mil_nce`: is what it drew like an example of
                the batch that the prompt allows, and unlike the others? At `matching_temperature` too.
            prior_matching_margin: Below this value that loss has no slope; without it, what is left open would vary
                less.
            ema_decay: Of the generators' running averages.
            kwargs: `run_eagerly`, `steps_per_execution` and `jit_compile`, as Keras takes them.

        Raises:
            ValueError: for an argument of another kind or range.
        """
        playing.check_keras_options(kwargs)
        playing.check_numbers(
            {"penalty_interval": penalty_interval, "point_steps": point_steps, "prior_prompts": prior_prompts},
            shares={"hard_fraction": hard_fraction, "whole_fraction": whole_fraction, "ema_decay": ema_decay},
            positive={"matching_temperature": matching_temperature},
            weights={"gamma": gamma, "condition_noise": condition_noise, "matching_weight": matching_weight,
                     "teacher_forcing_weight": teacher_forcing_weight, "prior_matching_weight": prior_matching_weight,
                     "prior_matching_margin": prior_matching_margin},
        )  # fmt: skip
        players = {name: self.players(name) for name in self.generators}
        self.optimizers, self.prior_optimizer = playing.optimizers_of(optimizer, players, self.prior)
        self.adversarial, penalty = playing.adversarial_of(adversarial), playing.penalty_of(penalty)
        if penalty is losses.gradient_penalty:  # its random points follow from the seed, and a checkpoint holds where
            self.penalty_seed = keras.random.SeedGenerator(self.seed)
            penalty = functools.partial(losses.gradient_penalty, seed=self.penalty_seed)
        self.mismatched, self.hard_fraction, self.whole_fraction = mismatched, hard_fraction, whole_fraction
        self.condition_noise, self.point_steps, self.ema_decay = condition_noise, point_steps, ema_decay
        self.matching_weight, self.matching_temperature = matching_weight, matching_temperature
        self.teacher_forcing_weight = teacher_forcing_weight
        self.prior_prompts = prior_prompts
        self.prior_matching_weight, self.prior_matching_margin = prior_matching_weight, prior_matching_margin
        self.penalty = {"penalty": penalty, "gamma": gamma, "penalty_interval": penalty_interval}
        # Keras would install an optimizer of its own, and schedules would then change that one
        moves = [pair for name in players for pair in zip(self.optimizers[name], players[name], strict=True)]
        moves += [] if self.prior is None else [(self.prior_optimizer, self.prior)]
        super().compile(optimizer=Conductor([(o, network.trainable_variables) for o, network in moves]), **kwargs)

    def players(self, name: str) -> steps.Players:
        """D and G of a modality, or of "imagined"."""
        return steps.Players(self.discriminators[name], self.generators[name])

    def train_step(self, batch: Mapping) -> dict:
        """One step of every player, and of the prior, on one batch; returns {"d_<name>": loss, "g_<name>": loss, …}."""
        samples, facts = self.as_samples(batch), batch["facts_of"]
        # embed outside the tapes: D and G must not train the embedders
        vectors = ops.stack([self.embedders[m](samples[m]) for m in self.modalities], 1)  # (batch, modalities, dim)
        whole = self._in_full(batch, vectors)
        seed = ops.stack([self.seed, ops.cast(self.step, "int32")])
        presence = conditions.random_presence(vectors.shape[0], len(self.modalities), seed, self.whole_fraction)
        e = embedders.fuse(ops.where(ops.all(presence > 0, 1)[:, None, None], whole, vectors), presence)
        e_facts = conditions.merge_facts(facts, self.modalities, presence)
        all_e, all_facts = replicas.gathered(e), replicas.gathered(e_facts)  # where devices share a batch
        agree, logs = conditions.facts_agree(all_facts, all_facts), {}
        for number, name in enumerate(self.modalities):
            own, wrong_e = seed + 10 * (number + 1), None
            if self.mismatched:
                rows = conditions.sample_mismatched(facts[name], all_facts, own, self.hard_fraction)
                wrong_e = conditions.wrong_conditions(rows, e, all_e)
            logs |= self._play(name, samples[name], e, wrong_e, own, agree)
        logs |= self._learn_points(vectors, embedders.fuse(whole, ops.ones_like(presence)), facts, seed)
        self.step.assign_add(1)
        return logs

    def _learn_points(self, vectors, e_whole, facts, seed):
        """A few steps of the networks whose samples are points: they are small and quick, and learn more slowly."""
        logs = dict.fromkeys(["d_imagined", "g_imagined"] if "imagined" in self.generators else [], 0.0)
        logs |= {"prior": 0.0} if self.ema_prior is not None else {}

        def again(turn, _):
            return turn + 1, self._point_step(vectors, e_whole, facts, seed + 1000 * turn)

        if tf.distribute.has_strategy():  # a loop cannot add up the gradients of several replicas
            for turn in range(self.point_steps):
                _, logs = again(turn, logs)
            return logs
        # a loop of the graph, which holds one step: to build three takes a quarter longer for the whole model
        return ops.while_loop(lambda turn, _: turn < self.point_steps, again, (0, logs))[1]

    def _point_step(self, vectors, e_whole, facts, seed):
        """One step of the imaginer, and of the prior."""
        logs = {}
        if "imagined" in self.generators:
            logs |= self._play("imagined", e_whole, None, None, seed + 5)
        if self.prior is not None and self.ema_prior is not None:
            logs |= self._train_prior(self.prior, self.ema_prior, vectors, e_whole, facts, seed)
        return logs

    def _in_full(self, batch, vectors):
        """The batch's vectors, with captions that say all that is known in place of those that leave something out."""
        if "in_full" not in batch:
            return vectors
        full = {name: self.embedders[name](self.records[name].to_network(x)) for name, x in batch["in_full"].items()}
        return ops.stack([full.get(name, vectors[:, number]) for number, name in enumerate(self.modalities)], 1)

    def _train_prior(self, prior, ema_prior, vectors, e_whole, facts, seed):
        """One step of the prior, for which each example is a few prompts: its network is small, and its task is not."""
        prompts, targets = ops.repeat(vectors, self.prior_prompts, 0), ops.repeat(e_whole, self.prior_prompts, 0)
        given = conditions.random_presence(prompts.shape[0], len(self.modalities), seed + 1)
        z = replicas.normal((prompts.shape[0], 2, generators.latent_dim_of(prior)), seed + 2)
        e = embedders.fuse(prompts, given)
        loss = steps.prior_step(
            prior, self.prior_optimizer, ops.swapaxes(z, 0, 1), e, given, targets,
            further_loss=self._keeping_what_is_said(e_whole, facts, given) if self.prior_matching_weight else None,
        )  # fmt: skip
        steps.update_ema(ema_prior.weights, prior.weights, self.step, self.ema_decay)
        return {"prior": loss}

    def _keeping_what_is_said(self, e_whole, facts, given):
        """A loss of the points that the prior drew: any example of the batch that the prompt allows is right."""
        said = {name: ops.repeat(levels, self.prior_prompts, 0) for name, levels in facts.items()}
        said = conditions.merge_facts(said, self.modalities, given)
        known = conditions.merge_facts(facts, self.modalities, ops.ones((e_whole.shape[0], len(self.modalities))))
        allowed, examples = conditions.facts_agree(said, replicas.gathered(known)), replicas.gathered(e_whole)

        def loss(drawn):
            terms = [
                losses.mil_nce(e, examples, allowed, self.matching_temperature, self.prior_matching_margin)
                for e in ops.unstack(drawn)
            ]
            return self.prior_matching_weight * sum(terms) / len(terms)

        return loss

    def _play(self, name, real, e, wrong_e, seed, agree=None):
        """One step of D and G, for one modality."""
        z = replicas.normal((real.shape[0], generators.latent_dim_of(self.generators[name])), seed + 2)

        def generate(z, e):
            if e is None:  # the imaginer knows no condition
                return self.generators[name](z, training=True), 0.0
            nearby = conditions.conditioning_augmentation(e, self.condition_noise, seed + 3)  # for G alone
            return self._generate(name, z, e, nearby, real, agree)

        loss = steps.gan_step(
            self.players(name), self.optimizers[name], self.adversarial, z, e, real,
            wrong_e=wrong_e, generate=generate, **self.penalty,
        )  # fmt: skip
        steps.update_ema(self.ema_generators[name].weights, self.generators[name].weights, self.step, self.ema_decay)
        return {f"d_{name}": loss.discriminator, f"g_{name}": loss.generator}

    def _generate(self, name, z, e, nearby, real, agree):
        """G's fakes, and what it learns from besides D: from real words, or from the condition that its fakes match."""
        generator = self.generators[name]
        if self.teacher_forcing_weight and hasattr(generator, "teacher_force"):
            fake, cross_entropy = generator.teacher_force(z, nearby, real)
            return fake, self.teacher_forcing_weight * cross_entropy
        fake = generator([z, nearby], training=True)
        if not self.matching_weight or self.records[name].in_words:
            return fake, 0.0
        pair = replicas.gathered(self.embedders[name](fake)), replicas.gathered(e)
        return fake, self.matching_weight * losses.contrastive(*pair, self.matching_temperature, agree)

    def as_samples(self, batch: Mapping) -> dict[str, tf.Tensor]:
        """A batch in the form that the networks take: tokens become one-hot words."""
        return {name: record.to_network(batch[name]) for name, record in self.records.items()}


def _build_imaginer_discriminator(imaginer):
    return discriminators.build_imaginer_discriminator(imaginer.output_shape[-1])


def _twin(name, network):
    """A network of the same make and weights."""
    try:
        twin = network.__class__.from_config(network.get_config())
    except (TypeError, ValueError, NotImplementedError) as error:
        message = f"{name} cannot be made again from its get_config, for its running average"
        remedy = "take keras.ops or a registered layer in place of a Lambda, and give a class of your own get_config"
        raise ValueError(f"{message}; {remedy}. Received: {network!r}, {str(error).split('. ')[0].strip()}") from None
    twin.set_weights(network.get_weights())
    return twin


class _EmbedderStage(Shell):
    """Stage 1 as a Keras model of its own, so that `fit`, its bar and its callbacks serve it too."""

    stage = "embedders"

    def __init__(self, gan, optimizer, temperature):
        super().__init__()
        self.gan, self.moves, self.temperature, self.modalities = gan, optimizer, temperature, gan.modalities
        weights = [weight for network in gan.embedders.values() for weight in network.trainable_weights]
        self.compile(optimizer=Conductor([(optimizer, weights)]))

    def train_step(self, batch: Mapping) -> dict:
        samples, facts = self.gan.as_samples(batch), batch["facts_of"]
        loss = steps.embedder_step(self.gan.embedders, self.moves, samples, facts, self.temperature)
        return {"loss": loss}
