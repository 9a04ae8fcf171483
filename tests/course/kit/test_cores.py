"""How many cores may be used, told by files like those of Linux."""

import os

import pytest

from mmgan_lite.course.kit import cores

DEEP = "user/lesson"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function: the files of a machine with eight cores, as {name: text}; returns how many cores may be used."""
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(cores, "CGROUPS", tmp_path)
    monkeypatch.setattr(cores, "OWN", tmp_path / "own")

    def found(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return cores.cores()

    return found


@pytest.mark.parametrize(
    "files, expected",
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "100000 100000\n"}, 1),  # docker run --cpus=1
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "1600000 100000\n"}, 8),
        ({"cpu.max": "a rubbish file\n"}, 8),
        ({"own": f"0::/{DEEP}\n", f"{DEEP}/cpu.max": "300000 100000\n"}, 3),
        ({"own": f"0::/{DEEP}\n", f"{DEEP}/cpu.max": "max 100000\n", "user/cpu.max": "200000 100000\n"}, 2),
        ({"own": "0::/docker/not/mounted/here\n", "cpu.max": "200000 100000\n"}, 2),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1),
    ],
)
def test_a_container_has_the_cores_that_it_may_use(machine, files, expected):
    assert machine(files) == expected


def test_cores_that_are_kept_for_others_do_not_count(machine, monkeypatch):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda _: {3, 5}, raising=False)  # taskset, cpusets
    assert machine({}) == 2


def test_systems_without_affinity_have_what_the_machine_has(machine, monkeypatch):
    monkeypatch.delattr(cores.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert machine({}) == 1
