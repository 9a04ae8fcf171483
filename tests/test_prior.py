"""What a prompt leaves open: drawn by the prior, spread as real examples are, and nothing of what was said is lost."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite import losses, steps
from mmgan_lite.networks import generators

BARE = {"text": ["a three", "an eight"]}


def test_one_answer_a_prompt_is_a_unit_vector_and_follows_from_the_seed(pretrained):
    points = pretrained.complete(BARE, count=5, seed=1)
    assert points.shape == (2, 5, 64) and points.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 1, atol=1e-5)
    np.testing.assert_array_equal(points, pretrained.complete(BARE, count=5, seed=1))
    assert not np.array_equal(points, pretrained.complete(BARE, count=5, seed=2))


@pytest.mark.parametrize("ask", ["generate", "typical", "complete", "noise"])
def test_a_count_of_none_or_of_more_than_memory_holds_is_refused_before_anything_is_made(pretrained, ask):
    asks = {
        "generate": lambda count: pretrained.generate(BARE, to=("text", "image"), count=count),
        "typical": lambda count: pretrained.generate(BARE, to="image", count=count, typical=True),
        "complete": lambda count: pretrained.complete(BARE, count=count),
        "noise": lambda count: pretrained.noise("image", count),
    }
    for count in (0, 2.5, True):
        with pytest.raises(ValueError, match="count must be a whole number"):
            asks[ask](count)
    with pytest.raises(ValueError, match="at once; ask in several calls"):
        asks[ask](10**8)


def test_bare_captions_vary_as_real_digits_do_and_keep_their_digit(pretrained, digits):
    """Half of the real spread at least, where the typical answer has less than half of it: the lean of each digit."""
    names = {"text": [f"a {name}" for name in mm.text.FACTS["digit"]]}
    real = [mm.image.slant(digits["image"][digits["label"] == digit]).std() for digit in range(10)]
    drawn, typical = (pretrained.generate(names, to="image", count=60, seed=0, typical=typical) for typical in (0, 1))
    spreads = [np.mean([mm.image.slant(x).std() for x in pictures]) / np.mean(real) for pictures in (drawn, typical)]
    assert spreads[0] > 0.5 > spreads[1]
    right = mm.judges.read_image(drawn.reshape(-1, 28, 28, 1))["digit"] == np.repeat(np.arange(10), 60)
    assert right.mean() > 0.97


def test_what_was_said_holds_in_every_answer(pretrained):
    drawn = pretrained.generate({"text": ["a thick three leaning left"]}, to="image", count=200, seed=0)[0]
    told = mm.judges.read_image(drawn)
    for fact, level in {"digit": 3, "thickness": 2, "slant": 0}.items():
        known = told[fact] != -1
        assert known.mean() > 0.5 and np.mean(told[fact][known] == level) > 0.9


def test_a_model_without_a_prior_answers_typically(pretrained):
    players = pretrained.discriminators, {m: pretrained.generators[m] for m in pretrained.modalities}
    gan = mm.MultimodalGAN(pretrained.embedders, *players)
    assert gan.prior is None
    points = gan.complete(BARE, count=3, seed=0)
    np.testing.assert_array_equal(points, np.repeat(gan.embed(BARE)[:, None], 3, 1))
    gan.compile()  # and trains
    assert not any("prior" in name for name in gan.train_step(_batch(gan)))


def test_a_step_moves_the_prior_and_nothing_else_of_it(fresh):
    gan, batch = fresh
    before = gan.prior.get_weights(), gan.ema_prior.get_weights()
    logs = gan.train_step(batch)
    assert np.isfinite(float(logs["prior"]))
    for old, network in zip(before, (gan.prior, gan.ema_prior), strict=True):
        assert any(not np.array_equal(a, b) for a, b in zip(old, network.get_weights(), strict=True))
    assert int(gan.prior_optimizer.iterations.numpy()) == gan.point_steps == 3


def test_the_networks_of_points_take_more_steps_than_the_others(fresh):
    gan, batch = fresh
    gan.compile(point_steps=2)
    gan.train_step(batch)
    taken = {name: [int(one.iterations.numpy()) for one in pair] for name, pair in gan.optimizers.items()}
    assert taken == {"image": [1, 1], "text": [1, 1], "speech": [1, 1], "imagined": [2, 2]}
    assert int(gan.prior_optimizer.iterations.numpy()) == 2


def test_the_prior_is_given_so_many_prompts_of_each_example(fresh, monkeypatch):
    gan, batch = fresh
    gan.compile(prior_prompts=3, point_steps=1)
    seen = []
    monkeypatch.setattr(steps, "prior_step", lambda prior, optimizer, z, e, *others, **_: seen.append(e.shape) or 0.0)
    gan.train_step(batch)
    assert seen == [(24, 64)]


def test_the_prior_is_told_which_examples_of_the_batch_its_prompt_allows(fresh, monkeypatch):
    """Those that agree with what the given modalities say, and the prompt's own example among them."""
    gan, batch = fresh
    gan.compile(prior_prompts=2, point_steps=1)
    seen, mil_nce = {}, losses.mil_nce
    monkeypatch.setattr(losses, "mil_nce", lambda *given: seen.update(allowed=given[2].numpy()) or mil_nce(*given))

    def prior_step(prior, optimizer, z, e, given, whole, further_loss):
        seen.update(given=given.numpy(), loss=float(further_loss(tf.stack([e, e]))))
        return 0.0

    monkeypatch.setattr(steps, "prior_step", prior_step)
    gan.train_step(batch)
    facts = [np.asarray(batch["facts_of"][name]) for name in gan.modalities]
    known = np.max(facts, 0)
    for row, given in enumerate(seen["given"]):
        said = np.max([levels[row // 2] for levels, here in zip(facts, given, strict=True) if here], 0)
        agrees = [all(a == b or -1 in (a, b) for a, b in zip(said, other, strict=True)) for other in known]
        np.testing.assert_array_equal(seen["allowed"][row], agrees)
        assert agrees[row // 2]
    assert seen["loss"] > 0


def test_the_prior_may_learn_without_that(fresh, monkeypatch):
    gan, batch = fresh
    gan.compile(prior_matching_weight=0, point_steps=1)
    monkeypatch.setattr(losses, "mil_nce", lambda *_: pytest.fail("it was asked"))
    assert np.isfinite(float(gan.train_step(batch)["prior"]))


def test_the_prior_learns_two_answers_to_one_prompt():
    """One prompt that means either of two points: both are drawn, about as often, and hardly anything between."""
    keras.utils.set_random_seed(0)
    prior = generators.build_prior(1, latent_dim=4, embed_dim=3, width=32)
    optimizer, rng = steps.build_optimizer(keras.optimizers.Adam(0.005), prior), np.random.default_rng(0)
    ends = np.array([[0.8, 0.6, 0], [0.8, -0.6, 0]], "float32")
    e, given = np.tile(np.float32([[1, 0, 0]]), (64, 1)), np.ones((64, 1), "float32")
    step = tf.function(
        lambda z, whole: steps.prior_step(prior, optimizer, z, tf.constant(e), tf.constant(given), whole)
    )
    for _ in range(300):
        step(tf.constant(rng.standard_normal((2, 64, 4)), tf.float32), tf.constant(ends[rng.integers(0, 2, 64)]))
    points = prior([rng.standard_normal((64, 4)).astype("float32"), e, given]).numpy()
    side = points[:, 1]
    assert 0.25 < (side > 0).mean() < 0.75
    assert (np.abs(side) > 0.3).mean() > 0.8


def _batch(gan):
    return next(iter(mm.as_dataset(mm.load_digits("valid"), 8, seed=0)))


@pytest.fixture
def fresh():
    gan = mm.MultimodalGAN.for_pairs(mm.load_digits("valid"))
    gan.compile()
    return gan, _batch(gan)
