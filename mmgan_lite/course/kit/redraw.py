"""One figure under a few controls, drawn anew whenever one of them is moved."""

import ipywidgets as widgets

from mmgan_lite import plots
from mmgan_lite.course.kit.widget import CourseWidget


class Redrawn(CourseWidget):
    """Controls and a picture that follows them.

    Args:
        draw: A function of one keyword argument a control; it returns a Figure whose Axes carry alt text, or a pair of
            it and the numbers that it shows, {heading: values}, which the learner may open as a table. It should answer
            within a fifth of a second: compute beforehand what is slow.
        name: The CSS classes begin with it: `<name>-slider-<argument>` and `<name>-view`; the first control is also
            `<name>-slider`.
        **choices: {argument: a widget with a value, or a list of values to choose from}. A list becomes a slider that
            starts in the middle; numbers in [0, 1] are shown as percentages.

    Attributes:
        sliders: {argument: widget}.
        view: A `Page` that holds the picture with its alt text.
        numbers: A `Page` with the numbers, where `draw` gives some.
    """

    kept = ("view",)

    def __init__(self, draw, name, **choices):
        super().__init__()
        self._draw, self.name = draw, name
        self.sliders = {argument: self._slider(argument, choice) for argument, choice in choices.items()}
        self.control("slider", next(iter(self.sliders.values())))
        self.view, self.numbers = self.page("view"), self.page("numbers")
        opener = widgets.ToggleButton(False, description="Show the numbers",
                                      layout={"width": "auto", "align_self": "flex-start"})  # fmt: skip
        self.opener = self.control("open", opener, self._redraw)
        self._redraw()
        self.lay_out(*self.sliders.values(), self.view, self.opener, self.numbers)

    def _slider(self, argument, choice):
        control = choice if isinstance(choice, widgets.Widget) else _slider(argument, choice)
        return self.control(f"slider-{argument}", control, self._redraw)

    def _redraw(self):
        drawn = self._draw(**{argument: control.value for argument, control in self.sliders.items()})
        fig, numbers = drawn if isinstance(drawn, tuple) else (drawn, None)
        self.view.draw(fig)
        self.opener.layout.display = None if numbers else "none"
        self.numbers.value = plots.table(numbers, opened=True) if numbers and self.opener.value else ""


def _slider(argument, values):
    shares = all(isinstance(value, float) and 0 <= value <= 1 for value in values)
    options = [(f"{value:.0%}" if shares else str(value), value) for value in values]
    middle = values[len(values) // 2]
    return widgets.SelectionSlider(options=options, value=middle, description=argument, continuous_update=False)
