"""The panel and its sources, driven as a hand would: by `.value =` and `.click()`."""

import datetime
import io

import numpy as np
import pytest
from ipywidgets import HTML
from PIL import Image

from mmgan_lite import files
from mmgan_lite.course.translation.panel import Panel
from mmgan_lite.datasets import captions, image

SAMPLES = {"image": (28, 28, 1), "speech": (32, 32)}
UPLOAD = {"type": "", "size": 1, "last_modified": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}


class Gan:
    """Answers like a `MultimodalGAN`, from nothing but the prompt and the seed."""

    modalities = ("image", "text", "speech")
    vocabulary = captions.DIGITS
    prior = "drawn"

    def __init__(self):
        self.asked = []

    def generate(self, prompts, to, count=1, seed=None, typical=False):
        self.asked.append((prompts, to, count, seed, typical))
        if "text" in prompts:
            self.vocabulary.encode(prompts["text"])
        return {name: self._made(name, count, seed) for name in to}

    def _made(self, name, count, seed):
        if name == "text":
            return [[f"a three {seed}"] * count]
        return np.random.default_rng(seed).uniform(-1, 1, (1, count, *SAMPLES[name]))


def upload(name, content):
    """A file as FileUpload hands it over."""
    return {"name": name, "content": memoryview(content), **UPLOAD}


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def photograph(digit):
    """A digit float (28, 28, 1) as people have it: a PNG in colour, dark on light, large, in a corner."""
    large = Image.fromarray(255 - image.unscale(digit[..., 0])).resize((280, 280))
    sheet = Image.new("L", (640, 480), 255)
    sheet.paste(large, (340, 20))
    return png(np.asarray(sheet.point(lambda level: 40 + level * 190 // 255).convert("RGB")))


def send(recorder, wave, rate):
    """A recording arrives from the page."""
    recorder.set_state({"pcm": memoryview(np.asarray(wave, "<f4").tobytes()), "rate": rate})


@pytest.fixture
def tone():
    """A WAV file."""
    return files.wav_bytes(np.sin(np.arange(8000)), 8000)


@pytest.fixture
def panel(digits):
    made = Panel(Gan(), digits, count=2)
    yield made
    assert made.guard.errors == []


def test_panel_answers_a_caption_in_every_sense(panel):
    assert [to for _, to, *_ in panel.gan.asked] == [("image", "text", "speech")]  # at once: they belong together
    assert panel.cards.value.count("<audio") == 2
    panel.sources["text"].line.value = "a thick seven"
    assert panel.gan.asked[-1][0] == {"text": ["a thick seven"]}
    assert "From the caption “a thick seven”" in panel.status.value


def test_menus_write_the_caption_and_follow_it(panel):
    source = panel.sources["text"]
    source.menus["digit"].value = 5
    assert captions.parse(source.line.value) == {"digit": 5, "thickness": 0, "slant": 2}
    asked = len(panel.gan.asked)
    source.menus["sex"].value = 1
    assert captions.parse(source.line.value)["sex"] == 1
    assert len(panel.gan.asked) == asked + 1  # once, not in a circle
    source.line.value = "a high voice says an eight"
    assert {fact: menu.value for fact, menu in source.menus.items()} == {
        "digit": 8, "thickness": -1, "slant": -1, "sex": -1, "pitch": 1, "speed": -1,
    }  # fmt: skip
    source.line.value = "three thick thick"  # known words, no sentence: the model may try, the menus rest
    assert source.menus["digit"].value == 8


def test_an_unknown_word_gets_a_line_not_a_traceback(panel):
    before = panel.cards.value
    panel.sources["text"].line.value = "a thik <three>"
    assert "known and near: thick" in panel.status.value and "<three>" not in panel.status.value
    assert panel.cards.value == before
    assert "cards still answer the caption “a thin three leaning right”" in panel.status.value


def test_an_endless_caption_does_not_flood_the_page(panel):
    panel.sources["text"].line.value = "三" * 5000
    assert "unknown word" in panel.status.value and len(panel.status.value) < 1000


def test_another_draws_other_noise_and_count_more_of_it(panel):
    before = panel.cards.value
    panel.another.click()
    assert panel.cards.value != before
    panel.count.value = 4
    assert panel.gan.asked[-1][2:] == (4, 1, False)
    assert panel.cards.value.count("<audio") == 4


@pytest.mark.parametrize(("number", "state"), [(0, "by chance"), (1, "typical")])
def test_a_switch_chooses_what_becomes_of_the_rest_and_every_part_of_the_answer_says_so(panel, number, state):
    panel.rest.index = 1 - number
    panel.rest.index = number
    assert panel.gan.asked[-1][-1] is (state == "typical")
    told = f"the caption “a thin three leaning right”, the rest {state}"
    assert f"From {told}, in" in panel.status.value
    saved = panel._repr_mimebundle_()["text/html"]
    assert saved.count(f"made from {told}") == saved.count("<img") + saved.count("<audio") == 6
    assert f"What the prompt leaves open is {('drawn anew', 'as it mostly is')[number]}" in saved
    assert saved.count("<div>Each column is one thing") == 1
    panel.sources["text"].line.value = "a thik three"
    assert f"cards still answer {told}." in panel.status.value


def test_a_model_that_can_draw_nothing_says_that_the_rest_is_typical(digits):
    gan = Gan()
    gan.prior = None
    panel = Panel(gan, digits)
    assert panel.rest.disabled and gan.asked[-1][-1] is True
    assert "the rest typical" in panel.status.value and "as it mostly is" in panel.cards.value
    assert panel.guard.errors == []


def test_an_image_of_the_test_set_is_the_prompt(panel, digits):
    panel.tabs.value = "image"
    panel.sources["image"].number.value = 7
    np.testing.assert_array_equal(panel.gan.asked[-1][0]["image"], digits["image"][[7]])
    assert "image 7 of the test set" in panel.status.value
    assert 'alt="Image 7' in panel.source.given.value


def test_a_drawing_is_the_prompt_once_there_is_one(panel, stroke):
    panel.tabs.value = "image"
    panel.source.choice.value = "drawn by hand"
    assert "draw a digit on the pad first" in panel.status.value
    panel.source.pad.pixels = stroke(slice(1, 11), slice(20, 23))
    np.testing.assert_array_equal(panel.gan.asked[-1][0]["image"], panel.source.pad.image()[None])
    assert "drawn by hand" in panel.status.value
    assert panel.source.place.children == (panel.source.pad, panel.source.both)


def test_what_the_model_gets_of_a_drawing_stands_beside_it_if_asked(panel, stroke):
    panel.tabs.value = "image"
    panel.source.choice.value = "drawn by hand"
    panel.source.pad.pixels = stroke(slice(1, 11), slice(20, 23))
    assert 'alt="What the model gets of an image drawn by hand"' in panel.source.given.value
    asked = len(panel.gan.asked)
    panel.source.both.value = False
    assert panel.source.given.value == "" and len(panel.gan.asked) == asked


def test_a_picture_of_one_s_own_is_shown_beside_what_the_model_gets(panel, digits):
    panel.tabs.value = "image"
    panel.source.choice.value = "a picture of yours"
    assert "choose a picture first" in panel.status.value
    panel.source.file.value = (upload("three.png", photograph(digits["image"][0])),)
    asked = panel.gan.asked[-1][0]["image"]
    assert asked.shape == (1, 28, 28, 1) and asked.dtype == "float32"
    assert np.corrcoef(asked.ravel(), digits["image"][0].ravel())[0, 1] > 0.8  # dark on light, large, in a corner
    assert 'alt="“three.png”"' in panel.source.given.value
    assert 'alt="What the model gets of “three.png”"' in panel.source.given.value
    assert "From “three.png”" in panel.status.value


NOISE = np.random.default_rng(0).integers(0, 256, (200, 200), "uint8")
FAULTY = {"blank": png(np.full((200, 200), 235, "uint8")), "noise": png(NOISE), "no picture": b"no picture"}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_picture_without_a_figure_is_refused_with_the_reason(panel, fault):
    panel.tabs.value = "image"
    panel.source.choice.value = "a picture of yours"
    panel.source.file.value = (upload("mine.png", FAULTY[fault]),)
    assert "no figure" in panel.status.value or "a picture file" in panel.status.value
    assert "cards still answer image 0 of the test set" in panel.status.value
    assert panel.source.given.value == ""


def test_a_sound_of_the_test_set_is_the_prompt(panel, digits):
    panel.tabs.value = "speech"
    panel.source.number.value = 3
    np.testing.assert_array_equal(panel.gan.asked[-1][0]["speech"], digits["speech"][[3]])
    assert "<audio controls" in panel.source.given.value


def test_a_sound_file_is_the_prompt_until_the_test_set_is_chosen_again(panel, tone):
    panel.tabs.value = "speech"
    panel.source.choice.value = "a sound file"
    assert "choose a sound file first" in panel.status.value
    panel.source.file.value = (upload("mine.wav", tone),)
    assert "“mine.wav”" in panel.status.value
    assert panel.gan.asked[-1][0]["speech"].shape == (1, 32, 32)
    panel.source.choice.value = "from the test set"
    assert "sound 0 of the test set" in panel.status.value


def test_a_file_that_is_no_sound_gets_a_line(panel):
    panel.tabs.value = "speech"
    panel.source.choice.value = "a sound file"
    panel.source.file.value = (upload("mine.wav", b"no sound"),)
    assert "a sound must be" in panel.status.value
    assert panel.source.given.value == ""


def test_a_recording_is_heard_before_it_is_answered(panel, tone):
    panel.tabs.value = "speech"
    panel.source.choice.value = "your voice"
    assert "press Start" in panel.status.value and panel.source.given.value == ""
    heard_first, generate = [], panel.gan.generate

    def answer(*args, **kwargs):
        heard_first.append(panel.source.given.value)
        return generate(*args, **kwargs)

    panel.gan.generate = answer
    send(panel.source.recorder, np.sin(np.arange(48000) / 9), 48000)
    assert "The wave of your recording, 1.00 s long; the part from" in heard_first[0]
    assert "From your recording" in panel.status.value


def test_a_recording_of_nothing_is_refused(panel):
    panel.tabs.value = "speech"
    panel.source.choice.value = "your voice"
    send(panel.source.recorder, np.zeros(48000), 48000)
    assert "silent" in panel.status.value and "The wave of your recording" in panel.source.given.value


def test_a_page_without_widgets_shows_the_cards(panel):
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].count("<img") == 4


def test_panel_fits_a_model_of_two_senses_and_words_of_its_own():
    gan = Gan()
    gan.modalities, gan.vocabulary = ("image", "text"), captions.Vocabulary(("red", "blue"))
    own = {"image": np.zeros((3, 8, 8, 3), "float32"), "text": np.array(["red", "blue", "red"])}
    panel = Panel(gan, own)
    assert list(panel.sources) == ["text", "image"]
    assert panel.source.line.value == "red" and not panel.source.menus
    panel.tabs.value = "image"
    assert panel.source.children == (panel.source.number, panel.source.given)  # no drawing fits 8 by 8 in colour
    assert panel.guard.errors == []


def test_every_control_has_a_name_for_hands_and_for_tests(panel):
    everything = [panel, *panel.sources.values()]
    controls = [w for box in everything for w in vars(box).values() if hasattr(w, "description")]
    controls += panel.sources["text"].menus.values()
    for control in controls:
        assert any(name.startswith("panel-") for name in control._dom_classes), control
        assert control.description or isinstance(control, HTML), control
