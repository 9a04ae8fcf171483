"""Files that nobody thought of: whole ones, bent at random, are read or refused in a sentence, and at once.

MMGAN_FUZZ=20 runs twenty times as many of them: ten minutes or so.
"""

import io
import json
import os
import time
import warnings

import numpy as np
import pytest
import soundfile
from corpus import arrays, runs
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

import mmgan_lite as mm
from mmgan_lite import modalities
from mmgan_lite.training import description
from mmgan_lite.training.config import Config

EXAMPLES = 120 * int(os.environ.get("MMGAN_FUZZ", 1))  # of each kind
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (40, 30, 3), "uint8")
WAVE = np.sin(np.arange(4000) / 5) * np.hanning(4000)


def drawn(kind, **options):
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, kind, **options)
    return file.getvalue()


def heard(kind):
    file = io.BytesIO()
    soundfile.write(file, WAVE, 8000, format=kind)
    return file.getvalue()


def archive(**columns):
    file = io.BytesIO()
    np.savez_compressed(file, **columns)
    return file.getvalue()


OWN = archive(
    image=RNG.integers(0, 256, (9, 4, 4), "uint8"), text=np.array(["a red ball"] * 9), label=np.arange(9),
    speech=np.tile((WAVE * 9999).astype("int16"), (9, 1)), sample_rate=8000, split=np.array(["train"] * 9),
)  # fmt: skip
CSV = 'image,text,label,split\na.png,"a red, round ball",3,train\nb.png,two,4,test\n' * 3
JSON_LINES = '{"image": "a.png", "text": "a red ball", "label": 3.0}\n{"image": "b.png", "text": null}\n'


def own(path):
    mm.load_pairs(path)


def image(path):
    modalities.IMAGE.read(str(path))


def speech(path):
    modalities.SPEECH.read(str(path))


WHOLE = {
    "own.npz": (OWN, own), "own.csv": (CSV.encode(), own), "own.jsonl": (JSON_LINES.encode(), own),
    "a.npy": (arrays.npy(PIXELS[..., 0]), image), "a.npz": (archive(image=PIXELS[None]), image),
    "a.png": (drawn("PNG"), image), "a.jpg": (drawn("JPEG"), image), "a.gif": (drawn("GIF"), image),
    "a.bmp": (drawn("BMP"), image), "a.webp": (drawn("WEBP"), image), "a.tif": (drawn("TIFF"), image),
    "b.tif": (drawn("TIFF", compression="tiff_lzw"), image), "a.wav": (heard("WAV"), speech),
    "a.flac": (heard("FLAC"), speech), "a.ogg": (heard("OGG"), speech), "a.mp3": (heard("MP3"), speech),
    "a.aiff": (heard("AIFF"), speech), "config.json": (json.dumps({"gan_rate": 0.001, "say": 1}).encode(), Config.read),
}  # fmt: skip

LARGE = [b"\0" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"]  # as the length of something
places = st.floats(0, 1)
bends = st.lists(
    st.one_of(
        st.tuples(st.just("put"), places, st.binary(min_size=1, max_size=8)),
        st.tuples(st.just("add"), places, st.binary(min_size=1, max_size=40)),
        st.tuples(st.just("cut"), places, places),
        st.tuples(st.just("copy"), places, places),
        st.tuples(st.just("put"), places, st.sampled_from(LARGE)),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def bent(raw, changes):
    for kind, place, what in changes:
        at = int(place * len(raw))
        if kind == "put":
            raw = raw[:at] + what + raw[at + len(what) :]
        elif kind == "add":
            raw = raw[:at] + what + raw[at:]
        else:
            start, stop = sorted((at, int(what * len(raw))))
            raw = raw[:start] + raw[stop:] if kind == "cut" else raw[:stop] + raw[start:]
    return raw


def fuzz(function):
    """Many examples, each in time; the folder is the same for all."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=quiet)(function)


def attempt(read, path):
    start = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(path)
    except (ValueError, FileNotFoundError) as error:
        assert type(error) in (ValueError, FileNotFoundError) and len(str(error)) < 1500
        assert path.name in str(error) or path.parent.name in str(error)
    assert time.process_time() - start < 10  # what takes longer might as well hang


@pytest.mark.parametrize("name", WHOLE)
@fuzz
@given(changes=bends)
def test_a_bent_file_is_read_or_refused(tmp_path, name, changes):
    raw, read = WHOLE[name]
    (tmp_path / name).write_bytes(bent(raw, changes))
    attempt(read, tmp_path / name)


@fuzz
@given(changes=bends, signed=st.booleans())
def test_bent_weights_are_read_or_refused(tmp_path_factory, changes, signed):
    folder = tmp_path_factory.mktemp("run")
    run = runs.a_run(folder)
    weights = run / "weights.npz"
    weights.write_bytes(bent(weights.read_bytes(), changes))
    if signed:
        runs.sign(run)
    attempt(lambda path: mm.load(run, GAN), weights)


GAN = mm.MultimodalGAN.for_sizes(runs.SIZES, mm.text.Vocabulary(runs.WORDS, max_words=2), embed_dim=8)

COLUMNS = {name: arrays.npy(array) for name, array in np.load(io.BytesIO(OWN)).items()}


@fuzz
@given(changes=bends, column=st.sampled_from([*COLUMNS]), at_the_start=st.booleans())
@example(changes=[("copy", 0.0, 1.0)], column="split", at_the_start=True)  # letters that Unicode lacks: a SystemError
def test_a_bent_array_in_a_whole_archive_is_read_or_refused(tmp_path, changes, column, at_the_start):
    raw = COLUMNS[column]
    raw = bent(raw[:128], changes) + raw[128:] if at_the_start else bent(raw, changes)
    attempt(own, arrays.zipped(tmp_path / "own.npz", COLUMNS | {column: raw}))


numbers = st.integers() | st.floats() | st.sampled_from([2**70, -1])
leaves = st.none() | st.booleans() | numbers | st.text(max_size=9)
anything = st.recursive(leaves, lambda a: st.lists(a, max_size=4) | st.dictionaries(st.text(max_size=5), a, max_size=4))
ENTRIES = ("format", "sizes", "embed_dim", "networks", "vocabulary", "sha256", "seed", "steps", "config")


@fuzz
@given(entries=st.dictionaries(st.sampled_from(ENTRIES), anything, min_size=1), inside=st.booleans())
def test_a_page_with_other_entries_describes_a_run_or_is_refused(tmp_path_factory, entries, inside):
    run = runs.a_run(tmp_path_factory.mktemp("run"))
    page = json.loads((run / "run.json").read_text())
    if inside:  # the sizes of one modality, or the words alone
        entries = {"sizes": page["sizes"] | {"image": entries.get("sizes")},
                   "vocabulary": page["vocabulary"] | {"words": entries.get("vocabulary")}}  # fmt: skip
    (run / "run.json").write_text(json.dumps(page | entries))
    attempt(description.read, run / "run.json")


CHARACTERS = 'image,text;\t"\r\n\v\u2028 label split a.png ../\\{}[]:\ufeff'


@fuzz
@given(text=st.text(st.sampled_from(CHARACTERS), max_size=300), lines=st.booleans())
def test_any_text_as_a_table_is_read_or_refused(tmp_path, text, lines):
    name = "metadata.jsonl" if lines else "metadata.csv"
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / name).write_text("image,text\n" * (not lines) + text, encoding="utf-8", errors="replace")
    attempt(lambda path: mm.load_pairs(path.parent), tmp_path / name)
