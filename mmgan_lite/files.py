"""Pictures, sounds and captions in files: prompts read from them, samples written to them by the ending of the name."""

import hashlib
import io
import math
import os
import wave
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from mmgan_lite.datasets import image

DATA = Path(__file__).parent.parent / "data"  # what is shipped
ENLARGED = 4  # pixels of a gallery for each pixel of an image


def read_image(path: str | Path) -> np.ndarray:
    """A picture file: uint8 (h, w) if it is grey, (h, w, 3) if it has colours.

    Raises:
        ValueError: if it is no picture.
    """
    try:
        with Image.open(path) as picture:
            grey = picture.mode in ("1", "L", "LA", "I", "I;16")
            return np.asarray(picture.convert("L" if grey else "RGB"))
    except Image.UnidentifiedImageError:
        raise ValueError(f"an image must be a picture file, such as a .png. Received: {path}") from None


def read_checked(path: Path, sha256: str, builder: str) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` without pickles, once its SHA-256 is found to be the expected one.

    Raises:
        FileNotFoundError: if it is not there; `builder` names the command that makes it.
        ValueError: if it is another file, or a damaged one.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is not there; build it: {builder}. Received: {path}")
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise ValueError(f"{path.name} is damaged or another file; take it anew from the project. Received: {path}")
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return dict(archive)


def read_archive(path: str | Path, name: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz without pickles, which must hold one of this name."""
    with np.load(path, allow_pickle=False) as archive:
        if name not in archive:
            raise ValueError(f"the .npz must hold an array {name!r}. Received: {sorted(archive)} in {path}")
        return dict(archive)


def read_numbers(path: Path) -> np.ndarray:
    """The array of a .npy file, float32. ValueError if it holds no numbers; objects are never unpickled."""
    return numbers_of_arrays(Path(path).name, {Path(path).name: np.load(path, allow_pickle=False)})


def numbers_of_arrays(name: str, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """One array of several as float32; a ValueError if it holds anything but finite numbers."""
    x = arrays[name]
    if x.dtype.kind not in "uif" or not np.isfinite(x).all():
        raise ValueError(f"{name} must be finite numbers. Received: dtype={x.dtype}")
    return x.astype("float32")


def read_wave(path: str | Path) -> tuple[np.ndarray, int]:
    """A .wav file of 8 or 16-bit PCM: (float32 (samples,) in [-1, 1], the mean of its channels; its rate in Hz).

    Raises:
        ValueError: for another kind of file.
    """
    try:
        with wave.open(str(path), "rb") as file:
            bits, channels, rate = 8 * file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"a sound must be a .wav file of 8 or 16-bit PCM. Received: {path} ({error})") from None
    if bits not in (8, 16):
        raise ValueError(f"a sound must be a .wav file of 8 or 16-bit PCM. Received: {path} of {bits} bits")
    sound = np.frombuffer(raw, "<i2") / 2**15 if bits == 16 else np.frombuffer(raw, "u1") / 2**7 - 1  # 8 bits: unsigned
    return sound.reshape(-1, channels).mean(1).astype("float32"), rate


def write_whole(path: str | Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file, then rename it: whoever looks at `path` sees the old file or the new, never a half.

    Args:
        path: The file to make or to replace.
        write: A function of an open binary file.
    """
    path = Path(path)
    new = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        with open(new, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # a rename may reach the disk before the bytes do
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def check_samples_path(path: str | Path, endings: Iterable[str]) -> None:
    """Raise before the work, not after it, if samples cannot be written to `path`.

    Raises:
        ValueError: for an ending that is none of these.
        FileNotFoundError: if the folder is not there.
    """
    if Path(path).suffix.lower() not in endings:
        raise ValueError(f"samples are written to a file that ends in {' or '.join(endings)}. Received: {path}")
    if not Path(path).parent.is_dir():
        raise FileNotFoundError(f"make the folder of the file first. Received: {path}")


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
