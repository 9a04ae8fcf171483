"""A process closed in for the code of strangers: no network, no other processes, no file written outside one folder.

Made against accidents and pranks. Python code cannot take it off; who reads hand-ins of people that mean harm grades
in a container or a virtual machine.
"""

import ctypes
import os
import sys
import tempfile

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
_REFUSED = (
    "socket.", "subprocess.", "ctypes.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.kill",
    "pty.", "signal.pthread_kill", "syslog.", "webbrowser.", "urllib.",
)  # fmt: skip
_WRITING = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate",
    "os.utime", "shutil.",
)  # fmt: skip
_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def confine(folder):
    """Close this process in, for good; its only place to write is `folder`, where it goes."""
    os.chdir(folder)
    tempfile.tempdir = os.getcwd()
    sys.dont_write_bytecode = True
    without_network()
    sys.addaudithook(_guard(os.getcwd()))


def without_network():
    """Leave the network by the system's own means; returns whether it allows that."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)  # Linux
    return unshare is not None and (unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK) == 0)


def _guard(folder):
    """A hook for everything that Python tells of; it cannot be removed (PEP 578)."""
    refused, writing, inside = _REFUSED, _WRITING, (folder + os.sep, os.devnull)
    real, join, raising = os.path.realpath, os.path.join, PermissionError  # which a hand-in may replace elsewhere

    def within(path):
        if isinstance(path, int):
            return True  # a file that is open already
        path = path.decode("utf-8", "replace") if isinstance(path, bytes) else str(path)
        return (real(join(folder, path)) + os.sep).startswith(inside)

    def hook(event, arguments):
        if event.startswith(refused):
            raise raising(f"a hand-in may use no network and no other processes. Received: {event}")
        if event == "open" and not (arguments[2] or 0) & _FLAGS:
            return
        named = arguments[: 2 if "rename" in event else 1] if event == "open" or event.startswith(writing) else ()
        if not all(within(path) for path in named if path is not None):
            raise raising(f"a hand-in may write in its own folder alone. Received: {event}")

    return hook
