"""A guess before an experiment."""

import ipywidgets
import pytest

from mmgan_lite.course.kit.keys import Keys
from mmgan_lite.course.kit.page import Page
from mmgan_lite.course.kit.predict import Predict


@pytest.fixture
def asked():
    made = Predict("Which way?", ["up", "down & out"])
    yield made
    assert made.guard.errors == []


def test_experiment_opens_once_a_guess_is_stored(asked):
    experiment = ipywidgets.IntSlider()
    box = asked.gate(experiment)
    closed = box.children[0]
    assert experiment.layout.display == "none" and closed.layout.display is None
    assert asked.button.disabled
    asked.choice.value = "up"
    assert not asked.button.disabled
    asked.button.click()
    assert asked.guess == "up"
    assert experiment.layout.display is None and closed.layout.display == "none"
    assert asked.choice.disabled and asked.button.disabled


def test_a_stored_guess_stays_whatever_is_clicked_in_haste(asked):
    asked.choice.value = "up"
    asked.button.click()
    asked.choice.value = "down & out"  # on its way while the guess was stored
    asked.button.click()
    assert (asked.guess, asked.choice.value) == ("up", "up")
    assert "Stored: up" in asked.told.value


def test_an_experiment_is_kept_for_pages_without_widgets(asked):
    page = Page("<b>what it shows</b>")
    assert asked.gate(page)._repr_mimebundle_()["text/html"] == "<b>what it shows</b>"
    assert "text/html" not in asked.gate(ipywidgets.IntSlider())._repr_mimebundle_()


def test_what_happened_is_folded_until_a_guess_stands_next_to_it(asked):
    page = asked.beside("up", "Because 2 > 1.")
    seen, _, folded = page.value.partition("<details>")
    assert "You did not guess" in seen and "up" not in seen.replace("scroll up", "")
    assert "What happened: “up”. Because 2 &gt; 1.</details>" in folded
    asked.store("down & out")
    assert "You guessed “down &amp; out”. What happened: “up”." in page.value
    assert "As you expected" not in page.value
    assert "As you expected" in asked.beside("down & out").value


def test_guess_and_outcome_must_be_options(asked):
    with pytest.raises(ValueError, match="must be one of"):
        asked.store("sideways")
    with pytest.raises(ValueError, match="must be one of"):
        asked.beside("sideways")


def test_question_is_kept_for_pages_without_widgets(asked):
    assert "Which way?<ul><li>up</li><li>down &amp; out</li></ul>" in asked._repr_mimebundle_()["text/html"]


def test_every_question_brings_the_keyboard_s_helper(asked):
    assert any(isinstance(part, Keys) for part in asked.children)
