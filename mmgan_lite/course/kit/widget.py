"""The base of the course's widgets: it guards their callbacks, names their controls, and keeps their pages."""

import ipywidgets as widgets

from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.course.kit.page import Page, Still


class CourseWidget(Still, widgets.VBox):
    """Controls and pages, one below the other.

    A subclass begins with `super().__init__()`, makes its controls and pages, and ends with `lay_out`.

    Args:
        guard: The `Guard` of the widget that this one is a part of; None makes one.

    Attributes:
        name: With this begin the CSS classes of its controls and pages.
        kept: Names of the attributes that hold the pages for readers without a kernel.
        guard: It sees every error of a callback or of a thread.
    """

    name, kept = "widget", ()

    def __init__(self, guard=None):
        super().__init__()
        self.guard = guard or Guard()

    def control(self, name, control, react=None, trait="value"):
        """A control with its CSS class; `react`, if there is one, answers to its moves."""
        control.add_class(f"{self.name}-{name}")
        if react is not None:
            self.on(control, react, trait)
        return control

    def named(self, controls, react=None):
        """The same for each of {name: control}."""
        return {name: self.control(name, control, react) for name, control in controls.items()}

    def make_button(self, name, words, press, **look):
        """A button with its CSS class, the words on it, and what a click does."""
        return self.control(name, widgets.Button(description=words, **look), press)

    def on(self, control, react, trait="value"):
        """Call `react`, without arguments, after each click of a button, or each change of another control."""
        answer = self.guard(lambda _: react())
        if isinstance(control, widgets.Button):
            control.on_click(answer)
        else:
            control.observe(answer, trait)

    def page(self, name):
        """An empty `Page` with its CSS class."""
        return Page(name=f"{self.name}-{name}")

    def lay_out(self, *parts):
        """Show the parts, and below them what goes wrong."""
        self.children = [*parts, self.guard.view]
        self.add_class(self.name)

    def still_html(self):
        """What a page without a kernel shows, as HTML; None leaves it to the browser."""
        pages = (getattr(self, name).value for name in self.kept)
        return "".join(f"<div>{page}</div>" for page in pages) or None


def row(*parts, **layout):
    """Parts side by side; in a narrow page, the last ones below."""
    return widgets.HBox(parts, layout={"flex_flow": "row wrap", **layout})
