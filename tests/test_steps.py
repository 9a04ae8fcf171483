"""The algorithm box: each player's step moves that player alone, downhill, and by the formula."""

import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from mmgan_lite import losses
from mmgan_lite import steps as training
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
    fake, loss = training.generator_step(g, d, sgd(), losses.hinge, z, e, real)
    assert same(d_before, d) and not same(g_before, g)
    assert fake.shape == real.shape and np.isfinite(loss)


def test_discriminator_step_leaves_generator_unchanged():
    g, d, z, e, real = players()
    g_before, d_before = g.get_weights(), d.get_weights()
    loss = training.discriminator_step(d, sgd(), losses.hinge, real, g([z, e]), e, tf.roll(e, 1, 0), losses.r1)
    assert same(g_before, g) and not same(d_before, d)
    assert np.isfinite(loss)


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_generator_step_makes_its_fakes_score_higher(name):
    g, d, z, e, real = players()
    before = tf.reduce_mean(d([g([z, e]), e]))
    training.generator_step(g, d, sgd(), losses.ADVERSARIAL[name], z, e, real)
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
    training.discriminator_step(d, sgd(), losses.ADVERSARIAL[name], real, fake, e, wrong_e)
    assert gap() > before


def test_embedder_step_lowers_its_loss_on_a_fixed_batch():
    keras.utils.set_random_seed(0)
    batch = {"image": floats(6, 5), "text": floats(6, 4), "speech": floats(6, 3)}
    towers = {m: keras.Sequential([keras.Input(x.shape[1:]), layers.Dense(4), layers.UnitNormalization()])
              for m, x in batch.items()}  # fmt: skip
    told = {m: np.arange(6, dtype="int32")[:, None] for m in batch}
    optimizer = keras.optimizers.Adam(0.02)
    before = [tower.get_weights() for tower in towers.values()]
    steps = [float(training.embedder_step(towers, optimizer, batch, told)) for _ in range(40)]
    assert steps[-1] < 0.7 * steps[0]
    assert not any(map(same, before, towers.values()))


def test_embedder_loss_is_the_mean_over_pairs_of_senses():
    names = ("image", "text", "speech")
    towers = {m: keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.UnitNormalization()]) for m in names}
    batch, told = dict.fromkeys(names, floats(6, 4)), dict.fromkeys(names, RNG.integers(-1, 3, (6, 2)).astype("int32"))
    vectors = {m: tower(batch[m]) for m, tower in towers.items()}
    targets = training.compatible(told["image"], told["image"])
    expected = np.mean([losses.contrastive(vectors[a], vectors[b], 0.5, targets)
                        for a, b in itertools.combinations(names, 2)])  # fmt: skip
    np.testing.assert_allclose(training.embedder_step(towers, sgd(), batch, told, 0.5), expected, rtol=1e-5)


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
    training.discriminator_step(judge, sgd(0), listening_to(heard), real, fake, e, wrong_e)
    np.testing.assert_allclose(heard["real"], d([real, e]), atol=1e-6)
    np.testing.assert_allclose(heard["fake"], d([fake, e]), atol=1e-6)
    np.testing.assert_allclose(heard["wrong"], d([real, wrong_e]), atol=1e-6)
    training.discriminator_step(judge, sgd(0), listening_to(heard), real, fake, e)
    assert heard["wrong"] is None


def test_only_a_loss_that_compares_hears_of_real_samples_in_the_generators_step():
    g, d, z, e, real = players()
    heard = {}
    pair = listening_to(heard)
    training.generator_step(g, d, sgd(0), pair, z, e, real)
    assert heard["real"] is None
    pair.generator_loss.compares = True
    training.generator_step(g, d, sgd(0), pair, z, e, real)
    np.testing.assert_allclose(heard["real"], d([real, e]), atol=1e-6)


def test_players_without_a_condition_play_too():
    g = generators.build_imaginer(latent_dim=3, embed_dim=2, width=4)
    d = discriminators.build_imaginer_discriminator(2, width=4)
    before, z, real = d.get_weights(), floats(8, 3), tf.math.l2_normalize(floats(8, 2), -1)
    fake, _ = training.generator_step(g, d, sgd(), losses.relativistic, z, None, real)
    training.discriminator_step(d, sgd(), losses.relativistic, real, fake, None, penalty=losses.r1_r2)
    assert fake.shape == (8, 2) and not same(before, d)


# Both at once


@pytest.mark.parametrize("run", [lambda f: f, tf.function], ids=["eager", "graph"])
@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_players_step_is_the_two_steps_one_after_the_other(name, run):
    apart, together, pair = players(), players(), losses.ADVERSARIAL[name]
    (g, d, z, e, real), held = apart, {"penalty": losses.r1, "every": 2}

    def match(fake):
        return 3 * tf.reduce_mean(fake)

    def perform(z, e):
        fake = together[0]([z, e], training=True)
        return fake, match(fake)

    def one_after_the_other():
        fake, g_loss = training.generator_step(g, d, own[0], pair, z, e, real, match)
        return g_loss, training.discriminator_step(d, own[1], pair, real, fake, e, -e, **held)

    def at_once():
        return training.players_step(*together[:2], others, pair, z, e, real, -e, perform, **held)

    own, others = ([built(player) for player in some[:2]] for some in (apart, together))
    one_after_the_other, at_once = run(one_after_the_other), run(at_once)
    for _ in range(3):
        np.testing.assert_allclose(at_once(), one_after_the_other(), rtol=1e-4, atol=1e-6)
    for a, b in zip(apart[:2], together[:2], strict=True):
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
def test_a_lazy_penalty_comes_each_so_many_steps_and_weighs_as_many_times_as_much(run):
    d, w = scalar_discriminator()
    optimizer, x = sgd(1.0), tf.zeros((2, 1))
    optimizer.build(d.trainable_weights)

    @run
    def step():
        def slope_of_1(judge, real, fake, e):
            return tf.reduce_mean(judge([real, e]))

        training.discriminator_step(d, optimizer, NOTHING, x, x, x, penalty=slope_of_1, gamma=0.5, every=3)

    path = [float(step() or w[0, 0]) for _ in range(7)]
    np.testing.assert_allclose(path, -0.5 / 2 * 3 * np.array([1, 1, 1, 2, 2, 2, 3]), rtol=1e-6)


def test_r1_reaches_the_weights_by_its_closed_form():
    inputs = [keras.Input((2,)), keras.Input((1,))]
    d = keras.Model(inputs, layers.Dense(1, use_bias=False)(inputs[0]))  # D(x) = w·x: R1 = |w|², its slope 2 w
    w = d.get_weights()[0]
    x, e = floats(5, 2), floats(5, 1)
    training.discriminator_step(d, sgd(0.1), NOTHING, x, x, e, penalty=losses.r1, gamma=0.5, every=1)
    np.testing.assert_allclose(d.get_weights()[0], w - 0.1 * 0.25 * 2 * w, rtol=1e-5)


def test_the_loss_that_is_told_leaves_the_penalty_out():
    _, d, _, e, real = players()
    fake = tf.tanh(floats(8, 4, 4, 1))
    expected = losses.hinge.discriminator_loss(d([real, e]), d([fake, e]))
    loss = training.discriminator_step(d, sgd(), losses.hinge, real, fake, e, penalty=losses.r1, gamma=1e3)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_matching_is_added_to_the_generators_loss():
    (g, d, z, e, real), (other, *_) = players(), players()
    with tf.GradientTape() as tape:
        further = 3 * tf.reduce_mean(g([z, e], training=True))
    slopes = tape.gradient(further, g.trainable_weights)
    _, plain = training.generator_step(g, d, sgd(0.1), losses.hinge, z, e, real)
    _, told = training.generator_step(
        other, d, sgd(0.1), losses.hinge, z, e, real, lambda fake: 3 * tf.reduce_mean(fake)
    )
    np.testing.assert_allclose(told, plain, rtol=1e-6)  # the adversarial part alone
    for a, b, slope in zip(g.trainable_weights, other.trainable_weights, slopes, strict=True):
        np.testing.assert_allclose(b, a - 0.1 * slope, atol=1e-6)


# Facts


FACTS = st.lists(st.tuples(*[st.integers(-1, 2)] * 3), min_size=1, max_size=6).map(lambda x: np.array(x, "int32"))


@settings(max_examples=40, deadline=None)
@given(FACTS, FACTS)
def test_compatible_rows_contradict_each_other_nowhere(told, others):
    expected = [[all(a == b or a < 0 or b < 0 for a, b in zip(x, y, strict=True)) for y in others] for x in told]
    assert training.compatible(told, others).numpy().tolist() == expected


@settings(max_examples=40, deadline=None)
@given(FACTS, st.integers(0, 2**31 - 1))
def test_told_together_is_what_any_present_sense_tells(levels, seed):
    rng = np.random.default_rng(seed)
    told = {m: np.where(rng.random(levels.shape) < 0.5, levels, -1).astype("int32") for m in ("image", "text")}
    presence = np.array([[1, 0], [0, 1], [1, 1]], "float32")[rng.integers(0, 3, len(levels))]
    together = training.told_together(told, ("image", "text"), presence).numpy()
    for row, here in enumerate(presence):
        senses = [told[m][row] for m, there in zip(("image", "text"), here, strict=True) if there]
        assert together[row].tolist() == [max(column) for column in zip(*senses, strict=True)]


def facts_of(n, digits=10):
    """Digit, and one further fact that is told of half of the rows."""
    told = np.stack([RNG.integers(0, digits, n), RNG.integers(0, 2, n)], 1)
    return np.where(RNG.random((n, 2)) < [0, 0.5], -1, told).astype("int32")


@pytest.mark.parametrize("seed", [(0, 0), (3, 7)])
def test_a_mismatched_condition_contradicts_what_the_sample_tells(seed):
    told, e_told = facts_of(64), facts_of(64)
    rows = training.contradicting(told, e_told, tf.constant(seed)).numpy()
    ok = training.compatible(told, e_told).numpy()
    assert not ok[np.arange(64), rows].any()
    assert len(set(rows)) > 20  # not always the same row
    assert (training.contradicting(told, e_told, tf.constant((1, 1))).numpy() != rows).any()


@pytest.mark.parametrize(("hard", "share"), [(0.0, 0.1), (0.5, 0.55), (1.0, 1.0)])
def test_so_many_mismatches_are_of_the_same_class_where_there_are_any(hard, share):
    told = np.stack([RNG.integers(0, 10, 1000), RNG.integers(0, 10, 1000)], 1).astype("int32")
    rows = training.contradicting(told, told, tf.constant((0, 0)), hard).numpy()
    assert abs((told[rows, 0] == told[:, 0]).mean() - share) < 0.06


# Chance and averages


@pytest.mark.parametrize("senses", [1, 2, 3])
def test_a_sense_alone_is_present_twice_as_often_as_any_other_subset(senses):
    n = 8000
    presence = training.random_presence(n, senses, tf.constant((5, 1))).numpy()
    weights = {s: 2 if sum(s) == 1 else 1 for s in itertools.product((0, 1), repeat=senses) if any(s)}
    for subset, weight in weights.items():
        share = weight / sum(weights.values())
        seen = (presence == subset).all(1).mean()
        assert abs(seen - share) <= 4 * math.sqrt(share * (1 - share) / n), subset
    assert presence.any(1).all()


def test_presence_follows_from_its_seed():
    a, b, c = (training.random_presence(64, 3, tf.constant(seed)).numpy() for seed in ((0, 1), (0, 1), (0, 2)))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


@pytest.mark.parametrize("steps", [1, 5, 40])
def test_running_averages_forget_their_start_by_the_closed_form_of_the_ramp(steps):
    average, weight = tf.Variable([0.0]), tf.Variable([1.0])
    for step in range(steps):
        training.follow([average], [weight], tf.constant(step))
    # the share of the start that is left: 1/10 · 2/11 · 3/12 · …
    np.testing.assert_allclose(1 - average, [1 / math.comb(steps + 9, 9)], atol=1e-6)


def test_the_decay_of_running_averages_ends_at_its_bound():
    average = tf.Variable([0.0])
    training.follow([average], [tf.Variable([1.0])], tf.constant(10**6), decay=0.995)
    np.testing.assert_allclose(average, [0.005], rtol=1e-3)


@pytest.mark.parametrize("distance", [0.0, 0.5, 1.0])
def test_neighbours_lie_as_far_away_as_told(distance):
    e = keras.utils.normalize(np.random.default_rng(0).standard_normal((400, 64)), axis=-1).astype("float32")
    near = training.nearby(tf.constant(e), distance, [1, 2]).numpy()
    np.testing.assert_allclose(np.linalg.norm(near, axis=1), 1.0, rtol=1e-5)
    assert np.mean((near * e).sum(1)) == pytest.approx(1 / math.hypot(1, distance), abs=0.01)
    np.testing.assert_array_equal(near, training.nearby(tf.constant(e), distance, [1, 2]))
