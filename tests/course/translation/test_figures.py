"""The figures of notebook 08: what they draw, their words say in numbers, and their tables list."""

import numpy as np

from mmgan_lite.course.translation import figures


def scored(value):
    return {"digit": {"value": value, "low": value - 0.05, "high": value + 0.05, "shuffled": {"value": 0.1}}}


def test_what_was_heard_stands_next_to_what_others_asked():
    html = figures.heard({"blind": scored(0.08), "pairs": scored(0.79)}, note="budget smoke", distance=[40.0, 7.5]).data
    assert "blind 8% (3% to 13%), another&#x27;s caption 10%; pairs 79% (74% to 84%)" in html
    assert "budget smoke" in html and "<td>7.5</td>" in html and ">distance</th>" in html


def test_logits_tell_the_diagonal_from_the_rest():
    html = figures.logits_of_pairs({"blind": np.zeros((3, 3)), "pairs": 2 * np.eye(3) - 0.25}, "budget smoke").data
    assert "blind: +0.00 where they belong together, +0.00 elsewhere." in html
    assert "pairs: +1.75 where they belong together, -0.25 elsewhere." in html and "<td>1.75</td>" in html
