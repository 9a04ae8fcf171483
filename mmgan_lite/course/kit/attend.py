"""A cell that waits for its training: until it ends, is stopped or interrupted, or its page is gone."""

import asyncio

from IPython.display import display

from mmgan_lite.course.kit import again
from mmgan_lite.course.kit.page import Page

MOMENT = 0.1  # seconds between two looks; the kernel hears the Stop button meanwhile
AFRESH = 10  # moments after which a page that cannot be heard is told everything once more


class PageLeft(Exception):
    """The page was reloaded or closed; what it had begun goes on."""


async def attend(widget, kept):
    """Show a widget, let it work, wait until the work has ended, and raise what went wrong in it, if anything did.

    Args:
        widget: A `CourseWidget` that works: with `worker`, `reach`, `bar`, `start`, `go_on`, `stop` and `can_go_on`.
            If this cell was run before and has not come to its end, it is the widget of then that is shown.
        kept: What is said to be kept where the cell is interrupted, such as "what was learnt is kept".

    Raises:
        PageLeft: once the page was reloaded or closed, so that no cell runs that nobody would see. The work goes on.
    """
    earlier = again.take_up(widget)
    widget, begin = (widget, widget.start) if earlier is None else (earlier, earlier.go_on)
    shown = display(widget, display_id=True)
    begin()
    try:
        await _wait(widget, kept)
    except (KeyboardInterrupt, asyncio.CancelledError) as interrupt:  # the notebook's own stop button
        widget.stop()
        widget.worker.wait()
        further = "; run this cell again to go on" if _comes_again(widget) else ""
        raise _short(type(interrupt), f"stopped; {kept}{further}") from None
    _comes_again(widget)
    if widget.guard.errors:
        raise widget.guard.errors[-1]
    if shown is not None:  # there is a notebook: keep in it what pages without widgets can show
        shown.update(widget)


def _short(kind, words):
    """An exception of which the page shows one line, in place of asyncio's frames and ours."""
    error = kind(words)
    error._render_traceback_ = lambda: [f"{kind.__name__}: {words}"]  # IPython asks for it
    return error


def _comes_again(widget):
    """Whether the cell goes on when it is run again; where it cannot, it is to begin anew."""
    if not widget.can_go_on:
        again.forget(widget)
    return widget.can_go_on


async def _wait(widget, kept):
    """Until the work has ended; tell a page that is deaf how to stop."""
    reach, moments = widget.reach, 0
    further = ", and running this cell again goes on." if widget.resumable else "."
    reach.ask()
    while widget.worker.is_alive:
        await asyncio.sleep(MOMENT)
        moments += 1
        reach.tell(kept + further)
        if reach.is_left:
            raise _short(PageLeft, "the page was reloaded or closed; the work goes on: run this cell again to see it")
        if reach.is_deaf and moments % AFRESH == 0:
            _show_again(widget)
    reach.told.value = ""


def _show_again(widget):
    """Send from the main thread what the work's own thread has shown: Colab shows nothing else while a cell runs."""
    for part in (*(child for child in widget.children if isinstance(child, Page)), widget.bar):
        part.send_state("value")
