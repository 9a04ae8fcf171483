"""The judges read real samples right, and their weights cannot change unnoticed."""

import numpy as np
import pytest

from mmgan_lite.datasets import captions, digits, speech
from mmgan_lite.evaluation import judges

TEST = digits.load_digits("test")
LEAST = {
    "image": {"digit": 0.985, "thickness": 1.0, "slant": 1.0},
    "speech": {"digit": 0.97, "sex": 0.92, "pitch": 0.93, "speed": 0.97},
}
ACCURACIES = [(sense, fact) for sense, facts in LEAST.items() for fact in facts]


@pytest.mark.parametrize(("sense", "fact"), ACCURACIES)
def test_judge_reads_real_test_samples(sense, fact):
    read, level = judges.READ[sense](TEST[sense])[fact], TEST["facts"][fact]
    assert read.shape == level.shape and read.dtype == np.int8
    assert np.mean((read == level)[level >= 0]) >= LEAST[sense][fact]


def test_a_word_is_still_recognised_after_it_became_a_sound():
    sounds = speech.to_waveform(TEST["speech"][:100])
    heard = np.stack([speech.from_waveform(sound, speech.SAMPLE_RATE) for sound in sounds])
    assert np.sum(judges.read_speech(heard)["digit"] == TEST["label"][:100]) >= 95


def test_captions_are_read_by_the_grammar():
    read = judges.read_text(["a thin three leaning right", "a three four", "a low voice quickly says a nine"])
    assert read["digit"].tolist() == [3, captions.UNKNOWN, 9]
    assert read["thickness"].tolist() == [0, captions.UNKNOWN, captions.UNKNOWN]
    assert read["pitch"].tolist() == [captions.UNKNOWN, captions.UNKNOWN, 0]


def test_features_are_clipped_to_what_can_be_seen():
    loud = judges.features("image", 3 * TEST["image"][:5])
    assert loud.shape == (5, judges.NUM_FEATURES)
    np.testing.assert_allclose(loud, judges.features("image", np.clip(3 * TEST["image"][:5], -1, 1)), atol=1e-5)


def test_weights_with_a_flipped_byte_are_refused(tmp_path):
    raw = bytearray(judges.JUDGES_FILE.read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "judges.npz").write_bytes(raw)
    with pytest.raises(ValueError, match=r"damaged.*Received"):
        judges.load_judges(tmp_path / "judges.npz")


def test_missing_weights_name_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match="build_judges"):
        judges.load_judges(tmp_path / "none.npz")


def test_one_look_of_a_judge_sees_what_two_do():
    for name in judges.load_judges():
        levels, features = judges.examine(name, TEST[name][:20])
        np.testing.assert_allclose(features, judges.features(name, TEST[name][:20]), atol=1e-5)
        for fact, level in judges.READ[name](TEST[name][:20]).items():
            np.testing.assert_array_equal(levels[fact], level)
    assert judges.examine("text", ["a three"])[1] is None
