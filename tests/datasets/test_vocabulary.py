"""A vocabulary of your own captions, in any language and of any length; `test_captions.py` tells of the digits' one."""

import numpy as np
import pytest

from mmgan_lite import prompts
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.datasets.words import UNKNOWN_WORD

CHINESE = Vocabulary.of(["红色的球", "蓝色的方块"])
EMOJI = Vocabulary.of(["🔴", "❤️ 🔵"])


LANGUAGES = [
    ["红色的球", "蓝色的方块"],
    ["लाल गेंद", "नीला डिब्बा"],
    ["ลูกบอลสีแดง"],
    ["🔴", "🔵 ❤️"],
    ["c++ code", "c# code"],
    ["-5 degrees", "5 degrees"],
    ["3 cats", "three cats"],
    ["don't"],
]


@pytest.mark.parametrize("captions", LANGUAGES, ids=" / ".join)
def test_captions_of_any_language_survive_the_way_to_tokens_and_back(captions):
    vocabulary = Vocabulary.of(captions)
    tokens = vocabulary.encode(captions)
    assert vocabulary.decode(tokens) == captions
    assert len(np.unique(tokens, axis=0)) == len(captions)


def test_an_emoji_is_the_same_with_its_variation_selector_and_without():
    assert np.array_equal(EMOJI.encode(["❤"]), EMOJI.encode(["❤️"]))
    assert np.array_equal(Vocabulary.of(["❤"]).encode(["❤️"]), Vocabulary.of(["❤"]).encode(["❤"]))


def test_a_caption_of_one_word_has_room_for_its_end():
    assert Vocabulary.of(["ball", "box"]).max_words == 2


def test_captions_without_a_word_do_not_count_and_none_with_one_is_refused():
    assert Vocabulary.of(["", "a ball", "…"]).words == ("", "a", "ball")
    for captions in ([], ["", "…"]):
        with pytest.raises(ValueError, match=f"captions need words.*Received: {len(captions)} without"):
            Vocabulary.of(captions)


def test_long_captions_are_cut_in_training_and_refused_in_a_prompt():
    long = " ".join(f"w{n}" for n in range(60))
    vocabulary = Vocabulary.of([long, "w1"])
    assert vocabulary.max_words == 40
    assert vocabulary.decode(vocabulary.encode([long], cut=True)) == [" ".join(long.split()[:40])]
    with pytest.raises(ValueError, match=r"at most 40 words; shorten it\. Received: 60 words"):
        vocabulary.encode([long])


def test_a_vocabulary_is_bounded_and_what_is_rare_reads_as_unknown():
    captions = [f"common ball w{n}" for n in range(100)]
    vocabulary = Vocabulary.of(captions, max_size=10)
    assert len(vocabulary) == 11 and vocabulary.words[-1] == UNKNOWN_WORD
    rare = f"common ball {UNKNOWN_WORD}"
    assert vocabulary.decode(vocabulary.encode(["common ball w1", "common ball w99", rare])) == [
        "common ball w1",
        rare,
        rare,
    ]
    assert Vocabulary(vocabulary.words[1:], vocabulary.max_words) == vocabulary  # as run.json keeps it


def test_a_word_without_end_is_an_unknown_one():
    vocabulary = Vocabulary.of(["a ball", f"a {'x' * 201}", f"a {'y' * 200}"])
    assert vocabulary.words == ("", "a", "ball", "y" * 200, UNKNOWN_WORD)
    assert vocabulary.decode(vocabulary.encode([f"a {'x' * 201}"])) == [f"a {UNKNOWN_WORD}"]


def test_a_prompt_with_a_rare_word_is_read_and_told():
    vocabulary = Vocabulary.of([f"ball w{n}" for n in range(100)], max_size=10)
    with pytest.warns(UserWarning, match="text: 'w99' is too rare.*known and near: .*w1"):
        one_hot = prompts.one_hot_captions("text", ["ball w99"], vocabulary)
    assert vocabulary.decode(one_hot.argmax(-1)) == [f"ball {UNKNOWN_WORD}"]


@pytest.mark.parametrize(
    ("vocabulary", "given", "told"),
    [
        (EMOJI, [""], "the caption is empty; write one such as \"❤️ 🔴 🔵\". Received: ''"),
        (EMOJI, [], 'at least one caption, such as "❤️ 🔴 🔵". Received: no text prompt'),
        (EMOJI, None, r'must be a list of captions, \["❤️ 🔴 🔵"\]'),
        (EMOJI, ["🟢"], "unknown word; known and near: ❤️, 🔴, 🔵. Received: '🟢'"),
        (CHINESE, ["绿"], "unknown word; known and near: 块, .*Received: '绿'"),
        (Vocabulary.of(f"w{n}" for n in range(99)), ["ü"], "near: w0, w1, .*, …. Received"),
    ],
)
def test_a_message_speaks_in_the_words_of_the_vocabulary(vocabulary, given, told):
    with pytest.raises(ValueError, match=told):
        prompts.one_hot_captions("text", given, vocabulary)
