"""The embedded data set: handwritten digits, spoken digits, and captions that tell of both."""

from pathlib import Path

import numpy as np

from mmgan_lite import files
from mmgan_lite.datasets import captions, image

DIGITS_FILE = files.DATA / "digits.npz"
DIGITS_SHA256 = "8938f99bd1bbf696cb012d612b7004e18fbead0676686aac34c2fea236c3a986"
PITCH_CUT_HZ = np.array((110.0, 212.0))  # men, women


def load_digits(split: str = "train", path: str | Path = DIGITS_FILE) -> dict:
    """The embedded data set: handwritten digits, spoken digits, and captions that tell of both.

    Args:
        split: "train" (4000), "valid" (500) or "test" (500); no image and no voice stands in two splits.
        path: The file, normally the one that is shipped.

    Returns:
        A pairs dict of n rows: "image" float32 (n, 28, 28, 1) and "speech" float32 (n, 32, 32) in [-1, 1], "text"
        str (n,), "label" int32 (n,); "facts" {fact: int8 (n,)}, the levels of `captions.FACTS` with -1 where a fact
        lies too near its cut to be said; "exact_facts", the same without that dead band; "paired_by_label", the
        modalities that share nothing but the digit with the others; and the measures "thickness_px", "slant_deg",
        "f0_hz", "speed_wpm", "voice".

    Raises:
        ValueError: for an unknown split, or a file whose SHA-256 is not the shipped one.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f'split must be "train", "valid" or "test". Received: {split!r}')
    arrays = files.read_checked(Path(path), DIGITS_SHA256, "python data/build_digits.py")
    rows = arrays.pop("split") == split
    arrays = {name: array[rows] for name, array in arrays.items()}
    facts = {fact: arrays[fact] for fact in captions.FACTS if fact != "digit"}
    facts = {"digit": arrays["label"], **facts}
    worded = captions.decode(captions.draw(facts, np.random.default_rng(0)))
    measured = ("thickness_px", "slant_deg", "f0_hz", "speed_wpm", "voice")
    return {
        "image": image.scale(arrays["image"])[..., None],
        "text": np.array(worded),
        "speech": image.scale(arrays["speech"]),
        "label": arrays["label"].astype("int32"),
        "facts": facts,
        "exact_facts": _levels_at_the_cut(arrays, facts),
        "paired_by_label": ("speech",),
        **{name: arrays[name] for name in measured},
    }


def _levels_at_the_cut(arrays, facts):
    return {
        **facts,
        "thickness": image.level(arrays["thickness_px"], image.THICKNESS_CUTS),
        "slant": image.level(arrays["slant_deg"], image.SLANT_CUTS),
        "pitch": (arrays["f0_hz"] > PITCH_CUT_HZ[arrays["sex"]]).astype("int8"),
    }
