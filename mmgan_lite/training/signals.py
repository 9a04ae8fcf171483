"""Ctrl-C, and what else asks a process to end, heard between two steps and not in the middle of one."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

HEARD = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_TOLD = b"\nstopping after this step; then what was learnt is saved ...\n"


@contextlib.contextmanager
def heard(stop: threading.Event) -> Iterator[list[int]]:
    """Let signals set an event for a while, so that a step is never torn, nor is what is being saved.

    SIGTERM and SIGHUP (the terminal is gone) then do, at the end of the block, what they would have done at once.
    Outside the main thread nothing can be heard: there the event alone stops a training. Who started the process deaf
    to a signal, as `nohup` does, wants it so.

    Args:
        stop: The event.

    Yields:
        A list that signals are added to as they come.
    """
    came: list[int] = []

    def hear(number, _):
        if not came:
            with contextlib.suppress(OSError):
                os.write(2, _TOLD)  # no print: the signal may have come in the middle of one
        came.append(number)
        stop.set()

    before = {}
    if threading.current_thread() is threading.main_thread():
        deaf = (signal.SIG_IGN, None)
        before = {number: signal.signal(number, hear) for number in HEARD if signal.getsignal(number) not in deaf}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            if number != signal.SIGINT:
                signal.raise_signal(number)
