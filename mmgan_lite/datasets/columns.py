"""The names of columns and splits: the kit's own, and what the ecosystem calls the same things.

Source: the folder convention of Hugging Face's `datasets` (ImageFolder, AudioFolder).
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

import numpy as np

from mmgan_lite import modalities
from mmgan_lite.arguments import cut
from mmgan_lite.prompts import warn_caller

FACTS = ("label", "split", "speaker")  # what a row may tell besides its samples
IN_PAIRS = ("label_names", "present", "sample_rate")  # what a pairs dict may hold besides its columns
FILE_NAME = "file_name"  # a file of whatever kind its ending tells
SPLITS = ("train", "valid", "test")
_SPLIT_OF = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("valid", "validation", "val", "dev"), "valid"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_MEANT = {  # near in meaning, not in letters; modalities have `kin` of their own
    **dict.fromkeys(("is_test", "is_train", "is_valid", "test", "train", "subset", "partition", "fold"), "split"),
    **dict.fromkeys(("class", "target", "category"), "label"),
    **dict.fromkeys(("rate", "sr", "fs", "sampling_rate"), "sample_rate"),
}
_TOLD = 5  # names in one sentence


def split_of(word: str) -> str | None:
    """The split that a word means, "train", "valid" or "test"; None if it means none.

    Example:
        >>> split_of("Validation"), split_of("later")
        ('valid', None)
    """
    return _SPLIT_OF.get(word.strip().casefold())


def resolve(headers: Iterable[str], extra: Iterable[str] = (), source: object = "") -> tuple[dict[str, str], list[str]]:
    """Find our names among headers; case does not count, nor whether words are joined by "_", "-" or a blank.

    Args:
        headers: Names as a file has them.
        extra: Names that this kind of file knows besides the modalities, "label", "split" and "speaker".
        source: Where they stand, for the messages.

    Returns:
        {our name: header}; and the headers that mean nothing to us, each with what may have been meant.

    Raises:
        ValueError: for two headers of one meaning; or one that seems to tell the split where no column `split` does:
            without it the model would be trained on what should test it.
    """
    names = {name.casefold(): name for name in (*modalities.known(), *FACTS, *extra)}
    found, others = {}, []
    for header in headers:
        name = _meaning(header, names)
        if name is None:
            others.append(header)
        elif name in found:
            both = f"{found[name]!r} and {header!r}"
            raise ValueError(f"two columns mean {name!r}; keep one of them. Received: {both} in {source}")
        else:
            found[name] = header
    return found, [_told(header, found, names, source) for header in others]


def _meaning(header, names):
    """Our name for a header, or None."""
    word = re.sub(r"[\s-]+", "_", unicodedata.normalize("NFC", header).strip()).casefold()
    bare = word.removesuffix(f"_{FILE_NAME}")  # image_file_name, as `datasets` writes it
    known = modalities.known()
    aliases = {alias: name for name, record in known.items() for alias in record.aliases}
    name = names.get(bare) or names.get(aliases.get(bare, bare))
    in_files = name in known and known[name].readers
    return name if bare == word or in_files else None


def _told(header, found, names, source):
    word = header.strip().casefold()
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.75)
    kin = {other: name for name, record in modalities.known().items() for other in record.kin}
    meant = (_MEANT | kin).get(word) or (names[near[0]] if near else None)
    if meant is None or meant in found:
        return header
    if meant == "split":
        _ask_for_the_split(header, source)
    return f"{header} (did you mean {meant}?)"


def check_for_a_split(unread: Mapping[str, Iterable], source: object) -> None:
    """Raise a ValueError for a column, {header: cells}, whose cells are all names of splits, whatever it is called."""
    for header, cells in unread.items():
        words = {cell.strip() for cell in cells if isinstance(cell, str)} - {""}
        if len(words) > 1 and all(map(split_of, words)):
            _ask_for_the_split(header, source)


def _ask_for_the_split(header, source):
    raise ValueError(
        f"does {header!r} tell the split? Name it 'split', with {', '.join(SPLITS)}; or remove it. "
        f"Received: {header!r} in {source}"
    )


def tell_left_out(others: list[str]) -> None:
    """Warn of columns that are not read."""
    if others:
        warn_caller(f"left out: {listed(others)}; a modality of your own needs modalities.register first")


def tell_left_out_of_pairs(pairs: Mapping) -> None:
    """The same of the keys of a pairs dict, in which every name must be ours to the letter.

    Raises:
        ValueError: as `resolve` and `check_for_a_split`.
    """
    found, others = resolve(map(str, pairs), IN_PAIRS, "the pairs")
    unread = {key: pairs[key] for key in pairs.keys() - found.values() if isinstance(pairs[key], list | np.ndarray)}
    check_for_a_split(unread, "the pairs")
    tell_left_out([*(f"{key} (did you mean {name}?)" for name, key in found.items() if key != name), *others])


def check_enough(found: Iterable[str], others: list[str], source: object) -> None:
    """Raise unless there are two modalities or more."""
    found = [name for name in modalities.known() if name in found]
    if len(found) < 2:
        left_out = f" (left out: {listed(others)})" if others else ""
        raise ValueError(
            f"two or more of {', '.join(modalities.known())} are needed. "
            f"Received: {', '.join(found) or 'none'}{left_out} in {source}"
        )


def check_counts(counts: Mapping[str, int]) -> None:
    """Raise unless all columns {name: rows} have as many rows."""
    if len(set(counts.values())) > 1:
        raise ValueError(f"every column must have as many rows as the others. Received: {dict(counts)}")


def listed(names: list[str]) -> str:
    """The first five, and how many more."""
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(map(cut, names[:_TOLD])) + more
