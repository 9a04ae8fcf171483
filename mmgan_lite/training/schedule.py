"""The learning rate of a stage, and its end: after so many steps, or when its time is over."""

import time
from collections.abc import Callable, Sequence

import keras


class Schedule(keras.callbacks.Callback):
    """A constant learning rate, then a straight line to zero; and the end of a stage.

    Given seconds, it decides how many steps they hold when the constant part is over: from then on the rate depends on
    the step alone, so that the same number of steps repeats the same training.

    Args:
        optimizers: Whose rate it sets.
        rate: The constant rate.
        steps: All steps of the stage, or None.
        seconds_left: Or a function: seconds left for the stage.
        done: Steps done before.
        decay_share: Share of the steps, at the end, in which the rate falls.

    Attributes:
        steps: All steps of the stage, as soon as they are known.
    """

    def __init__(
        self, optimizers: Sequence, rate: float, *, steps: int | None = None,
        seconds_left: Callable[[], float] | None = None, done: int = 0, decay_share: float = 0.4,
    ):  # fmt: skip
        super().__init__()
        self.optimizers, self.rate, self.steps, self.done = optimizers, rate, steps, done
        self.seconds_left, self.decay_share, self._first = seconds_left, decay_share, None

    def on_train_batch_end(self, batch, logs=None):
        self.done += 1
        if self.steps is None:
            self._plan()
        if self.steps is not None:
            share_left = (self.steps - self.done) / max(self.decay_share * self.steps, 1e-9)
            for optimizer in self.optimizers:
                optimizer.learning_rate.assign(self.rate * min(max(share_left, 0.0), 1.0))
            if self.done >= self.steps:
                self.model.stop_training = True

    def _plan(self):
        now, left = time.monotonic(), self.seconds_left() if self.seconds_left else 0.0
        if self._first is None:  # the first step is mostly tracing: no measure of the pace
            self._first, self._start, self._done = left, now, self.done
        elif left < self.decay_share * self._first:
            pace = (self.done - self._done) / (now - self._start)  # steps a second
            self.steps = self.done + max(round(pace * left), 1)
        elif left <= 0:
            self.steps = self.done
