"""The curves of one adversarial loss: what each player pays for a logit, with the slope where the samples lie."""

import numpy as np
import tensorflow as tf

from mmgan_lite import plots
from mmgan_lite.course.kit.backdrop import Backdrop

REAL, FAKE = plots.OKABE_ITO["blue"], plots.OKABE_ITO["vermilion"]
EDGE = 8.0  # logits from -EDGE to EDGE are shown
PLACES = np.linspace(-EDGE, EDGE, 161)
WIDTH = 720  # screen pixels
_REACH = np.array([-1.2, 1.2])  # of a drawn slope, to either side


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


def courses(adversarial, logits, kind):
    """What each player pays as one logit of a kind moves over `PLACES` while those of its pair are held.

    Args:
        adversarial: A `losses.AdversarialLoss`.
        logits: {kind: float (n,)}.
        kind: "real" or "fake".

    Returns:
        {"d", "g": float (n, places)}, each loss less its least value: its slope, summed up from left to right.
    """
    held = {name: np.repeat(values, len(PLACES)) for name, values in logits.items()}
    found = pushes(adversarial, **held | {kind: np.tile(PLACES, len(logits[kind]))})
    paid = {}
    for player, push in (("d", found["d"][kind]), ("g", found["g"])):
        slope = -push.reshape(-1, len(PLACES))
        rise = np.cumsum((slope[:, 1:] + slope[:, :-1]) / 2 * np.diff(PLACES), axis=1)
        rise = np.pad(rise, ((0, 0), (1, 0)))
        paid[player] = rise - rise.min(1, keepdims=True)
    return paid


class Curves:
    """A loss as curves, one logit moved and the others held, with the slope at each logit: left D's loss, right G's.

    Args:
        adversarial: A `losses.AdversarialLoss`. One that compares within pairs has a curve for each pair.
        name: What it is called.
        kinds: Of the logits that take part; "mismatched" ones have no curve, but change the fakes'.
    """

    def __init__(self, adversarial, name, kinds=("real", "fake")):
        self.adversarial, self.name = adversarial, name
        fig, ((left, right),) = plots.figure(WIDTH / 80, 2.7, columns=2)
        fig.set_layout_engine("none")
        left.set_position((0.06, 0.17, 0.43, 0.72))
        right.set_position((0.55, 0.17, 0.43, 0.72))
        left.set_ylabel("loss, up to a constant", fontsize=8)
        apart = dict.fromkeys(kinds, (-EDGE, 0, EDGE))
        real, fake = (courses(adversarial, apart, kind) for kind in ("real", "fake"))
        self._paired = bool(np.ptp(fake["d"], axis=0).max() > 1e-3)  # does the real logit next to it change the curve?
        parts = (left, "real", "d", real), (left, "fake", "d", fake), (right, "fake", "g", fake)
        self._parts = [self._part(ax, kind, player, paid[player][1]) for ax, kind, player, paid in parts]
        _axes(left, [real["d"], fake["d"]])
        _axes(right, [fake["g"]])
        left.legend(fontsize="x-small", frameon=False, loc="upper center")
        self._backdrop = Backdrop(fig)

    def _part(self, ax, kind, player, plain):
        """The artists of one kind of samples: three curves, or one for all three, and three slopes and points."""
        colour, style = REAL if kind == "real" else FAKE, "-" if player == "d" else "--"
        rows = [plain] * (3 if self._paired else 1)
        curves = ax.plot(PLACES, np.transpose(rows), style, color=colour, animated=self._paired)
        curves[0].set_label(f"of a {kind} sample")
        slopes = ax.plot(np.stack([_REACH] * 3, 1), color="black", linewidth=1.4, animated=True)
        points = ax.plot(_REACH, _REACH, "o", color=colour, markeredgecolor="white", animated=True)[0]
        return kind, player, plain, curves, slopes, points

    def png(self, logits, found):
        """The picture for logits {kind: float (3,)} and their `pushes`, as the bytes of a PNG file."""
        paid = {kind: courses(self.adversarial, logits, kind) for kind in ("real", "fake")} if self._paired else {}
        for kind, player, plain, curves, slopes, points in self._parts:
            rows = paid[kind][player] if self._paired else [plain] * 3
            for curve, row in zip(curves, rows, strict=False):
                curve.set_ydata(row)
            heights = [np.interp(x, PLACES, row) for x, row in zip(logits[kind], rows, strict=True)]
            push = found["g"] if player == "g" else found["d"][kind]
            for slope, x, y, by in zip(slopes, logits[kind], heights, push, strict=True):
                slope.set_data(x + _REACH, y - by * _REACH)
            points.set_data(logits[kind], heights)
        for ax, player in zip(self._backdrop.fig.axes, "DG", strict=True):
            loss = f"{found[f'{player.lower()}_loss']:.2f}"
            ax.title.set_text(f"{self.name}: {player}'s loss (all together {loss})")
            ax.alt = (
                f"{player}'s {self.name} loss against a sample's logit, {loss} in all, with the slope at each logit."
            )
        return self._backdrop.png()

    @property
    def alt(self):
        """The last picture in words."""
        return plots.alt_text(self._backdrop.fig)


def _axes(ax, curves):
    """Limits that hold every curve, wherever the other logits lie, and a title that will change."""
    heights = np.concatenate([np.ravel(curve) for curve in curves])
    highest = max(heights[np.isfinite(heights)], default=1.0) or 1.0
    ax.set(xlabel="logit", xlim=(-EDGE, EDGE), ylim=(-0.05 * highest, 1.05 * highest))
    ax.set_title(" ", fontsize=9, y=1.0)
    ax.title.set_animated(True)
    ax.grid(alpha=0.25)
