"""The microphone: a word is said and understood; the browser says no; there is no microphone."""

import re

import nbformat
import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite import files

NAME = "say_it.ipynb"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # or JupyterLab asks which
DEVICE, ASKED = "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"
RATE = 48000  # Hz


@pytest.fixture(scope="module")
def said(tmp_path_factory, pretrained):
    """(a WAV file: a word of the test set after some quiet; its digit as a word).

    The word is the first one that the shipped run writes rightly: how it gets from a mouth to the caption is tried
    here, not how good the run is.
    """
    test = mm.load_digits("test")
    for log_mel, digit in zip(test["speech"], test["label"], strict=True):
        slow = mm.speech.to_waveform(log_mel)
        fast = np.interp(np.arange(6 * len(slow)) / 6, np.arange(len(slow)), slow)
        wave, word = np.concatenate([np.zeros(RATE // 2), 0.5 * fast]), mm.text.FACTS["digit"][digit]
        heard = mm.speech.from_waveform(wave, RATE)[None]
        if all(word in caption for caption in pretrained.generate({"speech": heard}, to="text", count=3, seed=0)[0]):
            break
    path = tmp_path_factory.mktemp("said") / "word.wav"
    path.write_bytes(files.wav_bytes(wave, RATE))
    return path, word


@pytest.fixture
def show(start_chromium, open_notebook, labs):
    """A function (what a cell shows, flags of the browser) to a notebook of that cell, run."""

    def shown(cell, *flags):
        cells = [nbformat.v4.new_code_cell(f"import mmgan_lite as mm\n\n{cell}")]
        page = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
        nbformat.write(page, labs("smoke").folder / "notebooks" / NAME)
        notebook = open_notebook(NAME, browser=start_chromium(*flags))
        notebook.run_all()
        return notebook

    return shown


def told(page, words):
    page.locator(".recorder-told", has_text=words).wait_for()


def test_a_word_is_said_shown_as_it_is_heard_and_written(show, said):
    path, word = said
    notebook = show("mm.course.Panel(mm.load())", DEVICE, ASKED, f"--use-file-for-fake-audio-capture={path}%noloop")
    panel = notebook.page.locator(".panel")
    panel.get_by_role("button", name="a sound").press("Enter")
    panel.get_by_role("button", name="your voice").press("Enter")
    panel.locator(".panel-status", has_text="press Start").wait_for()
    assert "Nothing leaves this machine" in panel.inner_text()
    panel.locator(".recorder-start").press("Space")  # by keyboard
    told(panel, "Recording")
    notebook.page.wait_for_function("() => document.querySelector('.recorder-level').value > -40")  # it is heard
    assert notebook.page.evaluate("() => document.activeElement.className") == "recorder-stop"
    told(panel, "Recorded 3.0 seconds")  # it stopped by itself
    panel.locator(".panel-status", has_text="From your recording").wait_for()
    assert panel.locator(".panel-sound-given img").count() == 2  # the wave, and what the model hears of it
    captions = panel.locator(".panel-caption-card").all_inner_texts()
    assert len(captions) == 3 and all(word in caption for caption in captions)

    panel.locator(".recorder-again").press("Enter")
    told(panel, "Recording")
    panel.locator(".recorder-stop").press("Enter")  # before its time is over
    told(panel, re.compile(r"Recorded [0-2]\.\d seconds"))
    notebook.check()


@pytest.mark.parametrize("flags, words", [([DEVICE], "did not allow the microphone"), ([], "No microphone was found")])
def test_a_browser_without_a_microphone_says_so(show, flags, words):
    notebook = show("mm.course.Microphone()", *flags)
    page = notebook.page
    page.locator(".recorder-start").press("Enter")
    told(page, words)
    told(page, "A sound file will do as well")
    assert page.locator(".recorder-start").is_enabled() and page.locator(".recorder-stop").is_disabled()
    notebook.check()
