"""Speech: a waveform to a log-mel picture of one second, and back to a waveform by Griffin-Lim.

Sources: Griffin & Lim 1984, "Signal estimation from modified short-time Fourier transform"; for the noise taken off,
Boll 1979, "Suppression of acoustic noise in speech using spectral subtraction".
"""

import functools

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

SAMPLE_RATE = 8000  # Hz
SAMPLES = 8000  # one second
WINDOW, HOP, FRAMES, MELS = 512, 250, 32, 32
LOWEST_HZ, HIGHEST_HZ, FLOOR_DB = 50.0, 3800.0, -60.0
LONGEST = 2**22  # samples of a recording, of which one second is wanted
LOWEST_RATE = 6000  # Hz: below, too little of speech is left
_ONSET = 400  # samples of quiet kept before the word
_STEP = 80  # samples: loudness is looked at every 10 ms
_BREATH = 25  # steps: so long a word may hold its breath


@functools.cache
def _mel_matrix():
    """float64 (257, 32): which frequency bins each mel band listens to."""
    bins = WINDOW // 2 + 1
    return tf.signal.linear_to_mel_weight_matrix(MELS, bins, SAMPLE_RATE, LOWEST_HZ, HIGHEST_HZ, tf.float64).numpy()


def _stft(wave):
    """float64 (..., 8000) to complex128 (..., 32, 257)."""
    padding = [[0, 0]] * (len(wave.shape) - 1) + [[WINDOW // 2, WINDOW // 2]]
    return tf.signal.stft(tf.pad(wave, padding), WINDOW, HOP)[..., :FRAMES, :]


def _frame_power(wave, window, step):
    """float64 (frames, bins): the power of faded pieces of a wave of any length, the first around its first sample."""
    fade = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    pieces = np.lib.stride_tricks.sliding_window_view(np.pad(wave, window // 2), window)[::step]
    return np.abs(np.fft.rfft(pieces * fade)) ** 2


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
    """One spoken word as a log-mel picture: found in the recording, its onset at the start, its loudest bin at 0 dB.

    A steady noise or hum under the word is measured where nobody speaks, and taken off.

    Args:
        wave: int16 or float (samples,), mono, any loudness, from 512 to four million samples.
        sample_rate: Hz, at least 6000.

    Returns:
        float32 (32, 32) in [-1, 1]: 32 frames of 31.25 ms by 32 mel bands from 50 to 3800 Hz; -1 is -60 dB.

    Raises:
        ValueError: for a wave that is not mono, too short, too long, silent, or not finite, or too low a sample rate.
    """
    heard = _at_8_khz(wave, sample_rate)
    start, stop, noise = _find(heard)
    power = _frame_power(_one_second(heard, start, stop), WINDOW, HOP)[:FRAMES] @ _mel_matrix()
    if noise is not None:
        power = _subtracted(power, noise @ _mel_matrix())
    decibels = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    return (1 - 2 * np.maximum(decibels, FLOOR_DB) / FLOOR_DB).astype("float32")


def find_word(wave: ArrayLike, sample_rate: float) -> tuple[float, float]:
    """Where the word that `from_waveform` makes its picture of begins and ends: (start, stop) in seconds.

    Of several, the one that is loud for longest; a click is none. Args and errors: as `from_waveform`.
    """
    heard = _at_8_khz(wave, sample_rate)
    start, stop, noise = _find(heard)
    end = start + _ends(heard[start : min(stop, start - _ONSET + SAMPLES)], noise is not None)[1]
    return start / SAMPLE_RATE, end / SAMPLE_RATE


def _at_8_khz(wave, sample_rate):
    """A recording as a person has it: checked, without its constant, at 8 kHz; float64 (samples,)."""
    wave = np.asarray(wave)
    if wave.ndim != 1 or wave.size < WINDOW:
        raise ValueError(f"wave must be mono, (samples,), at least {WINDOW} long. Received: shape={wave.shape}")
    if wave.dtype.kind not in "biuf":
        raise ValueError(f"wave must be an array of real numbers. Received: dtype={wave.dtype}")
    if wave.size > LONGEST:
        raise ValueError(f"wave may have {LONGEST:,} samples; cut it to the word. Received: {wave.size:,}")
    wave = wave.astype("float64")
    if not np.isfinite(wave).all():
        raise ValueError("wave must be finite; replace NaN and infinity. Received: a value that is not")
    if not LOWEST_RATE <= sample_rate < np.inf:
        raise ValueError(f"sample_rate must be at least {LOWEST_RATE} Hz. Received: sample_rate={sample_rate}")
    heard = _resample(wave - wave.mean(), sample_rate)
    if np.abs(heard).max(initial=0) <= 1e-6 * np.abs(wave).max():
        raise ValueError("wave is silent; record it again, louder. Received: nothing that changes below 4 kHz")
    return heard


def _resample(wave, sample_rate):
    """Cut (or keep, or fill up) the spectrum at 4 kHz: an ideal resampling filter."""
    length = max(round(len(wave) * SAMPLE_RATE / sample_rate), 1)
    return np.fft.irfft(np.fft.rfft(wave)[: length // 2 + 1], length) * (length / len(wave))


def _find(wave):
    """(start, stop) of the word in samples, and the noise under it: float64 (257,), or None where there is none."""
    every = _frame_power(wave, 256, _STEP)
    power = every[:, 4:]  # rumble and the lowest of a hum lie below 125 Hz
    loudness = power.sum(1)
    quiet = _quiet_frames(loudness)
    _refuse_an_empty_room(every, power, loudness, quiet)
    noisy = _is_noise(loudness, _flatness(power[quiet]) > 0.05) or _is_noise(every.sum(1), False)
    energy = np.convolve(np.maximum(power - noisy * 2 * power[quiet].mean(0), 0).sum(1), np.ones(5) / 5, "same")
    least = 3 * energy[quiet].max() if noisy else 0.0  # of noise, what is left varies
    runs = _runs(energy > max(10**-2.8 * energy.max(), min(least, 0.1 * energy.max())))
    if len(runs) == 1 and not noisy:
        return _ends(wave)[0], len(wave), None
    word = max(runs, key=lambda run: np.sqrt(energy[run[0] : run[1]]).sum())  # loud and long: no click
    start, stop = _grown(word, energy > max(1e-4 * energy.max(), least))
    start, stop = max(start - 5, 0) * _STEP, min((stop + 5) * _STEP, len(wave))
    return start + _ends(wave[start:stop], noisy)[0], stop, _noise(wave) if noisy else None


def _quiet_frames(loudness):
    """bool (frames,): the quietest seventh of those that are not the zeros with which a file was filled up."""
    sounding = loudness > 1e-10 * loudness.max()
    return sounding & (loudness <= np.percentile(loudness[sounding], 15))


def _is_noise(loudness, flat):
    """Whether the quietest frames are a noise, of one loudness for 200 ms or more, and not the tail of a word.

    A hum is not flat, and a word may end on a tone too; but a hum is there for 200 ms before and after the word.
    """
    rest = loudness[_quiet_frames(loudness)]
    level = rest.mean()
    faint = 1e-7 * loudness.max() < level < 0.01 * loudness.max()
    steady = np.percentile(rest, 10) > level / 4 and (loudness < 2 * level).sum() >= 20
    louder = ~((level / 4 < loudness) & (loudness < 4 * level))[2:-2]  # without the cut ends of the recording
    return faint and steady and (flat or not (louder[:20].any() or louder[-20:].any()))


def _noise(wave):
    """float64 (257,): the mean spectrum of the quietest frames."""
    power = _frame_power(wave, WINDOW, HOP)
    return power[_quiet_frames(power[:, 8:].sum(1))].mean(0)


def _subtracted(power, noise):
    """A log-mel's power (32, 32) less that of a noise (32,): what is no louder than a noise may be, becomes silence.

    A noise flickers from place to place, a word lasts and has breadth: neighbours tell together how far it stands out.
    """
    ratio = np.pad(power / np.maximum(noise, 1e-9 * noise.max()), 1, "edge")
    over_noise = np.lib.stride_tricks.sliding_window_view(ratio, (3, 3)).mean((2, 3))
    return power * np.maximum(1 - 1.25 / np.maximum(over_noise, 1e-9), 0.0)


def _refuse_an_empty_room(every, power, loudness, quiet):
    """Noise is as loud at its quietest as at its loudest; so is a held tone, but no voice is as low as a hum."""
    low = every.sum() - power.sum()
    alone = every.sum(1).max() < 4 * every[quiet].sum(1).mean() and power.sum() < 0.003 * every.sum()
    steady = alone or loudness.max() < 4 * loudness[quiet].mean()
    if steady and (_flatness(power) > 0.1 or low > power.sum()):
        raise ValueError("wave is silent, but for a steady noise; record it again, louder. Received: no word in it")


def _flatness(power):
    """Geometric over arithmetic mean of a spectrum: 1 for white noise, near 0 for a tone or a vowel."""
    spectrum = power.mean(0)
    return np.exp(np.log(spectrum + 1e-12 * spectrum.max()).mean()) / spectrum.mean()


def _runs(there):
    """[(start, stop), …] of steps where it is true; a word may hold its breath."""
    places = np.flatnonzero(there)
    parts = np.split(places, np.flatnonzero(np.diff(places) > _BREATH) + 1)
    return [(part[0], part[-1] + 1) for part in parts]


def _grown(run, there, most=12):
    """A run with what is true right before and after it, up to so many steps: soft consonants."""
    start, stop = run
    while start > max(run[0] - most, 0) and there[start - 1]:
        start -= 1
    while stop < min(run[1] + most, len(there)) and there[stop]:
        stop += 1
    return start, stop


def _ends(wave, noisy=False):
    """The first and the last sample above -30 dB of the loudest, and twice as loud as a noise."""
    span = 160 if noisy else 80  # 20 ms, a period of a hum, or 10
    loudness = np.sqrt(np.convolve(wave**2, np.ones(span) / span, "same"))
    least = max(loudness.max() * 10 ** (-30 / 20), 2 * np.percentile(loudness, 5) * noisy)
    return tuple(np.flatnonzero(loudness > least)[[0, -1]])


def _one_second(wave, start, stop):
    """The word, 50 ms after the start of 8000 samples, and silence after it."""
    word = wave[max(start - _ONSET, 0) : stop]
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
