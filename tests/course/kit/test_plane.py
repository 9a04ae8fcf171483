"""A plane with points, over a field."""

import io

import numpy as np
from PIL import Image

from mmgan_lite.course.kit.plane import Plane


def test_plane_keeps_places_and_lays_a_field_under_them():
    plane = Plane([[0, 1], [2, 3]], extent=(0, 4, 0, 2))
    assert plane.places().tolist() == [[0, 1], [2, 3]]
    lattice = plane.lattice(5)
    assert lattice.shape == (25, 2) and lattice[0].tolist() == [0, 0] and lattice[1].tolist() == [1, 0]
    plane.show_field(lattice[:, 1].reshape(5, 5), 0, 2, "gray")  # brighter upwards
    pixels = np.asarray(Image.open(io.BytesIO(plane.picture)).convert("L"))
    assert pixels.shape == (5, 5) and pixels[0, 0] == 255 and pixels[-1, 0] == 0


def test_an_empty_plane_has_places_of_the_right_shape():
    assert Plane(adding=True).places().shape == (0, 2)
