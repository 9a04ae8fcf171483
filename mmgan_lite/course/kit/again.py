"""A training cell that is run again takes up what it had begun, unless something that it reads was made anew.

So it goes on after a Stop or an interrupt, and a page that was reloaded finds its training, in every front end.
"""

import symtable
from typing import Any, NamedTuple

import ipywidgets as widgets
from IPython import get_ipython

PLAIN = bool, int, float, str, type(None)  # what is equal is the same


class Begun(NamedTuple):
    """A training that a cell began: its widget, and {name: value} of what the cell read and what it made."""

    widget: Any
    read: dict
    made: dict


_begun = {}  # {the text of a cell: `Begun`}, until it has come to its end


def take_up(widget):
    """The widget that this cell began before and can go on with, the cell's variables put back; None if there is none.

    Args:
        widget: What the running cell waits for, with `worker` and `stop`; it is remembered if it begins anew.
    """
    shell = get_ipython()
    text = _cell(shell)
    if text is None:
        return None
    earlier = _begun.get(text)
    if earlier is not None and all(_same(value, shell.user_ns.get(name)) for name, value in earlier.read.items()):
        shell.user_ns.update(earlier.made)
        return earlier.widget
    if earlier is not None and earlier.widget.worker.is_running:
        earlier.widget.stop()  # nobody sees it any more
    _begun[text] = Begun(widget, *_variables(shell, text, widget))
    return None


def forget(widget):
    """It has come to its end: the cell begins anew when it is run again."""
    for text in [text for text, begun in _begun.items() if begun.widget is widget]:
        del _begun[text]


def _cell(shell):
    """The text of the cell that is running, as Python; None where there is no notebook, or it is a magic's (`%%`)."""
    inputs = [] if shell is None else shell.user_ns.get("In", [])
    if not inputs or not inputs[-1] or inputs[-1].lstrip().startswith("%%"):
        return None
    return shell.transform_cell(inputs[-1])


def _variables(shell, text, widget):
    """What a cell reads of the notebook, and what it has made: two {name: value}."""
    tables, read, made = [symtable.symtable(text, "cell", "exec")], set(), set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        made |= {one.get_name() for one in table.get_symbols() if top and (one.is_assigned() or one.is_imported())}
        read |= {one.get_name() for one in table.get_symbols() if one.is_referenced() and (top or one.is_global())}
    values = {name: shell.user_ns[name] for name in read | made if name in shell.user_ns}
    # another widget of the cell was shown anew: the one that is in the page must be the one that counts
    kept = {name for name in made if values.get(name) is widget or not isinstance(values.get(name), widgets.Widget)}
    return {name: values[name] for name in values.keys() & (read - made)}, {n: values[n] for n in values.keys() & kept}


def _same(one, other):
    return one is other or (isinstance(one, PLAIN) and isinstance(other, PLAIN) and one == other)
