"""One's own data in both forms: what is written comes back, and a file that lies or does not fit is told plainly."""

import csv
import io
import os
import wave
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import mmgan_lite as mm
from mmgan_lite.datasets import arrays, batches, image, named_files, pictures, speech
from mmgan_lite.datasets import captions as text

RNG = np.random.default_rng(0)
N = 6
PIXELS = RNG.integers(0, 256, (N, 9, 8, 3), "uint8")
TEXT = np.array(["a red ball", "a blue box", "two, in a row", "a red ball", "a box", "an egg"])
RATE = 11025
WAVES = np.stack([8000 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE) for hertz in range(300, 900, 100)])
WAVES = (WAVES * np.linspace(1, 0, RATE)).astype("int16")
LABEL = np.array(["ball", "box", "row", "ball", "box", "egg"])
SPLIT = np.array(["train", "train", "test", "train", "valid", "test"])
COLUMNS = {"image": PIXELS, "text": TEXT, "speech": WAVES, "sample_rate": RATE, "label": LABEL, "split": SPLIT}


def archive(path, **changes):
    """COLUMNS, changed, as an .npz; None leaves a column out."""
    columns = {name: column for name, column in {**COLUMNS, **changes}.items() if column is not None}
    np.savez(path / "own.npz", **columns)
    return path / "own.npz"


def write_wave(path, samples, rate=RATE):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())


def table(path, columns, encoding="utf-8"):
    with (path / "metadata.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def folder(path, **changes):
    """COLUMNS as a folder of files and a table, columns of the table changed; None leaves one out."""
    (path / "sounds").mkdir(exist_ok=True)
    for row in range(N):
        Image.fromarray(PIXELS[row]).save(path / f"{row}.png")
        write_wave(path / "sounds" / f"{row}.wav", WAVES[row])
    columns = {
        "image": [f"{row}.png" for row in range(N)],
        "text": TEXT.tolist(),
        "speech": [f"sounds/{row}.wav" for row in range(N)],
        "label": LABEL.tolist(),
        "split": SPLIT.tolist(),
    }
    return table(path, {name: column for name, column in {**columns, **changes}.items() if column is not None})


def without(cells, *rows):
    """The cells, some of them empty."""
    return ["" if row in rows else cell for row, cell in enumerate(cells)]


PICTURES = [f"{row}.png" for row in range(N)]

# What comes back


@pytest.mark.parametrize("write", [archive, folder])
def test_both_forms_read_alike(tmp_path, write):
    own = mm.load_pairs(write(tmp_path))
    assert np.array_equal(own["image"], image.scale(PIXELS)) and own["image"].dtype == "float32"
    assert own["text"].tolist() == TEXT.tolist()
    assert own["speech"].shape == (N, 32, 32) and own["speech"].dtype == "float32"
    pictures = np.stack([speech.from_waveform(samples, RATE) for samples in WAVES])
    assert np.allclose(own["speech"], pictures, atol=1e-5)
    assert own["label_names"] == ("ball", "box", "egg", "row")
    assert own["label"].tolist() == [0, 1, 3, 0, 1, 2] and own["label"].dtype == "int32"
    assert own["split"].tolist() == SPLIT.tolist()
    assert all(here.tolist() == [True] * N for here in own["present"].values())
    assert list(own["present"]) == ["image", "text", "speech"]


@pytest.mark.parametrize("write", [archive, folder])
@pytest.mark.parametrize("left_out", ["image", "text", "speech"])
def test_any_two_senses_are_enough(tmp_path, write, left_out):
    own = mm.load_pairs(write(tmp_path, **{left_out: None}, label=None, split=None))
    assert {*own} == {"image", "text", "speech", "present"} - {left_out} == {*own["present"], "present"}


@pytest.mark.parametrize("write", [archive, folder])
def test_a_split_takes_its_rows_of_everything(tmp_path, write):
    own = mm.load_pairs(write(tmp_path), split="test")
    assert own["text"].tolist() == ["two, in a row", "an egg"]
    assert np.array_equal(own["image"], image.scale(PIXELS[[2, 5]]))
    assert own["label"].tolist() == [3, 2] and len(own["speech"]) == len(own["present"]["image"]) == 2
    assert len(mm.load_pairs(tmp_path / "own.npz" if write is archive else tmp_path, split="train")["text"]) == 3


@pytest.mark.parametrize("write", [archive, folder])
def test_rows_without_a_split_are_train(tmp_path, write):
    assert len(mm.load_pairs(write(tmp_path, split=None), split="train")["text"]) == N
    assert len(mm.load_pairs(write(tmp_path, split=np.array(without(SPLIT, 2))), split="train")["text"]) == 4
    with pytest.raises(ValueError, match=r"no row is in this split.*Received: split='test'"):
        mm.load_pairs(write(tmp_path, split=None), split="test")


def test_grey_images_get_a_channel(tmp_path):
    assert mm.load_pairs(archive(tmp_path, image=PIXELS[..., 0]))["image"].shape == (N, 9, 8, 1)
    for row in range(N):
        Image.fromarray(PIXELS[row, ..., 0]).save(tmp_path / f"grey{row}.png")
    own = mm.load_pairs(folder(tmp_path, image=[f"grey{row}.png" for row in range(N)]))
    assert np.array_equal(own["image"], image.scale(PIXELS[..., :1]))


def test_photographs_are_read_too(tmp_path):
    for row in range(N):
        Image.new("RGB", (8, 9), (200, 10 * row, 0)).save(tmp_path / f"{row}.JPG", quality=95)
    own = mm.load_pairs(folder(tmp_path, image=[f"{row}.JPG" for row in range(N)]))
    assert own["image"].shape == (N, 9, 8, 3) and np.abs(own["image"][0, ..., 0] - image.scale(200)).max() < 0.1


@pytest.mark.parametrize("labels", [np.array([3, 1, 2, 3, 1, 2]), np.array(["3", "1", "2", "3", "1", "2"])])
def test_whole_number_labels_stay_as_they_are(tmp_path, labels):
    own = mm.load_pairs(archive(tmp_path, label=labels))
    assert own["label"].tolist() == [3, 1, 2, 3, 1, 2] and "label_names" not in own


def test_an_empty_label_is_unknown(tmp_path):
    own = mm.load_pairs(folder(tmp_path, label=without(LABEL, 0, 5)))
    assert own["label"].tolist() == [-1, 1, 2, 0, 1, -1] and own["label_names"] == ("ball", "box", "row")
    assert mm.load_pairs(folder(tmp_path, label=["", *"12345"]))["label"].tolist() == [-1, 1, 2, 3, 4, 5]


def test_an_empty_cell_means_that_the_sense_is_missing_there(tmp_path):
    sounds = [f"sounds/{row}.wav" for row in range(N)]
    path = folder(tmp_path, image=without(PICTURES, 0), text=without(TEXT, 1, 2), speech=without(sounds, 5))
    own = mm.load_pairs(path)
    assert own["present"]["image"].tolist() == [False, True, True, True, True, True]
    assert own["present"]["text"].tolist() == [True, False, False, True, True, True]
    assert own["present"]["speech"].tolist() == [True, True, True, True, True, False]
    assert (own["image"][0] == -1).all() and own["text"][1] == "" and (own["speech"][5] == -1).all()
    assert np.array_equal(own["image"][1:], image.scale(PIXELS[1:]))
    assert batches.complete_rows(own).tolist() == [3, 4]


def test_a_column_without_any_entry_is_not_there(tmp_path):
    own = mm.load_pairs(folder(tmp_path, speech=[""] * N, label=[""] * N, split=[""] * N))
    assert set(own) == {"image", "text", "present"}


def test_a_table_from_a_spreadsheet_is_read(tmp_path):
    """Which begins with a byte order mark, and leaves blanks around."""
    folder(tmp_path)
    table(tmp_path, {"image ": [" 0.png", "1.png "], " text": ["ein Ärmel", "鸡蛋"]}, encoding="utf-8-sig")
    own = mm.load_pairs(tmp_path)
    assert own["text"].tolist() == ["ein Ärmel", "鸡蛋"] and own["image"].shape == (2, 9, 8, 3)


@pytest.mark.parametrize("write", [archive, folder])
@pytest.mark.parametrize("left_out", [None, "image", "text", "speech"])
def test_own_pairs_make_batches(tmp_path, write, left_out):
    own = mm.load_pairs(write(tmp_path, **({left_out: None} if left_out else {})))
    vocabulary = text.Vocabulary.of(own.get("text", ["unused"]))
    dataset = mm.as_dataset(own, batch_size=3, vocabulary=vocabulary)
    taken = list(dataset.as_numpy_iterator())
    assert len(taken) == 2
    for batch in taken:
        assert set(batch) - {"facts_of"} == set(batch["facts_of"]) == set(own["present"])
        for sense in own["present"]:
            same_label = own["label"] == batch["facts_of"][sense][0, 0]  # a row's samples are all of its own label
            sample = vocabulary.decode(batch["text"])[0] if sense == "text" else batch[sense][0]
            ours = vocabulary.decode(vocabulary.encode(own["text"].tolist())) if sense == "text" else own[sense]
            assert any(np.array_equal(sample, ours[row]) for row in np.flatnonzero(same_label))


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")), min_size=2, max_size=6))
def test_any_captions_come_back_from_an_archive(tmp_path_factory, captions):
    path = tmp_path_factory.mktemp("own")
    pixels = np.zeros((len(captions), 4, 4), "uint8")
    own = mm.load_pairs(archive(path, image=pixels, text=np.array(captions), speech=None, label=None, split=None))
    assert np.array_equal(own["text"], np.array(captions))
    assert own["present"]["text"].tolist() == [bool(caption.strip()) for caption in own["text"].tolist()]


# What is refused, of an archive


BAD_ARCHIVES = [
    ({"image": None, "speech": None}, "two or more of image, text, speech are needed. Received: text in "),
    ({"image": None, "text": None, "speech": None}, "Received: none in "),
    ({"text": TEXT[:4]}, r"as many rows as the others. Received: \{'image': 6, 'text': 4, 'speech': 6"),
    ({"label": LABEL[:4]}, "'label': 4"),
    ({"image": PIXELS.astype("float32")}, r"must be uint8 \(n, h, w\[, c\]\); .*Received: float32 \(6, 9, 8, 3\)"),
    ({"image": PIXELS[0, 0]}, "as many rows as the others. Received: {'image': 8, "),
    ({"image": PIXELS[:0]}, "'image': 0, "),
    ({"text": TEXT[:, None]}, r"text must be strings, \(n,\). Received: <U13 \(6, 1\)"),
    ({"text": np.arange(N)}, "text must be strings"),
    ({"text": TEXT.astype(object)}, "write strings as numpy str, not as objects. Received: text.npy"),
    ({"speech": WAVES / 32768}, r"speech must be int16 \(n, samples\). Received: float64"),
    ({"speech": WAVES[0]}, "'speech': 11025, "),
    ({"speech": WAVES * (np.arange(N) != 3)[:, None].astype("int16")}, r"speech\[3\]: wave is silent"),
    ({"sample_rate": None}, "speech needs sample_rate, one number in Hz. Received: sample_rate=None"),
    ({"sample_rate": [RATE] * N}, "speech needs sample_rate, one number"),
    ({"sample_rate": 4000}, r"speech\[0\], .*speech\[5\]: sample_rate must be at least 6000"),
    ({"label": np.linspace(0, 1, N)}, "label must be whole numbers or strings"),
    ({"label": np.arange(N) - 3}, r"label must be from 0 \(-1: unknown\). Received: -3 to 2"),
    (
        {"split": np.array(["train", "later"] * 3)},
        r"split must be one of train, valid, test.*Received: 'later' in row 1,",
    ),
    ({"split": np.arange(N)}, r"split must be one of.*Received: '0' in row 0,"),
]


@pytest.mark.parametrize(("changes", "message"), BAD_ARCHIVES, ids=range(len(BAD_ARCHIVES)))
def test_an_archive_that_does_not_fit_is_refused(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        mm.load_pairs(archive(tmp_path, **changes))


def header(shape, dtype="|u1"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def forged(path, **members):
    """An .npz whose members are the given bytes."""
    with zipfile.ZipFile(path / "forged.npz", "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in members.items():
            file.writestr(f"{name}.npy", raw)
    return path / "forged.npz"


@pytest.mark.parametrize("shape", [(10**12,), (10**6, 10**6, 10**6), (-5, 9, 8), (100,)], ids=str)
def test_an_array_that_declares_more_than_it_holds_is_refused_before_it_is_read(tmp_path, shape):
    with pytest.raises(ValueError, match=r"declares more than it holds. Received: image\.npy"):
        mm.load_pairs(forged(tmp_path, image=header(shape) + b"\0" * 10))


def test_arrays_beyond_the_limit_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_BYTES", 1000)
    with pytest.raises(ValueError, match=r"must stay below .* GB together.* Received: \{'image': 5184"):
        mm.load_pairs(archive(tmp_path))
    monkeypatch.setattr(named_files, "MAX_BYTES", 1000)
    with pytest.raises(ValueError, match=r"must stay below .* GB; .*resize them. Received: 6 of \(9, 8, 3\)"):
        mm.load_pairs(folder(tmp_path))


NO_ARRAYS = [b"", b"nonsense", header((1,))[:20], b"\x93NUMPY\x09\x00" + header((1,))[8:]]


@pytest.mark.parametrize("raw", NO_ARRAYS, ids=["empty", "nonsense", "cut short", "of an unknown version"])
def test_a_member_that_is_no_array_is_refused(tmp_path, raw):
    with pytest.raises(
        ValueError, match=r"write arrays with numpy.save or numpy.savez. Received: an unknown header, image\.npy"
    ):
        mm.load_pairs(forged(tmp_path, image=raw))


def test_pickles_are_never_read(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "exploded"),)

    np.savez(tmp_path / "own.npz", image=PIXELS, text=np.array([Bomb()] * N))
    with pytest.raises(ValueError, match="not as objects"):
        mm.load_pairs(tmp_path / "own.npz")
    assert not (tmp_path / "exploded").exists()


def test_a_damaged_archive_is_refused(tmp_path):
    path = archive(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[600] ^= 1  # inside the pixels
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"an \.npz file .* another file, or a damaged one \(Bad CRC-32"):
        mm.load_pairs(path)
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ValueError, match=r"an \.npz file is expected"):
        mm.load_pairs(path)


def test_a_path_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file or folder\. Received: "):
        mm.load_pairs(tmp_path / "nowhere.npz")


# What is refused, of a folder


def test_a_folder_without_a_table_is_told_what_it_needs(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"needs a metadata\.csv .* with columns among image, text, speech, label"
    ):
        mm.load_pairs(tmp_path)


BAD_TABLES = [
    ({"image": without(PICTURES, 1)[:5] + ["nowhere.png"]}, FileNotFoundError, "not there. Received: 'nowhere.png'"),
    ({"image": ["../secret.png"] * N}, ValueError, r"inside the folder.*Received: '\.\./secret\.png'"),
    ({"image": ["sounds/../0.png"] * N}, ValueError, "inside the folder"),
    ({"image": [os.path.abspath(os.sep + "secret.png")] * N}, ValueError, "inside the folder"),
    ({"image": ["linked/secret.png"] * N}, ValueError, "inside the folder"),
    (
        {"image": ["sounds/0.wav"] * N},
        ValueError,
        r"ends in \.png, \.jpg, \.jpeg.* is expected.*Received: 'sounds/0\.wav'",
    ),
    ({"speech": PICTURES}, ValueError, r"ends in \.wav.* is expected.*Received: '0\.png'"),
    ({"image": ["sounds"] * N}, ValueError, "is expected"),
    ({"image": ["folder.png"] * N}, ValueError, r"Received: 'folder\.png' in line 2 .*not a file"),
    ({"image": ["broken.png"] * N}, ValueError, r"6 files cannot be read.*Received: 'broken\.png' in line 2 "),
    ({"image": ["cut.png"] * N}, ValueError, r"6 files cannot be read.*Received: 'cut\.png'"),
    ({"image": [*PICTURES[:5], "large.png"]}, ValueError, r"one size.*Received: \(20, 20, 3\) in 'large\.png'"),
    (
        {"speech": ["broken.wav"] * N},
        ValueError,
        r"6 files cannot be read \(a sound must be a .*Received: 'broken\.wav'",
    ),
    (
        {"speech": ["silent.wav"] * N},
        ValueError,
        r"cannot be read \(silent\.wav: .* silent.*Received: 'silent\.wav' in line 2",
    ),
    ({"image": None, "text": None}, ValueError, "two or more of image, text, speech are needed. Received: speech in "),
    ({"split": ["later"] * N}, ValueError, "split must be one of"),
]


@pytest.mark.parametrize(("changes", "kind", "message"), BAD_TABLES, ids=range(len(BAD_TABLES)))
def test_a_table_that_does_not_fit_is_refused(tmp_path, changes, kind, message):
    inside = tmp_path / "data"
    inside.mkdir()
    Image.new("L", (8, 9)).save(tmp_path / "secret.png")
    (inside / "linked").symlink_to(tmp_path, target_is_directory=True)
    (inside / "folder.png").mkdir()
    (inside / "broken.png").write_bytes(b"not a picture")
    (inside / "broken.wav").write_bytes(b"not a sound")
    Image.new("RGB", (20, 20), "red").save(inside / "large.png")
    Image.fromarray(RNG.integers(0, 256, (64, 64, 3), "uint8")).save(inside / "noise.png")
    (inside / "cut.png").write_bytes((inside / "noise.png").read_bytes()[:5000])
    write_wave(inside / "silent.wav", np.zeros(9000))
    with pytest.raises(kind, match=message):
        mm.load_pairs(folder(inside, **changes))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"image,text\n0.png,a ball, red\n", r"more cells than the first line; \"quote\" text with commas"),
        ("image,text\n0.png,Ärmel\n".encode("latin-1"), "must be in UTF-8.* byte 0xc4 in line 2 of"),
        (b"image,text\n0.png," + b"x" * 200_000, "more than 131,072 characters.*line 2 of"),
        (b"", "Received: none in "),
        (b"picture,caption\n0.png,a ball\n", r"Received: text \(left out: picture \(did you mean image\?\)\) in"),
    ],
    ids=["commas", "latin-1", "endless cell", "empty", "other columns"],
)
@pytest.mark.filterwarnings("ignore:left out")
def test_a_broken_table_is_refused(tmp_path, raw, message):
    folder(tmp_path)
    (tmp_path / "metadata.csv").write_bytes(raw)
    with pytest.raises(ValueError, match=message):
        mm.load_pairs(tmp_path)


def test_a_huge_picture_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 9 * 8 - 1)
    with pytest.raises(ValueError, match=r"6 files cannot be read.*Received: '0\.png'"):
        mm.load_pairs(folder(tmp_path))
