"""Judges: networks that never met a GAN's data, and what they read in images, captions and sounds.

`data/build_judges.py` trains them, on digits that the data set lacks and on voices that no split speaks with.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import ArrayLike, NDArray

from mmgan_lite import files
from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets import image

JUDGES_FILE = files.DATA / "judges.npz"
JUDGES_SHA256 = "73c04be65f030ebd4ccfeb4994db2c5b4ed39df7a80fc45fb96b489702435507"
NUM_FEATURES = 64
HEARD = ("digit", "sex", "pitch", "speed")


def build_image_judge() -> keras.Model:
    """An untrained image judge, from (batch, 28, 28, 1) to {"features": (batch, 64), "digit": logits (batch, 10)}."""
    images = keras.Input((28, 28, 1))
    return _judge(images, images, ("digit",), "image_judge")


def build_speech_judge() -> keras.Model:
    """An untrained speech judge, from log-mel (batch, 32, 32) to {"features": (batch, 64), fact: its logits, …}."""
    log_mel = keras.Input((32, 32))
    return _judge(log_mel, log_mel[..., None], HEARD, "speech_judge")


def _judge(inputs, x, facts, name):
    for channels, strides in ((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (64, 2)):
        x = layers.Conv2D(channels, 3, strides=strides, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))  # (batch, 4 * 4 * 64)
    features = layers.Dense(NUM_FEATURES, activation="relu")(x)
    heads = {fact: layers.Dense(len(text.FACTS[fact]), name=fact)(features) for fact in facts}
    return keras.Model(inputs, {"features": features, **heads}, name=name)


@functools.cache
def load_judges(path: str | Path = JUDGES_FILE) -> dict[str, keras.Model]:
    """The trained judges.

    Args:
        path: The file of their weights, normally the one that is shipped.

    Returns:
        {"image": keras.Model, "speech": keras.Model}; see `build_image_judge` and `build_speech_judge`.

    Raises:
        ValueError: for a file whose SHA-256 is not the shipped one.
    """
    arrays = files.read_checked(Path(path), JUDGES_SHA256, "python data/build_judges.py")
    judges = {"image": build_image_judge(), "speech": build_speech_judge()}
    for name, judge in judges.items():
        judge.set_weights([arrays[f"{name}/{i}"].astype("float32") for i in range(len(judge.weights))])
    return judges


def _ask(judge, samples, size=512):
    """All outputs of a judge as NumPy arrays {name: float32 (n, …)}."""
    samples, answer = np.asarray(samples, "float32"), _compiled(judge)
    parts = [answer(samples[i : i + size]) for i in range(0, len(samples), size)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@functools.cache
def _compiled(judge):
    """A judge as one graph: for a handful of samples, `predict` would cost many times what the judge does."""
    network = load_judges()[judge]
    return tf.function(lambda samples: network(samples, training=False), reduce_retracing=True)


def _levels(logits):
    return np.argmax(logits, axis=-1).astype("int8")


def read_image(images: ArrayLike) -> dict[str, NDArray[np.int8]]:
    """What images show: the digit that the judge sees, thickness and slant as measured, at the cut.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].

    Returns:
        {"digit", "thickness", "slant"}: int8 (n,), levels of `text.FACTS`.
    """
    return _seen(images, _ask("image", images))


def _seen(images, answers):
    digit = _levels(answers["digit"])
    return {"digit": digit, "thickness": image.thickness_level(images), "slant": image.slant_level(images)}


def read_speech(log_mel: ArrayLike) -> dict[str, NDArray[np.int8]]:
    """What sounds say, and how.

    Args:
        log_mel: float (n, 32, 32) in [-1, 1].

    Returns:
        {"digit", "sex", "pitch", "speed"}: int8 (n,), levels of `text.FACTS`; pitch is low or high for the sex.
    """
    return _heard(log_mel, _ask("speech", log_mel))


def _heard(_, answers):
    return {fact: _levels(answers[fact]) for fact in HEARD}


def read_text(captions: Sequence[str]) -> dict[str, NDArray[np.int8]]:
    """What captions say, by the grammar alone.

    Args:
        captions: A list of n strings.

    Returns:
        {fact: int8 (n,)} for every fact of `text.FACTS`; -1 where a caption does not say it, and everywhere, the digit
        included, in a row that the grammar refuses.
    """
    said = [_parsed(caption) for caption in captions]
    return {fact: np.array([row.get(fact, text.UNKNOWN) for row in said], "int8") for fact in text.FACTS}


def _parsed(caption):
    try:
        return text.parse(caption)
    except ValueError:
        return {}


READ = {"image": read_image, "text": read_text, "speech": read_speech}


def features(modality: str, samples: ArrayLike) -> NDArray[np.float32]:
    """The judge's last hidden layer, float32 (n, 64), for Fréchet distance, precision and recall.

    Args:
        modality: "image" or "speech".
        samples: float (n, …); values outside [-1, 1] are clipped, as a screen or a loudspeaker would.
    """
    return _ask(modality, np.clip(samples, -1, 1))["features"]


def examine(modality: str, samples: Any) -> tuple[dict[str, NDArray[np.int8]], NDArray[np.float32] | None]:
    """What `READ` reads and `features`, at one look.

    Args:
        modality: "image", "text" or "speech".
        samples: n of them.

    Returns:
        (levels {fact: int8 (n,)}, features float32 (n, 64)); captions have no features: None.
    """
    if modality == "text":
        return read_text(samples), None
    samples = np.clip(samples, -1, 1)
    answers = _ask(modality, samples)
    return {"image": _seen, "speech": _heard}[modality](samples, answers), answers["features"]
