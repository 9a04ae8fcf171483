"""The miner: tasks that nearness answers."""

import numpy as np
import pytest

from mmgan_lite.course.space.retrieval_game import RetrievalGame
from mmgan_lite.datasets import digits


@pytest.fixture(scope="module")
def miner():
    test = digits.load_digits("test")
    rows = np.random.default_rng(0).permutation(500)[:80]
    pairs = {name: test[name][rows] for name in ("image", "text", "speech", "label")}
    islands = np.eye(10, 12, dtype="float32")[pairs["label"]]  # a space in which the digit is all there is
    vectors = {sense: islands for sense in ("image", "text")}
    vectors["speech"] = (
        np.random.default_rng(1).standard_normal((80, 12)).astype("float32")
    )  # and a sense that is noise
    vectors["speech"] /= np.linalg.norm(vectors["speech"], axis=1, keepdims=True)
    made = RetrievalGame(pairs, vectors)
    yield made
    assert made.guard.errors == []


def test_rates_are_full_where_the_space_knows_and_chance_where_it_does_not(miner):
    for task, chance in (("nearest neighbours", 0.1), ("missing piece", 0.25)):
        known, luck = miner.rate(task, "image", "text")
        assert known.mean == 1 and luck == chance
        found, _ = miner.rate(task, "image", "speech")
        assert found.low < chance + 0.1 and found.high < 0.5


def test_a_thing_is_no_neighbour_of_itself(miner):
    for item in range(1, 30):
        one = miner.play("nearest neighbours", item, "image", "image")
        assert one.given not in one.offered


def test_one_of_the_offered_is_right(miner):
    for task in ("missing piece", "odd one out"):
        for item in range(1, 30):
            one = miner.play(task, item)
            assert sum(one.right) == 1 and len(one.offered) == 4


def test_every_control_redraws_and_the_tally_grows(miner):
    seen = {miner.view.value}
    for name, value in (("item", 7), ("wanted", "text"), ("given", "speech"), ("task", "missing piece")):
        miner.controls[name].value = value
        assert miner.view.value not in seen, name
        seen.add(miner.view.value)
    miner.controls["item"].value = 8
    assert " of 2 right; all 200 items:" in miner.told.value
    miner.controls["hide"].value = True
    assert "chosen" not in miner.view.value and "right" not in miner.told.value
    miner.controls["hide"].value = False
    assert "chosen" in miner.view.value
    miner.controls["task"].value = "odd one out"
    assert miner.controls["given"].layout.display == "none"
    assert miner.view.value.count('class="miner-card"') == 4
    assert "<div" in miner._repr_mimebundle_()["text/html"]


def test_the_odd_one_out_has_one_tally_whatever_is_chosen_for_the_other_tasks(miner):
    for item, task, given in ((31, "odd one out", "image"), (32, "odd one out", "text")):
        miner.controls["task"].value = "missing piece"
        miner.controls["given"].value = given
        miner.controls["item"].value = item
        miner.controls["task"].value = task
    tallies = [set(seen) for (task, *_), seen in miner.visited.items() if task == "odd one out"]
    assert len(tallies) == 1 and {31, 32} <= tallies[0]


def test_the_miner_says_at_once_that_it_is_working(miner, words_on_the_way):
    miner.controls["hide"].value = False
    first, *_, last = words_on_the_way(miner.told, lambda: setattr(miner.controls["item"], "value", 77))
    assert "working" in first and "Chosen" in last
