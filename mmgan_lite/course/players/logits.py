"""Logits under the hand: every adversarial loss, and where it pushes each logit."""

import html

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import FancyArrowPatch

from mmgan_lite import losses, plots
from mmgan_lite.course.kit.backdrop import Backdrop
from mmgan_lite.course.kit.plane import Plane
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.course.players.curves import EDGE, FAKE, REAL, WIDTH, Curves, pushes

LOSSES = {
    "minimax": losses.minimax, "non-saturating": losses.non_saturating, "least squares": losses.least_squares,
    "hinge": losses.hinge, "Wasserstein": losses.wasserstein, "relativistic": losses.relativistic,
}  # fmt: skip
COLOURS = {"real": REAL, "fake": FAKE, "mismatched": plots.OKABE_ITO["purple"]}
ROWS = {"real": 0.45, "fake": -0.1, "mismatched": -0.68}  # heights on the plane
START = {"real": (1.0, 2.5, 4.0), "fake": (-5.0, -2.0, 0.5), "mismatched": (-3.0, 0.0, 3.0)}
HEIGHT = 220  # screen pixels


class LogitBoard(CourseWidget):
    """Drag D's logits of three real and three fake samples; see each loss, and the pushes that it gives.

    Args:
        pairs: {name: `losses.AdversarialLoss`}, to choose from; None takes all of the package.

    Attributes:
        plane: The `Plane` of the logits, movable sideways.
        menu, mismatched: The loss that is drawn; whether mismatched pairs take part.
        view, table: `Page`s, the curves of the chosen loss and the pushes of all losses.
    """

    name = "logits"

    def __init__(self, pairs=None):
        super().__init__()
        self.pairs = dict(pairs or LOSSES)
        self._arrows, self._curves = Arrows(), {}
        self.view, self.table = self.page("view"), self.page("table")
        self._controls()
        self._follow()
        told = widgets.HTML("Solid arrow, above a point: D's push. Dashed, below: G's push. No arrow: no push.")
        self.lay_out(self.menu, self.mismatched, self.plane, told, self.view, self.table)

    def _controls(self):
        menu = widgets.ToggleButtons(options=list(self.pairs), style={"button_width": "auto"})
        mismatched = widgets.ToggleButton(False, description="Add mismatched pairs",
                                          layout={"width": "auto", "align_self": "flex-start"})  # fmt: skip
        self.plane = Plane(extent=(-EDGE, EDGE, -1.0, 1.0), axis="x", width=WIDTH, height=HEIGHT)
        self.menu = self.control("menu", menu, self._follow)
        self.mismatched = self.control("mismatched", mismatched, self._place)
        self._place()
        self.control("plane", self.plane, self._follow, "points")

    def set(self, **logits):
        """Place logits: `real=`, `fake=` or `mismatched=`, three numbers each."""
        now = self.logits() | {name: np.asarray(values, float) for name, values in logits.items()}
        kinds = [kind for kind in ROWS if kind in self._kinds()]
        self.plane.points = [[float(x), ROWS[kind]] for kind in kinds for x in now[kind]]

    def logits(self):
        """{"real", "fake" and, where they take part, "mismatched": float64 (3,)}, as they lie now."""
        x = np.array([x for x, _ in self.plane.points]).reshape(-1, 3)
        return dict(zip(self._kinds(), x, strict=True))

    def _kinds(self):
        return list(ROWS) if len(self.plane.points) == 9 else list(ROWS)[:2]

    def _place(self):
        kinds = list(ROWS) if self.mismatched.value else list(ROWS)[:2]
        now = self.logits() if self.plane.points else {}
        points = [[float(x), ROWS[kind]] for kind in kinds for x in now.get(kind, START[kind])]
        labels = [f"{kind} {number}" for kind in kinds for number in (1, 2, 3)]
        colours = [COLOURS[kind] for kind in kinds for _ in range(3)]
        with self.plane.hold_sync():
            self.plane.labels, self.plane.colours, self.plane.points = labels, colours, points

    def _follow(self):
        name, logits = self.menu.value, self.logits()
        found = {name: pushes(pair, **logits) for name, pair in self.pairs.items()}
        self._now = logits, found[name]
        self.plane.alt = f"D's logits on a line, with the pushes of the {name} loss. {_in_words(logits)}"
        self.plane.picture = self._arrows.png(*self._now)
        which = name, *logits
        if which not in self._curves:  # made when it is first asked for
            self._curves[which] = Curves(self.pairs[name], name, tuple(logits))
        curves = self._curves[which]
        self.view.value = plots.img(curves.png(*self._now), curves.alt)
        self.table.value = _table(found, logits, name)

    def still_html(self):
        """The points with their arrows, the curves and the table."""
        still = plots.img(self._arrows.png(*self._now, points=True), self.plane.alt)
        return f"{still}{self.view.value}{self.table.value}"


def _in_words(logits):
    return " ".join(f"{kind}: {', '.join(f'{x:.1f}' for x in values)}." for kind, values in logits.items())


class Arrows:
    """The picture under the points: D's pushes solid, G's dashed, two units of logit for a push of 1."""

    def __init__(self):
        fig, self._ax = plots.figure(WIDTH / 80, HEIGHT / 80)
        fig.set_layout_engine("none")
        self._ax.set_position((0, 0, 1, 1))
        self._ax.set_axis_off()
        self._ax.set(xlim=(-EDGE, EDGE), ylim=(-1, 1))
        self._ax.axvline(0, color="#AAAAAA", linewidth=1)
        for x, words, side in ((-EDGE + 0.2, "← D says: fake", "left"), (EDGE - 0.2, "D says: real →", "right")):
            self._ax.text(x, 0.86, words, ha=side, fontsize=8, color="#555555")
        self._backdrop = Backdrop(fig)

    def png(self, logits, found, points=False):
        """The arrows for logits {kind: float (3,)} and their `pushes`; `points` draws those, too, for a still page."""
        for arrow in [*self._ax.patches, *self._ax.lines[1:]]:
            arrow.remove()
        for kind, values in logits.items():
            for number, x in enumerate(values):
                self._arrow(x, ROWS[kind] + 0.24, found["d"][kind][number], "-")
                if kind == "fake":
                    self._arrow(x, ROWS[kind] - 0.15, found["g"][number], "--")
            if points:
                self._ax.plot(values, [ROWS[kind]] * 3, "o", color=COLOURS[kind], markersize=12, animated=True)
        return self._backdrop.png()

    def _arrow(self, x, y, push, style):
        if abs(push) > 0.01:
            look = {"arrowstyle": "->", "mutation_scale": 10, "linestyle": style, "linewidth": 1.6, "shrinkA": 0}
            end = x + np.clip(2 * push, -5, 5)
            self._ax.add_patch(FancyArrowPatch((x, y), (end, y), shrinkB=0, animated=True, **look))


def _table(found, logits, chosen):
    """G's push on each fake logit under every loss, as numbers and bars, next to both losses."""
    fakes = "".join(
        f'<th scope="col">G pushes fake {n} (at {_number(x)})</th>' for n, x in enumerate(logits["fake"], 1)
    )
    head = f'<tr><th scope="col">loss</th><th scope="col">D\'s loss</th><th scope="col">G\'s loss</th>{fakes}</tr>'
    rows = "".join(_row(name, one, name == chosen) for name, one in found.items())
    head = head.replace("<th ", '<th style="padding: 2px 10px 2px 0; text-align: left" ')
    return f'<table style="font-size: 12px; line-height: 1.2"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _row(name, one, chosen):
    bars = "".join(f"<td>{_bar(push)}</td>" for push in one["g"])
    title = f"<b>{html.escape(name)}</b>" if chosen else html.escape(name)
    values = "".join(f"<td>{_number(one[name], '.2f')}</td>" for name in ("d_loss", "g_loss"))
    return f"<tr><td>{title}</td>{values}{bars}</tr>".replace("<td>", '<td style="text-align: left">')


def _number(x, form=".1f"):
    """With a minus sign, not a hyphen."""
    return f"{x:{form}}".replace("-", "−")


def _bar(push):
    width = min(80, 30 * abs(push))
    arrow = "→" if push > 0.005 else "←" if push < -0.005 else "·"
    style = f"display: inline-block; height: 10px; width: {width:.0f}px; background: {FAKE}"
    number = f'<span style="display: inline-block; width: 62px">{_number(push, "+.3f")} {arrow}</span>'
    return f'<div style="white-space: nowrap; line-height: 1.2">{number}<span style="{style}"></span></div>'
