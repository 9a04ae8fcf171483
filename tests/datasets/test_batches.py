"""Batches follow from a seed, can be resumed anywhere, and carry what each modality tells."""

import gc
import itertools
import weakref

import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite import modalities
from mmgan_lite.datasets import captions, image
from mmgan_lite.datasets.batches import complete_rows, vocabulary_of

FACTS = list(captions.FACTS)


@pytest.fixture(scope="module")
def valid():
    return mm.load_digits("valid")


def take(dataset, epochs=1):
    """All batches of some epochs, as NumPy."""
    return [batch for _ in range(epochs) for batch in dataset.as_numpy_iterator()]


def same(a, b):
    """Whether two batches are equal in everything."""
    a, b = map(tf.nest.flatten, (a, b))
    return len(a) == len(b) and all(map(np.array_equal, a, b))


def test_batches_have_the_form_that_fit_takes(valid):
    dataset = mm.as_dataset(valid, batch_size=64)
    batches = take(dataset)
    assert len(batches) == dataset.cardinality() == 500 // 64
    for batch in batches:
        assert batch["image"].shape == (64, 28, 28, 1) and batch["image"].dtype == "float32"
        assert batch["speech"].shape == (64, 32, 32) and batch["speech"].dtype == "float32"
        assert batch["text"].shape == (64, 15) and batch["text"].dtype == "int32"
        for facts in batch["facts_of"].values():
            assert facts.shape == (64, 6) and facts.dtype == "int32"


def test_a_data_set_that_is_gone_leaves_no_pairs_behind(valid):
    dataset = mm.as_dataset(valid, batch_size=64, augment=True)
    drawn = weakref.ref(dataset.draw_pass)  # which holds them
    batches = iter(dataset.take(2))
    del dataset
    assert len(list(batches)) == 2 and drawn() is not None
    del batches
    gc.collect()
    assert drawn() is None


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
    facts = {m: np.concatenate([batch["facts_of"][m] for batch in batches]) for m in modalities.known()}
    return {**found, "facts": facts, "tokens": np.concatenate([batch["text"] for batch in batches])}


def test_image_and_sound_share_the_digit_and_no_more(valid, traced):
    assert np.array_equal(valid["label"][traced["image"]], valid["label"][traced["speech"]])
    assert (traced["image"] == traced["speech"]).mean() < 0.1  # 50 sounds a digit to choose from


def test_captions_tell_facts_of_the_image_and_of_the_sound(valid, traced):
    source = {fact: traced["image" if fact in modalities.IMAGE.facts else "speech"] for fact in FACTS}
    for row, caption in enumerate(captions.decode(traced["tokens"])):
        told = captions.parse(caption)
        assert all(valid["facts"][fact][source[fact][row]] == level for fact, level in told.items())


def test_the_facts_that_go_with_a_caption_are_those_that_it_says(traced):
    for caption, said in zip(captions.decode(traced["tokens"]), traced["facts"]["text"], strict=True):
        assert captions.parse(caption) == {fact: level for fact, level in zip(FACTS, said, strict=True) if level >= 0}


def test_the_facts_that_go_with_image_and_sound_are_their_levels_at_the_cut(valid, traced):
    for sense in "image", "speech":
        for fact, told in zip(FACTS, traced["facts"][sense].T, strict=True):
            known = valid["exact_facts"][fact][traced[sense]]
            assert np.array_equal(told, known if fact in modalities.known()[sense].facts else np.full(500, -1))


def test_facts_of_reads_every_caption_that_can_be_drawn():
    rng = np.random.default_rng(0)
    facts = {
        fact: rng.integers(0 if fact == "digit" else -1, len(levels), 3000) for fact, levels in captions.FACTS.items()
    }
    tokens = captions.draw(facts, rng)
    for caption, said in zip(captions.decode(tokens), captions.facts_of(tokens), strict=True):
        assert captions.parse(caption) == {fact: level for fact, level in zip(FACTS, said, strict=True) if level >= 0}


def test_the_digits_go_without_one_modality_too(valid):
    silent = {name: column for name, column in valid.items() if name != "speech"}
    batch = take(mm.as_dataset(silent, batch_size=50))[0]
    assert set(batch["facts_of"]) == {"image", "text"} and "speech" not in batch


@pytest.mark.parametrize("start", [0, 1, 3, 6, 7, 9, 16])
def test_a_resumed_training_sees_the_batches_that_an_uninterrupted_one_would(valid, start):
    whole = take(mm.as_dataset(valid, batch_size=64, seed=1), epochs=4)  # 7 steps an epoch
    resumed = mm.as_dataset(valid, batch_size=64, seed=1, start=start)
    assert len(take(resumed)) == resumed.cardinality() == 7  # Keras counts on one number of steps
    resumed = take(mm.as_dataset(valid, batch_size=64, seed=1, start=start), epochs=2)
    assert len(resumed) == 14
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
    return captions.Vocabulary.of(pairs["text"])


def test_own_pairs_stay_together_and_a_row_agrees_with_itself_alone():
    pairs = own()
    vocabulary = own_vocabulary(pairs)
    (batch,) = take(mm.as_dataset(pairs, batch_size=12, vocabulary=vocabulary))
    rows = batch["facts_of"]["image"][:, 0]
    assert sorted(rows) == list(range(12)) and rows.tolist() != sorted(rows)
    assert set(batch) == {"image", "text", "facts_of"} and set(batch["facts_of"]) == {"image", "text"}
    assert np.array_equal(batch["image"], pairs["image"][rows])
    assert vocabulary.decode(batch["text"]) == pairs["text"][rows].tolist()


def test_own_pairs_of_one_label_agree_and_unknown_labels_stand_alone():
    labels = np.array([4, 4, 0, -1, -1, 0], "int32")
    pairs = own(6, label=labels)
    (batch,) = take(mm.as_dataset(pairs, batch_size=6, vocabulary=own_vocabulary(pairs)))
    told = batch["facts_of"]["text"]
    assert told.shape == (6, 1) and told.dtype == "int32" and (told >= 0).all()
    assert sorted(np.unique(told, return_counts=True)[1].tolist()) == [1, 1, 2, 2]


def test_rows_that_lack_a_sense_are_left_out_of_batches():
    here = np.array([True, False] * 6)
    pairs = own(present={"image": np.ones(12, bool), "text": here})
    assert complete_rows(pairs).tolist() == list(range(0, 12, 2))
    (batch,) = take(mm.as_dataset(pairs, batch_size=6, vocabulary=own_vocabulary(pairs)))
    assert sorted(batch["facts_of"]["image"][:, 0]) == list(range(0, 12, 2))
    with pytest.raises(ValueError, match="at most 6, the number of complete rows"):
        mm.as_dataset(pairs, batch_size=7, vocabulary=own_vocabulary(pairs))


def test_own_pairs_without_text_need_no_vocabulary():
    rng = np.random.default_rng(0)
    pairs = {"image": -np.ones((4, 8, 8, 1), "float32"), "speech": rng.uniform(-1, 1, (4, 32, 32)).astype("float32")}
    (batch,) = take(mm.as_dataset(pairs, batch_size=4))
    assert set(batch) == {"image", "speech", "facts_of"}


def read(pairs, **options):
    return mm.as_dataset(pairs, 4, vocabulary=own_vocabulary(pairs), **options)


def test_columns_may_come_in_any_form_that_generate_takes():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (4, 8, 8, 3), "uint8")
    forms = [pixels, pixels.tolist(), image.scale(pixels), image.scale(pixels).astype("float64")]
    texts = np.array(["a ball", "a box", "two balls", "a red box"])
    for form, words in itertools.product(forms, (texts, texts.tolist(), texts.astype(object))):
        (batch,) = take(mm.as_dataset({"image": form, "text": words}, 4, vocabulary=captions.Vocabulary.of(texts)))
        rows = batch["facts_of"]["image"][:, 0]
        assert batch["image"].dtype == "float32" and np.array_equal(batch["image"], image.scale(pixels)[rows])


PICTURES = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)).astype("float32")
TEXTS = ["a ball", "a box", "two balls", "a red box"]
COLUMNS = {
    "floats 0…255": ({"image": (PICTURES + 1) * 127.5}, r"image must be in \[-1, 1\]; call image.scale"),
    "NaN": ({"image": np.where(PICTURES > 0, np.nan, PICTURES)}, "image must be finite"),
    "infinity": ({"image": np.where(PICTURES > 0, np.inf, PICTURES)}, "image must be finite"),
    "no channels": ({"image": PICTURES[..., 0]}, r"3 axes a sample.*x\[..., None\].*Received: shape=\(4, 8, 8\)"),
    "ragged": ({"image": [PICTURES[0], PICTURES[0, :4]] * 2}, "image must all be of one shape; resize them"),
    "a row short": ({"image": PICTURES[:3]}, r"as many rows as the others\. Received: {'image': 3, 'text': 4}"),
    "a label short": ({"label": [1, 2]}, "as many rows as the others.*'label': 2"),
    "names as labels": ({"label": list("abcd")}, "label must be whole numbers"),
    "a presence short": ({"present": {"text": np.ones(3, bool)}}, r"Received: .*present\['text'\]\": 3"),
    "numbers as text": ({"text": [1, 2, 3, 4]}, r"text must be a list of strings\. Received: 1"),
    "one string as text": ({"text": "ball"}, r"text must be a list of strings\. Received: 'ball'"),
    "no words": ({"text": ["", "…"] * 2}, r"no row has every modality.*Received: 0 such rows"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_that_cannot_be_learnt_from_are_told(name):
    change, told = COLUMNS[name]
    with pytest.raises(ValueError, match=told):
        mm.as_dataset({"image": PICTURES, "text": TEXTS, **change}, 2, vocabulary=captions.Vocabulary.of(TEXTS))


def test_floats_from_0_to_1_draw_the_warning_that_a_prompt_draws():
    with pytest.warns(UserWarning, match=r"\[0, 1\] was likely meant"):
        read({"image": (PICTURES + 1) / 2, "text": TEXTS})


ARGUMENTS = [
    ({"batch_size": 0}, r"batch_size must be a whole number from 1\. Received: 0"),
    ({"batch_size": -4}, "batch_size must be a whole number from 1"),
    ({"batch_size": 16.0}, r"batch_size must be a whole number from 1\. Received: 16.0"),
    ({"seed": -1}, "seed must be a whole number from 0"),
    ({"start": -1}, "start must be a whole number from 0"),
    ({"say": 1.5}, "say must be a number from 0 to 1"),
    ({"vocabulary": captions.DIGITS}, r"captions of your own need their words, vocabulary=gan.vocabulary: .*'ball'"),
]


@pytest.mark.parametrize(("options", "told"), ARGUMENTS, ids=lambda given: str(given)[:30])
def test_arguments_that_make_no_sense_are_told(options, told):
    pairs = {"image": PICTURES, "text": TEXTS}
    with pytest.raises(ValueError, match=told):
        mm.as_dataset(pairs, **{"batch_size": 2, "vocabulary": own_vocabulary(pairs), **options})


def test_pairs_without_a_modality_are_told():
    with pytest.raises(ValueError, match=r"the pairs need modalities.*Received: label"):
        mm.as_dataset({"label": [1]})


def test_rows_without_a_word_are_left_out():
    (batch,) = take(mm.as_dataset({"image": PICTURES, "text": ["a ball", "", "…", "a box"]}, 2, vocabulary=BALLS))
    assert sorted(batch["facts_of"]["image"][:, 0]) == [0, 3]


BALLS = captions.Vocabulary.of(["a ball", "a box"])


@pytest.mark.filterwarnings("error")
def test_what_a_vocabulary_has_no_room_for_is_told():
    rare = {"image": PICTURES, "text": [" ".join(f"w{n + k}" for n in range(0, 2400, 4)) for k in range(4)]}
    with pytest.warns(UserWarning) as told:
        vocabulary = vocabulary_of(rare)
    words = [str(warning.message) for warning in told]
    assert "besides the 1999 commonest: they read as <unknown>, 16.7% of all words" in words[0]
    assert "captions are cut after 40 words; 4 of 4 are longer" in words[1]
    (batch,) = take(mm.as_dataset(rare, 4, vocabulary=vocabulary))
    assert batch["text"].shape == (4, 40)
