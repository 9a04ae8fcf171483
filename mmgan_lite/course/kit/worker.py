"""Work in a thread: it begins, is asked to stop, and is gone on with, while the page still answers."""

import threading


class Worker:
    """A piece of work, in a thread of its own.

    Args:
        work: A function that does it; between two steps it looks at `stopping`, and ends once that is set.
        guard: A `Guard`, which sees what goes wrong in the thread.
        ended: A function of one bool, whether an error ended the work; the thread calls it last of all.

    Attributes:
        stopping: A `threading.Event`, set once somebody has asked the work to stop.
        is_running: Whether the work goes on.
        is_alive: Whether its thread does, which has the last words to say after the work.
    """

    def __init__(self, work, guard, ended):
        self._work, self._guard, self._ended = work, guard, ended
        self.stopping, self.is_running, self._thread = threading.Event(), False, None

    @property
    def is_alive(self):
        return self._thread is not None and self._thread.is_alive()

    def start(self):
        """Begin, unless it has begun before; a stop that was asked for already still holds."""
        if self._thread is None:
            self._begin()

    def go_on(self, *arguments):
        """Begin once more, with arguments for `work`; nothing happens while it runs."""
        if not self.is_running:
            self.wait()  # the last thread may still be calling `ended`
            self.stopping.clear()
            self._begin(*arguments)

    def _begin(self, *arguments):
        self.is_running = True
        self._thread = threading.Thread(target=self._guard(self._run), args=arguments, daemon=True)
        self._thread.start()

    def _run(self, *arguments):
        failed = True
        try:
            self._work(*arguments)
            failed = False
        finally:
            self.is_running = False  # before `ended` opens a button that begins again
            self._ended(failed)

    def stop(self):
        """Ask the work to end after its present step."""
        self.stopping.set()

    def wait(self):
        """Return once the thread has ended; at once where there is none, or where it is this one."""
        if self._thread not in (None, threading.current_thread()):
            self._thread.join()
