"""The guard: an error in a button's callback or in a thread is seen, instead of vanishing without a trace."""

import functools
import html
import os
import traceback

import ipywidgets as widgets


class Guard:
    """Catches what a callback or a thread raises, keeps it, and shows it in the page.

    Use it as a decorator for every callback and every thread target. Jupyter itself drops an error of a clicked
    button or of a thread without a word.

    Attributes:
        raises: Whether errors are raised as well, once they are shown; only tests want that.
        errors: Every exception that was caught, in order.
        view: An HTML widget, empty while all is well.
    """

    raises = os.environ.get("MMGAN_RAISE") == "1"  # in a notebook's kernel too, when its cells are tested

    def __init__(self):
        self.errors = []
        self.view = widgets.HTML()
        self.view.add_class("guard")

    def __call__(self, function):
        """The function, guarded."""

        @functools.wraps(function)
        def guarded(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except Exception as error:
                self.note(error)
                if self.raises:
                    raise

        return guarded

    def note(self, error):
        """Keep an exception and show it."""
        self.errors.append(error)
        lines = html.escape("".join(traceback.format_exception(error)))
        told = html.escape(f"{type(error).__name__}: {error}")
        self.view.value = (
            f'<div role="alert" style="border-left: 4px solid #D55E00; padding: 4px 8px">'
            f"<b>Something went wrong in this widget.</b> {told}"
            f"<details><summary>Where</summary><pre>{lines}</pre></details></div>"
        )
