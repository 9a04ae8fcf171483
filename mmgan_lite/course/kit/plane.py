"""A plane with points that a hand can move: with the pointer, or with the keyboard."""

import numpy as np
import traitlets

from mmgan_lite.course.kit.front import Front


class Plane(Front):
    """A plane over a picture, with points to drag, and to add and remove where that is allowed.

    Args:
        points: float (n, 2), places in the units of `extent`; read the moved ones by `places()`, observe "points".
        extent: (left, right, bottom, top).
        labels: n strings, said aloud and written next to the points; or none.
        colours: n CSS colours, or one for all.
        axis: "both"; or "x" or "y", the only direction in which points move.
        adding: Whether a click (or Enter) on an empty place adds a point, and Delete removes the chosen one.
        width, height: Pixels on the screen.
        alt: What the plane shows, in words.

    Attributes:
        picture: The bytes of a PNG that lies under the points.
    """

    points = traitlets.List().tag(sync=True)
    extent = traitlets.List().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    colours = traitlets.List().tag(sync=True)
    axis = traitlets.Enum(("both", "x", "y"), "both").tag(sync=True)
    adding = traitlets.Bool(False).tag(sync=True)
    width, height = traitlets.Int(360).tag(sync=True), traitlets.Int(360).tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("A plane with points.").tag(sync=True)

    def __init__(self, points=(), extent=(-1.5, 1.5, -1.5, 1.5), labels=(), colours=("#D55E00",), **kwargs):
        points = np.asarray(points, float).reshape(-1, 2).tolist()
        texts = {"labels": list(labels), "colours": list(colours)}
        super().__init__(points=points, extent=[float(edge) for edge in extent], **texts, **kwargs)

    def places(self):
        """The points as they lie now, float32 (n, 2)."""
        return np.array(self.points, "float32").reshape(-1, 2)


def lattice(extent, side):
    """Places over (left, right, bottom, top), float32 (side * side, 2), from the bottom left, row by row."""
    left, right, bottom, top = extent
    x, y = np.meshgrid(np.linspace(left, right, side), np.linspace(bottom, top, side))
    return np.stack([x, y], -1).reshape(-1, 2).astype("float32")
