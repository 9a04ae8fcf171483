"""Captions in pictures stand there as they were written, or as codes, and nothing is mathematics."""

import warnings

import numpy as np
import pytest

from mmgan_lite import lettering, plots
from mmgan_lite.lettering import lettered

NOWHERE = "\U000f0001"  # for private use: no font has it


@pytest.fixture(autouse=True)
def anew():
    lettering._tell_once.cache_clear()


def drawn(caption):
    """The picture of one caption, every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig = plots.gallery([(plots.draw_caption, [caption])], [caption])
        return plots.png(fig), plots.alt_text(fig)


@pytest.mark.parametrize("caption", ["red square $$", "$x_1^2$ and $", "\\$5", "50% \\frac"])
def test_nothing_is_mathematics(caption):
    picture, alt = drawn(caption)
    assert picture.startswith(b"\x89PNG") and f"Caption: {caption}." in alt
    assert lettered(caption)[0] == caption


def test_what_joins_emoji_is_left_out_of_the_picture():
    assert lettered("❤️")[0] == "❤"


def test_a_character_that_the_usual_font_lacks_comes_from_one_that_has_it():
    fonts = {font.name: font.fname for font in lettering.font_manager.fontManager.ttflist}
    rare = min(lettering._characters(fonts["STIXGeneral"]) - lettering._characters(fonts["DejaVu Sans"]))
    words, style = lettered(f"a {chr(rare)}")
    assert words == f"a {chr(rare)}" and len(style["family"]) == 2
    drawn(words)


def test_characters_that_no_font_has_are_codes_and_that_is_told_once():
    with pytest.warns(UserWarning, match="no installed font.*install Noto") as told:
        assert [lettered(f"a {NOWHERE}")[0] for _ in range(2)] == ["a \\U000f0001"] * 2
    assert len(told) == 1
    assert f"Caption: a {NOWHERE}." in drawn(f"a {NOWHERE}")[1]  # the words for those who cannot see keep it


@pytest.mark.filterwarnings("ignore:no installed font")
def test_wide_letters_count_twice():
    assert max(map(len, lettered("あ" * 30)[0].splitlines())) <= 22  # letters, or codes where no font has them
    assert max(map(len, lettered("a b " * 20)[0].splitlines())) <= 22


def test_an_image_of_one_pixel_can_be_drawn():
    plots.png(plots.gallery([(plots.draw_image, np.zeros((2, 1, 1, 1)))]))
    assert plots.image_grid(np.zeros((1, 1, 1, 3))).alt == "1 images, 1 by 1."
