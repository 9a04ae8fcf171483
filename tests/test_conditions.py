"""Conditions: which modalities they come from, what they tell, and which others contradict them."""

import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mmgan_lite import conditions

RNG = np.random.default_rng(0)


# Facts


FACTS = st.lists(st.tuples(*[st.integers(-1, 2)] * 3), min_size=1, max_size=6).map(lambda x: np.array(x, "int32"))


@settings(max_examples=40, deadline=None)
@given(FACTS, FACTS)
def test_rows_that_agree_contradict_each_other_nowhere(facts, others):
    expected = [[all(a == b or a < 0 or b < 0 for a, b in zip(x, y, strict=True)) for y in others] for x in facts]
    assert conditions.facts_agree(facts, others).numpy().tolist() == expected


@settings(max_examples=40, deadline=None)
@given(FACTS, st.integers(0, 2**31 - 1))
def test_merged_facts_are_what_any_present_modality_tells(levels, seed):
    rng = np.random.default_rng(seed)
    facts = {m: np.where(rng.random(levels.shape) < 0.5, levels, -1).astype("int32") for m in ("image", "text")}
    presence = np.array([[1, 0], [0, 1], [1, 1]], "float32")[rng.integers(0, 3, len(levels))]
    merged = conditions.merge_facts(facts, ("image", "text"), presence).numpy()
    for row, here in enumerate(presence):
        told = [facts[m][row] for m, there in zip(("image", "text"), here, strict=True) if there]
        assert merged[row].tolist() == [max(column) for column in zip(*told, strict=True)]


def facts_of(n, digits=10):
    """Digit, and one further fact that is told of half of the rows."""
    told = np.stack([RNG.integers(0, digits, n), RNG.integers(0, 2, n)], 1)
    return np.where(RNG.random((n, 2)) < [0, 0.5], -1, told).astype("int32")


@pytest.mark.parametrize("seed", [(0, 0), (3, 7)])
def test_a_mismatched_condition_contradicts_what_the_sample_tells(seed):
    facts, e_facts = facts_of(64), facts_of(64)
    rows = conditions.sample_mismatched(facts, e_facts, tf.constant(seed)).numpy()
    ok = conditions.facts_agree(facts, e_facts).numpy()
    assert not ok[np.arange(64), rows].any()
    assert len(set(rows)) > 20  # not always the same row
    assert (conditions.sample_mismatched(facts, e_facts, tf.constant((1, 1))).numpy() != rows).any()


def test_where_nothing_contradicts_a_sample_its_wrong_condition_is_the_opposite_of_its_own():
    facts = np.array([[3, -1], [3, 0], [3, 1]], "int32")  # the first contradicts nobody
    rows = conditions.sample_mismatched(facts, facts, tf.constant((0, 0)))
    assert rows.numpy().tolist() == [-1, 2, 1]
    e = tf.constant(np.eye(3, dtype="float32"))
    np.testing.assert_array_equal(conditions.wrong_conditions(rows, e, e), [[-1, 0, 0], [0, 0, 1], [0, 1, 0]])


@pytest.mark.parametrize(("hard_fraction", "share"), [(0.0, 0.1), (0.5, 0.55), (1.0, 1.0)])
def test_so_many_mismatches_are_of_the_same_class_where_there_are_any(hard_fraction, share):
    told = np.stack([RNG.integers(0, 10, 1000), RNG.integers(0, 10, 1000)], 1).astype("int32")
    rows = conditions.sample_mismatched(told, told, tf.constant((0, 0)), hard_fraction).numpy()
    assert abs((told[rows, 0] == told[:, 0]).mean() - share) < 0.06


# Chance


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_modality_alone_is_present_twice_as_often_as_any_other_subset(count):
    n = 8000
    presence = conditions.random_presence(n, count, tf.constant((5, 1))).numpy()
    weights = {s: 2 if sum(s) == 1 else 1 for s in itertools.product((0, 1), repeat=count) if any(s)}
    for subset, weight in weights.items():
        share = weight / sum(weights.values())
        seen = (presence == subset).all(1).mean()
        assert abs(seen - share) <= 4 * math.sqrt(share * (1 - share) / n), subset
    assert presence.any(1).all()


def test_presence_follows_from_its_seed():
    a, b, c = (conditions.random_presence(64, 3, tf.constant(seed)).numpy() for seed in ((0, 1), (0, 1), (0, 2)))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


@pytest.mark.parametrize("distance", [0.0, 0.5, 1.0])
def test_neighbours_lie_as_far_away_as_told(distance):
    e = keras.utils.normalize(np.random.default_rng(0).standard_normal((400, 64)), axis=-1).astype("float32")
    near = conditions.conditioning_augmentation(tf.constant(e), distance, [1, 2]).numpy()
    np.testing.assert_allclose(np.linalg.norm(near, axis=1), 1.0, rtol=1e-5)
    assert np.mean((near * e).sum(1)) == pytest.approx(1 / math.hypot(1, distance), abs=0.01)
    np.testing.assert_array_equal(near, conditions.conditioning_augmentation(tf.constant(e), distance, [1, 2]))
