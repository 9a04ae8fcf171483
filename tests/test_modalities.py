"""One record a modality: a fourth one of your own takes part in everything, and one that nobody knows is told."""

import dataclasses
import itertools
import json
import math
import textwrap

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

import mmgan_lite as mm
from mmgan_lite import __main__, modalities
from mmgan_lite.datasets import check

N = 16
TEXT = np.array(["a zero", "a one", "a two", "a three"] * 4)
LABEL = np.arange(N, dtype="int32") % 4
FOUR = ("image", "text", "speech", "motion")


def pen_path(digit, seed):
    """How a hand would move: float32 (40, 2) in [-1, 1], as many loops as the digit says."""
    wobble, tilt = np.random.default_rng(seed).normal(0, 0.05, 2)
    t = np.linspace(0, 1, 40)
    angle = 2 * np.pi * (digit + 1) * t + tilt
    return np.stack([0.8 * np.cos(angle) * t, (0.8 + wobble) * np.sin(angle) * t], -1).astype("float32")


def build_embedder(embed_dim, shape):
    path = keras.Input(shape)
    h = layers.Dense(32, activation="relu")(layers.Flatten()(path))
    return keras.Model(path, layers.UnitNormalization()(layers.Dense(embed_dim)(h)))


def build_generator(embed_dim, shape):
    z, e = keras.Input((5,)), keras.Input((embed_dim,))
    h = layers.Dense(32, activation="relu")(layers.Concatenate()([z, e]))
    return keras.Model([z, e], layers.Reshape(shape)(layers.Dense(math.prod(shape), activation="tanh")(h)))


def build_discriminator(embed_dim, shape):
    path, e = keras.Input(shape), keras.Input((embed_dim,))
    h = layers.Dense(32, activation="relu")(layers.Concatenate()([layers.Flatten()(path), e]))
    return keras.Model([path, e], layers.Dense(1)(h))


MOTION = mm.Modality("motion", build_embedder, build_discriminator, build_generator)


@pytest.fixture(autouse=True)
def _own_table(monkeypatch):
    """What a test registers, no other test knows."""
    monkeypatch.setattr(modalities, "_KNOWN", dict(modalities._KNOWN))


@pytest.fixture
def motion():
    return modalities.register(MOTION)


def motions():
    return np.stack([pen_path(digit, row) for row, digit in enumerate(LABEL)])


def own_pairs():
    rng = np.random.default_rng(0)
    return {
        "image": rng.uniform(-1, 1, (N, 4, 4, 1)).astype("float32"),
        "text": TEXT,
        "speech": rng.uniform(-1, 1, (N, 8, 8)).astype("float32"),
        "motion": motions(),
        "label": LABEL,
    }


def trained(pairs):
    gan = mm.MultimodalGAN.for_pairs(pairs, embed_dim=8)
    dataset = mm.as_dataset(pairs, 8, vocabulary=gan.vocabulary)
    gan.fit_embedders(dataset, epochs=1, verbose=0)
    gan.compile()
    history = gan.fit(dataset, epochs=1, verbose=0).history
    return gan, history


def test_a_fourth_modality_goes_all_the_way(motion, tmp_path, eagerly):
    pairs = own_pairs()
    with eagerly():
        gan, history = trained(pairs)
    assert gan.modalities == FOUR
    assert set(history) == {"prior"} | {f"{role}_{name}" for role in "dg" for name in (*FOUR, "imagined")}
    assert np.isfinite(list(history.values())).all()
    for source, to in itertools.product(FOUR, FOUR):
        made = gan.generate({source: pairs[source][:3]}, to=to, count=2, seed=0)
        assert np.shape(made)[:2] == (3, 2), (source, to)
    assert gan.generate({"text": ["a three"], "motion": pairs["motion"][:1]}, to="motion").shape == (1, 1, 40, 2)
    assert set(gan.imagine(2)) == set(FOUR) and gan.imagine(2)["motion"].shape == (2, 40, 2)
    mm.save(gan, tmp_path / "run")
    prompt = {"motion": pairs["motion"][:2]}
    loaded = mm.load(tmp_path / "run")
    for to in FOUR:
        for kind in ("embedders", "ema_generators"):
            kept, found = (getattr(model, kind)[to].get_weights() for model in (gan, loaded))
            assert all(map(np.array_equal, kept, found)) and len(kept) == len(found)
        made, again = (model.generate(prompt, to=to, seed=1) for model in (gan, loaded))
        if to == "text":
            assert made == again
        else:  # the graph of a model that has answered before may sum in another order
            np.testing.assert_allclose(made, again, atol=1e-6)


def test_it_goes_with_the_digits_too_and_tells_what_its_record_says(motion):
    digits = mm.load_digits("valid")
    digits["motion"] = np.stack([pen_path(digit, row) for row, digit in enumerate(digits["label"])])
    batch = next(iter(mm.as_dataset(digits, 32)))
    assert set(batch["facts_of"]) == set(FOUR)
    facts = batch["facts_of"]["motion"].numpy()
    assert np.array_equal(facts[:, 0], batch["facts_of"]["image"][:, 0]) and (facts[:, 1:] == -1).all()
    paths = {path.tobytes(): digit for path, digit in zip(digits["motion"], digits["label"], strict=True)}
    assert [paths[path.tobytes()] for path in batch["motion"].numpy()] == facts[:, 0].tolist()


def test_two_modalities_of_ones_own_are_enough(motion, eagerly):
    modalities.register(mm.Modality("touch", build_embedder, build_discriminator, build_generator))
    pairs = {"motion": motions(), "touch": np.tanh(motions()[:, :10]), "label": LABEL}
    with eagerly():
        gan, _ = trained(pairs)
    assert gan.modalities == ("motion", "touch")
    assert gan.generate({"touch": pairs["touch"][:2]}, to="motion", count=3).shape == (2, 3, 40, 2)
    assert set(gan.imagine(2)) == {"motion", "touch"}


PLUGIN = """
import sys
sys.path.insert(0, {tests!r})
import mmgan_lite as mm
from test_modalities import build_discriminator, build_embedder, build_generator
mm.modalities.register(mm.Modality("motion", build_embedder, build_discriminator, build_generator))
"""


def test_the_command_line_trains_and_uses_it(tmp_path, monkeypatch, request):
    pixels = np.random.default_rng(0).integers(0, 256, (N, 4, 4), "uint8")
    np.savez(tmp_path / "own.npz", image=pixels, text=TEXT, motion=motions(), label=LABEL)
    np.save(tmp_path / "path.npy", pen_path(3, 0))
    (tmp_path / "my_motion.py").write_text(textwrap.dedent(PLUGIN.format(tests=str(request.path.parent))))
    (tmp_path / "config.json").write_text(json.dumps({"embedder_batch_size": 8, "gan_batch_size": 8}))
    monkeypatch.chdir(tmp_path)
    plugin = ("--import", "my_motion")
    trained = ("train", "--data", "own.npz", "--out", "run", "--steps", "1+1", "--config", "config.json", *plugin)
    assert __main__.main(trained) == 0
    kept = json.loads((tmp_path / "run" / "run.json").read_text())
    assert list(kept["sizes"]) == ["image", "text", "motion"] and kept["config"]["gan_batch_size"] == 8
    asked = ("generate", "run", "--prompt", "motion=path.npy", "--count", "2", *plugin)
    assert __main__.main((*asked, "--to", "motion", "--out", "made.npz")) == 0
    assert np.load(tmp_path / "made.npz")["motion"].shape == (2, 40, 2)
    assert __main__.main((*asked, "--to", "text", "--out", "made.txt")) == 0
    assert len((tmp_path / "made.txt").read_text().splitlines()) == 2


# What nobody knows is never dropped in silence


def two():
    return mm.MultimodalGAN.for_pairs({name: own_pairs()[name] for name in ("image", "text", "label")}, embed_dim=8)


def test_a_model_of_an_unknown_modality_is_refused():
    gan = two()
    touch = {"touch": build_embedder(8, (4,))}
    networks = [{**group, **touch} for group in (gan.embedders, gan.discriminators, gan.generators)]
    with pytest.raises(ValueError, match=r"unknown modality; known are image, text, speech.*register.*'touch'"):
        mm.MultimodalGAN(*networks)
    with pytest.raises(ValueError, match=r"unknown modality.*Received: 'touch'"):
        mm.MultimodalGAN.for_sizes({"image": [4, 4, 1], "touch": [4]})


def test_pairs_of_an_unknown_modality_are_refused():
    for build in (mm.MultimodalGAN.for_pairs, mm.as_dataset):
        with pytest.raises(ValueError, match=r"unknown modality.*Received: 'motion'"):
            build(own_pairs())


def test_a_modality_needs_one_network_of_each_kind():
    gan = two()
    with pytest.raises(ValueError, match=r"discriminators lack one\. Received: no 'text'"):
        mm.MultimodalGAN(gan.embedders, {"image": gan.discriminators["image"]}, gan.generators)


def test_arrays_of_an_unknown_modality_in_a_file_are_named(tmp_path):
    np.savez(tmp_path / "own.npz", image=np.zeros((N, 4, 4), "uint8"), text=TEXT, motion=motions())
    with pytest.warns(UserWarning, match=r"left out: motion;.*register") as warned:
        assert "motion" not in mm.load_pairs(tmp_path / "own.npz")
    assert warned[0].filename == __file__


def test_a_run_of_an_unknown_modality_says_so(motion, tmp_path, monkeypatch):
    mm.save(mm.MultimodalGAN.for_pairs(own_pairs(), embed_dim=8), tmp_path)
    modalities._KNOWN.pop("motion")
    with pytest.raises(ValueError, match=r"unknown modality.*'motion'"):
        mm.load(tmp_path)


@pytest.mark.parametrize(
    "name", ["label", "imagined", "split", "facts", "in_full", "file_name", "voice", "two words", ""]
)
def test_names_that_mean_something_else_are_refused(name):
    with pytest.raises(ValueError, match="choose another name"):
        modalities.register(mm.Modality(name, build_embedder, build_discriminator, build_generator))


# Files


def test_its_samples_go_into_files_and_come_back(motion, tmp_path):
    motion.write(tmp_path / "x.npz", motions())
    assert np.array_equal(motion.read(str(tmp_path / "x.npz")), motions())
    np.save(tmp_path / "x.npy", motions()[0])
    assert np.array_equal(motion.read(str(tmp_path / "x.npy")), motions()[0])
    with pytest.raises(ValueError, match=r"motion .* \.npy or \.npz; save another kind as \.npy\. Received: x\.wav"):
        motion.read("x.wav")
    with pytest.raises(ValueError, match="must be finite numbers"):
        np.savez(tmp_path / "x.npz", motion=np.full((2, 40, 2), np.nan))
        motion.read(str(tmp_path / "x.npz"))


def test_a_folder_names_files_of_it(motion, tmp_path):
    for row, path in enumerate(motions()):
        np.save(tmp_path / f"{row}.npy", path)
    lines = [f"{row}.npy,{caption}" for row, caption in enumerate(TEXT)]
    (tmp_path / "metadata.csv").write_text("\n".join(["motion,text", *lines]))
    own = mm.load_pairs(tmp_path)
    assert np.array_equal(own["motion"], motions()) and own["text"].tolist() == TEXT.tolist()


def test_a_table_may_call_it_as_its_record_says(tmp_path):
    modalities.register(dataclasses.replace(MOTION, aliases=("gesture",), kin=("hand",)))
    np.save(tmp_path / "a.npy", motions()[0])
    (tmp_path / "metadata.csv").write_text("gesture,caption\na.npy,a three\n")
    assert np.array_equal(mm.load_pairs(tmp_path)["motion"], motions()[:1])
    (tmp_path / "metadata.csv").write_text("hand,image,caption\na.npy,b.png,a three\n")
    with pytest.warns(UserWarning, match=r"left out: hand \(did you mean motion\?\)"), pytest.raises(FileNotFoundError):
        mm.load_pairs(tmp_path)


def test_pictures_under_another_name_are_pictures(tmp_path):
    modalities.register(dataclasses.replace(modalities.IMAGE, name="sketch"))
    for number, side in enumerate((8, 9)):
        Image.new("RGB", (side, side), (200, 0, 0)).save(tmp_path / f"{number}.png")
    (tmp_path / "metadata.csv").write_text("sketch,text\n0.png,red\n1.png,red too\n")
    assert mm.load_pairs(tmp_path, size=6)["sketch"].shape == (2, 6, 6, 3)
    assert "sketch: nothing but one colour in rows 0, 1" in check.report(tmp_path, size=6)
    with pytest.raises(ValueError, match="channels last, please"):
        mm.as_dataset({"sketch": np.zeros((4, 3, 8, 8)), "text": ["a"] * 4}, 2)
