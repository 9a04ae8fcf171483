"""The microphone: what the page sends is kept, heard and shown."""

import numpy as np
import pytest

from mmgan_lite.course.kit.microphone import Microphone
from mmgan_lite.course.kit.recorder import Recorder
from mmgan_lite.datasets import speech

RATE = 48000


@pytest.fixture
def spoken(digits):
    """A word after half a second of quiet, as a browser hears it, float32 (samples,)."""
    word = speech.to_waveform(digits["speech"][0]).repeat(RATE // speech.SAMPLE_RATE)
    return np.concatenate([np.zeros(RATE // 2, "float32"), word])


@pytest.fixture
def recorded():
    """A function: a wave arrives from the page."""

    def send(recorder, wave, rate=RATE):
        recorder.set_state({"pcm": memoryview(np.asarray(wave, "<f4").tobytes()), "rate": rate})

    return send


def test_a_recorder_takes_what_the_page_sends(recorded):
    recorder = Recorder()
    assert recorder.wave.shape == (0,)
    recorded(recorder, [0.5, -0.25], 44100)
    assert recorder.recording().tolist() == [0.5, -0.25] and recorder.wave.dtype == "float32"
    assert recorder.rate == 44100


def test_a_recording_and_its_rate_come_together(recorded):
    recorder, seen = Recorder(), []
    recorder.observe(lambda _: seen.append((len(recorder.wave), recorder.rate)), "pcm")
    recorded(recorder, np.zeros(7), 16000)
    assert seen == [(7, 16000)]


def test_before_a_recording_there_is_nothing_to_hear():
    mic = Microphone()
    assert mic.wave.shape == (0,) and mic.heard.value == ""
    with pytest.raises(ValueError, match="press Start"):
        mic.log_mel()
    assert mic.guard.errors == []


def test_what_was_said_is_shown_as_the_model_hears_it(spoken, recorded):
    mic = Microphone()
    recorded(mic.recorder, spoken)
    np.testing.assert_array_equal(mic.wave, spoken)
    np.testing.assert_array_equal(mic.log_mel(), speech.from_waveform(spoken, RATE))
    assert "The wave of the recording, 1.50 s long; the part from" in mic.heard.value
    assert 'alt="Spectrogram: what the model hears of the recording"' in mic.heard.value
    assert mic.heard.value in mic._repr_mimebundle_()["text/html"]


def test_a_sound_may_stand_there_until_something_is_recorded(spoken, recorded):
    mic = Microphone(spoken, RATE)
    before = mic.heard.value
    assert before.count("<img") == 2 and mic.sample_rate == RATE
    recorded(mic.recorder, spoken[::2], RATE // 2)
    assert mic.sample_rate == RATE // 2 and mic.heard.value != before


def test_a_recording_of_nothing_is_shown_with_the_reason(recorded):
    mic = Microphone()
    recorded(mic.recorder, np.zeros(RATE))
    assert "silent" in mic.heard.value and mic.heard.value.count("<img") == 1
    assert mic.guard.errors == []
