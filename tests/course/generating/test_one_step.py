"""A step of the game, taken apart."""

import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite import losses
from mmgan_lite.course.generating.one_step import OneStep, train_discriminators


@pytest.fixture(scope="module")
def gan():
    return mm.MultimodalGAN.for_pairs(mm.load_digits("valid"), seed=1)


@pytest.fixture(scope="module")
def batch():
    return next(iter(mm.as_dataset(mm.load_digits("valid"), batch_size=4, seed=0)))


@pytest.fixture(scope="module")
def step(gan, batch):
    return OneStep(gan, batch)


def test_nothing_moves(gan, batch):
    before = gan.get_weights()
    OneStep(gan, batch)
    assert all(np.array_equal(old, new) for old, new in zip(before, gan.get_weights(), strict=True))


def test_it_holds_the_tensors_that_the_step_uses(gan, step, batch):
    for m, real in gan.as_samples(batch).items():
        np.testing.assert_allclose(step.vectors[m], gan.embedders[m](real), atol=1e-5)
        assert step.fakes[m].shape == real.shape and len(step.z[m]) == len(step.heard[m]) == 4
        assert all(np.isfinite(logits).all() for logits in step.logits[m])
    assert len(step.e) == 4


def test_pushes_are_downhill_of_the_package_s_losses(step):
    for pair in losses.ADVERSARIAL.values():
        logits = [tf.constant(values[:, None]) for values in step.logits["image"]]
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = pair.discriminator_loss(*logits)
        found = step.slopes(pair)["image"]
        assert found.d_loss == pytest.approx(float(loss), abs=1e-5)
        for push, slope in zip(found.d_pushes, tape.gradient(loss, logits), strict=True):
            np.testing.assert_allclose(push, -4 * slope[:, 0], atol=1e-5)


def test_slopes_on_the_fakes_follow_the_pulls_at_their_logits(step):
    """The chain rule: D hands each pull on, in proportion, whatever the loss."""
    one, other = (step.slopes(losses.ADVERSARIAL[name])["image"] for name in ("minimax", "least_squares"))
    ratio = np.repeat(other.g_pushes / one.g_pushes, 4 // len(one.g_pushes)).reshape(4, 1, 1, 1)
    assert np.abs(one.on_fake).max() > 0
    np.testing.assert_allclose(other.on_fake, ratio * one.on_fake, rtol=1e-3, atol=1e-7)


def test_every_weight_of_both_players_has_a_slope(gan, step):
    for m, found in step.slopes(losses.hinge).items():
        players = gan.players(m)
        for sizes, network in zip((found.d_layers, found.g_layers), players, strict=True):
            assert len(sizes) == len(network.trainable_weights) and all(size >= 0 for size in sizes.values())


def test_discriminators_learn_while_all_others_stand_still(pretrained):
    gan = mm.load()

    def weights(*groups):
        return [weight for group in groups for network in group.values() for weight in network.get_weights()]

    def others():
        return weights(gan.embedders, gan.generators, gan.ema_generators, {"": gan.prior}, {"": gan.ema_prior})

    batch = next(iter(mm.as_dataset(mm.load_digits("train"), batch_size=32, seed=0)))
    before, ignorant = others(), OneStep(gan, batch).logits["image"]
    told = [*train_discriminators(gan, [batch] * 12)]
    assert told[0].keys() == {f"d_{name}" for name in gan.generators}
    assert all(np.array_equal(old, new) for old, new in zip(before, others(), strict=True))
    learnt = OneStep(gan, batch).logits["image"]
    leads = [logits.real.mean() - logits.mismatched.mean() for logits in (ignorant, learnt)]
    assert leads[1] > leads[0] and told[-1]["d_image"] < told[0]["d_image"]
