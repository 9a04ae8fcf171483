"""What a person hands to `generate`: every sensible form is understood, and nonsense gets an answer that helps."""

import functools
import inspect
import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mmgan_lite as mm
from mmgan_lite import modalities, prompts
from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets import image

WORDS = len(text.DIGITS)
SHAPES = {"image": (28, 28, 1), "text": (text.MAX_WORDS, WORDS), "speech": (32, 32)}
COLOUR = {"image": (8, 9, 3)}
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (2, 28, 28), "uint8")
IMAGES = image.scale(PIXELS)[..., None]
LOG_MELS = RNG.uniform(-1, 1, (2, 32, 32)).astype("float32")


def check(given, shapes=SHAPES):
    return prompts.check(given, modalities.records_of(shapes), shapes)


def test_captions_become_one_hot_words():
    x = check({"text": ["a thin three", "nine"]})["text"]
    assert x.dtype == "float32" and x.shape == (2, text.MAX_WORDS, WORDS)
    assert set(np.unique(x)) == {0, 1} and (x.sum(-1) == 1).all()
    assert text.decode(x.argmax(-1)) == ["a thin three", "nine"]


@pytest.mark.parametrize("captions", ["a thin three", ("a thin three",), np.array(["a thin three"])], ids=str)
def test_one_caption_may_stand_in_any_list_or_none(captions):
    assert text.decode(check({"text": captions})["text"].argmax(-1)) == ["a thin three"]


SAME_IMAGES = {
    "uint8": PIXELS,
    "uint8 with a channel": PIXELS[..., None],
    "int64": PIXELS.astype("int64"),
    "lists": PIXELS.tolist(),
    "list of arrays": list(PIXELS),
    "float": IMAGES,
    "float without a channel": IMAGES[..., 0],
    "float64": IMAGES.astype("float64"),
}


@pytest.mark.parametrize("form", SAME_IMAGES)
def test_every_form_of_the_same_images_gives_the_same_batch(form):
    x = check({"image": SAME_IMAGES[form]})["image"]
    assert x.dtype == "float32" and np.array_equal(x, IMAGES)


@pytest.mark.parametrize("single", [PIXELS[0], PIXELS[0][..., None], IMAGES[0], IMAGES[0, ..., 0]], ids=np.shape)
def test_a_single_image_is_a_batch_of_one(single):
    assert np.array_equal(check({"image": single})["image"], IMAGES[:1])


def test_a_single_sound_is_a_batch_of_one():
    assert np.array_equal(check({"speech": LOG_MELS[0]})["speech"], LOG_MELS[:1])


def test_colour_images_keep_their_channels():
    pixels = RNG.integers(0, 256, (4, 8, 9, 3), "uint8")
    assert np.array_equal(check({"image": pixels}, COLOUR)["image"], image.scale(pixels))
    assert check({"image": pixels[0]}, COLOUR)["image"].shape == (1, 8, 9, 3)
    with pytest.raises(ValueError, match=r"must be \(n, 8, 9, 3\)"):
        check({"image": pixels[..., 0]}, COLOUR)


def test_modalities_come_back_in_the_order_of_the_records():
    x = check({"speech": LOG_MELS, "text": ["one", "two"], "image": IMAGES})
    assert list(x) == ["image", "text", "speech"] and {len(batch) for batch in x.values()} == {2}


def test_floats_nowhere_below_zero_draw_a_warning_that_names_the_remedy():
    with pytest.warns(UserWarning, match=r"\[0, 1\] was likely meant.*image.scale.*x \* 2 - 1"):
        check({"image": (IMAGES + 1) / 2})


@pytest.fixture(scope="module")
def gan():
    """A model of one sense, small and untrained."""
    return mm.MultimodalGAN.for_sizes({"image": [4, 4, 1]}, embed_dim=8)


@pytest.mark.parametrize("use", ["generate", "embed"])
def test_the_warning_points_at_the_callers_line(gan, use):
    call = functools.partial(gan.generate, to="image") if use == "generate" else gan.embed
    with pytest.warns(UserWarning, match="was likely meant") as caught:
        line, _ = inspect.currentframe().f_lineno, call({"image": np.ones((1, 4, 4))})
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


@pytest.mark.parametrize("images", [IMAGES, PIXELS], ids=["float", "uint8"])
def test_images_in_range_draw_no_warning(images):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check({"image": images})


MASKS = {
    "bool": PIXELS > 127,
    "uint8": (PIXELS > 127).astype("uint8"),
    "int64": (PIXELS > 127).astype("int64"),
}


@pytest.mark.parametrize("kind", MASKS)
def test_zeros_and_ones_are_read_as_a_mask_and_told(kind):
    with pytest.warns(UserWarning, match="0 or 1 everywhere and read as a mask"):
        x = check({"image": MASKS[kind]})["image"]
    assert np.array_equal(x[..., 0], np.where(PIXELS > 127, 1, -1))


def test_masks_in_an_archive_are_read_as_masks_too(tmp_path):
    np.savez(tmp_path / "own.npz", image=MASKS["uint8"], text=["a three", "a one"])
    with pytest.warns(UserWarning, match="read as a mask"):
        assert set(np.unique(mm.load_pairs(tmp_path / "own.npz")["image"])) == {-1, 1}


UNLIKE = {
    "dark on light": lambda digit: 255 - digit,
    "small": lambda digit: np.pad(digit[::2, ::2], 7),
    "off-centre": lambda digit: np.roll(digit, 4, 1),
}


@pytest.mark.parametrize("look", UNLIKE)
def test_pixels_of_digits_in_another_form_than_mnists_draw_a_hint(look, digits, recwarn):
    given = np.stack([UNLIKE[look](digit) for digit in image.unscale(digits["image"][:9, ..., 0])])
    with pytest.warns(UserWarning, match=f"looks {look}, [89] of the 9 looked at; for a digit .*image.from_picture"):
        x = check({"image": given})["image"]
    assert np.array_equal(x[..., 0], image.scale(given))  # never changed in silence
    recwarn.clear()
    check({"image": image.scale(given)})  # scaled for the model already, as by an experiment
    assert not [warning for warning in recwarn if "looks" in str(warning.message)]


def test_a_part_of_the_digits_in_another_form_draws_the_hint_with_its_number(digits):
    given = image.unscale(digits["image"][:200, ..., 0])
    given[110:] = 255 - given[110:]
    with pytest.warns(UserWarning, match=r"looks dark on light, 90 of the 200 looked at"):
        check({"image": given})


def test_the_digits_of_the_kit_and_those_it_draws_draw_no_hint(digits, pretrained):
    drawn = pretrained.generate({"text": list(digits["text"][:50])}, to="image", seed=0)[:, 0]
    looks = [image.unlike_digits(x) for x in np.concatenate([digits["image"], drawn])[..., 0]]
    assert sum(map(bool, looks)) <= 0.01 * len(looks)


def spoilt(x, value):
    x = x.copy()
    x.flat[5] = value
    return x


REFUSED = [
    ({}, r"give \{modality: n prompts\}"),
    ("a thin three", r"give \{modality: n prompts\}.*Received: 'a thin three'"),
    (["a thin three"], r"give \{modality: n prompts\}"),
    ({"smell": ["roses"]}, r"one of image, text, speech\. Received: 'smell'"),
    ({"text": []}, "at least one caption"),
    ({"text": [""]}, "the caption is empty"),
    ({"text": "?!"}, "the caption is empty"),
    ({"text": None}, r"list of captions.*Received: None"),
    ({"text": 3}, r"list of captions.*Received: 3"),
    ({"text": [3]}, r"must be a string\. Received: int"),
    ({"text": [["one"], ["two"]]}, r"must be a string\. Received: list"),
    ({"text": ["a thin tree"]}, r"unknown word; known and near: .*three.*Received: 'tree'"),
    ({"text": ["a " * 16]}, r"at most 15 words.*Received: 16"),
    ({"image": []}, "at least one image"),
    ({"image": np.zeros((0, 28, 28))}, "at least one image"),
    (
        {"image": PIXELS[:, :14]},
        r"\(n, 28, 28, 1\); resize it.*image\.from_picture.*shape=\(2, 14, 28\)",
    ),
    (
        {"image": np.zeros((2, 28, 28, 3), "uint8")},
        r'images have 1; .*convert\("L"\).*Received: shape=\(2, 28, 28, 3\)',
    ),
    ({"image": np.zeros((28, 28, 4), "uint8")}, r"channels, and the model\'s images have 1; .*shape=\(28, 28, 4\)"),
    ({"image": np.zeros((2, 3, 28, 28), "uint8")}, r"channels last, please: np\.moveaxis\(image, -3, -1\)"),
    ({"image": np.zeros((1, 2, 28, 28, 1), "uint8")}, r"Received: shape=\(1, 2, 28, 28, 1\)"),
    ({"image": np.uint8(3)}, r"Received: shape=\(\)"),
    ({"image": [PIXELS[0], PIXELS[0][:14]]}, r"must all be \(28, 28, 1\).*several shapes"),
    ({"image": "three.png"}, "array of real numbers"),
    ({"image": None}, "array of real numbers. Received: dtype=object"),
    ({"speech": LOG_MELS > 0}, "Received: dtype=bool"),
    ({"speech": np.full((32, 32), -(2**15), "int16")}, r"in \[-1, 1\].*Received: min=-32768"),
    ({"speech": np.full((32, 32), -(2**63), "int64")}, r"in \[-1, 1\].*Received: min=-9.22337e\+18"),
    ({"image": np.full((28, 28), -128, "int8")}, r"must be in 0\.\.255\. Received: image from -128"),
    ({"image": np.full((28, 28), 2**64 - 1, "uint64")}, r"must be in 0\.\.255"),
    ({"image": IMAGES.astype("complex64")}, "Received: dtype=complex64"),
    ({"image": IMAGES.astype(object)}, "Received: dtype=object"),
    ({"image": PIXELS.astype("int64") * 2}, r"must be in 0\.\.255\. Received: image from 0 to 510"),
    ({"image": PIXELS.astype("int64") - 1}, r"must be in 0\.\.255\. Received: image from -1 to 254"),
    ({"image": PIXELS.astype("float32")}, r"in \[-1, 1\]; call image.scale.*max=255"),
    ({"image": spoilt(IMAGES, np.nan)}, "must be finite.*Received: nan"),
    ({"image": spoilt(IMAGES, -np.inf)}, "must be finite.*Received: -inf"),
    ({"speech": np.zeros(8000, "int16")}, r"speech\.from_waveform.*Received: shape=\(8000,\)"),
    ({"speech": np.zeros((2, 8000), "float32")}, r"speech\.from_waveform.*Received: shape=\(2, 8000\)"),
    ({"speech": LOG_MELS[None]}, r"Received: shape=\(1, 2, 32, 32\)"),
    ({"speech": LOG_MELS * 80}, r"in \[-1, 1\].*speech\.from_waveform"),
    ({"speech": spoilt(LOG_MELS, np.nan)}, "must be finite"),
    ({"speech": LOG_MELS * 1j}, "Received: dtype=complex64"),
    ({"text": ["one"], "image": PIXELS}, r"as many prompts.*Received: \{'image': 2, 'text': 1\}"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=range(len(REFUSED)))
def test_nonsense_is_refused_by_a_message_that_helps(given, message):
    with pytest.raises(ValueError, match=message) as error:
        check(given)
    assert "Received: " in str(error.value)


types = st.one_of(hnp.integer_dtypes(), hnp.unsigned_integer_dtypes(), hnp.floating_dtypes(), hnp.boolean_dtypes())
shapes = st.one_of(hnp.array_shapes(max_dims=4, max_side=3), st.sampled_from([(28, 28), (2, 28, 28, 1), (32, 32)]))
anything = hnp.arrays(types, shapes)


@given(st.sampled_from(["image", "speech"]), anything)
@example("speech", np.full((32, 32), -(2**15), "int16"))
@example("speech", np.full((32, 32), -128, "int8"))
@example("speech", np.full((2, 32, 32), -(2**63), "int64"))
@pytest.mark.filterwarnings("ignore:image (is|looks)")
def test_any_array_gives_a_good_batch_or_a_value_error(sense, array):
    try:
        x = check({sense: array})[sense]
    except ValueError as error:
        assert "Received: " in str(error)
    else:
        assert x.dtype == "float32" and x.shape[1:] == SHAPES[sense]
        assert np.abs(x).max() <= 1.001


@given(st.text())
def test_any_string_gives_words_or_a_value_error(caption):
    try:
        x = check({"text": caption})["text"]
    except ValueError as error:
        assert "Received: " in str(error)
    else:
        assert x.shape == (1, text.MAX_WORDS, WORDS)
