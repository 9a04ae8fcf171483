"""Prompts: what a person hands to `generate`, checked and brought into the form that the networks take."""

import math
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mmgan_lite.arguments import shown, whole
from mmgan_lite.datasets import image
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.datasets.words import split_words

FIT_REMEDY = "resize it; a picture of one digit is fitted by image.from_picture(pixels)"
IMAGE_REMEDY = "call image.scale on 0..255, or x * 2 - 1 on [0, 1]"
SPEECH_REMEDY = "make it by speech.from_waveform(wave, sample_rate)"
_ROUNDING = 1e-4  # how far outside [-1, 1] a float may lie
MAX_NUMBERS = 2**27  # of the prompts of one modality together, or of what is made of them: half a gigabyte
_LOOKED_AT = 200  # pictures, of many, that are looked at for a warning
_UNLIKE = 0.05  # of them, that may look unlike digits: one of a hundred of the kit's own does


def warn_caller(words: str) -> None:
    """A UserWarning that points at the line which called the package, however deep inside it this one stands."""
    frame, depth = sys._getframe(0), 1
    while frame.f_back and frame.f_globals["__name__"].startswith(f"{__package__}."):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(words, UserWarning, stacklevel=depth)


def check(prompts: Mapping, records: Mapping, shapes: Mapping) -> dict[str, np.ndarray]:
    """Prompts as a person has them to batches as the embedders take them.

    Args:
        prompts: {modality: n prompts}, one modality or several for the same n things. Text: a list of captions.
            Images: uint8 in 0..255, or float in [-1, 1], (n, h, w) or (n, h, w, c). Speech: log-mel, float in [-1, 1],
            (n, frames, mels). A single prompt may stand without its list.
        records: {modality: Modality} of the model.
        shapes: {modality: shape of one sample as its embedder takes it}.

    Returns:
        {modality: float32 (n, …)} in the order of `records`: one-hot words, images and log-mels in [-1, 1].

    Raises:
        ValueError: for prompts that make no sense; the remedy is named.
    """
    if not isinstance(prompts, dict) or not prompts:
        raise ValueError(
            f'give {{modality: n prompts}}, such as {{"text": ["a thin three"]}}. Received: {shown(prompts)}'
        )
    for name in prompts:
        if name not in records:
            raise ValueError(f"a modality must be one of {', '.join(records)}. Received: {shown(name)}")
    for name, count in counted(prompts, records, shapes).items():
        check_number(name, count, shapes[name])
    given = [name for name in records if name in prompts]
    checked = {name: records[name].from_prompts(name, prompts[name], tuple(shapes[name])) for name in given}
    counts = {name: len(x) for name, x in checked.items()}
    if len(set(counts.values())) > 1:
        raise ValueError(f"give every modality as many prompts, for the same things in order. Received: {counts}")
    return checked


def check_number(name: str, count: int, shape: Iterable[int]) -> None:
    """ValueError if so many samples of one shape make too many numbers to hold at once."""
    if count * math.prod(shape) > MAX_NUMBERS:
        most = MAX_NUMBERS // math.prod(shape)
        raise ValueError(f"{name} may be {most:,} at once; ask in several calls. Received: {shown(count)}")


def check_count(name: str, count: Any, shape: Iterable[int], prompted: int = 1) -> None:
    """The same for `count`, a whole number from 1, samples of each of so many prompts."""
    check_number(name, whole("count", count, 1) * prompted, shape)


def counted(prompts: Mapping, records: Mapping, shapes: Mapping) -> dict[str, int]:
    """{modality: number of prompts}, by their looks; mistakes are told by `check`."""
    given = prompts if isinstance(prompts, dict) else {}
    return {name: _count(given[name], records[name], shapes[name]) for name in given if name in records}


def _count(given, record, shape):
    if record.in_words and not isinstance(given, np.ndarray):
        return 1 if isinstance(given, str) or not hasattr(given, "__len__") else len(given)
    if isinstance(given, np.ndarray):
        return -(-given.size // (1 if record.in_words else math.prod(shape)))
    return len(given) if hasattr(given, "__len__") else 1


# What a record's `from_prompts` may be: (name, given, shape of one) to float32 (n, *shape).


def numbers(
    name: str, given: Any, shape: tuple, *, reshape: str = "give it another shape", rescale: str = "scale it"
) -> np.ndarray:
    """Numbers in [-1, 1]; `reshape` and `rescale` tell what to do about others."""
    x = _samples(name, given, shape, lambda *_: reshape)
    _check_range(name, x, rescale)
    return x.astype("float32")


def images(name: str, given: Any, shape: tuple) -> np.ndarray:
    """uint8 in 0..255, or float in [-1, 1]; bool, and whole numbers of 0 and 1, are masks."""
    x = _samples(name, given, shape, _picture_remedy, kinds="buif")
    in_floats = x.dtype.kind == "f"
    if in_floats:
        _check_range(name, x, IMAGE_REMEDY)
    else:
        x = _scaled(name, unmasked(name, x))
        _hint_at_digits(name, x)  # floats were scaled for the model: experiments may bend them as they like
    if in_floats and x.min() >= 0:  # every picture with a dark place in it has values below 0
        warn_caller(f"{name} is nowhere below 0: [0, 1] was likely meant, where [-1, 1] is read; {IMAGE_REMEDY}")
    return x.astype("float32")


def _picture_remedy(given, shape):
    """What to do about pictures (…, h, w, c) of another shape."""
    if given[-3:-1] == shape[:2] and given[-1] in (1, 3, 4):
        mode = "L" if shape[-1] == 1 else "RGB"
        remedy = f'Image.fromarray(pixels).convert("{mode}") of PIL changes that, and so does a picture file'
        return f"the last axis is the channels, and the model's images have {shape[-1]}; {remedy}"
    if len(given) > 2 and given[-2:] == shape[:2] and given[-3] in (1, 3, 4):
        return image.CHANNELS_LAST
    return FIT_REMEDY


def _scaled(name, x):
    if x.min() < 0 or x.max() > 255:
        raise ValueError(f"whole-number pixels must be in 0..255. Received: {name} from {x.min()} to {x.max()}")
    return image.scale(x)


def unmasked(name: str, pixels: np.ndarray) -> np.ndarray:
    """Pixels in 0..255: masks, which are bool or have no other values than 0 and 1, become 0 and 255 with a warning."""
    if pixels.dtype.kind == "f" or pixels.max() != 1 or pixels.min() < 0:
        return pixels if pixels.dtype.kind != "b" else pixels.astype("uint8") * 255
    warn_caller(f"{name} is 0 or 1 everywhere and read as a mask, 1 for white; multiply by 255 to say so yourself")
    return pixels.astype("uint8") * 255


def _hint_at_digits(name, images):
    """A warning, if more images than chance makes have the size of the kit's digits but not their form."""
    if images.shape[1:] != (image.SIZE, image.SIZE, 1):
        return
    seen = images[:: -(-len(images) // _LOOKED_AT), ..., 0]
    looks = [look for look in map(image.unlike_digits, seen) if look]
    if len(looks) > _UNLIKE * len(seen):
        look, count = Counter(looks).most_common(1)[0]
        message = f"{name} looks {look}, {count} of the {len(seen)} looked at"
        warn_caller(f"{message}; for a digit of 20 pixels, light on dark, call image.from_picture(pixels)")


def log_mels(name: str, given: Any, shape: tuple) -> np.ndarray:
    """Log-mel pictures in [-1, 1]."""
    not_yet = f"a waveform is not yet log-mel: {SPEECH_REMEDY}"
    return numbers(name, given, shape, reshape=not_yet, rescale=SPEECH_REMEDY)


def one_hot_captions(name: str, given: Any, vocabulary: Vocabulary) -> np.ndarray:
    """Strings to one-hot words, float32 (n, max_words, vocabulary)."""
    try:
        captions = [given] if isinstance(given, str) else list(given)
    except TypeError:
        raise ValueError(
            f'{name} must be a list of captions, ["{vocabulary.example}"]. Received: {shown(given)}'
        ) from None
    if not captions:
        raise ValueError(f'give at least one caption, such as "{vocabulary.example}". Received: no {name} prompt')
    tokens = vocabulary.encode(captions)
    for word in dict.fromkeys(word for caption in captions for word in split_words(caption)):
        if not vocabulary.knows(word):
            near = ", ".join(vocabulary.near(word))
            warn_caller(
                f"{name}: {shown(word)} is too rare for the vocabulary, and read as unknown; known and near: {near}"
            )
    return np.eye(len(vocabulary), dtype="float32")[tokens]


def _samples(name, given, shape, remedy, kinds="uif"):
    """Numbers (n, *shape); a single sample, or a last axis of length 1 that was left out, is put right.

    `remedy` says what to do about another shape: a function (shape given, shape of a sample) to words.
    """
    try:
        x = np.asarray(given)
    except ValueError:  # ragged
        message = f"{name} prompts must all be {shape}; {remedy((), shape)}"
        raise ValueError(f"{message}. Received: several shapes") from None
    if x.dtype.kind not in kinds:
        raise ValueError(f"{name} must be an array of real numbers. Received: dtype={x.dtype}")
    if not x.size:
        raise ValueError(f"give at least one {name} of shape {shape}. Received: shape={x.shape}")
    for known in (shape, shape[:-1]) if shape[-1] == 1 else (shape,):
        if known in (x.shape, x.shape[1:]):
            return x.reshape(-1, *shape)
    sizes = ", ".join(map(str, shape))
    raise ValueError(f"{name} must be (n, {sizes}); {remedy(x.shape, shape)}. Received: shape={x.shape}")


def _check_range(name, x, remedy):
    x = x.astype("float64")  # whole numbers, too: |-32768| is negative in 16 bits
    if not np.isfinite(x).all():
        raise ValueError(f"{name} must be finite; replace NaN and infinity. Received: {x[~np.isfinite(x)][0]}")
    if np.abs(x).max() > 1 + _ROUNDING:
        raise ValueError(f"{name} must be in [-1, 1]; {remedy}. Received: min={x.min():.6g}, max={x.max():.6g}")
