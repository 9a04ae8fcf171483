"""Captions crossed with noise."""

import re

import numpy as np

from mmgan_lite.course.translation.noise_by_condition import NoiseByCondition


def pictures(page):
    return re.findall(r"<img [^>]*>", page)


def test_crossed_shows_a_cell_for_every_caption_and_noise_with_what_a_judge_reads(pretrained):
    crossed = NoiseByCondition(pretrained, count=3)
    assert len(pictures(crossed.view.value)) == len(crossed.captions) * 3
    assert "“a three” with noise 1; a judge reads: three" in pictures(crossed.view.value)[0]
    assert all("a judge reads" in picture for picture in pictures(crossed.view.value))
    assert crossed.view.value in crossed._repr_mimebundle_()["text/html"]
    assert crossed.guard.errors == []


def test_a_row_of_crossed_is_alike_without_noise_and_columns_share_theirs(pretrained):
    crossed = NoiseByCondition(pretrained, ("a three", "a three", "an eight"), count=3)
    made = crossed.cross(pretrained.embed({"text": ["a three", "a three", "an eight"]}))
    np.testing.assert_allclose(made[0], made[1], atol=1e-5)
    assert np.abs(made[0, 0] - made[0, 1]).max() > 0.1
    crossed.size.value = 0.0
    cells = re.findall(r'<img src="([^"]*)"', crossed.view.value)
    assert len(set(cells[:6])) == 1 and cells[0] != cells[6]


def test_every_control_of_crossed_changes_the_picture(pretrained):
    crossed = NoiseByCondition(pretrained, count=2)
    seen = [crossed.view.value]
    for move in (
        crossed.another.click,
        lambda: setattr(crossed.size, "value", 0.5),
        lambda: setattr(crossed.captions[0], "value", "a six"),
        lambda: setattr(crossed.to, "value", "speech"),
    ):
        move()
        seen.append(crossed.view.value)
    assert len(set(seen)) == len(seen)
    assert crossed.guard.errors == []


def test_crossed_says_what_it_cannot_read_and_goes_on(pretrained):
    crossed = NoiseByCondition(pretrained, count=2)
    before = crossed.view.value
    crossed.captions[1].value = "a banana <b>"
    assert "unknown word" in crossed.status.value and crossed.view.value == before
    crossed.captions[1].value = "a two"
    assert "unknown" not in crossed.status.value and crossed.view.value != before
    assert crossed.guard.errors == []
