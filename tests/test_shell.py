"""Keras's surface: what a learner knows of `keras.Model` works for several networks, or names what does."""

import copy
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite.shell import Conductor

RNG = np.random.default_rng(0)
PAIRS = {"image": RNG.uniform(-1, 1, (8, 4, 4, 1)).astype("float32"), "text": ["a red ball", "a blue box"] * 4}


@pytest.fixture(scope="module")
def gan():
    gan = mm.MultimodalGAN.for_pairs(PAIRS, embed_dim=8)
    gan.compile(run_eagerly=True)
    return gan


def batches(gan):
    return mm.as_dataset(PAIRS, 4, vocabulary=gan.vocabulary)


def fit(gan, *callbacks, **options):
    return gan.fit(batches(gan), verbose=0, callbacks=list(callbacks), **options)


def rates(gan):
    return np.array([float(optimizer.learning_rate) for pair in gan.optimizers.values() for optimizer in pair])


# Honoured


def test_a_schedule_of_keras_sets_the_rate_of_every_network(gan):
    gan.compile(lambda: keras.optimizers.Adam(0.01), run_eagerly=True)
    history = fit(gan, keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 10), epochs=2)
    np.testing.assert_allclose(rates(gan), 1e-4, rtol=1e-5)
    np.testing.assert_allclose(history.history["learning_rate"], [1e-3, 1e-4], rtol=1e-5)


def test_a_plateau_reduces_the_rate_of_every_network_and_keeps_their_ratio(gan):
    gan.compile(lambda: keras.optimizers.SGD(0.01), run_eagerly=True)
    gan.optimizers["text"].discriminator.learning_rate.assign(0.04)
    before = rates(gan)
    fit(gan, keras.callbacks.ReduceLROnPlateau("d_image", 0.5, patience=0, mode="max", min_delta=99), epochs=2)
    np.testing.assert_allclose(rates(gan), before / 2, rtol=1e-5)


def test_a_rate_that_was_zero_is_set_alike():
    optimizers = [keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.3)]
    Conductor([(optimizer, []) for optimizer in optimizers]).learning_rate = 0.1
    np.testing.assert_allclose([float(optimizer.learning_rate) for optimizer in optimizers], 0.1, rtol=1e-6)


def test_averaged_weights_of_an_optimizer_go_to_its_own_network(gan):
    gan.compile(lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9), run_eagerly=True)
    fit(gan)
    optimizer, network = gan.optimizers["image"].generator, gan.generators["image"]
    averages = optimizer._model_variables_moving_average
    assert len(averages) == len(network.trainable_variables)
    for average, weight in zip(averages, network.trainable_variables, strict=True):
        np.testing.assert_array_equal(average, weight)


def test_the_embedders_optimizer_may_average_too(gan):
    optimizer = keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9)
    gan.fit_embedders(batches(gan), epochs=1, verbose=0, optimizer=optimizer)
    weights = [weight for network in gan.embedders.values() for weight in network.trainable_variables]
    for average, weight in zip(optimizer._model_variables_moving_average, weights, strict=True):
        np.testing.assert_array_equal(average, weight)


def test_weights_alone_are_kept_by_keras(gan, tmp_path):
    keep = keras.callbacks.ModelCheckpoint(tmp_path / "w.weights.h5", save_weights_only=True)
    fit(gan, keep)
    before = gan.ema_generators["image"].get_weights()
    fit(gan)
    gan.load_weights(tmp_path / "w.weights.h5")
    assert all(map(np.array_equal, before, gan.ema_generators["image"].get_weights()))


# Closed off

CLOSED = {
    "save": (lambda gan: gan.save("x.keras"), r"mm.save\(gan, folder\) and mm.load\(folder\)"),
    "get_config": (lambda gan: gan.get_config(), "mm.save"),
    "clone": (keras.models.clone_model, "mm.save"),
    "deepcopy": (copy.deepcopy, "mm.save.*Received: a call of copy.deepcopy or pickle"),
    "pickle": (pickle.dumps, "mm.save"),
    "ModelCheckpoint": (lambda gan: fit(gan, keras.callbacks.ModelCheckpoint("x.keras")), "mm.save"),
    "export": (lambda gan: gan.export("x"), r"export a network of it, such as gan.ema_generators\[\"image\"\]"),
    "evaluate": (lambda gan: gan.evaluate(batches(gan)), r"mm.evaluate\(run\).*Received: a call of evaluate"),
    "test_on_batch": (lambda gan: gan.test_on_batch(next(iter(batches(gan)))), r"mm.evaluate\(run\)"),
    "validation_data": (lambda gan: fit(gan, validation_data=batches(gan)), "mm.evaluate.*Received: validation_data"),
    "class_weight": (lambda gan: fit(gan, class_weight={0: 1.0}), "how often the data set draws.*: class_weight"),
    "sample_weight": (lambda gan: fit(gan, sample_weight=np.ones(8)), "Received: sample_weight"),
    "y": (lambda gan: gan.fit(batches(gan), np.ones(8)), "Received: y"),
    "batch_size": (lambda gan: fit(gan, batch_size=4), r"mm.as_dataset\(pairs, batch_size\).*Received: batch_size"),
    "quantize": (lambda gan: gan.quantize("int8"), r"gan.ema_generators\[\"image\"\]\.quantize"),
    "from_config": (lambda gan: type(gan).from_config({}), "mm.save.*Received: a call of from_config"),
    "validation_split": (lambda gan: fit(gan, validation_split=0.1), "Received: validation_split"),
    "predict": (lambda gan: gan.predict(PAIRS["image"]), r"gan.generate\(.*gan.embed\(prompts\)"),
    "a call": (lambda gan: gan(PAIRS["image"]), "gan.generate"),
    "train_on_batch": (lambda gan: gan.train_on_batch(next(iter(batches(gan)))), r"gan.train_step\(batch\)"),
}


def test_a_checkpoint_of_the_whole_model_is_refused_before_the_first_step(gan):
    before = int(gan.step)
    with pytest.raises(ValueError, match="ModelCheckpoint without save_weights_only=True"):
        fit(gan, keras.callbacks.ModelCheckpoint("x.keras", save_freq=1))
    assert int(gan.step) == before


@pytest.mark.parametrize("name", CLOSED)
def test_what_serves_one_network_alone_names_the_remedy(gan, name):
    act, told = CLOSED[name]
    with pytest.raises(ValueError, match=told) as error:
        act(gan)
    assert "Received: " in str(error.value)


def test_the_embedders_stage_names_it_too(gan, tmp_path):
    keep = keras.callbacks.ModelCheckpoint(tmp_path / "x.keras")
    with pytest.raises(ValueError, match=r"mm\.save"):
        gan.fit_embedders(batches(gan), epochs=1, verbose=0, callbacks=[keep])


# Batches of your own


def without_facts(batch):
    return {name: part for name, part in batch.items() if name != "facts_of"}


def of_one(batch):
    return {**batch, "facts_of": {"image": batch["facts_of"]["image"]}}


BATCHES = {
    "arrays": (lambda dataset: PAIRS, "a data set of batches as mm.as_dataset makes it. Received: dict"),
    "tuples": (lambda dataset: dataset.map(lambda batch: (batch["image"], batch["text"])), "as mm.as_dataset makes it"),
    "no facts": (lambda dataset: dataset.map(without_facts), r"each batch needs \"facts_of\".*Received: image, text"),
    "facts of one": (lambda dataset: dataset.map(of_one), 'each batch needs "facts_of"'),
    "one modality": (lambda dataset: dataset.map(lambda b: {"image": b["image"]}), "it lacks 'text'. Received: image"),
    "a ragged last batch": (lambda dataset: dataset.unbatch().batch(3), r"drop_remainder=True.*\(None, 4, 4, 1\)"),
    "unbatched": (lambda dataset: dataset.map(lambda b: tf.nest.map_structure(lambda x: x[0, ..., 0], b))
                  .map(lambda b: {**b, "image": b["image"][0, 0]}), "one number of rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("stage", ["fit", "fit_embedders"])
def test_batches_that_cannot_be_learnt_from_are_told(gan, stage, name):
    make, told = BATCHES[name]
    with pytest.raises(ValueError, match=told):
        getattr(gan, stage)(make(batches(gan)), epochs=1, verbose=0)


def test_batches_of_your_own_pipeline_are_learnt_from(gan):
    again = batches(gan).unbatch().shuffle(8).batch(4, drop_remainder=True)
    assert np.isfinite(gan.fit(again, verbose=0).history["d_image"]).all()
