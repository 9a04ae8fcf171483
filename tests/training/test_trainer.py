"""The recipe: it repeats, it keeps to its budget, and whatever ended it early, `resume` goes on as if nothing had."""

import contextlib
import dataclasses
import functools
import json
import os
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
from mmgan_lite.training import callbacks, trainer
from mmgan_lite.training.config import Config, versions

STEPS = (3, 4)
SMALL = Config(embedder_batch_size=16, gan_batch_size=8)  # 2 and 4 steps an epoch
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
    assert "20 complete rows are few: smaller batches, embedders 20 (not 128)" in capsys.readouterr().out
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
    assert callbacks.read_history(tmp_path / "history.csv")["step"][-1] == 7


def interrupt():
    raise KeyboardInterrupt


def test_ctrl_c_saves_what_was_learnt(train, whole, tmp_path, capsys):
    gan = train(tmp_path, steps=STEPS, extra=[At(5, interrupt)])
    assert "--resume" in capsys.readouterr().out
    a, b = (g.generate({"text": ["a box"]}, to="image", seed=0) for g in (gan, mm.load(tmp_path)))
    np.testing.assert_allclose(a, b, atol=0.02)
    assert_same(train(tmp_path, resume=True), whole[0])


def test_a_full_disk_keeps_the_last_checkpoint(train, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", -1)  # after every step
    save, calls = tf.train.CheckpointManager.save, []

    def until_full(self):
        calls.append(self)
        if len(calls) == 5:
            (tmp_path / "checkpoint" / "ckpt-5.data-00000-of-00001").write_bytes(b"half of it")
            raise OSError("no space left on device")
        return save(self)

    with monkeypatch.context() as patch:
        patch.setattr(tf.train.CheckpointManager, "save", until_full)
        with pytest.raises(OSError, match="no space"):
            train(tmp_path, steps=STEPS)
    assert_same(train(tmp_path, resume=True), whole[0])


KILLED = """
import sys, time, keras
sys.path.insert(0, sys.argv[1])
from test_trainer import SMALL, STEPS, cheaply, trainer
trainer.CHECKPOINT_SECONDS = -1
slow = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.3))
with cheaply():
    trainer.train(sys.argv[2], data=sys.argv[3], steps=STEPS, config=SMALL, extra=[slow])
"""


def test_a_killed_run_goes_on_from_its_last_checkpoint(train, own, whole, tmp_path):
    run = tmp_path / "run"
    arguments = [sys.executable, "-c", KILLED, Path(__file__).parent, run, own]
    process = subprocess.Popen(
        [*map(str, arguments)], cwd=Path(__file__).parent.parent.parent, stderr=subprocess.DEVNULL
    )
    try:
        while not (run / "checkpoint" / "ckpt-2.index").exists():
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.01)
    finally:
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows knows one kind only
        process.wait()
    assert not (run / "weights.npz").exists()
    assert_same(train(run, resume=True), whole[0])


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
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", -1)

    def crash():
        raise MemoryError

    with pytest.raises(MemoryError):
        train(tmp_path, minutes=1.0, extra=[At(5, crash)])
    run = trainer._Run(tmp_path, None, 0, True, None, None)
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

    monkeypatch.setattr(trainer, "load_pairs", read)
    train(tmp_path, data=own, steps=(1, 0), size=4, encoding="cp1252")
    trainer._Run(tmp_path, None, 0, True, None, (1, 0))
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
    return mm.MultimodalGAN(gan.embedders, parts, gan.discriminators, imaginer, gan.vocabulary)


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
    assert (trained > [0.7, 0.4, 0.06]).all()
    assert sorted(path.name for path in tmp_path.glob("grid*")) == ["grid-000001.png", "grid-000100.png", "grid.png"]
