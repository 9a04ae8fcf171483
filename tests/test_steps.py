"""The algorithm box: each player's step moves that player alone, downhill, and by the formula."""

import gc
import itertools
import math
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from mmgan_lite import conditions, losses, steps
from mmgan_lite.networks import discriminators, generators

RNG = np.random.default_rng(0)
NOTHING = losses.AdversarialLoss(lambda real, fake, wrong=None: 0 * tf.reduce_sum(fake), lambda fake, real=None: 0.0)


def floats(*shape):
    return tf.constant(RNG.normal(size=shape), tf.float32)


def players(seed=0):
    """G and D of 4×4 pictures, and z, e, real."""
    keras.utils.set_random_seed(seed)
    g = generators.build_image_generator(latent_dim=3, embed_dim=2, shape=(4, 4, 1), width=4)
    d = discriminators.build_image_discriminator(embed_dim=2, shape=(4, 4, 1), width=4)
    return g, d, floats(8, 3), tf.math.l2_normalize(floats(8, 2), -1), tf.tanh(floats(8, 4, 4, 1))


def same(before, network):
    return all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))


def sgd(rate=0.05):
    return keras.optimizers.SGD(float(rate))


# Who moves


def test_generator_step_leaves_discriminator_unchanged():
    g, d, z, e, real = players()
    g_before, d_before = g.get_weights(), d.get_weights()
    fake, loss = steps.generator_step(d, g, sgd(), losses.hinge, z, e, real)
    assert same(d_before, d) and not same(g_before, g)
    assert fake.shape == real.shape and np.isfinite(loss)


def test_discriminator_step_leaves_generator_unchanged():
    g, d, z, e, real = players()
    g_before, d_before = g.get_weights(), d.get_weights()
    loss = steps.discriminator_step(
        d, sgd(), losses.hinge, real, g([z, e]), e, wrong_e=tf.roll(e, 1, 0), penalty=losses.r1
    )
    assert same(g_before, g) and not same(d_before, d)
    assert np.isfinite(loss)


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_generator_step_makes_its_fakes_score_higher(name):
    g, d, z, e, real = players()
    before = tf.reduce_mean(d([g([z, e]), e]))
    steps.generator_step(d, g, sgd(), losses.ADVERSARIAL[name], z, e, real)
    assert tf.reduce_mean(d([g([z, e]), e])) > before


@pytest.mark.parametrize("mismatched", [False, True])
@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_discriminator_step_tells_real_from_fake_better(name, mismatched):
    g, d, z, e, real = players()
    fake, wrong_e = g([z, e]), -e if mismatched else None

    def gap():
        lower = [tf.reduce_mean(d([fake, e]))] + ([tf.reduce_mean(d([real, wrong_e]))] if mismatched else [])
        return tf.reduce_mean(d([real, e])) - sum(lower) / len(lower)

    before = gap()
    steps.discriminator_step(d, sgd(), losses.ADVERSARIAL[name], real, fake, e, wrong_e=wrong_e)
    assert gap() > before


def test_embedder_step_lowers_its_loss_on_a_fixed_batch():
    keras.utils.set_random_seed(0)
    batch = {"image": floats(6, 5), "text": floats(6, 4), "speech": floats(6, 3)}
    towers = {m: keras.Sequential([keras.Input(x.shape[1:]), layers.Dense(4), layers.UnitNormalization()])
              for m, x in batch.items()}  # fmt: skip
    facts = {m: np.arange(6, dtype="int32")[:, None] for m in batch}
    optimizer = keras.optimizers.Adam(0.02)
    before = [tower.get_weights() for tower in towers.values()]
    course = [float(steps.embedder_step(towers, optimizer, batch, facts)) for _ in range(40)]
    assert course[-1] < 0.7 * course[0]
    assert not any(map(same, before, towers.values()))


def test_embedder_loss_is_the_mean_over_pairs_of_modalities():
    names = ("image", "text", "speech")
    towers = {m: keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.UnitNormalization()]) for m in names}
    batch, facts = dict.fromkeys(names, floats(6, 4)), dict.fromkeys(names, RNG.integers(-1, 3, (6, 2)).astype("int32"))
    vectors = {m: tower(batch[m]) for m, tower in towers.items()}
    targets = conditions.facts_agree(facts["image"], facts["image"])
    expected = np.mean([losses.contrastive(vectors[a], vectors[b], 0.5, targets)
                        for a, b in itertools.combinations(names, 2)])  # fmt: skip
    np.testing.assert_allclose(steps.embedder_step(towers, sgd(), batch, facts, 0.5), expected, rtol=1e-5)


# Whom D sees


def listening_to(heard):
    """An adversarial pair that notes the logits it gets."""
    return losses.AdversarialLoss(
        lambda real, fake, wrong=None: heard.update(real=real, fake=fake, wrong=wrong) or 0 * tf.reduce_sum(fake),
        lambda fake, real=None: heard.update(real=real, fake=fake) or 0 * tf.reduce_sum(fake),
    )


@pytest.mark.parametrize("in_one_piece", [False, True])
def test_mismatched_pairs_are_real_samples_beside_a_wrong_condition(in_one_piece):
    g, d, z, e, real = players()
    heard, fake, wrong_e = {}, g([z, e]), -e
    judge = keras.Model(inputs := [keras.Input((4, 4, 1)), keras.Input((2,))], d(inputs)) if in_one_piece else d
    steps.discriminator_step(judge, sgd(0), listening_to(heard), real, fake, e, wrong_e=wrong_e)
    np.testing.assert_allclose(heard["real"], d([real, e]), atol=1e-6)
    np.testing.assert_allclose(heard["fake"], d([fake, e]), atol=1e-6)
    np.testing.assert_allclose(heard["wrong"], d([real, wrong_e]), atol=1e-6)
    steps.discriminator_step(judge, sgd(0), listening_to(heard), real, fake, e)
    assert heard["wrong"] is None


def test_the_generators_loss_may_compare_with_real_samples():
    g, d, z, e, real = players()
    heard = {}
    steps.generator_step(d, g, sgd(0), listening_to(heard), z, e, real)
    np.testing.assert_allclose(heard["real"], d([real, e]), atol=1e-6)
    steps.gan_step(steps.Players(d, g), steps.Players(sgd(0), sgd(0)), listening_to(heard), z, e, real)
    np.testing.assert_allclose(heard["real"], d([real, e]), atol=1e-6)


def test_players_without_a_condition_play_too():
    g = generators.build_imaginer(latent_dim=3, embed_dim=2, width=4)
    d = discriminators.build_imaginer_discriminator(2, width=4)
    before, z, real = d.get_weights(), floats(8, 3), tf.math.l2_normalize(floats(8, 2), -1)
    fake, _ = steps.generator_step(d, g, sgd(), losses.relativistic, z, None, real)
    steps.discriminator_step(d, sgd(), losses.relativistic, real, fake, None, penalty=losses.r1_r2)
    assert fake.shape == (8, 2) and not same(before, d)


# Both at once


@pytest.mark.parametrize("run", [lambda f: f, tf.function], ids=["eager", "graph"])
@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_gan_step_is_the_two_steps_one_after_the_other(name, run):
    apart, together, pair = players(), players(), losses.ADVERSARIAL[name]
    (g, d, z, e, real), held = apart, {"penalty": losses.r1, "penalty_interval": 2}
    others = steps.Players(together[1], together[0])

    def match(fake):
        return 3 * tf.reduce_mean(fake)

    def generate(z, e):
        fake = others.generator([z, e], training=True)
        return fake, match(fake)

    def one_after_the_other():
        fake, g_loss = steps.generator_step(d, g, optimizers.generator, pair, z, e, real, further_loss=match)
        d_loss = steps.discriminator_step(d, optimizers.discriminator, pair, real, fake, e, wrong_e=-e, **held)
        return d_loss, g_loss

    def at_once():
        return steps.gan_step(others, other_optimizers, pair, z, e, real, wrong_e=-e, generate=generate, **held)

    optimizers, other_optimizers = (steps.Players(*map(built, pair)) for pair in ((d, g), others))
    one_after_the_other, at_once = run(one_after_the_other), run(at_once)
    for _ in range(3):
        np.testing.assert_allclose(at_once(), one_after_the_other(), rtol=1e-4, atol=1e-6)
    for a, b in zip((d, g), others, strict=True):
        for x, y in zip(a.get_weights(), b.get_weights(), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-6)


def built(network):
    optimizer = sgd()
    optimizer.build(network.trainable_weights)
    return optimizer


# What else weighs


def scalar_discriminator():
    """D(x, e) = w, and w."""
    inputs = [keras.Input((1,)), keras.Input((1,))]
    d = keras.Model(inputs, layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs[0] * 0 + 1))
    return d, d.trainable_weights[0]


@pytest.mark.parametrize("run", [lambda f: f, tf.function], ids=["eager", "graph"])
def test_a_lazy_penalty_comes_every_so_many_steps_and_weighs_as_many_times_as_much(run):
    d, w = scalar_discriminator()
    optimizer, x = sgd(1.0), tf.zeros((2, 1))
    optimizer.build(d.trainable_weights)

    @run
    def step():
        def slope_of_1(judge, real, fake, e):
            return tf.reduce_mean(judge([real, e]))

        steps.discriminator_step(d, optimizer, NOTHING, x, x, x, penalty=slope_of_1, gamma=0.5, penalty_interval=3)

    path = [float(step() or w[0, 0]) for _ in range(7)]
    np.testing.assert_allclose(path, -0.5 / 2 * 3 * np.array([1, 1, 1, 2, 2, 2, 3]), rtol=1e-6)


def test_r1_reaches_the_weights_by_its_closed_form():
    inputs = [keras.Input((2,)), keras.Input((1,))]
    d = keras.Model(inputs, layers.Dense(1, use_bias=False)(inputs[0]))  # D(x) = w·x: R1 = |w|², its slope 2 w
    w = d.get_weights()[0]
    x, e = floats(5, 2), floats(5, 1)
    steps.discriminator_step(d, sgd(0.1), NOTHING, x, x, e, penalty=losses.r1, gamma=0.5, penalty_interval=1)
    np.testing.assert_allclose(d.get_weights()[0], w - 0.1 * 0.25 * 2 * w, rtol=1e-5)


def test_the_loss_that_is_told_leaves_the_penalty_out():
    _, d, _, e, real = players()
    fake = tf.tanh(floats(8, 4, 4, 1))
    expected = losses.hinge.discriminator_loss(d([real, e]), d([fake, e]))
    loss = steps.discriminator_step(d, sgd(), losses.hinge, real, fake, e, penalty=losses.r1, gamma=1e3)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_a_further_loss_is_added_to_the_generators():
    (g, d, z, e, real), (other, *_) = players(), players()
    with tf.GradientTape() as tape:
        further = 3 * tf.reduce_mean(g([z, e], training=True))
    slopes = tape.gradient(further, g.trainable_weights)
    _, plain = steps.generator_step(d, g, sgd(0.1), losses.hinge, z, e, real)
    _, told = steps.generator_step(
        d, other, sgd(0.1), losses.hinge, z, e, real, further_loss=lambda fake: 3 * tf.reduce_mean(fake)
    )
    np.testing.assert_allclose(told, plain, rtol=1e-6)  # the adversarial part alone
    for a, b, slope in zip(g.trainable_weights, other.trainable_weights, slopes, strict=True):
        np.testing.assert_allclose(b, a - 0.1 * slope, atol=1e-6)


# Averages


@pytest.mark.parametrize("count", [1, 5, 40])
def test_running_averages_forget_their_start_by_the_closed_form_of_the_ramp(count):
    average, weight = tf.Variable([0.0]), tf.Variable([1.0])
    for step in range(count):
        steps.update_ema([average], [weight], tf.constant(step))
    # the share of the start that is left: 1/10 · 2/11 · 3/12 · …
    np.testing.assert_allclose(1 - average, [1 / math.comb(count + 9, 9)], atol=1e-6)


def test_the_decay_of_running_averages_ends_at_its_bound():
    average = tf.Variable([0.0])
    steps.update_ema([average], [tf.Variable([1.0])], tf.constant(10**6), decay=0.995)
    np.testing.assert_allclose(average, [0.005], rtol=1e-3)


def test_a_traced_step_leaves_no_graph_behind():
    """What a sum over replicas registers, TensorFlow would keep until the process ends."""
    network = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    optimizer = steps.build_optimizer(sgd(), network)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(network(x))
        steps.descend(optimizer, tape.gradient(loss, network.trainable_weights), network.trainable_weights)

    before = network.get_weights()
    step(tf.ones((2, 3)))
    assert not same(before, network)
    graph = weakref.ref(step.get_concrete_function(tf.ones((2, 3))).graph)
    del step
    gc.collect()
    assert graph() is None


class Noted(layers.Layer):
    """Notes whether it is trained or asked."""

    def __init__(self):
        super().__init__()
        self.training = []

    def call(self, x, training=False):
        self.training.append(training)
        return x


@pytest.mark.parametrize("mismatched", [False, True])
def test_discriminators_with_dropout_or_the_like_know_that_they_are_trained(mismatched):
    g, _, z, e, real = players()
    x, condition, noted = keras.Input((4, 4, 1)), keras.Input((2,)), Noted()
    h = layers.Concatenate()([layers.Flatten()(noted(x)), condition])
    d = keras.Model([x, condition], layers.Dense(1)(h))
    noted.training.clear()
    wrong_e = -e if mismatched else None
    optimizers = steps.Players(*(steps.build_optimizer(sgd(), network) for network in (d, g)))
    steps.gan_step(
        steps.Players(d, g), optimizers, losses.non_saturating, z, e, real, wrong_e=wrong_e, penalty=losses.r1
    )
    steps.discriminator_step(d, optimizers.discriminator, losses.hinge, real, real, e, wrong_e=wrong_e)
    assert noted.training and all(noted.training)
