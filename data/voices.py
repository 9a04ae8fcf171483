"""Voices of our own making for eSpeak NG: text files beside its own variants, with drawn formants and manners.

Both builders use them, each with names and chances of its own, so that no voice trains a model and its judge.
"""

import shutil
from pathlib import Path

# Formants in percent of eSpeak's own, drawn between these ends: those of its men and of its women. The first number is
# the voicing bar, then come the first, the second and the third formant and all those above.
FORMANTS = (
    ((70, 120), (75, 108), (75, 108), (60, 110), (60, 110)),
    ((88, 120), (95, 132), (99, 138), (85, 138), (85, 125)),
)
OPTIONS = {  # further words of eSpeak's voice files, and the ends between which their numbers are drawn
    "flutter": [(0, 12)],
    "roughness": [(0, 6)],
    "voicing": [(30, 200)],
    "consonants": [(40, 150), (40, 190)],
    "breath": [(0, 5)] * 8,
    "echo": [(20, 130), (5, 60)],
    "tone": [(100, 101), (120, 255), (600, 601), (60, 255), (1200, 1201), (30, 255), (2500, 2501), (20, 150)],
    "intonation": [(1, 4)],
    "stressAdd": [(-20, 200)] * 8,
    "stressAmp": [(12, 30)] * 8,
}


def copy_of_espeak(folder, keep=()):
    """A copy of eSpeak's data inside the folder, to write voices into, with few of its own variants; its path."""
    import espeakng_loader

    copy = Path(shutil.copytree(espeakng_loader.get_data_path(), Path(folder) / "espeak-ng-data"))
    for path in (copy / "voices" / "!v").iterdir():
        if path.name not in keep:
            path.unlink()  # so that no voice of another split can slip in
    return copy


def write_voices(folder, prefix, count, rng):
    """Write so many voices a sex into a copy of eSpeak's data; their names, (men, women)."""
    names = tuple([f"{prefix}{sex}{number}" for number in range(count)] for sex in range(2))
    for sex, some in enumerate(names):
        for name in some:
            (folder / "voices" / "!v" / name).write_text("\n".join(_variant(name, sex, rng)) + "\n")
    return names


def _variant(name, sex, rng):
    """The lines of a voice file; every other voice keeps eSpeak's own setting of an option."""
    yield from ("language variant", f"name {name}", f"gender {('male', 'female')[sex]}")
    pitch = rng.integers((60, 130)[sex], (110, 220)[sex])
    yield f"pitch {pitch} {int(pitch * rng.uniform(1.2, 1.8))}"
    for formant in range(9):
        heights, faint = FORMANTS[sex][min(formant, 4)], 70 if formant < 3 else 10
        yield f"formant {formant} {rng.integers(*heights)} {rng.integers(faint, 150)} {rng.integers(60, 170)}"
    for option, ranges in OPTIONS.items():
        if rng.random() < 0.5:
            yield f"{option} " + " ".join(str(rng.integers(*ends)) for ends in ranges)
