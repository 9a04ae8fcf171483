"""A walk between two captions: what is drawn and said on the way, and what a judge makes of it."""

import html

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.course.translation import conditional_gan
from mmgan_lite.datasets import captions, speech
from mmgan_lite.evaluation import judges

STEPS = 21
_WIDE = {"width": "520px", "max_width": "98%"}
DRAWS = 24  # of noise, which the judge reads at every step
SHOWN = 5


class Interpolation(CourseWidget):
    """Two captions, and a slider for the point between them on the sphere.

    Args:
        gan: A `MultimodalGAN`.
        start, end: Captions, to be changed by hand.

    Attributes:
        shares: {digit in words: float (STEPS,)}, the share of the images in which a judge reads it.
    """

    name, kept = "walk", ("curve", "view")

    def __init__(self, gan, start="a one", end="a seven"):
        super().__init__()
        self.gan, self.ends = gan, [self._line("From", start), self._line("To", end)]
        options = [(f"{t:.0%}", t) for t in np.linspace(0, 1, STEPS).round(2).tolist()]
        t = widgets.SelectionSlider(options=options, value=0.5, description="t", layout=_WIDE)
        self.t = self.control("t", t, self._show)
        self.status, self.curve, self.view = map(self.page, ("status", "curve", "view"))
        self.walk()
        self.lay_out(*self.ends, self.t, self.status, self.curve, self.view)

    def _line(self, name, caption):
        line = widgets.Text(caption, description=name, continuous_update=False, layout=_WIDE)
        return self.control(name.lower(), line, self.walk)

    def walk(self):
        """Make everything on the way, once; the slider then only shows it, and makes what is heard there."""
        self.status.say("working …")
        try:
            a, b = self.gan.embed({"text": [line.value for line in self.ends]})
        except ValueError as error:
            self.status.say(str(error), wrong=True)
            return
        self.points = conditional_gan.slerp(a, b, np.linspace(0, 1, STEPS))
        self.made = {to: self._decode(to, DRAWS if to == "image" else 1) for to in self.gan.modalities}
        read = judges.read_image(self.made["image"].reshape(-1, *self.made["image"].shape[2:]))["digit"]
        self.shares = _shares(read.reshape(STEPS, DRAWS))
        self._waves = {}
        self.picture, self.frame = self._draw()
        far = "They are one and the same point." if a @ b > 0.99999 else f"The two points have cosine {a @ b:.2f}."
        self._show()
        self.status.say(f"{far} The same noise all the way: only e changes.")

    def _decode(self, to, draws):
        """Samples (STEPS, draws, …) with the same noise at every step."""
        return np.array(self.gan.decode(self.points, to, z=self.gan.noise(to, draws, seed=0)))

    def _show(self):
        """What there is at this step: nearly all of it was made before, so that the slider answers at once."""
        step = self.t.index
        message = f"at {step / (STEPS - 1):.0%} of the way"
        now = ", ".join(f"{name} {share[step]:.0%}" for name, share in self.shares.items())
        left, right, bottom, top = self.frame
        x = left + (right - left) * step / (STEPS - 1)
        mark = f"position: absolute; left: {x:.2%}; bottom: {bottom:.2%}; height: {top - bottom:.2%}"
        line = f'<div style="{mark}; border-left: 3px dotted #555555; margin-left: -2px"></div>'
        read = f'<div role="status">{message[0].upper()}{message[1:]}, of {DRAWS} images: {now}.</div>'
        self.curve.value = f'<div style="position: relative; display: inline-block">{self.picture}{line}</div>{read}'
        images = [
            cards.picture(x, f"Image {message}, noise {n + 1}") for n, x in enumerate(self.made["image"][step][:SHOWN])
        ]
        sound = cards.sound_picture(self.made["speech"][step, 0], f"Spectrogram of the sound {message}")
        sound += cards.player(self._wave(step), f"the sound {message}")
        caption = html.escape(self.made["text"][step, 0]) or "(no word)"
        row = "".join(f"<div>{cell}</div>" for cell in (*images, sound))
        self.view.value = f"{cards.grid(f'repeat({SHOWN + 1}, {cards.WIDTH}px)', row)}<i>{caption}</i>"

    def _wave(self, step):
        """The waveform of a step, kept: those of all steps would take as long as all else on the way."""
        if step not in self._waves:
            self._waves[step] = speech.to_waveform(self.made["speech"][step], cards.ROUNDS)[0]
        return self._waves[step]

    def _draw(self):
        """The judge's readings along the way as HTML, and where in the picture the axes lie (shares of its size)."""
        fig, ax = plots.figure(7.2, 1.7)
        way = np.linspace(0, 1, STEPS)
        styles = zip(self.shares.items(), plots.OKABE_ITO.values(), "osv^", strict=False)
        for (name, share), colour, marker in styles:
            ax.plot(way, share, color=colour, label=name, marker=marker, markersize=4)
        ax.set(xlim=(0, 1), ylim=(-0.05, 1.05), xlabel="t: share of the way", ylabel="judged so")
        ax.legend(fontsize="x-small", frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        ends = "; ".join(f"{name} from {share[0]:.0%} to {share[-1]:.0%}" for name, share in self.shares.items())
        alt = f"Share of {DRAWS} images in which a judge reads each digit, along the way: {ends}."
        picture, box = plots.png(fig, 80), ax.get_position()
        return plots.img(picture, alt), (box.x0, box.x1, box.y0, box.y1)


def _shares(read):
    """Levels (steps, draws) to {digit in words: share at each step}: the most frequent digits, then all others."""
    often = [digit for digit in np.argsort(-np.bincount(read.ravel(), minlength=10))[:3] if (read == digit).any()]
    shares = {captions.FACTS["digit"][digit]: (read == digit).mean(1) for digit in often}
    return shares | {"another digit": 1 - sum(shares.values())}
