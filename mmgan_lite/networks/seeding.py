"""Initial weights that follow from a seed, and everybody else's random numbers left alone."""

import contextlib
import random
from collections.abc import Iterator


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Build networks inside, and their initial weights and dropout follow from the seed.

    Keras gives a layer without a seed of its own one from Python's generator. So that is what is set for a while, and
    handed back as it was; `keras.utils.set_random_seed` would set NumPy's and TensorFlow's too, and for good.
    """
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
