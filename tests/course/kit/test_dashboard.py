"""The dashboard of a training: it shows, stops, goes on, and raises what went wrong."""

import asyncio
import threading

import keras
import numpy as np
import pytest

from mmgan_lite import modalities
from mmgan_lite.course.kit import attend
from mmgan_lite.course.kit.training_run import TrainingRun
from mmgan_lite.datasets import captions

PROMPTS = {"text": ["a three", "a four"]}


def train(extra, stop, steps, pause=0.0, fail_at=None):
    """Stands for `recipe.train`: two stages, as slow as is asked for."""
    watchers = keras.callbacks.CallbackList(extra, model=Players())
    for stage in ({"loss": 2.0}, {"d_image": 0.5, "g_image": 1.5}):
        watchers.on_train_begin()
        for step in range(steps // 2):
            if step == fail_at:
                raise RuntimeError("broken on purpose")
            stop.wait(pause)
            watchers.model.step += 1
            watchers.on_train_batch_end(step, stage)
            if watchers.model.stop_training:
                return "stopped early"
        watchers.on_train_end()
    return "trained"


class Step(np.ndarray):
    def numpy(self):
        return int(self)


class Players:
    """Answers like a `MultimodalGAN` in training."""

    records, stop_training, vocabulary = {"image": modalities.IMAGE}, False, captions.DIGITS

    def __init__(self):
        self.step = np.zeros((), "int32").view(Step)

    def generate(self, prompts, to, count=1, seed=None):
        return np.zeros((len(prompts["text"]), count, 28, 28, 1))


def wait_for(run):
    async def cell():
        await run.finished()

    asyncio.run(cell())


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    """What a page without widgets would show of the runs of a test, before and after."""
    shown = []

    class Handle:
        def update(self, widget):
            shown.append(widget._repr_mimebundle_()["text/html"])

    def display(widget, display_id):
        Handle().update(widget)
        return Handle()

    monkeypatch.setattr(attend, "display", display)
    return shown


def test_a_run_trains_shows_samples_and_hands_over_the_model(pages):
    run = TrainingRun(train, PROMPTS, every=4, steps=12)
    wait_for(run)
    assert run.gan == "trained" and run.guard.errors == []
    assert run.bar.value == 1.0 and "done" in run.line.value and run.button.disabled
    assert "alt=" in run.samples.value and "Losses over the training" in run.curves.value
    assert "D 0.50, G 1.50" in run.losses.value
    assert "<img" not in pages[0] and pages[1].count("<img") == 2


def test_the_history_of_a_run_has_a_place_for_every_step():
    run = TrainingRun(train, PROMPTS, steps=4)
    wait_for(run)
    space, players = (np.isfinite(run.history[name]) for name in ("loss", "d_image"))
    assert len(space) == len(run.history["step"]) and space.any() and players.any()
    np.testing.assert_array_equal(space, ~players)  # a stage does not know the losses of the other


def test_stop_ends_the_run_and_keeps_what_was_learnt():
    run = TrainingRun(train, PROMPTS, steps=100_000, pause=0.01)
    threading.Timer(0.3, run.button.click).start()
    wait_for(run)
    assert run.gan == "stopped early"
    assert run.bar.value < 1 and "what was learnt is kept" in run.line.value
    assert run.further.disabled and "Go on" not in run.line.value  # this function cannot


class Resumable:
    """Trains for twenty steps, and can be gone on with."""

    def __init__(self):
        self.taken, self.calls = 0, []

    def __call__(self, extra, stop, steps=None, resume=False):
        self.calls.append((steps, resume))
        watchers = keras.callbacks.CallbackList(extra, model=Players())
        watchers.on_train_begin()
        while self.taken < 20 and not watchers.model.stop_training:
            self.taken += 1
            watchers.on_train_batch_end(self.taken, {"d_image": 0.5, "g_image": 1.5})
        watchers.on_train_end()
        return self.taken


def test_a_stopped_run_goes_on_where_it_ended():
    train = Resumable()
    run = TrainingRun(train, PROMPTS, steps=20, resumable=True)
    run.button.click()  # before its first step: it ends after that
    wait_for(run)
    assert run.gan == 1 and run.bar.value == pytest.approx(1 / 20) and "Go on" in run.line.value
    run.further.click()
    run.further.click()  # twice, in haste
    wait_for(run)
    assert train.calls == [(20, False), (None, True)]
    assert run.gan == 20 and run.bar.value == 1.0 and run.further.disabled
    assert run.history["step"][0] == 1 and run.history["step"][-1] == 20
    assert "run the cells below again" in run.line.value


def test_a_stop_that_comes_too_late_does_not_have_the_last_word():
    run = TrainingRun(train, PROMPTS, steps=4)
    wait_for(run)
    run.stop()
    assert "done" in run.line.value


def test_an_error_in_the_training_comes_out_of_the_awaited_cell():
    run = TrainingRun(train, PROMPTS, steps=8, fail_at=2)
    run.guard.raises = False
    with pytest.raises(RuntimeError, match="broken on purpose"):
        wait_for(run)
    assert "broken on purpose" in run.guard.view.value and run.gan is None


def test_an_interrupted_cell_stops_the_training():
    run = TrainingRun(train, PROMPTS, steps=100_000, pause=0.01)

    async def cell():
        await asyncio.wait_for(run.finished(), 0.3)

    with pytest.raises(TimeoutError):
        asyncio.run(cell())
    assert run.gan == "stopped early"


def test_a_second_start_does_not_train_twice():
    run = TrainingRun(train, PROMPTS, steps=4)
    run.start()
    run.start()
    wait_for(run)
    assert run.gan == "trained"
