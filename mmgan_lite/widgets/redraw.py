"""One figure under a few sliders, drawn anew whenever one of them is moved."""

import ipywidgets as widgets

from mmgan_lite import plots
from mmgan_lite.widgets.guard import Guard


class Redrawn(widgets.VBox):
    """Sliders and a picture that follows them.

    Args:
        draw: A function of one keyword argument a slider; it returns a Figure whose Axes carry alt text. It should
            answer within a fifth of a second: compute beforehand what is slow.
        name: The CSS classes begin with it: `<name>-slider-<argument>` and `<name>-view`; the first slider is also
            `<name>-slider`.
        **choices: {argument: values to choose from}, numbers in [0, 1], shown as percentages; it starts in the middle.

    Attributes:
        sliders: {argument: SelectionSlider}.
        view: An HTML widget that holds the picture with its alt text.
    """

    def __init__(self, draw, name, **choices):
        self._draw, self.guard = draw, Guard()
        self.sliders = {argument: self._slider(argument, values, name) for argument, values in choices.items()}
        next(iter(self.sliders.values())).add_class(f"{name}-slider")
        self.view = widgets.HTML()
        self.view.add_class(f"{name}-view")
        self._redraw()
        super().__init__([*self.sliders.values(), self.view, self.guard.view])

    def _slider(self, argument, values, name):
        slider = widgets.SelectionSlider(
            options=[(f"{value:.0%}", value) for value in values],
            value=values[len(values) // 2],
            description=argument,
            continuous_update=False,
        )
        slider.add_class(f"{name}-slider-{argument}")
        slider.observe(self.guard(lambda _: self._redraw()), "value")
        return slider

    def _redraw(self):
        fig = self._draw(**{argument: slider.value for argument, slider in self.sliders.items()})
        self.view.value = plots.img(plots.png(fig, 80), plots.alt_text(fig))
