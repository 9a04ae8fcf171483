"""The widgets of notebooks 05 and 06: a sample's journey through the space, and the tug of war of pairs."""

import io
import re
from base64 import b64decode

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import mmgan_lite as mm
from mmgan_lite.course.space import tug
from mmgan_lite.course.space.journey import Journey


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


def test_journey_takes_what_is_drawn_and_refuses_a_blank_pad(journey):
    journey.tabs.value = "image"
    source = journey.sources["image"]
    source.choice.value = "drawn by hand"
    assert "draw a digit" in journey.told.value
    assert journey.sample.value == ""  # no picture of another image
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


def test_forty_steps_part_the_pairs_of_the_first_start(board):
    board.often.click()
    assert board.loss < 0.1


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


def test_a_loss_of_nothing_has_no_sign():
    loss, *_ = tug.forces(np.eye(4), np.eye(4), 0.001, np.eye(4))
    assert str(loss) == "0.0"


def test_an_arrow_grows_with_its_force_and_vanishes_with_it():
    def ink(force):
        points, pulls = np.tile([1.0, 0.0], (8, 1)), np.zeros((8, 2))
        pulls[0] = 0, force
        return (np.asarray(Image.open(io.BytesIO(tug._arrows(points, pulls)))) == 0).all(-1).sum()

    lengths = [ink(force) for force in (1e-9, 0.003, 0.03, 0.3, 3, 30)]
    assert lengths[0] == lengths[1] == 0 and np.all(np.diff(lengths[1:]) > 0)


def test_the_figures_of_the_shares_are_read_on_every_blue():
    for share in (0.0, 0.5, 1.0):
        red, green, blue = map(int, re.search(r"rgb\((\d+),(\d+),(\d+)\)", tug._cell((0, 0), share, 0, True)).groups())
        linear = [(x / 255 + 0.055) ** 2.4 / 1.055**2.4 if x > 10 else 0 for x in (red, green, blue)]
        assert (np.dot(linear, [0.2126, 0.7152, 0.0722]) + 0.05) / 0.05 > 4.5  # black on it: WCAG's contrast


def test_a_page_without_widgets_names_the_points(board):
    page = board._repr_mimebundle_()["text/html"]
    shown = Image.open(io.BytesIO(b64decode(re.search(r"png;base64,([^\"]+)", page).group(1))))
    bare = Image.open(io.BytesIO(board.plane.picture))
    assert len(shown.getcolors(1 << 16)) > len(bare.getcolors(1 << 16))
