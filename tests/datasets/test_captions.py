"""The grammar says exactly the facts that it is given, and words survive the way to tokens and back."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets.words import split_words

digits_of_facts = st.fixed_dictionaries(
    {fact: st.integers(0 if fact == "digit" else -1, len(levels) - 1) for fact, levels in text.FACTS.items()}
)
seeds = st.integers(0, 2**32 - 1)


def draw(facts, seed=0, count=1, say=0.75):
    """Captions of one thing, as strings."""
    columns = {fact: np.full(count, level) for fact, level in facts.items()}
    return text.decode(text.draw(columns, np.random.default_rng(seed), say))


def sayable(facts):
    return {fact: level for fact, level in facts.items() if level >= 0 and (fact, level) != ("thickness", 1)}


@given(digits_of_facts, seeds)
def test_every_caption_parses_back_to_facts_of_its_thing(facts, seed):
    for caption in draw(facts, seed, count=5):
        told = text.parse(caption)
        assert told["digit"] == facts["digit"]
        assert told.items() <= sayable(facts).items()


@given(digits_of_facts, seeds)
def test_with_say_1_a_caption_tells_every_sayable_fact(facts, seed):
    for caption in draw(facts, seed, count=5, say=1.0):
        assert text.parse(caption) == sayable(facts)


@given(digits_of_facts, seeds)
def test_with_say_0_a_caption_tells_the_digit_alone(facts, seed):
    assert text.parse(*draw(facts, seed, say=0.0)) == {"digit": facts["digit"]}


@given(digits_of_facts, seeds)
def test_tokens_and_captions_are_two_forms_of_the_same(facts, seed):
    tokens = text.draw({fact: np.full(5, level) for fact, level in facts.items()}, np.random.default_rng(seed))
    assert tokens.dtype == "int32" and tokens.shape == (5, text.MAX_WORDS)
    captions = text.decode(tokens)
    assert np.array_equal(text.encode(captions), tokens)
    assert text.decode(text.encode(captions)) == captions


def test_a_fact_is_said_as_often_as_asked():
    captions = draw({"digit": 3, "thickness": 0, "slant": 2, "sex": 1, "pitch": 0, "speed": 1}, count=4000, say=0.6)
    told = [text.parse(caption) for caption in captions]
    for fact in set(text.FACTS) - {"digit"}:
        assert np.mean([fact in facts for facts in told]) == pytest.approx(0.6, abs=0.04), fact


def test_every_form_and_every_word_is_used():
    rng = np.random.default_rng(0)
    facts = {fact: rng.integers(0, len(levels), 5000) for fact, levels in text.FACTS.items()}
    tokens = text.draw(facts, rng)
    assert set(np.unique(tokens)) == set(range(len(text.VOCABULARY)))
    starts = {" ".join(caption.split()[:2]) for caption in text.decode(tokens)}
    assert {"a man", "a woman", "a low", "a high", "a thin", "an upright", "an eight", "a four"} <= starts


def test_the_longest_caption_fits():
    facts = {fact: np.full(2000, level) for fact, level in dict.fromkeys(text.FACTS, 0).items()}
    lengths = (text.draw(facts, np.random.default_rng(0), say=1.0) > 0).sum(1)
    assert lengths.max() == text.MAX_WORDS


def test_the_same_seed_draws_the_same_captions_and_another_draws_others():
    facts = dict.fromkeys(text.FACTS, 0)
    assert draw(facts, seed=1, count=50) == draw(facts, seed=1, count=50)
    assert draw(facts, seed=1, count=50) != draw(facts, seed=2, count=50)


def test_no_rows_draw_no_captions():
    assert text.draw({fact: np.zeros(0, int) for fact in text.FACTS}, np.random.default_rng(0)).shape == (0, 15)


@pytest.mark.parametrize(
    ("caption", "facts"),
    [
        ("a three", {"digit": 3}),
        ("an eight", {"digit": 8}),
        ("A thin Three, leaning right!", {"digit": 3, "thickness": 0, "slant": 2}),
        ("an upright three", {"digit": 3, "slant": 1}),
        ("a nine drawn thick leaning left", {"digit": 9, "thickness": 2, "slant": 0}),
        ("a two said slowly by a man in a low voice", {"digit": 2, "speed": 0, "sex": 0, "pitch": 0}),
        ("a woman with a high voice quickly says a zero", {"digit": 0, "sex": 1, "pitch": 1, "speed": 1}),
        ("a high voice says a thin five", {"digit": 5, "pitch": 1, "thickness": 0}),
    ],
)
def test_known_captions_are_read(caption, facts):
    assert text.accepts(caption) and text.parse(caption) == facts
    assert text.parse(*text.decode(text.encode([caption]))) == facts


@pytest.mark.parametrize(
    "caption",
    [
        "",
        "a",
        "three",
        "a three four",
        "a a three",
        "a thick thin three",
        "a three drawn",
        "a three said",
        "a thin three drawn",
        "an upright three leaning left",
        "a three leaning",
        "a three said by a",
        "a man a three",
        "a three by a man",
        "says a three",
        "a medium three",
        "a three said fast by a woman in a low voice loudly",
    ],
)
def test_captions_outside_the_grammar_are_refused(caption):
    assert not text.accepts(caption)
    with pytest.raises(ValueError, match=f"grammar refuses.*Received: {re.escape(repr(caption))}"):
        text.parse(caption)


def spelt_alike(caption):
    return re.sub(r"\ban\b", "a", caption)


@pytest.fixture(scope="module")
def drawable():
    """Every caption that `draw` can say of a three or an eight: of each thing so many that all its forms occur."""
    levels = [(3, 8) if fact == "digit" else range(-1, len(known)) for fact, known in text.FACTS.items()]
    facts = dict(zip(text.FACTS, np.repeat([*itertools.product(*levels)], 64, axis=0).T, strict=True))
    tokens = text.draw(facts, np.random.default_rng(0), say=1.0)
    return {spelt_alike(caption) for caption in text.decode(np.unique(tokens, axis=0))}


WORDS = [word for word in text.VOCABULARY[1:] if word not in text.FACTS["digit"] or word in ("three", "eight")]


@st.composite
def nearly_captions(draw):
    """A form of the grammar, any of its slots left empty; then up to two words are swapped, dropped or repeated."""
    words = []
    for slot in draw(st.sampled_from(text.FORMS)):
        phrases = ("three", "eight") if slot == "digit" else text._phrases(slot)
        may_be_empty = not (slot.startswith("=") or slot in text._REQUIRED)
        words += draw(st.sampled_from(("", *phrases) if may_be_empty else phrases)).split()
    for place in draw(st.lists(st.integers(0, len(words) - 1), max_size=2)):
        word = words[place : place + 1]
        words[place : place + 1] = draw(st.sampled_from([[], word * 2, [draw(st.sampled_from(WORDS))]]))
    return " ".join(words)


@given(caption=nearly_captions())
def test_the_grammar_accepts_exactly_what_draw_can_say(drawable, caption):
    said = caption in drawable
    event("said" if said else "not said")  # --hypothesis-show-statistics tells that both occur often
    assert text.accepts(caption) == said


# Vocabulary

words = st.lists(st.text("bcdefghij", min_size=1, max_size=6), min_size=1, max_size=8, unique=True)


@given(words, st.data())
def test_captions_of_ones_own_words_survive_the_way_to_tokens_and_back(words, data):
    captions = data.draw(st.lists(st.lists(st.sampled_from(words), min_size=1, max_size=5).map(" ".join), min_size=1))
    vocabulary = text.Vocabulary.of(captions)
    tokens = vocabulary.encode(captions)
    assert tokens.shape == (len(captions), max(2, *(len(caption.split()) for caption in captions)))
    assert set(np.unique(tokens)) <= set(range(len(vocabulary))) and (tokens[:, 0] > 0).all()
    assert vocabulary.decode(tokens) == captions


@given(st.lists(st.text(), min_size=1))
def test_any_captions_have_a_vocabulary_that_encodes_those_with_words(captions):
    with_words = [caption for caption in captions if split_words(caption)]
    assume(with_words)
    vocabulary = text.Vocabulary.of(captions)
    assert vocabulary.encode(with_words, cut=True).shape == (len(with_words), vocabulary.max_words)


def test_padding_is_left_out_wherever_it_stands():
    a, three = text.DIGITS.token("a"), text.DIGITS.token("three")
    assert text.decode([[0, a, 0, three, 0], [0, 0, 0, 0, 0]]) == ["a three", ""]


def test_an_is_written_where_it_belongs_and_read_as_a():
    assert np.array_equal(text.encode(["an eight"]), text.encode(["a eight"]))
    assert text.decode(text.encode(["a eight", "a upright one", "a one"])) == ["an eight", "an upright one", "a one"]


def test_own_words_keep_their_own_article():
    vocabulary = text.Vocabulary(("a", "an", "eight"), 3)
    assert vocabulary.decode(vocabulary.encode(["a eight", "an eight"])) == ["a eight", "an eight"]


def test_case_punctuation_and_figures_do_not_count():
    assert np.array_equal(text.encode(["A THIN 3."]), text.encode(["a thin three"]))
    assert text.Vocabulary(("route", "66"), 2).encode("Route 66").tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("caption", "message"),
    [
        ("a thin tree", "unknown word; known and near: three.*Received: 'tree' in 'a thin tree'"),
        ("a thinn three", "known and near: thin.*Received: 'thinn'"),
        ("a qqq", "unknown word; known and near: a, by, drawn.*three.*Received: 'qqq'"),  # none is near: all of them
        ("", "caption is empty.*Received: ''"),
        ("…!", "caption is empty"),
        ("a " * 16, "at most 15 words; shorten it. Received: 16 words"),
        (7, "must be a string. Received: int"),
    ],
)
def test_captions_that_cannot_be_encoded_are_refused_by_a_message_that_helps(caption, message):
    with pytest.raises(ValueError, match=message):
        text.encode([caption])


def test_a_bare_string_is_one_caption():
    assert np.array_equal(text.encode("a three"), text.encode(["a three"]))
