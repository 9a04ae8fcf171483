"""Several devices or machines: the same steps under a `tf.distribute` strategy, a replica on each device.

`Devices(n)` are n devices of this machine, under `MirroredStrategy`. Where the variable TF_CONFIG names several
machines, each of which runs the same command, they share one training, under `MultiWorkerMirroredStrategy`:

    TF_CONFIG='{"cluster": {"worker": ["10.0.0.1:9999", "10.0.0.2:9999"]}, "task": {"type": "worker", "index": 0}}'

Every batch is split between the replicas, and after every step all have the same weights. Keras's `fit` takes a batch
from the data set before it begins, and fails on several machines (keras issue 20585); so `fit` here is its own loop.
"""

import contextlib
import itertools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from mmgan_lite import arguments
from mmgan_lite.arguments import shown
from mmgan_lite.prompts import warn_caller

_APART = 0x9E3779B9  # between the seeds of two replicas, modulo 2³²; any large odd number serves
_MOST_PARTS = 8  # of the processor
_LOST = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.DeadlineExceededError,
         tf.errors.InternalError)  # fmt: skip


class Devices:
    """What a training runs on. Build networks and optimizers inside `scope()`, and train them by `fit`.

    Args:
        number: Devices of this machine; None is one, or whatever each machine of TF_CONFIG has.

    Attributes:
        replicas: How many share a batch, over all machines.
        machines: How many processes take part.
        number: Of this process among them.
        leads: Whether it is the first, which writes the run's files.

    Raises:
        ValueError: if there are fewer devices, TF_CONFIG is none, or it and a number are given.
    """

    def __init__(self, number: int | None = None):
        if number is not None:
            arguments.whole("devices", number, 1)
        self.machines, place = _place()
        if self.machines > 1 and number is not None:
            raise ValueError(f"TF_CONFIG names the machines, and all devices of each are used. Received: {number}")
        self.strategy = _strategy(number, self.machines)
        self.replicas = self.strategy.num_replicas_in_sync
        self.number = place if self.machines > 1 else 0
        self.leads = self.number == 0
        self._local = self.replicas // self.machines  # replicas in this process, and the number of its first
        self._first = self.number * self._local

    def scope(self) -> Any:
        """A context in which every variable has a copy on each device."""
        return self.strategy.scope() if self.replicas > 1 else contextlib.nullcontext()

    def check_batches(self, sizes: Mapping[str, int]) -> None:
        """Raise a ValueError for batches that cannot be split evenly."""
        for stage, rows in sizes.items():
            if rows % self.replicas:
                message = f"{self.replicas} devices share a batch, so its rows must be a multiple of that"
                field = f"{stage.removesuffix('s')}_batch_size"
                raise ValueError(f"{message}; set {field} in a --config file. Received: {rows}")

    def set_apart(self, networks: Iterable[keras.Model]) -> None:
        """Let dropout and noise differ between the replicas, for which Keras draws the same; to be called once."""
        states = [v for network in networks for v in network.variables if v.name == "seed_generator_state"]
        for state in states if self.replicas > 1 else ():
            for number, copy in enumerate(self.strategy.experimental_local_results(state.value), self._first):
                copy.assign(tf.cast((tf.cast(copy, "int64") + [number * _APART, 0]) % 2**32, copy.dtype))

    def fit(self, model: Any, dataset: tf.data.Dataset, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        """`model.fit(dataset)` until a callback stops it.

        Raises:
            OSError: if another machine was lost.
        """
        if self.replicas == 1:
            model.fit(dataset, epochs=10**9, verbose=0, callbacks=list(callbacks))
            return
        try:
            self._fit(model, dataset, keras.callbacks.CallbackList(list(callbacks), model=model))
        except _LOST as error:
            if self.machines == 1:
                raise
            remedy = "another machine was lost; start the same command on all of them, with --resume"
            raise OSError(f"{remedy}. Received: {type(error).__name__}") from None

    def _fit(self, model, dataset, callbacks):
        strategy, steps = self.strategy, int(dataset.cardinality())
        spec = self._own_rows(dataset).element_spec
        batches = strategy.distribute_datasets_from_function(lambda _: self._own_rows(dataset))

        def train_own_rows(rows):  # the strategy has forgotten how many there are
            return model.train_step(tf.nest.map_structure(lambda x, like: tf.ensure_shape(x, like.shape), rows, spec))

        @tf.function
        def train_step(iterator):
            logs = strategy.run(train_own_rows, args=(next(iterator),))
            return {name: strategy.reduce("MEAN", loss, axis=None) for name, loss in logs.items()}

        model.stop_training = False
        callbacks.on_train_begin()
        for epoch in itertools.count():
            callbacks.on_epoch_begin(epoch)
            iterator = iter(batches)
            for step in range(steps):
                callbacks.on_train_batch_begin(step)
                logs = {name: float(loss) for name, loss in train_step(iterator).items()}
                callbacks.on_train_batch_end(step, logs)
                if self._anyone_stops(model.stop_training):
                    callbacks.on_train_end(logs)
                    return
            callbacks.on_epoch_end(epoch, logs)

    def _own_rows(self, dataset):
        """Batches for one replica after another of this process: their rows of each whole batch."""

        def split(batch):
            def rows(x):
                parts = tf.reshape(x, (self.replicas, x.shape[0] // self.replicas, *x.shape[1:]))
                return parts[self._first : self._first + self._local]

            return tf.data.Dataset.from_tensor_slices(tf.nest.map_structure(rows, batch))

        return dataset.flat_map(split).prefetch(2 * self._local)

    def _anyone_stops(self, stops):
        """Whether to stop, which all machines must do after the same step."""
        if self.machines == 1:
            return stops
        return bool(_sum_over_machines(self.strategy, tf.constant(float(stops))))


@tf.function(reduce_retracing=True)
def _sum_over_machines(strategy, value):
    return strategy.reduce("SUM", strategy.run(tf.identity, args=(value,)), axis=None)


def _place():
    """How many processes TF_CONFIG lets learn together, and the number of this one; the chief, if any, comes first."""
    text = os.environ.get("TF_CONFIG") or "{}"
    try:
        config = json.loads(text)
        cluster, task = config.get("cluster", {}), config.get("task", {})
        chiefs, workers = (len(list(cluster.get(job, ()))) for job in ("chief", "worker"))
        first = chiefs if task.get("type", "worker") == "worker" else 0
        return max(chiefs + workers, 1), first + int(task.get("index", 0))
    except (ValueError, TypeError, AttributeError):
        form = '{"cluster": {"worker": [addresses]}, "task": {"type": "worker", "index": 0}}'
        raise ValueError(f"TF_CONFIG must be JSON, {form}. Received: {shown(text)}") from None


def _strategy(number, machines):
    if machines > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if number in (None, 1):
        return tf.distribute.get_strategy()
    found = tf.config.list_physical_devices("GPU")
    names = [device.name.removeprefix("/physical_device:") for device in found] or _parts_of_the_processor(number)
    if number > len(names):
        raise ValueError(f"TensorFlow finds {len(names)} devices on this machine; ask for at most these. "
                         f"Received: {number}")  # fmt: skip
    return tf.distribute.MirroredStrategy(names[:number])


def _parts_of_the_processor(number):
    """Logical devices on the processor, to try things out where there is no GPU."""
    warn_caller("no GPU is found; parts of the processor stand in for devices, which is slower than one")
    processor = tf.config.list_physical_devices("CPU")[0]
    with contextlib.suppress(RuntimeError):  # TensorFlow has begun already, with the devices that it has
        parts = [tf.config.LogicalDeviceConfiguration()] * min(number, _MOST_PARTS)
        tf.config.set_logical_device_configuration(processor, parts)
    return [device.name for device in tf.config.list_logical_devices("CPU")]
