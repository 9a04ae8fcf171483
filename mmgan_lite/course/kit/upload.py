"""A file from the reader's own disk."""

import io

import ipywidgets as widgets


def chooser(words, endings):
    """A button with these words that opens the browser's own window to choose a file with one of these endings."""
    return widgets.FileUpload(accept=",".join(endings), description=words, layout={"width": "auto"})


def opened(control, asked):
    """The chosen file as an open binary file that knows its name.

    Args:
        control: As `chooser` makes it.
        asked: What to choose first, in words.

    Raises:
        ValueError: before a file is chosen.
    """
    if not control.value:
        raise ValueError(f"choose {asked}. Received: no file")
    file = io.BytesIO(control.value[0]["content"])
    file.name = control.value[0]["name"]  # for those who read it, and find fault
    return file
