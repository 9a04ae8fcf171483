"""The dry run: what was found is counted by split, what is odd is told, and clean data raise no doubt."""

import numpy as np
import pytest
from PIL import Image

import mmgan_lite as mm
from mmgan_lite import __main__
from mmgan_lite.datasets import check, recordings

N = 40
RNG = np.random.default_rng(0)
TONES = np.stack([(9000 * np.sin(np.arange(4000) / pitch)).astype("int16") for pitch in np.linspace(1, 9, N)])
KINDS = np.array(["ball", "box"] * (N // 2))
CLEAN = {
    "image": RNG.integers(0, 256, (N, 8, 8), "uint8"),
    "text": np.char.add("a ", KINDS),
    "speech": TONES,
    "sample_rate": 8000,
    "label": KINDS,
    "split": np.array(["train"] * 30 + ["valid"] * 4 + ["test"] * 6),
    "speaker": np.array(["ann"] * 30 + ["bob"] * 4 + ["cy"] * 6),
}


def archive(path, **changes):
    np.savez(path / "own.npz", **{**CLEAN, **changes})
    return path / "own.npz"


def changed(name, rows, value):
    """A column of CLEAN with another value in some rows."""
    column = CLEAN[name].astype("<U20") if CLEAN[name].dtype.kind == "U" else CLEAN[name].copy()
    column[rows] = value
    return {name: column}


def section(report, title):
    """The lines under a title."""
    (part,) = [part for part in report.split("\n\n") if part.startswith(title)]
    return [line.removeprefix("  - ") for line in part.splitlines()[1:]]


def test_clean_data_are_counted_and_nothing_is_odd(tmp_path):
    report = check.report(archive(tmp_path))
    assert section(report, "Odd") == ["nothing"]
    splits = "40 (30 train, 4 valid, 6 test)"
    assert section(report, "Found in") == [
        f"rows: {splits}; with every modality: {splits}",
        f"image: {splits}; 8 x 8 x 1 numbers each",
        f"text: {splits}; 2 different captions, 3 words, up to 2 in one",
        f"speech: {splits}; 32 x 32 numbers each",
        "labels: 2, the most frequent: ball (20), box (20)",
    ]
    assert section(report, "8 of the rows")[0] == "row 0, train, label ball, 'a ball'"


FIRST = CLEAN["image"][0]
LOUD = np.clip(6.0 * TONES[3], -32768, 32767).astype("int16")
ODD = {  # beginnings of what is told
    "a picture twice": (changed("image", 1, FIRST), "image: the same more than once (1 of them), such as rows 0, 1"),
    "a picture in two splits": (changed("image", 39, FIRST), "image: the same in two splits (1 of them), such"),
    "a sound in two splits": (changed("speech", 39, TONES[0]), "speech: the same in two splits (1 of them), such as"),
    "a blank picture": (changed("image", 2, 7), "image: nothing but one colour in row 2"),
    "12 bits as 16": ({"image": CLEAN["image"] % 17}, "image: all are nearly black; do their pixels reach"),
    "large": ({"image": RNG.integers(0, 256, (N, 99, 80), "uint8")}, "image: 99 x 80 pixels make training slow"),
    "an empty caption": (changed("text", 3, " "), "text: missing in row 3; left out of the batches"),
    "a caption without a word": (changed("text", [3, 4], "…!"), "text: no word in the caption of rows 3, 4"),
    "no words at all": ({"text": np.array(["…!"] * N)}, "text: no word in the caption of rows 0, 1, 2"),
    "new words in test": (changed("text", 38, "a huge egg"), "text: words that no caption of train has: egg, huge"),
    "unknown labels": (changed("label", slice(7), ""), "label: none in rows 0, 1, 2, 3, 4 and 2 more; each of them"),
    "one caption": (changed("text", slice(None), "a ball"), "text: one caption in all rows, 'a ball'; nothing"),
    "a long caption": (
        {"text": np.array(["a " * 45 + "ball", *CLEAN["text"][1:]])}, "captions are cut after 40 words; 1 of 30",
    ),
    "unbalanced": (changed("label", slice(29), "ball"), "label: unbalanced in train, from 29 rows of ball to 1 of box"),
    "a class of test alone": (changed("label", 38, "egg"), "label: train has no row of egg"),
    "a speaker in two splits": (changed("speaker", 39, "ann"), "speaker: ann in two splits; a test of new voices"),
    "clipped": (changed("speech", 3, LOUD), "speech: clipped, too loud for the recorder: row 3"),
    "very quiet": (changed("speech", 3, TONES[3] // 40), "speech: very quiet, so that noise is scaled up"),
    "no training rows": ({"split": np.array(["test"] * N)}, "no row is in train"),
    "unknown columns": ({"notes": KINDS}, "left out: notes; a modality of your own needs modalities.register first"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), ODD.values(), ids=ODD)
def test_what_is_odd_is_told(tmp_path, changes, told):
    odd = section(check.report(archive(tmp_path, **changes)), "Odd")
    assert [line for line in odd if line.startswith(told)], odd


def test_a_silent_sound_of_an_archive_is_told_with_all_else_that_is_odd(tmp_path):
    report = check.report(archive(tmp_path, **changed("speech", [3, 7], 0), **changed("image", 2, 7)))
    assert section(report, "Found in")[3].startswith("speech: 38 (28 train, 4 valid, 6 test); 32 x 32")
    odd = section(report, "Odd")
    assert odd[0].startswith("speech: speech[3], speech[7]: wave is silent") and "a training refuses them" in odd[0]
    assert [line for line in odd if line.startswith("image: nothing but one colour in row 2")]
    assert not [line for line in odd if "very quiet" in line or "the same" in line]


def test_sounds_that_are_silent_throughout_are_refused_as_they_were(tmp_path):
    with pytest.raises(ValueError, match="wave is silent"):
        check.report(archive(tmp_path, speech=np.zeros_like(TONES)))


def test_a_set_without_splits_is_told(tmp_path):
    np.savez(tmp_path / "own.npz", **{name: column for name, column in CLEAN.items() if name != "split"})
    assert section(check.report(tmp_path / "own.npz"), "Odd")[0].startswith("no column tells the split")


@pytest.mark.parametrize(
    ("rows", "told"),
    [(0, "Nothing can be trained"), (7, "Nothing can be trained"),
     (20, "learnt by heart"), (100, "A beginning"), (600, "Enough for simple things"),
     (4000, "As many as the kit's own digits")],
)  # fmt: skip
def test_what_to_expect_of_so_many_rows(rows, told):
    pairs = {
        "image": np.zeros((rows + 5, 4, 4, 1), "float32"),
        "text": np.array(["a"] * (rows + 5)),
        "split": np.array(["train"] * rows + ["test"] * 5),
    }
    pairs["present"] = {name: np.ones(rows + 5, bool) for name in ("image", "text")}
    assert check.expectation(pairs).startswith(f"{rows} complete rows to train on. ") and told in check.expectation(
        pairs
    )


def test_clipping_is_held_loudness_not_loudness():
    sine = np.sin(np.arange(800) / 3)
    assert recordings.is_clipped(np.clip(1.2 * sine, -1, 1)) and not recordings.is_clipped(sine)
    assert not recordings.is_clipped(np.clip(sine, -0.5, 0.5))  # held, but far from full scale: a square wave
    assert not recordings.is_clipped(np.zeros(0)) and not recordings.is_clipped(np.ones(2))


def own_folder(path, colour=True):
    """Ten pictures with captions, two of which lack."""
    for row in range(10):
        Image.fromarray(RNG.integers(0, 256, (9, 7, 3) if colour else (9, 7), "uint8")).save(path / f"{row}.png")
    lines = [f"{row}.png,{'a ball' if row > 1 else ''},train" for row in range(10)]
    (path / "metadata.csv").write_text("\n".join(["image,text,split", *lines]))
    return path


@pytest.mark.parametrize("colour", [True, False])
def test_the_command_prints_the_report_and_draws_rows_that_are_complete(tmp_path, capsys, colour):
    out = tmp_path / "rows.png"
    assert __main__.main(["check", str(own_folder(tmp_path, colour)), "--out", str(out), "--size", "8x6"]) == 0
    printed = capsys.readouterr().out
    channels = 3 if colour else 1
    assert f"image: 10 train; 8 x 6 x {channels} numbers each" in printed and "text: missing in rows 0, 1" in printed
    assert [line.split(",")[0] for line in section(printed, "8 of the rows")] == [f"row {row}" for row in range(2, 10)]
    with Image.open(out) as picture:
        assert picture.format == "PNG" and picture.width > picture.height


def test_the_command_fails_when_the_data_cannot_be_read(tmp_path, capsys):
    (tmp_path / "metadata.csv").write_text("image,text\n1.png,a ball\n2.png,a box\n")
    assert __main__.main(["check", str(tmp_path)]) == 2
    assert "2 files are named that are not there" in capsys.readouterr().err
    assert __main__.main(["check", str(tmp_path / "nowhere")]) == 2
    assert __main__.main(["check", ""]) == 2
    assert "name the file or folder of your data" in capsys.readouterr().err
    assert __main__.main(["check", str(own_folder(tmp_path)), "--out", str(tmp_path / "rows.jpg")]) == 2


def test_sounds_of_a_folder_are_heard_as_they_were_recorded(tmp_path):
    own_folder(tmp_path)
    for row in range(10):
        mm.modalities.SPEECH.write(tmp_path / f"{row}.wav", RNG.uniform(-1, 1, (1, 32, 32)))
    lines = [f"{row}.png,{row}.wav" for row in range(10)]
    (tmp_path / "metadata.csv").write_text("\n".join(["image,speech", *lines]))
    assert list(recordings.oddities(tmp_path)) == []
    samples = np.clip(3 * np.sin(np.arange(8000) / 3), -1, 1)
    with (tmp_path / "4.wav").open("wb") as file:
        mm.modalities.files.write_wave(file, samples, 8000)
    assert list(recordings.oddities(tmp_path)) == ["speech: clipped, too loud for the recorder: 4.wav"]
    assert list(recordings.oddities(tmp_path / "metadata.csv")) == list(recordings.oddities(tmp_path))


def test_files_that_cannot_be_read_are_told_with_all_else_that_is_odd(tmp_path):
    own_folder(tmp_path)
    (tmp_path / "3.png").write_bytes(b"no picture")
    for row in range(10):
        mm.modalities.SPEECH.write(tmp_path / f"{row}.wav", RNG.uniform(-1, 1, (1, 32, 32)))
    with (tmp_path / "4.wav").open("wb") as file:
        mm.modalities.files.write_wave(file, np.zeros(8000), 8000)
    (tmp_path / "5.wav").write_bytes(b"no sound")
    lines = [f"{row}.png,{row}.wav" for row in range(10)]
    (tmp_path / "metadata.csv").write_text("\n".join(["image,speech", *lines]))
    report = check.report(tmp_path)
    assert [line.split(";")[0] for line in section(report, "Found in")] == [
        "rows: 10 train", "image: 9 train", "speech: 8 train"
    ]  # fmt: skip
    picture, sounds, *others = section(report, "Odd")
    assert picture.startswith("a file cannot be read (") and "'3.png' in line 5 of metadata.csv; a training" in picture
    assert sounds.startswith("2 files cannot be read (") and "'4.wav' in line 6" in sounds and "'5.wav'" in sounds
    assert "image: missing in row 3; left out of the batches" in others
    with pytest.raises(ValueError, match=r"a file cannot be read .* Received: '3\.png' in line 5"):
        mm.load_pairs(tmp_path)
