"""Kill a training at random moments, go on each time, and hold what comes out against a run that nobody touched.

    python tests/benchmarks/random_kills.py --kills 25

A checkpoint is written after every step, so that many kills fall into one; every second kill waits until one is being
written. Weights, optimizers, noise and history must be the same to the bit, no run may be lost, and no step that a
checkpoint holds may be taken twice. Several runs are killed at a time, five times each.
"""

import argparse
import concurrent.futures
import multiprocessing
import os
import random
import tempfile
import threading
import time
import warnings
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite.training import checkpoints

STEPS = 10, 20
EACH = 5  # kills of one run
LOADING = threading.Lock()
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["keras", "mmgan_lite.training.trainer"])


def train(run, data, log):
    """In a process of its own: begin the run, or go on with it."""
    for stream in (1, 2):
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), stream)
    import tensorflow as tf

    from mmgan_lite.training import callbacks, keeper, trainer
    from mmgan_lite.training.config import Config

    warnings.simplefilter("ignore")
    tf.config.experimental.enable_op_determinism()
    tf.config.run_functions_eagerly(True)  # tracing takes longer than these few steps
    keeper.CHECKPOINT_SECONDS = -1
    callbacks.SampleGrid.draw = lambda self: None
    begun = bool(checkpoints.paths(run))
    config = Config(embedder_batch_size=16, gan_batch_size=8)
    trainer.train(run, data, steps=None if begun else STEPS, resume=begun, config=config)


def start(run, data, log):
    """A training in a process of its own, forked from one in which TensorFlow is loaded and nothing was done."""
    process = FORKS.Process(target=train, args=(run, data, log))
    process.start()
    return process


def finished(process):
    process.join()
    return process.exitcode == 0


def write_data(path):
    """36 pairs: 2 and 4 steps an epoch, and rows that are left over."""
    rng = np.random.default_rng(0)
    captions = np.array(["a red ball", "a blue box", "two balls", "a box"] * 9)
    np.savez(path, image=rng.integers(0, 256, (36, 4, 4), "uint8"), text=captions, label=np.arange(36) % 4)


def newest_step(run):
    found = checkpoints.paths(run)
    return checkpoints.step_of(found[0]) if found else 0


def kill_at_random(process, run, rng, inside):
    """SIGKILL after some steps; or, `inside`, while a checkpoint is being written. Returns whether it was."""
    begun, some = newest_step(run), rng.randint(1, 3)
    while process.is_alive() and newest_step(run) < begun + some:
        time.sleep(0.01)
    time.sleep(rng.random() * 0.3)
    place = run / checkpoints.FOLDER
    while inside and process.is_alive() and not any(place.glob(f".{process.pid}-*")):
        time.sleep(0.0005)
    half = any(place.glob(f".{process.pid}-*"))
    assert process.is_alive(), f"{run.name} ended before it could be killed"
    process.kill()
    process.join()
    return half


def contents(run):
    """Of the last checkpoint: its arrays, its record, its losses."""
    path = checkpoints.paths(run)[0]
    page = checkpoints.read_page(path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "page.json"}
    rows = [{name: cell for name, cell in row.items() if name != "seconds"} for row in page["history"]["rows"]]
    return arrays, page["record"], (rows, page["history"]["waiting"])


def killed(run, data, log, kills, seed):
    """A run, killed some times and then left to its end; returns how many kills fell into a checkpoint."""
    rng, halves = random.Random(seed), 0
    for number in range(kills):
        before = newest_step(run)
        halves += kill_at_random(start(run, data, log), run, rng, inside=number % 2 == 0)
        after = newest_step(run)
        assert after >= before, f"work was lost: {before} steps, then {after}"
        with LOADING, warnings.catch_warnings(record=True):
            mm.load(run)
        print(f"{run.name}, kill {number + 1}: {before} to {after} steps, {list_of(run)}", flush=True)
    assert finished(start(run, data, log)), log.read_text()
    return halves


def list_of(run):
    return " and ".join(path.name for path in checkpoints.paths(run)) or "no checkpoint"


def compare(whole, run):
    (a, one, losses), (b, other, same_losses) = contents(whole), contents(run)
    assert a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a), f"{run.name}: other weights"
    assert one["steps"] == other["steps"] and losses == same_losses, f"{run.name}: another history"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        root = Path(folder)
        data, log = root / "own.npz", root / "log.txt"
        write_data(data)
        plan = {root / "whole": 0} | {root / f"run{n}": min(EACH, args.kills - n) for n in range(0, args.kills, EACH)}
        whole, *runs = plan
        one = [pool.submit(killed, run, data, log, plan[run], args.seed + number) for number, run in enumerate(plan)]
        halves = sum(future.result() for future in one)
        for run in runs:
            compare(whole, run)
    told = f"{args.kills} kills, {halves} of them inside a checkpoint: no run lost, all the same to the bit"
    print(f"{told} ({time.monotonic() - begun:.0f} s)")


if __name__ == "__main__":
    main()
