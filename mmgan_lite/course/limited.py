"""A function run in a child process with limits: whatever it does, its parent goes on and learns how it ended.

The child is forked, so it has all that its parent has, and nothing needs to be pickled. What it returns comes back as
JSON. TensorFlow's own threads are missing in a child whose parent has already computed with them: there it waits for
ever without computing, which is told apart as "idle".
"""

import contextlib
import ctypes
import dataclasses
import io
import json
import os
import secrets
import select
import signal
import sys
import tempfile
import time
import warnings

CAN_FORK = sys.platform == "linux"  # macOS has fork, but its own libraries do not survive one
MEMORY = 2**30  # bytes that a child may take beyond what its parent has
PRINTED = 20_000  # characters of what it prints that are kept
_ANSWER = 2**20  # bytes that it may send back
_FILES = 2**24  # bytes of a file that it may write
IDLE = 1.5  # seconds without any computing, after which it counts as idle
_GLANCE = 0.1  # seconds between two looks at it
_DEATH_SIGNAL = 1  # of prctl(2): sent to a child when its parent ends, however that ends


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a child ended: `how` is "done", "too long", "idle" or "died"; what it returned, and what it printed."""

    how: str
    value: object = None
    printed: str = ""


def run(function, seconds, memory=MEMORY, *, prepare=None, idle=None):
    """Call a function of no arguments in a child process.

    Args:
        function: Returns what JSON can hold; raises nothing.
        seconds: Time that it may take; then it is killed, with all processes that it has started.
        memory: Bytes that it may take beyond what is taken now; more is a `MemoryError` inside.
        prepare: Called first in the child, to close it in further.
        idle: Seconds without computing after which it is given up; None: never before its time is over.

    Returns:
        `Ended`.
    """
    token, parent, (reading, writing) = secrets.token_hex(8), os.getpid(), os.pipe()
    with tempfile.TemporaryFile() as printed, open(reading, "rb", buffering=0) as pipe:
        child = _forked()
        if child == 0:
            os.close(reading)
            _be_child(function, writing, token, printed.fileno(), int(seconds) + 2, memory, prepare, parent)
        os.close(writing)
        try:
            how, line = _wait(child, pipe, seconds, idle)
        finally:  # an interruption as well: nothing is left running
            _end(child)
        printed.seek(0)
        words = printed.read(4 * PRINTED).decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        if how == "done":
            told, value = json.loads(line)
            if told == token:  # and no line that the function itself has written
                return Ended("done", value, words)
    return Ended("died" if how == "done" else how, None, words)


def _forked():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: of a fork with threads; that is known here
        sys.stdout.flush()
        return os.fork()


def _be_child(function, writing, token, printed, seconds, memory, prepare, parent):
    """All that the child does; it never returns."""
    try:
        os.setsid()  # a session of its own: an interruption of the notebook is not for it, and it is killed as a whole
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _limit(seconds, memory)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        sys.stdout = sys.stderr = _Bounded(printed)
        _close_all_but(0, 1, 2, writing, printed)
        prctl = ctypes.CDLL(None).prctl  # which a child that was closed in may not look up
        if prepare is not None:
            prepare()
        prctl(_DEATH_SIGNAL, signal.SIGKILL)  # last: a change of rights forgets it
        if os.getppid() != parent:
            os._exit(0)  # the parent was quicker
        os.write(writing, (json.dumps([token, function()])[:_ANSWER] + "\n").encode())
    finally:
        os._exit(0)  # no clean-up: it belongs to the parent


def _close_all_but(*kept):
    """Close the parent's files and pipes: what a stranger writes into them would reach it."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


def _limit(seconds, memory):
    import resource

    with open("/proc/self/statm", encoding="ascii") as sizes:
        taken = int(sizes.read().split()[0]) * resource.getpagesize()
    limits = {"AS": taken + memory, "CPU": 4 * seconds, "FSIZE": _FILES, "CORE": 0}
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


class _Bounded(io.TextIOBase):
    """Where a child prints: a file that takes so many characters, and lets the rest fall."""

    def __init__(self, descriptor):
        self.descriptor, self.left = descriptor, PRINTED

    def writable(self):
        return True

    def write(self, words):
        kept = words[: self.left]
        self.left -= len(kept)
        os.write(self.descriptor, kept.encode("utf-8", "replace"))
        if kept and not self.left:
            os.write(self.descriptor, "\n… and more, which is left out".encode())
        return len(words)


def _wait(child, pipe, seconds, idle):
    """("done", the line that was sent), or how it ends without one."""
    line, start = b"", time.monotonic()
    busy, computed = start, 0.0
    while not line.endswith(b"\n"):
        now = time.monotonic()
        if now - start > seconds:
            return "too long", b""
        if _computed(child) > computed:
            busy, computed = now, _computed(child)
        elif idle is not None and now - busy > idle:
            return "idle", b""
        if select.select([pipe], [], [], _GLANCE)[0]:
            part = pipe.read(2**16)
            if not part or len(line) > 2 * _ANSWER:
                return "died", b""
            line += part
    return "done", line


def _computed(child):
    """Hundredths of a second of processor time that a child has taken."""
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{child}/stat", "rb") as file:
        return sum(map(int, file.read().rpartition(b")")[2].split()[11:13]))
    return 0


def _end(child):
    for kill in (os.killpg, os.kill):  # before it has its own session, there is no such group
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
