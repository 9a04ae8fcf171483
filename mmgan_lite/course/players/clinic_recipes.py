"""The clinic: runs on points that are healthy, or ill on purpose, and recorded ones to diagnose.

A `ToyRun` trains by such a `ToyConfig`, and its `Logbook` makes the history that `doctor.py` reads. Notebook 04.
"""

from pathlib import Path

from mmgan_lite import files
from mmgan_lite.course.players.toy_run import ToyConfig

CASES_FILE = files.DATA / "clinic.npz"
CASES_SHA256 = "930bd56dd6fbf52bb0572a07d6ca5ae3da3eb266233bc46d3820d665926b8542"

_BARE = ToyConfig(penalty="none")
_SATURATING = _BARE.but(loss="minimax", optimizer="sgd", g_rate=0.02, d_rate=1e-2, head_start=500, noise=0.2)
ILL = {  # illness: recipes that bring it about; the doctor's thresholds were chosen on them
    "mode collapse": [_BARE.but(g_steps=5), _BARE.but(g_steps=10, g_rate=1e-3)],
    "vanishing gradient": [_SATURATING, _SATURATING.but(optimizer="adam", g_rate=1e-4, head_start=1000)],
    "oscillation": [_BARE.but(momentum=0.9, d_rate=3e-3, g_rate=3e-3), _BARE.but(momentum=0.95)],
    "D too strong": [_BARE.but(d_rate=1e-2, g_rate=2e-5, d_steps=3), _BARE.but(d_rate=5e-3, g_rate=1e-5)],
    "condition ignored": [ToyConfig(condition="shuffled"), ToyConfig(condition="unseen")],
    "healthy": [ToyConfig(), _BARE, ToyConfig(condition="told")],
}
WARD = {  # the notebook's four; what they have is for its readers to find
    "patient 1": ILL["mode collapse"][0],
    "patient 2": ILL["D too strong"][0],
    "patient 3": ILL["oscillation"][1],
    "patient 4": ILL["vanishing gradient"][1],
}


def load_cases(path=CASES_FILE):
    """The recorded runs of notebook 04; `python data/build_clinic.py` records them.

    Returns:
        {letter: {"history": {signal: float32 (records,)}, "samples": float32 (records, points, 2)}}.
    """
    arrays = files.read_checked(Path(path), CASES_SHA256, "python data/build_clinic.py")
    cases = {}
    for name, array in arrays.items():
        letter, what = name.split(".")
        case = cases.setdefault(letter, {"history": {}, "samples": None})
        if what == "samples":
            case["samples"] = array.astype("float32")
        else:
            case["history"][what] = array
    return cases
