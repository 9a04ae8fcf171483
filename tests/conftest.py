"""Fixtures that several test files share."""

import contextlib
import warnings

import pytest
import tensorflow as tf

import mmgan_lite as mm


@pytest.fixture(scope="session")
def eagerly():
    """A context in which no function is traced: for a few steps that takes longer than the steps do."""

    @contextlib.contextmanager
    def eager():
        tf.config.run_functions_eagerly(True)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Even though the `tf.config")  # tf.data stays a graph: so it shall
                yield
        finally:
            tf.config.run_functions_eagerly(False)

    return eager


@pytest.fixture(scope="session")
def full_disk():
    """A context in which no file may grow beyond 1000 bytes: as far as this process can tell, the disk is full."""
    import resource  # not on Windows

    @contextlib.contextmanager
    def full():
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full


@pytest.fixture(scope="session")
def pretrained():
    """The shipped run; a test that changes it must work on a copy."""
    return mm.load()


@pytest.fixture(scope="session")
def digits():
    """The embedded data, split "valid"; a test must not change it."""
    return mm.load_digits("valid")
