"""Speech: a waveform to a log-mel picture of one second, and back to a waveform by Griffin-Lim.

Source: Griffin & Lim 1984, "Signal estimation from modified short-time Fourier transform"; two thresholds for the ends of
a word: Rabiner & Sambur 1975; the noise taken off: Boll 1979, "Suppression of acoustic noise in speech using spectral
subtraction".
"""

import functools

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

SAMPLE_RATE = 8000  # Hz
SAMPLES = 8000  # one second
WINDOW, HOP, FRAMES, MELS = 512, 250, 32, 32
LOWEST_HZ, HIGHEST_HZ, FLOOR_DB = 50.0, 3800.0, -60.0
LOWEST_RATE = 6000  # Hz: below, too little of speech is left
_ONSET, _TAIL = 400, 800  # samples kept before and after the word
_STEP = 80  # samples: loudness is looked at every 10 ms


@functools.cache
def _mel_matrix():
    """float64 (257, 32): which frequency bins each mel band listens to."""
    bins = WINDOW // 2 + 1
    return tf.signal.linear_to_mel_weight_matrix(MELS, bins, SAMPLE_RATE, LOWEST_HZ, HIGHEST_HZ, tf.float64).numpy()


def _stft(wave):
    """float64 (..., 8000) to complex128 (..., 32, 257)."""
    padding = [[0, 0]] * (len(wave.shape) - 1) + [[WINDOW // 2, WINDOW // 2]]
    return tf.signal.stft(tf.pad(wave, padding), WINDOW, HOP)[..., :FRAMES, :]


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
    """One spoken word as a log-mel picture: found in the recording, its steady noise taken off, its loudest bin at 0 dB.

    Args:
        wave: int16 or float (samples,), mono, any loudness, any length from 64 ms.
        sample_rate: Hz, at least 6000.

    Returns:
        float32 (32, 32) in [-1, 1]: 32 frames of 31.25 ms by 32 mel bands from 50 to 3800 Hz; -1 is -60 dB.

    Raises:
        ValueError: for a wave that is not mono, too short, silent, or not finite, or for too low a sample rate.
    """
    heard = _at_8_khz(wave, sample_rate)
    return log_mel(_one_second(heard, *_ends(heard)), _noise(heard))


def find_word(wave: ArrayLike, sample_rate: float) -> tuple[float, float]:
    """Where the word that `from_waveform` takes begins and ends, in seconds: the longest and loudest run of sound.

    Args and errors: as `from_waveform`.
    """
    start, stop = _ends(_at_8_khz(wave, sample_rate))
    return start / SAMPLE_RATE, min(stop, start - _ONSET + SAMPLES) / SAMPLE_RATE


def one_word(wave: ArrayLike, sample_rate: float) -> NDArray[np.float64]:
    """The second that `from_waveform` makes its picture of: float64 (8000,) at 8 kHz, the word 50 ms after its start."""
    heard = _at_8_khz(wave, sample_rate)
    return _one_second(heard, *_ends(heard))


def log_mel(second: ArrayLike, noise: ArrayLike = 0.0) -> NDArray[np.float32]:
    """The picture of one second as it is.

    Args:
        second: float (8000,) at 8 kHz.
        noise: float (32,), power of each mel band that is taken off every frame.

    Returns:
        float32 (32, 32) in [-1, 1]; -1 is 60 dB below the loudest place.
    """
    power = np.maximum(_mel_power(np.asarray(second, "float64"))[:FRAMES] - noise, 0.0)
    decibels = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    return (1 - 2 * np.maximum(decibels, FLOOR_DB) / FLOOR_DB).astype("float32")


def _at_8_khz(wave, sample_rate):
    """A recording as a person has it: checked, without its constant, at 8 kHz; float64 (samples,)."""
    wave = np.asarray(wave, "float64")
    if wave.ndim != 1 or wave.size < WINDOW:
        raise ValueError(f"wave must be mono, (samples,), at least {WINDOW} long. Received: shape={wave.shape}")
    if not np.isfinite(wave).all():
        raise ValueError("wave must be finite; replace NaN and infinity. Received: a value that is not")
    if not LOWEST_RATE <= sample_rate < np.inf:
        raise ValueError(f"sample_rate must be at least {LOWEST_RATE} Hz. Received: sample_rate={sample_rate}")
    heard = _resample(wave - wave.mean(), sample_rate)
    if np.abs(heard).max(initial=0) <= 1e-6 * np.abs(wave).max():
        raise ValueError("wave is silent; record it again, louder. Received: nothing that changes below 4 kHz")
    return heard


def _resample(wave, sample_rate):
    """Cut (or keep, or pad) the spectrum at 4 kHz: an ideal resampling filter."""
    length = max(round(len(wave) * SAMPLE_RATE / sample_rate), WINDOW)
    return np.fft.irfft(np.fft.rfft(wave)[: length // 2 + 1], length) * (length / len(wave))


def _pieces(wave, window, step):
    """float64 (frames, window): faded pieces of a wave, the first around its first sample."""
    padded = np.pad(wave, window // 2)
    fade = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    return np.lib.stride_tricks.sliding_window_view(padded, window)[::step] * fade


def _mel_power(wave):
    """float64 (frames, 32): power of the mel bands of a wave of any length."""
    return np.abs(np.fft.rfft(_pieces(wave, WINDOW, HOP))) ** 2 @ _mel_matrix()


def _noise(wave):
    """float64 (32,): what to take off the mel bands of a recording; nothing where the sound never rests."""
    power = _mel_power(wave)
    return 1.5 * _steady(power) * _rests(power)


def _steady(power):
    """The mean spectrum of the quietest frames, (bins,): noise, if the recording rests anywhere."""
    loudness = power.sum(1)
    sounding = loudness > 1e-10 * loudness.max()  # not the zeros with which a file was filled up
    quiet = sounding & (loudness <= np.percentile(loudness[sounding], 15))
    return power[quiet].mean(0)


def _rests(power):
    """Whether the loudest frame is 10 dB above the quietest ones: a held tone is no noise."""
    return _steady(power).sum() < 0.1 * power.sum(1).max()


def _ends(wave):
    """(start, stop) in samples of the word: what stands out of the steady noise by far, and what is next to that."""
    power = np.abs(np.fft.rfft(_pieces(wave, 200, _STEP), 256)) ** 2  # (frames, 129)
    power = power[:, 4:]  # hum and rumble lie below 125 Hz
    _refuse_an_empty_room(power)
    clear_of = np.maximum(power - 2 * _steady(power) * _rests(power), 0).sum(1)
    energy = np.convolve(clear_of, np.ones(5) / 5, "same")  # over 50 ms
    over = 3 * np.percentile(energy[power.sum(1) > 0], 15) * _rests(power)  # of noise, what is left varies
    runs = _runs(energy > max(10**-2.8 * energy.max(), min(over, 0.1 * energy.max())))
    word = max(runs, key=lambda run: np.sqrt(energy[run[0] : run[1]]).sum())  # loud and long: not a click
    start, stop = _grown(word, energy > max(1e-4 * energy.max(), over))
    return start * _STEP, min((stop + 1) * _STEP, len(wave))


def _refuse_an_empty_room(power):
    """Noise is as loud at its quietest as at its loudest, and as strong at one frequency as at the others."""
    loudness, spectrum = power.sum(1), power.mean(0)
    flatness = np.exp(np.log(spectrum + 1e-12 * spectrum.max()).mean()) / spectrum.mean()
    if loudness.max() < 4 * _steady(power).sum() and flatness > 0.1:
        raise ValueError("wave is silent, but for a steady noise; record it again, louder. Received: no word in it")


def _runs(there, bridge=20):
    """[(start, stop), …] of what is true, gaps of up to so many frames bridged: a word may hold its breath."""
    places = np.flatnonzero(there)
    parts = np.split(places, np.flatnonzero(np.diff(places) > bridge) + 1)
    return [(part[0], part[-1] + 1) for part in parts]


def _grown(run, there, most=12):
    """A run with what is true right before and after it, up to so many frames: soft consonants."""
    start, stop = run
    while start > max(run[0] - most, 0) and there[start - 1]:
        start -= 1
    while stop < min(run[1] + most, len(there)) and there[stop]:
        stop += 1
    return start, stop


def _one_second(wave, start, stop):
    """The word, 50 ms after the start of 8000 samples, and silence after it."""
    word = wave[max(start - _ONSET, 0) : min(stop + _TAIL, start - _ONSET + SAMPLES)]
    return np.pad(word, (max(_ONSET - start, 0), SAMPLES))[:SAMPLES]


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
