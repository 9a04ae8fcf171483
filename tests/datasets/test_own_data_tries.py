"""Own data as people bring it, a row a try: what was misread in silence is read rightly, or refused in one sentence."""

import os
import unicodedata
import wave

import numpy as np
import pytest
from PIL import Image

import mmgan_lite as mm
from mmgan_lite.datasets.vocabulary import Vocabulary

GREY = np.arange(63, dtype="uint8").reshape(9, 7)
HERTZ = 8000 * np.sin(np.arange(4000) / 3)
NFC, NFD = (unicodedata.normalize(form, "café.png") for form in ("NFC", "NFD"))


def picture(path, pixels=GREY, mode=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).convert(mode).save(path)


def sound(path, samples=HERTZ):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())


def folder(path, table, name="metadata.csv", files=()):
    """A folder of a.png to c.png, a.wav to c.wav, further files of either kind, and a table."""
    for file in ("a.png", "b.png", "c.png", "a.wav", "b.wav", "c.wav", *files):
        (picture if file.endswith(("png", "PNG")) else sound)(path / file)
    if table:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(table if isinstance(table, bytes) else table.encode())
    return path


# ---- tables that are read


THREE = ["a ball", "a box", "a cup"]
READ = {
    "our own columns": "image,text\na.png,a ball\nb.png,a box\nc.png,a cup\n",
    "semicolons": "image;text\na.png;a ball\nb.png;a box\nc.png;a cup\n",
    "tabs": "image\ttext\na.png\ta ball\nb.png\ta box\nc.png\ta cup\n",
    "sep=": "sep=;\nimage;text\na.png;a ball\nb.png;a box\nc.png;a cup\n",
    "Image,Text": "Image,Text\na.png,a ball\nb.png,a box\nc.png,a cup\n",
    "caption": "image,caption\na.png,a ball\nb.png,a box\nc.png,a cup\n",
    "file_name": "file_name,text\na.png,a ball\nb.png,a box\nc.png,a cup\n",
    "File Name and Caption": "File Name,Caption\na.png,a ball\nb.png,a box\nc.png,a cup\n",
    "image_file_name": "image_file_name,caption\na.png,a ball\nb.png,a box\nc.png,a cup\n",
    "backslashes, as Windows writes": "image,text\n.\\a.png,a ball\n.\\b.png,a box\n.\\c.png,a cup\n",
    "quotes after a blank": 'image, text\na.png, "a ball"\nb.png, "a box"\nc.png, "a cup"\n',
    "UTF-16": "image,text\na.png,a ball\nb.png,a box\nc.png,a cup\n".encode("utf-16"),
}


@pytest.mark.parametrize("table", READ.values(), ids=READ)
def test_tables_that_are_read(tmp_path, table):
    own = mm.load_pairs(folder(tmp_path, table))
    assert list(own["present"]) == ["image", "text"] and own["text"].tolist() == THREE
    assert np.array_equal(own["image"][1, ..., 0], mm.image.scale(GREY))


SOUNDS = {
    "speech": "speech,text\na.wav,a ball\n",
    "audio": "audio,caption\na.wav,a ball\n",
    "audio_file_name": "audio_file_name,transcription\na.wav,a ball\n",
    "speech_file_name": "speech_file_name,text\na.wav,a ball\n",
    "file_name": "file_name,text\na.wav,a ball\n",
}


@pytest.mark.parametrize("table", SOUNDS.values(), ids=SOUNDS)
def test_columns_of_sounds(tmp_path, table):
    own = mm.load_pairs(folder(tmp_path, table))
    assert list(own["present"]) == ["text", "speech"] and own["speech"].shape == (1, 32, 32)


def test_file_name_may_name_a_picture_here_and_a_sound_there(tmp_path):
    table = "file_name,speech,text\na.png,,a ball\nb.png,b.wav,a box\nc.wav,,a cup\n"
    own = mm.load_pairs(folder(tmp_path, table))
    assert own["present"]["image"].tolist() == [True, True, False]
    assert own["present"]["speech"].tolist() == [False, True, True]


def test_json_lines(tmp_path):
    table = '{"file_name": "a.png", "text": "a ball", "label": 2}\n{"file_name": "b.png", "text": "a box"}\n'
    own = mm.load_pairs(folder(tmp_path, table, "metadata.jsonl"))
    assert own["text"].tolist() == ["a ball", "a box"] and own["label"].tolist() == [2, -1]


def test_a_table_may_be_named_itself(tmp_path):
    assert len(mm.load_pairs(folder(tmp_path, READ["tabs"], "things.tsv") / "things.tsv")["text"]) == 3


def test_cp1252_is_read_when_it_is_asked_for(tmp_path):
    folder(tmp_path, "image,text\na.png,Ärmel\n".encode("cp1252"))
    assert mm.load_pairs(tmp_path, encoding="cp1252")["text"].tolist() == ["Ärmel"]


@pytest.mark.parametrize(("told", "kept"), [(NFD, NFC), (NFC, NFD)], ids=["table NFD", "table NFC"])
def test_accents_in_file_names_may_be_written_either_way(tmp_path, told, kept):
    picture(tmp_path / f"folder of {kept}" / kept)
    (tmp_path / "metadata.csv").write_text(f"image,text\nfolder of {told}/{told},x\n", encoding="utf-8")
    assert mm.load_pairs(tmp_path)["image"].shape == (1, 9, 7, 1)


# ---- splits


WORDS = {
    "train": "train training TRAIN",
    "valid": "valid validation val dev Validation",
    "test": "test testing eval evaluation Test",
}


@pytest.mark.parametrize(("word", "split"), [(word, split) for split in WORDS for word in WORDS[split].split()])
def test_splits_by_column_by_folder_and_by_folder_of_a_table(tmp_path, word, split):
    column = folder(tmp_path / "1", f"image,text,split\na.png,x,{word}\n")
    one_table = folder(tmp_path / "2", f"image,text\n{word}/d.png,x\n", files=[f"{word}/d.png"])
    of_a_split = folder(tmp_path / "3", "file_name,text\nd.png,x\n", f"{word}/metadata.csv", files=[f"{word}/d.png"])
    of_classes = folder(tmp_path / "4", None, files=[f"{word}/ball/d.png"])
    for path in (column, one_table, of_a_split):
        assert mm.load_pairs(path, split=word)["split"].tolist() == [split]
    with pytest.warns(UserWarning, match="a folder's name is label and caption"):
        assert mm.load_pairs(of_classes)["split"].tolist() == [split]


def test_each_split_may_have_a_table_of_its_own(tmp_path):
    folder(tmp_path, "file_name,text\nx.png,a ball\n", "train/metadata.csv", files=["train/x.png", "test/y.png"])
    folder(tmp_path, '{"image_file_name": "y.png", "caption": "a box"}\n{"caption": "an egg"}\n', "test/metadata.jsonl")
    own = mm.load_pairs(tmp_path)
    splits = dict(zip(own["text"].tolist(), own["split"].tolist(), strict=True))
    assert splits == {"a ball": "train", "a box": "test", "an egg": "test"}


# ---- classes


def test_without_a_table_a_folder_is_a_class(tmp_path):
    files = ["train/red_ball/1.png", "train/red_ball/1.wav", "train/box/1.png", "val/box/9.png", "val/box/.hidden.png"]
    with pytest.warns(UserWarning, match=r"label and caption of its files: box, red_ball; left out.*: a\.png, a\.wav"):
        own = mm.load_pairs(folder(tmp_path, None, files=files))
    assert own["text"].tolist() == ["box", "red ball", "box"] and own["label_names"] == ("box", "red_ball")
    assert own["split"].tolist() == ["train", "train", "valid"] and own["label"].tolist() == [0, 1, 0]
    assert own["present"]["speech"].tolist() == [False, True, False]  # files of one name are one row


# ---- labels


LABELS = {
    "whole numbers": (["3", "1"], [3, 1], None),
    "01 and 1 are two classes": (["01", "1"], [0, 1], ("01", "1")),
    "-1 is unknown": (["-1", "4"], [-1, 4], None),
    "-1 is unknown among names too": (["-1", "ball"], [-1, 0], ("ball",)),
    "a number as long as a date": (["20240131001", "7"], [0, 1], ("20240131001", "7")),
    "fractions are names": (["1.5", "1"], [1, 0], ("1", "1.5")),
    "an accent written in two ways": (["caf\u00e9", "cafe\u0301"], [0, 0], ("caf\u00e9",)),
}


@pytest.mark.parametrize(("cells", "label", "names"), LABELS.values(), ids=LABELS)
def test_labels(tmp_path, cells, label, names):
    table = "image,text,label\n" + "".join(f"{file}.png,x,{cell}\n" for file, cell in zip("ab", cells, strict=True))
    own = mm.load_pairs(folder(tmp_path, table))
    assert own["label"].tolist() == label and own.get("label_names") == names


# ---- sizes and colours


def test_mixed_sizes_are_resized_to_a_stated_size(tmp_path):
    flat = np.full((20, 30), 200, "uint8")
    picture(tmp_path / "a.png", flat)
    picture(tmp_path / "b.png")
    (tmp_path / "metadata.csv").write_text("image,text\na.png,x\nb.png,y\n")
    with pytest.raises(ValueError, match=r"one size.*\(20, 30, 1\).*size=28 .*'b\.png' in line 3 of metadata\.csv"):
        mm.load_pairs(tmp_path)
    own = mm.load_pairs(tmp_path, size=(9, 7))
    assert np.allclose(own["image"][0], mm.image.scale(200)) and np.array_equal(
        own["image"][1, ..., 0], mm.image.scale(GREY)
    )
    assert mm.load_pairs(tmp_path, size=4)["image"].shape == (2, 4, 4, 1)


def test_arrays_are_resized_too(tmp_path):
    np.savez(tmp_path / "x.npz", image=np.full((2, 8, 8, 3), 200, "uint8"), text=np.array(["x", "y"]))
    images = mm.load_pairs(tmp_path / "x.npz", size=4)["image"]
    assert images.shape == (2, 4, 4, 3) and np.allclose(images, mm.image.scale(200))


@pytest.mark.parametrize("size", [0, 1, -3, 5000, 2.5, (4,), (4, 4, 3), "28", True])
def test_a_size_that_makes_no_sense_is_refused(tmp_path, size):
    with pytest.raises(ValueError, match="size must be a number of pixels"):
        mm.load_pairs(folder(tmp_path, READ["tabs"]), size=size)


@pytest.mark.parametrize("order", [1, -1])
def test_grey_pictures_among_coloured_ones_get_three_channels_and_it_is_told(tmp_path, order):
    red = np.zeros((9, 7, 3), "uint8") + np.array([200, 0, 0], "uint8")
    for name, pixels in zip("ab", [GREY, red][::order], strict=True):
        picture(tmp_path / f"{name}.png", pixels)
    (tmp_path / "metadata.csv").write_text("image,text\na.png,x\nb.png,y\n")
    with pytest.warns(UserWarning, match="1 pictures are grey among coloured ones"):
        grey, coloured = mm.load_pairs(tmp_path)["image"][::order]
    assert np.array_equal(grey, np.repeat(mm.image.scale(GREY)[..., None], 3, -1))
    assert np.array_equal(coloured, mm.image.scale(red))


# ---- folders that are refused


OUT = "files must lie inside the folder"
REFUSED = {
    "no header": ("a.png,a ball\nb.png,a box\n", r"first line must name the columns.*Received: 'a\.png', 'a ball'"),
    "a header alone": ("image,text\n", "two or more of image, text, speech are needed. Received: none"),
    "an open quote": ('image,text\na.png,"a ball\nb.png,a box\nc.png,a cup\n', "quote is left open.*line 2 of"),
    "two columns of one meaning": ("image,text,caption\na.png,x,y\n", "two columns mean 'text'.*'text' and 'caption'"),
    "splits": ("image,text,splits\na.png,x,test\n", "does 'splits' tell the split"),
    "a split by any name": ("image,text,usage\na.png,x,train\nb.png,y,test\n", "does 'usage' tell the split"),
    "is_test": ("image,text,is_test\na.png,x,1\n", "does 'is_test' tell the split"),
    "a split of no such name": ("image,text,split\na.png,x,later\n", "split must be one of train, valid, test"),
    "train in test/": ("image,text,split\ntest/d.png,x,train\n", "a row is of one split.*line 2 of metadata.csv"),
    "two splits": ("image,speech,text\ntest/d.png,train/d.wav,x\n", "folders of two splits.*test and train in line 2"),
    "several missing": ("image,text\na.png,x\n1.png,x\n2.png,x\n3.png,x\n",
                        r"3 files are named that are not there.*'1\.png' in line 3 of metadata\.csv, '2\.png' in "),
    "seven missing": ("image,text\n" + "".join(f"{n}.png,x\n" for n in range(7)), "'4.png' in line 6.* and 2 more"),
    "one missing": ("image,text\n1.png,x\n", r"a file is named that is not there\. Received: '1\.png' in line 2"),
    "an absolute path": ("image,text\n/etc/a.png,x\n", OUT),
    "a way out": ("image,text\n../a.png,x\n", OUT),
    "a way out by backslashes": ("image,text\n..\\a.png,x\n", OUT),
    "a drive": ("image,text\nC:\\a.png,x\n", OUT),
    "an address": ("image,text\nhttps://example.org/a.png,x\n", OUT),
    "a file: address": ("image,text\nfile:///etc/a.png,x\n", OUT),
    "a link that leads out": ("image,text\nlink.png,x\n", f"{OUT}, links too"),
    "a folder": ("image,text\nfolder.png,x\n", "'folder.png' in line 2 of metadata.csv, which is not a file"),
    "a pipe": ("image,text\npipe.png,x\n", "which is not a file"),
    "a link to nowhere": ("image,text\nbroken.png,x\n", "not there"),
    "a kind that is not read": ("file_name,text\na.xyz,x\n", r"file_name names a file of no kind.*\.wav.*line 2"),
    "two pictures in a row": ("file_name,image,text\na.png,b.png,x\n", "one file of a kind.*'b.png' and 'a.png'"),
    "a sound among pictures": ("image,text\na.wav,x\n", r"ends in \.png.* is expected here"),
    "a class alone": ("image,label\na.png,ball\n", "Received: image in "),
    "captions that are all empty": ("image,text\na.png,\n", r"Received: image \(left out: text \(empty in every row"),
    "a label below -1": ("image,text,label\na.png,x,-2\nb.png,y,3\n", r"label must be from 0.*Received: -2"),
    "unknown columns": ("pictures,words\na.png,x\n", "first line must name the columns.*Received: 'pictures', 'words'"),
}  # fmt: skip


@pytest.mark.parametrize(("table", "message"), REFUSED.values(), ids=REFUSED)
def test_folders_that_are_refused(tmp_path, table, message):
    inside = folder(tmp_path / "own", table, files=["test/d.png", "train/d.wav"])
    picture(tmp_path / "secret.png")
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "broken.png").symlink_to(inside / "nowhere.png")
    (inside / "folder.png").mkdir()
    os.mkfifo(inside / "pipe.png")
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        mm.load_pairs(inside)


FOLDERS = {
    "nothing": ([], r"needs a metadata\.csv \(or metadata\.jsonl\) .* or a folder for each class"),
    "two tables": (["metadata.csv", "metadata.jsonl"], "keep one table"),
    "a table for all and one in a split": (["metadata.csv", "train/metadata.csv"], "keep one table for all, or one in"),
    "parquet": (["metadata.parquet"], "save the table as metadata.csv"),
}


@pytest.mark.parametrize(("tables", "message"), FOLDERS.values(), ids=FOLDERS)
def test_folders_of_tables_that_are_refused(tmp_path, tables, message):
    folder(tmp_path, None)
    for table in tables:
        (tmp_path / table).parent.mkdir(exist_ok=True)
        (tmp_path / table).write_text("")
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        mm.load_pairs(tmp_path)


def test_a_list_in_json_is_no_caption(tmp_path):
    folder(tmp_path, '{"image": "a.png", "text": ["x", "y"]}\n', "metadata.jsonl")
    with pytest.raises(ValueError, match=r"text must be a string or a number.*line 1 of metadata\.jsonl"):
        mm.load_pairs(tmp_path)


TOLD = {
    "a column of one's own": ("image,text,width\na.png,x,7\n", "left out: width; "),
    "labels": ("image,text,labels\na.png,x,7\n", r"left out: labels \(did you mean label\?\)"),
    "class": ("image,text,class\na.png,x,7\n", r"left out: class \(did you mean label\?\)"),
    "a column without a name": (",image,text\n0,a.png,x\n", "left out: column 1 without a name"),
}


@pytest.mark.parametrize(("table", "message"), TOLD.values(), ids=TOLD)
def test_columns_that_are_left_out_are_told(tmp_path, table, message):
    with pytest.warns(UserWarning, match=message) as warned:
        assert len(mm.load_pairs(folder(tmp_path, table))["text"]) == 1
    assert warned[0].filename == __file__


def test_a_split_without_a_table_among_others_is_told(tmp_path):
    folder(tmp_path, "file_name,text\nd.png,x\n", "train/metadata.csv", files=["train/d.png", "test/d.png"])
    with pytest.warns(UserWarning, match="left out: test, for want of a metadata.csv"):
        mm.load_pairs(tmp_path)


def test_all_files_that_cannot_be_read_are_told_at_once(tmp_path):
    folder(tmp_path, READ["our own columns"])
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "c.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"2 files cannot be read \(.*\)\. Received: 'a\.png' in line 2 .*'c\.png' in"):
        mm.load_pairs(tmp_path)


# ---- archives


IMAGE = np.zeros((4, 9, 7), "uint8")
TEXT = np.array(["a", "b", "c", "d"])
ARCHIVES = {
    "splits": ({"splits": TEXT}, "does 'splits' tell the split"),
    "a split by any name": ({"usage": np.array(["train", "", "train", "dev"])}, "does 'usage' tell the split"),
    "is_test": ({"is_test": np.arange(4) > 2}, "does 'is_test' tell the split"),
    "one modality misspelt": (
        {"image": None, "images": IMAGE},
        r"Received: text \(left out: images \(did you mean image",
    ),
    "channels first": ({"image": np.zeros((4, 3, 9, 7), "uint8")}, r"channels last.*np\.moveaxis.*3 x 9 pixels with 7"),
    "grey, channels first": ({"image": np.zeros((4, 1, 9, 7), "uint8")}, "channels last"),
    "floats": ({"image": IMAGE / 255}, r"by \(x \* 255\)\.astype\('uint8'\)\. Received: float64"),
    "silent sounds": (
        {"speech": np.int16([HERTZ, 0 * HERTZ, HERTZ, 0 * HERTZ]), "sample_rate": 8000},
        r"speech\[1\], speech\[3\]: .*silent",
    ),
    "two channels": ({"image": np.zeros((4, 9, 7, 2), "uint8")}, "1 or 3 channels, the last axis.*2 channels"),
    "1 x 1": ({"image": np.zeros((4, 1, 1), "uint8")}, "at least 2 x 2 pixels. Received: 1 x 1"),
    "ragged speech": (
        {"speech": np.array([HERTZ, HERTZ[:9]] * 2, object), "sample_rate": 8000},
        "pad sounds.*speech.npy",
    ),
    "captions as objects": ({"text": TEXT.astype(object)}, "write strings as numpy str, not as objects"),
    "sample_rate NaN": ({"speech": np.int16([HERTZ] * 4), "sample_rate": np.nan}, "sample_rate, one number in Hz.*nan"),
    "sample_rate infinite": (
        {"speech": np.int16([HERTZ] * 4), "sample_rate": np.inf},
        "sample_rate, one number in Hz.*inf",
    ),
    "two keys of one meaning": ({"caption": TEXT}, "two columns mean 'text'"),
}


@pytest.mark.parametrize(("changes", "message"), ARCHIVES.values(), ids=ARCHIVES)
@pytest.mark.filterwarnings("ignore:left out")
def test_archives_that_are_refused(tmp_path, changes, message):
    arrays = {"image": IMAGE, "text": TEXT, **changes}
    np.savez(tmp_path / "own.npz", **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(ValueError, match=message):
        mm.load_pairs(tmp_path / "own.npz")


def test_keys_of_an_archive_that_are_left_out_are_told(tmp_path):
    np.savez(tmp_path / "own.npz", image=IMAGE, text=TEXT, labels=np.arange(4), notes=TEXT)
    with pytest.warns(UserWarning, match=r"left out: labels \(did you mean label\?\), notes"):
        assert "label" not in mm.load_pairs(tmp_path / "own.npz")


# ---- recordings longer than a word


def test_long_recordings_are_told_once(tmp_path):
    table = folder(tmp_path, "speech,text\na.wav,x\nb.wav,y\nlong.wav,z\n", files=["long.wav"])
    sound(tmp_path / "long.wav", np.tile(HERTZ, 4))
    waves = np.int16([np.tile(HERTZ, 4), np.pad(HERTZ, (0, 12000))])
    np.savez(tmp_path / "own.npz", speech=waves, sample_rate=8000, text=TEXT[:2])
    for path, named in ((table, r"long\.wav$"), (tmp_path / "own.npz", "row 0$")):
        with pytest.warns(
            UserWarning, match=rf"longer than 1\.5 s, so that the word alone is kept.*: {named}"
        ) as warned:
            mm.load_pairs(path)
        assert len(warned) == 1
    with pytest.warns(UserWarning, match="longer than"):
        mm.load_pairs(table, lazy=True)


# ---- masks in picture files


def test_masks_of_a_folder_are_read_as_masks(tmp_path):
    for name, pixels in zip("abc", (GREY > 30, GREY < 9, GREY >= 0), strict=True):
        picture(tmp_path / f"{name}.png", pixels.astype("uint8"))
    (tmp_path / "metadata.csv").write_text(READ["our own columns"])
    with pytest.warns(UserWarning, match="image is 0 or 1 everywhere and read as a mask"):
        images = mm.load_pairs(tmp_path)["image"]
    assert set(np.unique(images)) == {-1, 1} and (images[2] == 1).all()


# ---- a pairs dict


PAIRS = {"image": IMAGE[..., None], "text": list(TEXT)}
KEYS = {
    "captions": ({"captions": TEXT}, "left out: captions;"),
    "labels": ({"labels": np.arange(4)}, r"left out: labels \(did you mean label\?\)"),
    "audio": ({"audio": [HERTZ] * 4}, r"left out: audio \(did you mean speech\?\)"),
}


@pytest.mark.parametrize(("more", "message"), KEYS.values(), ids=KEYS)
def test_keys_of_a_dict_that_are_left_out_are_told(more, message):
    with pytest.warns(UserWarning, match=message) as warned:
        mm.as_dataset(PAIRS | more, batch_size=4, vocabulary=Vocabulary.of(TEXT))
    assert warned[0].filename == __file__


DICTS = {
    "a split by another name": ({"is_test": np.arange(4) > 2}, "does 'is_test' tell the split"),
    "a split by any name": ({"usage": ["train", "", "train", "dev"]}, "does 'usage' tell the split"),
    "two names of one": ({"caption": TEXT}, "two columns mean 'text'"),
    "channels first": ({"image": np.zeros((4, 3, 9, 7), "uint8")}, "channels last"),
    "1 x 1": ({"image": np.zeros((4, 1, 1, 1), "uint8")}, "at least 2 x 2 pixels"),
}


@pytest.mark.parametrize(("changes", "message"), DICTS.values(), ids=DICTS)
def test_dicts_that_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        mm.MultimodalGAN.for_pairs(PAIRS | changes, embed_dim=4)


def test_large_whole_labels_of_an_archive_are_names(tmp_path):
    np.savez(tmp_path / "own.npz", image=IMAGE, text=TEXT, label=np.array([2**40, -1, 3, 3]))
    own = mm.load_pairs(tmp_path / "own.npz")
    assert own["label"].tolist() == [0, -1, 1, 1] and own["label_names"] == (str(2**40), "3")


def test_a_pipe_is_no_data(tmp_path):
    os.mkfifo(tmp_path / "own.npz")
    with pytest.raises(ValueError, match="which is not a file"):
        mm.load_pairs(tmp_path / "own.npz")


def test_speakers_are_kept(tmp_path):
    own = mm.load_pairs(folder(tmp_path, "image,text,speaker\na.png,x,ann\nb.png,y,\n"))
    assert own["speaker"].tolist() == ["ann", ""]


def test_a_split_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"split must be one of train, valid, test\. Received: split='tset'"):
        mm.load_pairs(folder(tmp_path, READ["tabs"]), split="tset")
