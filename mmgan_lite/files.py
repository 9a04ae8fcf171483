"""Pictures, sounds and captions in files: prompts read from them, samples written to them by the ending of the name."""

import hashlib
import io
import json
import math
import os
import re
import shutil
import wave
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from mmgan_lite.arguments import cut
from mmgan_lite.datasets import arrays, image, paths
from mmgan_lite.datasets.arrays import read_array as read_array
from mmgan_lite.datasets.pictures import read_image as read_image
from mmgan_lite.datasets.sounds import read_sound as read_sound
from mmgan_lite.shipped import DATA as DATA

MAX_SHIPPED = 2**26  # bytes of a file that is shipped
MAX_BRACKETS = 2**18  # of a JSON text
ENLARGED = 4  # pixels of a gallery for each pixel of an image


def read_checked(path: Path, sha256: str, builder: str) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` without pickles, once its SHA-256 is found to be the expected one.

    Raises:
        FileNotFoundError: if it is not there; `builder` names the command that makes it.
        ValueError: if it is another file, or a damaged one.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(f"{cut(path.name)} is not there; build it: {builder}. Received: {cut(path)}")
    raw = paths.read_bytes(path, MAX_SHIPPED)
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise ValueError(f"{path.name} is damaged or another file; take it anew from the project. Received: {path}")
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return dict(archive)


def read_json(path: str | Path, most: int) -> Any:
    """What a JSON file of at most `most` bytes holds; all its numbers are finite.

    Raises:
        ValueError: if it is none. FileNotFoundError: if it is not there.
    """
    try:
        return parse_json(paths.read_bytes(path, most).decode())
    except RecursionError:
        raise ValueError(f"a JSON file of fewer brackets in brackets is expected. Received: {cut(path)}") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError, too
        if "Received: " in str(error):
            raise
        raise ValueError(f"a JSON file is expected ({cut(error)}). Received: {cut(path)}") from None


def parse_json(text: str) -> Any:
    """What a JSON text holds; all its numbers are finite. A ValueError, or a RecursionError, if it is none.

    No more than `MAX_BRACKETS` lists and objects, each of which takes up to fifty times the memory of its brackets.
    """
    if (brackets := text.count("[") + text.count("{")) > MAX_BRACKETS:
        raise ValueError(f"at most {MAX_BRACKETS:,} lists and objects may be in it; there are {brackets:,}")
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def _refuse(word):
    raise ValueError(f"{word} is no number")


def _finite(text):
    return float(text) if math.isfinite(float(text)) else _refuse(cut(text))


def read_archive(path: str | Path, name: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz without pickles, which must hold one of this name.

    Raises:
        ValueError: if it does not, is no .npz, or holds objects. FileNotFoundError: if it is not there.
    """
    with arrays.open_archive(path) as archive:
        if name not in archive:
            raise ValueError(f"the .npz must hold an array {name!r}. Received: {cut(sorted(archive))} in {cut(path)}")
        return archive.read(archive, arrays.MAX_PROMPTS)


def read_numbers(path: str | Path) -> np.ndarray:
    """The array of a .npy file, float32. ValueError if it holds no numbers; objects are never unpickled."""
    return numbers_of_arrays(Path(path).name, {Path(path).name: read_array(path)})


def numbers_of_arrays(name: str, given: Mapping[str, np.ndarray]) -> np.ndarray:
    """One array of several as float32; a ValueError if it holds anything but finite numbers."""
    x = given[name]
    with np.errstate(over="ignore"):
        samples = x.astype("float32") if x.dtype.kind in "uif" else None
    if samples is None or not np.isfinite(samples).all():
        raise ValueError(f"{name} must be finite numbers. Received: dtype={x.dtype}")
    return samples


def write_whole(path: str | Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file, then rename it: whoever looks at `path` sees the old file or the new, never a half.

    Args:
        path: The file to make or to replace. Who may read it stays as it was; a link stays one, to the new content.
        write: A function of an open binary file.

    Raises:
        OSError: if the disk is full, or nothing can be written there; the old file stays.
    """
    path = Path(os.path.realpath(path))
    new = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        with open(new, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # a rename may reach the disk before the bytes do
        if path.exists():
            shutil.copymode(path, new)
        os.replace(new, path)
    except OSError as error:
        error.filename = str(path)  # a name that the user knows
        raise
    finally:
        new.unlink(missing_ok=True)


def clear_litter(*folders: Path) -> None:
    """Remove the halves that killed processes left: `write_whole` would have renamed them."""
    for folder in folders:
        for path in folder.iterdir():
            if re.fullmatch(r"\.\d+-.+", path.name) and path.is_file():
                path.unlink(missing_ok=True)


def check_samples_path(path: str | Path, endings: Iterable[str]) -> None:
    """Raise before the work, not after it, if samples cannot be written to `path`.

    Raises:
        ValueError: for an ending that is none of these.
        FileNotFoundError, PermissionError: as `check_place`.
    """
    if Path(path).suffix.lower() not in endings:
        raise ValueError(f"samples are written to a file that ends in {' or '.join(endings)}. Received: {cut(path)}")
    check_place(path)


def check_place(path: str | Path) -> None:
    """Raise before the work, not after it, if no file can be written there.

    Raises:
        FileNotFoundError: if the folder is not there.
        PermissionError: if nothing may be written to it.
        ValueError: if there is a folder of this name, or no name at all.
    """
    if not str(path).strip():
        raise ValueError(f"name a file to write to. Received: {str(path)!r}")
    place = os.path.dirname(os.path.realpath(path))  # where `write_whole` writes, if this is a link
    if not os.path.isdir(place):
        raise FileNotFoundError(f"make the folder of the file first. Received: {cut(path)}")
    if not os.access(place, os.W_OK):
        raise PermissionError(f"nothing may be written to this folder; name a file in another. Received: {cut(path)}")
    if os.path.isdir(path):
        raise ValueError(f"name a file to write to; this is a folder. Received: {cut(path)}")


# What a record's `writers` may be: (an open binary file, samples as `generate` returns them).


def pixels(images: np.ndarray) -> np.ndarray:
    """Images float (n, h, w, c) in [-1, 1] as uint8, (n, h, w) where there is one channel."""
    shown = image.unscale(images)
    return shown[..., 0] if shown.shape[-1] == 1 else shown


def write_gallery(file: BinaryIO, images: np.ndarray) -> None:
    """Images as one nearly square PNG, enlarged."""
    shown = pixels(np.asarray(images))
    columns = math.ceil(math.sqrt(len(shown)))
    rows = math.ceil(len(shown) / columns)
    sheet = np.zeros((rows * columns, *shown.shape[1:]), "uint8")
    sheet[: len(shown)] = shown
    lines = [np.concatenate(line, axis=1) for line in sheet.reshape(rows, columns, *shown.shape[1:])]
    Image.fromarray(np.concatenate(lines).repeat(ENLARGED, 0).repeat(ENLARGED, 1)).save(file, "png")


def write_wave(file: BinaryIO, wave_form: np.ndarray, sample_rate: int) -> None:
    """A waveform float (…, samples) in [-1, 1] as 16-bit PCM; several stand one after another."""
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, sample_rate, 0, "NONE", ""))
        sound.writeframes(to_pcm(wave_form).tobytes())


def to_pcm(wave_form: np.ndarray) -> np.ndarray:
    """A waveform float in [-1, 1] as int16, any shape; values outside are clipped."""
    return np.round(np.clip(wave_form, -1, 1) * 32767).astype("<i2")


def wav_bytes(wave_form: np.ndarray, sample_rate: int) -> bytes:
    """A WAV file of a waveform float (samples,) in [-1, 1], as bytes."""
    file = io.BytesIO()
    write_wave(file, wave_form, sample_rate)
    return file.getvalue()


def write_lines(file: BinaryIO, captions: Iterable[str]) -> None:
    """Captions, a line each, in UTF-8."""
    file.write("".join(f"{caption}\n" for caption in captions).encode())
