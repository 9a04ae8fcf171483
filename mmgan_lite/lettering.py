"""Lettering: captions in pictures as they were written, in whatever script, as far as this machine has fonts for it."""

import functools
import textwrap
import unicodedata
from typing import Any

from matplotlib import font_manager, rcParams
from matplotlib.ft2font import FT2Font

from mmgan_lite.prompts import warn_caller

COLUMNS = 22  # letters in a line of a caption; a wide one, such as a Chinese, counts twice
_NO_TEXT = ("Last Resort", "Apple Color Emoji", "Noto Color Emoji")  # boxes, and pictures that cannot be drawn
_BROAD = ("Noto Sans", "Arial Unicode", "PingFang", "Hiragino", "Yahei", "Yu Gothic", "Malgun", "Nirmala", "Thonburi")


def lettered(caption: str, columns: int | None = COLUMNS) -> tuple[str, dict[str, Any]]:
    """A caption as matplotlib can draw it.

    Args:
        caption: Any string; "$" is no mathematics.
        columns: Letters in a line; None breaks no lines.

    Returns:
        What to draw, and the properties of its `Text`. A character that no installed font has is written as its code,
        which is told once.
    """
    kept = "".join(character for character in str(caption) if not _unseen(character))
    families, drawn = list(rcParams["font.family"]), ""
    for character in kept:
        family = _family_with(character)
        drawn += character if family is not None else character.encode("unicode_escape").decode()
        if family is None:
            _tell_once()
        elif family and family not in families:
            families.append(family)
    if columns is not None:
        wide = any(unicodedata.east_asian_width(character) in "WF" for character in drawn)
        drawn = textwrap.fill(drawn, columns // 2 if wide else columns)
    return drawn, {"parse_math": False, "family": families}


def _unseen(character):
    """What joins emoji, and what says how to draw them: no font draws it by itself."""
    return character in "\ufe0e\ufe0f\u200d" or unicodedata.name(character, "").startswith(("TAG ", "CANCEL TAG"))


@functools.cache
def _family_with(character):
    """The font family to draw a character with: "" is the usual one, None is none."""
    usual = font_manager.findfont(font_manager.FontProperties(family=rcParams["font.family"]))
    if character.isspace() or ord(character) in _characters(usual):
        return ""
    likely = sorted(font_manager.fontManager.ttflist, key=lambda font: (not font.name.startswith(_BROAD), font.name))
    fonts = (font for font in likely if font.style == "normal" and not font.name.startswith(_NO_TEXT))
    return next((font.name for font in fonts if ord(character) in _characters(font.fname)), None)


@functools.cache
def _characters(path):
    """Codes of the characters that a font file has; none where it cannot be read."""
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@functools.cache
def _tell_once():
    warn_caller("no installed font has some of the captions' characters, so pictures show their codes; install Noto")
