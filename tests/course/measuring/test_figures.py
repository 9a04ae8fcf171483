"""The figures of notebooks 10 and 12: what they draw, their words say in numbers, and their tables list."""

import numpy as np

from mmgan_lite.course.measuring import figures


def test_distances_tell_their_medians():
    html = figures.nearest_distances({"real": [0.3, 0.37, 0.5], "a copier": [0.03, 0.04, 0.05]}, "budget smoke").data
    assert "Medians: real 0.37, a copier 0.04. budget smoke." in html and "<td>0.04</td>" in html


def test_losses_tell_their_least_value_and_their_course():
    curves = {"once": np.array([0.0, 4.0]), "twice": np.array([0.693, 1.3])}
    courses = {"once": [0.6, *[0.001] * 10], "twice": [1.0, *[0.694] * 10]}
    html = figures.losses_of_fakes(np.array([-8, 8]), curves, courses, np.log(2)).data
    assert "once down to 0.000, twice down to 0.693; a grey line marks 0.693." in html
    assert "once from 0.600 to 0.001, twice from 1.000 to 0.694." in html and "<td>0.694</td>" in html
