"""The recipe of the main job: both stages, in so many minutes or steps, from data to a run's folder."""

import json
import math
import threading
import time
from pathlib import Path

import keras
import tensorflow as tf

from mmgan_lite.datasets.digits import as_dataset, load_digits
from mmgan_lite.datasets.own_pairs import load_pairs
from mmgan_lite.model import MultimodalGAN
from mmgan_lite.training import callbacks, saving

BATCH = {"embedders": 128, "gan": 64}
RATE = {"embedders": 2e-3, "gan": 1e-3}  # Adam's learning rates
EMBEDDER_SHARE = 0.16  # of the minutes
DECAY_SHARE = 0.4  # of a stage's steps, at its end: the rate falls to zero there
CHECKPOINT_SECONDS = 60


def train(out, data=None, minutes=None, steps=None, seed=0, resume=False, extra=(), stop=None):
    """Train a model into a folder.

    Args:
        out: The run's folder.
        data: None for the embedded digits, or a path for `load_pairs`.
        minutes: Time to train, counted from the first step, tracing included; or
        steps: (embedder steps, GAN steps), which repeats a run exactly; a single number is shared out, 1 : 2.
        seed: Of the weights, the batches and the noise.
        resume: Go on with the run in `out`: with what it was still to do, or with a new budget.
        extra: Further Keras callbacks, for both stages.
        stop: A `threading.Event` that ends the training after the current step, as Ctrl-C does.

    Returns:
        The trained `MultimodalGAN`. What was learnt is saved, also after a stop.

    Raises:
        ValueError: for no budget, a folder that holds a run already, or none to resume.
    """
    run = _Run(Path(out), data, seed, resume, minutes, steps)
    stop = stop or threading.Event()
    try:
        for stage in ("embedders", "gan"):
            run.train(stage, stop, extra)
    except KeyboardInterrupt:
        print(f"\nStopped; what was learnt is saved. Go on with: --out {out} --resume")
    run.checkpoint()
    saving.save(run.gan, run.folder, half=True, **run.record)
    done = run.record["steps"]
    print(f"{out}: {done['embedders']} + {done['gan']} steps in {run.seconds():.0f} s, seed {run.record['seed']}")
    return run.gan


class Schedule(keras.callbacks.Callback):
    """A constant learning rate, then a straight line to zero; and the end of a stage.

    Given seconds, it decides how many steps they hold when the constant part is over: from then on the rate depends on
    the step alone, so that the same number of steps repeats the same training.

    Args:
        optimizers: Whose rate it sets.
        rate: The constant rate.
        steps: All steps of the stage, or None.
        seconds: Or a function: seconds left for the stage.
        done: Steps done before.
    """

    def __init__(self, optimizers, rate, steps=None, seconds_left=None, done=0):
        super().__init__()
        self.optimizers, self.rate, self.steps, self.done = optimizers, rate, steps, done
        self.seconds_left, self._first = seconds_left, None

    def on_train_batch_end(self, batch, logs=None):
        self.done += 1
        if self.steps is None:
            self._plan()
        if self.steps is not None:
            share_left = (self.steps - self.done) / (DECAY_SHARE * self.steps)
            for optimizer in self.optimizers:
                optimizer.learning_rate.assign(self.rate * min(max(share_left, 0.0), 1.0))
            if self.done >= self.steps:
                self.model.stop_training = True

    def _plan(self):
        now, left = time.monotonic(), self.seconds_left()
        if self._first is None:  # the first step is mostly tracing: no measure of the pace
            self._first, self._start, self._done = left, now, self.done
        elif left < DECAY_SHARE * self._first:
            pace = (self.done - self._done) / (now - self._start)  # steps a second
            self.steps = self.done + max(round(pace * left), 1)
        elif left <= 0:
            self.steps = self.done


class _Run:
    """A training under way: the model, its data, its folder, and how far it is."""

    def __init__(self, folder, data, seed, resume, minutes, steps):
        self.folder, self.started = folder, None
        latest = tf.train.latest_checkpoint(str(folder / "checkpoint")) if folder.exists() else None
        if latest and not resume:
            raise ValueError(f"this folder holds a run; take another --out, or --resume to go on. Received: {folder}")
        if resume and not latest:
            raise ValueError(f"no run to resume here; train without --resume. Received: {folder}")
        self.record = {"seed": seed, "data": None if data is None else str(data), "steps": {"embedders": 0, "gan": 0}}
        if resume:
            raw = tf.train.load_variable(latest, "record/.ATTRIBUTES/VARIABLE_VALUE")
            self.record = json.loads(raw.decode())
        self.record["budget"] = _budget(minutes, steps, self.record)
        self._build()
        if resume:
            self.kept.restore(latest).expect_partial()

    def _build(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        data, seed = self.record["data"], self.record["seed"]
        self.pairs = load_digits("train") if data is None else load_pairs(data, split="train")
        self.gan = gan = MultimodalGAN.for_pairs(self.pairs, seed=seed)
        gan.compile(optimizer=lambda: keras.optimizers.Adam(RATE["gan"], beta_1=0.0, beta_2=0.99))
        self.optimizer = keras.optimizers.Adam(RATE["embedders"])
        self.optimizer.build([weight for network in gan.embedders.values() for weight in network.trainable_weights])
        groups = (gan.embedders, gan.generators, gan.discriminators, gan.averages)
        networks = [network for group in groups for network in group.values()]
        self.kept = tf.train.Checkpoint(
            # `variables`, not `weights`: where the noise and the dropout stand belongs to it
            variables=[variable.value for network in networks for variable in network.variables],
            slots=[v.value for o in (self.optimizer, *self._optimizers("gan")) for v in o.variables],
            step=gan.step.value,
            record=tf.Variable("{}"),
        )
        self.manager = tf.train.CheckpointManager(self.kept, str(self.folder / "checkpoint"), max_to_keep=2)

    def train(self, stage, stop, extra):
        """Train one stage until its budget is spent, the stop is asked for, or Ctrl-C."""
        done, planned = self.record["steps"][stage], self.record["budget"].get(stage)
        if stop.is_set() or (planned is not None and done >= planned) or self._skips(stage):
            return
        gan, following = self.gan, self._followers(stage, stop)
        schedule = Schedule(self._optimizers(stage), RATE[stage], planned, lambda: self._seconds_left(stage), done)
        dataset = as_dataset(self.pairs, BATCH[stage], self.record["seed"], gan.vocabulary, start=done)
        # the keeper after the schedule: a checkpoint holds the rate of the next step, not of the last
        watchers = [schedule, _Keeper(self, stage, schedule), *following, *extra]
        arguments = {"epochs": 10**9, "verbose": 0, "callbacks": watchers}  # the schedule ends it
        if stage == "embedders":
            gan.fit_embedders(dataset, optimizer=self.optimizer, **arguments)
        else:
            gan.fit(dataset, **arguments)

    def _skips(self, stage):
        return stage == "embedders" and self.record["steps"]["gan"] > 0  # the players stand on them: do not move them

    def _optimizers(self, stage):
        if stage == "embedders":
            return [self.optimizer]
        return [*self.gan.g_optimizers.values(), *self.gan.d_optimizers.values()]

    def _seconds_left(self, stage):
        budget = 60 * self.record["budget"]["minutes"]
        return budget * (EMBEDDER_SHARE if stage == "embedders" else 1.0) - self.seconds()

    def seconds(self):
        """Since the first step of this call."""
        return 0.0 if self.started is None else time.monotonic() - self.started

    def _followers(self, stage, stop):
        """Progress, losses, pictures and the Stop button; one set for both stages."""
        if not hasattr(self, "_shared"):
            budget = self.record["budget"]
            steps = None if "minutes" in budget else sum(budget.values()) - sum(self.record["steps"].values())
            self._shared = [
                callbacks.StopOnRequest(stop),
                callbacks.Progress(minutes=budget.get("minutes"), steps=steps),
                callbacks.HistoryCSV(self.folder / "history.csv", append=sum(self.record["steps"].values()) > 0),
                callbacks.SampleGrid(self.pairs, self.folder, every=250),
            ]
        return self._shared

    def checkpoint(self):
        """Write everything that a resumed run needs; the old checkpoint goes only when the new one is whole."""
        if "minutes" in self.record["budget"]:
            self.record["minutes_left"] = max(self._seconds_left("gan") / 60, 0.0)
        self.kept.record.assign(json.dumps(self.record))
        self.manager.save()


class _Keeper(keras.callbacks.Callback):
    """Keeps the run's record, and a checkpoint a minute: a crash costs at most that."""

    def __init__(self, run, stage, schedule):
        super().__init__()
        self.run, self.stage, self.schedule = run, stage, schedule
        self._saved = time.monotonic()

    def on_train_batch_begin(self, batch, logs=None):
        self.run.started = self.run.started or time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        self.run.record["steps"][self.stage] += 1
        if self.schedule.steps is not None:  # decided: a resumed run keeps to it
            self.run.record["budget"][self.stage] = self.schedule.steps
        if time.monotonic() - self._saved > CHECKPOINT_SECONDS:
            self.run.checkpoint()
            self._saved = time.monotonic()


def _budget(minutes, steps, record):
    """{"minutes": M} or {"embedders": E, "gan": G}, in all; for a resumed run, what it was still to do."""
    if minutes is not None and steps is not None:
        raise ValueError(f"give minutes or steps, not both. Received: minutes={minutes}, steps={steps}")
    if minutes is not None:
        if not (math.isfinite(minutes) and minutes > 0):
            raise ValueError(f"minutes must be a positive number. Received: {minutes}")
        return {"minutes": minutes}
    if steps is not None:
        embedders, gan = (steps // 3, steps - steps // 3) if isinstance(steps, int) else steps
        if min(embedders, gan) < 0 or embedders + gan < 1:
            raise ValueError(f"steps must be positive numbers. Received: {steps}")
        done = record["steps"]
        return {"embedders": done["embedders"] + embedders, "gan": done["gan"] + gan}
    if "budget" not in record:
        raise ValueError("give minutes or steps. Received: neither")
    rest = dict(record["budget"])
    if "minutes" in rest:
        rest["minutes"] = record.get("minutes_left", rest["minutes"])
    if rest.get("gan", math.inf) <= record["steps"]["gan"] or rest.get("minutes", 1) <= 0:
        raise ValueError(f"this run is finished; give minutes or steps to go on. Received: {record['steps']}")
    return rest
