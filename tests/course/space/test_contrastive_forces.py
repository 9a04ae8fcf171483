"""The tug of war of pairs."""

import io
import re
from base64 import b64decode

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from mmgan_lite import losses
from mmgan_lite.course.space import contrastive_forces


@pytest.fixture
def board():
    made = contrastive_forces.ContrastiveForces()
    yield made
    assert made.guard.errors == []


@pytest.mark.parametrize("temperature", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("targets", contrastive_forces.TARGETS.values(), ids=contrastive_forces.TARGETS)
def test_forces_are_the_slope_of_the_package_s_loss(temperature, targets):
    rng = np.random.default_rng(0)
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in rng.normal(size=(2, 4, 3)))
    loss, _, on_a, on_b = contrastive_forces.forces(a, b, temperature, targets)
    a, b = tf.constant(a), tf.constant(b)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        wanted = losses.contrastive(a, b, temperature, targets)
    np.testing.assert_allclose(loss, wanted, rtol=1e-6)
    for force, slope, points in zip((on_a, on_b), tape.gradient(wanted, [a, b]), (a, b), strict=True):
        uphill = slope - tf.reduce_sum(slope * points, 1, keepdims=True) * points  # along the sphere
        np.testing.assert_allclose(force, -uphill, atol=1e-9)


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
    loss, *_ = contrastive_forces.forces(np.eye(4), np.eye(4), 0.001, np.eye(4))
    assert str(loss) == "0.0"


def test_an_arrow_grows_with_its_force_and_vanishes_with_it():
    def ink(force):
        points, pulls = np.tile([1.0, 0.0], (8, 1)), np.zeros((8, 2))
        pulls[0] = 0, force
        return (np.asarray(Image.open(io.BytesIO(contrastive_forces.draw_forces(points, pulls)))) == 0).all(-1).sum()

    lengths = [ink(force) for force in (1e-9, 0.003, 0.03, 0.3, 3, 30)]
    assert lengths[0] == lengths[1] == 0 and np.all(np.diff(lengths[1:]) > 0)


def test_the_figures_of_the_shares_are_read_on_every_blue():
    page = contrastive_forces.draw_shares(np.eye(4), np.linspace(0, 1, 16).reshape(4, 4), np.eye(4) > 0)
    blues = re.findall(r"rgb\((\d+),(\d+),(\d+)\)", b64decode(re.search(r"base64,([^\"]+)", page).group(1)).decode())
    assert len(blues) == 16
    for blue in np.array(blues, int):
        linear = [(x / 255 + 0.055) ** 2.4 / 1.055**2.4 if x > 10 else 0 for x in blue]
        assert (np.dot(linear, [0.2126, 0.7152, 0.0722]) + 0.05) / 0.05 > 4.5  # black on it: WCAG's contrast


def test_a_page_without_widgets_names_the_points(board):
    page = board._repr_mimebundle_()["text/html"]
    shown = Image.open(io.BytesIO(b64decode(re.search(r"png;base64,([^\"]+)", page).group(1))))
    bare = Image.open(io.BytesIO(board.plane.picture))
    assert len(shown.getcolors(1 << 16)) > len(bare.getcolors(1 << 16))
