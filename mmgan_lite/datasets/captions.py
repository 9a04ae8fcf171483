"""Captions: a small grammar that draws them, parses them, and reads the facts off their words.

A caption tells facts of one spoken and written digit: "a thin three leaning right said fast by a woman".
Every form of the grammar is a row of slots; the same rows draw captions and parse them, so the two cannot drift.
"""

import re

import numpy as np
from numpy.typing import NDArray

from mmgan_lite.datasets.vocabulary import NUMERALS, Vocabulary
from mmgan_lite.datasets.words import split_words

FACTS = {
    "digit": NUMERALS,
    "thickness": ("thin", "medium", "thick"),
    "slant": ("left", "upright", "right"),
    "sex": ("man", "woman"),
    "pitch": ("low", "high"),
    "speed": ("slow", "fast"),
}
MAX_WORDS = 15
UNKNOWN = -1  # a fact that nobody measured, or that lies too near a cut to be said

# A slot: the fact that it says, and the words for each level of it. A level without words is never said.
SLOTS = {
    "digit": ("digit", dict(enumerate(FACTS["digit"]))),
    "thickness": ("thickness", {0: "thin", 2: "thick"}),
    "upright": ("slant", {1: "upright"}),
    "leaning": ("slant", {0: "leaning left", 2: "leaning right"}),
    "speed": ("speed", {0: "slowly", 1: "fast"}),
    "by": ("sex", {0: "by a man", 1: "by a woman"}),
    "in_voice": ("pitch", {0: "in a low voice", 1: "in a high voice"}),
    "person": ("sex", {0: "a man", 1: "a woman"}),
    "with_voice": ("pitch", {0: "with a low voice", 1: "with a high voice"}),
    "voice": ("pitch", {0: "a low voice", 1: "a high voice"}),
    "adverb": ("speed", {0: "slowly", 1: "quickly"}),
}
_PLAIN = ("=a", "thickness", "upright", "digit", "leaning")
_DRAWN = ("=a", "digit", "=drawn", "thickness", "upright", "leaning")
_SAID = ("=said", "speed", "by", "in_voice")
_PERSON = ("person", "with_voice", "adverb", "=says")
_VOICE = ("voice", "adverb", "=says")
FORMS = tuple(
    form
    for picture in (_PLAIN, _DRAWN)
    for form in (picture, (*picture, *_SAID), (*_PERSON, *picture), (*_VOICE, *picture))
)
# Slots that a form cannot do without, and literal words that need at least one of some facts to follow.
_REQUIRED = {"digit", "person", "voice"}
_NEEDS_ANY = {"drawn": ("thickness", "slant"), "said": ("speed", "sex", "pitch")}


def _phrases(slot):
    return (slot[1:],) if slot.startswith("=") else tuple(SLOTS[slot][1].values())


DIGITS = Vocabulary(tuple(dict.fromkeys(w for form in FORMS for s in form for p in _phrases(s) for w in p.split())))
VOCABULARY = DIGITS.words


def encode(captions: list[str]) -> np.ndarray:
    """Captions of the digits' grammar to tokens int32 (n, 15); see `Vocabulary.encode`."""
    return DIGITS.encode(captions)


def decode(tokens) -> list[str]:
    """Tokens int (n, 15) to a list of n captions; see `Vocabulary.decode`."""
    return DIGITS.decode(tokens)


def draw(facts: dict, rng: np.random.Generator, say: float | NDArray = 0.75) -> np.ndarray:
    """Draw one caption for each row of facts: another wording and other facts left out at each call.

    Args:
        facts: {fact: int (n,)} with levels of `FACTS`; `UNKNOWN` (-1) is never said. The digit is always said.
        rng: A `numpy.random.Generator`.
        say: Chance that a sayable fact is said; one, or float (n,).

    Returns:
        int32 tokens (n, 15); `decode` turns them into strings.
    """
    said = {fact: np.where(rng.random(len(level)) < say, level, UNKNOWN) for fact, level in facts.items()}
    said["digit"] = np.asarray(facts["digit"])
    said["thickness"] = np.where(said["thickness"] == 1, UNKNOWN, said["thickness"])  # medium has no word
    fits = np.stack([_fits(form, said) for form in FORMS], 1)  # (n, forms)
    choice = np.where(fits, rng.random(fits.shape), -1.0).argmax(1)
    tokens = np.zeros((len(choice), MAX_WORDS), "int32")
    for index, form in enumerate(FORMS):
        rows = np.flatnonzero(choice == index)
        tokens[rows] = _write(form, {fact: level[rows] for fact, level in said.items()}, len(rows))
    return tokens


def _fits(form, said):
    """Which rows the form can say exactly: no fact lost, none of its fixed words hanging in the air."""
    sayable = {SLOTS[slot][0] for slot in form if not slot.startswith("=")}
    ok = np.ones(len(said["digit"]), bool)
    for fact, level in said.items():
        ok &= (level == UNKNOWN) | (fact in sayable)
    for slot in form:
        if slot in _REQUIRED:
            ok &= said[SLOTS[slot][0]] != UNKNOWN
        elif slot[1:] in _NEEDS_ANY:
            ok &= np.any([said[fact] != UNKNOWN for fact in _NEEDS_ANY[slot[1:]]], axis=0)
    return ok


def _write(form, said, count):
    """Write every slot into columns of its own, then push the words of each row together."""
    columns = []
    for slot in form:
        fact, words = ("digit", {}) if slot.startswith("=") else SLOTS[slot]
        phrases = _phrases(slot)
        width = max(len(phrase.split()) for phrase in phrases)
        table = np.zeros((len(FACTS[fact]) + 1, width), "int32")  # the last row serves level -1: nothing said
        for level, phrase in words.items() if words else ((slice(None), phrases[0]),):
            table[level, : len(phrase.split())] = [DIGITS.token(word) for word in phrase.split()]
        columns.append(table[said[fact]])
    wide = np.concatenate(columns, 1) if count else np.zeros((0, MAX_WORDS), "int32")
    packed = np.take_along_axis(wide, np.argsort(wide == 0, axis=1, kind="stable"), 1)
    return np.pad(packed, ((0, 0), (0, MAX_WORDS)))[:, :MAX_WORDS]


def parse(caption: str) -> dict[str, int]:
    """Read the facts back out of a caption.

    Args:
        caption: One string.

    Returns:
        {fact: level} for every fact that the caption says.

    Raises:
        ValueError: if the grammar does not accept the caption.
    """
    text = "".join(f" {'a' if word == 'an' else word}" for word in split_words(caption))
    for form, pattern in zip(FORMS, _PATTERNS, strict=True):
        match = pattern.fullmatch(text)
        if match:
            facts = _levels(form, match)
            if all(facts.keys() & set(_NEEDS_ANY.get(slot[1:], facts)) for slot in form):
                return facts
    raise ValueError(f'the grammar refuses this caption; try "a thin three leaning right". Received: {caption!r}')


def accepts(caption: str) -> bool:
    """Whether the grammar accepts the caption, as a bool."""
    try:
        parse(caption)
    except ValueError:
        return False
    return True


def _pattern(form):
    parts = []
    for slot in form:
        choices = "|".join(re.escape(phrase) for phrase in _phrases(slot))
        fixed = slot.startswith("=") or slot in _REQUIRED
        name = "" if slot.startswith("=") else f"?P<{slot}>"
        parts.append(f"(?: ({name}{choices}))" + ("" if fixed else "?"))  # each word brings the space before it
    return re.compile("".join(parts))


def _levels(form, match):
    facts = {}
    for slot in form:
        phrase = None if slot.startswith("=") else match.group(slot)
        if phrase:
            fact, words = SLOTS[slot]
            if fact in facts:  # "upright" and "leaning left" in one caption contradict each other
                return {}
            facts[fact] = next(level for level, words_of in words.items() if words_of == phrase)
    return facts


_PATTERNS = tuple(_pattern(form) for form in FORMS)


def facts_of(tokens: np.ndarray) -> np.ndarray:
    """The facts that drawn captions say, read off their words.

    Args:
        tokens: int32 (n, max_words), of the grammar's own captions.

    Returns:
        int32 (n, facts): a column for each of `FACTS`, `UNKNOWN` where a caption does not say it.
    """
    table = np.full((len(tokens), len(FACTS)), UNKNOWN, "int32")
    for word, (fact, level) in _TELLTALE.items():
        table[(tokens == DIGITS.token(word)).any(1), list(FACTS).index(fact)] = level
    return table


def _telltale_words():
    """{word: (fact, level)} for the words that stand in the phrases of one level alone: "thin", "man", but not "a"."""
    told = {}
    for fact, phrases in SLOTS.values():
        for level, phrase in phrases.items():
            for word in phrase.split():
                told.setdefault(word, set()).add((fact, level))
    return {word: only.pop() for word, only in told.items() if len(only) == 1}


_TELLTALE = _telltale_words()
