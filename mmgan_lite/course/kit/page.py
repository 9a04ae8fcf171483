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
        """Show a line of plain text, which a screen reader reads; `wrong` marks a remark that asks for action."""
        self.value = _status(html.escape(words), "vermilion" if wrong else "blue")

    def fold(self, words, *hidden):
        """Show a line of plain text; what happened stays folded beneath it until a click or a key opens it."""
        rest = " ".join(map(html.escape, hidden))
        self.value = _status(f"{html.escape(words)}<details><summary>What happened</summary>{rest}</details>", "blue")

    def still_html(self):
        """The HTML as it stands."""
        return self.value


def _status(page, colour):
    style = f"border-left: 4px solid {plots.OKABE_ITO[colour]}; padding: 2px 8px"
    return f'<div role="status" style="{style}">{page}</div>'
