"""Two trainings in one folder: the second is refused, and a dead process holds nothing."""

import subprocess
import sys

import pytest

from mmgan_lite.training.lock import locked

HOLD = """
import sys, time
from mmgan_lite.training.lock import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_refused_until_the_first_lets_go(tmp_path):
    path = tmp_path / "checkpoint" / "lock"
    path.parent.mkdir()
    with locked(path):
        with pytest.raises(ValueError, match="another training is at work in this folder") as refused, locked(path):
            pass
        assert str(refused.value).endswith(f"Received: {tmp_path}")
    with locked(path):
        pass


def test_a_killed_process_holds_nothing(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    try:
        with pytest.raises(ValueError, match="another training"), locked(tmp_path / "lock"):
            pass
    finally:
        process.kill()
        process.communicate()
    with locked(tmp_path / "lock"):
        pass
