"""Two answers: the first term alone makes them alike, both terms spread them as the real numbers are."""

import numpy as np
import tensorflow as tf

from mmgan_lite.course.translation.two_answers import learn


def near(x, y):
    return tf.reduce_mean(tf.abs(x - y))


def near_and_apart(x, y):
    return near(x, y) - tf.reduce_mean(tf.abs(x[0] - x[1])) / 2


def test_one_term_makes_all_answers_alike_and_two_spread_them_as_real_ones():
    real = np.random.default_rng(0).normal(20, 5, 500)
    assert learn(near, real, seed=1, steps=300) < 0.25 * real.std()
    assert 0.75 * real.std() < learn(near_and_apart, real, seed=1, steps=300) < 1.25 * real.std()
    assert learn(near, real, seed=1, steps=2) == learn(near, real, seed=1, steps=2)
