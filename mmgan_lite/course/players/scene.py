"""The duel as a picture: what D thinks of every place, how G bends its noise, and where its points are pulled."""

from statistics import NormalDist

import numpy as np
import traitlets
from matplotlib.colors import LinearSegmentedColormap

from mmgan_lite import plots
from mmgan_lite.course.kit.front import Front
from mmgan_lite.course.kit.plane import lattice

EXTENT = (-1.6, 1.6, -1.6, 1.6)  # left, right, bottom, top
LAYERS = ("surface", "mesh", "arrows")
SHOWN, ARROWS, FIELD, MESH = 256, 64, 40, 25  # points of each player; arrows; places of the surface and mesh a side
LENGTH, LONGEST = 0.15, 0.5  # of an arrow for a slope of 1, and of any, in the units of the plane
# what D thinks: from fake over "cannot tell" to real
OPINION = LinearSegmentedColormap.from_list("opinion", [plots.OKABE_ITO["vermilion"], "white", plots.OKABE_ITO["blue"]])


class Scene(Front):
    """A canvas that shows a `Duel`, and both losses below it.

    Args:
        extent: (left, right, bottom, top).
        layers: Which of `LAYERS` to draw beneath the points.
        size: Pixels a side.

    Attributes:
        frame: Counts the pictures; `seen` is the last one that a page has drawn, 0 while there is no page.
    """

    extent, layers = traitlets.List().tag(sync=True), traitlets.List().tag(sync=True)
    size, frame = traitlets.Int(400).tag(sync=True), traitlets.Int(0).tag(sync=True)
    field, mesh, arrows = (traitlets.Bytes(b"").tag(sync=True) for _ in range(3))
    real, fakes, curves = (traitlets.Bytes(b"").tag(sync=True) for _ in range(3))
    now = traitlets.Int(0).tag(sync=True)
    alt, curves_alt = traitlets.Unicode("").tag(sync=True), traitlets.Unicode("").tag(sync=True)

    def __init__(self, extent=EXTENT, layers=LAYERS, **kwargs):
        self.seen = 0
        super().__init__(extent=[float(edge) for edge in extent], layers=list(layers), **kwargs)
        self.on_msg(self.heard)

    def heard(self, _, content, buffers):
        """Note a message of the page: which picture it has drawn."""
        self.seen = int(content.get("seen", 0))

    @property
    def behind(self):
        """How many pictures the page has yet to draw."""
        return self.frame - self.seen if self.seen else 0

    def show(self, duel, alt):
        """Draw a duel as it stands; `alt` says it in words."""
        fakes, past = duel.fakes(SHOWN), thinned(duel.history())
        with self.hold_sync():  # one message
            self.field = np.round(255 * duel.judged(lattice(self.extent, FIELD))).astype("uint8").tobytes()
            self.mesh = bent_mesh(duel).tobytes()
            self.real, self.fakes = duel.real[:SHOWN].tobytes(), fakes.tobytes()
            self.arrows = np.hstack(pulled(duel, fakes[:ARROWS])).astype("float32").tobytes()
            self.curves = np.stack(list(past.values())).astype("float32").tobytes()
            self.now, self.alt, self.curves_alt = duel.step, alt, losses_in_words(past)
            self.frame += 1


def bent_mesh(duel, side=MESH):
    """Where G takes a grid of noise, float32 (side², 2).

    The grid's lines are quantiles of the noise: equally many fakes fall into each of its cells, however bent.
    """
    line = [NormalDist().inv_cdf((k + 0.5) / side) for k in range(side)]
    return duel.generated(np.stack(np.meshgrid(line, line), -1).reshape(-1, 2))


def pulled(duel, fakes):
    """Where arrows begin and end, two of float (n, 2): along `Duel.pull`, cut at the longest."""
    pull = LENGTH * duel.pull(fakes)
    length = np.maximum(np.linalg.norm(pull, axis=1, keepdims=True), 1e-12)
    return fakes, fakes + pull * np.minimum(1, LONGEST / length)


def thinned(history, most=300):
    """A history of at most so many entries, the first and the last among them."""
    steps = len(history["step"])
    rows = np.unique(np.linspace(0, steps - 1, min(most, steps)).astype(int))
    return {name: np.asarray(values, float)[rows] for name, values in history.items()}


def losses_in_words(history):
    """The course of both losses in a sentence."""
    ends = []
    for name in ("d_loss", "g_loss"):
        known = history[name][np.isfinite(history[name])]
        ends.append(f"{name[0].upper()}'s from {known[0]:.2f} to {known[-1]:.2f}" if len(known) else "")
    told = " and ".join(filter(None, ends))
    return f"Losses: {told}." if told else "No step was taken: there are no losses yet."


def picture(duel, ax=None, layers=LAYERS, title=""):
    """The same as a figure, for pages without widgets.

    Args:
        duel: A `Duel` on points of the plane.
        ax: Axes to draw into; None makes a figure.
        layers: Some of "surface", "mesh", "arrows".
        title: Words above it.

    Returns:
        The Axes.
    """
    ax = ax or plots.figure(3.6, 3.6)[1]
    fakes, real = duel.fakes(SHOWN), duel.real[:SHOWN]
    if "surface" in layers:
        field = duel.judged(lattice(EXTENT, FIELD)).reshape(FIELD, FIELD)
        ax.imshow(field, OPINION, vmin=0, vmax=1, alpha=0.45, origin="lower", extent=EXTENT, interpolation="bilinear")
    if "mesh" in layers:
        places = bent_mesh(duel).reshape(MESH, MESH, 2)
        for lines in (places[::2], places.swapaxes(0, 1)[::2]):
            ax.plot(lines[..., 0].T, lines[..., 1].T, color="#7a5195", linewidth=0.5)
    ax.scatter(*real.T, 4, plots.OKABE_ITO["blue"], marker="s", alpha=0.6)
    if "arrows" in layers:
        begin, end = pulled(duel, fakes[:ARROWS])
        ax.quiver(*begin.T, *(end - begin).T, angles="xy", scale_units="xy", scale=1, width=0.004)
    ax.scatter(*fakes.T, 12, plots.OKABE_ITO["vermilion"], edgecolors="white", linewidths=0.4)
    ax.set(xlim=EXTENT[:2], ylim=EXTENT[2:], aspect="equal", title=title)
    ax.alt = f"{title or 'The duel'}: {in_words(duel)}"
    return ax


def in_words(duel):
    """What the picture shows, in a sentence."""
    fakes = duel.fakes(SHOWN)
    real, fake = (float(duel.judged(points).mean()) for points in (duel.real[:SHOWN], fakes))
    (x, y), wide = fakes.mean(0), fakes.std(0).mean()
    return (
        f"step {duel.step}; blue squares are real points, orange dots are fakes, spread {wide:.2f} around "
        f"({x:.1f}, {y:.1f}); D takes real points for real at {real:.2f} on average, fakes at {fake:.2f}."
    )
