"""The course: what only the notebooks need. The small package, everything outside this folder, imports none of it.

kit/          what widgets are made of: `Guard`, `Page`, `Redrawn`, `Plane`, `Predict`, `TrainingRun`, `LoopRun`
players/      notebooks 01 to 04: two players on points
space/        notebooks 05, 06 and 10: the shared space
translation/  notebooks 00, 07 and 08: from any modality to any other
measuring/    notebooks 09 and 12: which of two runs is better?

Each name is imported when it is first used: `mm.course.Predict`, `from mmgan_lite.course import duel`.
"""

from mmgan_lite import _resolve

_NAMES = {
    "budget": "kit.dashboard",
    "device": "kit.dashboard",
    "Guard": "kit.guard",
    "Page": "kit.page",
    "Plane": "kit.plane",
    "Pad": "kit.pad",
    "Predict": "kit.predict",
    "Redrawn": "kit.redraw",
    "LoopRun": "kit.loop",
    "TrainingRun": "kit.dashboard",
    "Duel": "players.duel",
    "Bender": "players.curve",
    "Arena": "players.arena",
    "LogitBoard": "players.logits",
    "Clinic": "players.clinic",
    "Journey": "space.journey",
    "Tug": "space.tug",
    "Miner": "space.miner",
    "Dose": "space.dose",
    "Panel": "translation.panel",
    "Crossed": "translation.crossed",
    "Walk": "translation.walk",
    "Board": "translation.board",
    "CompareRuns": "measuring.compare",
    "Experiment": "measuring.experiment",
}
_MODULES = {
    "checker": "checker",
    "handout": "handout",
    "toys": "players.toys",
    "duel": "players.duel",
    "curve": "players.curve",
    "toy_run": "players.toy_run",
    "doctor": "players.doctor",
    "clinic_recipes": "players.clinic_recipes",
    "changes": "space.changes",
    "conditional_gan": "translation.conditional_gan",
    "corruption": "translation.corruption",
    "seed_sweep": "measuring.seed_sweep",
    "sweep": "measuring.sweep",
}

__all__ = [*_NAMES, *_MODULES]


def __getattr__(name):
    return globals().setdefault(name, _resolve(__name__, name, _NAMES, _MODULES))


def __dir__():
    return sorted(__all__)
