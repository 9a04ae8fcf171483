"""The learning rate of a stage is constant, then falls in a line; and time becomes steps that repeat."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mmgan_lite.training import schedule
from mmgan_lite.training.schedule import Schedule


class Clock:
    """Time that passes only when a step takes it."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


def run_schedule(schedule, limit=10_000, clock=None, step_seconds=0.0):
    """The rates after each step, until the schedule ends the training."""
    schedule.set_model(SimpleNamespace(stop_training=False))
    rates = []
    while not schedule.model.stop_training and len(rates) < limit:
        if clock:
            clock.now += step_seconds
        schedule.on_train_batch_end(0)
        rates.append(float(schedule.optimizers[0].learning_rate.numpy()))
    return rates


def test_the_rate_is_constant_and_then_falls_in_a_line_to_zero():
    rates = run_schedule(Schedule([keras.optimizers.SGD(0.5)], rate=0.5, steps=50))
    left = np.arange(49, -1, -1) / 50
    np.testing.assert_allclose(rates, 0.5 * np.minimum(left / 0.4, 1), rtol=1e-5, atol=1e-7)


def test_a_resumed_stage_takes_up_the_rate_where_it_was():
    every = run_schedule(Schedule([keras.optimizers.SGD(0.5)], rate=0.5, steps=50))
    rest = run_schedule(Schedule([keras.optimizers.SGD(0.5)], rate=0.5, steps=50, done=30))
    np.testing.assert_allclose(rest, every[30:], rtol=1e-6)


@pytest.mark.parametrize(("seconds", "steps_a_second"), [(20, 10), (7, 3), (300, 8)])
def test_so_many_seconds_become_so_many_steps_and_those_repeat(monkeypatch, seconds, steps_a_second):
    clock = Clock()
    monkeypatch.setattr(schedule, "time", clock)
    end = clock.now + seconds
    planned = Schedule([keras.optimizers.SGD(0.5)], 0.5, seconds_left=lambda: end - clock.now)
    rates = run_schedule(planned, clock=clock, step_seconds=1 / steps_a_second)
    assert len(rates) == planned.steps == pytest.approx(seconds * steps_a_second, rel=0.02, abs=1)
    assert rates[-1] == 0 and rates[len(rates) // 2] == 0.5
    again = run_schedule(Schedule([keras.optimizers.SGD(0.5)], 0.5, steps=planned.steps))
    np.testing.assert_allclose(again, rates, atol=0.03)


def test_a_stage_whose_time_is_over_ends_at_once(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(schedule, "time", clock)
    planned = Schedule([keras.optimizers.SGD(0.5)], 0.5, seconds_left=lambda: 99.0 - clock.now)
    assert len(run_schedule(planned, clock=clock, step_seconds=1.0)) <= 3
