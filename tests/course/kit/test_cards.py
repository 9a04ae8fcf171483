"""The cards: every picture has its words, and every sound its name."""

import re

import numpy as np

from mmgan_lite.course.kit import cards


def test_every_picture_has_its_words_and_every_sound_its_name():
    rng = np.random.default_rng(0)
    samples = {
        "image": rng.uniform(-1, 1, (2, 28, 28, 1)),
        "text": ["a < b", ""],
        "speech": rng.uniform(-1, 1, (2, 32, 32)),
    }
    page = cards.page(samples, 'the caption "x"')
    assert len(re.findall(r'<img [^>]*alt="[^"]{10,}"', page)) == page.count("<img") == 4
    assert len(re.findall(r'<audio controls aria-label="[^"]{10,}"', page)) == 2
    assert "a &lt; b" in page and "(no word)" in page and "autoplay" not in page
