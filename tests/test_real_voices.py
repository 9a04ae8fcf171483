"""People who say digits are understood, though the model and its judges learnt from synthetic voices alone."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite import files

ROOT = Path(__file__).parents[1]
RECORDINGS = Path(os.environ.get("MMGAN_REAL_VOICES", ROOT.parent / "shared" / "data" / "real_voices.npz"))
REASON = "recordings of people are not shipped; set MMGAN_REAL_VOICES to a file or folder of them"


@pytest.fixture(scope="module")
def benchmark():
    specification = importlib.util.spec_from_file_location("real_voices", ROOT / "tests/benchmarks/real_voices.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.skipif(not RECORDINGS.exists(), reason=REASON)
def test_the_shipped_run_and_the_judge_understand_people(benchmark):
    sounds, digits, _ = benchmark.recordings(RECORDINGS)
    heard = benchmark.read(sounds, mm.load(files.DATA / "pretrained"))
    right = {name: np.mean(read == digits) for name, read in heard.items()}
    assert right["speech to text"] >= 0.7 and right["speech to image"] >= 0.7
    assert right["the speech judge"] >= 0.8


def test_the_table_counts_what_was_heard_for_what_was_said(benchmark):
    said = np.array([3, 3, 3, 7])
    table = benchmark.confusion(np.array([3, 8, -1, 7]), said)
    assert table.shape == (10, 11) and table.sum() == 4
    assert table[3, 0] == table[3, 4] == table[3, 9] == table[7, 8] == 1


def test_recordings_are_read_from_a_folder_of_named_files(benchmark, tmp_path):
    import soundfile

    for name in ("3_ann_0", "4_ben_12"):
        soundfile.write(tmp_path / f"{name}.wav", np.sin(np.arange(4000) / 5), 8000)
    sounds, digits, speakers = benchmark.recordings(tmp_path)
    assert digits.tolist() == [3, 4] and speakers.tolist() == ["ann", "ben"] and len(sounds[0][0]) == 4000


def test_what_cannot_be_read_counts_as_no_digit_and_other_names_are_told(benchmark, tmp_path, capsys, pretrained):
    import soundfile

    for name in ("3_ann_0", "x_y_0", "notes"):
        soundfile.write(tmp_path / f"{name}.wav", np.sin(np.arange(4000) / 5), 8000)
    soundfile.write(tmp_path / "4_ann_0.wav", np.zeros(4000), 8000)
    (tmp_path / "5_ann_0.wav").write_bytes(b"no sound")
    sounds, digits, _ = benchmark.recordings(tmp_path)
    told = capsys.readouterr().out
    assert "left out" in told and "notes.wav, x_y_0.wav" in told and "5_ann_0.wav" in told
    assert digits.tolist() == [3, 4, 5]
    heard = benchmark.read(sounds, pretrained)
    assert all(read[1:].tolist() == [-1, -1] for read in heard.values())


def test_a_folder_without_such_a_file_is_told(benchmark, tmp_path):
    with pytest.raises(SystemExit, match="no sound is named"):
        benchmark.recordings(tmp_path)
