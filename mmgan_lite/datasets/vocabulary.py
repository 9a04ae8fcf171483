"""A vocabulary: words to tokens and back."""

import collections
import difflib
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from mmgan_lite.arguments import LONGEST, shown
from mmgan_lite.datasets.arrays import MAX_CHARACTERS
from mmgan_lite.datasets.words import UNKNOWN_WORD, join_words, split_words

NUMERALS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MAX_WORDS = 40  # of a caption of your own
MAX_SIZE = 2000  # words of a vocabulary of your own
MAX_LETTERS = 200  # of a word
_BEFORE_A_VOWEL = re.compile(r"\ba(?= (?:eight|upright)\b)")
_EXAMPLE = ("a", "thin", "three")
_NAMED = 40  # known words that a message lists


class Vocabulary:
    """A fixed list of words; token 0 is the empty padding word. Two of the same words and length are equal.

    Args:
        words: Distinct words as `split_words` gives them, without the padding. Where `UNKNOWN_WORD` is among them, it
            stands for every word that is not.
        max_words: Length of every token row; a longer caption is refused.

    Example:
        >>> Vocabulary(("a", "three"), max_words=3).encode(["a three"]).tolist()
        [[1, 2, 0]]
    """

    def __init__(self, words: Iterable[str], max_words: int = 15):
        self.words = ("", *words)
        self.max_words = max_words
        known = {word: token for token, word in enumerate(self.words)}
        also = {str(n): known[word] for n, word in enumerate(NUMERALS) if word in known}
        also |= {_plain(word): token for word, token in known.items()}
        if "a" in known:  # one token for both; `decode` writes the right one
            also["an"] = known["a"]
        self._tokens = also | known

    def __eq__(self, other):
        return isinstance(other, Vocabulary) and (self.words, self.max_words) == (other.words, other.max_words)

    def __hash__(self):
        return hash((self.words, self.max_words))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def size(self) -> list[int]:
        """[max_words, words]: the shape of one caption as one-hot words."""
        return [self.max_words, len(self.words)]

    @property
    def example(self) -> str:
        """A caption of known words, for messages."""
        return join_words(_EXAMPLE if set(_EXAMPLE) <= set(self.words) else self.words[1:4])

    def token(self, word: str) -> int:
        """The token of one word, as an int: its own, or that of `UNKNOWN_WORD`, where that is known."""
        spelt = [spelling for spelling in (word, _plain(word), UNKNOWN_WORD) if spelling in self._tokens]
        return self._tokens[spelt[0] if spelt else word]

    def knows(self, word: str) -> bool:
        """Whether the word has a token of its own."""
        return word in self._tokens or _plain(word) in self._tokens

    @classmethod
    def of(cls, captions: Iterable[str], max_words: int = MAX_WORDS, max_size: int = MAX_SIZE) -> "Vocabulary":
        """The vocabulary of your own captions: their words, and the longest one's length.

        Args:
            captions: Strings in any language; those without a word do not count.
            max_words: Longer captions are cut.
            max_size: Of more words only the commonest stay, and `UNKNOWN_WORD` stands for the others, as it does for
                those of more than `MAX_LETTERS` letters.

        Raises:
            ValueError: if no caption has a word.
        """
        split = [split_words(caption) for caption in captions]
        counts = collections.Counter(word for words in split for word in words)
        if not counts:
            raise ValueError(f"captions need words, such as “a red ball” or an emoji. Received: {len(split)} without")
        words = sorted(word for word in counts if len(word) <= MAX_LETTERS)
        if len(words) > max_size or len(words) < len(counts):
            commonest = sorted(words, key=lambda word: -counts[word])[: max_size - 1]
            words = [*sorted({*commonest} - {UNKNOWN_WORD}), UNKNOWN_WORD]
        # a writer learns from one word to the next, be it the padding: so there is room for two
        return cls(words, min(max(2, *map(len, split)), max_words))

    def encode(self, captions: str | Sequence[str], cut: bool = False) -> np.ndarray:
        """Captions to tokens.

        Args:
            captions: n strings. Case and punctuation do not count; "3" reads as "three" where that alone is a word.
            cut: Leave out the words of a caption for which there is no room, instead of refusing it.

        Returns:
            int32 (n, max_words), padded with 0 on the right.

        Raises:
            ValueError: for an empty caption, an unknown word (the nearest known ones are named) or too many words.
        """
        if isinstance(captions, str):
            captions = [captions]
        tokens = np.zeros((len(captions), self.max_words), "int32")
        for row, caption in zip(tokens, captions, strict=True):
            words = self._checked(caption)[: self.max_words if cut else None]
            if len(words) > self.max_words:
                message = f"at most {self.max_words} words; shorten it"
                raise ValueError(f"{message}. Received: {len(words)} words in {shown(caption)}")
            row[: len(words)] = [self.token(word) for word in words]
        return tokens

    def _checked(self, caption):
        if not isinstance(caption, str):
            raise ValueError(f"a caption must be a string. Received: {type(caption).__name__}")
        if len(caption) > MAX_CHARACTERS:
            message = f"a caption may have {MAX_CHARACTERS:,} characters"
            raise ValueError(f"{message}. Received: {len(caption):,}, {shown(caption)}")
        words = split_words(caption)
        if not words:
            raise ValueError(f'the caption is empty; write one such as "{self.example}". Received: {shown(caption)}')
        for word in words:
            if not self.knows(word) and UNKNOWN_WORD not in self._tokens:
                near = ", ".join(self.near(word))
                raise ValueError(f"unknown word; known and near: {near}. Received: {shown(word)} in {shown(caption)}")
        return words

    def near(self, word: str) -> list[str]:
        """Known words that look like the word; where none does, the first of all."""
        words = sorted(set(self.words[1:]) - {UNKNOWN_WORD})
        near = difflib.get_close_matches(word[:LONGEST], self._tokens, n=3, cutoff=0.5)
        return near or words[:_NAMED] + ["…"] * (len(words) > _NAMED)

    def decode(self, tokens: ArrayLike) -> list[str]:
        """Tokens int (n, max_words) to a list of n strings; padding is left out wherever it stands."""
        captions = [join_words([self.words[token] for token in row if token]) for row in np.asarray(tokens)]
        return captions if "an" in self.words else [_BEFORE_A_VOWEL.sub("an", caption) for caption in captions]


def _plain(word):
    """An emoji without its variation selector: keyboards differ in it, and nobody sees it."""
    return word.replace("\ufe0f", "")
