"""For every test, the notebooks' cells included: the small budget, and TensorFlow without its start-up lines."""

import os

import pytest

import mmgan_lite  # noqa: F401  (sets the log level before anything imports TensorFlow)

os.environ.setdefault("MMGAN_BUDGET", "smoke")
os.environ["MMGAN_RAISE"] = "1"  # a widget that only shows an error has failed its test


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """The kernel of a notebook is started unmeasured: coverage would cost it a third more time, for nothing new."""
    with pytest.MonkeyPatch.context() as patch:
        if item.path.suffix == ".ipynb":
            for name in [name for name in os.environ if name.startswith("COVERAGE_PROCESS")]:
                patch.delenv(name)
        return (yield)
