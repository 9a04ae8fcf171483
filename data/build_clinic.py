"""Record data/clinic.npz: the runs that notebook 04 gives to diagnose, five ill ones and a healthy one.

    python data/build_clinic.py [--out data/clinic.npz]

Some ten seconds a run on two cores. Put the printed SHA-256 into
`mmgan_lite/course/players/clinic_recipes.py`. The numbers of another machine may differ in their last digits.
"""

import argparse
import hashlib
import io
from pathlib import Path

import numpy as np

from mmgan_lite.course.players import clinic_recipes, doctor
from mmgan_lite.course.players.toy_run import ToyRun

CASES = {  # letter: (illness, which of its recipes, seed)
    "P": ("condition ignored", 1, 30),
    "Q": ("vanishing gradient", 0, 31),
    "R": ("mode collapse", 0, 32),
    "S": ("healthy", 2, 33),
    "T": ("oscillation", 0, 34),
    "U": ("D too strong", 0, 35),
}
POINTS = 128  # of each snapshot


def record():
    """{"<letter>.<signal>": float32 (records,), "<letter>.samples": float16 (records, points, 2)}."""
    arrays = {}
    for letter, (illness, number, seed) in CASES.items():
        run = ToyRun(clinic_recipes.ILL[illness][number], seed=seed)
        history = run.finish()
        arrays |= {f"{letter}.{name}": np.array(values, "float32") for name, values in history.items()}
        arrays[f"{letter}.samples"] = np.array(run.snapshots, "float16")[:, :POINTS]
        print(f"{letter}: {illness}; the doctor says {doctor.examine(history).illness}; {run.mode_coverage()}")
    return arrays


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "clinic.npz")
    out, file = parser.parse_args().out, io.BytesIO()
    np.savez_compressed(file, **record())
    out.write_bytes(file.getvalue())
    print(f"{out}: {len(file.getvalue()) / 1000:.0f} kB, SHA-256 {hashlib.sha256(file.getvalue()).hexdigest()}")
