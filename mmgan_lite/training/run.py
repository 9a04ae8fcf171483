"""A training under way: from its data and its record to the checkpoints and the weights that it leaves."""

import contextlib
import dataclasses
import time

import keras
import numpy as np

from mmgan_lite import arguments, files
from mmgan_lite.datasets.batches import as_dataset
from mmgan_lite.datasets.digits import load_digits
from mmgan_lite.datasets.lazy import unwrapped
from mmgan_lite.datasets.own_pairs import load_pairs
from mmgan_lite.datasets.spoken_digits import load_spoken_digits
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.networks.precision import set_precision
from mmgan_lite.training import callbacks, checkpoints, lock, plan, saving
from mmgan_lite.training.config import Config, versions
from mmgan_lite.training.devices import Devices
from mmgan_lite.training.keeper import Keeper
from mmgan_lite.training.schedule import Schedule

SPOKEN_DIGITS = "fsdd:"  # before a path: it is for `load_spoken_digits`


class Run:
    """A training under way: the model, its data, its folder, and how far it is.

    Attributes:
        record: What run.json tells of it.
        midway: Whether a step is under way, so that the weights are ahead of the record.
    """

    def __init__(self, folder, *, data, seed, resume, budget, config=None, gan=None, reading=None, devices=None):
        _check_folder(folder, resume)
        self.devices = devices or Devices()
        self.folder, self.resume, self.budget, self.taught = folder, resume, budget, gan is not None
        self.started, self.midway, self._whole = None, False, []
        self.record = {"seed": arguments.seed(seed or 0), "data": plan.located(data), "reading": reading or {}}
        self.record |= {"steps": {"embedders": 0, "gan": 0}, "versions": versions()}
        networks = None
        if resume:
            page, path = checkpoints.newest(folder, lambda path: (checkpoints.read_page(path), path), tell=False)
            self.record = plan.resumed(page["record"], data, seed)
            networks = {**page["networks"], "seed": self.record["seed"]}, path
        self.config = _chosen(config, self.record)
        self.record["config"] = dataclasses.asdict(self.config)
        self.record["devices"] = self.devices.replicas
        self._plan()
        with self.devices.scope():
            self._build(gan, networks)

    def _plan(self):
        (minutes, steps), saved = self.budget, saving.is_saved(self.folder, self.record["steps"])
        self.record["planned"] = plan.planned(minutes, steps, self.record, taught=self.taught, saved=saved)
        if self.devices.machines > 1 and "minutes" in self.record["planned"]:
            raise ValueError(f"several machines end after the same step; give --steps. Received: minutes={minutes}")

    def _build(self, gan, networks):
        config, seed = self.config, self.record["seed"]
        self.pairs = _read(self.record["data"], self.record.get("reading", {}))
        self.record["data_sha256"] = plan.fingerprint(self.pairs, self.record)
        asked = {"embedders": config.embedder_batch_size, "gan": config.gan_batch_size}
        self.batch_sizes = plan.batch_sizes(self.pairs, asked)
        self.devices.check_batches(self.batch_sizes)
        if gan is not None:
            self.gan = _own(gan, seed, self.pairs)
        elif networks is not None:  # with the vocabulary that the run began with
            self.gan = saving.made(*networks)
        else:
            self.gan = MultimodalGAN.for_pairs(self.pairs, seed=seed)
        for group in (self.gan.embedders, self.gan.generators, self.gan.discriminators):
            set_precision(group.values(), config.precision)
        self.gan.compile(
            lambda: keras.optimizers.Adam(config.gan_rate, beta_1=config.beta_1, beta_2=config.beta_2),
            **config.compile_options(),
        )
        self.optimizer = keras.optimizers.Adam(config.embedder_rate)
        embedders = self.gan.embedders.values()
        self.optimizer.build([weight for network in embedders for weight in network.trainable_weights])
        checkpoints.check_size(self._variables())

    def _variables(self):
        """{name: Keras variable}: the model as weights.npz has it, and all else that a resumed run needs."""
        gan = self.gan
        priors = {} if gan.prior is None else {"prior": gan.prior, "ema": gan.ema_prior}
        groups = (gan.embedders, gan.generators, gan.discriminators, gan.ema_generators, priors)
        # `variables`, not `weights`: where the noise and the dropout stand belongs to it
        every = [v for group in groups for network in group.values() for v in network.variables]
        every += [v for o in (self.optimizer, *self._optimizers("gan")) for v in o.variables] + [gan.step]
        every += [gan.penalty_seed.state] if hasattr(gan, "penalty_seed") else []
        saved = saving.variables(gan)
        known = {id(variable) for variable in saved.values()}
        return saved | {f"training/{i}": v for i, v in enumerate(v for v in every if id(v) not in known)}

    def locked(self):
        """While this holds, nobody else trains in the folder."""
        if not self.devices.leads:
            return contextlib.nullcontext()
        return lock.locked(self.folder / checkpoints.FOLDER / "lock")

    def begin(self):
        """Take up what the newest whole checkpoint holds, or write the first one: whatever comes, the run goes on."""
        _check_folder(self.folder, self.resume)  # now that nobody else can change it
        if self.devices.leads:
            files.clear_litter(self.folder, self.folder / checkpoints.FOLDER)
        if self.resume:
            self._take_up()
            self._plan()
        else:
            self.history = callbacks.HistoryCSV(self.folder / "history.csv")
            self.checkpoint()
        self.devices.set_apart(self.gan.embedders.values())

    def _take_up(self):
        try:
            checkpoints.newest(self.folder, self._restore)
        except ValueError as error:
            if not self.taught:
                raise
            remedy = "hand over, as gan=, networks of the make that the run began with"
            raise ValueError(
                f"no checkpoint fits these networks, or all are damaged; {remedy}. Received: {error}"
            ) from None

    def _restore(self, path):
        page, variables = checkpoints.read_page(path), self._variables()
        arrays = checkpoints.read(path, variables)
        self.history = callbacks.HistoryCSV(self.folder / "history.csv", state=page["history"])
        for name, variable in variables.items():
            variable.assign(arrays[name])
        kept = {name: page["record"][name] for name in ("steps", "planned", "minutes_left") if name in page["record"]}
        self.record |= kept
        self._whole = [path]

    def _optimizers(self, stage):
        if stage == "embedders":
            return [self.optimizer]
        prior = [] if self.gan.prior is None else [self.gan.prior_optimizer]
        return [optimizer for players in self.gan.optimizers.values() for optimizer in players] + prior

    def followers(self, stop, extra):
        """Progress, losses, pictures and the Stop button; one set for both stages."""
        planned, done = self.record["planned"], sum(self.record["steps"].values())
        steps = None if "minutes" in planned else sum(planned.values()) - done
        progress = [callbacks.Progress(minutes=planned.get("minutes"), steps=steps)]
        return [
            callbacks.StopOnRequest(stop),
            *([] if any(isinstance(one, callbacks.Progress) for one in extra) else progress),  # a dashboard has its own
            *([callbacks.SampleGrid(self.pairs, self.folder, every=250)] if self.devices.leads else []),
            *extra,
        ]

    def train(self, stage, followers):
        """Train one stage until it has had its time or steps, the stop is asked for, or Ctrl-C."""
        gan, config, done = self.gan, self.config, self.record["steps"]
        planned = self.record["planned"].get(stage)
        over = planned is not None and done[stage] >= planned
        if over or (stage == "embedders" and done["gan"]):  # the players stand on the embedders: do not move them
            return
        control = "embedder_rate" if stage == "embedders" else "gan_rate"
        rate = getattr(config, control)
        self.schedule = Schedule(
            self._optimizers(stage), rate, steps=planned, seconds_left=lambda: self._seconds_left(stage),
            done=done[stage], decay_share=config.decay_share,
        )  # fmt: skip
        batch_size, seed = self.batch_sizes[stage], self.record["seed"]
        augment = config.augment and stage == "embedders"  # what a discriminator sees as real should be real
        say = config.say if stage == "embedders" else None  # players and prior must meet prompts that say little
        dataset = as_dataset(
            self.pairs, batch_size, seed, vocabulary=gan.vocabulary, start=done[stage], say=say, augment=augment
        )
        # the keeper after schedule and history: a checkpoint holds the next step's rate, and all losses so far
        keeper = Keeper(self, stage, f"{control}={rate:g}")
        history = [self.history] if self.devices.leads else []
        beginning = keras.callbacks.LambdaCallback(on_train_batch_begin=self.begin_step)
        watchers = [self.schedule, *history, keeper, *followers, beginning]  # last: what fails before it moved nothing
        with self.devices.scope(), unwrapped():
            model = gan.embedder_stage(self.optimizer, config.temperature) if stage == "embedders" else gan
            self.devices.fit(model, dataset, watchers)  # the schedule ends it

    def _seconds_left(self, stage):
        planned = 60 * self.record["planned"]["minutes"]
        return planned * (self.config.embedder_share if stage == "embedders" else 1.0) - self.seconds()

    def begin_step(self, batch, logs=None):
        """The first step of this call starts the clock."""
        self.started, self.midway = self.started or time.monotonic(), True

    def end_step(self, stage):
        """Count a step, and keep to the number of steps once it is decided."""
        self.record["steps"][stage] += 1
        if self.schedule.steps is not None:
            self.record["planned"][stage] = self.schedule.steps

    def seconds(self):
        """Since the first step of this call."""
        return 0.0 if self.started is None else time.monotonic() - self.started

    def checkpoint(self):
        """Write everything that a resumed run needs; an old checkpoint goes when there are newer ones that are whole.

        Raises:
            OSError: if it cannot be written; what the last one holds is not lost.
        """
        if not self.devices.leads:
            return
        if "minutes" in self.record["planned"]:
            self.record["minutes_left"] = max(self._seconds_left("gan") / 60, 0.0)
        page = {"networks": saving.describe(self.gan), "record": self.record, "history": self.history.state()}
        arrays = {name: np.asarray(variable.numpy()) for name, variable in self._variables().items()}
        with self._kept_anyway("no checkpoint could be written"):
            path = checkpoints.write(self.folder, sum(self.record["steps"].values()), page, arrays)
        self._whole = [*(other for other in self._whole if other != path), path][-checkpoints.KEPT :]
        checkpoints.prune(self.folder, self._whole)

    def save(self):
        """Write a checkpoint and the weights, unless a step broke off: then the last checkpoint is what counts."""
        if not self.midway and self.devices.leads:
            self.checkpoint()
            with self._kept_anyway("the weights could not be written"):
                saving.save(self.gan, self.folder, half=True, **self.record)

    @contextlib.contextmanager
    def _kept_anyway(self, failed):
        """An OSError says what is left, and how to go on."""
        try:
            yield
        except OSError as error:
            kept = f"{checkpoints.step_of(self._whole[-1])} steps are kept" if self._whole else "nothing was learnt yet"
            remedy = f"{kept}; make room or mend the folder, then go on with --resume" if self._whole else kept
            raise OSError(f"{failed}, so the training ends; {remedy}. Received: {error}") from error


def _read(data, reading):
    """The rows to train on."""
    if data is not None and not data.startswith(SPOKEN_DIGITS):
        return load_pairs(data, split="train", **reading)
    if any(reading.values()):
        raise ValueError(f"{' and '.join(reading)} are for data of your own; give its path. Received: {reading}")
    return load_digits("train") if data is None else load_spoken_digits(data.removeprefix(SPOKEN_DIGITS), "train")


def _check_folder(folder, resume):
    """Raise if the folder holds a run that nobody asked to go on with, or none that is to go on."""
    if (folder / checkpoints.FOLDER).is_symlink():
        message = "the checkpoints of this folder lie elsewhere, and nothing is written there; take another --out"
        raise ValueError(f"{message}. Received: {folder}")
    kept = checkpoints.paths(folder)
    begun = any(map(checkpoints.step_of, kept)) or any((folder / name).exists() for name in saving.FILES)
    if begun and not resume:
        raise ValueError(f"this folder holds a run; take another --out, or --resume to go on. Received: {folder}")
    if resume and not kept:
        message = "no run to resume here; train without --resume"
        if begun:
            message = "the run here came without a checkpoint, so it can only be used; train anew into another --out"
        raise ValueError(f"{message}. Received: {folder}")


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
