"""Augmentation: the same word as another throat, room and microphone would give it, on its log-mel picture.

All functions take float32 (n, 32, 32) in [-1, 1] and a seed int32 (2,), and give the same shape and range, the same
sounds for the same seed. In training alone; what a network is asked later stays as it is.

Source: vocal tract length: Jaitly & Hinton 2013; tempo, noise and rooms: Ko et al. 2015 and 2017.
"""

from typing import Any

import tensorflow as tf

from mmgan_lite.datasets.speech import FLOOR_DB

_SILENT = -0.999
_PITCH = 6.0  # mel bands, below about 350 Hz


def augment_speech(log_mel: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Every sound from another throat, in another tempo; half of them through another room and microphone as well."""
    spoken = vocal_tract(tempo(log_mel, seed), seed + 1)
    recorded = spoken
    for number, record in enumerate((clipping, room, equaliser, noise)):
        recorded = record(recorded, seed + 2 + number)
    return tf.where(_uniform(log_mel, seed + 6, 1)[..., None] > 0, recorded, spoken)


def tempo(log_mel: tf.Tensor, seed: tf.Tensor, most: float = 0.2, shift: float = 1.5) -> tf.Tensor:
    """Say it up to exp(`most`) times as fast or slow, and begin up to `shift` frames earlier or later."""
    pace, onset = tf.unstack(_uniform(log_mel, seed, 2), axis=1)
    quiet = tf.pad(log_mel, [[0, 0], [1, 1], [0, 0]], constant_values=-1.0)
    frames = tf.range(32.0) * tf.exp(most * pace)[:, None] + shift * onset[:, None] + 1
    return _between(quiet, tf.clip_by_value(frames, 0.0, 33.0))


def vocal_tract(log_mel: tf.Tensor, seed: tf.Tensor, most: float = 0.12) -> tf.Tensor:
    """A tract up to exp(`most`) times as long or short: formants move along the mel bands.

    The lowest bands stay: there lie the first harmonics, by which one hears how high a voice is.
    """
    stretch = tf.exp(most * _uniform(log_mel, seed, 1)) - 1.0
    bands = tf.range(32.0)
    bands = tf.clip_by_value(bands + stretch * tf.maximum(bands - _PITCH, 0.0), 0.0, 31.0)  # (n, 32)
    return tf.transpose(_between(tf.transpose(log_mel, [0, 2, 1]), bands), [0, 2, 1])


def clipping(log_mel: tf.Tensor, seed: tf.Tensor, most_db: float = 9.0) -> tf.Tensor:
    """Level off the loudest places of half the sounds, as an overdriven microphone does."""
    chance, amount = tf.unstack(_uniform(log_mel, seed, 2)[..., None, None], axis=1)
    decibels = _decibels(log_mel)
    levelled = tf.minimum(decibels, -most_db * tf.abs(amount))
    return _picture(tf.where(chance > 0, levelled, decibels))


def room(log_mel: tf.Tensor, seed: tf.Tensor, longest: float = 0.45) -> tf.Tensor:
    """Let each frame's power ring on in the next ones: from frame to frame a share of up to `longest` of it is left."""
    ring = longest * tf.maximum(_uniform(log_mel, seed, 1), 0.0)[..., None]  # (n, 1, 1): none in half of the rooms
    power = _power(log_mel)
    lag = tf.range(32.0)[:, None] - tf.range(32.0)[None]  # (32, 32): frames since the sound
    decay = tf.where(lag >= 0, ring ** tf.maximum(lag, 0.0), 0.0)
    decay *= tf.where(lag > 0, 0.3, 1.0)  # what comes back is softer than what was said
    return _picture(_to_decibels(tf.matmul(decay, power)))


def equaliser(log_mel: tf.Tensor, seed: tf.Tensor, spread_db: float = 4.0) -> tf.Tensor:
    """Raise and lower the bands smoothly: another microphone, another distance."""
    gain = _smooth(log_mel, seed, 6, spread_db)
    return _picture(tf.where(log_mel > _SILENT, _decibels(log_mel) + gain, FLOOR_DB))


def noise(log_mel: tf.Tensor, seed: tf.Tensor, softest_db: float = 55.0, loudest_db: float = 12.0) -> tf.Tensor:
    """Add a coloured hiss to two of three sounds, its level drawn between these decibels below the loudest place."""
    chance, level = tf.unstack(_uniform(log_mel, seed, 2)[..., None, None], axis=1)
    level = -softest_db + (softest_db - loudest_db) * (level + 1) / 2
    level += _smooth(log_mel, seed + 50, 4, 5.0)
    flicker = tf.random.stateless_uniform(tf.shape(log_mel), seed + 51, 1e-3, 1.0)
    hiss = tf.pow(10.0, level / 10) * -tf.math.log(flicker)  # the power of noise in a band is exponential
    return _picture(_to_decibels(_power(log_mel) + tf.where(chance > -1 / 3, hiss, 0.0)))


def _uniform(log_mel, seed, count) -> Any:
    """float32 (n, count) in [-1, 1]."""
    shape: Any = (tf.shape(log_mel)[0], count)
    return tf.random.stateless_uniform(shape, seed, -1.0, 1.0)


def _smooth(log_mel, seed, knots, spread_db) -> Any:
    """float32 (n, 1, 32): a curve over the bands through so many drawn points."""
    shape: Any = (tf.shape(log_mel)[0], 1, knots, 1)
    points = spread_db * tf.random.stateless_normal(shape, seed)
    return tf.image.resize(points, (1, 32), "bicubic")[..., 0]


def _between(rows, at):
    """Rows (n, k, m) at places (n, 32) between them, by linear interpolation."""
    low = tf.floor(at)
    first = tf.cast(low, tf.int32)
    second = tf.minimum(first + 1, tf.shape(rows)[1] - 1)
    share = (at - low)[..., None]
    return tf.gather(rows, first, batch_dims=1) * (1 - share) + tf.gather(rows, second, batch_dims=1) * share


def _decibels(log_mel):
    return (log_mel - 1) / 2 * -FLOOR_DB


def _power(log_mel):
    """Power relative to the loudest place; the floor is silence."""
    return tf.where(log_mel > _SILENT, tf.pow(10.0, _decibels(log_mel) / 10), 0.0)


def _to_decibels(power):
    return tf.math.log(tf.maximum(power, 1e-12)) * 4.342944819  # 10 log10


def _picture(decibels):
    """Decibels back to [-1, 1], the loudest place at 1."""
    decibels -= tf.reduce_max(decibels, axis=[1, 2], keepdims=True)
    return 1 - 2 * tf.maximum(decibels, FLOOR_DB) / FLOOR_DB
