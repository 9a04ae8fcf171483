"""Make every attempt of the corpus in this one process, and print what came of each: a line of JSON.

python attack.py FOLDER
"""

import contextlib
import faulthandler
import json
import os
import resource
import shutil
import sys
import time
import warnings
from pathlib import Path

from corpus import CORPUS, places, runs, values

import mmgan_lite as mm

SECONDS = 30  # after that an attempt has hung
ROOM = 3 * 2**30  # bytes that all attempts may ask for beyond the start
# what would run something, or change something outside of the folder
RUNS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile", "pty.spawn",
        "pickle.find_class", "socket.connect", "ctypes.dlopen", "webbrowser.open", "urllib.Request")  # fmt: skip
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.truncate")
OUR_OWN = (sys.prefix, sys.base_prefix, str(Path(mm.__file__).parent.parent), "/proc/self/", "/usr/", "/sys/", "/lib")
events, watched = [], []


def watch(event, arguments):
    """An audit hook: Python tells it of whatever touches the world."""
    if not watched:
        return
    if event in RUNS or event in CHANGES:
        events.append(f"{event}{arguments!r}"[:200])
    elif event == "open" and isinstance(arguments[0], str | bytes):
        path, _, flags = os.path.abspath(os.fsdecode(arguments[0])), *arguments[1:]
        inside = path.startswith(str(watched[0])) or (not flags & 3 and path.startswith(OUR_OWN))
        if not inside or flags & 3:
            events.append(f"open {path}")


def memory():
    """(now, at most since it was last asked), in bytes."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    now, most = (int(status[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    return now, most


def content(folder):
    return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*"))


def attempt(name, folder):
    """What one attempt raised, and what it took."""
    folder.mkdir()
    call, told = CORPUS[name](folder)
    before, start, (now, _) = content(folder), time.process_time(), memory()
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    watched.append(folder)
    try:
        error = call() and None
    except BaseException as raised:
        error = raised
    watched.clear()
    faulthandler.cancel_dump_traceback_later()
    seconds, most = time.process_time() - start, memory()[1]
    changed = "something in the folder was changed" if content(folder) != before else ""
    shutil.rmtree(folder)
    return {
        "name": name, "kind": type(error).__name__, "message": str(error), "told": told, "seconds": seconds,
        "megabytes": (most - now) / 2**20, "events": [*events, *filter(None, [changed])],
    }  # fmt: skip


def warm_up(folder):
    """Once, what any first call costs: the libraries are loaded, the graphs traced."""
    values.model().generate({"text": ["a red"]}, to="image")
    for prepare in (places.in_place_of("a folder", "a.png"), runs.page(seed=1)):
        folder.mkdir()
        call, _ = prepare(folder)
        with contextlib.suppress(ValueError, FileNotFoundError):
            call()
        shutil.rmtree(folder)
    mm.speech.from_waveform(values.np.sin(values.np.arange(8000)), 8000)


def main(folder):
    warnings.simplefilter("ignore")
    warm_up(folder / "warm")
    sys.addaudithook(watch)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, now + ROOM))  # a bomb that goes off ends in a MemoryError
    for number, name in enumerate(CORPUS):
        print(json.dumps({"begun": name}), flush=True)
        events.clear()
        print(json.dumps(attempt(name, folder / f"{number}")), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
