"""A plane with points, over a field."""

from mmgan_lite.course.kit.plane import Plane, lattice


def test_plane_keeps_places():
    assert Plane([[0, 1], [2, 3]], extent=(0, 4, 0, 2)).places().tolist() == [[0, 1], [2, 3]]


def test_a_lattice_goes_from_the_bottom_left_row_by_row():
    places = lattice((0, 4, 0, 2), 5)
    assert places.shape == (25, 2) and places[[0, 1, 5, -1]].tolist() == [[0, 0], [1, 0], [0, 0.5], [4, 2]]


def test_an_empty_plane_has_places_of_the_right_shape():
    assert Plane(adding=True).places().shape == (0, 2)
