"""Digits that people said become pairs like the embedded ones; what does not fit is told by file, cause and remedy."""

import json
import shutil

import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite import __main__, files
from mmgan_lite.datasets import captions, spoken_digits
from mmgan_lite.training import callbacks

SPEAKERS = ("anna", "ben", "le_na")  # by name: train, valid, test
NUMBERS = (0, 7)  # official test, official train
VOICE = ("sex", "pitch", "speed")


@pytest.fixture(scope="module")
def sounds(digits):
    """{(digit, speaker, number): waveform}, said by the synthesiser."""
    names = [(d, speaker, number) for d in range(10) for speaker in SPEAKERS for number in NUMBERS]
    rows = [np.flatnonzero(digits["label"] == d)[names.index((d, *rest)) % 6] for d, *rest in names]
    return dict(zip(names, mm.speech.to_waveform(digits["speech"][rows], iterations=3), strict=True))


@pytest.fixture(scope="module")
def clone(sounds, tmp_path_factory):
    """What `git clone` leaves: the recordings in a folder of that name, beside other files."""
    root = tmp_path_factory.mktemp("fsdd")
    (root / "recordings").mkdir()
    (root / "README.md").write_text("Free Spoken Digit Dataset")
    for (digit, speaker, number), wave in sounds.items():
        path = root / "recordings" / f"{digit}_{speaker}_{number}.wav"
        path.write_bytes(files.wav_bytes(wave, mm.speech.SAMPLE_RATE))
    return root


@pytest.fixture(scope="module")
def train(clone):
    return mm.load_spoken_digits(clone)


@pytest.fixture
def folder(clone, tmp_path):
    """A copy, to spoil."""
    return shutil.copytree(clone / "recordings", tmp_path / "mine")


# Pairs


def test_pairs_are_as_those_of_the_embedded_digits(train):
    embedded = mm.load_digits("train")
    for name in ("image", "text", "speech", "label"):
        assert train[name].dtype.kind == embedded[name].dtype.kind and train[name].shape == embedded[name].shape, name
    assert train["label"].dtype == "int32" and train["image"].dtype == train["speech"].dtype == "float32"
    assert train["paired_by_label"] == ("speech",)
    assert sorted(train["thickness_px"]) == sorted(embedded["thickness_px"])  # every image of the split, once


def test_every_recording_is_heard_beside_images_of_its_digit(clone, sounds):
    valid = mm.load_spoken_digits(clone, "valid")
    heard = {(int(label), sound.tobytes()) for label, sound in zip(valid["label"], valid["speech"], strict=True)}
    assert len(heard) == 10 * len(NUMBERS)
    waves = [sounds[digit, "ben", 7] for digit in range(10)]
    for digit, wave in enumerate(waves):
        log_mel = mm.speech.from_waveform(wave, mm.speech.SAMPLE_RATE)
        nearest = np.abs(valid["speech"] - log_mel).mean((1, 2)).argmin()
        assert valid["label"][nearest] == digit and np.allclose(valid["speech"][nearest], log_mel, atol=0.1)


def test_where_recordings_are_more_than_images_all_are_taken():
    written, spoken = np.arange(10).repeat(2), np.arange(10).repeat(5)
    images, heard = spoken_digits._rows_by_digit(written, spoken)
    assert sorted(heard) == list(range(50)) and set(images) == set(range(20))
    assert np.array_equal(written[images], spoken[heard])


def test_captions_tell_of_the_image_and_nothing_of_the_voice(train):
    assert set(train["facts"]) == set(train["exact_facts"]) == set(captions.FACTS)
    assert all((train["facts"][fact] == -1).all() and (train["exact_facts"][fact] == -1).all() for fact in VOICE)
    assert np.array_equal(mm.image.slant_level(train["image"], 0.0), train["exact_facts"]["slant"])
    said = [captions.parse(caption) for caption in train["text"].tolist()]
    assert [told["digit"] for told in said] == train["label"].tolist()
    assert {fact for told in said for fact in told} == {"digit", "thickness", "slant"}


def test_batches_tell_which_facts_are_known(train):
    batch = next(iter(mm.as_dataset(train, batch_size=32)))
    facts_of = {name: table.numpy() for name, table in batch["facts_of"].items()}
    assert (facts_of["speech"][:, 0] == facts_of["image"][:, 0]).all()  # the digit
    assert (facts_of["speech"][:, 1:] == -1).all() and (facts_of["image"][:, 1:3] >= 0).all()


# Splits


def test_nobody_is_heard_in_two_splits(clone):
    speakers = {split: set(mm.load_spoken_digits(clone, split)["speaker"]) for split in ("train", "valid", "test")}
    assert speakers == {"train": {"anna"}, "valid": {"ben"}, "test": {"le_na"}}


def test_the_official_split_goes_by_the_recordings_number(clone, sounds):
    test = mm.load_spoken_digits(clone, "test", split_by="recording")
    assert set(test["speaker"]) == set(SPEAKERS)
    heard = mm.speech.from_waveform(sounds[3, "anna", 7], mm.speech.SAMPLE_RATE)
    assert np.abs(test["speech"] - heard).mean((1, 2)).min() > 0.1  # number 7 is for training
    assert len({sound.tobytes() for sound in test["speech"]}) == 30


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"split": "tset"}, "split by speaker, split must be one of train, valid, test. Received: 'tset'"),
        ({"split": "valid", "split_by": "recording"}, "must be one of train, test. Received: 'valid'"),
        ({"split_by": "digit"}, "split_by must be one of speaker, recording. Received: 'digit'"),
    ],
)
def test_an_unknown_split_is_refused(clone, options, told):
    with pytest.raises(ValueError, match=told):
        mm.load_spoken_digits(clone, **options)


def test_two_speakers_are_too_few_to_keep_apart(folder):
    for path in folder.glob("*_ben_*"):
        path.unlink()
    with pytest.raises(ValueError, match=r'three speakers .* split_by="recording"\. Received: anna, le_na'):
        mm.load_spoken_digits(folder)
    assert len(mm.load_spoken_digits(folder, split_by="recording")["label"]) == 4000


# Folders that are not as they should be


def test_the_folder_of_recordings_itself_will_do_and_files_of_a_mac_do_not_matter(folder, train):
    (folder / "._3_anna_0.wav").write_bytes(b"Mac")
    (folder / "notes.txt").write_text("quiet room")
    (folder / "0_anna_0.wav").rename(folder / "0_anna_0.WAV")
    assert np.array_equal(mm.load_spoken_digits(folder)["speech"], train["speech"])


def test_a_missing_an_empty_and_a_packed_folder_are_told(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(FileNotFoundError, match=r"git clone https.*download=True.*Received: ") as told:
            mm.load_spoken_digits(path)
        assert str(told.value).endswith(str(path))
    (tmp_path / "master.zip").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"unpack the archive.*Received: .*master\.zip"):
        mm.load_spoken_digits(tmp_path / "master.zip")


@pytest.mark.parametrize("name", ["three_anna_1.wav", "12_anna_1.wav", "3_anna.wav", "3_anna_x.wav", "3__1.wav"])
def test_a_name_that_does_not_tell_digit_speaker_and_number_is_told(folder, name):
    (folder / "3_anna_7.wav").rename(folder / name)
    with pytest.raises(ValueError, match=rf"name sounds as 7_anna_0\.wav.*Received: '{name}' in "):
        mm.load_spoken_digits(folder)
    (folder / "4_anna_7.wav").rename(folder / "x.wav")
    with pytest.raises(ValueError, match=r"Received: .* and 1 more in "):
        mm.load_spoken_digits(folder)


def test_a_digit_that_nobody_says_is_told(folder):
    for path in [*folder.glob("3_anna_*"), *folder.glob("8_anna_*")]:
        path.unlink()
    with pytest.raises(ValueError, match=r"recordings of 3, 8 are missing.*Received: 16 files, split='train'"):
        mm.load_spoken_digits(folder)


SILENCE = files.wav_bytes(np.zeros(8000), 8000)


@pytest.mark.parametrize("raw", [b"", b"no sound", SILENCE], ids=["empty", "text", "silent"])
def test_a_file_that_is_no_sound_is_told_by_name(folder, raw):
    (folder / "5_anna_7.wav").write_bytes(raw)
    with pytest.raises(ValueError, match=r"a recording cannot be read \(.*\)\. Received: .*5_anna_7\.wav"):
        mm.load_spoken_digits(folder)


# The command line


def test_two_steps_of_training_on_the_command_line(clone, tmp_path, monkeypatch, eagerly):
    monkeypatch.setattr(callbacks.SampleGrid, "draw", lambda self: None)
    (tmp_path / "recipe.json").write_text(json.dumps({"embedder_batch_size": 16, "gan_batch_size": 8}))
    options = ["--steps", "1+1", "--config", str(tmp_path / "recipe.json"), "--out", str(tmp_path / "run")]
    with eagerly():
        assert __main__.main(["train", "--data", f"fsdd:{clone}", *options]) == 0
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["data"] == f"fsdd:{clone}" and record["steps"] == {"embedders": 1, "gan": 1}


def test_a_missing_folder_is_told_on_the_command_line(tmp_path, capsys):
    assert __main__.main(["train", "--data", "fsdd:nowhere", "--steps", "1+1", "--out", str(tmp_path / "run")]) == 2
    assert "no recordings here" in capsys.readouterr().err and not (tmp_path / "run").exists()
