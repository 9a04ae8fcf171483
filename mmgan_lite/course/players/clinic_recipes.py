"""The clinic: runs on points that are healthy, or ill on purpose, and recorded ones to diagnose.

A `Trial` trains by a `Recipe`, and its `recorder.Recorder` makes the history that `doctor.py` reads. Notebook 04.
"""

from pathlib import Path

from mmgan_lite import files
from mmgan_lite.course.players.toy_run import Recipe, Trial

CASES_FILE = files.DATA / "clinic.npz"
CASES_SHA256 = "0c12e554cb794bb8560b5382003cf828527275371269a5cd2d7d50dd9ba7b646"

_BARE = Recipe(penalty="none")
_SATURATING = _BARE.but(loss="minimax", optimizer="sgd", g_rate=0.02, d_rate=1e-2, head_start=500, noise=0.2)
ILL = {  # illness: recipes that bring it about; the doctor's thresholds were chosen on them
    "mode collapse": [_BARE.but(g_steps=5), _BARE.but(g_steps=10, g_rate=1e-3)],
    "vanishing gradient": [_SATURATING, _SATURATING.but(optimizer="adam", g_rate=1e-4, head_start=1000)],
    "oscillation": [_BARE.but(momentum=0.9, d_rate=3e-3, g_rate=3e-3), _BARE.but(momentum=0.95)],
    "D too strong": [_BARE.but(d_rate=1e-2, g_rate=2e-5, d_steps=3), _BARE.but(d_rate=5e-3, g_rate=1e-5)],
    "condition ignored": [Recipe(condition="shuffled"), Recipe(condition="unseen")],
    "healthy": [Recipe(), _BARE, Recipe(condition="told")],
}
STRANGE = {  # recipes that the thresholds have never met: other losses, other data, other causes
    "mode collapse": [_BARE.but(loss="hinge", g_steps=6), _BARE.but(g_rate=1e-2, d_rate=1e-3)],
    "vanishing gradient": [_SATURATING.but(g_rate=0.01, d_rate=5e-3, d_steps=2, noise=0.3, num_modes=5)],
    "oscillation": [_BARE.but(loss="hinge", momentum=0.9), _BARE.but(loss="least_squares", momentum=0.9, d_rate=5e-3)],
    "D too strong": [
        _BARE.but(loss="hinge", d_rate=1e-2, g_rate=2e-5), _BARE.but(d_rate=5e-3, g_rate=2e-5, num_modes=5)
    ],
    "condition ignored": [Recipe(loss="hinge", condition="unseen"), Recipe(condition="unheard")],
    "healthy": [
        Recipe(loss="hinge"), Recipe(loss="least_squares"), Recipe(loss="relativistic", penalty="r1_r2"),
        Recipe(num_modes=5, gamma=0.5),
    ],
}  # fmt: skip


def compare(recipe, changes, seeds):
    """Modes that runs end on without and with some changes of their recipe, seed by seed; it prints as it goes.

    Returns:
        {"changed": changes, "seeds": seeds, "before": modes, "after": modes}.
    """
    found = {"changed": changes, "seeds": list(seeds), "before": [], "after": []}
    trials = {"before": Trial(recipe), "after": Trial(recipe.but(**changes))}
    for seed in found["seeds"]:
        for when, trial in trials.items():
            trial.begin(seed)
            trial.finish()
            found[when].append(trial.coverage().num_covered)
            print(f"seed {seed}, {when}: {found[when][-1]} of {recipe.num_modes} modes", flush=True)
    return found


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
