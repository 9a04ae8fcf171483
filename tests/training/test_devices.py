"""Several devices and machines learn what one learns from whole batches; noise differs, weights do not."""

import contextlib
import json
import os
import re
import runpy
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mmgan_lite.training import checkpoints, devices, saving

WORKER = Path(__file__).parent / "worker.py"
ROOT = WORKER.parent.parent.parent
# Of a weight, after seven steps of up to 0.002: sums of float32 in another order are what is left, and Adam divides by
# their size. Measured: 0.000003 to 0.00007.
TOLERANCE = 5e-4


def start(*arguments, cluster=None, index=0):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if cluster:
        task = {"type": "worker", "index": index}
        environment["TF_CONFIG"] = json.dumps({"cluster": {"worker": cluster}, "task": task})
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def free_ports(number):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]


def together(folder, pairs, dies, resume):
    """What two machines print that share a training, of which the second dies after so many steps of the players."""
    cluster = free_ports(2)
    arguments = [WORKER, folder, pairs, 0]
    workers = [start(*arguments, index * dies, resume, cluster=cluster, index=index) for index in range(2)]
    return [worker.communicate(timeout=600)[0] for worker in workers]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """{name: what its process printed}, and their folder: the same training on one device, on two, and two machines."""
    folder = tmp_path_factory.mktemp("runs")
    rng, pairs = np.random.default_rng(0), folder / "own.npz"
    captions = np.array(["a red ball", "a blue box", "two balls", "a box"] * 8)
    np.savez(pairs, image=rng.integers(0, 256, (32, 4, 4), "uint8"), text=captions, label=np.arange(32) % 4)
    alone = {number: start(WORKER, folder / str(number), pairs, number, 0, 0) for number in (1, 2)}
    printed = {"killed": together(folder / "machines", pairs, 3, 0)}
    printed["resumed"] = together(folder / "machines", pairs, 0, 1)
    return folder, printed | {number: process.communicate()[0] for number, process in alone.items()}


def learnt(folder):
    """{name: array} of all that the newest checkpoint of a run holds."""
    with np.load(checkpoints.paths(folder)[0]) as archive:
        return {name: archive[name] for name in archive if name != "page.json"}


@pytest.mark.parametrize("other", ["2", "machines"])
def test_several_learn_from_their_rows_what_one_learns_from_the_whole_batch(runs, other):
    folder, printed = runs
    one, several = learnt(folder / "1"), learnt(folder / other)
    assert one.keys() == several.keys(), printed
    apart = {name: np.abs(one[name].astype("float64") - several[name]).max() for name in one}
    assert max(apart.values()) < TOLERANCE, max(apart, key=apart.get)
    begun = saving.variables(runpy.run_path(str(WORKER))["without_dropout"](folder / "own.npz"))
    assert all(np.abs(one[name] - begun[name].numpy()).max() > TOLERANCE for name in LEARNT)


LEARNT = ("embedders/image/0", "embedders/text/0", "generators/image/0", "generators/text/1")


def test_all_copies_of_a_weight_are_the_same(runs):
    _, printed = runs
    assert "copies differ by 0.0\n" in printed[2], printed[2]
    first, second = (re.findall("^weights .*", page, re.MULTILINE) for page in printed["resumed"])
    assert first == second and len(first) == 1, printed["resumed"]


def test_where_a_machine_dies_the_others_end_and_say_how_to_go_on(runs):
    folder, printed = runs
    survivor, _ = printed["killed"]
    assert "another machine was lost; start the same command on all of them, with --resume" in survivor
    history = (folder / "machines" / "history.csv").read_text().splitlines()
    assert history[-1].startswith("7,")  # 2 + 5 steps, whoever died in between


ON_TWO = """
import keras, numpy as np, tensorflow as tf
from mmgan_lite import replicas
from mmgan_lite.training.devices import Devices
devices = Devices(2)
x = tf.reshape(tf.range(12.0), (6, 2))
with devices.scope():
    weight = tf.Variable(1.0)
    dropout = keras.Sequential([keras.Input((99,)), keras.layers.Dropout(0.5, seed=7)])
devices.set_apart([dropout])

@tf.function
def step():
    def one():
        number = tf.distribute.get_replica_context().replica_id_in_sync_group
        own = tf.reshape(x, (2, 3, 2))[number]
        with tf.GradientTape() as tape:
            whole = replicas.gathered(own * weight)
            loss = tf.reduce_sum(whole ** 2)
        gradient, = replicas.shared_gradients([tape.gradient(loss, weight)])
        noise = replicas.normal((3, 2), [1, 2]), replicas.uniform((3, 1), [1, 2], 0, 9, tf.int32)
        return whole, gradient, *noise, dropout(tf.ones((3, 99)), training=True)
    return devices.strategy.run(one)

local = devices.strategy.experimental_local_results
whole, gradient, normal, uniform, dropped = map(local, step())
assert all(np.array_equal(part, x) and part.shape == (6, 2) for part in whole)
np.testing.assert_allclose(sum(gradient), 2 * np.sum(x.numpy() ** 2), rtol=1e-6)
assert np.array_equal(np.concatenate(normal), tf.random.stateless_normal((6, 2), [1, 2]))
assert np.array_equal(np.concatenate(uniform), tf.random.stateless_uniform((6, 1), [1, 2], 0, 9, tf.int32))
assert not np.array_equal(*dropped) and np.array_equal(*map(len, dropped))
print("as one")
"""


def test_what_is_drawn_differs_between_replicas_and_is_what_one_would_have_drawn():
    printed = start("-c", ON_TWO).communicate()[0]
    assert printed.endswith("as one\n"), printed


def test_one_device_is_nothing_special(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    one = devices.Devices()
    assert (one.replicas, one.machines, one.leads) == (1, 1, True)
    one.check_batches({"gan": 63})


WRONG = {
    "uneven": ((None,), {}, "multiple of that.*embedder_batch_size"),
    "too many": ((99,), {}, "TensorFlow finds . devices.*Received: 99"),
    "none": ((0,), {}, "devices must be a whole number from 1"),
    "both": ((2,), {"cluster": {"worker": ["a:1", "b:1"]}}, "TF_CONFIG names the machines"),
    "no JSON": ((None,), "{", "TF_CONFIG must be JSON"),
    "no cluster": ((None,), {"cluster": ["a:1"]}, "TF_CONFIG must"),
}


@pytest.mark.filterwarnings("ignore:no GPU is found")
@pytest.mark.parametrize(("arguments", "config", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused(arguments, config, message, monkeypatch):
    tf.zeros(1)  # TensorFlow has begun: this process keeps the one device that other tests expect
    monkeypatch.setenv("TF_CONFIG", config if isinstance(config, str) else json.dumps(config))
    with pytest.raises(ValueError, match=message):
        asked = devices.Devices(*arguments)
        asked.replicas = 3
        asked.check_batches({"embedders": 16})
