"""A dose of a direction: points of the shared space pushed along it, drawn or spoken at once."""

import ipywidgets as widgets
import numpy as np

from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.datasets import captions
from mmgan_lite.evaluation import judges


class DirectionSlider(CourseWidget):
    """Choose a direction and a dose; see or hear what becomes of the points, the noise kept.

    Args:
        gan: A `MultimodalGAN`.
        points: float32 (n, embed_dim), unit vectors to start from; six or so.
        directions: {name: (sense to make, float (embed_dim,), the fact that it should move)}.
        most: The largest dose, in both directions.

    Attributes:
        controls: {"direction", "dose"}: the widgets.
        told: A `Page` with what judges find, or a word that the widget is working.
    """

    name, kept = "dose", ("told", "view")

    def __init__(self, gan, points, directions, most=1.0):
        super().__init__()
        self.view, self.told = self.page("view"), self.page("told")
        self._gan, self._points, self._directions = gan, np.asarray(points, "float32"), directions
        self._noise = gan.noise("image", len(points), seed=0)[:, None]  # (n, 1, latent_dim): each point keeps its own
        names, still = list(directions), {"continuous_update": False, "readout_format": "+.1f"}
        controls = {
            "direction": widgets.Dropdown(options=names, value=names[0], description="Direction"),
            "dose": widgets.FloatSlider(0, min=-most, max=most, step=0.1, description="Dose", **still),
        }
        self.controls = self.named(controls, self._show)
        self._show()
        self.lay_out(row(*self.controls.values()), self.told, self.view)

    def made(self, name, dose):
        """What the generator makes at a dose, (n, …), and what judges read in it, {fact: level (n,)}."""
        sense, way, _ = self._directions[name]
        moved = self._points + dose * np.asarray(way, "float32")
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        samples = self._gan.decode(moved, sense, z=self._noise)[:, 0]
        return samples, judges.READ[sense](samples)

    def _show(self):
        name, dose = (control.value for control in self.controls.values())
        sense, _, fact = self._directions[name]
        self.told.say("working …")  # sounds take a while
        samples, read = self.made(name, dose)
        counts = [f"{word} {(read[fact] == level).sum()}" for level, word in enumerate(captions.FACTS[fact])]
        digits = ", ".join(captions.FACTS["digit"][digit] for digit in read["digit"])
        self.view.value = cards.page({sense: samples}, f"a dose of {dose:+.1f} of “{name}”")
        self.told.say(f"{name}, dose {dose:+.1f}. Judges find: {', '.join(counts)}; digits {digits}.")
