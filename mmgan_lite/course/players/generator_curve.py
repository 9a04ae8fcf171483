"""A generator on a line, bent by hand: a curve from noise to numbers, next to the distribution that it makes."""

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit.plane import Plane
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.evaluation import metrics

Z = 3.0  # the noise that is drawn: all but 3 of 1000 standard normal numbers
KNOTS = np.array([-3.0, -1.5, -0.7, -0.2, 0.2, 0.7, 1.5, 3.0])  # closer where the noise is denser
SIDE = 400  # screen pixels of the plane, and the height of the histogram next to it
DPI = 80
SHARES = (np.arange(2000) + 0.5) / 2000  # evenly spaced: nothing random between the curve and its distance
DATA, FAKE, IDEAL = plots.OKABE_ITO["blue"], plots.OKABE_ITO["vermilion"], plots.OKABE_ITO["green"]
RAYS = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95)  # shares of the noise below each drawn ray


def normal_quantile(share):
    """The value below which this share of a standard normal distribution lies; array in (0, 1) to array."""
    z = np.linspace(-5, 5, 4001)
    bell = np.exp(-(z**2) / 2)
    return np.interp(share, (np.cumsum(bell) - bell / 2) / bell.sum(), z)


NOISE = normal_quantile(SHARES)  # float64 (2000,): standard normal noise in even portions


class GeneratorCurve(CourseWidget):
    """Drag eight knots of a generator's curve z → x; its distribution and two distances to the data follow.

    Args:
        data: {name: float (n,)}, the distributions to choose from, all on one scale.
        extent: (lowest, highest) number that is drawn.

    Raises:
        ValueError: for data of which no more than half would be seen.

    Attributes:
        plane: The `Plane` of the knots, movable up and down.
        menu, ideal: The choice of the data; whether the ideal curve is drawn.
        view, told: `Page`s, the histogram and the distances.
    """

    name = "bend"

    def __init__(self, data, extent=(-2.5, 2.5)):
        super().__init__()
        self.data = {name: np.sort(np.asarray(numbers, float)) for name, numbers in data.items()}
        self.extent = extent
        for name, numbers in self.data.items():
            _check_seen(name, numbers, extent)
        self.view, self.told = self.page("view"), self.page("told")
        self._controls()
        self._follow()
        choices = widgets.HBox([self.menu, self.ideal, self.reset])
        self.lay_out(choices, row(self.plane, self.view), self.told)

    def _controls(self):
        menu = widgets.Dropdown(options=list(self.data), description="Data", layout={"width": "260px"})
        ideal = widgets.ToggleButton(False, description="Show the ideal curve", layout={"width": "auto"})
        flat = np.stack([KNOTS, np.zeros(len(KNOTS))], 1)
        plane = Plane(flat, (-Z - 0.4, Z + 0.4, *self.extent), colours=[FAKE], axis="y", width=SIDE, height=SIDE)
        self.menu = self.control("menu", menu, self._follow)
        self.ideal = self.control("ideal", ideal, self._follow)
        self.reset = self.make_button("reset", "Flatten", self._flatten, tooltip="All knots back to 0")
        self.plane = self.control("plane", plane, self._follow, "points")

    def bend(self, heights):
        """Set the heights of the eight knots, from the leftmost to the rightmost."""
        heights = np.clip(np.asarray(heights, float), *self.extent)
        self.plane.points = np.stack([KNOTS, heights], 1).tolist()

    def _flatten(self):
        self.bend(np.zeros(len(KNOTS)))

    def generate(self, z):
        """What the bent generator makes of noise, float (n,) to float64 (n,); straight between two knots."""
        return np.interp(z, KNOTS, [x for _, x in self.plane.points])

    def wanted(self, z):
        """What the ideal generator makes of noise: it keeps ranks, so its distribution is the data's."""
        return np.quantile(self.data[self.menu.value], np.interp(z, NOISE, SHARES))

    def distances(self):
        """(earth mover's distance, squared Fréchet distance) between the data and what the curve makes."""
        made, real = self.generate(NOISE), np.quantile(self.data[self.menu.value], SHARES)
        return metrics.earth_movers_distance(real, made), metrics.frechet_distance(real[:, None], made[:, None])

    def _follow(self):
        earth, frechet = self.distances()
        self.plane.alt = (
            f"A generator's curve from noise z, to the right, to numbers x, upwards; data: {self.menu.value}. "
            f"Earth mover's distance {earth:.2f}."
        )
        self.plane.picture = plots.png(self._curve(), DPI)
        self.view.draw(self._histogram(earth))
        self.told.value = _told(earth, frechet)

    def _curve(self):
        """The curve under the knots, and rays: even portions of noise, up to the curve and over to the right."""
        fig, ax = plots.figure(SIDE / DPI, SIDE / DPI)
        fig.set_layout_engine("none")
        ax.set_position((0, 0, 1, 1))
        ax.set_axis_off()
        left, right, bottom, top = self.plane.extent
        ax.set(xlim=(left, right), ylim=(bottom, top))
        z = np.linspace(left, right, 241)
        bell = bottom + 0.16 * (top - bottom) * np.exp(-(z**2) / 2)
        ax.fill_between(z, bottom, bell, color="#BBBBBB", linewidth=0)
        for ray in normal_quantile(np.array(RAYS)):
            x = self.generate(ray)
            ax.plot([ray, ray, right], [bottom, x, x], color="#999999", linewidth=0.7)
        if self.ideal.value:
            ax.plot(z, self.wanted(z), color=IDEAL, linewidth=2, linestyle="--")
        ax.plot(z, self.generate(z), color=FAKE, linewidth=2.5)
        return fig

    def _histogram(self, earth):
        """The data's histogram and the curve's, on their sides: x upwards, as next to it."""
        fig, ax = plots.figure(3.4, SIDE / DPI)
        fig.set_layout_engine("none")
        ax.set_position((0.03, 0, 0.94, 1))
        bins = np.linspace(*self.extent, 51)
        kwargs = {"bins": bins, "density": True, "orientation": "horizontal"}
        ax.hist(self.data[self.menu.value], color=DATA, alpha=0.45, label=f"data: {self.menu.value}", **kwargs)
        ax.hist(self.generate(NOISE), color=FAKE, histtype="step", linewidth=2, label="your generator", **kwargs)
        ax.set(ylim=self.extent, xlim=(0, 2.2), xticks=[], yticks=[])
        for side in ("top", "right", "bottom"):
            ax.spines[side].set_visible(False)
        ax.legend(loc="lower right", fontsize="small", frameon=False)
        ax.alt = (
            f"Two histograms on their sides: the data, {self.menu.value}, filled; what the bent generator makes, as a "
            f"line. They lie {earth:.2f} apart (earth mover's distance)."
        )
        return fig

    def still_html(self):
        """The curve with its knots, the histogram and the distances."""
        fig = self._curve()
        fig.axes[0].plot(*np.transpose(self.plane.points), "o", color=FAKE, markersize=9)  # the knots that a page drags
        return f"{plots.img(plots.png(fig, DPI), self.plane.alt)}{self.view.value}{self.told.value}"


def portrait(generate, real, extent=(-2.5, 2.5)):
    """A generator on a line: its curve next to the ideal one, and its histogram next to the data's.

    Args:
        generate: A function of noise float (n,), which returns float (n,).
        real: float (n,), the data.
        extent: (lowest, highest) number that is drawn.

    Returns:
        The Figure.
    """
    z, made, real = np.linspace(-Z, Z, 241), generate(NOISE), np.asarray(real, float)
    earth = metrics.earth_movers_distance(np.quantile(real, SHARES), made)
    fig, ((curve, heap),) = plots.figure(7, 3, columns=2)
    curve.plot(z, np.quantile(real, np.interp(z, NOISE, SHARES)), "--", color=IDEAL, linewidth=2, label="ideal")
    curve.plot(z, generate(z), color=FAKE, linewidth=2.5, label="generator")
    curve.set(xlabel="noise z", ylabel="number x", ylim=extent)
    kwargs = {"bins": np.linspace(*extent, 51), "density": True, "orientation": "horizontal"}
    heap.hist(real, color=DATA, alpha=0.45, label="data", **kwargs)
    heap.hist(made, color=FAKE, histtype="step", linewidth=2, label="generator", **kwargs)
    heap.set(xlabel="density", ylim=extent, xlim=(0, 2))
    for ax in (curve, heap):
        ax.legend(fontsize="small", frameon=False, loc="lower right")
    curve.alt = "Left: the generator's curve from noise to numbers, next to the dashed ideal one."
    heap.alt = f"Right: both histograms on their sides; they lie {earth:.2f} apart (earth mover's distance)."
    return fig


def _check_seen(name, numbers, extent):
    inside = np.mean((numbers >= extent[0]) & (numbers <= extent[1])) if len(numbers) else 0.0
    if not inside > 0.5:
        raise ValueError(
            f"{name}: most numbers must lie in {extent}, which is what is drawn; shift or shrink them, or pass "
            f"extent=(lowest, highest). Received: {len(numbers)} numbers, {inside:.0%} of them inside"
        )


def _told(earth, frechet):
    """Both distances in words and numbers."""
    lines = f"Earth mover's distance: <b>{earth:.3f}</b> (0 only where the distributions agree)<br>"
    lines += f"Fréchet distance²: <b>{frechet:.3f}</b> (0 where the means and the spreads agree)"
    return f'<div role="status" style="font-size: 15px; line-height: 1.5">{lines}</div>'
