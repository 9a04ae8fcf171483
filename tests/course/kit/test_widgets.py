"""Widgets, driven as a hand would: by `.value =` and `.click()`; nothing may vanish in a callback or a thread."""

import asyncio
import datetime
import io
import re
import threading
import wave

import keras
import numpy as np
import pytest

from mmgan_lite import course
from mmgan_lite.course.kit import cards, dashboard, guard, pad
from mmgan_lite.datasets import captions, digits, image
from mmgan_lite.training import callbacks

SAMPLES = {"image": (28, 28, 1), "speech": (32, 32)}
UPLOAD = {"type": "audio/wav", "size": 1, "last_modified": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}


class Gan:
    """Answers like a `MultimodalGAN`, from nothing but the prompt and the seed."""

    modalities = ("image", "text", "speech")
    vocabulary = captions.DIGITS

    def __init__(self):
        self.asked = []

    def generate(self, prompts, to, count=1, seed=None):
        self.asked.append((prompts, to, count, seed))
        if "text" in prompts:
            self.vocabulary.encode(prompts["text"])
        if to == "text":
            return [[f"a three {seed}"] * count]
        return np.random.default_rng(seed).uniform(-1, 1, (1, count, *SAMPLES[to]))


@pytest.fixture(scope="module")
def pairs():
    return digits.load_digits("valid")


@pytest.fixture
def panel(pairs):
    made = course.Panel(Gan(), pairs, count=2)
    yield made
    assert made.guard.errors == []


# The guard.


def test_guard_keeps_and_shows_an_error_and_raises_it_under_test():
    watch = guard.Guard()

    @watch
    def broken():
        raise KeyError("<b>lost</b>")

    with pytest.raises(KeyError):
        broken()
    assert isinstance(watch.errors[0], KeyError)
    assert "&lt;b&gt;lost" in watch.view.value and 'role="alert"' in watch.view.value


def test_guard_is_quiet_in_a_lesson_and_lets_values_through():
    watch = guard.Guard()
    watch.under_test = False
    assert watch(lambda: 1 / 0)() is None
    assert watch(lambda x: x + 1)(2) == 3
    assert len(watch.errors) == 1


# The pad.


def stroke(rows, columns):
    drawing = np.zeros((28, 28), "uint8")
    drawing[rows, columns] = 255
    return drawing


def test_a_drawing_is_brought_to_the_size_and_place_of_mnist():
    for drawing in (stroke(slice(1, 11), slice(2, 5)), stroke(slice(0, 28), slice(20, 27))):
        digit = pad.as_digit(drawing)
        rows, columns = np.nonzero(digit > 32)
        assert np.ptp(rows) + 1 == pytest.approx(20, abs=1)
        assert rows.mean() == pytest.approx(14, abs=0.6) and columns.mean() == pytest.approx(14, abs=0.6)


def test_the_digits_of_mnist_stay_as_they_are(pairs):
    for pixels in image.unscale(pairs["image"][..., 0]):
        np.testing.assert_array_equal(pad.as_digit(pixels), pixels)


def test_a_dot_and_a_blank_pad_are_fine():
    assert pad.as_digit(stroke(0, 0)).max() == 255
    assert not pad.as_digit(np.zeros((28, 28), "uint8")).any()
    assert not course.Pad().image().any()


def test_the_ink_of_a_heavy_corner_stays_inside():
    drawing = stroke(slice(0, 28), slice(0, 2)) | stroke(slice(0, 4), slice(0, 28))
    assert pad.as_digit(drawing).sum() > 0.3 * drawing.sum()


def test_the_pad_takes_what_the_page_sends():
    drawing = course.Pad()
    drawing.set_state({"pixels": memoryview(b"\x07" * 784)})
    assert drawing.pixels == b"\x07" * 784


# The cards.


def test_a_wav_is_one_that_others_can_read():
    with wave.open(io.BytesIO(cards.wav(np.linspace(-2, 2, 8000)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 8000, 8000)


def test_every_picture_has_its_words_and_every_sound_its_name():
    rng = np.random.default_rng(0)
    samples = {
        "image": rng.uniform(-1, 1, (2, 28, 28, 1)),
        "text": ["a < b", ""],
        "speech": rng.uniform(-1, 1, (2, 32, 32)),
    }
    page = cards.page(samples, 'the caption "x"')
    assert len(re.findall(r'<img [^>]*alt="[^"]{10,}"', page)) == page.count("<img") == 4
    assert len(re.findall(r'<audio controls aria-label="[^"]{10,}"', page)) == 2
    assert "a &lt; b" in page and "(no word)" in page and "autoplay" not in page


# The panel.


def test_panel_answers_a_caption_in_every_sense(panel):
    assert [to for _, to, *_ in panel.gan.asked] == ["image", "text", "speech"]
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
    assert len(panel.gan.asked) == asked + 3  # once, not in a circle
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
    assert panel.gan.asked[-1][2:] == (4, 1)
    assert panel.cards.value.count("<audio") == 4


def test_an_image_of_the_test_set_is_the_prompt(panel, pairs):
    panel.tabs.value = "image"
    panel.sources["image"].number.value = 7
    np.testing.assert_array_equal(panel.gan.asked[-1][0]["image"], pairs["image"][[7]])
    assert "image 7 of the test set" in panel.status.value
    assert 'alt="Image 7' in panel.source.given.value


def test_a_drawing_is_the_prompt_once_there_is_one(panel):
    panel.tabs.value = "image"
    panel.source.choice.index = 1
    assert "draw a digit on the pad first" in panel.status.value
    panel.source.pad.pixels = stroke(slice(1, 11), slice(2, 5)).tobytes()
    assert panel.gan.asked[-1][0]["image"].shape == (1, 28, 28)
    assert "drawn by hand" in panel.status.value
    assert (panel.source.number.layout.display, panel.source.pad.layout.display) == ("none", None)


def test_a_sound_of_the_test_set_is_the_prompt(panel, pairs):
    panel.tabs.value = "speech"
    panel.source.number.value = 3
    np.testing.assert_array_equal(panel.gan.asked[-1][0]["speech"], pairs["speech"][[3]])
    assert "<audio controls" in panel.source.given.value


def test_a_wav_file_is_the_prompt_until_the_slider_moves(panel):
    panel.tabs.value = "speech"
    tone = cards.wav(np.sin(np.arange(8000)))
    panel.source.file.value = ({"name": "mine.wav", "content": memoryview(tone), **UPLOAD},)
    assert "“mine.wav”" in panel.status.value
    assert panel.gan.asked[-1][0]["speech"].shape == (1, 32, 32)
    panel.source.number.value = 1
    assert "sound 1 of the test set" in panel.status.value


def test_the_same_wav_file_may_come_again(panel):
    panel.tabs.value = "speech"
    upload = {"name": "mine.wav", "content": memoryview(cards.wav(np.sin(np.arange(8000)))), **UPLOAD}
    panel.source.file.value = (upload,)
    panel.source.number.value = 1
    panel.source.file.value = (upload,)
    assert "“mine.wav”" in panel.status.value


def test_a_file_that_is_no_sound_gets_a_line(panel):
    panel.tabs.value = "speech"
    panel.source.file.value = ({"name": "mine.wav", "content": memoryview(b"no sound"), **UPLOAD},)
    assert "a sound must be a .wav file" in panel.status.value
    assert panel.source.given.value == ""


def test_a_page_without_widgets_shows_the_cards(panel):
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].count("<img") == 4


def test_panel_fits_a_model_of_two_senses_and_words_of_its_own():
    gan = Gan()
    gan.modalities, gan.vocabulary = ("image", "text"), captions.Vocabulary(("red", "blue"))
    own = {"image": np.zeros((3, 8, 8, 3), "float32"), "text": np.array(["red", "blue", "red"])}
    panel = course.Panel(gan, own)
    assert list(panel.sources) == ["text", "image"]
    assert panel.source.line.value == "red" and not panel.source.menus
    panel.tabs.value = "image"
    assert panel.source.pad not in panel.source.children  # which draws 28 by 28
    assert panel.guard.errors == []


def test_every_control_has_a_name_for_hands_and_for_tests(panel):
    everything = [panel, *panel.sources.values()]
    controls = [w for box in everything for w in vars(box).values() if hasattr(w, "description")]
    controls += panel.sources["text"].menus.values()
    for control in controls:
        assert any(name.startswith("panel-") for name in control._dom_classes), control
        assert control.description or type(control).__name__ == "HTML", control


# The dashboard.


def train(extra, stop, steps, pause=0.0, fail_at=None):
    """Stands for `recipe.train`: two stages, as slow as is asked for."""
    watchers = keras.callbacks.CallbackList(extra, model=Players())
    for stage in ({"loss": 2.0}, {"d_image": 0.5, "g_image": 1.5}):
        watchers.on_train_begin()
        for step in range(steps // 2):
            if step == fail_at:
                raise RuntimeError("broken on purpose")
            stop.wait(pause)
            watchers.model.step += 1
            watchers.on_train_batch_end(step, stage)
            if watchers.model.stop_training:
                return "stopped early"
        watchers.on_train_end()
    return "trained"


class Players(Gan):
    stop_training = False

    def __init__(self):
        super().__init__()
        self.step = np.zeros((), "int32").view(Step)


class Step(np.ndarray):
    def numpy(self):
        return int(self)


PROMPTS = {"text": ["a three", "a four"]}


def wait_for(run):
    async def cell():
        await run.finished()

    asyncio.run(cell())


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    """What a page without widgets would show of the runs of a test, before and after."""
    shown = []

    class Handle:
        def update(self, widget):
            shown.append(widget._repr_mimebundle_()["text/html"])

    def display(widget, display_id):
        Handle().update(widget)
        return Handle()

    monkeypatch.setattr(dashboard, "display", display)
    return shown


def test_a_run_trains_shows_samples_and_hands_over_the_model(pages):
    run = course.TrainingRun(train, PROMPTS, every=4, steps=12)
    wait_for(run)
    assert run.gan == "trained" and run.guard.errors == []
    assert run.bar.value == 1.0 and "done" in run.line.value and run.button.disabled
    assert "alt=" in run.samples.value and "Losses over the training" in run.curves.value
    assert "D 0.50, G 1.50" in run.losses.value
    assert "<img" not in pages[0] and pages[1].count("<img") == 2


def test_the_history_of_a_run_has_a_place_for_every_step():
    run = course.TrainingRun(train, PROMPTS, steps=4)
    for step, losses in enumerate([{"loss": 3.0}, {"loss": 2.0}, {"d_image": 1.0, "g_image": 2.0}, {}]):
        run._show(callbacks.Pace(0.5, 1.0, step, losses, False))
    np.testing.assert_array_equal(run.history["loss"], [3, 2, np.nan, np.nan])
    np.testing.assert_array_equal(run.history["d_image"], [np.nan, np.nan, 1, np.nan])


def test_stop_ends_the_run_and_keeps_what_was_learnt():
    run = course.TrainingRun(train, PROMPTS, steps=100_000, pause=0.01)
    threading.Timer(0.3, run.button.click).start()
    wait_for(run)
    assert run.gan == "stopped early"
    assert run.bar.value < 1 and "what was learnt is kept" in run.line.value
    assert run.further.disabled and "Go on" not in run.line.value  # this function cannot


class Resumable:
    """Trains for twenty steps, and can be gone on with."""

    def __init__(self):
        self.taken, self.calls = 0, []

    def __call__(self, extra, stop, steps=None, resume=False):
        self.calls.append((steps, resume))
        watchers = keras.callbacks.CallbackList(extra, model=Players())
        watchers.on_train_begin()
        while self.taken < 20 and not watchers.model.stop_training:
            self.taken += 1
            watchers.on_train_batch_end(self.taken, {"d_image": 0.5, "g_image": 1.5})
        watchers.on_train_end()
        return self.taken


def test_a_stopped_run_goes_on_where_it_ended():
    train = Resumable()
    run = course.TrainingRun(train, PROMPTS, steps=20)
    run.button.click()  # before its first step: it ends after that
    wait_for(run)
    assert run.gan == 1 and run.bar.value == pytest.approx(1 / 20) and "Go on" in run.line.value
    run.further.click()
    run.further.click()  # twice, in haste
    wait_for(run)
    assert train.calls == [(20, False), (None, True)]
    assert run.gan == 20 and run.bar.value == 1.0 and run.further.disabled
    assert run.history["step"][0] == 1 and run.history["step"][-1] == 20
    assert "run the cells below again" in run.line.value


def test_a_stop_that_comes_too_late_does_not_have_the_last_word():
    run = course.TrainingRun(train, PROMPTS, steps=4)
    wait_for(run)
    run.stop()
    assert "done" in run.line.value


def test_an_error_in_the_training_comes_out_of_the_awaited_cell():
    run = course.TrainingRun(train, PROMPTS, steps=8, fail_at=2)
    run.guard.under_test = False
    with pytest.raises(RuntimeError, match="broken on purpose"):
        wait_for(run)
    assert "broken on purpose" in run.guard.view.value and run.gan is None


def test_an_interrupted_cell_stops_the_training():
    run = course.TrainingRun(train, PROMPTS, steps=100_000, pause=0.01)

    async def cell():
        await asyncio.wait_for(run.finished(), 0.3)

    with pytest.raises(TimeoutError):
        asyncio.run(cell())
    assert run.gan == "stopped early"


def test_a_second_start_does_not_train_twice():
    run = course.TrainingRun(train, PROMPTS, steps=4)
    run.start()
    run.start()
    wait_for(run)
    assert run.gan == "trained"


def test_budget_is_read_from_the_environment(monkeypatch):
    monkeypatch.delenv("MMGAN_BUDGET", raising=False)
    assert course.budget() == "class"
    monkeypatch.setenv("MMGAN_BUDGET", "full")
    assert course.budget() == "full"
    monkeypatch.setenv("MMGAN_BUDGET", "huge")
    with pytest.raises(ValueError, match=r"one of smoke, class, full. Received: 'huge'"):
        course.budget()


def test_device_names_what_tensorflow_sees(monkeypatch):
    monkeypatch.setattr(dashboard.tf.config, "list_physical_devices", lambda kind: [])
    assert re.fullmatch(r"the CPU \(\d+ cores\)", course.device())
    monkeypatch.setattr(dashboard.tf.config, "list_physical_devices", lambda kind: ["gpu"])
    assert course.device() == "the GPU"
