"""For every test, the notebooks' cells included: the small budget, and TensorFlow without its start-up lines."""

import os

import mmgan_lite  # noqa: F401  (sets the log level before anything imports TensorFlow)

os.environ.setdefault("MMGAN_BUDGET", "smoke")
os.environ["MMGAN_RAISE"] = "1"  # a widget that only shows an error has failed its test
