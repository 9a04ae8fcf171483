"""How many processor cores this process may use: a container's share, not the machine's."""

import math
import os
from pathlib import Path

CGROUPS, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def cores():
    """How many cores may be used, at least 1: what the system allots, and at most what a container's quota is worth.

    `docker run --cpus=1` leaves all cores in sight, and gives the time of one; a part of a core counts as one.
    """
    allotted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allotted, *map(math.ceil, _quotas())]))


def _quotas():
    """How many cores' time each control group above this process grants, where it sets a limit (Linux alone)."""
    for folder in _own_folders():
        yield from _quota(*_words(folder / "cpu.max")[:2])  # version 2: "100000 100000", or "max 100000"
    first = CGROUPS / "cpu"  # version 1
    yield from _quota(*_words(first / "cpu.cfs_quota_us"), *_words(first / "cpu.cfs_period_us"))


def _own_folders():
    """The group of this process and those above it; a container sees its own as the root."""
    own = next((path for group, _, path in (line.split(":", 2) for line in _lines(OWN)) if group == "0"), "/")
    folder = CGROUPS / own.lstrip("/")
    return [one for one in (folder, *folder.parents) if one.is_relative_to(CGROUPS)]


def _quota(limit="max", period="0"):
    if limit.isdigit() and period.isdigit() and int(period):  # else "max", or version 1's -1: no limit
        yield int(limit) / int(period)


def _words(path):
    return [word for line in _lines(path) for word in line.split()]


def _lines(path):
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
