"""HTML that is replaced whole: a live page in the notebook, and kept with it for those who read without a kernel."""

import html

import ipywidgets as widgets

from mmgan_lite import plots


class Still:
    """A widget that leaves in the notebook what `still_html` returns, for those who read it without a kernel."""

    def _repr_mimebundle_(self, **kwargs):
        still = self.still_html()
        return super()._repr_mimebundle_(**kwargs) | ({} if still is None else {"text/html": still})


class Page(Still, widgets.HTML):
    """A piece of HTML, or a figure; one assignment replaces all of it, so nothing flickers.

    Args:
        value: HTML.
        name: A CSS class.
    """

    def __init__(self, value="", name="page", **kwargs):
        super().__init__(value, **kwargs)
        self.add_class(name)

    def draw(self, fig, dpi=80):
        """Show a figure, with its alt text, in the place of what stood there."""
        self.value = plots.img(plots.png(fig, dpi), plots.alt_text(fig))

    def say(self, words, wrong=False):
        """Show a line of plain text, which a screen reader tells; `wrong` marks it as a remark that asks for action."""
        colour = plots.OKABE_ITO["vermilion" if wrong else "blue"]
        style = f"border-left: 4px solid {colour}; padding: 2px 8px"
        self.value = f'<div role="status" style="{style}">{html.escape(words)}</div>'

    def still_html(self):
        """The HTML as it stands."""
        return self.value
