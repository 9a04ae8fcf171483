"""The main job: both stages of a training, in so many minutes or steps, from data to a run's folder."""

import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import keras
import tensorflow as tf

from mmgan_lite import arguments
from mmgan_lite.datasets.batches import as_dataset
from mmgan_lite.datasets.digits import load_digits
from mmgan_lite.datasets.own_pairs import load_pairs
from mmgan_lite.datasets.spoken_digits import load_spoken_digits
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.training import callbacks, plan, saving
from mmgan_lite.training.config import Config, versions
from mmgan_lite.training.schedule import Schedule

CHECKPOINT_SECONDS = 60
SPOKEN_DIGITS = "fsdd:"  # before a path: it is for `load_spoken_digits`


def train(
    out: str | Path, data: str | Path | None = None, minutes: float | None = None,
    steps: int | tuple[int, int] | None = None, seed: int | None = None, resume: bool = False,
    extra: Iterable[keras.callbacks.Callback] = (), stop: threading.Event | None = None, *,
    config: Config | None = None, gan: MultimodalGAN | Callable[[], MultimodalGAN] | None = None,
    size: int | tuple[int, int] | None = None, encoding: str | None = None,
) -> MultimodalGAN:  # fmt: skip
    """Train a model into a folder.

    Args:
        out: The run's folder.
        data: None for the embedded digits, a path for `load_pairs`, or "fsdd:PATH" for `load_spoken_digits`.
        minutes: Time to train, counted from the first step, tracing included; or
        steps: (embedder steps, GAN steps), which repeats a run exactly; a single number is shared out, 1 : 2.
        seed: Of the weights, the batches and the noise; None is 0, or that of the run to resume.
        resume: Go on with the run in `out`: with what it was still to do, or with new minutes or steps. Its data may be
            named anew if they were moved.
        extra: Further Keras callbacks, for both stages.
        stop: A `threading.Event` that ends the training after the current step, as Ctrl-C does.
        config: The recipe, which the run's folder keeps; None is `Config()`, or what a resumed run was made by.
        gan: A `MultimodalGAN` of your own networks, or a function that builds one; None builds the usual ones. To use
            or resume the run, hand the same to `load`, or here.
        size, encoding: How `load_pairs` reads `data`. A resumed run reads it as before.

    Returns:
        The trained `MultimodalGAN`. What was learnt is saved, also after a stop.

    Raises:
        ValueError: for no minutes or steps, a folder that holds a run already, or none to resume, another config than
            that of the run to resume, or networks that do not fit the data.
    """
    reading = {"size": size, "encoding": encoding}
    if resume and any(reading.values()):
        raise ValueError(f"a resumed run reads its data as before; leave size and encoding out. Received: {reading}")
    run = _Run(plan.folder(out), data, seed, resume, minutes, steps, config, gan, reading)
    stop = stop or threading.Event()
    followers = run.followers(stop, tuple(extra))
    try:
        for stage in ("embedders", "gan"):
            if not stop.is_set():
                run.train(stage, followers)
    except KeyboardInterrupt:
        print(f"\nStopped; what was learnt is saved. Go on with: --out {out} --resume")
    run.checkpoint()
    saving.save(run.gan, run.folder, half=True, **run.record)
    done = run.record["steps"]
    print(f"{out}: {done['embedders']} + {done['gan']} steps in {run.seconds():.0f} s, seed {run.record['seed']}")
    return run.gan


class _Run:
    """A training under way: the model, its data, its folder, and how far it is."""

    def __init__(self, folder, data, seed, resume, minutes, steps, config=None, gan=None, reading=None):
        self.folder, self.started = folder, None
        latest = _latest_checkpoint(folder, resume)
        self.record = {"seed": arguments.seed(seed or 0), "data": plan.located(data), "reading": reading or {}}
        self.record |= {"steps": {"embedders": 0, "gan": 0}, "versions": versions()}
        if resume:
            raw = tf.train.load_variable(latest, "record/.ATTRIBUTES/VARIABLE_VALUE")
            self.record = plan.resumed(json.loads(raw.decode()), data, seed)
        self.config = _chosen(config, self.record)
        self.record["config"] = dataclasses.asdict(self.config)
        self.record["planned"] = plan.planned(minutes, steps, self.record, taught=gan is not None)
        self._build(gan)
        if resume:
            self.kept.restore(latest).assert_existing_objects_matched()

    def _build(self, gan):
        data, seed, config = self.record["data"], self.record["seed"], self.config
        self.pairs = _read(data, self.record.get("reading", {}))
        asked = {"embedders": config.embedder_batch_size, "gan": config.gan_batch_size}
        self.batch_sizes = plan.batch_sizes(self.pairs, asked)
        self.gan = _own(gan, seed, self.pairs) if gan else MultimodalGAN.for_pairs(self.pairs, seed=seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.gan.compile(
            lambda: keras.optimizers.Adam(config.gan_rate, beta_1=config.beta_1, beta_2=config.beta_2),
            **config.compile_options(),
        )
        self.optimizer = keras.optimizers.Adam(config.embedder_rate)
        embedders = self.gan.embedders.values()
        self.optimizer.build([weight for network in embedders for weight in network.trainable_weights])
        groups = (self.gan.embedders, self.gan.generators, self.gan.discriminators, self.gan.ema_generators)
        networks = [network for group in groups for network in group.values()]
        self.kept = tf.train.Checkpoint(
            # `variables`, not `weights`: where the noise and the dropout stand belongs to it
            variables=[variable.value for network in networks for variable in network.variables],
            slots=[v.value for o in (self.optimizer, *self._optimizers("gan")) for v in o.variables],
            step=self.gan.step.value,
            record=tf.Variable(tf.constant("{}")),
        )
        self.manager = tf.train.CheckpointManager(self.kept, str(self.folder / "checkpoint"), max_to_keep=2)

    def _optimizers(self, stage):
        if stage == "embedders":
            return [self.optimizer]
        return [optimizer for players in self.gan.optimizers.values() for optimizer in players]

    def followers(self, stop, extra):
        """Progress, losses, pictures and the Stop button; one set for both stages."""
        planned, done = self.record["planned"], sum(self.record["steps"].values())
        steps = None if "minutes" in planned else sum(planned.values()) - done
        progress = [callbacks.Progress(minutes=planned.get("minutes"), steps=steps)]
        return [
            callbacks.StopOnRequest(stop),
            *([] if any(isinstance(one, callbacks.Progress) for one in extra) else progress),  # a dashboard has its own
            callbacks.HistoryCSV(self.folder / "history.csv", append=done > 0),
            callbacks.SampleGrid(self.pairs, self.folder, every=250),
            *extra,
        ]

    def train(self, stage, followers):
        """Train one stage until it has had its time or steps, the stop is asked for, or Ctrl-C."""
        gan, config, done = self.gan, self.config, self.record["steps"]
        planned = self.record["planned"].get(stage)
        over = planned is not None and done[stage] >= planned
        if over or (stage == "embedders" and done["gan"]):  # the players stand on the embedders: do not move them
            return
        rate = config.embedder_rate if stage == "embedders" else config.gan_rate
        schedule = Schedule(self._optimizers(stage), rate, planned, lambda: self._seconds_left(stage), done[stage],
                            config.decay_share)  # fmt: skip
        batch_size, seed = self.batch_sizes[stage], self.record["seed"]
        augment = config.augment and stage == "embedders"  # what a discriminator sees as real should be real
        dataset = as_dataset(self.pairs, batch_size, seed, gan.vocabulary, done[stage], config.say, augment)
        # the keeper after the schedule: a checkpoint holds the rate of the next step, not of the last
        watchers = [schedule, _Keeper(self, stage, schedule), *followers]
        arguments = {"epochs": 10**9, "verbose": 0, "callbacks": watchers}  # the schedule ends it
        if stage == "embedders":
            gan.fit_embedders(dataset, optimizer=self.optimizer, temperature=config.temperature, **arguments)
        else:
            gan.fit(dataset, **arguments)

    def _seconds_left(self, stage):
        planned = 60 * self.record["planned"]["minutes"]
        return planned * (self.config.embedder_share if stage == "embedders" else 1.0) - self.seconds()

    def begin_step(self):
        """The first step of this call starts the clock."""
        self.started = self.started or time.monotonic()

    def end_step(self, stage, planned):
        """Count a step, and keep to the number of steps once it is decided."""
        self.record["steps"][stage] += 1
        if planned is not None:
            self.record["planned"][stage] = planned

    def seconds(self):
        """Since the first step of this call."""
        return 0.0 if self.started is None else time.monotonic() - self.started

    def checkpoint(self):
        """Write everything that a resumed run needs; the old checkpoint goes only when the new one is whole."""
        if "minutes" in self.record["planned"]:
            self.record["minutes_left"] = max(self._seconds_left("gan") / 60, 0.0)
        self.kept.record.assign(json.dumps(self.record))
        self.manager.save()


class _Keeper(keras.callbacks.Callback):
    """Tells the run of every step, and lets it write a checkpoint a minute: a crash costs at most that."""

    def __init__(self, run, stage, schedule):
        super().__init__()
        self.run, self.stage, self.schedule = run, stage, schedule
        self._saved = time.monotonic()

    def on_train_batch_begin(self, batch, logs=None):
        self.run.begin_step()

    def on_train_batch_end(self, batch, logs=None):
        self.run.end_step(self.stage, self.schedule.steps)
        if time.monotonic() - self._saved > CHECKPOINT_SECONDS:
            self.run.checkpoint()
            self._saved = time.monotonic()


def _read(data, reading):
    """The rows to train on."""
    if data is not None and not data.startswith(SPOKEN_DIGITS):
        return load_pairs(data, split="train", **reading)
    if any(reading.values()):
        raise ValueError(f"size and encoding are for data of your own; give its path. Received: {reading}")
    return load_digits("train") if data is None else load_spoken_digits(data.removeprefix(SPOKEN_DIGITS), "train")


def _latest_checkpoint(folder, resume):
    latest = tf.train.latest_checkpoint(str(folder / "checkpoint")) if folder.exists() else None
    if latest and not resume:
        raise ValueError(f"this folder holds a run; take another --out, or --resume to go on. Received: {folder}")
    if resume and not latest:
        raise ValueError(f"no run to resume here; train without --resume. Received: {folder}")
    return latest


def _chosen(config, record):
    """The config to train by: a resumed run keeps its own."""
    if "config" not in record:
        return config or Config()
    kept = Config.of(record["config"])
    if config is not None and config != kept:
        raise ValueError(f"a resumed run keeps its config; train anew to change it. Received: {config}")
    return kept


def _own(gan, seed, pairs):
    """A model of somebody's own networks, which must fit the pairs."""
    gan = gan if isinstance(gan, MultimodalGAN) else gan()
    gan.seed = seed
    sizes = {m: list(record.shape_of(pairs[m])) for m, record in gan.records.items() if m in pairs}
    if sizes != gan.sizes:
        raise ValueError(f"the networks take {gan.sizes}; give data of these sizes. Received: {sizes}")
    return gan
