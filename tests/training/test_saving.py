"""A run's folder: what is saved comes back, and whatever lies, is damaged or could run code is refused."""

import hashlib
import io
import json
import pickle
import resource
import shutil
import zipfile

import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite.training import saving

RNG = np.random.default_rng(0)
SIZES = {"image": [6, 5, 2], "text": [4, 6], "speech": [8, 7]}
WORDS = ("a", "red", "ball", "blue", "box")
VOCABULARY = mm.text.Vocabulary(WORDS, max_words=4)
PROMPTS = {"text": ["a red ball", "blue box"]}


def build(seed=0):
    """Vectors of another length than usual: run.json must tell."""
    return mm.MultimodalGAN.for_sizes(SIZES, VOCABULARY, seed, embed_dim=8)


@pytest.fixture(scope="module")
def trained():
    """A model whose averages are not its generators."""
    gan = build(seed=5)
    for network in gan.ema_generators.values():
        network.set_weights([w + 0.1 * RNG.normal(size=w.shape).astype("float32") for w in network.get_weights()])
    return gan


@pytest.fixture
def run(trained, tmp_path):
    saving.save(trained, tmp_path / "run", seed=5, steps={"embedders": 3, "gan": 4})
    return tmp_path / "run"


def change(run, **entries):
    """Rewrite entries of run.json."""
    described = json.loads((run / "run.json").read_text()) | entries
    (run / "run.json").write_text(json.dumps(described))
    return run


def put_weights(run, raw):
    """Other bytes as weights, with a hash that fits: the liar knows what he does."""
    (run / "weights.npz").write_bytes(raw)
    return change(run, sha256=hashlib.sha256(raw).hexdigest())


def archive(members):
    """An .npz of raw members {name: bytes}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in members.items():
            file.writestr(name, raw)
    return buffer.getvalue()


def members(run):
    with zipfile.ZipFile(run / "weights.npz") as file:
        return {name: file.read(name) for name in file.namelist()}


def header(shape, descr="<f4"):
    """The header of a .npy that declares so much, and nothing behind it."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"shape": shape, "fortran_order": False, "descr": descr})
    return buffer.getvalue()


def speak(gan):
    made = [gan.generate(PROMPTS, to=to, count=2, seed=0) for to in gan.modalities]
    return [*made, *gan.imagine(3, seed=0).values()]


def test_a_run_comes_back_as_it_was(trained, run):
    gan = mm.load(run)
    assert gan.sizes == SIZES and gan.vocabulary.words == ("", *WORDS) and gan.seed == 5
    for before, after in zip(speak(trained), speak(gan), strict=True):
        assert np.array_equal(before, after)
    assert sorted(path.name for path in run.iterdir()) == ["run.json", "weights.npz"]


def test_description_tells_of_the_run(run):
    described = json.loads((run / "run.json").read_text())
    assert described["sizes"] == SIZES and described["steps"] == {"embedders": 3, "gan": 4} and described["seed"] == 5
    assert described["sha256"] == hashlib.sha256((run / "weights.npz").read_bytes()).hexdigest()


def test_a_loaded_model_trains_on_from_its_averages(run):
    gan = mm.load(run)
    for name, average in gan.ema_generators.items():
        for a, b in zip(average.get_weights(), gan.generators[name].get_weights(), strict=True):
            assert np.array_equal(a, b)


def test_half_precision_halves_the_file_and_hardly_changes_a_sample(trained, run, tmp_path):
    saving.save(trained, tmp_path / "half", half=True, seed=5)
    sizes = [(folder / "weights.npz").stat().st_size for folder in (run, tmp_path / "half")]
    assert sizes[1] < 0.6 * sizes[0]
    whole, half = speak(trained), speak(mm.load(tmp_path / "half"))
    assert np.abs(whole[0] - half[0]).max() < 0.02


def test_a_saved_run_replaces_the_one_before(trained, run):
    saving.save(build(seed=1), run)
    assert not np.array_equal(speak(mm.load(run))[0], speak(trained)[0])


def test_who_may_read_a_run_and_where_its_links_lead_stay_as_they_were(trained, run, tmp_path):
    for path in (run / "run.json", run / "weights.npz"):
        path.chmod(0o600)
    (run / "weights.npz").rename(tmp_path / "elsewhere.npz")
    (run / "weights.npz").symlink_to(tmp_path / "elsewhere.npz")
    saving.save(trained, run, half=True)
    assert (run / "weights.npz").is_symlink() and mm.load(run).sizes == trained.sizes
    for path in (run / "run.json", tmp_path / "elsewhere.npz"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert not (run / "weights.new.npz").exists()


def test_a_run_loads_into_ones_own_networks(trained, run):
    own = build(seed=9)
    assert saving.load(run, own) is own
    assert np.array_equal(speak(own)[0], speak(trained)[0])


def test_networks_with_other_words_of_the_same_number_refuse_the_run(run):
    others = mm.text.Vocabulary(("a", "red", "ball", "blue", "cup"), max_words=4)
    with pytest.raises(ValueError, match=r"build gan with the words that the run was trained on.*another vocabulary"):
        saving.load(run, gan=lambda: mm.MultimodalGAN.for_sizes(SIZES, others, embed_dim=8))


def test_networks_of_another_size_refuse_the_weights(run):
    other = mm.MultimodalGAN.for_sizes(SIZES, VOCABULARY, embed_dim=9)
    with pytest.raises(ValueError, match=r"belong to other networks\. Received: "):
        saving.load(run, other)


def test_no_run_is_told_with_the_remedy(tmp_path, run):
    with pytest.raises(FileNotFoundError, match="python -m mmgan_lite train"):
        mm.load(tmp_path / "nowhere")
    (run / "weights.npz").unlink()
    with pytest.raises(FileNotFoundError, match="Received: "):
        mm.load(run)


def test_the_shipped_run_is_found_from_a_folder_with_a_pretrained_of_its_own(tmp_path, run, monkeypatch):
    monkeypatch.setattr(saving, "PRETRAINED", run)
    monkeypatch.chdir(tmp_path)
    assert mm.load().sizes == mm.load("pretrained").sizes == SIZES
    (tmp_path / "pretrained").mkdir()
    assert mm.load("pretrained").sizes == SIZES  # an empty folder is no run
    saving.save(mm.MultimodalGAN.for_sizes({"image": [4, 4, 1], "speech": [4, 4]}), tmp_path / "pretrained")
    assert mm.load().sizes == SIZES  # no name: the shipped one
    assert set(mm.load("pretrained").sizes) == {"image", "speech"}  # a name: that folder


# What is damaged or lies


@pytest.mark.parametrize("where", [0.01, 0.5, 0.99])
def test_a_flipped_byte_is_refused(run, where):
    raw = bytearray((run / "weights.npz").read_bytes())
    raw[int(where * len(raw))] ^= 1
    (run / "weights.npz").write_bytes(raw)
    with pytest.raises(ValueError, match="damaged"):
        mm.load(run)


@pytest.mark.parametrize("page", ["", "[]", "null", "{}", '{"format": 2}', '{"format": 1', "\xff"])
def test_a_page_that_describes_no_run_is_refused(run, page):
    (run / "run.json").write_bytes(page.encode("latin-1"))
    with pytest.raises(ValueError, match=r"run\.json"):
        mm.load(run)


SMALLER = {**SIZES, "image": [28, 28, 1]}


@pytest.mark.parametrize(
    "lie",
    [
        {"sizes": SMALLER},
        {"sizes": {m: SIZES[m] for m in ("image", "text")}},
        {"sizes": {**SIZES, "taste": [3]}},
        {"sizes": {**SIZES, "image": [6]}},
        {"sizes": {**SIZES, "image": "6, 5, 2"}},
        {"sizes": {**SIZES, "image": [6, -5, 2]}},
        {"sizes": None},
        {"sizes": {}},
        {"vocabulary": {"words": WORDS[:-1], "max_words": 4}},
        {"vocabulary": {"words": WORDS, "max_words": 5}},
        {"vocabulary": {}},
        {"sha256": None},
        {"seed": "seven"},
    ],
    ids=str,
)
def test_a_page_that_lies_is_refused(run, lie):
    with pytest.raises(ValueError, match="Received: "):
        mm.load(change(run, **lie))


@pytest.mark.parametrize("size", [[40_000, 40_000, 1], [10**9, 10**9, 3]])
def test_a_page_that_declares_huge_samples_takes_no_memory(run, size):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="Received: "):
        mm.load(change(run, sizes={**SIZES, "image": size}))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


def test_weights_that_declare_a_huge_shape_take_no_memory(run):
    lying = members(run)
    lying["embedders/image/0.npy"] = header((2**20, 2**15))  # 128 GB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=r"declares more than it holds.*embedders/image/0"):
        mm.load(put_weights(run, archive(lying)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("kind", ["missing", "more", "integers", "cut short", "no array", "no archive"])
def test_an_invalid_archive_of_weights_is_refused(run, kind):
    held = members(run)
    first = "embedders/image/0.npy"
    shape = np.load(io.BytesIO(held[first])).shape
    wrong = {
        "missing": lambda: archive({name: raw for name, raw in held.items() if name != first}),
        "more": lambda: archive({**held, "embedders/image/99.npy": held[first]}),
        "integers": lambda: archive({**held, first: header(shape, "<i4") + bytes(4 * int(np.prod(shape)))}),
        "cut short": lambda: archive({**held, first: header(shape)}),
        "no array": lambda: archive({**held, first: b"words"}),
        "no archive": lambda: b"words",
    }[kind]()
    with pytest.raises(ValueError, match="Received: "):
        mm.load(put_weights(run, wrong))


class Trap:
    """What a pickle can do when somebody opens it."""

    def __reduce__(self):
        return exec, ("import mmgan_lite; mmgan_lite.sprung = True",)


def test_loading_never_runs_code(run, monkeypatch):
    monkeypatch.setattr(mm, "sprung", False, raising=False)
    held = members(run)
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([Trap()], dtype=object), allow_pickle=True)
    for raw in (archive({**held, "embedders/image/0.npy": buffer.getvalue()}), pickle.dumps(Trap())):
        with pytest.raises(ValueError, match="Received: "):
            mm.load(put_weights(run, raw))
    assert mm.sprung is False
    np.load(io.BytesIO(buffer.getvalue()), allow_pickle=True)
    assert mm.sprung is True  # the trap was a live one


def test_a_run_may_be_moved_and_copied(trained, run, tmp_path):
    shutil.copytree(run, tmp_path / "copy")
    shutil.rmtree(run)
    assert np.array_equal(speak(mm.load(tmp_path / "copy"))[0], speak(trained)[0])


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_wherever_a_crash_comes_the_old_run_loads_or_the_new_one(trained, run, monkeypatch, moment):
    other, calls = build(seed=1), []

    def until(act):
        def acted(*arguments):
            calls.append(arguments)
            if len(calls) == moment:
                raise OSError("no space left on device")
            return act(*arguments)

        return acted

    with monkeypatch.context() as patch:
        patch.setattr(saving.files, "write_whole", until(saving.files.write_whole))
        with pytest.raises(OSError, match="no space"):
            saving.save(other, run)
    assert_same(mm.load(run), trained if moment < 3 else other)


def assert_same(a, b):
    for one, two in zip(saving.variables(a).values(), saving.variables(b).values(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())


def test_a_weight_beyond_half_precision_is_saved_in_full(tmp_path):
    gan = build()
    bias = gan.embedders["image"].weights[1]
    bias.assign(np.full(bias.shape, 70_000.0))
    saving.save(gan, tmp_path, half=True)
    assert np.array_equal(mm.load(tmp_path).embedders["image"].weights[1], bias)
    with np.load(tmp_path / "weights.npz") as archive:
        assert {archive[f"embedders/image/{number}"].dtype.name for number in (0, 1)} == {"float16", "float32"}


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_nobody_can_use_are_not_saved(trained, run, value):
    gan = build()
    bias = gan.ema_generators["image"].weights[1]
    bias.assign(np.full(bias.shape, value))
    with pytest.raises(ValueError, match=r"weights must be finite.*Received: NaN in generators/image/1"):
        saving.save(gan, run)
    assert_same(mm.load(run), trained)


@pytest.mark.parametrize(("words", "max_words"), [(["a", "b" * 201], 2), (["a", "a"], 2), (["a", "b"], 1001)])
def test_a_vocabulary_that_could_not_be_loaded_is_not_saved(trained, run, words, max_words, monkeypatch):
    monkeypatch.setattr(trained, "vocabulary", mm.text.Vocabulary(words, max_words))
    with pytest.raises(ValueError, match=r"vocabulary must have words|must be distinct|max_words must be"):
        saving.save(trained, run)


@pytest.mark.parametrize(
    ("sizes", "embed_dim"), [({"image": [300, 300, 3]}, 8), ({"image": [4, 4, 1]}, 10**6)], ids=["image", "embed_dim"]
)
def test_what_could_not_be_loaded_is_not_built(run, sizes, embed_dim):
    with pytest.raises(ValueError, match=r"one image may have 262,144|embed_dim must be at most"):
        mm.MultimodalGAN.for_sizes(sizes, embed_dim=embed_dim)
    with pytest.raises(ValueError, match=r"one image may have 262,144|embed_dim must be"):
        mm.load(change(run, sizes={**SIZES, **sizes}, embed_dim=embed_dim))
