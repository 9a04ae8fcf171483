"""The notebooks' charts: every number that is drawn is told in words and stands in the table."""

import numpy as np

from mmgan_lite.course import charts
from mmgan_lite.evaluation.metrics import Interval

LEVELS = [0.0, 0.5, 1.0]
BAND = np.array([[0.9, 0.8, 0.95], [0.5, 0.4, 0.6], [0.1, 0.05, 0.2]])


def page(shown):
    return shown._repr_html_() if hasattr(shown, "_repr_html_") else shown.data


def test_curves_tell_where_they_begin_and_end_and_list_every_mean():
    panels = {"image": {"kit": BAND, "ours": BAND[::-1]}, "width": {"kit": [2.0, 3.0, 4.5]}}
    html = page(charts.curves(LEVELS, panels, "share spoilt", chance=0.1, note="budget smoke"))
    assert "image by share spoilt: kit from 0.9 to 0.1; ours from 0.1 to 0.9." in html
    assert "width by share spoilt: kit from 2 to 4.5." in html and "budget smoke" in html
    assert "image: ours" in html and "<td>4.5</td>" in html


def test_a_single_panel_may_be_logarithmic():
    html = page(charts.curves([10, 100, 1000], {"distance": {"real": [40.0, 4.0, 0.4]}}, "n", log=True))
    assert "distance by n: real from 40 to 0.4." in html and ">real</th>" in html


def test_shares_tell_each_group():
    html = page(charts.shares(["image", "image + text", "text"], {"kit": BAND}, "right digit"))
    assert "right digit: kit image 90%, image + text 50%, text 10%." in html and "<td>0.5</td>" in html


def test_bars_tell_every_value_and_hand_their_numbers_on():
    fig, numbers = charts.bars(["three", "eight"], {"cosine": [0.7, -0.1], "force": [2.0, 0.0]}, log=("force",))
    assert [ax.alt for ax in fig.axes] == ["cosine: three 0.7, eight -0.1.", "force: three 2, eight 0."]
    assert numbers == {"": ["three", "eight"], "cosine": [0.7, -0.1], "force": [2.0, 0.0]}


def test_intervals_tell_every_end_and_list_them():
    means = {"kit": Interval(0.5, 0.4, 0.6), "ours": Interval(0.7, 0.61, 0.79)}
    html = page(charts.intervals(means, "share right", dots={"kit": [0.45, 0.55]}, note="budget smoke"))
    assert "share right. Means with 95% intervals: kit 0.5 (0.4 to 0.6); ours 0.7 (0.61 to 0.79). budget smoke." in html
    assert "<td>0.61</td>" in html
