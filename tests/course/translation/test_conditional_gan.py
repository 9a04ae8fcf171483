"""Conditional image GANs: what they hear, what a step moves, and the way between two points."""

import itertools
import random

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from mmgan_lite import conditions
from mmgan_lite.course.translation import conditional_gan
from mmgan_lite.course.translation.conditional_gan import ConditionalImageGAN
from mmgan_lite.datasets import batches, digits
from mmgan_lite.training import saving


@pytest.fixture(scope="module")
def gan():
    return saving.load("pretrained")


@pytest.fixture(scope="module")
def dataset():
    return batches.as_dataset(digits.load_digits("valid"), batch_size=16, seed=0)


def test_a_gan_trains_and_leaves_the_space_as_it_is(gan, dataset):
    before = gan.embedders["text"].get_weights()
    one = ConditionalImageGAN(gan, width=8)
    weights = one.generator.get_weights(), one.discriminator.get_weights()
    logs = list(conditional_gan.train({"projection": one}, dataset, steps=3))
    assert len(logs) == 3 and set(logs[0]) == {"d_projection", "g_projection"}
    assert np.isfinite([float(loss) for log in logs for loss in log.values()]).all()
    for old, network in zip(weights, (one.generator, one.discriminator), strict=True):
        assert any((a != b).any() for a, b in zip(old, network.get_weights(), strict=True))
    assert all((a == b).all() for a, b in zip(before, gan.embedders["text"].get_weights(), strict=True))


def test_many_tell_one_mean_loss(gan, dataset):
    two = {name: ConditionalImageGAN(gan, width=8, seed=seed) for seed, name in enumerate("ab")}
    assert set(next(conditional_gan.train(two, dataset, steps=1, mean=True))) == {"d_image", "g_image"}


def test_two_of_one_seed_begin_alike(gan):
    first, second = ConditionalImageGAN(gan, width=8), ConditionalImageGAN(gan, width=8, mismatched=False)
    e = gan.embed({"text": ["a three", "a thin four"]})
    np.testing.assert_array_equal(first.draw(e, seed=1), second.draw(e, seed=1))
    assert first.draw(e).shape == (2, 28, 28, 1)


def test_building_one_leaves_the_random_numbers_of_others_alone(gan):
    before = random.getstate(), np.random.get_state()[1].copy()
    ConditionalImageGAN(gan, width=8, seed=3)
    assert random.getstate() == before[0] and np.array_equal(np.random.get_state()[1], before[1])


def test_a_discriminator_that_does_not_see_e_is_allowed(gan, dataset):
    blind = ConditionalImageGAN(
        gan, conditioning=lambda features, e: layers.Dense(1)(features), mismatched=False, width=8
    )
    next(conditional_gan.train({"blind": blind}, dataset, steps=1))
    one, others = np.ones((1, 64), "float32"), np.zeros((1, 64), "float32")
    image = np.zeros((1, 28, 28, 1), "float32")
    assert blind.discriminator([image, one]) == blind.discriminator([image, others])


def test_conditions_are_points_of_the_modalities_that_are_present(gan, dataset):
    batch = next(iter(dataset))
    one = ConditionalImageGAN(gan, modalities=("text", "speech"), width=8)
    real, e, e_facts = one.conditions(batch, tf.constant([0, 0]))
    points = gan.embedders["text"](gan.as_samples(batch)["text"]) + gan.embedders["speech"](batch["speech"])
    np.testing.assert_allclose(e, points / tf.norm(points, axis=1, keepdims=True), atol=1e-5)
    assert real.shape[0] == e.shape[0] == e_facts.shape[0] == 16
    assert conditional_gan.full_presence(4, 2, None).numpy().tolist() == [[1, 1]] * 4
    seldom = ConditionalImageGAN(gan, modalities=("text", "speech"), presence=conditions.random_presence, width=8)
    assert not np.allclose(seldom.conditions(batch, tf.constant([0, 0]))[1], e, atol=1e-3)


def test_slerp_keeps_to_the_sphere_and_goes_evenly():
    rng = np.random.default_rng(0)
    a, b = (v / np.linalg.norm(v) for v in rng.standard_normal((2, 64)))
    way = conditional_gan.slerp(a, b, np.linspace(0, 1, 9))
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(way[[0, -1]], [a, b], atol=1e-6)
    cosines = [x @ y for x, y in itertools.pairwise(way)]
    np.testing.assert_allclose(cosines, cosines[0], atol=1e-5)


def test_slerp_from_a_point_to_itself_stays_there():
    a = np.eye(4)[0]
    np.testing.assert_allclose(conditional_gan.slerp(a, a, [0, 0.5, 1]), np.tile(a, (3, 1)), atol=1e-5)
