"""Text: a small grammar of captions, a vocabulary, and the way from words to tokens and back.

A caption tells facts of one spoken and written digit: "a thin three leaning right said fast by a woman".
Every form of the grammar is a row of slots; the same rows draw captions and parse them, so the two cannot drift.
"""

import difflib
import re

import numpy as np

FACTS = {
    "digit": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
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


class Vocabulary:
    """A fixed list of words; token 0 is the empty padding word.

    Args:
        words: Distinct lower-case words, without the padding.
        max_words: Length of every token row; a longer caption is refused.

    Example:
        >>> Vocabulary(("a", "three"), max_words=3).encode(["a three"]).tolist()
        [[1, 2, 0]]
    """

    def __init__(self, words, max_words=MAX_WORDS):
        self.words = ("", *words)
        self.max_words = max_words
        self._tokens = {word: token for token, word in enumerate(self.words)}
        self._tokens |= {str(n): self._tokens[word] for n, word in enumerate(FACTS["digit"]) if word in self._tokens}
        if "a" in words and "an" not in words:  # one token for both; `decode` writes the right one
            self._tokens["an"] = self._tokens["a"]

    def __len__(self):
        return len(self.words)

    @property
    def size(self):
        """[max_words, words]: the shape of one caption as one-hot words."""
        return [self.max_words, len(self.words)]

    def token(self, word):
        """The token of one known word, as an int."""
        return self._tokens[word]

    @classmethod
    def of(cls, captions):
        """The vocabulary of one's own captions: every word in them, the longest caption's length."""
        split = [_split(caption) for caption in captions]
        return cls(tuple(sorted({word for words in split for word in words})), max(map(len, split)))

    def encode(self, captions):
        """Captions to tokens.

        Args:
            captions: A list of n strings. Case and punctuation do not count; "3" reads as "three" where that is a word.

        Returns:
            int32 (n, max_words), padded with 0 on the right.

        Raises:
            ValueError: for an empty caption, an unknown word (the nearest known ones are named) or too many words.
        """
        if isinstance(captions, str):
            captions = [captions]
        tokens = np.zeros((len(captions), self.max_words), "int32")
        for row, caption in zip(tokens, captions, strict=True):
            words = self._checked(caption)
            row[: len(words)] = [self._tokens[word] for word in words]
        return tokens

    def _checked(self, caption):
        if not isinstance(caption, str):
            raise ValueError(f"a caption must be a string. Received: {type(caption).__name__}")
        words = _split(caption)
        if not words:
            raise ValueError(f'the caption is empty; write one such as "a thin three". Received: {caption!r}')
        for word in words:
            if word not in self._tokens:
                near = difflib.get_close_matches(word, self._tokens, n=3, cutoff=0.5) or sorted(self.words[1:])
                raise ValueError(f"unknown word; known and near: {', '.join(near)}. Received: {word!r} in {caption!r}")
        if len(words) > self.max_words:
            raise ValueError(f"at most {self.max_words} words; shorten it. Received: {len(words)} words in {caption!r}")
        return words

    def decode(self, tokens):
        """Tokens int (n, max_words) to a list of n strings; padding is left out wherever it stands."""
        captions = [" ".join(self.words[token] for token in row if token) for row in np.asarray(tokens)]
        return captions if "an" in self.words else [re.sub(r"\ba(?= (?:eight|upright)\b)", "an", c) for c in captions]


def _split(caption):
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", str(caption).lower())


def _phrases(slot):
    return (slot[1:],) if slot.startswith("=") else tuple(SLOTS[slot][1].values())


DIGITS = Vocabulary(tuple(dict.fromkeys(w for form in FORMS for s in form for p in _phrases(s) for w in p.split())))
VOCABULARY = DIGITS.words


def encode(captions):
    """Captions of the digits' grammar to tokens int32 (n, 15); see `Vocabulary.encode`."""
    return DIGITS.encode(captions)


def decode(tokens):
    """Tokens int (n, 15) to a list of n captions; see `Vocabulary.decode`."""
    return DIGITS.decode(tokens)


def draw(facts, rng, say=0.75):
    """Draw one caption for each row of facts: another wording and other facts left out at each call.

    Args:
        facts: {fact: int (n,)} with levels of `FACTS`; `UNKNOWN` (-1) is never said. The digit is always said.
        rng: A `numpy.random.Generator`.
        say: Chance that a sayable fact is said.

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


def parse(caption):
    """Read the facts back out of a caption.

    Args:
        caption: One string.

    Returns:
        {fact: level} for every fact that the caption says.

    Raises:
        ValueError: if the grammar does not accept the caption.
    """
    text = "".join(f" {'a' if word == 'an' else word}" for word in _split(caption))
    for form, pattern in zip(FORMS, _PATTERNS, strict=True):
        match = pattern.fullmatch(text)
        if match:
            facts = _levels(form, match)
            if all(facts.keys() & set(_NEEDS_ANY.get(slot[1:], facts)) for slot in form):
                return facts
    raise ValueError(f'the grammar refuses this caption; try "a thin three leaning right". Received: {caption!r}')


def accepts(caption):
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
