"""mmgan_lite: one space for text, image and speech, and a GAN that speaks out of it.

`import mmgan_lite as mm` costs next to nothing: every name below is imported when it is first used, so that a plot
needs no widgets and `--help` needs no TensorFlow.
"""

import contextlib
import importlib.util
import os
import sys

__version__ = "0.1.0"

# Public names and the modules that hold them.
_NAMES = {
    "load_digits": "datasets.digits",
    "load_pairs": "datasets.own_pairs",
    "load_spoken_digits": "datasets.spoken_digits",
    "as_dataset": "datasets.batches",
    "build_text_embedder": "networks.embedders",
    "build_image_embedder": "networks.embedders",
    "build_speech_embedder": "networks.embedders",
    "build_text_generator": "networks.generators",
    "build_image_generator": "networks.generators",
    "build_speech_generator": "networks.generators",
    "build_imaginer": "networks.generators",
    "build_prior": "networks.generators",
    "build_text_discriminator": "networks.discriminators",
    "build_image_discriminator": "networks.discriminators",
    "build_speech_discriminator": "networks.discriminators",
    "Modality": "modalities",
    "MultimodalGAN": "model",
    "load": "training.saving",
    "save": "training.saving",
    "train": "training.trainer",
    "evaluate": "evaluation.evaluate",
    "SampleGrid": "training.callbacks",
    "progress": "course.progress",
}
# Public modules by their short names, and the room of the course.
_MODULES = {
    "text": "datasets.captions",
    "image": "datasets.image",
    "speech": "datasets.speech",
    "embedders": "networks.embedders",
    "generators": "networks.generators",
    "discriminators": "networks.discriminators",
    "losses": "losses",
    "modalities": "modalities",
    "conditions": "conditions",
    "steps": "steps",
    "metrics": "evaluation.metrics",
    "judges": "evaluation.judges",
    "variety": "evaluation.variety",
    "left_open": "evaluation.left_open",
    "plots": "plots",
    "files": "files",
    "course": "course",
}
__all__ = ["__version__", *_NAMES, *_MODULES]

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


class _QuietTensorFlow:
    """Finds TensorFlow as Python does; its import then prints none of its lines, whoever asks for it first."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(_QuietTensorFlow)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: _in_silence(execute, module)
        return spec


def _in_silence(execute, module):
    with _silenced_stderr():
        execute(module)


if os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3" and sys.stderr is not None:
    sys.meta_path.insert(0, _QuietTensorFlow)


def _check_backend():
    """Raise a ValueError where somebody has chosen another backend for Keras than TensorFlow."""
    chosen = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if chosen != "tensorflow":
        remedy = "the kit runs on TensorFlow; unset KERAS_BACKEND, or set it to tensorflow"
        raise ValueError(f"{remedy}. Received: KERAS_BACKEND={chosen}")


def _resolve(package, name, names, modules):
    """What `name` stands for in a package: a module, or what one holds, imported when it is first used (PEP 562)."""
    if name not in names and name not in modules:
        raise AttributeError(f"module {package!r} has no attribute {name!r}; see dir({package})")
    _check_backend()  # or a module that is missing would be told
    module = importlib.import_module(f"{package}.{names.get(name) or modules[name]}")
    return getattr(module, name) if name in names else module


def __getattr__(name):
    return globals().setdefault(name, _resolve(__name__, name, _NAMES, _MODULES))


def __dir__():
    return sorted(__all__)
