"""Pictures, sounds and captions in files: prompts read from them, samples written to them by the ending of the name."""

import io
import math
import os
import wave
from pathlib import Path

import numpy as np
from PIL import Image

from mmgan_lite.datasets import image

DATA = Path(__file__).parent.parent / "data"  # what is shipped
ENLARGED = 4  # pixels of a gallery for each pixel of an image


def read_image(path):
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


def read_images(path):
    """Images of a .png, .npy or .npz (key `image`): (n, h, w) or (n, h, w, c), uint8 or as stored; a picture is one.

    Raises:
        ValueError: for another ending, or an archive without the key.
    """
    ending = Path(path).suffix.lower()
    if ending not in (".png", ".npy", ".npz"):
        raise ValueError(f"an image must be a .png, .npy or .npz file. Received: {path}")
    images = read_image(path) if ending == ".png" else np.load(path, allow_pickle=False)
    if ending == ".npz":
        if "image" not in images:
            raise ValueError(f"an .npz of images must hold an array 'image'. Received: {sorted(images)} in {path}")
        images = images["image"]
    return images[None] if images.ndim == 2 or ending == ".png" else images


def read_wave(path):
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


def write_whole(path, write):
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


def check_samples_path(path, sense):
    """Raise before the work, not after it, if samples of `sense` cannot be written to `path`.

    Raises:
        ValueError: for an ending that does not hold samples of this sense.
        FileNotFoundError: if the folder is not there.
    """
    endings = [ending for writable, ending in WRITERS if writable == sense]
    if Path(path).suffix.lower() not in endings:
        raise ValueError(f"{sense} is written to a file that ends in {' or '.join(endings)}. Received: {path}")
    if not Path(path).parent.is_dir():
        raise FileNotFoundError(f"make the folder of the file first. Received: {path}")


def write_samples(path, sense, samples):
    """Write n samples of one sense, in the form that the ending of `path` names.

    Args:
        path: `.png` (a gallery) or `.npz` (`image` uint8 (n, h, w) or (n, h, w, c)) for images; `.wav` (one after
            another) or `.npz` (`speech` int16 (n, samples), `sample_rate`) for speech; `.txt`, a line each, for text.
        sense: "image", "speech" or "text".
        samples: As `generate` returns them, (n, …).

    Raises:
        ValueError, FileNotFoundError: as `check_samples_path`.
    """
    check_samples_path(path, sense)
    writer = WRITERS[sense, Path(path).suffix.lower()]
    write_whole(path, lambda file: writer(file, samples))


def _pixels(images):
    """uint8 (n, h, w, c), or (n, h, w) where there is one channel."""
    pixels = image.unscale(images)
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


def _write_gallery(file, images):
    pixels = _pixels(images)
    columns = math.ceil(math.sqrt(len(pixels)))
    rows = math.ceil(len(pixels) / columns)
    sheet = np.zeros((rows * columns, *pixels.shape[1:]), "uint8")
    sheet[: len(pixels)] = pixels
    lines = [np.concatenate(line, axis=1) for line in sheet.reshape(rows, columns, *pixels.shape[1:])]
    Image.fromarray(np.concatenate(lines).repeat(ENLARGED, 0).repeat(ENLARGED, 1)).save(file, "png")


def _write_images(file, images):
    np.savez_compressed(file, image=_pixels(images))


def _heard(log_mels):
    """Waveforms float32 (n, samples) in [-1, 1], and their rate in Hz."""
    from mmgan_lite.datasets import speech  # loads TensorFlow: not before there is a sound to write

    return speech.to_waveform(log_mels), speech.SAMPLE_RATE


def _as_pcm(wave_form):
    """[-1, 1] to 16 bits, little-endian; any shape, and values outside are clipped."""
    return np.round(np.clip(wave_form, -1, 1) * 32767).astype("<i2")


def wav_bytes(wave_form, sample_rate):
    """A waveform as the bytes of a WAV file of 16-bit PCM.

    Args:
        wave_form: float (..., samples) in [-1, 1]; of many, one sounds after another.
        sample_rate: In Hz.
    """
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, sample_rate, 0, "NONE", ""))
        sound.writeframes(_as_pcm(wave_form).tobytes())
    return file.getvalue()


def _write_wave(file, log_mels):
    file.write(wav_bytes(*_heard(log_mels)))


def _write_sounds(file, log_mels):
    waves, rate = _heard(log_mels)
    np.savez_compressed(file, speech=_as_pcm(waves), sample_rate=rate)


def _write_captions(file, captions):
    file.write("".join(f"{caption}\n" for caption in captions).encode())


WRITERS = {
    ("image", ".png"): _write_gallery,
    ("image", ".npz"): _write_images,
    ("speech", ".wav"): _write_wave,
    ("speech", ".npz"): _write_sounds,
    ("text", ".txt"): _write_captions,
}
