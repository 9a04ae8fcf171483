"""A vocabulary: words to tokens and back."""

import difflib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

NUMERALS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_BEFORE_A_VOWEL = re.compile(r"\ba(?= (?:eight|upright)\b)")


class Vocabulary:
    """A fixed list of words; token 0 is the empty padding word. Two of the same words and length are equal.

    Args:
        words: Distinct lower-case words, without the padding.
        max_words: Length of every token row; a longer caption is refused.

    Example:
        >>> Vocabulary(("a", "three"), max_words=3).encode(["a three"]).tolist()
        [[1, 2, 0]]
    """

    def __init__(self, words: Iterable[str], max_words: int = 15):
        self.words = ("", *words)
        self.max_words = max_words
        self._tokens = {word: token for token, word in enumerate(self.words)}
        self._tokens |= {str(n): self._tokens[word] for n, word in enumerate(NUMERALS) if word in self._tokens}
        if "a" in self.words and "an" not in self.words:  # one token for both; `decode` writes the right one
            self._tokens["an"] = self._tokens["a"]

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

    def token(self, word: str) -> int:
        """The token of one known word, as an int."""
        return self._tokens[word]

    @classmethod
    def of(cls, captions: Iterable[str]) -> "Vocabulary":
        """The vocabulary of your own captions: every word in them, the longest caption's length."""
        split = [split_words(caption) for caption in captions]
        return cls(tuple(sorted({word for words in split for word in words})), max(map(len, split)))

    def encode(self, captions: list[str]) -> np.ndarray:
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
        words = split_words(caption)
        if not words:
            raise ValueError(f'the caption is empty; write one such as "a thin three". Received: {caption!r}')
        for word in words:
            if word not in self._tokens:
                near = difflib.get_close_matches(word, self._tokens, n=3, cutoff=0.5) or sorted(self.words[1:])
                raise ValueError(f"unknown word; known and near: {', '.join(near)}. Received: {word!r} in {caption!r}")
        if len(words) > self.max_words:
            raise ValueError(f"at most {self.max_words} words; shorten it. Received: {len(words)} words in {caption!r}")
        return words

    def decode(self, tokens: ArrayLike) -> list[str]:
        """Tokens int (n, max_words) to a list of n strings; padding is left out wherever it stands."""
        captions = [" ".join(self.words[token] for token in row if token) for row in np.asarray(tokens)]
        return captions if "an" in self.words else [_BEFORE_A_VOWEL.sub("an", caption) for caption in captions]


def split_words(caption: str) -> list[str]:
    """The words of a caption in lower case; punctuation does not count."""
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", str(caption).lower())
