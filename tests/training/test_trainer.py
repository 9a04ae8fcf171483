"""The recipe: it repeats, it keeps to its budget, and whatever ended it early, `resume` goes on as if nothing had."""

import contextlib
import dataclasses
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite.evaluation import judges, metrics
from mmgan_lite.training import callbacks, checkpoints, keeper, trainer
from mmgan_lite.training.config import Config, versions
from mmgan_lite.training.run import Run

STEPS = (3, 4)
# 2 and 4 steps an epoch, and one of points for each: what is tested here needs no more
SMALL = Config(embedder_batch_size=16, gan_batch_size=8, point_steps=1)
RNG = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("ignore:Even though the `tf.config")  # tf.data stays a graph: so it shall


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """32 pairs, so small that a step costs next to nothing."""
    path = tmp_path_factory.mktemp("own") / "own.npz"
    captions = np.array(["a red ball", "a blue box", "two balls", "a box"] * 8)
    np.savez(path, image=RNG.integers(0, 256, (32, 4, 4), "uint8"), text=captions, label=np.arange(32) % 4)
    return path


@contextlib.contextmanager
def cheaply():
    """No tracing, which takes longer than these few steps do; no pictures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callbacks.SampleGrid, "draw", lambda self: None)
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)


@pytest.fixture
def train(own):
    with cheaply():
        yield functools.partial(trainer.train, data=own, config=SMALL)


@pytest.fixture(scope="module")
def whole(own, tmp_path_factory):
    """A run that nothing interrupted: its model and its folder."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    with cheaply():
        return trainer.train(folder, data=own, steps=STEPS, config=SMALL), folder


def weights(gan):
    groups = gan.embedders, gan.generators, gan.discriminators, gan.ema_generators
    return [w for group in groups for network in group.values() for w in network.get_weights()]


def assert_same(a, b):
    """To five digits: another number of threads sums in another order."""
    for x, y in zip(weights(a), weights(b), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)


def same_history(run, other):
    """The same rows, but for the seconds that they took."""
    a, b = (callbacks.read_history(folder / "history.csv") for folder in (run, other))
    return a.keys() == b.keys() and all(
        np.allclose(a[name], b[name], equal_nan=True) for name in a.keys() - {"seconds"}
    )


class At(keras.callbacks.Callback):
    """Calls `act` as a step begins, both stages counted from 1."""

    def __init__(self, step, act):
        super().__init__()
        self.left, self.act = step, act

    def on_train_batch_begin(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            self.act()


def record(folder):
    return json.loads((folder / "run.json").read_text())


# A run


def test_a_runs_folder_holds_what_use_resume_and_eye_need(whole):
    gan, folder = whole
    assert {path.name for path in folder.iterdir()} == {"run.json", "weights.npz", "checkpoint", "history.csv"}
    assert record(folder)["steps"] == record(folder)["planned"] == {"embedders": 3, "gan": 4}
    assert callbacks.read_history(folder / "history.csv")["step"].tolist() == [3, 7]
    loaded = mm.load(folder)
    a, b = (g.generate({"text": ["a box"]}, to="image", seed=0) for g in (gan, loaded))
    np.testing.assert_allclose(a, b, atol=0.02)  # saved in half precision


def test_the_same_steps_repeat_a_run_and_another_seed_does_not(train, whole, tmp_path):
    assert_same(train(tmp_path / "again", steps=STEPS), whole[0])
    other = train(tmp_path / "other", steps=STEPS, seed=1)
    assert not np.allclose(weights(other)[0], weights(whole[0])[0], atol=1e-3)


def test_one_number_of_steps_is_shared_out(train, tmp_path):
    train(tmp_path / "run", steps=4)
    assert record(tmp_path / "run")["steps"] == {"embedders": 1, "gan": 3}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "give minutes or steps. Received: neither"),
        ({"minutes": 1, "steps": 5}, "not both"),
        ({"minutes": 0}, "minutes must be a positive number. Received: 0"),
        ({"minutes": float("nan")}, "minutes must be a positive number. Received: nan"),
        ({"steps": 0}, "steps must be positive numbers. Received: 0"),
        ({"steps": (5, -1)}, r"steps must be positive numbers. Received: \(5, -1\)"),
        ({"steps": 5, "resume": True}, "no run to resume here"),
        ({"steps": (0, 1)}, r"the embedders' space, so these need steps first, as in 1\+2. Received: 0\+1"),
        ({"steps": 3, "seed": -1}, "seed must be a whole number from 0"),
    ],
)
def test_an_invalid_budget_is_told_before_anything_is_written(arguments, told, tmp_path):
    with pytest.raises(ValueError, match=told):
        trainer.train(tmp_path / "run", **arguments)
    assert not (tmp_path / "run").exists()


def test_a_run_without_a_name_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="name the run's folder"):
        trainer.train("", steps=3)
    assert not list(tmp_path.iterdir())


def test_twenty_pairs_train_in_smaller_batches(train, tmp_path, capsys):
    words = np.array(["红色的球", "蓝色的方块", "🔴", "a", ""] * 5)
    np.savez(tmp_path / "few.npz", image=RNG.integers(0, 256, (25, 4, 4), "uint8"), text=words)
    gan = train(tmp_path / "run", data=tmp_path / "few.npz", steps=(1, 1), config=Config())
    printed = capsys.readouterr().out
    assert "20 complete rows are few: smaller batches, embedders 20 (not 128)" in printed
    assert "20 complete rows to train on. So few rows are learnt by heart" in printed
    assert gan.vocabulary.decode(gan.vocabulary.encode(["红色的球"])) == ["红色的球"]
    assert record(tmp_path / "run")["vocabulary"]["words"] == list(gan.vocabulary.words[1:])
    assert mm.load(tmp_path / "run").vocabulary == gan.vocabulary


def test_too_few_pairs_are_refused_before_anything_is_written(train, tmp_path):
    np.savez(tmp_path / "few.npz", image=np.zeros((5, 4, 4), "uint8"), text=np.array(["a ball"] * 5))
    with pytest.raises(ValueError, match=r"needs 8 rows or more.*Received: 5"):
        train(tmp_path / "run", data=tmp_path / "few.npz", steps=(1, 1))
    assert not (tmp_path / "run").exists()


def test_a_folder_that_holds_a_run_is_not_written_over(train, whole):
    before = (whole[1] / "weights.npz").read_bytes()
    with pytest.raises(ValueError, match="holds a run; take another --out, or --resume"):
        train(whole[1], steps=STEPS)
    assert (whole[1] / "weights.npz").read_bytes() == before


# Ended early


@pytest.mark.parametrize("step", [2, 3, 5], ids=["in stage 1", "between", "in stage 2"])
def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(train, whole, tmp_path, step):
    stop = threading.Event()
    train(tmp_path, steps=STEPS, stop=stop, extra=[At(step, stop.set)])
    assert sum(record(tmp_path)["steps"].values()) == step
    assert_same(train(tmp_path, resume=True), whole[0])
    assert record(tmp_path)["steps"] == {"embedders": 3, "gan": 4}
    assert same_history(tmp_path, whole[1])


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_saves_what_was_learnt(train, whole, tmp_path, capsys, times):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # who started the tests may be deaf to it
    try:
        gan = train(tmp_path, steps=STEPS, extra=[At(5, lambda: [signal.raise_signal(signal.SIGINT)] * times)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Stopped; what was learnt is saved. Go on with" in capsys.readouterr().out
    assert record(tmp_path)["steps"] == {"embedders": 3, "gan": 2}  # the step was not torn
    a, b = (g.generate({"text": ["a box"]}, to="image", seed=0) for g in (gan, mm.load(tmp_path)))
    np.testing.assert_allclose(a, b, atol=0.02)
    assert_same(train(tmp_path, resume=True), whole[0])


def test_what_a_terminated_training_learnt_is_saved_before_it_ends(train, whole, tmp_path):
    ended = []

    def end(*_):
        ended.append((tmp_path / "weights.npz").exists())

    before = signal.signal(signal.SIGTERM, end)
    try:
        train(tmp_path, steps=STEPS, extra=[At(5, lambda: signal.raise_signal(signal.SIGTERM))])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended == [True]
    assert_same(train(tmp_path, resume=True), whole[0])


class Broken(keras.callbacks.Callback):
    """Fails as a step ends, as a progress line does whose pipe is closed."""

    def __init__(self, step, error):
        super().__init__()
        self.left, self.error = step, error

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise self.error


@pytest.mark.parametrize(
    "error", [BrokenPipeError("closed"), ZeroDivisionError("a bug"), KeyboardInterrupt()], ids=repr
)
def test_whatever_ends_a_training_between_two_steps_what_was_learnt_is_saved(train, whole, tmp_path, error):
    with contextlib.suppress(KeyboardInterrupt), pytest.raises(type(error)):
        train(tmp_path, steps=STEPS, extra=[Broken(5, error)])
        raise error  # Ctrl-C ends a training well
    assert record(tmp_path)["steps"] == {"embedders": 3, "gan": 2}
    assert_same(train(tmp_path, resume=True), whole[0])


def test_a_step_that_broke_off_is_not_saved(train, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "CHECKPOINT_SECONDS", -1)  # after every step
    play = mm.MultimodalGAN.train_step

    def torn(self, batch):
        losses = play(self, batch)
        if int(self.step) == 2:
            raise KeyboardInterrupt
        return losses

    with monkeypatch.context() as patch:
        patch.setattr(mm.MultimodalGAN, "train_step", torn)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path, steps=STEPS)
    assert not (tmp_path / "weights.npz").exists()
    with pytest.warns(UserWarning, match=r"step-000004\.npz is used, after 3\+1 steps; go on with --resume"):
        mm.load(tmp_path)
    assert_same(train(tmp_path, resume=True), whole[0])


def test_a_picture_that_cannot_be_drawn_ends_nothing(train, tmp_path, monkeypatch):
    def fail(self):
        raise ZeroDivisionError("an odd shape")

    monkeypatch.setattr(callbacks.SampleGrid, "draw", fail)
    with pytest.warns(UserWarning, match="the picture after 1 steps is left out, and the training goes on: an odd"):
        train(tmp_path, steps=STEPS)
    assert record(tmp_path)["steps"] == {"embedders": 3, "gan": 4}


def test_a_disk_that_is_full_from_the_start_is_told_before_the_first_step(train, full_disk, tmp_path):
    steps = []
    told = "no checkpoint could be written, so the training ends; nothing was learnt yet"
    with full_disk(), pytest.raises(OSError, match=told):
        train(tmp_path, steps=STEPS, extra=[At(1, lambda: steps.append(1))])
    assert not steps and not list((tmp_path / "checkpoint").glob(".*"))
    train(tmp_path, steps=(1, 1))  # there is no run yet that it could write over


def test_a_disk_that_fills_up_keeps_the_last_checkpoint(train, whole, full_disk, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "CHECKPOINT_SECONDS", -1)  # after every step
    with contextlib.ExitStack() as full:
        told = (
            r"no checkpoint could be written, .*; 4 steps are kept; .* then go on with --resume\. Received: .*too large"
        )
        with pytest.raises(OSError, match=told):
            train(tmp_path, steps=STEPS, extra=[At(5, lambda: full.enter_context(full_disk()))])
    assert [path.name for path in checkpoints.paths(tmp_path)] == ["step-000004.npz", "step-000003.npz"]
    assert_same(train(tmp_path, resume=True), whole[0])


@pytest.mark.parametrize("vanishes", ["run", "."], ids=["the run's", "the working folder"])
def test_a_folder_that_vanishes_is_made_anew(train, whole, tmp_path, monkeypatch, vanishes):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run = Path("run").absolute()
    gan = train("run", steps=STEPS, extra=[At(5, lambda: shutil.rmtree(tmp_path / "here" / vanishes))])
    assert_same(gan, whole[0])
    assert {path.name for path in run.iterdir()} == {path.name for path in whole[1].iterdir()}


def test_two_trainings_in_one_folder_the_second_is_refused(train, tmp_path):
    told = []

    def second():
        with pytest.raises(ValueError, match="another training is at work in this folder") as refused:
            train(tmp_path, resume=True)
        told.append(refused)

    train(tmp_path, steps=(1, 1), extra=[At(2, second)])
    assert told


KILLED = """
import sys, time, keras
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_trainer import SMALL, STEPS, cheaply, checkpoints, keeper, trainer
keeper.CHECKPOINT_SECONDS = -1
slow = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.3))
with cheaply():
    begun = bool(checkpoints.paths(Path(sys.argv[2])))
    steps = None if begun else STEPS
    trainer.train(sys.argv[2], data=sys.argv[3], steps=steps, config=SMALL, extra=[slow], resume=begun)
"""


def kill_once(run, own, name):
    """Train, and kill it with no warning as soon as there is a file of this name."""
    arguments = [sys.executable, "-c", KILLED, Path(__file__).parent, run, own]
    process = subprocess.Popen(
        [*map(str, arguments)], cwd=Path(__file__).parent.parent.parent, stderr=subprocess.DEVNULL
    )
    try:
        while not (run / "checkpoint" / name).exists():
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.01)
    finally:
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows knows one kind only
        process.wait()


def test_a_run_that_is_killed_twice_goes_on_from_its_last_checkpoint(train, own, whole, tmp_path):
    run = tmp_path / "run"
    for name in ("step-000002.npz", "step-000005.npz"):
        kill_once(run, own, name)
    assert not (run / "weights.npz").exists() and len(checkpoints.paths(run)) >= 2
    (run / "checkpoint" / ".123-step-000006.npz").write_bytes(b"half of it")
    assert_same(train(run, resume=True), whole[0])
    assert not list((run / "checkpoint").glob(".*"))
    assert same_history(run, whole[1])


# What is left of a run is used, and whose it is


def test_a_run_without_weights_is_used_from_its_checkpoint_and_resume_writes_them(train, whole, tmp_path):
    run = shutil.copytree(whole[1], tmp_path / "run")
    for name in ("weights.npz", "run.json"):
        (run / name).unlink()
    with pytest.warns(UserWarning, match=r"no final weights .*step-000007\.npz is used, after 3\+4 steps"):
        loaded = mm.load(run)
    np.testing.assert_array_equal(*(g.generate({"text": ["a box"]}, to="image", seed=0) for g in (loaded, whole[0])))
    assert_same(train(run, resume=True), whole[0])
    assert record(run)["steps"] == {"embedders": 3, "gan": 4}
    with pytest.raises(ValueError, match="this run is finished"):
        train(run, resume=True)


def test_an_older_checkpoint_serves_where_the_newest_is_damaged(train, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "CHECKPOINT_SECONDS", -1)  # after every step
    train(tmp_path, steps=STEPS)
    newest = checkpoints.paths(tmp_path)[0]
    newest.write_bytes(newest.read_bytes()[:-5000])
    (tmp_path / "weights.npz").unlink()
    for use in (mm.load, lambda run: train(run, resume=True)):
        with pytest.warns(UserWarning, match=r"damaged, so an older checkpoint is used, step-000006\.npz"):
            used = use(tmp_path)
    assert_same(used, whole[0])
    assert len(checkpoints.paths(tmp_path)) == 2


@pytest.mark.parametrize("change", ["a word", "a picture", "a row more"])
def test_data_that_changed_behind_a_run_are_refused(train, own, tmp_path, change):
    with np.load(own) as archive:
        columns = dict(archive)
    data = tmp_path / "own.npz"
    np.savez(data, **columns)
    train(tmp_path / "run", data=data, steps=(1, 1))
    if change == "a word":
        columns["text"][0] = "a red cube"
    elif change == "a picture":
        columns["image"][3, 1, 1] ^= 1
    else:
        columns = {name: np.concatenate([column, column[:1]]) for name, column in columns.items()}
    np.savez(data, **columns)
    with pytest.raises(ValueError, match="the data are not what this run began with; put those back, or train anew"):
        train(tmp_path / "run", data=None, steps=(1, 1), resume=True)


def test_a_name_is_no_pattern(train, tmp_path):
    run = tmp_path / "run[1]"
    stop = threading.Event()
    train(run, steps=STEPS, stop=stop, extra=[At(2, stop.set)])
    with pytest.raises(ValueError, match="holds a run"):
        train(run, steps=STEPS)
    train(run, resume=True)
    assert record(run)["steps"] == {"embedders": 3, "gan": 4}


def test_a_run_that_came_without_checkpoints_is_neither_written_over_nor_gone_on_with(train, whole, tmp_path):
    for name in ("run.json", "weights.npz"):
        shutil.copy(whole[1] / name, tmp_path)
    with pytest.raises(ValueError, match="this folder holds a run"):
        train(tmp_path, steps=STEPS)
    with pytest.raises(ValueError, match="came without a checkpoint, so it can only be used"):
        train(tmp_path, resume=True)
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_written_to_where_a_link_leads(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "checkpoint").symlink_to(tmp_path / "other")
    for resume in (False, True):
        with pytest.raises(ValueError, match="the checkpoints of this folder lie elsewhere"):
            trainer.train(tmp_path / "run", steps=(1, 1), resume=resume)
    assert not list((tmp_path / "other").iterdir())


# NaN


@pytest.mark.parametrize(("step", "stage"), [(2, "embedders"), (6, "gan")])
def test_nan_stops_at_once_and_the_last_good_checkpoint_stays(train, tmp_path, monkeypatch, step, stage):
    monkeypatch.setattr(keeper, "CHECKPOINT_SECONDS", -1)  # after every step
    gans = []
    build = mm.MultimodalGAN.for_pairs
    monkeypatch.setattr(mm.MultimodalGAN, "for_pairs", lambda *a, **k: gans.append(build(*a, **k)) or gans[0])

    def poison():
        network = (gans[0].embedders if stage == "embedders" else gans[0].generators)["image"]
        network.set_weights([weight * np.nan for weight in network.get_weights()])

    told = {"embedders": r"step 2\+0: the embedders' loss", "gan": r"step 3\+3: the discriminator of image"}[stage]
    rate = {"embedders": "embedder_rate=0.002", "gan": "gan_rate=0.001"}[stage]
    with pytest.raises(ValueError, match=rf"{told} ran away; .*=nan at {rate}"):
        train(tmp_path, steps=STEPS, extra=[At(step, poison)])
    assert checkpoints.step_of(checkpoints.paths(tmp_path)[0]) == step - 1
    with pytest.warns(UserWarning, match=f"step-00000{step - 1}.npz is used"):
        mm.load(tmp_path)


# Going on


def test_a_finished_run_says_so_and_takes_new_steps(train, tmp_path):
    first = weights(train(tmp_path, steps=(2, 2)))
    with pytest.raises(ValueError, match="this run is finished; give minutes or steps"):
        train(tmp_path, resume=True)
    second = train(tmp_path, steps=(5, 1), resume=True)
    assert record(tmp_path)["steps"] == {"embedders": 2, "gan": 3}  # the players stand on the embedders
    embedders = sum(len(network.get_weights()) for network in second.embedders.values())
    assert all(map(np.array_equal, first[:embedders], weights(second)[:embedders]))
    assert not all(map(np.array_equal, first[embedders:], weights(second)[embedders:]))


@pytest.mark.parametrize(
    ("change", "told"),
    [({"seed": 7}, "keeps its seed, 0; train anew"), ({"data": "other.npz"}, "keeps its data, .*own.npz; train anew")],
)
def test_a_resumed_run_takes_no_other_seed_and_no_other_data(train, whole, change, told):
    with pytest.raises(ValueError, match=told):
        train(whole[1], resume=True, steps=(0, 1), **change)


# Minutes


def test_minutes_are_kept_and_the_steps_that_they_held_are_written_down(train, tmp_path):
    train(tmp_path, minutes=0.05)
    kept = record(tmp_path)
    assert kept["steps"]["embedders"] > 0 and kept["steps"]["gan"] > 0
    assert kept["planned"] == {"minutes": 0.05, **kept["steps"]}
    assert kept["minutes_left"] < 0.02
    with pytest.raises(ValueError, match="finished"):
        train(tmp_path, resume=True)


def test_a_run_that_crashes_remembers_how_much_time_it_has_left(train, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "CHECKPOINT_SECONDS", -1)

    def crash():
        raise MemoryError

    with pytest.raises(MemoryError):
        train(tmp_path, minutes=1.0, extra=[At(5, crash)])
    run = Run(tmp_path, data=None, seed=0, resume=True, budget=(None, None))
    assert 0.3 < run.record["planned"]["minutes"] < 1.0 and run.record["steps"] == {"embedders": 4, "gan": 0}


# The recipe


def test_a_run_records_its_recipe_and_what_it_was_made_with(whole):
    kept = record(whole[1])
    assert Config.of(kept["config"]) == SMALL and kept["versions"] == versions()


def test_another_config_makes_another_run(train, whole, tmp_path):
    other = train(tmp_path, steps=STEPS, config=dataclasses.replace(SMALL, condition_noise=0.0))
    embedders = sum(len(network.get_weights()) for network in other.embedders.values())
    assert all(map(np.array_equal, weights(other)[:embedders], weights(whole[0])[:embedders]))
    assert not all(map(np.array_equal, weights(other)[embedders:], weights(whole[0])[embedders:]))


def test_a_resumed_run_keeps_its_recipe(train, whole, tmp_path):
    stop = threading.Event()
    train(tmp_path, steps=STEPS, stop=stop, extra=[At(4, stop.set)])
    with pytest.raises(ValueError, match="a resumed run keeps its config"):
        train(tmp_path, resume=True, config=Config())
    assert_same(train(tmp_path, resume=True, config=None), whole[0])


def test_own_data_are_read_as_it_is_asked_and_so_again_when_the_run_is_resumed(train, own, tmp_path, monkeypatch):
    asked = []

    def read(path, **options):
        asked.append(options)
        return mm.load_pairs(path, split=options["split"])

    monkeypatch.setattr("mmgan_lite.training.run.load_pairs", read)
    train(tmp_path, data=own, steps=(1, 0), size=4, encoding="cp1252")
    Run(tmp_path, data=None, seed=0, resume=True, budget=(None, (1, 0)))
    with pytest.raises(ValueError, match="a resumed run reads its data as before"):
        train(tmp_path, resume=True, data=None, size=5)
    assert asked == 2 * [{"split": "train", "size": 4, "encoding": "cp1252"}]


def test_how_to_read_needs_something_to_read(tmp_path):
    with pytest.raises(ValueError, match=r"size and encoding are for data of your own.*'size': 28"):
        trainer.train(tmp_path, steps=(1, 0), size=28)
    with pytest.raises(ValueError, match=r"size and encoding are for data of your own.*'cp1252'"):
        trainer.train(tmp_path, data="fsdd:here", steps=(1, 0), encoding="cp1252")


# Networks of one's own


def own_networks(own):
    """A model with an image generator that is nobody else's."""
    gan = mm.MultimodalGAN.for_pairs(mm.load_pairs(own), embed_dim=8)
    z, e = keras.Input((5,)), keras.Input((8,))
    pixels = keras.layers.Dense(16, activation="tanh")(keras.layers.Concatenate()([z, e]))
    mine = keras.Model([z, e], keras.layers.Reshape((4, 4, 1))(pixels))
    parts = {**gan.generators, "image": mine}
    imaginer = parts.pop("imagined")
    return mm.MultimodalGAN(gan.embedders, gan.discriminators, parts, imaginer=imaginer, vocabulary=gan.vocabulary)


def test_networks_of_ones_own_are_trained_saved_resumed_and_loaded(train, own, tmp_path):
    build = functools.partial(own_networks, own)
    stop = threading.Event()
    whole = train(tmp_path / "whole", steps=STEPS, gan=build())
    train(tmp_path / "run", steps=STEPS, gan=build, stop=stop, extra=[At(5, stop.set)])
    again = train(tmp_path / "run", resume=True, gan=build)
    assert whole.generators["image"].input_shape[0] == (None, 5)
    for network in whole.generators:  # of their own weights, only what was trained alike can be equal
        assert whole.generators[network].count_params() == again.generators[network].count_params()
    with pytest.raises(ValueError, match="networks of its own; build them and hand them over as gan="):
        mm.load(tmp_path / "run")
    loaded = mm.load(tmp_path / "run", gan=build)
    a, b = (g.generate({"text": ["a box"]}, to="image", seed=0) for g in (again, loaded))
    np.testing.assert_allclose(a, b, atol=0.02)


def test_networks_that_do_not_fit_the_data_are_told(train, tmp_path):
    other = mm.MultimodalGAN.for_sizes({"image": [6, 6, 1], "text": [4, 6]}, mm.text.Vocabulary("abcde", 4))
    with pytest.raises(ValueError, match=r"the networks take .*\[6, 6, 1\].*Received: .*\[4, 4, 1\]"):
        train(tmp_path / "run", steps=STEPS, gan=other)
    assert not (tmp_path / "run").exists()


# It learns


def quality(gan, valid):
    """The worst recall between senses; pictures with the right digit; captions that the grammar accepts."""
    e, label = {m: gan.embed({m: valid[m]}) for m in gan.modalities}, valid["label"]
    recall = min(metrics.recall_at_1(e[a], e[b], label, label) for a in e for b in e if a != b)
    images = gan.generate({"text": valid["text"][:200].tolist()}, to="image", seed=0)[:, 0]
    captions = [row[0] for row in gan.generate({"image": valid["image"][:200]}, to="text", seed=0)]
    right = (judges.read_image(images)["digit"] == label[:200]).mean()
    return np.array([recall, right, metrics.grammatical_share(captions)])


def test_half_a_minute_of_training_learns(digits, tmp_path):
    gan = trainer.train(tmp_path, steps=(150, 100), config=Config(embedder_batch_size=64, gan_batch_size=32))
    untrained, trained = quality(mm.MultimodalGAN.for_pairs(digits), digits), quality(gan, digits)
    assert (untrained < [0.2, 0.25, 0.02]).all()  # chance is a tenth, a tenth, and none
    assert (trained > [0.55, 0.5, 0.3]).all(), trained
    assert sorted(path.name for path in tmp_path.glob("grid*")) == ["grid-000001.png", "grid-000100.png", "grid.png"]


def test_random_points_of_the_gradient_penalty_follow_the_seed_and_go_on_after_a_stop(own, tmp_path):
    config = dataclasses.replace(SMALL, penalty="gradient_penalty", penalty_interval=1)
    stop = threading.Event()
    with cheaply():
        whole = trainer.train(tmp_path / "whole", data=own, config=config, steps=STEPS)
        trainer.train(tmp_path / "run", data=own, config=config, steps=STEPS, stop=stop, extra=[At(5, stop.set)])
        again = trainer.train(tmp_path / "run", resume=True)
    assert all(map(np.array_equal, weights(whole), weights(again)))


def test_a_run_is_not_taken_for_damaged_where_other_networks_are_handed_over(train, own, tmp_path):
    stop = threading.Event()
    train(tmp_path / "run", steps=STEPS, gan=own_networks(own), stop=stop, extra=[At(5, stop.set)])
    other = mm.MultimodalGAN.for_pairs(mm.load_pairs(own), embed_dim=8)
    with pytest.raises(ValueError, match="hand over, as gan=, networks of the make that the run began with"):
        train(tmp_path / "run", resume=True, gan=other)
