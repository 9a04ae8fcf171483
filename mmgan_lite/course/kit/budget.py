"""How much a notebook may compute, and on what."""

import os

import tensorflow as tf

from mmgan_lite.course.kit.cores import cores

BUDGETS = ("smoke", "class", "full")


def budget():
    """How much a notebook may compute: "smoke" for tests, "class" for a lesson (the default), or "full".

    Raises:
        ValueError: if the environment variable MMGAN_BUDGET says anything else.
    """
    name = os.environ.get("MMGAN_BUDGET", "class")
    if name not in BUDGETS:
        raise ValueError(f"MMGAN_BUDGET must be one of {', '.join(BUDGETS)}. Received: {name!r}")
    return name


def device():
    """Where TensorFlow computes, in words; of the CPU, the cores that it may use, which in a container may be few."""
    if tf.config.list_physical_devices("GPU"):
        return "the GPU"
    number = cores()
    return f"the CPU ({number} core{'s' if number > 1 else ''})"
