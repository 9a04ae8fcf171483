"""A question before an experiment: what will happen? The experiment opens once a guess is stored."""

import html

import ipywidgets as widgets

from mmgan_lite.course.kit.keys import Keys
from mmgan_lite.course.kit.page import Page, Still
from mmgan_lite.course.kit.widget import CourseWidget


class Predict(CourseWidget):
    """A question with options; show it in a cell, then the experiment behind `gate`, then the outcome by `beside`.

    Args:
        question: Plain text.
        options: Strings, of which one is guessed.

    Attributes:
        guess: The option that was stored, or None.

    Example:
        moves = Predict("Whose weights does a step of D move?", ["D's", "G's", "both"])
        moves.gate(experiment)
        moves.beside("D's", "G waited for its turn.")
    """

    name = "predict"

    def __init__(self, question, options):
        super().__init__()
        self.question, self.guess, self._gates, self._outcomes = question, None, [], []
        choice = widgets.RadioButtons(options=list(options), index=None, layout={"width": "auto"})
        self.choice = self.control("options", choice, self._choose)
        self.button = self.make_button("store", "Store my guess", self._press, icon="lock", disabled=True)
        self.told = self.page("told")
        self.told.value = "Choose what you expect, then store it. It is never marked."
        asked = widgets.HTML(f"<b>Predict.</b> {html.escape(question)}")
        keys = Keys()  # every notebook has a question, so it serves every notebook
        self.lay_out(asked, self.choice, widgets.HBox([self.button, self.told]), keys)

    def _choose(self):
        if self.guess is None:
            self.button.disabled = False
        else:
            self.choice.value = self.guess  # a change that was on its way when the guess was stored

    def _press(self):
        if self.guess is None:  # not twice, in haste
            self.store(self.choice.value)

    def store(self, guess):
        """Store a guess, as the button does, and open what waits for it."""
        if guess not in self.choice.options:
            raise ValueError(f"a guess must be one of {self.choice.options}. Received: {guess!r}")
        self.guess = self.choice.value = guess
        self.choice.disabled = self.button.disabled = True
        self.told.value = f'<span role="status">Stored: {html.escape(guess)}</span>'
        for opened in self._gates:
            opened()
        for show in self._outcomes:
            show()

    def gate(self, experiment):
        """The experiment, any widget, in a box that stays closed until a guess is stored."""
        closed = widgets.HTML("<i>This opens when a guess is stored above.</i>")
        box = _Gate([closed, experiment]).add_class("predict-gate")

        def show():
            closed.layout.display, experiment.layout.display = ("none", None) if self.guess else (None, "none")

        self._gates.append(show)
        show()
        return box

    def beside(self, outcome, why=""):
        """The stored guess next to what happened; without a guess, what happened is folded away.

        Args:
            outcome: The option that came true; it may be computed from what was measured.
            why: A sentence or two, in plain text.
        """
        if outcome not in self.choice.options:
            raise ValueError(f"an outcome must be one of {self.choice.options}. Received: {outcome!r}")
        page = Page(name="predict-outcome")

        def show():
            happened = f"What happened: “{outcome}”."
            if self.guess is None:  # a page that is read without a kernel gives no answer away
                return page.fold("You did not guess; scroll up and do.", happened, why)
            same = " As you expected." if self.guess == outcome else ""
            page.say(f"You guessed “{self.guess}”. {happened}{same} {why}")

        self._outcomes.append(show)
        show()
        return page

    def still_html(self):
        """The question and its options."""
        options = "".join(f"<li>{html.escape(option)}</li>" for option in self.choice.options)
        return f"<b>Predict.</b> {html.escape(self.question)}<ul>{options}</ul>"


class _Gate(Still, widgets.VBox):
    """A box whose experiment stays closed for a while; a page without widgets, which nobody can use, shows it open."""

    def still_html(self):
        """The experiment's, if it has one."""
        return getattr(self.children[1], "still_html", lambda: None)()
