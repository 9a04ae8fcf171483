"""A widget with a side in the page: the JavaScript and the looks next to its module, under its name."""

import inspect
from pathlib import Path

import anywidget

_SHARED = Path(__file__).with_name("dom.js").read_text(encoding="utf-8")  # what the pages' sides have in common


class Front(anywidget.AnyWidget):
    """The base of what is drawn in the page: of a class in `x.py`, `x.js` is run there, with the looks of `x.css`."""

    def __init_subclass__(cls, **kwargs):
        if not hasattr(cls, "_esm"):  # ipywidgets derives another class from this one, for each widget
            module = Path(inspect.getfile(cls))
            cls._esm = _SHARED + module.with_suffix(".js").read_text(encoding="utf-8")
            if module.with_suffix(".css").exists():
                cls._css = module.with_suffix(".css").read_text(encoding="utf-8")
        super().__init_subclass__(**kwargs)
