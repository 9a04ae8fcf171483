"""Arguments: plain numbers that a caller hands over, held to what they may be, in one sentence each."""

import math
from typing import Any

import numpy as np

LARGEST_SEED = 2**31 - 1  # TensorFlow's seeds are int32


def whole(name: str, value: Any, least: int = 0, most: int | None = None) -> int:
    """A whole number from `least`, to `most` where that is given, as an int.

    Raises:
        ValueError: for another number, or anything else; True is no number here.
    """
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not fits or value < least or (most is not None and value > most):
        to = "" if most is None else f" to {most}"
        raise ValueError(f"{name} must be a whole number from {least}{to}. Received: {value!r}")
    return int(value)


def number(name: str, value: Any, least: float = 0.0, most: float = math.inf) -> float:
    """A finite number from `least` to `most`, as a float.

    Raises:
        ValueError: for another number, or anything else.
    """
    fits = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not fits or not math.isfinite(value) or not least <= value <= most:
        room = f"at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        raise ValueError(f"{name} must be a number {room}. Received: {value!r}")
    return float(value)


def seed(value: Any) -> int:
    """A seed: a whole number from 0 that every library of random numbers takes."""
    return whole("seed", value, 0, LARGEST_SEED)
