"""The toys: points whose true distribution is known."""

import numpy as np
import pytest

from mmgan_lite.course.players import toys
from mmgan_lite.evaluation import metrics


@pytest.mark.parametrize("draw", [toys.ring, toys.grid, toys.moons])
def test_points_are_float32_of_the_plane_and_a_seed_s_own(draw):
    points = draw(500, seed=1)
    assert points.shape == (500, 2) and points.dtype == np.float32
    assert np.array_equal(points, draw(500, seed=1))
    assert not np.array_equal(points, draw(500, seed=2))
    assert np.abs(points).max() < 1.5


@pytest.mark.parametrize(
    ("draw", "modes"),
    [(toys.ring, toys.ring_modes()), (toys.grid, toys.grid_modes()), (toys.moons, toys.moons_modes())],
)
def test_data_covers_all_of_its_own_modes(draw, modes):
    hit = metrics.mode_coverage(draw(4000), modes, 3 * toys.SPREAD)
    assert hit.num_covered == len(modes)
    assert hit.share_near > 0.9


def test_ring_has_its_places_on_the_unit_circle_the_first_to_the_right():
    modes = toys.ring_modes(6)
    np.testing.assert_allclose(np.linalg.norm(modes, axis=1), 1, rtol=1e-6)
    assert modes[0].tolist() == [1, 0] and modes.dtype == np.float32


def test_grid_fills_the_square():
    modes = toys.grid_modes(3)
    assert sorted(map(tuple, modes.tolist())) == [(x, y) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0)]


def test_blobs_lie_around_their_places_with_the_spread_asked_for():
    points = toys.blobs(20_000, [[-1.0], [3.0]], seed=0, spread=0.2)
    assert points.shape == (20_000, 1)
    left, right = points[points < 1], points[points > 1]
    assert abs(len(left) - len(right)) < 600  # each place as likely
    assert left.mean() == pytest.approx(-1, abs=0.01) and right.std() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("modes", [np.zeros((0, 2)), np.zeros(3), np.zeros((1, 1, 2))])
def test_blobs_need_places(modes):
    with pytest.raises(ValueError, match="modes must be places"):
        toys.blobs(5, modes)


def test_moons_places_lie_on_two_half_circles():
    upper, lower = toys.moons_modes(16)[1::2], toys.moons_modes(16)[::2]
    for places, centre in ((upper, [-0.375, -0.1875]), (lower, [0.375, 0.1875])):
        np.testing.assert_allclose(np.linalg.norm(places - centre, axis=1), 0.75, rtol=1e-5)
