"""Words of learners and of files are shown as words in every page and drawing: a tag in them is none."""

import base64
import contextlib
import datetime
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course import checker, progress
from mmgan_lite.course.kit import cards, dashboard, heard, svg
from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.course.kit.page import Page
from mmgan_lite.course.kit.predict import Predict
from mmgan_lite.course.kit.sample_source import ImageSource, SoundSource
from mmgan_lite.course.measuring import compare, sweep
from mmgan_lite.course.measuring.experiment import Experiment
from mmgan_lite.course.players import logits
from mmgan_lite.course.space import retrieval_game
from mmgan_lite.course.translation import translation_board
from mmgan_lite.course.translation.noise_by_condition import NoiseByCondition
from mmgan_lite.datasets import image

EVIL = "<img src=x onerror=\"alert('1')\"> ' \" onload=alert(2) </svg></style><script>alert(3)</script>"
PICTURE = plots.png_of(np.pad(np.zeros((40, 20), "uint8"), 30, constant_values=255))
LOG_MEL = np.random.default_rng(0).uniform(-1, 1, (32, 32))
TONE = np.sin(np.arange(8000) * np.pi / 8) * np.hanning(8000)


class Tags(HTMLParser):
    """All elements of a page, those of the drawings in it too."""

    def __init__(self, page):
        super().__init__()
        self.found, self.words = [], ""
        self.feed(page)
        for drawing in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page):
            self.found += Tags(base64.b64decode(drawing).decode()).found

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words += data


def upload(name, content):
    now = datetime.datetime.now(datetime.UTC)
    return ({"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": now},)


def chosen(source, name, content):
    """What is shown of a file that somebody chose."""
    source.file.value = upload(name, content)
    source.choice.value = source.choice.options[1 if "a sound file" in source.choice.options else 2]
    return source.given.value


def stored():
    asked = Predict(EVIL, [EVIL, "b"])
    asked.store(EVIL)
    return asked.told.value + asked.still_html() + asked.beside("b", EVIL).value


def failed():
    guard = Guard()

    def fail():
        raise ValueError(EVIL)

    with contextlib.suppress(ValueError):  # under test it is raised too
        guard(fail)()
    return guard.view.value


def said(wrong):
    page = Page(name="page")
    page.say(EVIL, wrong=wrong)
    return page.value


class Asked(checker.Exercise):
    hint, solution = EVIL, EVIL

    @staticmethod
    def examine(answer):
        raise checker.NotYet(answer)


def reported():
    """What an experiment board shows of settings and a prediction."""
    board = Experiment(lambda seed, **_: 0.1, {"rate": [1, 2]})
    board.sweep = sweep.Sweep(
        lambda seed, **at: 0.1 * seed, {EVIL[:19]: [EVIL[:19], "$$ \\bad $"]}, seeds=2, prediction=EVIL
    )
    list(board.sweep.runs())
    board._report()
    return board.told.value + board.view.value


def crossed():
    board = SimpleNamespace(to=SimpleNamespace(value="image"))
    return NoiseByCondition._cell(board, EVIL, 1, np.zeros((4, 4, 1)), EVIL)


def done():
    table = progress.Progress.__new__(progress.Progress)
    table.next = SimpleNamespace(notebook=EVIL, name=EVIL, about=EVIL)
    table.rows = [(table.next, progress.BLANK, 0)]
    return table._repr_html_()


PAGES = {
    "a picture": lambda: plots.img(PICTURE, EVIL),
    "a table": lambda: plots.table({EVIL: [EVIL]}, EVIL),
    "a drawing": lambda: svg.img(9, 9, "", EVIL),
    "cards of a prompt": lambda: cards.page(
        {"image": np.zeros((1, 4, 4, 1)), "text": [EVIL], "speech": LOG_MEL[None]}, EVIL
    ),
    "a player": lambda: cards.player(TONE, EVIL),
    "a spectrogram": lambda: cards.sound_picture(LOG_MEL, EVIL),
    "a recording of this name": lambda: heard.html_of(TONE, 8000, EVIL),
    "a silent recording of this name": lambda: heard.html_of(0 * TONE, 8000, EVIL),
    "a picture's file": lambda: chosen(
        ImageSource(Guard(), lambda: None, np.zeros((2, image.SIZE, image.SIZE, 1))), EVIL + ".png", PICTURE
    ),
    "a sound's file": lambda: chosen(
        SoundSource(Guard(), lambda: None, np.stack([LOG_MEL] * 2)), EVIL + ".wav", cards.files.wav_bytes(TONE, 8000)
    ),
    "a status": lambda: said(False),
    "a status that something is wrong": lambda: said(True),
    "a guess": stored,
    "an error in a widget": failed,
    "a verdict": lambda: Asked.check(EVIL)._repr_html_(),
    "losses": lambda: dashboard._in_words({EVIL: 1.0, f"d_{EVIL}": 1.0, f"g_{EVIL}": 1.0}),
    "losses of logits": lambda: logits._row(EVIL, {"g": [0.1], "d_loss": 1.0, "g_loss": 1.0}, True),
    "an experiment": reported,
    "a thing of the game": lambda: retrieval_game._framed(
        retrieval_game.RetrievalGame._drawn(SimpleNamespace(_pairs={"text": [EVIL]}), "text", 0), EVIL, "black"
    ),
    "a caption on the board": lambda: translation_board._cell("text", EVIL, iter(())),
    "noise beside captions": crossed,
    "exercises": done,
    "a figure": lambda: plots.show(plots.figure()[0], EVIL, {EVIL: [EVIL]}).data,
    "candidates": lambda: compare._strip(np.zeros((9, 28, 28, 1)), EVIL, "black"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_tag_in_words_is_shown_and_is_none(name):
    tags = Tags(PAGES[name]())
    assert tags.found, "nothing is shown"
    for tag, attributes in tags.found:
        assert tag not in ("script", "iframe") and not [key for key in attributes if key.startswith("on")], tag
        assert attributes.get("src", "data:").startswith("data:")
    shown = tags.words + "".join(str(value) for _, attributes in tags.found for value in attributes.values())
    assert "onerror=" in shown, "the words are shown as they are"
