"""Generators: noise and a condition to samples; the writer, held to what is known of Gumbel noise and cross-entropy."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mmgan_lite.datasets import captions
from mmgan_lite.networks import generators

RNG = np.random.default_rng(0)
FULL = {"image": (28, 28, 1), "speech": (32, 32), "text": tuple(captions.DIGITS.size)}


def build(sense, **sizes):
    return getattr(generators, f"build_{sense}_generator")(**sizes)


def noise_and_condition(n, latent_dim=8, embed_dim=6):
    e = RNG.normal(size=(n, embed_dim))
    e /= np.linalg.norm(e, axis=1, keepdims=True)
    return [tf.constant(RNG.normal(size=(n, latent_dim)), tf.float32), tf.constant(e, tf.float32)]


@pytest.mark.parametrize("sense", FULL)
def test_default_sizes_are_those_of_the_digits(sense):
    samples = build(sense)(noise_and_condition(2, 64, 64)).numpy()
    assert samples.shape == (2, *FULL[sense]) and samples.dtype == "float32"


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 13), st.integers(1, 13), st.integers(1, 3))
def test_pictures_of_any_size_come_out_whole_and_in_range(height, breadth, channels):
    z, e = noise_and_condition(3)
    for sense, shape in {"image": (height, breadth, channels), "speech": (height, breadth)}.items():
        samples = build(sense, latent_dim=8, embed_dim=6, shape=shape, width=4)([100 * z, e]).numpy()
        assert samples.shape == (3, *shape)
        assert np.abs(samples).max() <= 1


@pytest.mark.parametrize("sense", FULL)
def test_a_sample_follows_from_noise_and_condition_and_from_both(sense):
    network = build(sense, latent_dim=8, embed_dim=6)
    (z, e), (other_z, other_e) = noise_and_condition(16), noise_and_condition(16)
    samples = network([z, e]).numpy()
    assert np.array_equal(network([z, e]), samples)
    np.testing.assert_allclose(network([z[3:5], e[3:5]]), samples[3:5], atol=1e-5)  # whatever else is in the batch
    assert not np.allclose(network([other_z, e]), samples, atol=1e-2)
    assert not np.allclose(network([z, other_e]), samples, atol=1e-2)


# The writer


def writer(latent_dim=8, vocabulary_size=5, max_words=4, width=16):
    return generators.build_text_generator(latent_dim, 6, (max_words, vocabulary_size), width)


def with_constant_logits(network, logits):
    """A writer that thinks the same of every place."""
    kernel, _ = network.to_logits.get_weights()
    network.to_logits.set_weights([np.zeros_like(kernel), np.asarray(logits, "float32")])
    return network


def test_words_are_one_hot():
    words = writer()(noise_and_condition(50)).numpy()
    assert words.shape == (50, 4, 5)
    np.testing.assert_allclose(np.sort(words, -1), np.broadcast_to([0, 0, 0, 0, 1], words.shape), atol=1e-6)


def test_after_the_first_empty_word_there_is_silence():
    tokens = writer(max_words=6)(noise_and_condition(300)).numpy().argmax(-1)
    ended = np.cumsum(tokens == 0, 1) > 0
    assert (tokens[ended] == 0).all()
    assert (tokens[~ended] != 0).all() and 0.05 < ended[:, 2].mean() < 0.95  # some had ended by then, some had not


def test_the_gradient_of_words_is_that_of_the_softmax():
    logits, pull = (tf.constant(RNG.normal(size=(7, 5)), tf.float32) for _ in range(2))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        picked = tf.reduce_sum(pull * writer().pick(logits))
        soft = tf.reduce_sum(pull * tf.nn.softmax(logits))
    np.testing.assert_allclose(tape.gradient(picked, logits), tape.gradient(soft, logits), atol=1e-6)


def test_the_gradient_of_words_reaches_all_weights():
    network = writer()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(network(noise_and_condition(64)) * RNG.normal(size=(4, 5)).astype("float32"))
    weights = network.trainable_weights
    assert len(weights) == 2 + 3 + 1 + 2  # plan, cell, read, choose
    for weight, slope in zip(weights, tape.gradient(loss, weights), strict=True):
        assert slope is not None and np.abs(slope).max() > 0, weight.path


@pytest.mark.parametrize("latent_dim", [8, 64])
def test_every_column_of_the_noise_projection_has_length_1(latent_dim):
    spread = writer(latent_dim, vocabulary_size=7, max_words=5).noise_projection
    assert spread.shape == (latent_dim, 35)
    np.testing.assert_allclose(np.linalg.norm(spread, axis=0), 1, rtol=1e-5)
    assert spread.path not in [weight.path for weight in writer().trainable_weights]


def test_the_noise_of_each_place_and_word_is_half_a_gumbel():
    seen = []
    network = with_constant_logits(writer(latent_dim=8, vocabulary_size=5, max_words=3), np.zeros(5))
    network.pick = lambda logits: seen.append(logits) or tf.one_hot(tf.argmax(logits, -1), 5)
    network(noise_and_condition(20000))
    gumbel = 2 * np.stack(seen, 1).reshape(20000, 15)
    uniform = np.sort(np.exp(-np.exp(-gumbel)), 0)  # by the Gumbel's distribution function
    distance = np.abs(uniform - np.linspace(0, 1, 20000)[:, None]).max(0)  # Kolmogorov and Smirnov's, a column
    assert distance.max() < 2 / math.sqrt(20000)  # p < 0.001 beyond, a column


def test_words_are_drawn_as_the_gumbel_trick_promises():
    logits = np.array([-1.0, 0.5, 0.0, -0.5, 0.2])
    network = with_constant_logits(
        writer(latent_dim=16, vocabulary_size=5, max_words=3), logits
    )  # 16 > 15: no two alike
    tokens = network(noise_and_condition(20000, 16)).numpy().argmax(-1)
    chances = np.exp(2 * logits) / np.exp(2 * logits).sum()  # noise of half the strength: logits of twice the size
    first = np.bincount(tokens[:, 0], minlength=5) / 20000
    np.testing.assert_allclose(first, chances, atol=4 * math.sqrt(0.25 / 20000))
    second = np.bincount(tokens[tokens[:, 0] > 0, 1], minlength=5)
    np.testing.assert_allclose(second / second.sum(), chances, atol=4 * math.sqrt(0.25 / 19000))


def test_a_writer_thinks_as_the_gru_cell_of_keras_does():
    network = writer(vocabulary_size=5, max_words=4)
    network.set_weights([weight + 0.3 * RNG.standard_normal(weight.shape) for weight in network.get_weights()])
    z, e = noise_and_condition(6)
    words = np.eye(5, dtype="float32")[RNG.integers(1, 5, (6, 4))]
    state = plan = network.initial_state(np.concatenate([z, e * math.sqrt(6)], -1))
    word = np.zeros((6, 5), "float32")
    for place, logits in enumerate(np.moveaxis(network.write(z, e, lambda place, _: words[:, place])[1], 1, 0)):
        state, _ = network.cell(np.concatenate([plan, network.embed_word(word)], -1), [state])
        np.testing.assert_allclose(logits, network.to_logits(state), atol=1e-5)
        word = words[:, place]


def test_the_writers_cross_entropy_is_keras_own():
    network = writer(vocabulary_size=5, max_words=4)
    z, e = noise_and_condition(9)
    words = tf.one_hot(RNG.integers(0, 5, (9, 4)), 5)
    _, logits = network.write(z, e, lambda place, _: words[:, place])
    keras_own = keras.losses.CategoricalCrossentropy(from_logits=True)(words, logits)
    np.testing.assert_allclose(network.teacher_force(z, e, words)[1], keras_own, rtol=1e-5)


def test_practising_writes_what_a_call_writes():
    network = writer()
    z, e = noise_and_condition(9)
    words = tf.one_hot(RNG.integers(0, 5, (9, 4)), 5)
    np.testing.assert_allclose(network.teacher_force(z, e, words)[0], network([z, e]), atol=1e-6)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(network.teacher_force(z, e, words)[0] * words)
    assert all(slope is not None for slope in tape.gradient(loss, network.trainable_weights))  # D's word gets through


def test_a_writer_that_knows_nothing_is_surprised_by_log_of_the_vocabulary():
    network = with_constant_logits(writer(vocabulary_size=5), np.zeros(5))
    words = tf.one_hot(RNG.integers(0, 5, (9, 4)), 5)
    np.testing.assert_allclose(network.teacher_force(*noise_and_condition(9), words)[1], math.log(5), rtol=1e-5)


def test_the_true_words_before_a_place_are_what_it_hears():
    network = writer(vocabulary_size=5, max_words=4)
    z, e = noise_and_condition(6)
    words = np.eye(5, dtype="float32")[RNG.integers(1, 5, (6, 4))]
    other = words.copy()
    other[:, 1] = np.roll(other[:, 1], 1, -1)
    heard, otherwise = (network.write(z, e, lambda place, _, w=w: w[:, place])[1].numpy() for w in (words, other))
    np.testing.assert_array_equal(heard[:, :2], otherwise[:, :2])
    assert (np.abs(heard - otherwise)[:, 2:].max((0, 2)) > 1e-4).all()


def test_a_writers_copy_writes_the_same():
    network = writer()
    copy = generators.Writer.from_config(network.get_config())
    copy.set_weights(network.get_weights())
    z, e = noise_and_condition(4)
    assert np.array_equal(copy([z, e]), network([z, e]))
    assert network.input_shape == [(None, 8), (None, 6)] and network.output_shape == (None, 4, 5)


# The imaginer


def test_imagined_points_lie_on_the_sphere():
    e = generators.build_imaginer(latent_dim=8, embed_dim=6, width=16)(
        RNG.normal(size=(40, 8)).astype("float32")
    ).numpy()
    assert e.shape == (40, 6)
    np.testing.assert_allclose(np.linalg.norm(e, axis=1), 1, rtol=1e-5)


def test_the_largest_entry_of_the_noise_chooses_an_island():
    network = generators.build_imaginer(latent_dim=8, embed_dim=6)
    z = np.zeros((1, 8), "float32")
    nearly = [network(z + 1e-4 * np.eye(8, dtype="float32")[[entry]]).numpy() for entry in (2, 5)]
    same = network(z + 2e-4 * np.eye(8, dtype="float32")[[2]]).numpy()
    assert np.linalg.norm(nearly[0] - same) < 1e-2 < np.linalg.norm(nearly[0] - nearly[1])


def test_the_prior_gives_unit_vectors_that_follow_all_it_hears():
    prior = generators.build_prior(3, latent_dim=5, embed_dim=6, width=16)
    rng = np.random.default_rng(0)
    z, e = rng.standard_normal((4, 5)).astype("float32"), np.tile(np.eye(6, dtype="float32")[:1], (4, 1))
    given = np.tile(np.float32([[1, 0, 0]]), (4, 1))
    points = prior([z, e, given]).numpy()
    assert points.shape == (4, 6) and np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5)
    for other in ([z[::-1], e, given], [z, -e, given], [z, e, 1 - given]):
        assert not np.allclose(prior(other).numpy(), points, atol=1e-3)
