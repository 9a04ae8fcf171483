"""The keyboard's way through every widget of a page: keys reach the control in focus, and the eye sees which it is."""

from mmgan_lite.course.kit.front import Front


class Keys(Front):
    """Nothing to see; once it is shown, it serves all widgets of its page.

    Without it, JupyterLab takes an arrow key in a menu for "next cell", and an "x" for "cut this cell"; and a slider
    shows no sign that it is in focus.
    """
