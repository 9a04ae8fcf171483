"""`MultimodalGAN`, small: what its constructors build, what a step moves, and what `generate` and `imagine` promise."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite import losses, steps

RNG = np.random.default_rng(0)
N = 16
TEXT = np.array(["a red ball", "a blue box", "a red box", "an old blue ball"] * 4)
LABEL = np.array(["ball", "box", "box", "ball"] * 4)
PIXELS = RNG.integers(0, 256, (N, 20, 24, 3), "uint8")
TONES = np.stack([8000 * np.sin(np.arange(4000) * (0.1 + 0.05 * row)) for row in range(N)]).astype("int16")
PROMPTS = {"text": ["a red ball", "a box"]}
SMALL = {"image": RNG.uniform(-1, 1, (8, 4, 4, 1)).astype("float32"), "text": TEXT[:8], "label": np.arange(8) // 2}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "own.npz"
    np.savez(path, image=PIXELS, text=TEXT, speech=TONES, sample_rate=8000, label=LABEL)
    return mm.load_pairs(path)


@pytest.fixture(scope="module")
def fitted(own, eagerly):
    """All three senses, after one epoch of each stage, and the epoch's losses."""
    gan = mm.MultimodalGAN.for_pairs(own, seed=3)
    dataset = mm.as_dataset(own, 8, seed=0, vocabulary=gan.vocabulary)
    with eagerly():
        first = gan.fit_embedders(dataset, epochs=1, verbose=0)
        gan.compile()
        second = gan.fit(dataset, epochs=1, verbose=0)
    return gan, first.history | second.history


def tiny(seed=0, **options):
    """A compiled model of very small samples, and one batch of them."""
    gan = mm.MultimodalGAN.for_pairs(SMALL, seed, embed_dim=8)
    gan.compile(**options)
    return gan, next(iter(mm.as_dataset(SMALL, 8, seed=0, vocabulary=gan.vocabulary)))


def weights(networks):
    return {name: network.get_weights() for name, network in networks.items()}


def moved(before, networks):
    """Names of the networks whose weights are not what they were."""
    return {n for n, w in weights(networks).items() if not all(map(np.array_equal, before[n], w))}


# What the constructors build


def test_networks_fit_ones_own_pairs(fitted):
    gan, _ = fitted
    assert gan.modalities == ("image", "text", "speech")
    assert gan.sizes == {"image": [20, 24, 3], "text": [4, 8], "speech": [32, 32]}
    assert gan.vocabulary.words == ("", "a", "an", "ball", "blue", "box", "old", "red")
    assert set(gan.ema_generators) == set(gan.generators) == set(gan.discriminators) == {*gan.modalities, "imagined"}


@pytest.mark.parametrize("senses", [("image", "text"), ("text", "speech"), ("image", "speech")])
def test_any_two_senses_make_a_model(own, senses):
    gan = mm.MultimodalGAN.for_pairs({sense: own[sense] for sense in senses}, embed_dim=8)
    assert gan.modalities == senses and set(gan.imagine(2)) == set(senses)
    for to in senses:
        assert len(gan.generate({senses[0]: own[senses[0]][:3]}, to=to)) == 3


def test_the_digits_keep_their_vocabulary(digits):
    gan = mm.MultimodalGAN.for_pairs(digits)
    assert gan.vocabulary == mm.text.DIGITS
    assert gan.sizes == {"image": [28, 28, 1], "text": mm.text.DIGITS.size, "speech": [32, 32]}


def test_weights_follow_from_the_seed():
    a, b, c = (tiny(seed=seed)[0] for seed in (1, 1, 2))
    assert not moved(weights(a.generators), b.generators) and not moved(weights(a.embedders), b.embedders)
    assert moved(weights(a.generators), c.generators) == {"image", "text", "imagined"}


def test_every_network_has_an_optimizer_of_its_own():
    gan, batch = tiny()
    optimizers = [optimizer for players in gan.optimizers.values() for optimizer in players]
    assert len({id(optimizer) for optimizer in optimizers}) == 6
    gan.train_step(batch)
    taken = {name: [int(optimizer.iterations.numpy()) for optimizer in pair] for name, pair in gan.optimizers.items()}
    assert taken == {"image": [1, 1], "text": [1, 1], "imagined": [gan.point_steps] * 2}
    gan.optimizer.learning_rate = 0.5  # no phantom that a schedule would change in vain
    assert [float(optimizer.learning_rate) for optimizer in optimizers] == [0.5] * 6


# What a step moves


def test_large_pictures_train_through_a_penalty_and_past_it():
    """TensorFlow rewrites sums of large arrays so that they fail in a branch: at 128 × 128, those of the penalty."""
    rng = np.random.default_rng(0)
    large = {
        "image": rng.uniform(-1, 1, (12, 128, 128, 1)).astype("float32"),
        "text": np.array(["a ball", "a box"] * 6),
    }
    gan = mm.MultimodalGAN.for_pairs(large, embed_dim=8)
    gan.compile()
    history = gan.fit(mm.as_dataset(large, 12, vocabulary=gan.vocabulary), epochs=6, verbose=0).history
    assert np.isfinite(list(history.values())).all()


def test_an_epoch_gives_finite_losses_of_every_player(fitted):
    _, history = fitted
    players = {f"{role}_{name}" for role in "dg" for name in ("image", "text", "speech", "imagined")}
    assert set(history) == {"loss", "prior", *players}
    assert np.isfinite(list(history.values())).all()


def test_every_step_counts(fitted):
    gan, _ = fitted
    assert int(gan.step.numpy()) == N // 8
    for name, players in gan.optimizers.items():
        assert {int(o.iterations.numpy()) for o in players} == {N // 8 * (gan.point_steps if name == "imagined" else 1)}


def test_a_step_moves_players_and_not_embedders():
    gan, batch = tiny()
    groups = gan.embedders, gan.generators, gan.discriminators, gan.ema_generators
    before = [weights(group) for group in groups]
    gan.train_step(batch)
    everyone = {"image", "text", "imagined"}
    assert [moved(*pair) for pair in zip(before, groups, strict=True)] == [set(), everyone, everyone, everyone]


@pytest.mark.parametrize("resting", ["generators", "discriminators"])
def test_neither_player_moves_the_other(resting):
    gan, batch = tiny()
    for players in gan.optimizers.values():
        getattr(players, resting.removesuffix("s")).learning_rate.assign(0.0)
    others = {"generators": gan.discriminators, "discriminators": gan.generators}[resting]
    before, before_others = weights(getattr(gan, resting)), weights(others)
    gan.train_step(batch)
    assert not moved(before, getattr(gan, resting)) and moved(before_others, others) == set(others)


def test_averages_follow_the_generators_by_the_ramp():
    gan, batch = tiny()
    expected = gan.ema_generators["image"].get_weights()
    for decay in (1 / 10, 2 / 11):
        gan.train_step(batch)
        now = gan.generators["image"].get_weights()
        expected = [decay * a + (1 - decay) * w for a, w in zip(expected, now, strict=True)]
    for a, b in zip(gan.ema_generators["image"].get_weights(), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def after_a_step(**options):
    """A model that has learnt one batch."""
    gan, batch = tiny(optimizer=lambda: keras.optimizers.SGD(0.1), **options)
    gan.train_step(batch)
    return gan


@pytest.fixture(scope="module")
def plain():
    """The weights of both players after one step with every part of their losses."""
    gan = after_a_step()
    return {"generators": weights(gan.generators), "discriminators": weights(gan.discriminators)}


@pytest.mark.parametrize(
    ("option", "touched"),
    [
        ({"matching_weight": 0.0}, {"image"}),
        ({"condition_noise": 0.0}, {"image", "text"}),
        ({"teacher_forcing_weight": 0.0}, {"text"}),
        ({"adversarial": losses.relativistic}, {"image", "text", "imagined"}),
        ({"point_steps": 1}, {"imagined"}),
    ],
    ids=["matching_weight", "condition_noise", "teacher_forcing_weight", "adversarial", "point_steps"],
)
def test_each_part_of_the_generators_loss_has_a_say(plain, option, touched):
    assert moved(plain["generators"], after_a_step(**option).generators) == touched


@pytest.mark.parametrize(
    ("option", "touched"),
    [({"mismatched": False}, {"image", "text"}), ({"penalty": None}, {"image", "text", "imagined"})],
    ids=["mismatched", "penalty"],
)
def test_each_part_of_the_discriminators_loss_has_a_say(plain, option, touched):
    assert moved(plain["discriminators"], after_a_step(**option).discriminators) == touched


def test_mismatched_conditions_contradict_their_samples(monkeypatch):
    gan, batch = tiny()
    seen = []

    def look(players, optimizers, adversarial, z, e, real, wrong_e=None, **_):
        seen.append((e, wrong_e))
        return steps.Players(tf.constant(0.0), tf.constant(0.0))

    monkeypatch.setattr(steps, "gan_step", look)
    gan.train_step(batch)
    told = batch["facts_of"]["image"].numpy()[:, 0]
    for e, wrong_e in seen[:2]:
        rows = [int(np.abs(e - wrong).sum(1).argmin()) for wrong in wrong_e.numpy()]
        assert (told[rows] != told).all()
    assert seen[2] == (None, None)  # the imaginer's D knows no condition


def test_two_runs_of_one_seed_are_equal():
    runs = []
    for _ in range(2):
        gan, batch = tiny(seed=5)
        keras.utils.set_random_seed(len(runs))  # not from the global generators
        runs.append([gan.train_step(batch) for _ in range(3)])
    for a, b in zip(*runs, strict=True):
        np.testing.assert_allclose([*a.values()], [*b.values()], rtol=1e-5)
    assert not np.allclose([*runs[0][0].values()], [*runs[0][1].values()], rtol=1e-3)


# generate


def test_each_sense_comes_in_its_shape_and_range(fitted):
    gan, _ = fitted
    for to, shape in {"image": (20, 24, 3), "speech": (32, 32)}.items():
        made = gan.generate(PROMPTS, to=to, count=3, seed=0)
        assert made.shape == (2, 3, *shape) and made.dtype == "float32" and np.abs(made).max() <= 1
    captions = gan.generate(PROMPTS, to="text", count=3, seed=0)
    assert [len(row) for row in captions] == [3, 3]
    assert {word for row in captions for caption in row for word in caption.split()} <= set(gan.vocabulary.words)


@pytest.mark.parametrize("to", ["image", "speech", "text"])
def test_samples_follow_from_the_seed(fitted, to):
    gan, _ = fitted
    a, b, c, d = (gan.generate(PROMPTS, to=to, count=4, seed=seed) for seed in (1, 1, 2, None))
    assert np.array_equal(a, b) and not np.array_equal(a, c)
    assert not np.array_equal(d, gan.generate(PROMPTS, to=to, count=4))


def test_the_samples_of_one_prompt_differ(fitted):
    gan, _ = fitted
    images = gan.generate({"text": "a red ball"}, to="image", count=3, seed=0)[0]
    assert len({image.tobytes() for image in images}) == 3


def test_a_prompt_may_stand_without_its_list(fitted, own):
    gan, _ = fitted
    assert gan.generate({"text": "a red ball"}, to="image").shape == (1, 1, 20, 24, 3)
    assert gan.generate({"image": own["image"][0]}, to="image").shape == (1, 1, 20, 24, 3)


def test_bytes_and_floats_of_one_image_are_one_prompt(fitted, own):
    gan, _ = fitted
    np.testing.assert_allclose(gan.embed({"image": PIXELS}), gan.embed({"image": own["image"]}), atol=1e-6)


def test_several_senses_of_one_thing_are_fused(fitted, own):
    gan, _ = fitted
    given = {"image": own["image"][:2], "text": PROMPTS["text"], "speech": own["speech"][:2]}
    e, alone = gan.embed(given), [gan.embed({sense: x}) for sense, x in given.items()]
    mean = np.mean(alone, 0)
    np.testing.assert_allclose(e, mean / np.linalg.norm(mean, axis=1, keepdims=True), atol=1e-5)
    assert gan.generate(given, to="speech", count=2).shape == (2, 2, 32, 32)
    order = dict(reversed(given.items()))
    assert np.array_equal(gan.generate(order, to="image", seed=0), gan.generate(given, to="image", seed=0))


def test_many_prompts_come_out_as_each_alone(fitted, own):
    gan, _ = fitted
    images = np.tile(own["image"], (20, 1, 1, 1))  # 320: more than one batch
    vectors = gan.embed({"image": images})
    np.testing.assert_allclose(vectors[300], gan.embed({"image": images[300]})[0], atol=1e-5)
    assert gan.generate({"image": images}, to="speech").shape == (320, 1, 32, 32)


def test_averages_are_what_speaks():
    gan, _ = tiny()
    before = gan.generate({"text": "a box"}, to="image", seed=0), gan.imagine(2, seed=0)["image"]
    for network in gan.generators.values():
        network.set_weights([0 * weight for weight in network.get_weights()])
    after = gan.generate({"text": "a box"}, to="image", seed=0), gan.imagine(2, seed=0)["image"]
    assert np.array_equal(before[0], after[0]) and np.array_equal(before[1], after[1])
    for network in gan.ema_generators.values():
        network.set_weights([0 * weight for weight in network.get_weights()])
    assert not gan.generate({"text": "a box"}, to="image", seed=0).any()


def test_an_unknown_target_is_told(fitted):
    gan, _ = fitted
    with pytest.raises(ValueError, match=r"one of image, text, speech\. Received: 'smell'"):
        gan.generate(PROMPTS, to="smell")
    with pytest.raises(ValueError, match="Received: 'imagined'"):
        gan.generate(PROMPTS, to="imagined")


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", None, True])
def test_an_invalid_count_is_told(fitted, count):
    gan, _ = fitted
    for call in (lambda: gan.generate(PROMPTS, to="image", count=count), lambda: gan.imagine(count)):
        with pytest.raises(ValueError, match=r"count must be a whole number from 1\. Received: "):
            call()


def test_prompts_that_make_no_sense_are_told(fitted):
    gan, _ = fitted
    with pytest.raises(ValueError, match=r"known and near: ball.*Received: 'bal'"):
        gan.generate({"text": ["a red bal"]}, to="image")
    with pytest.raises(ValueError, match=r"Received: 'taste'"):
        gan.embed({"taste": [1]})


# imagine


def test_imagined_things_come_in_every_sense(fitted):
    gan, _ = fitted
    made = gan.imagine(5, seed=0)
    assert made["image"].shape == (5, 20, 24, 3) and made["speech"].shape == (5, 32, 32)
    assert len(made["text"]) == 5 and all(isinstance(caption, str) for caption in made["text"])
    again, other = gan.imagine(5, seed=0), gan.imagine(5, seed=1)
    assert np.array_equal(made["image"], again["image"]) and made["text"] == again["text"]
    assert not np.array_equal(made["image"], other["image"])


def test_a_model_without_an_imaginer_says_so():
    gan, _ = tiny()
    plain = mm.MultimodalGAN(gan.embedders, gan.discriminators, {m: gan.generators[m] for m in gan.modalities})
    with pytest.raises(ValueError, match="build_imaginer"):
        plain.imagine()


# Swapping in one's own


def test_ones_own_generator_and_loss_take_part():
    z, e = keras.Input((5,)), keras.Input((8,))
    pixels = keras.layers.Dense(16, activation="tanh")(keras.layers.Concatenate()([z, e]))
    mine = keras.Model([z, e], keras.layers.Reshape((4, 4, 1))(pixels))
    gan, batch = tiny()
    parts = {**gan.generators, "image": mine}
    imaginer = parts.pop("imagined")
    gan = mm.MultimodalGAN(gan.embedders, gan.discriminators, parts, imaginer=imaginer, vocabulary=gan.vocabulary)
    cubic = losses.AdversarialLoss(
        lambda real, fake, wrong=None: tf.reduce_mean(tf.nn.softplus(fake) ** 3 + tf.nn.softplus(-real) ** 3),
        lambda fake, real=None: tf.reduce_mean(tf.nn.softplus(-fake) ** 3),
    )
    gan.compile(adversarial=cubic, penalty=losses.gradient_penalty)
    before = mine.get_weights()
    assert np.isfinite([*gan.train_step(batch).values()]).all()
    assert not all(map(np.array_equal, before, mine.get_weights()))
    assert gan.generate({"text": "a box"}, to="image", count=2).shape == (1, 2, 4, 4, 1)


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_every_adversarial_pair_plays_with_mismatched_pairs(name):
    gan, batch = tiny(adversarial=losses.ADVERSARIAL[name])
    logs = [gan.train_step(batch) for _ in range(2)]
    assert np.isfinite([[*log.values()] for log in logs]).all()


def test_fit_serves_any_keras_callback(own):
    pairs = {m: own[m][:8] for m in ("image", "text")}
    gan = mm.MultimodalGAN.for_pairs(pairs, embed_dim=8)
    gan.compile(run_eagerly=True)
    seen = []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(dict(logs)))
    gan.fit(mm.as_dataset(pairs, 4, vocabulary=gan.vocabulary), epochs=2, verbose=0, callbacks=[note])
    assert len(seen) == 4 and set(seen[0]) == {"prior"} | {
        f"{r}_{m}" for r in "dg" for m in ("image", "text", "imagined")
    }


# decode, the way back from embed


def test_generate_decodes_what_embed_makes(fitted):
    gan, _ = fitted
    e = gan.embed(PROMPTS)
    for to in gan.modalities:
        decoded = gan.decode(e, to, count=2, seed=5)
        assert np.array_equal(gan.generate(PROMPTS, to=to, count=2, seed=5, typical=True), decoded)
        rng = np.random.default_rng(5)  # of what is left open first, then of z
        e_whole = gan.complete(PROMPTS, count=2, seed=rng).reshape(4, -1)
        made, whole = gan.generate(PROMPTS, to=to, count=2, seed=5), gan.decode(e_whole, to, seed=rng)
        assert np.array_equal(np.reshape(made, np.shape(decoded)), np.reshape(whole, np.shape(decoded)))


def test_noise_is_shared_by_all_points_or_given_to_each(fitted):
    gan, _ = fitted
    e, z = gan.embed(PROMPTS), gan.noise("image", 3, seed=1)
    shared = gan.decode(e, "image", z=z)
    assert shared.shape == (2, 3, 20, 24, 3)
    np.testing.assert_allclose(shared, gan.decode(e, "image", z=np.stack([z, z])), atol=1e-6)
    own = gan.decode(e, "image", z=z[:2, None])  # one draw for each point
    np.testing.assert_allclose(own[:, 0], [shared[0, 0], shared[1, 1]], atol=1e-6)
    assert np.array_equal(z, gan.noise("image", 3, seed=1)) and z.dtype == "float32"


@pytest.mark.parametrize(
    ("e", "z", "told"),
    [
        (np.zeros((2, 5)), None, r"e must be points \(n, 64\).*Received: shape=\(2, 5\)"),
        (np.zeros(64), None, r"Received: shape=\(64,\)"),
        (np.zeros((0, 64)), None, r"e must be points \(n, 64\).*Received: shape=\(0, 64\)"),
        (np.full((1, 64), np.nan), None, "e must be finite points.*Received: NaN"),
        (np.zeros((2, 64)), np.zeros((3, 5)), r"z must be \(2, count, 64\) or \(count, 64\)\. Received: \(3, 5\)"),
        (np.zeros((2, 64)), np.zeros((3, 1, 64)), r"Received: \(3, 1, 64\)"),
        (np.zeros((2, 64)), np.zeros(64), r"Received: \(64,\)"),
    ],
)
def test_points_and_noise_of_another_size_are_told(fitted, e, z, told):
    gan, _ = fitted
    with pytest.raises(ValueError, match=told):
        gan.decode(e, "image", z=z)


# The user's random numbers


def draws():
    return [random.random(), np.random.rand(), float(keras.random.uniform(())), float(tf.random.uniform(()))]


@pytest.mark.parametrize("act", [lambda: tiny(), mm.load], ids=["build", "load"])
def test_building_and_loading_leave_all_random_generators_as_they_were(act):
    act()  # what is imported lazily draws names for its files
    keras.utils.set_random_seed(3)
    expected = draws() + draws()
    keras.utils.set_random_seed(3)
    before = draws()
    act()
    assert before + draws() == expected


def test_networks_of_ones_own_leave_them_too():
    gan, _ = tiny()
    parts = dict(gan.generators)
    imaginer = parts.pop("imagined")
    state = random.getstate()
    mm.MultimodalGAN(
        gan.embedders,
        {m: gan.discriminators[m] for m in gan.modalities},
        parts,
        imaginer=imaginer,
        vocabulary=gan.vocabulary,
    )
    assert random.getstate() == state


# What cannot be meant


REFUSED = [
    (lambda gan: mm.MultimodalGAN.for_pairs({"image": SMALL["image"]}), r"two modalities or more.*Received: image"),
    (lambda gan: mm.MultimodalGAN.for_pairs({"image": SMALL["image"] * 300, "text": TEXT[:8]}), "image must be in"),
    (lambda gan: mm.MultimodalGAN.for_sizes({"image": [4, 4, 1]}, seed=-1), "seed must be a whole number from 0"),
    (lambda gan: gan.generate(PROMPTS, to="image", seed=-1), "seed must be a whole number from 0"),
    (lambda gan: gan.generate(PROMPTS, to="image", seed=0.5), "seed must be a whole number from 0"),
    (lambda gan: gan.imagine(seed=-1), "seed must be a whole number from 0"),
    (lambda gan: gan.noise("smell", 3), "noise is for one of image, text, speech, imagined. Received: 'smell'"),
    (lambda gan: mm.MultimodalGAN({"images": None}, {}, {}), "unknown modality.*Received: 'images'"),
    (lambda gan: mm.MultimodalGAN.for_sizes({"image": [4, 4, 1]}, embed_dim=8).fit_embedders(None), "two modalities"),
]


@pytest.mark.parametrize(("act", "told"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_meant_is_told(fitted, act, told):
    with pytest.raises(ValueError, match=told):
        act(fitted[0])


def test_images_of_one_pixel_make_a_model():
    gan = mm.MultimodalGAN.for_sizes({"image": [1, 1, 1]}, embed_dim=8)
    assert gan.generate({"image": SMALL["image"][:2, :1, :1]}, to="image").shape == (2, 1, 1, 1, 1)


def test_columns_as_people_have_them_make_a_model():
    pixels = RNG.integers(0, 256, (4, 4, 4, 1), "uint8")
    gan = mm.MultimodalGAN.for_pairs({"image": pixels, "text": TEXT[:4].tolist()}, embed_dim=8)
    assert gan.sizes == {"image": [4, 4, 1], "text": [4, 8]}


def test_captions_of_one_word_are_learnt_without_a_warning(recwarn):
    words = {"image": SMALL["image"], "text": list("abcdefgh")}
    gan = mm.MultimodalGAN.for_pairs(words, embed_dim=8)
    gan.compile()
    gan.train_step(next(iter(mm.as_dataset(words, 8, vocabulary=gan.vocabulary))))
    assert not [str(told.message) for told in recwarn if "Gradients do not exist" in str(told.message)]


def test_the_generators_of_another_model_bring_its_imaginer_along():
    gan, batch = tiny()
    own = mm.MultimodalGAN(gan.embedders, gan.discriminators, gan.generators, vocabulary=gan.vocabulary)
    own.compile()
    assert {"d_imagined", "g_imagined"} <= own.train_step(batch).keys()
    assert len(own.imagine(2, seed=0)["image"]) == 2


def test_callbacks_are_given_as_keras_takes_them():
    gan, _ = tiny()
    dataset = mm.as_dataset(SMALL, 8, seed=0, vocabulary=gan.vocabulary)
    begun = []
    one = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: begun.append(1))
    for callbacks in (None, one, [one]):
        gan.fit_embedders(dataset, epochs=1, callbacks=callbacks, verbose=0)
    assert begun == [1, 1]


def test_data_of_one_class_train_without_nonsense():
    one = {**SMALL, "label": np.zeros(8, "int32")}
    gan = mm.MultimodalGAN.for_pairs(one, embed_dim=8)
    gan.compile()
    logs = gan.train_step(next(iter(mm.as_dataset(one, 8, vocabulary=gan.vocabulary))))
    assert np.isfinite([float(loss) for loss in logs.values()]).all()
