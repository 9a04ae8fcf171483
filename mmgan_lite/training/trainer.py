"""The main job: both stages of a training, in so many minutes or steps, from data to a run's folder."""

import contextlib
import shlex
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import keras
from tensorflow.python.eager import context

from mmgan_lite.model import MultimodalGAN
from mmgan_lite.training import plan, signals
from mmgan_lite.training.config import Config
from mmgan_lite.training.devices import Devices
from mmgan_lite.training.run import Run


def train(
    out: str | Path, data: str | Path | None = None, minutes: float | None = None,
    steps: int | tuple[int, int] | None = None, *, seed: int | None = None, resume: bool = False,
    extra: Iterable[keras.callbacks.Callback] = (), stop: threading.Event | None = None,
    config: Config | None = None, gan: MultimodalGAN | Callable[[], MultimodalGAN] | None = None,
    size: int | tuple[int, int] | None = None, encoding: str | None = None, lazy: bool = False,
    devices: int | None = None,
) -> MultimodalGAN:  # fmt: skip
    """Train a model into a folder.

    Args:
        out: The run's folder.
        data: None for the embedded digits, a path for `load_pairs`, or "fsdd:PATH" for `load_spoken_digits`.
        minutes: Time to train, counted from the first step, tracing included; or
        steps: (embedder steps, GAN steps), which repeats a run exactly; a single number is shared out, 1 : 2.
        seed: Of the weights, the batches and the noise; None is 0, or that of the run to resume.
        resume: Go on with the run in `out`: with what it was still to do, or with new minutes or steps. Its data may be
            named anew if they were moved.
        extra: Further Keras callbacks, for both stages.
        stop: A `threading.Event` that ends the training after the current step, as Ctrl-C does.
        config: The recipe, which the run's folder keeps; None is `Config()`, or what a resumed run was made by.
        gan: A `MultimodalGAN` of your own networks, or a function that builds one; None builds the usual ones. To use
            or resume the run, hand the same to `load`, or here.
        size, encoding, lazy: How `load_pairs` reads `data`. A resumed run reads it as before.
        devices: Devices of this machine that share each batch, see `training.devices`; None is one, or, where TF_CONFIG
            names several machines, all that they have.

    Returns:
        The trained `MultimodalGAN`. What was learnt is saved, also after a stop.

    Raises:
        ValueError: for no minutes or steps, a folder that holds a run already, or none to resume, another config than
            that of the run to resume, or networks that do not fit the data.
    """
    reading = {"size": size, "encoding": encoding} | ({"lazy": True} if lazy else {})
    if resume and any(reading.values()):
        raise ValueError(
            f"a resumed run reads its data as before; leave {' and '.join(reading)} out. Received: {reading}"
        )
    _forget_kernels()
    run = Run(
        plan.folder(out), data=data, seed=seed, resume=resume, budget=(minutes, steps), config=config, gan=gan,
        reading=reading, devices=Devices(devices),
    )  # fmt: skip
    stop = stop or threading.Event()
    with run.locked(), signals.heard(stop) as came:
        run.begin()
        try:
            followers = run.followers(stop, tuple(extra))
            for stage in ("embedders", "gan"):
                if not stop.is_set():
                    run.train(stage, followers)
        except BaseException as error:  # whatever ended it: what was learnt comes first
            with contextlib.suppress(OSError, ValueError):
                run.save()
            if run.midway or not isinstance(error, KeyboardInterrupt):
                raise
            came.append(signal.SIGINT)
        else:
            run.save()
        if came:
            command = f"--out {shlex.quote(str(out))} --resume"
            print(f"\nStopped; what was learnt is saved. Go on with: {command}", flush=True)
    done = run.record["steps"]
    print(f"{out}: {done['embedders']} + {done['gan']} steps in {run.seconds():.0f} s, seed {run.record['seed']}")
    return run.gan


def _forget_kernels():
    """Let go of what TensorFlow keeps for every name that a variable ever had: 35 kB, hundreds of times a training.

    `keras.utils.clear_session` does it by the same call, and would reset everybody's names and seeds as well.
    """
    context.context().clear_kernel_cache()
