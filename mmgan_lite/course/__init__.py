"""The course: what only the notebooks need. The small package, everything outside this folder, imports none of it.

kit/          what all widgets are made of, such as `Page`, `Plane`, `Predict`, `Redrawn`, `LoopRun`, `TrainingRun`
players/      notebooks 01 to 04: two players on points
space/        notebooks 05, 06 and 11: the shared space
generating/   "The generating side, opened": layers, and one training step, slowly
translation/  notebooks 00, 08 and 09: from any modality to any other
measuring/    notebooks 10 and 13: which of two runs is better?
grading/      many hand-ins of a class, checked again exercise by exercise

Next to these rooms stand the checker and what knows who did what: `checker`, examining an answer in a `limited` child;
`progress` of the `tasks`; `handout`, and `commands` for the command line.

Each name is imported when it is first used: `mm.course.Predict`, `from mmgan_lite.course import duel`.
"""

from mmgan_lite import _resolve

_NAMES = {
    "budget": "kit.budget",
    "device": "kit.budget",
    "Guard": "kit.guard",
    "Page": "kit.page",
    "Plane": "kit.plane",
    "Pad": "kit.pad",
    "Microphone": "kit.microphone",
    "Predict": "kit.predict",
    "Redrawn": "kit.redraw",
    "LoopRun": "kit.loop",
    "TrainingRun": "kit.training_run",
    "Duel": "players.duel",
    "GeneratorCurve": "players.generator_curve",
    "Arena": "players.arena",
    "LogitBoard": "players.logits",
    "Clinic": "players.clinic",
    "EmbeddingExplorer": "space.embedding_explorer",
    "ContrastiveForces": "space.contrastive_forces",
    "RetrievalGame": "space.retrieval_game",
    "DirectionSlider": "space.direction_slider",
    "TrainingStep": "generating.training_step",
    "Panel": "translation.panel",
    "NoiseByCondition": "translation.noise_by_condition",
    "Interpolation": "translation.interpolation",
    "TranslationBoard": "translation.translation_board",
    "CompareRuns": "measuring.compare",
    "Experiment": "measuring.experiment",
}
_MODULES = {
    "checker": "checker",
    "handout": "handout",
    "handins": "grading.handins",
    "grade": "grading.grade",
    "tasks": "tasks",
    "toys": "players.toys",
    "duel": "players.duel",
    "generator_curve": "players.generator_curve",
    "toy_run": "players.toy_run",
    "doctor": "players.doctor",
    "clinic_recipes": "players.clinic_recipes",
    "changes": "space.changes",
    "maps": "space.maps",
    "hearing": "generating.hearing",
    "inside": "generating.inside",
    "one_step": "generating.one_step",
    "conditional_gan": "translation.conditional_gan",
    "corruption": "translation.corruption",
    "two_answers": "translation.two_answers",
    "seed_sweep": "measuring.seed_sweep",
    "sweep": "measuring.sweep",
    "charts": "measuring.charts",
}

__all__ = [*_NAMES, *_MODULES]


def __getattr__(name):
    return globals().setdefault(name, _resolve(__name__, name, _NAMES, _MODULES))


def __dir__():
    return sorted(__all__)
