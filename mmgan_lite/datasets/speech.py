"""Speech: a waveform to a log-mel picture of one second, and back to a waveform by Griffin-Lim.

Source: Griffin & Lim 1984, "Signal estimation from modified short-time Fourier transform".
"""

import functools

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

SAMPLE_RATE = 8000  # Hz
SAMPLES = 8000  # one second
WINDOW, HOP, FRAMES, MELS = 512, 250, 32, 32
LOWEST_HZ, HIGHEST_HZ, FLOOR_DB = 50.0, 3800.0, -80.0
_ONSET = 400  # samples of quiet kept before the word


@functools.cache
def _mel_matrix():
    """float64 (257, 32): which frequency bins each mel band listens to."""
    bins = WINDOW // 2 + 1
    return tf.signal.linear_to_mel_weight_matrix(MELS, bins, SAMPLE_RATE, LOWEST_HZ, HIGHEST_HZ, tf.float64).numpy()


def _stft(wave):
    """float64 (..., 8000) to complex128 (..., 32, 257)."""
    padding = [[0, 0]] * (len(wave.shape) - 1) + [[WINDOW // 2, WINDOW // 2]]
    return tf.signal.stft(tf.pad(wave, padding), WINDOW, HOP)[..., :FRAMES, :]


@tf.function(input_signature=[tf.TensorSpec((SAMPLES,), tf.float64)])
def _power(wave):
    """float64 (8000,) to (32, 257); compiled, for a folder of sounds: op by op it takes twice as long."""
    return tf.abs(_stft(wave)) ** 2


def _inverse_stft(spectrum):
    """complex128 (..., 32, 257) to float64 (..., 8000)."""
    window = tf.signal.inverse_stft_window_fn(HOP)
    wave = tf.signal.inverse_stft(spectrum, WINDOW, HOP, window_fn=window)  # (..., 8262)
    return wave[..., WINDOW // 2 : WINDOW // 2 + SAMPLES]  # `_stft` had padded half a window at each end


def mel_band(hz: float) -> float:
    """Where a frequency in Hz lies on the axis of mel bands: 0.5 is the middle of the lowest band."""
    low, high, here = (1127 * np.log1p(f / 700) for f in (LOWEST_HZ, HIGHEST_HZ, hz))
    return (here - low) / (high - low) * (MELS + 1) - 0.5


def from_waveform(wave: ArrayLike, sample_rate: float) -> NDArray[np.float32]:
    """One spoken word as a log-mel picture: its onset moved to the start, its loudest bin at 0 dB.

    Args:
        wave: int16 or float (samples,), mono, any loudness.
        sample_rate: Hz, at least 8000.

    Returns:
        float32 (32, 32) in [-1, 1]: 32 frames of 31.25 ms by 32 mel bands from 50 to 3800 Hz; -1 is -80 dB.

    Raises:
        ValueError: for a wave that is not mono, empty, silent, or not finite, or for too low a sample rate.
    """
    wave = np.asarray(wave, "float64")
    if wave.ndim != 1 or wave.size < WINDOW:
        raise ValueError(f"wave must be mono, (samples,), at least {WINDOW} long. Received: shape={wave.shape}")
    if not np.isfinite(wave).all():
        raise ValueError("wave must be finite; replace NaN and infinity. Received: a value that is not")
    if sample_rate < SAMPLE_RATE:
        raise ValueError(f"sample_rate must be at least {SAMPLE_RATE} Hz. Received: sample_rate={sample_rate}")
    heard = _resample(wave - wave.mean(), sample_rate)
    if np.abs(heard).max(initial=0) <= 1e-6 * np.abs(wave).max():
        raise ValueError("wave is silent; record it again, louder. Received: nothing that changes below 4 kHz")
    power = tf.matmul(_power(tf.constant(_one_second(heard))), _mel_matrix()).numpy()
    decibels = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    return (1 - 2 * np.maximum(decibels, FLOOR_DB) / FLOOR_DB).astype("float32")


def _resample(wave, sample_rate):
    """Cut (or keep) the spectrum below 4 kHz: an ideal resampling filter."""
    length = round(len(wave) * SAMPLE_RATE / sample_rate)
    return np.fft.irfft(np.fft.rfft(wave)[: length // 2 + 1], length) * (length / len(wave))


def _one_second(wave):
    """Begin shortly before the first sound above -30 dB of the loudest; cut or pad to 8000 samples."""
    loudness = np.sqrt(np.convolve(wave**2, np.ones(80) / 80, "same"))  # over 10 ms
    start = np.flatnonzero(loudness > loudness.max() * 10 ** (-30 / 20))[0]
    word = wave[max(start - _ONSET, 0) :]
    return np.pad(np.pad(word, (max(_ONSET - start, 0), 0)), (0, SAMPLES))[:SAMPLES]


def to_waveform(log_mel: ArrayLike, iterations: int = 60) -> NDArray[np.float32]:
    """Hear a log-mel picture: spread the mel bands over frequencies, then guess the lost phases by Griffin-Lim.

    Args:
        log_mel: float (32, 32), or any number of them (..., 32, 32), in [-1, 1].
        iterations: Rounds of Griffin-Lim; more sound cleaner.

    Returns:
        float32 (..., 8000) in [-1, 1] at 8 kHz, the loudest sample at 0.9.

    Raises:
        ValueError: for another shape, or a value that is not finite.
    """
    log_mel = np.asarray(log_mel, "float64")
    if log_mel.shape[-2:] != (FRAMES, MELS) or not np.isfinite(log_mel).all():
        raise ValueError(f"log_mel must be finite, (..., {FRAMES}, {MELS}). Received: shape={log_mel.shape}")
    decibels = (np.clip(log_mel, -1, 1) - 1) / 2 * -FLOOR_DB
    power = np.where(decibels > FLOOR_DB + 1, 10 ** (decibels / 10), 0.0)  # the floor means silence, not a hiss
    magnitude = np.sqrt(_spread(power)).reshape(-1, FRAMES, WINDOW // 2 + 1)  # of one rank, or TensorFlow loses it
    angle = 2j * np.pi * np.random.default_rng(0).random(magnitude.shape[1:])  # same picture, same sound
    wave = _griffin_lim(tf.constant(magnitude), tf.exp(angle), tf.constant(iterations)).numpy()
    wave *= 0.9 / np.maximum(np.abs(wave).max(-1, keepdims=True), 1e-9)
    return wave.reshape(*log_mel.shape[:-2], SAMPLES).astype("float32")


def _spread(power):
    """Mel power (..., 32) back to bins (..., 257): each band's power shared out over the bins that feed it."""
    matrix = _mel_matrix()  # (257, 32)
    bins = np.maximum(power @ np.linalg.pinv(matrix), 0)
    for _ in range(10):  # multiplicative updates keep it non-negative and bring the bands back to what was heard
        bins *= (power @ matrix.T + 1e-12) / (bins @ matrix @ matrix.T + 1e-12)
    return bins


@tf.function(reduce_retracing=True)
def _griffin_lim(magnitude, phase, iterations):
    spectrum = tf.cast(magnitude, tf.complex128) * phase
    for _ in tf.range(iterations):
        heard = _stft(_inverse_stft(spectrum))
        spectrum = tf.cast(magnitude, tf.complex128) * heard / tf.cast(tf.abs(heard) + 1e-9, tf.complex128)
    return _inverse_stft(spectrum)
