"""A file from the reader's own disk, which a `FileUpload` holds, as an open file."""

import io


def opened(control, asked):
    """The chosen file as an open binary file that knows its name.

    Args:
        control: An ipywidgets `FileUpload` of one file.
        asked: What to choose first, in words.

    Raises:
        ValueError: before a file is chosen.
    """
    if not control.value:
        raise ValueError(f"choose {asked}. Received: no file")
    file = io.BytesIO(control.value[0]["content"])
    file.name = control.value[0]["name"]  # for those who read it, and find fault
    return file
