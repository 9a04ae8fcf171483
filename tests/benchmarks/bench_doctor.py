"""How often is the doctor right? Runs made ill on purpose, and healthy ones; the confusion table, and false alarms.

python tests/benchmarks/bench_doctor.py [--seeds 10 20] [--strange 10 15]

The doctor's thresholds were chosen on the recipes `clinic_recipes.ILL` at seeds 0 to 4. The first table is of the same
recipes at seeds that were not used for that; the second of recipes that were not used either, `STRANGE` (but for one
sign: "condition_sensitivity" is measured because a deaf G in this table had been called a victim of D). A run counts as
what its recipe was meant to bring about, if it did: the known modes, which the doctor never sees, tell whether a
"healthy" run is (7 of 8 modes or all of 5, and half of the samples near one), and whether an ill one is not. 195 runs:
five minutes on two cores.
"""

import argparse
import collections

from mmgan_lite.course.players import clinic_recipes, doctor
from mmgan_lite.course.players.toy_run import ToyConfig, ToyRun

_BARE, _SATURATING = ToyConfig(penalty="none"), clinic_recipes.ILL["vanishing gradient"][0]
STRANGE = {  # recipes that the thresholds have never met: other losses, other data, other causes
    "mode collapse": [_BARE.but(loss="hinge", g_steps=6), _BARE.but(g_rate=1e-2, d_rate=1e-3)],
    "vanishing gradient": [_SATURATING.but(g_rate=0.01, d_rate=5e-3, d_steps=2, noise=0.3, num_modes=5)],
    "oscillation": [_BARE.but(loss="hinge", momentum=0.9), _BARE.but(loss="least_squares", momentum=0.9, d_rate=5e-3)],
    "D too strong": [
        _BARE.but(loss="hinge", d_rate=1e-2, g_rate=2e-5), _BARE.but(d_rate=5e-3, g_rate=2e-5, num_modes=5)
    ],
    "condition ignored": [ToyConfig(loss="hinge", condition="unseen"), ToyConfig(condition="unheard")],
    "healthy": [
        ToyConfig(loss="hinge"), ToyConfig(loss="least_squares"), ToyConfig(loss="relativistic", penalty="r1_r2"),
        ToyConfig(num_modes=5, gamma=0.5),
    ],
}  # fmt: skip
NAMES = [*doctor.ILLNESSES, "healthy", "cannot tell"]


def looks_well(run):
    """Whether the samples are right, by the known modes."""
    hit = run.mode_coverage()
    return hit.num_covered >= min(7, len(run.modes)) and hit.share_near >= 0.5


def took(run, meant):
    """Whether a recipe brought about what it was meant to."""
    if meant == "condition ignored":
        return run.history["agreement"][-1] < 0.5
    return looks_well(run) == (meant == "healthy")


def examined(recipes, seeds):
    """Yields (what was meant, whether it took, what the doctor said) of every run."""
    for meant, variants in recipes.items():
        for number, config in enumerate(variants):
            run = ToyRun(config)
            for seed in seeds:
                run.begin(seed)
                said = doctor.examine(run.finish()).illness
                taken = took(run, meant)
                if said != meant or not taken:
                    failed = "" if taken else " (did not take)"
                    print(f"  {meant} {number}, seed {seed}{failed}: {said}; {run.mode_coverage()}", flush=True)
                yield meant, taken, said


def report(title, recipes, seeds):
    """Print one table."""
    print(f"\n{title}, seeds {seeds.start} to {seeds.stop - 1}; runs that were told wrongly, or did not take:")
    runs = list(examined(recipes, seeds))
    count = collections.Counter((meant, said) for meant, taken, said in runs if taken)
    print(f"\n| it was | right | {' | '.join(NAMES)} |\n|---|---|{'---|' * len(NAMES)}")
    for meant in recipes:
        row = [count[meant, said] for said in NAMES]
        print(f"| {meant} | {count[meant, meant]} of {sum(row)} | {' | '.join(map(str, row))} |")
    right, total = sum(count[name, name] for name in NAMES), sum(count.values())
    alarms = sum(n for (meant, said), n in count.items() if meant == "healthy" and said in doctor.ILLNESSES)
    healthy = sum(n for (meant, _), n in count.items() if meant == "healthy")
    left_out = sum(not taken for _, taken, _ in runs)
    print(f"\nright {right} of {total}; false alarms on healthy runs {alarms} of {healthy}; did not take {left_out}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs=2, default=(10, 20))
    parser.add_argument("--strange", type=int, nargs=2, default=(10, 15))
    options = parser.parse_args()
    report("The recipes that the thresholds were chosen on", clinic_recipes.ILL, range(*options.seeds))
    report("Recipes that they have never met", STRANGE, range(*options.strange))
