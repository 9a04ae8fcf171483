"""Values that a caller hands over: endless, huge, or of another kind."""

import functools

import numpy as np

import mmgan_lite as mm
from corpus import runs
from mmgan_lite.datasets import speech

WORD = "x" * 2**20
PICTURES = np.broadcast_to(np.uint8(0), (10**8, 4, 4, 1))  # of one byte


@functools.cache
def model():
    return mm.load(runs.made())


def generate(told="", prompts=None, to="image", **options):
    def prepare(folder):
        asked = {"text": ["a red"]} if prompts is None else prompts
        return lambda: model().generate(asked, to=to, **options), told

    return prepare


def wave(samples, rate=8000):
    return lambda folder: (lambda: speech.from_waveform(samples, rate), "wave")


ATTEMPTS = {
    "a count of 10**9": generate("image", count=10**9), "a count of 10**5000": generate("image", count=10**5000),
    "a count of -1": generate("count", count=-1), "a count of 1.5": generate("count", count=1.5),
    "a count of true": generate("count", count=True), "a count of words": generate("count", count=WORD),
    "a seed of -1": generate("seed", seed=-1), "a seed of 2**70": generate("seed", seed=2**70),
    "a seed of infinity": generate("seed", seed=np.inf), "a seed of words": generate("seed", seed=WORD),
    "100 million pictures": generate("image", {"image": PICTURES}),
    "100 million captions": generate("at once", {"text": np.broadcast_to(np.str_("a"), (10**8,))}),
    "a million captions for ten": generate("at once", {"text": ["a"] * 10**6}, count=100),
    "a word of a megabyte": generate("unknown word", {"text": ["x" * 9999]}),
    "a caption of a megabyte": generate("characters", {"text": [WORD]}),
    "a caption of a million words": generate("characters", {"text": ["a " * 2**20]}),
    "prompts of a megabyte": generate("give", WORD), "prompts in a list": generate("give", [WORD] * 9),
    "a modality of a megabyte": generate("modality", {WORD: ["a"]}), "to a megabyte": generate("to must", to=WORD),
    "captions as numbers": generate("caption", {"text": [1, 2]}), "captions as None": generate("text", {"text": None}),
    "captions as bytes": generate("caption", {"text": [b"a"]}), "no captions": generate("caption", {"text": []}),
    "pictures of NaN": generate("finite", {"image": np.full((1, 4, 4, 1), np.nan)}),
    "pictures of infinity": generate("finite", {"image": np.full((1, 4, 4, 1), -np.inf)}),
    "pictures of objects": generate("real numbers", {"image": np.array([{}], object)}),
    "pictures of 10**9": generate("image", {"image": np.full((1, 4, 4, 1), 10**9)}),
    "pictures of no size": generate("image", {"image": np.zeros((0, 4, 4, 1))}),
    "pictures of several sizes": generate("image", {"image": [np.zeros((4, 4)), np.zeros((5, 5))]}),
    "a picture as a name": generate("image", {"image": "/dev/zero"}),
    "a wave of 10**9 samples": wave(np.broadcast_to(np.int16(1), (10**9,))),
    "a wave of five million samples": wave(np.ones(5 * 10**6)),
    "a wave of NaN": wave(np.full(8000, np.nan)), "a wave of words": wave(np.array(["a"] * 8000)),
    "a wave of objects": wave(np.array([{}] * 8000)), "a wave of infinite rate": lambda folder: (
        lambda: speech.from_waveform(np.ones(8000), np.inf), "sample_rate"),
    "imagine 10**9": lambda folder: (lambda: model().imagine(10**9), "image"),
}  # fmt: skip
