"""Discriminators: a sample and a condition to one logit, however the condition comes in."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from mmgan_lite.networks import discriminators

RNG = np.random.default_rng(0)
SHAPES = {"image": (9, 7, 2), "speech": (8, 6), "text": (4, 5)}
CONDITIONINGS = [discriminators.projection, discriminators.concatenation, discriminators.film]


def build(sense, conditioning=discriminators.projection):
    make = getattr(discriminators, f"build_{sense}_discriminator")
    return make(embed_dim=6, shape=SHAPES[sense], width=4, conditioning=conditioning)


def floats(*shape):
    return tf.constant(RNG.normal(size=shape), tf.float32)


def unit_vectors(n, dim=6):
    return tf.math.l2_normalize(floats(n, dim), -1)


@pytest.mark.parametrize("sense", SHAPES)
@pytest.mark.parametrize("conditioning", CONDITIONINGS, ids=lambda f: f.__name__)
def test_one_logit_a_pair_that_hangs_on_sample_and_condition(sense, conditioning):
    network, x, e = build(sense, conditioning), floats(5, *SHAPES[sense]), unit_vectors(5)
    logits = network([x, e]).numpy()
    assert logits.shape == (5, 1)
    assert (np.abs(network([x, e[::-1]]) - logits)[[0, 1, 3, 4]] > 1e-5).all()
    assert (np.abs(network([x[::-1], e]) - logits)[[0, 1, 3, 4]] > 1e-5).all()


@pytest.mark.parametrize("sense", SHAPES)
def test_no_example_sways_the_logit_of_another(sense):  # penalties take each slope as the example's own
    network, x, e = build(sense), floats(5, *SHAPES[sense]), unit_vectors(5)
    np.testing.assert_allclose(network([x[1:2], e[1:2]]), network([x, e])[1:2], atol=1e-5)


@pytest.mark.parametrize("conditioning", CONDITIONINGS, ids=lambda f: f.__name__)
def test_trunk_and_head_are_the_call(conditioning):
    network, x, e = build("image", conditioning), floats(3, *SHAPES["image"]), unit_vectors(3)
    np.testing.assert_array_equal(network.head([network.trunk(x), e]), network([x, e]))
    assert len(network.trainable_weights) == len(network.trunk.trainable_weights + network.head.trainable_weights)


def alone(conditioning, weights, embed_dim=1, width=2):
    """A head on bare features, its Dense layers filled in the order in which `conditioning` makes them."""
    trunk = keras.Sequential([keras.Input((width,)), layers.Identity()])
    network = discriminators._join(trunk, embed_dim, conditioning)
    dense = sorted((x for x in network.head.layers if isinstance(x, layers.Dense)), key=lambda x: int(f"0{x.name[6:]}"))
    for layer, values in zip(dense, weights, strict=True):
        layer.set_weights([np.array(value, "float32") for value in values])
    return network


def test_projection_is_its_formula():
    # v = (1, -2), b = .5, V e = (3 e1 + e2, -e2); features (2, 1), and e = (.6, .8) times √2, its length in each entry
    network = alone(discriminators.projection, [[[[3, 0], [1, -1]]], [[[1], [-2]], [0.5]]], embed_dim=2)
    v_part = 2 * 1 + 1 * -2 + 0.5
    together = 2 * (3 * 0.6 + 0.8) + 1 * -0.8
    logits = network([np.array([[2.0, 1.0]], "float32"), np.array([[0.6, 0.8]], "float32")])
    np.testing.assert_allclose(logits, [[v_part + 2**0.5 * together]], rtol=1e-6)


def test_film_scales_and_shifts_the_features():
    to_128, to_logit = np.zeros((2, 128)), np.zeros((128, 1))
    to_128[0, 0], to_128[1, 1], to_logit[0], to_logit[1] = 1, 1, 1, 1  # the logit is the sum of both features
    gamma, beta = [[[2, 0]], [0, 0]], [[[1, 5]], [0, 0]]  # (1 + 2e, 1), (e, 5e)
    weights = [gamma, beta, [to_128, np.zeros(128)], [to_logit, [0]]]
    logits = alone(discriminators.film, weights)([np.array([[3.0, 4.0]], "float32"), np.array([[1.0]], "float32")])
    np.testing.assert_allclose(logits, [[(1 + 2) * 3 + 1 + 4 + 5]], rtol=1e-6)


def test_one_may_bring_a_conditioning_of_ones_own():
    def cosine(features, e):
        return layers.Dot(-1)([layers.Dense(e.shape[-1], use_bias=False)(features), e])

    network = build("speech", cosine)
    x, e = floats(3, *SHAPES["speech"]), unit_vectors(3)
    np.testing.assert_allclose(network([x, -e]), -network([x, e]), rtol=1e-4, atol=1e-6)


def test_soft_words_get_a_gradient():
    network, words, e = build("text"), tf.nn.softmax(floats(3, *SHAPES["text"])), unit_vectors(3)
    with tf.GradientTape() as tape:
        tape.watch(words)
        logits = network([words, e])
    assert (np.abs(tape.gradient(logits, words)).max((1, 2)) > 0).all()


def test_the_imaginers_judge_takes_no_condition():
    assert discriminators.build_imaginer_discriminator(6, width=8)(unit_vectors(4)).shape == (4, 1)


@pytest.mark.parametrize(("sense", "shape"), [("image", (28, 28, 1)), ("speech", (32, 32)), ("text", (15, 40))])
def test_default_sizes_are_those_of_the_digits(sense, shape):
    trunk = getattr(discriminators, f"build_{sense}_discriminator")().trunk
    assert trunk.input_shape[1 : len(shape)] == shape[:-1] and trunk.output_shape == (None, 128)
