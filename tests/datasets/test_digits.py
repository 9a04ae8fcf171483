"""The embedded digits are what their datasheet says; batches follow from a seed and can be resumed anywhere."""

import itertools

import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite.datasets import captions, digits, image

SPLITS = {"train": 4000, "valid": 500, "test": 500}
FACTS = list(captions.FACTS)


@pytest.fixture(scope="module")
def splits():
    return {split: mm.load_digits(split) for split in SPLITS}


@pytest.fixture(scope="module")
def valid(splits):
    return splits["valid"]


def rows_of(pairs):
    return {"image": pairs["image"], "text": pairs["text"], "speech": pairs["speech"], "label": pairs["label"]}


# The digits


@pytest.mark.parametrize("split", SPLITS)
def test_arrays_have_the_shapes_types_and_ranges_that_are_promised(splits, split):
    pairs, n = splits[split], SPLITS[split]
    assert pairs["image"].shape == (n, 28, 28, 1) and pairs["speech"].shape == (n, 32, 32)
    for sense in "image", "speech":
        assert pairs[sense].dtype == "float32" and pairs[sense].min() == -1 and pairs[sense].max() == 1
    assert pairs["text"].shape == (n,) and pairs["text"].dtype.kind == "U"
    assert pairs["label"].dtype == "int32" and np.bincount(pairs["label"]).tolist() == [n // 10] * 10
    for levels in pairs["facts"], pairs["exact_facts"]:
        assert set(levels) == set(FACTS)
        for fact in FACTS:
            assert levels[fact].shape == (n,) and levels[fact].dtype == "int8"
            assert set(np.unique(levels[fact])) <= {-1, *range(len(captions.FACTS[fact]))}
    assert all((pairs["exact_facts"][fact] >= 0).all() for fact in FACTS)  # at the cut, everything is known


def test_no_image_and_no_voice_stands_in_two_splits(splits):
    for a, b in itertools.combinations(SPLITS, 2):
        images = [{picture.tobytes() for picture in splits[split]["image"]} for split in (a, b)]
        assert not images[0] & images[1]
        assert not set(splits[a]["voice"]) & set(splits[b]["voice"])
    assert sum(len({picture.tobytes() for picture in splits[split]["image"]}) for split in SPLITS) == 5000


def test_every_split_has_men_and_women(splits):
    for pairs in splits.values():
        for sex in 0, 1:
            assert len(set(pairs["voice"][pairs["exact_facts"]["sex"] == sex])) >= 2
            assert (pairs["exact_facts"]["sex"] == sex).mean() > 0.4


@pytest.mark.parametrize("split", SPLITS)
def test_every_caption_parses_back_to_its_facts(splits, split):
    pairs = splits[split]
    for row, caption in enumerate(pairs["text"].tolist()):
        told = captions.parse(caption)
        assert told["digit"] == pairs["label"][row]
        assert all(pairs["facts"][fact][row] == level for fact, level in told.items())


@pytest.mark.parametrize("split", SPLITS)
def test_facts_measured_from_the_images_are_the_stored_ones(splits, split):
    pairs = splits[split]
    assert np.allclose(image.thickness(pairs["image"]), pairs["thickness_px"], rtol=1e-6)
    assert np.allclose(image.slant(pairs["image"]), pairs["slant_deg"], rtol=1e-4, atol=1e-4)
    for band, levels in ((True, pairs["facts"]), (False, pairs["exact_facts"])):
        bands = (image.THICKNESS_DEAD_BAND, image.SLANT_DEAD_BAND) if band else (0.0, 0.0)
        assert np.array_equal(image.thickness_level(pairs["image"], bands[0]), levels["thickness"])
        assert np.array_equal(image.slant_level(pairs["image"], bands[1]), levels["slant"])


def test_sayable_levels_are_those_at_the_cut_or_unknown(splits):
    for pairs in splits.values():
        for fact in FACTS:
            sayable = pairs["facts"][fact]
            assert (sayable[sayable >= 0] == pairs["exact_facts"][fact][sayable >= 0]).all(), fact
            assert (sayable >= 0).mean() > 0.65, fact


def test_the_same_split_reads_the_same_twice():
    a, b = mm.load_digits("test"), mm.load_digits("test")
    assert all(np.array_equal(a[name], b[name]) for name in rows_of(a))


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match=r"split must be .* Received: 'tset'"):
        mm.load_digits("tset")


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_one_flipped_bit_is_noticed(tmp_path, place):
    raw = bytearray(digits.DIGITS_FILE.read_bytes())
    raw[place] ^= 1
    path = tmp_path / "digits.npz"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"digits\.npz is damaged.*take it anew from the project. Received: "):
        mm.load_digits("test", path)


def test_a_missing_file_names_the_builder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"python data/build_digits\.py"):
        mm.load_digits("test", tmp_path / "digits.npz")


def test_the_file_stays_small():
    assert digits.DIGITS_FILE.stat().st_size < 6e6
