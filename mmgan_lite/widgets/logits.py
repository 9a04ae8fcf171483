"""Logits under the hand: every adversarial loss, and where it pushes each logit."""

import functools
import html

import ipywidgets as widgets
import numpy as np
import tensorflow as tf

from mmgan_lite import losses, plots
from mmgan_lite.widgets.guard import Guard
from mmgan_lite.widgets.page import Page
from mmgan_lite.widgets.plane import Plane

LOSSES = {
    "minimax": losses.minimax, "non-saturating": losses.non_saturating, "least squares": losses.least_squares,
    "hinge": losses.hinge, "Wasserstein": losses.wasserstein, "relativistic": losses.relativistic,
}  # fmt: skip
REAL, FAKE, WRONG = plots.OKABE_ITO["blue"], plots.OKABE_ITO["vermilion"], plots.OKABE_ITO["purple"]
ROWS = {"real": 0.45, "fake": -0.1, "mismatched": -0.68}  # heights on the plane
EDGE = 8.0  # the plane shows logits from -EDGE to EDGE
START = {"real": (1.0, 2.5, 4.0), "fake": (-5.0, -2.0, 0.5), "mismatched": (-3.0, 0.0, 3.0)}
WIDTH, HEIGHT = 720, 220  # screen pixels


def pushes(adversarial, real, fake, mismatched=None):
    """Both losses, and where a step down each of them would push each logit.

    Args:
        adversarial: A `losses.AdversarialLoss`.
        real, fake, mismatched: float (n,), logits; no mismatched ones are left out.

    Returns:
        {"d_loss", "g_loss": float, "d": {"real", "fake", "mismatched": float32 (n,)}, "g": float32 (n,)}: n times minus
        the slope of the mean, so that each logit's push does not depend on how many others there are. "g" pushes fakes.
    """
    logits = {"real": real, "fake": fake} | ({} if mismatched is None else {"mismatched": mismatched})
    logits = {name: tf.constant(values, tf.float32) for name, values in logits.items()}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        d_loss = adversarial.discriminator_loss(logits["real"], logits["fake"], logits.get("mismatched"))
        g_loss = adversarial.generator_loss(logits["fake"], logits["real"])
    pull = {name: -len(real) * slope.numpy() for name, slope in tape.gradient(d_loss, logits).items()}
    g = -len(real) * tape.gradient(g_loss, logits["fake"]).numpy()
    return {"d_loss": float(d_loss), "g_loss": float(g_loss), "d": pull, "g": g}


class LogitBoard(widgets.VBox):
    """Drag D's logits of three real and three fake samples; see each loss, and the pushes that it gives.

    Args:
        pairs: {name: `losses.AdversarialLoss`}, to choose from; None takes all of the package.

    Attributes:
        plane: The `Plane` of the logits, movable sideways.
        menu, mismatched: The loss that is drawn; whether mismatched pairs take part.
        view, table: `Page`s, the curves of the chosen loss and the pushes of all losses.
    """

    def __init__(self, pairs=None):
        self.pairs, self.guard = dict(pairs or LOSSES), Guard()
        self.menu = widgets.ToggleButtons(options=list(self.pairs), style={"button_width": "auto"})
        self.mismatched = widgets.ToggleButton(False, description="Add mismatched pairs", layout={"width": "auto"})
        self.view, self.table = Page(name="logits-view"), Page(name="logits-table")
        self.menu.add_class("logits-menu")
        self.mismatched.add_class("logits-mismatched")
        self.plane = Plane(extent=(-EDGE, EDGE, -1.0, 1.0), axis="x", width=WIDTH, height=HEIGHT)
        self.plane.add_class("logits-plane")
        self._place()
        self.plane.observe(self.guard(lambda _: self._follow()), "points")
        self.menu.observe(self.guard(lambda _: self._follow()), "value")
        self.mismatched.observe(self.guard(lambda _: (self._place(), self._follow())), "value")
        self._follow()
        told = widgets.HTML("Arrow drawn through, above a point: D's push. Dashed, below: G's push. No arrow: no push.")
        super().__init__([self.menu, self.mismatched, self.plane, told, self.view, self.table, self.guard.view])

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
        colours = [{"real": REAL, "fake": FAKE, "mismatched": WRONG}[kind] for kind in kinds for _ in range(3)]
        with self.plane.hold_sync():
            self.plane.labels, self.plane.colours, self.plane.points = labels, colours, points

    def _follow(self):
        logits = self.logits()
        found = {name: pushes(pair, **logits) for name, pair in self.pairs.items()}
        chosen = found[self.menu.value]
        self.plane.alt = f"D's logits on a line, with the pushes of the {self.menu.value} loss. {_in_words(logits)}"
        self.plane.picture = plots.png(_arrows(logits, chosen), 80)
        self.view.draw(curves(self.pairs[self.menu.value], self.menu.value, logits, chosen))
        self.table.value = _table(found, logits, self.menu.value)

    def _repr_mimebundle_(self, **kwargs):
        page = f"{plots.img(self.plane.picture, self.plane.alt)}{self.view.value}{self.table.value}"
        return super()._repr_mimebundle_(**kwargs) | {"text/html": page}


def _in_words(logits):
    return " ".join(f"{kind}: {', '.join(f'{x:.1f}' for x in values)}." for kind, values in logits.items())


def _arrows(logits, found):
    """The picture under the points: D's pushes drawn through, G's dashed, two units of logit for a push of 1."""
    fig, ax = plots.figure(WIDTH / 80, HEIGHT / 80)
    fig.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set(xlim=(-EDGE, EDGE), ylim=(-1, 1))
    ax.axvline(0, color="#AAAAAA", linewidth=1)
    for x, words, side in ((-EDGE + 0.2, "← D says: fake", "left"), (EDGE - 0.2, "D says: real →", "right")):
        ax.text(x, 0.86, words, ha=side, fontsize=8, color="#555555")
    for kind, values in logits.items():
        for x, by_d, number in zip(values, found["d"][kind], range(3), strict=True):
            _arrow(ax, x, ROWS[kind] + 0.24, by_d, "-")
            if kind == "fake":
                _arrow(ax, x, ROWS[kind] - 0.15, found["g"][number], "--")
    return fig


def _arrow(ax, x, y, push, style):
    if abs(push) > 0.01:
        head = {"arrowstyle": "->", "linestyle": style, "color": "black", "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (x + np.clip(2 * push, -5, 5), y), (x, y), arrowprops=head)


def curves(adversarial, name, logits, found):
    """The chosen losses as curves, one logit moved and the others held, with the slope at each logit.

    Returns:
        The Figure: left D's loss, right G's.
    """
    fig, ((left, right),) = plots.figure(WIDTH / 80, 2.7, columns=2)
    fig.set_layout_engine("none")
    left.set_position((0.06, 0.17, 0.43, 0.72))
    right.set_position((0.55, 0.17, 0.43, 0.72))
    _draw(left, adversarial, logits, "real", found["d"]["real"], of_d=True)
    _draw(left, adversarial, logits, "fake", found["d"]["fake"], of_d=True)
    _draw(right, adversarial, logits, "fake", found["g"], of_d=False)
    for ax, player in ((left, "D"), (right, "G")):
        loss = found[f"{player.lower()}_loss"]
        ax.set(xlabel="logit", xlim=(-EDGE, EDGE))
        ax.set_title(f"{name}: {player}'s loss (all together {loss:.2f})", fontsize=9)
        ax.grid(alpha=0.25)
        ax.alt = f"{player}'s {name} loss against a sample's logit, {loss:.2f} in all, with the slope at each logit."
    left.legend(fontsize="x-small", frameon=False, loc="upper center")
    left.set_ylabel("loss, up to a constant", fontsize=8)
    return fig


def _draw(ax, adversarial, logits, kind, push, of_d):
    """One curve for all three logits of a kind; one for each where a loss compares within pairs."""
    colour, paired = REAL if kind == "real" else FAKE, getattr(adversarial.generator_loss, "compares", False)
    for number, logit in enumerate(logits[kind]):
        held = logits if paired else dict.fromkeys(logits, (0.0,) * 3)  # then it is one curve, however the others lie
        x, y = _curve(adversarial, tuple((name, values[number]) for name, values in held.items()), kind, of_d)
        if number == 0 or paired:
            label = f"of a {kind} sample" if number == 0 else None
            ax.plot(x, y, color=colour, linestyle="-" if of_d else "--", label=label)
        at, reach = np.interp(logit, x, y), np.array([-1.2, 1.2])
        ax.plot(logit + reach, at - push[number] * reach, color="black", linewidth=1.4)
        ax.plot(logit, at, "o", color=colour, markeredgecolor="white")


@functools.lru_cache(64)
def _curve(adversarial, others, kind, of_d):
    """(places, loss there less its least value): the slope, summed up from left to right."""
    x = np.linspace(-EDGE, EDGE, 161)
    held = {name: np.full(len(x), value) for name, value in others} | {kind: x}
    found = pushes(adversarial, **held)
    slope = -(found["d"][kind] if of_d else found["g"])
    y = np.concatenate([[0], np.cumsum((slope[1:] + slope[:-1]) / 2 * (x[1] - x[0]))])
    return x, y - y.min()


def _table(found, logits, chosen):
    """G's push on each fake logit under every loss, as numbers and bars, beside both losses."""
    fakes = "".join(f'<th scope="col">G pushes fake {n} at {x:.1f}</th>' for n, x in enumerate(logits["fake"], 1))
    head = f'<tr><th scope="col">loss</th><th scope="col">D\'s loss</th><th scope="col">G\'s loss</th>{fakes}</tr>'
    rows = "".join(_row(name, one, name == chosen) for name, one in found.items())
    return f'<table style="font-size: 12px; line-height: 1.2"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _row(name, one, chosen):
    bars = "".join(f"<td>{_bar(push)}</td>" for push in one["g"])
    title = f"<b>{html.escape(name)}</b>" if chosen else html.escape(name)
    return f"<tr><td>{title}</td><td>{one['d_loss']:.2f}</td><td>{one['g_loss']:.2f}</td>{bars}</tr>"


def _bar(push):
    width = min(80, 30 * abs(push))
    arrow = "→" if push > 0.005 else "←" if push < -0.005 else "·"
    style = f"display: inline-block; height: 10px; width: {width:.0f}px; background: {FAKE}"
    number = f'<span style="display: inline-block; width: 62px">{push:+.3f} {arrow}</span>'
    return f'<div style="white-space: nowrap; line-height: 1.2">{number}<span style="{style}"></span></div>'
