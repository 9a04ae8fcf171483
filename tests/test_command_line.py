"""The command line, called as its users call it, and its parts called from here."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from pathlib import Path

import jupyterlab.labapp
import numpy as np
import pytest
from PIL import Image

import mmgan_lite as mm
from mmgan_lite import __main__, files, modalities
from mmgan_lite.datasets import image, speech
from mmgan_lite.evaluation import evaluate, report
from mmgan_lite.training import saving, trainer

ROOT = Path(__file__).parent.parent
CALL = [sys.executable, "-m", "mmgan_lite"]


def call(*arguments, **options):
    return subprocess.run([*CALL, *arguments], capture_output=True, text=True, timeout=600, cwd=ROOT, **options)


def main(*arguments):
    return __main__.main([str(argument) for argument in arguments])


@pytest.fixture
def shipped(monkeypatch, pretrained):
    """`runs.load` hands out the run that is loaded already; returns the names that it was asked for."""
    asked = []
    monkeypatch.setattr(saving, "load", lambda run: asked.append(run) or pretrained)
    return asked


# ---- mistakes


def test_help_names_the_commands_and_loads_nothing_heavy():
    code = (
        "import sys; from mmgan_lite import __main__\ntry: __main__.main(['--help'])\nfinally: print(list(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert re.search("lab.*train.*generate.*evaluate", done.stdout)
    assert "'tensorflow'" not in done.stdout and "'numpy'" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("generate pretrained --text x --to image --out x.wav", "ends in .png or .npz. Received: x.wav"),
        ("generate pretrained --image a.png --image b.png --to text --out x.txt", "--image may be given once"),
        ("generate pretrained --image a.png --prompt image=b.png --to text --out x.txt", "--image may be given once"),
        ("generate pretrained --text x --to image --out none/x.png", "make the folder of the file first"),
        ("generate pretrained --to image --out x.png", "give at least one of --text, --image, --speech"),
        ("generate pretrained --prompt smell=x.npy --to image --out x.png", "unknown modality"),
        ("generate pretrained --text x --to smell --out x.png", "unknown modality"),
        ("generate pretrained --text x --to image,smell --out x.png,y.png", "Received: 'smell'"),
        ("generate pretrained --text x --to image,speech --out x.png", "one each: --to image,speech"),
        (
            "generate pretrained --text x --to image,image --out x.png,y.png",
            "Received: --to image,image --out x.png,y.png",
        ),
        (
            "generate pretrained --text x --to image,speech --out x.npz,x.npz",
            "different modalities need different files",
        ),
        ("generate pretrained --text x --to image,speech --out x.png,y.png", ".wav or .npz. Received: y.png"),
        ("generate pretrained --image none.png --to text --out x.txt", "no such file. Received: none.png"),
        ("generate pretrained --image README.md --to text --out x.txt", ".npy or .npz; save another kind as .png"),
        ("generate pretrained --speech x.m4a --to text --out x.txt", ".aiff, .npy or .npz; save another kind as .wav"),
        ("generate pretrained --import nope --text x --to image --out x.png", "No module named 'nope'"),
        ("evaluate pretrained --out=", "name a file to write to. Received: ''"),
        ("train --out none --data=", "name the data, a file or a folder. Received: ''"),
        ("train --out none --data=fsdd:", "name the data, a file or a folder. Received: 'fsdd:'"),
        ("check --import nope x", "No module named 'nope'"),
        ("check --out= x.npz", "ends in .png"),
    ],
)
def test_mistakes_are_told_in_one_line_before_the_run_loads(arguments, told, capsys, shipped):
    assert main(*arguments.split()) == 2
    error = capsys.readouterr().err
    assert error.startswith("mmgan_lite: error: ") and told in error and error.count("\n") == 1
    assert not shipped


def test_mistake_leaves_no_traceback_and_status_two():
    done = call("generate", "no such run", "--text", "a three", "--to", "image", "--out", "x.png")
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.startswith("mmgan_lite: error: ") and done.stderr.count("\n") == 1


def test_unknown_words_are_explained_by_the_command_too(tmp_path, capsys, shipped):
    assert main("generate", "pretrained", "--text", "a thre", "--to", "image", "--out", tmp_path / "x.png") == 2
    assert "three" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    ["", "fly", "train --steps 1+2+3", "train --steps x", "train --minutes 1 --steps 2", "train --fast", "check"],
)
def test_invalid_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(*arguments.split())
    assert stop.value.code == 2 and "usage:" in capsys.readouterr().err


def test_a_prompt_without_its_modality_is_refused(capsys):
    with pytest.raises(SystemExit):
        main("generate", "pretrained", "--prompt", "image", "--to", "text", "--out", "x.txt")
    assert "write MODALITY=FILE" in capsys.readouterr().err


def test_a_size_that_is_none_is_told_in_words(capsys):
    with pytest.raises(SystemExit):
        main("check", "x", "--size", "x")
    assert "pixels are expected, 28, or 28x20 for height x width. Received: 'x'" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "hinted"), [("dark on light", True), ("as they are", False)])
def test_digits_of_an_archive_draw_the_hint_that_arrays_draw(kind, hinted, tmp_path, shipped, digits, recwarn):
    pixels = image.unscale(digits["image"][:9, ..., 0])
    np.savez(tmp_path / "x.npz", image=255 - pixels if hinted else pixels)
    assert main("generate", "x", "--image", tmp_path / "x.npz", "--to", "text", "--out", tmp_path / "x.txt") == 0
    assert any("looks dark on light, 9 of the 9" in str(warned.message) for warned in recwarn) is hinted


@pytest.mark.filterwarnings("ignore:image is 0 or 1")
def test_a_mask_in_a_picture_file_is_read(tmp_path, shipped, digits):
    row = int(np.flatnonzero(digits["label"] == 3)[0])
    mask = saved(tmp_path / "mask.png", (digits["image"][row, ..., 0] > 0).astype("uint8"))
    assert main("generate", "x", "--image", mask, "--to", "text", "--seed", 0, "--out", tmp_path / "x.txt") == 0
    assert "three" in (tmp_path / "x.txt").read_text(encoding="utf-8")


def test_interruption_is_no_traceback(monkeypatch, shipped):
    def press_ctrl_c(*_, **__):
        raise KeyboardInterrupt  # no real signal: tests in a shell's background are deaf to it

    monkeypatch.setattr(evaluate, "evaluate", press_ctrl_c)
    assert main("evaluate", "pretrained") == 130


def test_a_closed_pipe_ends_in_a_status_and_no_traceback(monkeypatch, shipped):
    class Closed:
        def write(self, _):
            raise BrokenPipeError

    def print_into_it(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr(evaluate, "evaluate", print_into_it)
    monkeypatch.setattr(sys, "stderr", Closed())
    assert main("evaluate", "pretrained") == 2


def test_another_backend_of_keras_is_told_with_the_remedy(monkeypatch, capsys, shipped):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert main("evaluate", "pretrained") == 2 and not shipped
    told = "the kit runs on TensorFlow; unset KERAS_BACKEND, or set it to tensorflow. Received: KERAS_BACKEND=jax"
    assert capsys.readouterr().err == f"mmgan_lite: error: {told}\n"
    with pytest.raises(ValueError, match="unset KERAS_BACKEND"):
        mm.__getattr__("evaluate")


# ---- train and evaluate


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ("", {"minutes": 5.0, "steps": None}),
        ("--minutes 0.5", {"minutes": 0.5, "steps": None}),
        ("--steps 7", {"minutes": None, "steps": 7}),
        ("--steps 3+4 --seed 2", {"minutes": None, "steps": (3, 4), "seed": 2}),
        ("--data mine --size 28 --encoding cp1252", {"data": "mine", "size": 28, "encoding": "cp1252"}),
        ("--data mine --size 28x20", {"data": "mine", "size": (28, 20)}),
        ("--data mine --lazy --devices 2", {"data": "mine", "lazy": True, "devices": 2}),
        ("--data mine --resume", {"data": "mine", "resume": True, "minutes": None}),
    ],
)
def test_train_passes_on_what_was_asked(arguments, passed, monkeypatch):
    calls = []
    monkeypatch.setattr(trainer, "train", lambda out, **options: calls.append({"out": out, **options}))
    assert main("train", *arguments.split()) == 0
    expected = {"out": "run", "data": None, "seed": None, "resume": False, "size": None, **passed}
    assert {name: value for name, value in calls[0].items() if name in expected} == expected


def test_evaluate_prints_what_it_measured(monkeypatch, capsys):
    monkeypatch.setattr(evaluate, "evaluate", lambda run: {"run": run})
    monkeypatch.setattr(evaluate, "write", lambda figures, out: print("written to", out))
    monkeypatch.setattr(report, "table", lambda figures: figures["run"])
    main("evaluate", "mine")
    main("evaluate", "mine", "--out", "other.json")
    assert capsys.readouterr().out == "mine\nwritten to metrics.json\nmine\nwritten to other.json\n"


def hear_ctrl_c():
    """What a shell starts in its background is deaf to Ctrl-C, and so are its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(run):
    """Train as a person does who presses Ctrl-C once there is something to see."""
    recipe = run.with_name("recipe.json")
    recipe.write_text(json.dumps({"embedder_batch_size": 16, "gan_batch_size": 8, "embedder_share": 0.02}))
    process = subprocess.Popen(
        [*CALL, "train", "--out", str(run), "--config", str(recipe)],
        stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=hear_ctrl_c,
    )  # fmt: skip
    end = time.monotonic() + 300
    while not (run / "grid.png").exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=300)
    assert process.returncode == 0 and "Traceback" not in error, error


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console only")
def test_stopped_training_is_kept_goes_on_and_generates(tmp_path, eagerly):
    run = tmp_path / "run"
    interrupted(run)
    assert json.loads((run / "run.json").read_text())["minutes_left"] > 0.5, "it was not stopped, it ended"
    assert main("train", "--out", run) == 2  # nobody's run is written over
    with eagerly():
        assert main("train", "--out", run, "--steps", "1+2", "--resume") == 0
    given = ["--text", "a three", "--count", 3, "--seed", 1]
    for name in ("once.npz", "again.npz"):
        assert main("generate", run, *given, "--to", "image", "--out", tmp_path / name) == 0
    once, again = (np.load(tmp_path / name)["image"] for name in ("once.npz", "again.npz"))
    assert once.shape == (3, 28, 28) and np.array_equal(once, again)


# ---- generate


def test_several_modalities_of_one_draw_go_into_a_file_each(tmp_path, shipped):
    files = tmp_path / "said.txt", tmp_path / "drawn.npz"
    given = ["--text", "a three", "--count", 3, "--seed", 1]
    assert main("generate", "x", *given, "--to", "text,image", "--out", ",".join(map(str, files))) == 0
    with np.load(files[1]) as made:
        assert made["image"].shape == (3, 28, 28)
    assert len(files[0].read_text(encoding="utf-8").splitlines()) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawn.npz", "said.txt"]


def test_typical_answers_on_request(tmp_path, shipped, pretrained):
    given = ["--text", "a three", "--count", 4, "--seed", 1, "--to", "text"]
    for name, *typical in (("typical.txt", "--typical"), ("drawn.txt",)):
        assert main("generate", "x", *given, *typical, "--out", tmp_path / name) == 0
    (expected,) = pretrained.generate({"text": ["a three"]}, to="text", count=4, seed=1, typical=True)
    assert (tmp_path / "typical.txt").read_text(encoding="utf-8").splitlines() == expected
    assert (tmp_path / "drawn.txt").read_text(encoding="utf-8").splitlines() != expected


def test_a_comma_in_the_name_of_one_file_is_a_comma(tmp_path, shipped):
    assert main("generate", "x", "--text", "a three", "--to", "text", "--out", tmp_path / "a,b.txt") == 0
    assert (tmp_path / "a,b.txt").exists()


def test_pictures_of_a_caption(tmp_path, shipped):
    out = tmp_path / "x.npz"
    assert main("generate", "pretrained", "--text", "a thin three", "--to", "image", "--count", 4, "--out", out) == 0
    images = np.load(out)["image"]
    assert images.shape == (4, 28, 28) and images.dtype == "uint8" and shipped == ["pretrained"]
    assert images.max() > 200 and images.min() == 0
    assert main("generate", "pretrained", "--text", "a thin three", "--to", "image", "--out", tmp_path / "x.png") == 0
    assert files.read_image(tmp_path / "x.png").shape == (4 * 28, 4 * 28)


def test_sounds_of_a_caption_and_a_caption_of_a_sound(tmp_path, shipped):
    out = tmp_path / "x.wav"
    main("generate", "pretrained", "--text", "a three", "--to", "speech", "--count", 1, "--out", out)
    with wave.open(str(out)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnframes()) == (8000, 2, 8000)
    main("generate", "pretrained", "--speech", out, "--to", "text", "--count", 3, "--out", tmp_path / "x.txt")
    captions = (tmp_path / "x.txt").read_text(encoding="utf-8").splitlines()
    assert len(captions) == 3


def test_several_images_are_several_prompts(tmp_path, shipped, digits):
    modalities.IMAGE.write(tmp_path / "two.npz", digits["image"][:2])
    main("generate", "x", "--image", tmp_path / "two.npz", "--to", "speech", "--count", 2, "--out", tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["speech"].shape == (4, 8000)


def test_several_senses_make_one_prompt(tmp_path, shipped, digits):
    modalities.IMAGE.write(tmp_path / "one.npz", digits["image"][:1])
    given = ["--image", tmp_path / "one.npz", "--text", digits["text"][0]]
    assert main("generate", "x", *given, "--to", "speech", "--out", tmp_path / "x.wav") == 0
    assert files.read_sound(tmp_path / "x.wav")[0].shape == (8000,)


def saved(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


PHOTOGRAPHS = {
    "large.jpg": lambda digit: np.kron(255 - digit, np.ones((8, 8), "uint8"))[2:, :-5],
    "small.png": lambda digit: digit,
    "colour.PNG": lambda digit: np.stack([255 - digit] * 3, -1),
    "clear.webp": lambda digit: np.stack([np.zeros_like(digit)] * 3 + [digit], -1),
}


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_of_a_digit_is_read(name, tmp_path, capsys, shipped, digits):
    row = int(np.flatnonzero(digits["label"] == 3)[0])
    picture = saved(tmp_path / name, PHOTOGRAPHS[name](image.unscale(digits["image"][row, ..., 0])))
    assert main("generate", "x", "--image", picture, "--to", "text", "--seed", 0, "--out", tmp_path / "x.txt") == 0
    assert "three" in (tmp_path / "x.txt").read_text(encoding="utf-8")
    told = capsys.readouterr().err
    assert told.startswith(f"{picture}: the digit at x ") and told.count("\n") == 1


def test_a_picture_without_a_digit_is_refused_in_a_line(tmp_path, capsys, shipped):
    picture = saved(tmp_path / "blank.png", np.full((90, 90), 250, "uint8"))
    assert main("generate", "x", "--image", picture, "--to", "text", "--out", tmp_path / "x.txt") == 2
    assert "blank" in capsys.readouterr().err


def test_a_picture_for_a_model_of_other_things_is_resized_and_told(tmp_path, capsys, monkeypatch):
    gan = mm.MultimodalGAN.for_sizes({"image": [8, 9, 3]}, embed_dim=8)
    monkeypatch.setattr(saving, "load", lambda _: gan)
    picture = saved(tmp_path / "grey.png", np.full((40, 30), 200, "uint8"))  # bright: still no guess at [0, 1]
    assert main("generate", "x", "--image", picture, "--to", "image", "--out", tmp_path / "x.npz") == 0
    assert "resized from 30 × 40 to 9 × 8 pixels" in capsys.readouterr().err


def test_a_long_recording_is_read_once_cut_to_the_word_and_told(tmp_path, capsys, shipped, digits, monkeypatch):
    read, readings = files.read_sound, []
    monkeypatch.setattr(files, "read_sound", lambda path: readings.append(path) or read(path))
    word = speech.to_waveform(digits["speech"][0])
    recording = np.concatenate([np.zeros(16000, "float32"), word, np.zeros(16000, "float32")])
    with (tmp_path / "long.wav").open("wb") as file:
        files.write_wave(file, recording, speech.SAMPLE_RATE)
    assert main("generate", "x", "--speech", tmp_path / "long.wav", "--to", "text", "--out", tmp_path / "x.txt") == 0
    told = re.search(r"of 5\.0 s, the word from (\S+) to (\S+) s is heard", capsys.readouterr().err)
    assert told and 0 < float(told[1]) < float(told[2]) < 5 and len(readings) == 1


def test_what_is_cut_off_the_sounds_of_an_archive_is_told_and_padding_is_none(tmp_path, capsys, shipped, digits):
    words = np.pad(files.to_pcm(speech.to_waveform(digits["speech"][:3])), ((0, 0), (0, 16000)))
    words[1:, 16000:] = words[1:, :8000]
    np.savez(tmp_path / "x.npz", speech=words, sample_rate=8000)
    assert main("generate", "x", "--speech", tmp_path / "x.npz", "--to", "text", "--out", tmp_path / "x.txt") == 0
    assert re.search(r"x\.npz: of .* s is heard; the rest was cut off, and as much of 1 more", capsys.readouterr().err)


# ---- lab


@pytest.mark.parametrize(
    "options", [["--ip=0.0.0.0"], ["--ip", "0.0.0.0"], ["--ServerApp.ip=0.0.0.0"], ["--ServerApp.ip", "0.0.0.0"]]
)
def test_lab_hands_its_options_to_jupyterlab(monkeypatch, options):
    calls = []
    monkeypatch.setattr(jupyterlab.labapp, "main", lambda argv: calls.append(argv))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    main("lab", "--no-browser", "--port", "9999", *options)
    assert calls[0][-3 - len(options) :] == ["--no-browser", "--port", "9999", *options]
    assert not any("127.0.0.1" in option for option in calls[0])
    assert os.environ["JUPYTER_CONFIG_PATH"].endswith(os.pathsep + "mine")


def test_lab_of_a_wheel_says_how_to_get_the_notebooks(monkeypatch, capsys):
    monkeypatch.setattr(__main__.shipped, "INSTALLED", True)
    assert main("lab") == 2
    assert "`python -m mmgan_lite handout DIR`" in capsys.readouterr().err


def test_root_in_a_container_may_open_the_lab(monkeypatch):
    for user, allowed in {0: True, 1000: False}.items():
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        assert ("--ServerApp.allow_root=True" in __main__.lab_defaults()) == allowed


@pytest.fixture
def lab(tmp_path):
    """The address that a real JupyterLab prints, of a person without any settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_")}
    environment |= {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    command = [*CALL, "lab", "--no-browser", "--port=0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    try:
        found = (re.search(r"http://127\.0\.0\.1:\d+/\S+", line) for line in process.stderr)
        yield next(address for address in found if address)[0]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def page_at(address):
    """The address is printed a moment before the server listens."""
    for _ in range(100):
        try:
            return urllib.request.urlopen(address).read().decode()
        except urllib.error.URLError:
            time.sleep(0.3)
    raise AssertionError(f"nobody listens at {address}")


def test_lab_opens_the_first_notebook_on_loopback_behind_a_token_without_news(lab):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/lab/tree/notebooks/00_start_here\.ipynb\?token=\w{40,}", lab)
    page = page_at(lab)
    assert "@jupyterlab/apputils-extension:announcements" in re.search(r'"disabledExtensions": (\[[^]]*\])', page)[1]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(re.sub("/lab/.*", "/api/contents", lab))
