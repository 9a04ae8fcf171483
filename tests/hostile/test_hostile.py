"""Nothing runs, nothing hangs: every hostile file and value is refused in a sentence, at once and in little memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from corpus import CORPUS

HERE = Path(__file__).parent
SECONDS, MEGABYTES, CHARACTERS = 10, 200, 1500  # of processor time: what takes longer might as well hang


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """{attempt: what came of it}, of all attempts in one process: TensorFlow takes ten seconds to load."""
    folder = tmp_path_factory.mktemp("hostile")
    path = os.pathsep.join([str(HERE), str(HERE.parent.parent)])
    done = subprocess.run(
        [sys.executable, HERE / "attack.py", folder], capture_output=True, text=True, timeout=600,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (lines[-1:], done.stderr[-3000:])
    return {line["name"]: line for line in lines if "name" in line}


@pytest.mark.parametrize("name", CORPUS)
def test_refused_in_a_sentence_at_once_and_in_little_memory(answers, name):
    answer = answers[name]
    assert answer["kind"] in ("ValueError", "FileNotFoundError"), answer
    assert answer["told"] in answer["message"] and len(answer["message"]) < CHARACTERS, answer
    assert not answer["events"], "something ran, or was touched outside"
    assert answer["seconds"] < SECONDS and answer["megabytes"] < MEGABYTES, answer
