"""Sounds as people have them, a row each: what the reader makes of every kind that libsndfile writes."""

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from mmgan_lite import files, modalities
from mmgan_lite.datasets import sounds

TONE = (0.5 * np.sin(2 * np.pi * 300 * np.arange(8000) / 8000)).astype("float32")


def encoded(wave, rate=8000, kind="WAV", subtype="PCM_16"):
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format=kind, subtype=subtype)
    file.seek(0)
    return file


# name: (format, encoding of its samples, how far from the tone a sample may lie)
KINDS = {
    "8 bits": ("WAV", "PCM_U8", 2 / 2**8),
    "16 bits": ("WAV", "PCM_16", 2 / 2**16),
    "24 bits": ("WAV", "PCM_24", 2 / 2**24),
    "32 bits": ("WAV", "PCM_32", 1e-7),
    "float": ("WAV", "FLOAT", 0),
    "double": ("WAV", "DOUBLE", 0),
    "mu-law": ("WAV", "ULAW", 0.02),
    "A-law": ("WAV", "ALAW", 0.02),
    "EXTENSIBLE of 16 bits": ("WAVEX", "PCM_16", 2 / 2**16),
    "EXTENSIBLE of 24 bits": ("WAVEX", "PCM_24", 2 / 2**24),
    "EXTENSIBLE float": ("WAVEX", "FLOAT", 0),
    "FLAC": ("FLAC", "PCM_16", 2 / 2**16),
    "AIFF": ("AIFF", "PCM_16", 2 / 2**16),
    "Ogg": ("OGG", "VORBIS", 0.05),
    "Opus": ("OGG", "OPUS", 0.2),
    "MP3": ("MP3", "MPEG_LAYER_III", 0.05),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_sound_is_read_right(name):
    kind, subtype, tolerance = KINDS[name]
    if kind not in soundfile.available_formats():
        assert kind == "MP3"  # an older libsndfile lacks it; the others are everywhere
        return
    wave, rate = files.read_sound(encoded(TONE, kind=kind, subtype=subtype))
    assert rate == 8000 and wave.dtype == "float32" and len(wave) == pytest.approx(8000, abs=600)
    assert np.abs(wave[1000:7000] - TONE[1000:7000]).max() <= tolerance


@given(st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1, max_size=20), st.sampled_from([6000, 8000, 44100]))
def test_sixteen_bits_are_read_exactly_at_any_rate(samples, rate):
    wave, read_rate = files.read_sound(encoded(np.array(samples, "int16"), rate))
    assert read_rate == rate and np.array_equal(wave * 2**15, samples)


QUIET = np.zeros_like(TONE)
CHANNELS = {
    "two alike": ([TONE, TONE], TONE),
    "left only": ([TONE, QUIET], TONE / 2),
    "antiphase": ([TONE, -TONE], TONE),
    "antiphase, nearly": ([TONE, -0.9 * TONE], TONE),
    "one of six": ([QUIET, QUIET, TONE, QUIET, QUIET, QUIET], TONE),
    "six alike": ([TONE] * 6, TONE),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_channels_are_mixed_and_never_lost(name):
    channels, expected = CHANNELS[name]
    wave, _ = files.read_sound(encoded(np.stack(channels, 1)))
    np.testing.assert_allclose(wave, expected, atol=1e-4)


@pytest.mark.parametrize("lost", range(1, 7))
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_a_wav_that_ends_in_mid_frame_is_read_to_its_last_whole_one(subtype, lost):
    both = np.stack([TONE, TONE], 1)
    frame = 2 * {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}[subtype]
    whole = encoded(both, subtype=subtype).getvalue()
    start = whole.index(b"data") + 8
    cut = whole[: start + 5000 * frame - lost]
    wave, _ = files.read_sound(io.BytesIO(cut))
    assert len(wave) == 5000 - -(-lost // frame)
    np.testing.assert_allclose(wave, TONE[: len(wave)], atol=1e-4)


BAD = {
    "empty": (lambda: io.BytesIO(b""), r"whole file of these: \.wav, .*m4a"),
    "a header alone": (lambda: io.BytesIO(encoded(TONE).getvalue()[:30]), "whole file of these"),
    "no sound": (lambda: io.BytesIO(b"no sound at all"), r"whole file of these.*\(.*not recognised\)"),
    "no samples": (lambda: encoded(np.zeros(0, "float32")), "the sound is empty"),
    "half a FLAC": (lambda: io.BytesIO(encoded(TONE, kind="FLAC").getvalue()[:2000]), "whole file of these"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sound_is_refused(name):
    attempt, told = BAD[name]
    with pytest.raises(ValueError, match=rf"{told}.*Received: an open file|{told}") as error:
        files.read_sound(attempt())
    assert "Received: an open file" in str(error.value) and "object at" not in str(error.value)


def test_hours_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(sounds, "MAX_SAMPLES", 4000)
    with pytest.raises(ValueError, match=r"may last 0 s; cut it to the word\. Received: 1 s"):
        files.read_sound(encoded(TONE))


@pytest.mark.parametrize("ending", sounds.ENDINGS)
def test_a_file_of_every_ending_is_a_prompt(ending, tmp_path):
    kind, subtype = {".flac": ("FLAC", "PCM_16"), ".ogg": ("OGG", "VORBIS")}.get(ending, ("WAV", "PCM_16"))
    (tmp_path / f"x{ending}").write_bytes(encoded(TONE, kind=kind, subtype=subtype).getvalue())
    assert modalities.SPEECH.read(str(tmp_path / f"x{ending}")).shape == (1, 32, 32)


@pytest.mark.parametrize("rate", [np.nan, np.inf, -8000.0, 0, "8000", [8000], None], ids=str)
def test_a_sample_rate_must_be_a_number(rate):
    arrays = {"speech": (TONE * 1000).astype("int16")[None], "sample_rate": np.array(rate)}
    with pytest.raises(ValueError, match="needs sample_rate, one number in Hz"):
        modalities.SPEECH.from_arrays("speech", arrays)
