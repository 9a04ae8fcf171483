"""How much a notebook may compute, and on what."""

import pytest

from mmgan_lite.course.kit import budget


def test_budget_is_read_from_the_environment(monkeypatch):
    monkeypatch.delenv("MMGAN_BUDGET", raising=False)
    assert budget.budget() == "class"
    monkeypatch.setenv("MMGAN_BUDGET", "full")
    assert budget.budget() == "full"
    monkeypatch.setenv("MMGAN_BUDGET", "huge")
    with pytest.raises(ValueError, match=r"one of smoke, class, full. Received: 'huge'"):
        budget.budget()


def test_device_names_what_tensorflow_sees(monkeypatch):
    monkeypatch.setattr(budget.tf.config, "list_physical_devices", lambda kind: [])
    for number, told in ((1, "the CPU (1 core)"), (2, "the CPU (2 cores)")):
        monkeypatch.setattr(budget, "cores", lambda number=number: number)
        assert budget.device() == told
    monkeypatch.setattr(budget.tf.config, "list_physical_devices", lambda kind: ["gpu"])
    assert budget.device() == "the GPU"
