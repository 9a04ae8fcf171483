"""Words of any language: how a caption is taken apart, and how words stand together again.

A word is a run of letters with their marks, of figures, and of the apostrophes and hyphens inside it; the sign of a
number ("-5") and the pluses behind a word ("C++", "C#") belong to it. A word of its own is each symbol, each emoji with
all that is joined to it, and each character of a script that writes no spaces (Chinese, Japanese, Thai and others).
Case and punctuation do not count.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence

UNKNOWN_WORD = "<unknown>"  # in place of a word that is too rare for the vocabulary

# One spelling: of apostrophes, hyphens and the minus; and without what nobody sees.
_SPELLING = dict.fromkeys(map(ord, "’´`"), "'") | dict.fromkeys(map(ord, "‐‑−"), "-")
_SPELLING |= dict.fromkeys((0xAD, 0x200E, 0x200F, 0x2060, 0xFE0E, 0xFEFF), None)
_WITHOUT_SPACES = (
    "CJK",
    "IDEOGRAPHIC",
    "HIRAGANA",
    "KATAKANA",
    "HALFWIDTH KATAKANA",
    "THAI",
    "LAO",
    "KHMER",
    "MYANMAR",
)

# Each character stands for its kind, a letter, in the pattern of a word. (Cn: emoji younger than this Python.)
_OF_CHARACTER = dict.fromkeys("'׳״·", "'") | dict.fromkeys("+#", "+") | dict.fromkeys("%&@", "s")
_OF_CHARACTER |= {"-": "-", ".": ".", "\u200c": "m", "\u200d": "j"}
_OF_CATEGORY = {"L": "w", "N": "w", "M": "m", "Sm": "s", "Sc": "s", "So": "s", "Cn": "s", "Co": "s"}
_OF_NAME = {"REGIONAL INDICATOR": "r", "EMOJI MODIFIER": "k", "TAG ": "k", "CANCEL TAG": "k"}
_RUN = "[wd][wdmj]*"
_WORD = re.compile(
    rf"(?:(?<![^ ])-(?=d))?{_RUN}(?:['-]{_RUN}|(?<=d)\.(?=d){_RUN})*(?:\+++(?![wd]))?"
    "|cm*"  # a character with its vowel signs
    "|rr"  # a flag
    "|[s+kr](?:[mk]|js)*"  # an emoji with its skin, its colour, and the others that it is joined to
)


class _Kinds(dict):
    """For `str.translate`: the kind of each character, found when it is first met."""

    def __missing__(self, code):
        self[code] = kind = _kind(chr(code))
        return kind


def _kind(character):
    name, category = unicodedata.name(character, ""), unicodedata.category(character)
    if character in _OF_CHARACTER:
        return _OF_CHARACTER[character]
    if character.isdecimal():
        return "d"
    if category[0] in "LN" and name.startswith(_WITHOUT_SPACES):
        return "c"
    named = (kind for start, kind in _OF_NAME.items() if name.startswith(start))
    return next(named, _OF_CATEGORY.get(category, _OF_CATEGORY.get(category[0], " ")))


_KINDS = _Kinds()


def split_words(caption: str) -> list[str]:
    """The words of a caption, in lower case and in the normal form C of Unicode; punctuation does not count."""
    return list(_split(str(caption)))


@functools.lru_cache(1 << 16)  # each epoch asks for the same captions
def _split(caption):
    if UNKNOWN_WORD in caption:
        before, _, after = caption.partition(UNKNOWN_WORD)
        return *_split(before), UNKNOWN_WORD, *_split(after)
    text = unicodedata.normalize("NFC", caption.translate(_SPELLING).lower())
    return tuple(text[word.start() : word.end()] for word in _WORD.finditer(text.translate(_KINDS)))


def join_words(words: Sequence[str]) -> str:
    """Words to a caption: a space between two, but none between characters of a script that writes none."""
    spaces = ("" if _KINDS[ord(a[0])] == _KINDS[ord(b[0])] == "c" else " " for a, b in itertools.pairwise(words))
    return "".join(itertools.chain(words[:1], *zip(spaces, words[1:], strict=True)))
