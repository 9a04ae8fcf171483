"""Augmentation of sounds: each kind does what its name says, by chances of the seed alone, in little time."""

import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite.datasets import augment, speech

KINDS = (augment.tempo, augment.vocal_tract, augment.clipping, augment.room, augment.equaliser, augment.noise)


@pytest.fixture(scope="module")
def sounds():
    return mm.load_digits("valid")["speech"][:64]


def decibels(log_mel):
    return (np.asarray(log_mel) - 1) / 2 * -speech.FLOOR_DB


@pytest.mark.parametrize("vary", [*KINDS, augment.augment_speech], ids=lambda vary: vary.__name__)
def test_a_kind_keeps_shape_and_range_and_follows_the_seed(vary, sounds):
    here, again, other = (vary(tf.constant(sounds), tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 3]))
    assert here.shape == sounds.shape and here.dtype == np.float32
    assert np.isfinite(here).all() and here.min() >= -1 and here.max() <= 1
    np.testing.assert_array_equal(here, again)
    assert np.abs(here - other).mean() > 0.001 and np.abs(here - sounds).mean() > 0.001


def test_another_tempo_makes_a_word_longer_or_shorter_by_no_more_than_it_says(sounds):
    varied = augment.tempo(tf.constant(sounds), tf.constant([3, 4]), most=0.2, shift=0.0).numpy()
    length = [(np.asarray(x).max(2) > 0).sum(1) for x in (sounds, varied)]
    ratio = length[1] / length[0]
    assert ratio.min() < 0.9 and ratio.max() > 1.1 and np.exp(-0.35) < ratio.min() and ratio.max() < np.exp(0.35)


def test_another_vocal_tract_moves_formants_and_leaves_time_alone(sounds):
    one_band = np.full((64, 32, 32), -1.0, "float32")
    one_band[:, 10:20, 16] = 1.0
    varied = augment.vocal_tract(tf.constant(one_band), tf.constant([5, 6])).numpy()
    assert ((varied > -0.99).any(2) == (one_band > -1).any(2)).all()
    middle = ((varied + 1) * np.arange(32)).sum((1, 2)) / (varied + 1).sum((1, 2))
    assert middle.std() > 0.5 and np.abs(middle - 16).max() < 16 * 0.15


def test_noise_fills_what_was_silent_below_its_loudest(sounds):
    noisy = decibels(augment.noise(tf.constant(sounds), tf.constant([7, 8]), softest_db=40.0, loudest_db=30.0))
    quiet = decibels(sounds) <= speech.FLOOR_DB + 1
    level = np.array([noisy[row][quiet[row]].mean() for row in range(len(sounds))])
    some = level > speech.FLOOR_DB + 5
    assert 0.4 < some.mean() < 0.9 and level[some].max() < -20  # two of three sounds get it


def test_a_room_rings_on_after_the_word_and_never_before(sounds):
    click = np.full((64, 32, 32), -1.0, "float32")
    click[:, 10] = 1.0
    rung = augment.room(tf.constant(click), tf.constant([9, 10])).numpy()
    assert (rung[:, :10] == -1).all() and 0.2 < (rung[:, 12:16] > -1).any((1, 2)).mean() < 0.8


def test_an_equaliser_is_the_same_in_every_frame(sounds):
    flat = np.zeros((64, 32, 32), "float32")
    gain = decibels(augment.equaliser(tf.constant(flat), tf.constant([11, 12])))
    np.testing.assert_allclose(gain, np.broadcast_to(gain[:, :1], gain.shape), atol=1e-3)
    assert 1 < gain.std(2).mean() < 8 and np.abs(np.diff(gain, axis=2)).max() < 5


def test_clipping_levels_the_loudest_places_of_some_sounds(sounds):
    def at_top(log_mel):
        return (np.asarray(log_mel) > 0.999).sum((1, 2))

    clipped = at_top(augment.clipping(tf.constant(sounds), tf.constant([13, 14])))
    assert 0.25 < (clipped > 2 * at_top(sounds)).mean() < 0.75


def test_a_data_set_is_augmented_where_it_is_asked_for_and_the_same_when_resumed():
    pairs = mm.load_digits("valid")

    def take(**options):
        return next(iter(mm.as_dataset(pairs, 32, seed=1, **options).as_numpy_iterator()))

    plain, varied, again = take(), take(augment=True), take(augment=True)
    np.testing.assert_array_equal(plain["image"], varied["image"])
    np.testing.assert_array_equal(varied["speech"], again["speech"])
    assert np.abs(plain["speech"] - varied["speech"]).mean() > 0.01
    third = list(mm.as_dataset(pairs, 32, seed=1, augment=True).take(3).as_numpy_iterator())[2]
    np.testing.assert_array_equal(third["speech"], take(augment=True, start=2)["speech"])
