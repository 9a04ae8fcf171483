"""A tug of war on a circle: pairs of points that the contrastive loss pulls together, and all others that it pushes."""

import html
import io
from base64 import b64encode

import ipywidgets as widgets
import numpy as np
from PIL import Image, ImageDraw

from mmgan_lite import plots
from mmgan_lite.widgets.guard import Guard
from mmgan_lite.widgets.page import Page
from mmgan_lite.widgets.plane import Plane

NAMES, DIGITS = ("3", "3′", "5", "8"), np.array([3, 3, 5, 8])
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_EDGE, _SIDE, _FINE = 1.6, 400, 2  # of the plane, its pixels, and of its picture for each of those
_CELL, _ROOM = 76, 70  # of the table of shares
_TARGETS = {"each pair alone": np.eye(4), "same digit, same target": (DIGITS[:, None] == DIGITS).astype(float)}


def forces(a, b, temperature, targets):
    """The contrastive loss, what it looks at, and what it does to each vector; in NumPy, for a hand's few points.

    Args:
        a, b: float (n, dim), unit vectors of two senses.
        temperature: Divides the cosines.
        targets: float (n, n), how well a_i and b_j go together.

    Returns:
        The loss; the shares (n, n) that each a gives to the b's; and the forces on a and on b, (n, dim) each: the
        slope downhill, along the sphere.
    """
    logits = a @ b.T / temperature
    there, back = _softmax(logits), _softmax(logits.T).T  # rows sum to 1; columns sum to 1
    rows, columns = targets / targets.sum(1, keepdims=True), targets / targets.sum(0)
    loss = -(np.sum(rows * np.log(there + 1e-300)) + np.sum(columns * np.log(back + 1e-300))) / (2 * len(a))
    slope = (there - rows + back - columns) / (2 * len(a) * temperature)  # by each cosine
    return loss, there, _along(a, -slope @ b), _along(b, -slope.T @ a)


def _softmax(logits):
    shares = np.exp(logits - logits.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def _along(points, forces):
    """What is left of a force where a point may only slide along the sphere."""
    return forces - np.sum(forces * points, 1, keepdims=True) * points


class Tug(widgets.VBox):
    """Four images and their four captions on a circle; drag one, and see the loss, the shares and the forces.

    Args:
        seed: Where the points begin.

    Attributes:
        plane: The `Plane`; its points are the four images, then the four captions.
        loss: The contrastive loss now.
    """

    def __init__(self, seed=1):
        self.guard, self._rng, self._busy = Guard(), np.random.default_rng(seed), False
        colours = [plots.COLOURS["image"]] * 4 + [plots.COLOURS["text"]] * 4
        labels = [f"image {name}" for name in NAMES] + [f"caption {name}" for name in NAMES]
        edge = (-_EDGE, _EDGE, -_EDGE, _EDGE)
        self.plane = Plane(self._anywhere(), edge, labels, colours, width=_SIDE, height=_SIDE)
        self.plane.add_class("tug-plane")
        self.plane.observe(self.guard(lambda _: self._follow()), "points")
        self._controls()
        self._follow()
        beside = widgets.HBox([self.plane, widgets.VBox([self.shares, self.told])], layout={"flex_flow": "row wrap"})
        buttons = widgets.HBox([self.once, self.often, self.shuffle], layout={"flex_flow": "row wrap"})
        super().__init__([self.temperature, self.targets, buttons, beside, self.guard.view])
        self.add_class("tug")

    def _controls(self):
        self.temperature = widgets.SelectionSlider(
            options=[(f"{value:g}", value) for value in TEMPERATURES], value=0.2, description="temperature",
            style={"description_width": "88px"},
        )  # fmt: skip
        self.targets = widgets.ToggleButtons(options=list(_TARGETS), description="Belongs")
        self.once = widgets.Button(description="One step", icon="step-forward")
        self.often = widgets.Button(description="Forty steps", icon="fast-forward")
        self.shuffle = widgets.Button(description="Shuffle", icon="random")
        self.shares, self.told = Page(name="tug-shares"), Page(name="tug-told")
        for name in ("temperature", "targets", "once", "often", "shuffle"):
            getattr(self, name).add_class(f"tug-{name}")
        for control in (self.temperature, self.targets):
            control.observe(self.guard(lambda _: self._follow()), "value")
        self.once.on_click(self.guard(lambda _: self.pull(1)))
        self.often.on_click(self.guard(lambda _: self.pull(40)))
        self.shuffle.on_click(self.guard(lambda _: self._place(self._anywhere())))

    def _anywhere(self):
        angles = self._rng.uniform(0, 2 * np.pi, 8)
        return np.stack([np.cos(angles), np.sin(angles)], 1)

    def pull(self, steps, show_every=4):
        """Let the points follow their forces for some steps, before the learner's eyes."""
        for step in range(1, steps + 1):
            points = self.points()
            moves = np.concatenate(self._forces(points)[2:])
            moves *= 0.3 / np.maximum(np.linalg.norm(moves, axis=1, keepdims=True), 1.0)  # none leaps over its goal
            points = points + moves
            self._place(points, show=step % show_every == 0 or step == steps)

    def points(self):
        """The eight points on the circle, float64 (8, 2): where they lie on the plane, brought back to length 1."""
        points = np.array(self.plane.points, float)
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        return np.where(lengths > 1e-6, points / np.maximum(lengths, 1e-6), [1.0, 0.0])

    def _place(self, points, show=True):
        self._busy = True
        try:
            self.plane.points = np.asarray(points).tolist()
        finally:
            self._busy = False
        if show:
            self._follow()

    def _forces(self, points):
        return forces(points[:4], points[4:], self.temperature.value, _TARGETS[self.targets.value])

    def _follow(self):
        """Bring the points back to the circle, and draw what the loss makes of them."""
        if self._busy:
            return
        points = self.points()
        self._place(points, show=False)
        self.loss, shares, on_images, on_captions = self._forces(points)
        pulls = np.concatenate([on_images, on_captions])
        self.plane.picture = _arrows(points, pulls)
        strongest = float(np.linalg.norm(pulls, axis=1).max())
        words = f"Loss {self.loss:.3f}. Guessing evenly would cost log 4 = 1.386. The longest arrow is a force of "
        self.told.say(f"{words}{strongest:.3f}.")
        self.plane.alt = f"Four images and four captions on a circle, arrows for the forces. {words}{strongest:.3f}."
        self.shares.value = self._table(points[:4] @ points[4:].T, shares)

    def _table(self, cosines, shares):
        """The shares as a coloured table: a picture, so that it is replaced without a flicker."""
        cells = []
        for i, j in np.ndindex(4, 4):
            x, y = _ROOM + j * _CELL, _ROOM - 20 + i * _CELL * 0.75
            colour = int(255 * (1 - 0.75 * shares[i, j]))
            wanted = _TARGETS[self.targets.value][i, j] > 0
            frame = 'stroke="#D55E00" stroke-width="3"' if wanted else 'stroke="#CCC"'
            cells.append(
                f'<rect x="{x + 2}" y="{y + 2:.0f}" width="{_CELL - 4}" height="{_CELL * 0.75 - 4:.0f}" '
                f'fill="rgb({colour},{colour},255)" {frame}/>'
                f'<text x="{x + _CELL / 2}" y="{y + 25:.0f}" class="share">{shares[i, j]:.0%}</text>'
                f'<text x="{x + _CELL / 2}" y="{y + 44:.0f}" class="cosine">cos {cosines[i, j]:.2f}</text>'
            )
        heads = "".join(
            f'<text x="{_ROOM + (k + 0.5) * _CELL}" y="42" class="cosine">caption {name}</text>'
            f'<text x="4" y="{_ROOM + 12 + k * _CELL * 0.75:.0f}" class="side">image {name}</text>'
            for k, name in enumerate(NAMES)
        )
        style = "text{font:12px sans-serif}.share,.cosine{text-anchor:middle}.share{font-weight:bold;font-size:15px}"
        width, height = _ROOM + 4 * _CELL + 4, _ROOM - 16 + 3 * _CELL
        title = '<text x="4" y="16">Each image shares its belief out among the captions:</text>'
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><style>{style}</style>'
            f'<rect width="{width}" height="{height}" fill="white"/>{title}{heads}{"".join(cells)}</svg>'
        )
        alt = "Shares that each image gives to the four captions: " + "; ".join(
            f"image {name}: " + ", ".join(f"{share:.0%}" for share in row)
            for name, row in zip(NAMES, shares, strict=True)
        )
        data = b64encode(svg.encode()).decode()
        fits = 'style="max-width: 100%; height: auto" decoding="sync"'
        return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}." width="{width}" {fits}>'

    def _repr_mimebundle_(self, **kwargs):
        page = plots.img(self.plane.picture, self.plane.alt, _SIDE) + self.shares.value + self.told.value
        return super()._repr_mimebundle_(**kwargs) | {"text/html": page}  # for pages without widgets


def _arrows(points, pulls):
    """The circle, a thread between the two of each pair, and an arrow for each force, as the bytes of a PNG."""
    side = _SIDE * _FINE
    page = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(page)

    def place(point):
        return ((point[0] + _EDGE) / (2 * _EDGE) * side, (_EDGE - point[1]) / (2 * _EDGE) * side)

    draw.ellipse([place((-1, 1)), place((1, -1))], outline="#BBBBBB", width=3)
    for i in range(4):
        draw.line([place(points[i]), place(points[i + 4])], fill="#DDDDDD", width=3)
    lengths = np.linalg.norm(pulls, axis=1, keepdims=True)
    for point, pull, length in zip(points, 0.5 * pulls / max(lengths.max(), 1e-9), lengths[:, 0], strict=True):
        if length > 0.02 * lengths.max() and length > 1e-6:
            _arrow(draw, np.array(place(point)), np.array(place(point + pull)))
    file = io.BytesIO()
    page.save(file, "png")
    return file.getvalue()


def _arrow(draw, start, end):
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    draw.line([tuple(start), tuple(end)], fill="black", width=5)
    draw.polygon([tuple(end + 12 * along), tuple(end + 9 * across), tuple(end - 9 * across)], fill="black")
