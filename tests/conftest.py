"""Fixtures that several test files share."""

import pytest

import mmgan_lite as mm


@pytest.fixture(scope="session")
def pretrained():
    """The shipped run; a test that changes it must work on a copy."""
    return mm.load()


@pytest.fixture(scope="session")
def digits():
    """The embedded data, split "valid"; a test must not change it."""
    return mm.load_digits("valid")
