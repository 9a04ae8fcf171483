"""Words of any language stay whole, stay apart, and come back as they were written."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmgan_lite.datasets.words import UNKNOWN_WORD, join_words, split_words

# What a person may write, its words, and how these are written again where that is not the same.
TRIES = {
    "English": ("A thin Three, leaning right!", ["a", "thin", "three", "leaning", "right"]),
    "an apostrophe": ("don’t 'quote' dogs'", ["don't", "quote", "dogs"]),
    "a hyphen": ("well‑known pages 3-5", ["well-known", "pages", "3-5"]),
    "snake_case": ("red_square.png", ["red", "square", "png"]),
    "accents": ("Café à côté", ["café", "à", "côté"]),
    "German": ("ein großer Würfel", ["ein", "großer", "würfel"]),
    "Greek": ("ΟΔΟΣ", ["οδος"]),
    "Catalan": ("col·lecció", ["col·lecció"]),
    "Hindi": ("लाल गेंद हिन्दी में", ["लाल", "गेंद", "हिन्दी", "में"]),
    "Arabic with its vowels": ("كُرَةٌ حَمْرَاءُ", ["كُرَةٌ", "حَمْرَاءُ"]),
    "Persian": ("می‌خواهم", ["می‌خواهم"]),
    "Hebrew": ("צ׳יפס", ["צ׳יפס"]),
    "Korean": ("빨간 공", ["빨간", "공"]),
    "Thai": ("ลูกบอลสีแดง", ["ลู", "ก", "บ", "อ", "ล", "สี", "แ", "ด", "ง"]),
    "Chinese": ("红色的球，很大。", ["红", "色", "的", "球", "很", "大"]),
    "Japanese": ("赤いボール々", ["赤", "い", "ボ", "ー", "ル", "々"]),
    "Chinese and English": ("红色iPhone手机", ["红", "色", "iphone", "手", "机"]),
    "emoji": ("🔴🔵 ❤️", ["🔴", "🔵", "❤️"]),
    "emoji that are joined": ("👩🏽‍🚀🏳️‍🌈👨‍👩‍👧", ["👩🏽‍🚀", "🏳️‍🌈", "👨‍👩‍👧"]),
    "flags": ("🇫🇷🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿", ["🇫🇷", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]),
    "a keycap": ("3️⃣ 3", ["3️⃣", "3"]),
    "an emoji younger than Python": ("🪿🫨", ["🪿", "🫨"]),
    "names with signs": ("C++ code, C# code", ["c++", "code", "c#", "code"]),
    "signs": ("−5°C +3 5% $$ 3.5 m² 5+5", ["-5", "°", "c", "+", "3", "5", "%", "$", "$", "3.5", "m²", "5", "+", "5"]),
    "what nobody sees": ("\ufeffsoft\u00adly\u200b red", ["softly", "red"]),
    "the unknown word": (f"a {UNKNOWN_WORD} ball", ["a", UNKNOWN_WORD, "ball"]),
    "no word at all": ("…!? _ ()", []),
}


@pytest.mark.parametrize("name", TRIES)
def test_words_stay_whole(name):
    caption, words = TRIES[name]
    assert split_words(caption) == words


@pytest.mark.parametrize("name", TRIES)
def test_composed_and_decomposed_letters_are_the_same(name):
    caption, words = TRIES[name]
    forms = {form: unicodedata.normalize(form, caption) for form in ("NFC", "NFD")}
    assert split_words(forms["NFC"]) == split_words(forms["NFD"]) == words


APART = [
    ("C++ code", "C# code", "C code"),
    ("-5 degrees", "5 degrees"),
    ("🔴", "🔵", "🟢"),
    ("3.5", "35"),
    ("red square", "red square $$"),
    ("लाल", "लाली"),
]


@pytest.mark.parametrize("captions", APART, ids=" / ".join)
def test_captions_that_differ_in_more_than_punctuation_stay_apart(captions):
    assert all(split_words(a) != split_words(b) for a, b in itertools.combinations(captions, 2))


@pytest.mark.parametrize(
    ("caption", "written"),
    [
        ("红色的球，很大", "红色的球很大"),
        ("红色iPhone手机", "红色 iphone 手机"),
        ("ลูกบอล สีแดง", "ลูกบอลสีแดง"),
        ("A Ball 🔴🔵", "a ball 🔴 🔵"),
    ],
)
def test_words_are_joined_as_their_script_is_written(caption, written):
    assert join_words(split_words(caption)) == written


@given(st.text())
def test_joined_words_are_split_into_the_same_again(caption):
    words = split_words(caption)
    assert split_words(join_words(words)) == words and all(words)


def test_no_words_make_no_caption():
    assert join_words([]) == ""
