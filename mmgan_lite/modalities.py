"""Modalities: one record each, and all that the kit needs to know of a modality stands in it.

Three are known from the start. One of your own takes part in everything once its record is registered:

    modalities.register(Modality("motion", build_motion_embedder, build_motion_discriminator, build_motion_generator))

A sample has three forms. In a pairs dict, and as `generate` returns it, it is what people have: a caption, an image in
[-1, 1]. A batch carries what `encode` makes of that: tokens for a caption. A network takes and gives float32 of one
shape: one-hot words for a caption. For plain numbers all three are the same, and the defaults serve.
"""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from mmgan_lite import files, plots, prompts
from mmgan_lite.arguments import cut
from mmgan_lite.datasets import captions, image, paths, pictures, sounds, speech
from mmgan_lite.datasets.augment import augment_speech
from mmgan_lite.datasets.vocabulary import Vocabulary
from mmgan_lite.networks import discriminators, embedders, generators


def _unchanged(samples: Any) -> Any:
    return samples


@dataclasses.dataclass(frozen=True)
class Modality:
    """What one modality is. The functions take n samples at once, unless they say "one".

    Attributes:
        name: Its key in pairs, prompts, networks and files.
        build_embedder, build_discriminator, build_generator: Functions of `embed_dim` and `shape`, the shape of one
            sample as networks take it, to a `keras.Model`; see `networks/`.
        facts: What a sample can tell of a digit, among `captions.FACTS`. (Of pairs of your own, labels are all.)
        in_words: Its samples are strings. They can stand as titles; and what pleases an embedder is no language
            ("says says says"), so the matching loss leaves their generator out.
        aliases: What else a column of it may be called, as in the ecosystem's data sets.
        kin: Near in meaning: whoever names a column so is asked whether this was meant.
        axes: How many axes one sample has as networks take it; None if any number will do.
        check_shape: A function of the shape of samples (n, …) that raises a ValueError for one that cannot be meant.
        shape_of: Samples to the shape of one as networks take it.
        encode, to_network, from_network: From a pairs column to a batch, on to what networks take, and back.
        from_prompts: A function (name, given, shape) to float32 (n, *shape): what a person handed over, checked.
        from_arrays, to_arrays: Functions (name, {key: array} of an .npz) to samples, and (name, samples) back. Where
            some rows cannot be read, the first raises `UnreadRows`, so that `check` can tell of the others.
        readers: {ending: a function of a path to one sample}, for files that a folder of pairs or a prompt names.
        resize: A function (one sample, (height, width)) to a sample of so many pixels; None where it has none.
        seconds: A function of a path to how long the recording in that file lasts; None where nothing is recorded.
        waves_of_arrays: A function (name, {key: array} of an .npz) to what is recorded there, (int16 (n, samples), rate
            in Hz); None where nothing is recorded.
        listen: A function of a path, of a sound or an .npz, to (samples, what was done to them, in words, or ""); None:
            of a prompt, `readers` and `from_arrays` tell all.
        fit: What else becomes of samples from such a file, or an .npz, when they are prompts: a function (path,
            samples, shape, whether the model knows the kit's digits) to (samples, what was done, in words, or "").
        writers: {ending: a function of an open binary file and samples}, besides the .npz of `to_arrays`.
        draw: A function (Axes, one sample).
        augment: A function (batch, seed int32 (2,)) to the same, varied as by `datasets/augment.py`.
    """

    name: str
    build_embedder: Callable
    build_discriminator: Callable
    build_generator: Callable
    facts: tuple[str, ...] = ("digit",)
    in_words: bool = False
    aliases: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    axes: int | None = None
    check_shape: Callable = lambda shape: None
    shape_of: Callable = lambda samples: list(samples.shape[1:])
    encode: Callable = _unchanged
    to_network: Callable = _unchanged
    from_network: Callable = _unchanged
    from_prompts: Callable = prompts.numbers
    from_arrays: Callable = files.numbers_of_arrays
    to_arrays: Callable = lambda name, samples: {name: np.asarray(samples)}
    readers: Mapping[str, Callable] = dataclasses.field(default_factory=lambda: {".npy": files.read_numbers})
    resize: Callable | None = None
    seconds: Callable | None = None
    waves_of_arrays: Callable | None = None
    listen: Callable | None = None
    fit: Callable = lambda path, samples, shape, of_digits: (samples, "")
    writers: Mapping[str, Callable] = dataclasses.field(default_factory=dict)
    draw: Callable = plots.draw_numbers
    augment: Callable | None = None

    @property
    def endings(self) -> tuple[str, ...]:
        """Of files that its samples can be written to."""
        return (*self.writers, ".npz")

    def write(self, path: str | Path, samples: Any) -> None:
        """Write n samples as `generate` returns them, (n, …), in the form that the ending of `path` names.

        Raises:
            ValueError, FileNotFoundError: as `files.check_samples_path`.
        """
        files.check_samples_path(path, self.endings)
        writer = self.writers.get(Path(path).suffix.lower(), self._write_arrays)
        files.write_whole(path, lambda file: writer(file, samples))

    def _write_arrays(self, file, samples):
        np.savez_compressed(file, **self.to_arrays(self.name, samples))

    def read(self, source: str) -> Any:
        """Prompts as the command line has them: a caption, or a file: .npy, .npz, or one of `readers`.

        Raises:
            ValueError: for another ending, or a file that does not hold such samples.
        """
        return self.read_telling(source)[0]

    def read_telling(self, source: str) -> tuple[Any, str]:
        """The same, with what was done to them in reading, in words, or ""."""
        if self.in_words:
            return [source], ""
        with paths.naming(source):
            return self._read(source)

    def _read(self, source):
        ending, endings = Path(source).suffix.lower(), dict.fromkeys((*self.readers, ".npy"))
        if ending not in (*endings, ".npz"):
            wanted = f"{', '.join(endings)} or .npz"
            remedy = f"; save another kind as {next(iter(endings))}"
            raise ValueError(f"{self.name} must be a file that ends in {wanted}{remedy}. Received: {source}")
        path = paths.find_file(source)
        if ending == ".npy":
            return files.read_array(path), ""
        if self.listen is not None:
            return self.listen(path)
        if ending == ".npz":
            return self.from_arrays(self.name, files.read_archive(path, self.name)), ""
        return self.readers[ending](path)[None], ""

    def fit_prompt(self, source: str, samples: Any, shape: Any, of_digits: bool) -> tuple[Any, str]:
        """What `read` returned, fitted to a model; an array of a .npy and captions stay as they are.

        Args:
            source: As for `read`.
            samples: What it returned.
            shape: Of one sample, as the model's networks take it.
            of_digits: Whether the model knows the kit's digits.

        Returns:
            (samples, what was done to them, in words, or "").
        """
        if self.in_words or Path(source).suffix.lower() == ".npy":
            return samples, ""
        return self.fit(paths.find_file(source), samples, tuple(shape), of_digits)


class UnreadRows(ValueError):
    """What `from_arrays` raises where some rows cannot be read and the others can.

    Attributes:
        samples: float32 (n, …), -1 in the rows that cannot be read.
        here: bool (n,), false there.
    """

    def __init__(self, message: str, samples: np.ndarray, here: np.ndarray):
        super().__init__(message)
        self.samples, self.here = samples, here


# ---- images


def _images_of_arrays(name, arrays):
    pixels = arrays[name]
    if pixels.dtype not in ("uint8", "bool") or pixels.ndim not in (3, 4) or not pixels.size:
        message = f"{name} must be uint8 (n, h, w[, c]){_pixels_as_uint8(pixels)}"
        raise ValueError(f"{message}. Received: {pixels.dtype} {pixels.shape}")
    return image.scale(prompts.unmasked(name, pixels if pixels.ndim == 4 else pixels[..., None]))


def _pixels_as_uint8(pixels):
    """How these pixels become what is read, "" where that cannot be told."""
    if pixels.ndim not in (3, 4) or not pixels.size or pixels.dtype.kind not in "uif":
        return ""
    if pixels.dtype == "uint16":
        return "; 16 bits become that by (x // 257).astype('uint8')"
    low, high = np.nanmin(pixels), np.nanmax(pixels)
    if low >= 0 and high <= 1 and pixels.dtype.kind == "f":
        return "; [0, 1] becomes that by (x * 255).astype('uint8')"
    if low >= -1 and high <= 1 and pixels.dtype.kind == "f":
        return "; [-1, 1] becomes that by (x * 127.5 + 127.5).astype('uint8')"
    return "; 0..255 becomes that by x.astype('uint8')" if low >= 0 and high <= 255 else ""


def _read_picture(path):
    return image.scale(prompts.unmasked("image", np.atleast_3d(files.read_image(path))))


IMAGE = Modality(
    "image",
    embedders.build_image_embedder,
    discriminators.build_image_discriminator,
    generators.build_image_generator,
    facts=("digit", "thickness", "slant"),
    kin=("picture", "photo"),
    axes=3,
    check_shape=pictures.check_shape,
    from_prompts=prompts.images,
    from_arrays=_images_of_arrays,
    to_arrays=lambda name, images: {name: files.pixels(images)},
    readers=dict.fromkeys(pictures.ENDINGS, _read_picture),
    resize=pictures.resize,
    fit=pictures.fit,
    writers={".png": files.write_gallery},
    draw=plots.draw_image,
)


# ---- speech

LONG = 1.5  # seconds: of a shorter recording of one word, nothing is cut off but quiet


def _log_mels_of_arrays(name, arrays):
    waves, rate = _waves_of_arrays(name, arrays)
    log_mels, failed, cause = np.full((len(waves), speech.FRAMES, speech.MELS), -1, "float32"), [], ""
    for row, wave in enumerate(waves):
        try:
            log_mels[row] = speech.from_waveform(wave, rate)
        except ValueError as error:
            failed, cause = [*failed, row], cause or str(error)
    if failed:
        listed = ", ".join(f"{name}[{row}]" for row in failed)
        raise UnreadRows(f"{cut(listed)}: {cause}", log_mels, ~np.isin(np.arange(len(waves)), failed))
    return log_mels


def _waves_of_arrays(name, arrays):
    """int16 (n, samples), and their rate in Hz."""
    waves, sample_rate = arrays[name], arrays.get("sample_rate")
    if waves.dtype != "int16" or waves.ndim != 2 or not waves.size:
        raise ValueError(f"{name} must be int16 (n, samples). Received: {waves.dtype} {waves.shape}")
    rate = np.asarray(sample_rate)
    if rate.dtype.kind not in "iuf" or rate.shape or not 0 < rate.item() < np.inf:
        raise ValueError(f"{name} needs sample_rate, one number in Hz. Received: sample_rate={sample_rate!r}")
    return waves, rate.item()


def _read_sound(path):
    return _log_mel(path, *files.read_sound(path))


def _log_mel(path, wave, sample_rate):
    try:
        return speech.from_waveform(wave, sample_rate)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def unpadded(waves: np.ndarray) -> list[np.ndarray]:
    """The rows of (n, samples) without the zeros that make them equally long."""
    return [np.trim_zeros(wave, "b") for wave in waves]


def _listen(path):
    """The log-mels of a sound or an .npz, and what was cut off, in words."""
    if path.suffix.lower() == ".npz":
        arrays = files.read_archive(path, "speech")
        log_mels = _log_mels_of_arrays("speech", arrays)
        waves, sample_rate = _waves_of_arrays("speech", arrays)
        return log_mels, _what_was_cut(unpadded(waves), sample_rate)
    wave, sample_rate = files.read_sound(path)
    return _log_mel(path, wave, sample_rate)[None], _what_was_cut([wave], sample_rate)


def _what_was_cut(waves, sample_rate):
    long = [wave for wave in waves if len(wave) > LONG * sample_rate]
    if not long:
        return ""
    start, stop = speech.find_word(long[0], sample_rate)
    message = f"of {len(long[0]) / sample_rate:.1f} s, the word from {start:.2f} to {stop:.2f} s is heard"
    others = f", and as much of {len(long) - 1} more" if len(long) > 1 else ""
    return f"{message}; the rest was cut off{others}"


def _waves(name, log_mels):
    return {name: files.to_pcm(speech.to_waveform(log_mels)), "sample_rate": speech.SAMPLE_RATE}


def _write_wave(file, log_mels):
    files.write_wave(file, speech.to_waveform(log_mels), speech.SAMPLE_RATE)


SPEECH = Modality(
    "speech",
    embedders.build_speech_embedder,
    discriminators.build_speech_discriminator,
    generators.build_speech_generator,
    facts=("digit", "sex", "pitch", "speed"),
    aliases=("audio",),
    kin=("sound", "wav", "wave", "voice"),
    axes=2,
    from_prompts=prompts.log_mels,
    from_arrays=_log_mels_of_arrays,
    to_arrays=_waves,
    readers=dict.fromkeys(sounds.ENDINGS, _read_sound),
    seconds=sounds.seconds,
    waves_of_arrays=_waves_of_arrays,
    listen=_listen,
    writers={".wav": _write_wave},
    draw=plots.draw_sound,
    augment=augment_speech,
)


# ---- text


def text(vocabulary: Vocabulary = captions.DIGITS) -> Modality:
    """The record of captions in the words of a vocabulary."""

    def one_hot(tokens):
        return ops.one_hot(tokens, len(vocabulary))

    return Modality(
        "text",
        embedders.build_text_embedder,
        discriminators.build_text_discriminator,
        generators.build_text_generator,
        facts=tuple(captions.FACTS),
        in_words=True,
        aliases=("caption", "transcription"),
        axes=2,
        shape_of=lambda _: vocabulary.size,
        encode=lambda column: vocabulary.encode([str(caption) for caption in column], cut=True),
        to_network=one_hot,
        from_network=lambda words: vocabulary.decode(words.argmax(-1)),
        from_prompts=lambda name, given, _: prompts.one_hot_captions(name, given, vocabulary),
        from_arrays=_captions_of_arrays,
        readers={},
        writers={".txt": files.write_lines},
        draw=plots.draw_caption,
    )


def _captions_of_arrays(name, arrays):
    column = np.asarray(arrays[name])
    if column.dtype.kind != "U" or column.ndim != 1:
        raise ValueError(f"{name} must be strings, (n,). Received: {column.dtype} {column.shape}")
    return column


# ---- all of them, in the order in which models keep them

_KNOWN = {"image": IMAGE, "text": text(), "speech": SPEECH}
_RESERVED = (
    *("label", "label_names", "split", "speaker", "voice", "present", "sample_rate", "file_name", "imagined"),
    *("facts", "exact_facts", "facts_of", "in_full", "paired_by_label"),
    *("f0_hz", "slant_deg", "thickness_px", "speed_wpm"),
)


def register(modality: Modality) -> Modality:
    """Make a modality known by its name, in place of one of that name, if there is one; returns it.

    Raises:
        ValueError: for a name that the kit uses for something else.
    """
    if modality.name in _RESERVED or not modality.name.isidentifier():
        raise ValueError(f"choose another name; {', '.join(_RESERVED)} are taken. Received: {modality.name!r}")
    _KNOWN[modality.name] = modality
    return modality


def known(vocabulary: Vocabulary = captions.DIGITS) -> dict[str, Modality]:
    """{name: record} of all modalities, captions in the words of a vocabulary."""
    return {name: text(vocabulary) if name == "text" else record for name, record in _KNOWN.items()}


def records_of(names: Any, vocabulary: Vocabulary = captions.DIGITS) -> dict[str, Modality]:
    """{name: record} of the named modalities, in the order in which models keep them.

    Raises:
        ValueError: if one is not known.
    """
    unknown = sorted(set(names) - set(_KNOWN))
    if unknown:
        raise ValueError(
            f"unknown modality; known are {', '.join(_KNOWN)}; one of your own needs modalities.register(Modality(…)). "
            f"Received: {', '.join(map(repr, unknown))}"
        )
    return {name: record for name, record in known(vocabulary).items() if name in names}


def of_pairs(pairs: Mapping, vocabulary: Vocabulary = captions.DIGITS) -> dict[str, Modality]:
    """{name: record} of the modalities that a pairs dict holds.

    Raises:
        ValueError: if it holds samples, arrays of two axes or more, of a modality that is not known.
    """
    samples = {name for name, column in pairs.items() if isinstance(column, np.ndarray) and column.ndim > 1}
    return records_of(samples | {name for name in _KNOWN if name in pairs}, vocabulary)
