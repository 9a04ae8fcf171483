"""A tug of war on a circle: pairs of points that the contrastive loss pulls together, and all others that it pushes."""

import ipywidgets as widgets
import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from mmgan_lite import plots
from mmgan_lite.course.kit import svg
from mmgan_lite.course.kit.plane import Plane
from mmgan_lite.course.kit.widget import CourseWidget, row

NAMES, DIGITS = ("3", "3′", "5", "8"), np.array([3, 3, 5, 8])
_LABELS = [f"{sense} {name}" for sense in ("image", "caption") for name in NAMES]
_COLOURS = [plots.COLOURS[sense] for sense in ("image", "text") for _ in NAMES]
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_EDGE, _SIDE, _FINE = 1.6, 400, 2  # of the plane, its pixels, and of its picture for each of those
_WEAK = 0.01  # a force that is no arrow worth
_WIDE, _HIGH, _LEFT, _TOP = 76, 57, 70, 50  # of a cell of the table of shares; next to and above all cells
TARGETS = {"each pair alone": np.eye(4), "same digit, same target": (DIGITS[:, None] == DIGITS).astype(float)}


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
    loss = max(0.0, loss)  # logarithms round, and nobody should read of a loss of -0
    return loss, there, _along(a, -slope @ b), _along(b, -slope.T @ a)


def _softmax(logits):
    shares = np.exp(logits - logits.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def _along(points, forces):
    """What is left of a force where a point may only slide along the sphere."""
    return forces - np.sum(forces * points, 1, keepdims=True) * points


class ContrastiveForces(CourseWidget):
    """Four images and their four captions on a circle; drag one, and see the loss, the shares and the forces.

    Args:
        seed: Where the points begin; from the first place of seed 26, every pair finds a corner of its own.

    Attributes:
        plane: The `Plane`; its points are the four images, then the four captions.
        loss: The contrastive loss now.
    """

    name = "tug"

    def __init__(self, seed=26):
        super().__init__()
        self._rng, self._busy = np.random.default_rng(seed), False
        plane = Plane(self._anywhere(), (-_EDGE, _EDGE, -_EDGE, _EDGE), _LABELS, _COLOURS, width=_SIDE, height=_SIDE)
        self.plane = self.control("plane", plane, self._follow, "points")
        self.shares, self.told = self.page("shares"), self.page("told")
        self._controls()
        self._follow()
        buttons = row(self.once, self.often, self.shuffle)
        self.lay_out(self.temperature, self.targets, buttons, self.told, row(self.plane, self.shares))

    def _controls(self):
        temperature = widgets.SelectionSlider(
            options=[(f"{value:g}", value) for value in TEMPERATURES], value=0.2, description="temperature",
            style={"description_width": "88px"},
        )  # fmt: skip
        targets = widgets.ToggleButtons(
            options=list(TARGETS), description="Belongs", layout={"width": "auto"},
            style={"description_width": "88px", "button_width": "auto"},
        )  # fmt: skip
        self.temperature = self.control("temperature", temperature, self._follow)
        self.targets = self.control("targets", targets, self._follow)
        self.once = self.make_button("once", "One step", lambda: self.pull(1), icon="step-forward")
        self.often = self.make_button("often", "Forty steps", lambda: self.pull(40), icon="fast-forward")
        self.shuffle = self.make_button("shuffle", "Shuffle", self._scatter, icon="random")

    def _scatter(self):
        self._place(self._anywhere())

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
        return forces(points[:4], points[4:], self.temperature.value, TARGETS[self.targets.value])

    def _follow(self):
        """Bring the points back to the circle, and draw what the loss makes of them."""
        if self._busy:
            return
        points = self.points()
        self._place(points, show=False)
        self.loss, shares, on_images, on_captions = self._forces(points)
        pulls = np.concatenate([on_images, on_captions])
        self.plane.picture = draw_forces(points, pulls)
        strongest = float(np.linalg.norm(pulls, axis=1).max())
        words = f"Loss {self.loss:.3f}; guessing evenly costs log 4 = 1.386. The strongest force is {strongest:.3f}."
        self.told.say(words)
        self.plane.alt = f"Four images and four captions on a circle, arrows for the forces. {words}"
        self.shares.value = draw_shares(points[:4] @ points[4:].T, shares, TARGETS[self.targets.value] > 0)

    def still_html(self):
        """The circle with its points named, the shares and the loss."""
        points = self.points()
        picture = draw_forces(points, np.concatenate(self._forces(points)[2:]), named=True)
        return plots.img(picture, self.plane.alt, _SIDE) + self.shares.value + self.told.value


def draw_shares(cosines, shares, wanted):
    """The shares (4, 4) as a coloured table; a frame where belief belongs."""
    cells = "".join(_cell(place, shares[place], cosines[place], wanted[place]) for place in np.ndindex(4, 4))
    heads = '<text x="4" y="16">Each image shares its belief out among the captions:</text>' + "".join(
        f'<text x="{_LEFT + (k + 0.5) * _WIDE}" y="42" class="number">caption {name}</text>'
        f'<text x="4" y="{_TOP + 32 + k * _HIGH}">image {name}</text>'
        for k, name in enumerate(NAMES)
    )
    alt = "Shares that each image gives to the four captions: " + "; ".join(
        f"image {name}: " + ", ".join(f"{share:.0%}" for share in row) for name, row in zip(NAMES, shares, strict=True)
    )
    style = ".number{text-anchor:middle}.share{font-weight:bold;font-size:15px}"
    return svg.img(_LEFT + 4 * _WIDE + 4, _TOP + 4 * _HIGH + 4, heads + cells, f"{alt}.", style=style)


def _cell(place, share, cosine, wanted):
    """A cell of the table: the bluer, the more belief, but never too dark for black figures."""
    x, y, pale = _LEFT + place[1] * _WIDE, _TOP + place[0] * _HIGH, int(255 * (1 - 0.6 * share))
    frame = 'stroke="#D55E00" stroke-width="3"' if wanted else 'stroke="#CCC"'
    box = f'x="{x + 2}" y="{y + 2}" width="{_WIDE - 4}" height="{_HIGH - 4}"'
    return (
        f'<rect {box} fill="rgb({pale},{pale},255)" {frame}/>'
        f'<text x="{x + _WIDE / 2}" y="{y + 25}" class="number share">{share:.0%}</text>'
        f'<text x="{x + _WIDE / 2}" y="{y + 44}" class="number">cos {cosine:.2f}</text>'
    )


def draw_forces(points, pulls, named=False):
    """The circle, a thread between the two of each pair, and an arrow for each force, as the bytes of a PNG.

    The points themselves belong to the plane that lies over it; `named` draws them and their names, too.
    """
    page = Image.new("RGB", (_SIDE * _FINE, _SIDE * _FINE), "white")
    draw = ImageDraw.Draw(page)
    draw.ellipse([_pixel((-1, 1)), _pixel((1, -1))], outline="#BBBBBB", width=3)
    for image, caption in zip(points[:4], points[4:], strict=True):
        draw.line([_pixel(image), _pixel(caption)], fill="#BBBBBB", width=3)
    for point, pull in zip(points, pulls, strict=True):
        force = np.linalg.norm(pull)
        if force > _WEAK:  # forces span four powers of ten, and one that is nearly none must look so
            length = 0.08 * (1 + np.log(force / _WEAK))
            _arrow(draw, np.array(_pixel(point)), np.array(_pixel(point + length / force * pull)))
    if named:
        _names(draw, points)
    return plots.png_of(page)


def _pixel(point):
    return tuple(_SIDE * _FINE * (0.5 + np.array([point[0], -point[1]]) / (2 * _EDGE)))


def _arrow(draw, start, end):
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    draw.line([tuple(start), tuple(end)], fill="black", width=5)
    draw.polygon([tuple(end + 12 * along), tuple(end + 9 * across), tuple(end - 9 * across)], fill="black")


def _names(draw, points):
    font = ImageFont.truetype(findfont("DejaVu Sans"), 12 * _FINE)  # comes with matplotlib, and has the prime of 3′
    for label, colour, point in zip(_LABELS, _COLOURS, points, strict=True):
        draw.circle(_pixel(point), 8 * _FINE, fill=colour, outline="white", width=4)
        beside = 1.3 if label.startswith("image") else 0.7  # where a pair has met, its names stay apart
        draw.text(_pixel(beside * point), label, "black", font, anchor="mm")
