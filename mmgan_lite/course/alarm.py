"""A limit on the time of what runs in this thread, where no child process can be had (`limited`)."""

import contextlib
import ctypes
import signal
import threading


class TooLong(BaseException):
    """The answer took too long. No `Exception`: an answer that catches all of those must not catch this."""


@contextlib.contextmanager
def at_most(seconds):
    """Raise `TooLong` in this thread when the time is over, and again until it is heard.

    On the main thread a signal does it, which wakes a sleep too; elsewhere Python hears it between two of its steps.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return (yield from _alarmed(seconds))
    return (yield from _watched(seconds))


_AGAIN = 0.05  # seconds to the next attempt: an answer that catches everything is hit outside its `try`


def _alarmed(seconds):
    armed = [True]

    def raise_it(_, frame):
        if armed and frame.f_code is not _alarmed.__code__:  # never on the way out, below
            raise TooLong

    before = signal.signal(signal.SIGALRM, raise_it)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield
    finally:
        armed.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _watched(seconds):
    thread, ended = ctypes.c_ulong(threading.get_ident()), threading.Event()

    def watch():
        pause = seconds
        while not ended.wait(pause):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TooLong))
            pause = _AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while watcher.is_alive():
            with contextlib.suppress(TooLong):  # one that was on its way
                ended.set()
                watcher.join()
