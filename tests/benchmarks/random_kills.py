"""Kill a training at random moments, go on each time, and hold what comes out against a run that nobody touched.

    python tests/benchmarks/random_kills.py --kills 25

A checkpoint is written after every step, so that many kills fall into one; every second kill waits until one is being
written. Weights, optimizers, noise and history must be the same to the bit, no run may be lost, and no step that a
checkpoint holds may be taken twice.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite.training import checkpoints

STEPS = "30+60"
CHILD = """
import sys
import tensorflow as tf
from mmgan_lite.training import callbacks, checkpoints, keeper, trainer
from mmgan_lite.training.config import Config
from pathlib import Path
run, data, steps = sys.argv[1:]
tf.config.experimental.enable_op_determinism()
tf.config.run_functions_eagerly(True)  # tracing takes longer than these few steps
keeper.CHECKPOINT_SECONDS = -1
callbacks.SampleGrid.draw = lambda self: None
begun = bool(checkpoints.paths(Path(run)))
steps = None if begun else tuple(map(int, steps.split("+")))
trainer.train(run, data, steps=steps, resume=begun, config=Config(embedder_batch_size=16, gan_batch_size=8))
"""


def write_data(path):
    """36 pairs: 2 and 4 steps an epoch, and rows that are left over."""
    rng = np.random.default_rng(0)
    captions = np.array(["a red ball", "a blue box", "two balls", "a box"] * 9)
    np.savez(path, image=rng.integers(0, 256, (36, 4, 4), "uint8"), text=captions, label=np.arange(36) % 4)


def start(run, data, log):
    """A training in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", CHILD, str(run), str(data), STEPS]
    return subprocess.Popen(command, stdout=log, stderr=log)


def newest_step(run):
    found = checkpoints.paths(run)
    return checkpoints.step_of(found[0]) if found else 0


def kill_at_random(process, run, rng, inside):
    """SIGKILL after some steps; or, `inside`, while a checkpoint is being written. Returns whether it was."""
    begun, some = newest_step(run), rng.randint(1, 5)
    while process.poll() is None and newest_step(run) < begun + some:
        time.sleep(0.01)
    time.sleep(rng.random() * 0.3)
    place = run / checkpoints.FOLDER
    while inside and process.poll() is None and not any(place.glob(f".{process.pid}-*")):
        pass
    half = any(place.glob(f".{process.pid}-*"))
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return half


def contents(run):
    """Of the last checkpoint: its arrays, its record, its losses."""
    path = checkpoints.paths(run)[0]
    page = checkpoints.read_page(path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "page.json"}
    rows = [{name: cell for name, cell in row.items() if name != "seconds"} for row in page["history"]["rows"]]
    return arrays, page["record"], (rows, page["history"]["waiting"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder, open(Path(folder, "log.txt"), "w+") as log:
        root = Path(folder)
        write_data(root / "own.npz")
        whole, run = root / "whole", root / "killed"
        if start(whole, root / "own.npz", log).wait():
            sys.exit((root / "log.txt").read_text())
        halves = kills = 0
        while kills < args.kills:
            if newest_step(run) >= sum(map(int, STEPS.split("+"))):
                run = root / f"killed{kills}"  # it reached its end: the next one
            before = newest_step(run)
            halves += kill_at_random(start(run, root / "own.npz", log), run, rng, inside=kills % 2 == 1)
            kills += 1
            after = newest_step(run)
            assert after >= before, f"work was lost: {before} steps, then {after}"
            with warnings.catch_warnings(record=True):
                mm.load(run)
            print(f"kill {kills}: {before} to {after} steps, {len(checkpoints.paths(run))} checkpoints", flush=True)
        for killed in [path for path in sorted(root.iterdir()) if path.name.startswith("killed")]:
            if not (killed / "weights.npz").exists():
                assert start(killed, root / "own.npz", log).wait() == 0, (root / "log.txt").read_text()
            (a, one, losses), (b, other, same_losses) = contents(whole), contents(killed)
            assert a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a), "other weights"
            assert one["steps"] == other["steps"] and losses == same_losses, "another history"
        print(f"{kills} kills, {halves} of them inside a checkpoint: no run lost, all the same to the bit")


if __name__ == "__main__":
    main()
