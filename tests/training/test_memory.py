"""What one training leaves behind, the next ones would add to: measured in a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent
EACH = 1.0  # megabytes; a leak of every variable's name was 7, and 5% over twenty trainings are 2


def test_a_training_leaves_no_memory_and_no_thread_behind():
    """Of the graphs that a traced step would leave, tests/test_steps.py tells."""
    bench = TESTS / "benchmarks" / "bench_memory.py"
    arguments = ["--trainings", "4", "--steps", "1", "1", "--eagerly"]
    done = subprocess.run(
        [sys.executable, bench, *arguments], capture_output=True, text=True, check=True, cwd=TESTS.parent
    )
    told = re.findall(r"training \d: .* ([\d.]+) MB in use, (\d+) threads", done.stdout)
    assert float(told[3][0]) - float(told[2][0]) < EACH, done.stdout
    assert {threads for _, threads in told} == {"1"}
