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
    for levels in pairs["facts"], pairs["levels"]:
        assert set(levels) == set(FACTS)
        for fact in FACTS:
            assert levels[fact].shape == (n,) and levels[fact].dtype == "int8"
            assert set(np.unique(levels[fact])) <= {-1, *range(len(captions.FACTS[fact]))}
    assert all((pairs["levels"][fact] >= 0).all() for fact in FACTS)  # at the cut, everything is known


def test_no_image_and_no_voice_stands_in_two_splits(splits):
    for a, b in itertools.combinations(SPLITS, 2):
        images = [{picture.tobytes() for picture in splits[split]["image"]} for split in (a, b)]
        assert not images[0] & images[1]
        assert not set(splits[a]["voice"]) & set(splits[b]["voice"])
    assert sum(len({picture.tobytes() for picture in splits[split]["image"]}) for split in SPLITS) == 5000


def test_every_split_has_men_and_women(splits):
    for pairs in splits.values():
        for sex in 0, 1:
            assert len(set(pairs["voice"][pairs["levels"]["sex"] == sex])) >= 2
            assert (pairs["levels"]["sex"] == sex).mean() > 0.4


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
    for band, levels in ((True, pairs["facts"]), (False, pairs["levels"])):
        bands = (image.THICKNESS_DEAD_BAND, image.SLANT_DEAD_BAND) if band else (0.0, 0.0)
        assert np.array_equal(image.thickness_level(pairs["image"], bands[0]), levels["thickness"])
        assert np.array_equal(image.slant_level(pairs["image"], bands[1]), levels["slant"])


def test_sayable_levels_are_those_at_the_cut_or_unknown(splits):
    for pairs in splits.values():
        for fact in FACTS:
            sayable = pairs["facts"][fact]
            assert (sayable[sayable >= 0] == pairs["levels"][fact][sayable >= 0]).all(), fact
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


# Batches


def take(dataset, epochs=1):
    """All batches of some epochs, as NumPy."""
    return [batch for _ in range(epochs) for batch in dataset.as_numpy_iterator()]


def same(a, b):
    """Whether two batches are equal in everything."""
    a, b = ({**batch, **{f"facts of {m}": f for m, f in batch["facts"].items()}} for batch in (a, b))
    return all(np.array_equal(a[name], b[name]) for name in a if name != "facts")


def test_batches_have_the_form_that_fit_takes(valid):
    dataset = mm.as_dataset(valid, batch_size=64)
    batches = take(dataset)
    assert len(batches) == dataset.cardinality() == 500 // 64
    for batch in batches:
        assert batch["image"].shape == (64, 28, 28, 1) and batch["image"].dtype == "float32"
        assert batch["speech"].shape == (64, 32, 32) and batch["speech"].dtype == "float32"
        assert batch["text"].shape == (64, 15) and batch["text"].dtype == "int32"
        for facts in batch["facts"].values():
            assert facts.shape == (64, 6) and facts.dtype == "int32"


def test_the_same_seed_gives_the_same_batches_and_another_gives_others(valid):
    first, again = (take(mm.as_dataset(valid, seed=7), epochs=2) for _ in range(2))
    assert len(first) == 14 and all(map(same, first, again))
    assert not any(map(same, first, take(mm.as_dataset(valid, seed=8), epochs=2)))


def test_every_epoch_shows_every_image_once_in_another_order(valid):
    dataset = mm.as_dataset(valid, batch_size=50)
    for _ in range(2):
        images = np.concatenate([batch["image"] for batch in dataset.as_numpy_iterator()])
        assert not np.array_equal(images, valid["image"])
        assert {picture.tobytes() for picture in images} == {picture.tobytes() for picture in valid["image"]}


def captions_of(batches):
    """{image: caption} of one epoch."""
    pairs = [pair for b in batches for pair in zip(b["image"], captions.decode(b["text"]), strict=True)]
    return {picture.tobytes(): caption for picture, caption in pairs}


def sounds_of(batches):
    """{image: sound} of one epoch."""
    pairs = [pair for b in batches for pair in zip(b["image"], b["speech"], strict=True)]
    return {picture.tobytes(): sound.tobytes() for picture, sound in pairs}


def test_every_epoch_words_the_captions_and_picks_the_sounds_anew(valid):
    dataset = mm.as_dataset(valid, batch_size=50)
    epochs = [take(dataset) for _ in range(2)]
    first, second = map(captions_of, epochs)
    assert np.mean([first[picture] != second[picture] for picture in first]) > 0.9
    first, second = map(sounds_of, epochs)
    assert np.mean([first[picture] != second[picture] for picture in first]) > 0.9
    assert len(set(first.values())) == len(set(second.values())) == 500  # and every sound is heard once


@pytest.fixture(scope="module")
def traced(valid):
    """One epoch of batches; and for each of its rows, the rows of `valid` that its image and its sound come from."""
    batches = take(mm.as_dataset(valid, batch_size=50, seed=3))
    found = {}
    for sense in "image", "speech":
        number = {sample.tobytes(): row for row, sample in enumerate(valid[sense])}
        found[sense] = np.array([number[sample.tobytes()] for batch in batches for sample in batch[sense]])
    facts = {m: np.concatenate([batch["facts"][m] for batch in batches]) for m in digits.MODALITIES}
    return {**found, "facts": facts, "tokens": np.concatenate([batch["text"] for batch in batches])}


def test_image_and_sound_share_the_digit_and_no_more(valid, traced):
    assert np.array_equal(valid["label"][traced["image"]], valid["label"][traced["speech"]])
    assert (traced["image"] == traced["speech"]).mean() < 0.1  # 50 sounds a digit to choose from


def test_captions_tell_facts_of_the_image_and_of_the_sound(valid, traced):
    source = {fact: traced["image" if fact in digits.TELLS["image"] else "speech"] for fact in FACTS}
    for row, caption in enumerate(captions.decode(traced["tokens"])):
        told = captions.parse(caption)
        assert all(valid["facts"][fact][source[fact][row]] == level for fact, level in told.items())


def test_the_facts_that_go_with_a_caption_are_those_that_it_says(traced):
    for caption, said in zip(captions.decode(traced["tokens"]), traced["facts"]["text"], strict=True):
        assert captions.parse(caption) == {fact: level for fact, level in zip(FACTS, said, strict=True) if level >= 0}


def test_the_facts_that_go_with_image_and_sound_are_their_levels_at_the_cut(valid, traced):
    for sense in "image", "speech":
        for fact, told in zip(FACTS, traced["facts"][sense].T, strict=True):
            known = valid["levels"][fact][traced[sense]]
            assert np.array_equal(told, known if fact in digits.TELLS[sense] else np.full(500, -1))


def test_said_reads_every_caption_that_can_be_drawn():
    rng = np.random.default_rng(0)
    facts = {
        fact: rng.integers(0 if fact == "digit" else -1, len(levels), 3000) for fact, levels in captions.FACTS.items()
    }
    tokens = captions.draw(facts, rng)
    for caption, said in zip(captions.decode(tokens), digits._said(tokens), strict=True):
        assert captions.parse(caption) == {fact: level for fact, level in zip(FACTS, said, strict=True) if level >= 0}


@pytest.mark.parametrize("start", [0, 1, 3, 6, 7, 9, 16])
def test_a_resumed_training_sees_the_batches_that_an_uninterrupted_one_would(valid, start):
    whole = take(mm.as_dataset(valid, batch_size=64, seed=1), epochs=4)  # 7 steps an epoch
    resumed = mm.as_dataset(valid, batch_size=64, seed=1, start=start)
    assert len(take(resumed)) == 7 - start % 7  # first the rest of the epoch that was broken off
    resumed = take(mm.as_dataset(valid, batch_size=64, seed=1, start=start), epochs=2)
    assert len(resumed) == 14 - start % 7
    assert all(map(same, resumed, whole[start:]))


def test_a_batch_larger_than_the_data_is_refused(valid):
    with pytest.raises(ValueError, match=r"at most 500, the number of complete rows\. Received: 501"):
        mm.as_dataset(valid, batch_size=501)


# One's own pairs, whatever they were read from


def own(n=12, **more):
    rng = np.random.default_rng(0)
    return {
        "image": rng.uniform(-1, 1, (n, 8, 8, 3)).astype("float32"),
        "text": np.array([f"thing {chr(97 + row)}" for row in range(n)]),
        **more,
    }


def own_vocabulary(pairs):
    return captions.Vocabulary.of(pairs["text"].tolist())


def test_own_pairs_stay_together_and_a_row_agrees_with_itself_alone():
    pairs = own()
    vocabulary = own_vocabulary(pairs)
    (batch,) = take(mm.as_dataset(pairs, batch_size=12, vocabulary=vocabulary))
    rows = batch["facts"]["image"][:, 0]
    assert sorted(rows) == list(range(12)) and rows.tolist() != sorted(rows)
    assert set(batch) == {"image", "text", "facts"} and set(batch["facts"]) == {"image", "text"}
    assert np.array_equal(batch["image"], pairs["image"][rows])
    assert vocabulary.decode(batch["text"]) == pairs["text"][rows].tolist()


def test_own_pairs_of_one_label_agree_and_unknown_labels_stand_alone():
    labels = np.array([4, 4, 0, -1, -1, 0], "int32")
    pairs = own(6, label=labels)
    (batch,) = take(mm.as_dataset(pairs, batch_size=6, vocabulary=own_vocabulary(pairs)))
    told = batch["facts"]["text"]
    assert told.shape == (6, 1) and told.dtype == "int32" and (told >= 0).all()
    assert sorted(np.unique(told, return_counts=True)[1].tolist()) == [1, 1, 2, 2]


def test_rows_that_lack_a_sense_are_left_out_of_batches():
    here = np.array([True, False] * 6)
    pairs = own(present={"image": np.ones(12, bool), "text": here})
    assert digits.complete_rows(pairs).tolist() == list(range(0, 12, 2))
    (batch,) = take(mm.as_dataset(pairs, batch_size=6, vocabulary=own_vocabulary(pairs)))
    assert sorted(batch["facts"]["image"][:, 0]) == list(range(0, 12, 2))
    with pytest.raises(ValueError, match="at most 6, the number of complete rows"):
        mm.as_dataset(pairs, batch_size=7, vocabulary=own_vocabulary(pairs))


def test_own_pairs_without_text_need_no_vocabulary():
    rng = np.random.default_rng(0)
    pairs = {"image": np.zeros((4, 8, 8, 1), "float32"), "speech": rng.uniform(-1, 1, (4, 32, 32)).astype("float32")}
    (batch,) = take(mm.as_dataset(pairs, batch_size=4))
    assert set(batch) == {"image", "speech", "facts"}
