"""A sample's journey through the space."""

import re
from base64 import b64decode

import numpy as np
import pytest

from mmgan_lite.course.space.embedding_explorer import EmbeddingExplorer


@pytest.fixture(scope="module")
def journey(pretrained, digits):
    made = EmbeddingExplorer(pretrained, digits, dots=20)
    yield made
    assert made.guard.errors == []


def test_journey_follows_the_caption_by_line_and_by_menu(journey):
    journey.tabs.value = "text"
    source = journey.sources["text"]
    source.line.value = "a thin three"
    before = journey.map.value
    source.menus["digit"].value = 8
    assert journey.map.value != before
    assert "eight" in journey.told.value
    np.testing.assert_allclose(np.linalg.norm(journey.vector), 1, atol=1e-4)


def test_undo_brings_back_the_caption_with_which_the_journey_began(journey):
    journey.tabs.value = "image"
    journey.sources["text"].line.value = "a thin three"
    journey.tabs.value = "text"
    journey.sources["text"].menus["digit"].value = 8
    journey.sources["text"].line.value = "a banana"
    journey.reset.click()
    assert journey.sources["text"].line.value == "a thin three"
    assert "“a three”" in journey.told.value and "Now change it" in journey.told.value
    assert len(journey.trail) == 1


def test_journey_tells_of_an_unknown_word_and_keeps_the_picture(journey):
    journey.tabs.value = "text"
    before = journey.map.value
    journey.sources["text"].line.value = "a banana"
    assert "unknown word" in journey.told.value and journey.map.value == before
    journey.sources["text"].line.value = "a thin three"


@pytest.mark.parametrize(
    ("sense", "change", "value"), [("image", "thicken", 2.0), ("image", "lean", 30.0), ("image", "shift", 4.0),
                                   ("speech", "faster", 1.5), ("speech", "higher", 4.0), ("speech", "noisy", -10.0)]
)  # fmt: skip
def test_a_dial_moves_the_vector_and_undo_brings_it_back(journey, sense, change, value):
    journey.tabs.value = sense
    start, before = journey.vector, journey.map.value
    journey.dials[sense][change].value = value
    assert journey.map.value != before and start @ journey.vector < 0.999
    np.testing.assert_allclose(journey.start, start)
    journey.reset.click()
    np.testing.assert_allclose(journey.vector, start, atol=1e-6)
    assert len(journey.trail) == 1


def test_the_ring_stays_where_the_sample_began_however_long_the_trail(journey):
    journey.tabs.value = "image"

    def ring():
        drawn = b64decode(re.search(r"base64,([^\"]+)", journey.map.value).group(1)).decode()
        return re.search(r'<circle cx="([^"]+)" cy="([^"]+)" r="6"', drawn).groups()

    journey.dials["image"]["lean"].value = 5.0
    before = ring()
    for step in range(50):
        journey.dials["image"]["shift"].value = float(step % 5)
    assert ring() == before
    journey.reset.click()


def test_journey_takes_what_is_drawn_and_refuses_a_blank_pad(journey, stroke):
    journey.tabs.value = "image"
    source = journey.sources["image"]
    source.choice.value = "drawn by hand"
    assert "draw a digit" in journey.told.value
    assert journey.sample.value == ""  # no picture of another image
    source.pad.pixels = stroke(slice(4, 24), slice(13, 16))
    assert "Nearest of the ten: “a one”" in journey.told.value
    journey.dials["image"]["lean"].value = 20.0
    assert "Cosine to where it began" in journey.told.value
    source.choice.value = "from the test set"


def test_journey_shows_what_the_embedder_gets_and_words_for_its_pictures(journey):
    journey.tabs.value = "speech"
    assert "<audio" in journey.sample.value and 'alt="A map of the space' in journey.map.value
    page = journey._repr_mimebundle_()["text/html"]
    assert "A map of the space" in page
