"""The widgets of notebooks 05 and 06: a sample's journey through the space, and the tug of war of pairs."""

import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite.widgets import tug
from mmgan_lite.widgets.journey import Journey


@pytest.fixture(scope="module")
def journey():
    made = Journey(mm.load(), mm.load_digits("valid"), dots=20)
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


def test_journey_takes_what_is_drawn_and_refuses_a_blank_pad(journey):
    journey.tabs.value = "image"
    source = journey.sources["image"]
    source.choice.value = "drawn by hand"
    assert "draw a digit" in journey.told.value
    stroke = np.zeros((28, 28), "uint8")
    stroke[4:24, 13:16] = 255
    source.pad.pixels = stroke.tobytes()
    assert "Nearest of the ten: “a one”" in journey.told.value
    journey.dials["image"]["lean"].value = 20.0
    assert "Cosine to where it began" in journey.told.value
    source.choice.value = "from the test set"


def test_journey_shows_what_the_embedder_gets_and_words_for_its_pictures(journey):
    journey.tabs.value = "speech"
    assert "<audio" in journey.sample.value and 'alt="A map of the space' in journey.map.value
    page = journey._repr_mimebundle_()["text/html"]
    assert "A map of the space" in page


@pytest.fixture
def board():
    made = tug.Tug()
    yield made
    assert made.guard.errors == []


@pytest.mark.parametrize("temperature", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("targets", tug._TARGETS.values(), ids=tug._TARGETS)
def test_forces_are_the_slope_of_the_package_s_loss(temperature, targets):
    rng = np.random.default_rng(0)
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in rng.normal(size=(2, 4, 3)))
    loss, _, on_a, on_b = tug.forces(a, b, temperature, targets)
    a, b = tf.constant(a), tf.constant(b)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        wanted = mm.losses.contrastive(a, b, temperature, targets)
    np.testing.assert_allclose(loss, wanted, rtol=1e-6)
    for force, slope, points in zip((on_a, on_b), tape.gradient(wanted, [a, b]), (a, b), strict=True):
        np.testing.assert_allclose(force, tug._along(points.numpy(), -slope.numpy()), atol=1e-9)


def test_steps_lower_the_loss_and_pairs_meet(board):
    before = board.loss
    board.once.click()
    assert board.loss < before
    for _ in range(6):
        board.often.click()
    points = board.points()
    assert board.loss < 0.6 * before
    assert (np.sum(points[:4] * points[4:], 1) > 0.9).all()


def test_a_dragged_point_is_brought_back_to_the_circle_and_costs(board):
    for _ in range(6):
        board.often.click()
    low, picture = board.loss, board.plane.picture
    points = [list(point) for point in board.plane.points]
    points[0] = [-2 * points[4][0], -2 * points[4][1]]  # opposite its caption, and off the circle
    board.plane.points = points
    np.testing.assert_allclose(np.linalg.norm(board.plane.points, axis=1), 1)
    assert board.loss > low and board.plane.picture != picture


def test_temperature_and_targets_change_the_shares(board):
    for control, value in ((board.temperature, 0.02), (board.targets, "same digit, same target")):
        before = board.shares.value
        control.value = value
        assert board.shares.value != before
    board.shuffle.click()
    assert "Four images" in board._repr_mimebundle_()["text/html"]
