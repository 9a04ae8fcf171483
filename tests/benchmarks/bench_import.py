"""What importing every public name of the kit costs, beside TensorFlow's own import.

    python tests/benchmarks/bench_import.py

Both are measured in one fresh process a round, one after the other, in processor time: what else the machine does meets
both, and the ratio holds from one machine to another. TensorFlow with Keras is what any such project pays. The course
is left out: its widgets are opened one by one.
"""

import argparse
import json
import statistics
import subprocess
import sys

CODE = """
import json, time
start = time.process_time()
import tensorflow, keras
between = time.process_time()
import mmgan_lite as mm
for name in mm.__all__:
    if name != "course":
        getattr(mm, name)
print(json.dumps([between - start, time.process_time() - between]))
"""


def measured():
    """Processor seconds of a fresh Python: for TensorFlow and Keras, and for the kit upon them."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = [measured() for _ in range(parser.parse_args().rounds)]
    for number, (tensorflow, kit) in enumerate(rounds, 1):
        print(f"round {number}: TensorFlow and Keras {tensorflow:.2f} s, the kit {kit:.2f} s more", flush=True)
    ratios = [kit / tensorflow for tensorflow, kit in rounds]
    print(f"the kit adds {statistics.median(ratios):.1%} (median; {min(ratios):.1%} to {max(ratios):.1%})")


if __name__ == "__main__":
    main()
