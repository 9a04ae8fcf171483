"""mmgan_lite: one space for text, image and speech, and a GAN that speaks out of it.

`import mmgan_lite as mm` costs next to nothing: every name below is imported when it is first used, so that a plot
needs no widgets and `--help` needs no TensorFlow.
"""

import contextlib
import importlib
import os
import sys

__version__ = "0.1.0"

# In this order: a module imports only from modules before its own, and a test holds that.
MODULES = (
    "text", "speech", "image", "corruption", "changes", "files", "data", "pairs", "toys", "losses", "metrics",
    "embedders", "generators", "discriminators", "training", "duel", "recorder", "trial", "clinic", "listener",
    "prompts", "model", "runs", "plots", "doctor", "callbacks", "recipe", "judges", "fan", "report", "evaluation",
    "experiments", "exercises", "handout", "widgets",
)  # fmt: skip
# Need no TensorFlow: the command line refuses a bad file name without it.
_LIGHT = ("text", "image", "files", "toys", "exercises", "handout")

_NAMES = {
    "load_digits": "data",
    "load_pairs": "pairs",
    "as_dataset": "data",
    "build_text_embedder": "embedders",
    "build_image_embedder": "embedders",
    "build_speech_embedder": "embedders",
    "build_text_generator": "generators",
    "build_image_generator": "generators",
    "build_speech_generator": "generators",
    "build_imaginer": "generators",
    "build_text_discriminator": "discriminators",
    "build_image_discriminator": "discriminators",
    "build_speech_discriminator": "discriminators",
    "MultimodalGAN": "model",
    "load": "runs",
    "train": "recipe",
    "SampleGrid": "callbacks",
}

__all__ = ["__version__", *_NAMES, *MODULES]

# 3: errors only. Whoever sets another level wants to read what TensorFlow prints, and does.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextlib.contextmanager
def _silenced_stderr():
    """Point file descriptor 2 at nothing for a while: what C++ writes there, no Python setting can catch."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _import_tensorflow():
    """Import TensorFlow without the lines that it prints at its start, whatever the log level."""
    leave = os.environ["TF_CPP_MIN_LOG_LEVEL"] != "3" or sys.stderr is None
    if leave or "tensorflow" in sys.modules:
        return
    with _silenced_stderr():
        importlib.import_module("tensorflow")


def __getattr__(name):
    """Import the module that holds `name` when it is first asked for (PEP 562)."""
    if name not in _NAMES and name not in MODULES:
        raise AttributeError(f"module 'mmgan_lite' has no attribute {name!r}; see dir(mmgan_lite)")
    if name not in _LIGHT:
        _import_tensorflow()
    module = importlib.import_module(f"mmgan_lite.{_NAMES.get(name, name)}")
    return module if name in MODULES else globals().setdefault(name, getattr(module, name))


def __dir__():
    return sorted(__all__)
