"""Embedders: samples of any sense to unit vectors, and several senses' vectors to one."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mmgan_lite.datasets import captions as text
from mmgan_lite.networks import embedders

RNG = np.random.default_rng(0)
SIZES = {
    "image": [(28, 28, 1), (20, 24, 3), (5, 7, 2)],
    "speech": [(32, 32), (9, 6)],
    "text": [tuple(text.DIGITS.size), (3, 5)],
}


def one_hot(tokens, size):
    return np.eye(size, dtype="float32")[np.asarray(tokens)]


def batch_of(sense, shape, n=5):
    if sense == "text":
        return one_hot(RNG.integers(0, shape[1], (n, shape[0])), shape[1])
    return RNG.uniform(-1, 1, (n, *shape)).astype("float32")


def build(sense, **sizes):
    return getattr(embedders, f"build_{sense}_embedder")(**sizes)


@pytest.mark.parametrize(("sense", "shape"), [(sense, shape) for sense, shapes in SIZES.items() for shape in shapes])
def test_vectors_have_length_1_for_samples_of_any_size(sense, shape):
    network = build(sense, embed_dim=12, shape=shape)
    vectors = network(batch_of(sense, shape)).numpy()
    assert vectors.shape == (5, 12) and vectors.dtype == "float32"
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert np.linalg.norm(vectors[0] - vectors[1]) > 1e-3  # other samples, other vectors


@pytest.mark.parametrize("sense", SIZES)
def test_the_default_sizes_are_those_of_the_digits(sense):
    network = build(sense)
    assert network.input_shape[1:] == SIZES[sense][0] and network.output_shape == (None, 64)


@pytest.mark.parametrize("sense", ["image", "speech"])
def test_noise_and_dropout_act_only_in_training(sense):
    network = build(sense)
    x = batch_of(sense, SIZES[sense][0])
    assert np.array_equal(network(x), network(x))
    assert not np.allclose(network(x, training=True), network(x, training=True))


def test_padding_does_not_change_a_captions_vector():
    short, long = build("text", shape=(3, 6)), build("text", shape=(11, 6))
    long.set_weights(short.get_weights())
    captions = RNG.integers(1, 6, (8, 3))
    padded = np.pad(captions, ((0, 0), (0, 8)))
    np.testing.assert_allclose(short(one_hot(captions, 6)), long(one_hot(padded, 6)), atol=1e-6)


def test_the_order_of_words_matters():
    network = build("text", shape=(3, 6))
    there, back = network(one_hot([[1, 2, 3], [3, 2, 1]], 6)).numpy()
    assert np.linalg.norm(there - back) > 1e-3


def test_soft_words_come_close_to_the_words_that_they_nearly_are():
    network = build("text", shape=(4, 6))
    words = one_hot(RNG.integers(0, 6, (5, 4)), 6)
    np.testing.assert_allclose(network(tf.nn.softmax(20 * words)), network(words), atol=1e-3)


def test_a_gradient_passes_through_soft_words():
    network = build("text", shape=(4, 6))
    words = tf.nn.softmax(tf.constant(RNG.normal(size=(5, 4, 6)), tf.float32))
    with tf.GradientTape() as tape:
        tape.watch(words)
        loss = tf.reduce_sum(network(words)[:, 0])
    slopes = tape.gradient(loss, words).numpy()
    assert np.isfinite(slopes).all() and (np.abs(slopes).max((1, 2)) > 0).all()


# fuse


def unit_vectors(n, senses, dim=8):
    x = RNG.normal(size=(n, senses, dim)).astype("float32")
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(0, 3), st.floats(-1e3, 1e3))
def test_an_absent_sense_has_no_influence(senses, absent, value):
    vectors = unit_vectors(3, senses + 1)
    present = np.ones((3, senses + 1), "float32")
    present[:, absent % (senses + 1)] = 0
    other = np.where(present[..., None] > 0, vectors, np.float32(value))
    left_out = vectors[present > 0].reshape(3, senses, -1)
    fused = embedders.fuse(vectors, present)
    np.testing.assert_array_equal(embedders.fuse(other, present), fused)
    np.testing.assert_allclose(embedders.fuse(left_out, np.ones((3, senses), "float32")), fused, atol=1e-6)


def test_one_sense_alone_is_itself():
    vectors = unit_vectors(4, 3)
    for sense in range(3):
        present = np.eye(3, dtype="float32")[[sense] * 4]
        np.testing.assert_allclose(embedders.fuse(vectors, present), vectors[:, sense], atol=1e-5)


def test_fusing_takes_the_direction_of_the_mean_whatever_the_order():
    vectors, present = unit_vectors(6, 3), np.array([[1, 1, 0], [1, 1, 1]] * 3, "float32")
    means = (vectors * present[..., None]).sum(1) / present.sum(1, keepdims=True)
    expected = means / np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(embedders.fuse(vectors, present), expected, atol=1e-5)
    order = [2, 0, 1]
    np.testing.assert_allclose(embedders.fuse(vectors[:, order], present[:, order]), expected, atol=1e-5)


def test_vectors_that_cancel_out_fuse_to_something_finite():
    vectors = unit_vectors(2, 1)
    opposed = np.concatenate([vectors, -vectors], 1)
    assert np.isfinite(embedders.fuse(opposed, np.ones((2, 2), "float32"))).all()
