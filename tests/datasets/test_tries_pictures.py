"""Pictures as people have them, a row each: what the reader makes of every kind that Pillow writes."""

import io
import os
import re

import numpy as np
import pytest
from PIL import Image

from mmgan_lite import files
from mmgan_lite.datasets import paths, pictures

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (6, 7), "uint8")
COLOUR = RNG.integers(0, 256, (6, 7, 3), "uint8")
ROTATED = Image.Exif()
ROTATED[0x0112] = 6  # orientation: the camera was turned; show it a quarter turn clockwise
RAMP = np.arange(65536, dtype="uint16").reshape(256, 256)


def drawn(mode):
    """A black bar on nothing at all: (8, 8), alpha 0 outside column 3."""
    alpha = np.zeros((8, 8), "uint8")
    alpha[:, 3] = 255
    black = np.zeros_like(alpha)
    if mode == "P":
        picture = Image.fromarray((alpha > 0).astype("uint8")).convert("P")
        picture.putpalette([9, 9, 9, 0, 0, 0])
        return picture, {"transparency": 0}
    return Image.fromarray(np.stack([black] * (len(mode) - 1) + [alpha], -1), mode), {}


def encoded(picture, kind="png", **options):
    file = io.BytesIO()
    (Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture).save(file, kind, **options)
    file.seek(0)
    return file


def read(picture, kind="png", **options):
    return files.read_image(encoded(picture, kind, **options))


BAR = np.full((8, 8), 255, "uint8")
BAR[:, 3] = 0
CMYK = np.full((6, 7, 4), 0, "uint8")
CMYK[:, 3:] = (0, 255, 255, 0)  # white, then red

# name: (what is read, what is expected, how far from it a pixel may lie)
TRIES = {
    "grey": (lambda: read(GREY), GREY, 0),
    "colour": (lambda: read(COLOUR), COLOUR, 0),
    "grey as RGB": (lambda: read(np.stack([GREY] * 3, -1)), GREY, 0),
    "grey as RGBA": (lambda: read(np.stack([GREY] * 3 + [GREY * 0 + 255], -1)), GREY, 0),
    "grey as palette": (lambda: read(Image.fromarray(GREY).convert("P")), GREY, 0),
    "grey in a GIF": (lambda: read(GREY, "gif"), GREY, 0),
    "grey in a JPEG": (lambda: read(GREY * 0 + 77, "jpeg"), GREY * 0 + 77, 1),
    "one bit": (lambda: read(Image.fromarray(GREY > 127)), (GREY > 127) * 255, 0),
    "BMP": (lambda: read(COLOUR, "bmp"), COLOUR, 0),
    "TIFF": (lambda: read(COLOUR, "tiff"), COLOUR, 0),
    "WebP": (lambda: read(COLOUR, "webp", lossless=True), COLOUR, 0),
    "PPM": (lambda: read(COLOUR, "ppm"), COLOUR, 0),
    "PGM": (lambda: read(GREY, "ppm"), GREY, 0),
    "JPEG 2000": (lambda: read(COLOUR, "jpeg2000"), COLOUR, 0),
    "palette of colours": (lambda: read(Image.fromarray(COLOUR[:2, :2]).quantize(4)), COLOUR[:2, :2], 0),
    "CMYK": (lambda: read(Image.fromarray(CMYK, "CMYK"), "jpeg"), [255, 255, 255] + 0 * COLOUR, 255),
    "grey of 16 bits": (lambda: read(RAMP), RAMP // 257, 1),
    "whole numbers of 32 bits": (lambda: read(RAMP.astype("int32"), "tiff"), RAMP // 257, 1),
    "floats from 0 to 1": (lambda: read((RAMP / 65535).astype("float32"), "tiff"), RAMP // 257, 1),
    "floats of any range": (lambda: read(RAMP.astype("float32") - 3e4, "tiff"), RAMP // 257, 1),
    "RGBA on nothing": (lambda: read(drawn("RGBA")[0]), BAR, 0),
    "LA on nothing": (lambda: read(drawn("LA")[0]), BAR, 0),
    "palette on nothing": (lambda: read(drawn("P")[0], **drawn("P")[1]), BAR, 0),
    "palette on nothing, GIF": (lambda: read(drawn("P")[0], "gif", **drawn("P")[1]), BAR, 0),
    "turned": (lambda: read(GREY, exif=ROTATED), np.rot90(GREY, -1), 0),
    "turned JPEG": (lambda: read(BAR, "jpeg", exif=ROTATED, quality=100), np.rot90(BAR, -1), 40),
    "first of three": (
        lambda: read(GREY, "gif", save_all=True, append_images=[Image.fromarray(255 - GREY)] * 2),
        GREY,
        0,
    ),
}


@pytest.mark.parametrize("name", TRIES)
@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated")
def test_every_kind_of_picture_is_read_right(name):
    attempt, expected, tolerance = TRIES[name]
    pixels = attempt()
    assert pixels.dtype == "uint8" and pixels.shape == np.shape(expected)
    assert np.abs(pixels.astype(int) - expected).max() <= tolerance


@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated")
def test_cmyk_is_white_and_red():
    pixels = read(Image.fromarray(CMYK, "CMYK"), "tiff")
    assert (pixels[:, 0] > 250).all() and (pixels[:, -1, 0] > 200).all() and (pixels[:, -1, 1:] < 60).all()


def test_avif_is_read_where_pillow_reads_it():
    if "AVIF" in pictures._known():
        assert np.abs(read(np.full((16, 16, 3), (200, 90, 30), "uint8"), "avif")[8, 8] - [200.0, 90, 30]).max() < 9
    else:
        with pytest.raises(ValueError, match="picture file"):
            files.read_image(io.BytesIO(b"\0\0\0\x1cftypavif" + bytes(99)))


def test_a_ramp_of_sixteen_bits_keeps_its_levels():
    assert len(np.unique(read(RAMP))) == 256


def spoilt():
    return io.BytesIO(re.sub(rb"IDAT.{20}", b"IDAT" + bytes(20), encoded(COLOUR).getvalue(), flags=re.DOTALL))


BAD = {
    "no picture": (lambda: io.BytesIO(b"none"), r"a picture file \(PNG, JPEG.*heic"),
    "empty": (lambda: io.BytesIO(b""), "picture file"),
    "TGA, which any noise might be": (lambda: encoded(COLOUR, "tga"), "picture file"),
    "EPS, which would start another program": (lambda: encoded(COLOUR, "eps"), "picture file"),
    "cut off": (lambda: io.BytesIO(encoded(COLOUR, "bmp").getvalue()[:100]), "damaged.*truncated"),
    "spoilt inside": (spoilt, "damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_whole_picture_is_refused(name):
    attempt, told = BAD[name]
    with pytest.raises(ValueError, match=rf"{told}.*Received: an open file"):
        files.read_image(attempt())


@pytest.mark.parametrize("side", [150, 300])
def test_a_picture_too_large_for_memory_is_refused(side, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 20_000)
    with pytest.raises(ValueError, match="may have 20,000 pixels; save it smaller"):
        read(np.zeros((side, side), "uint8"))


# ---- file names


@pytest.mark.parametrize(("named", "there"), [("café.png", "cafe\u0301.png"), ("cafe\u0301.png", "café.png")])
def test_accents_in_a_file_name_may_be_written_either_way(tmp_path, named, there):
    folder = tmp_path / there.removesuffix(".png")
    folder.mkdir()
    (folder / there).write_bytes(encoded(GREY).getvalue())
    assert np.array_equal(files.read_image(tmp_path / named.removesuffix(".png") / named), GREY)


def test_what_is_not_there_or_no_file_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file\. Received: .*é.png"):
        files.read_image(tmp_path / "é.png")
    with pytest.raises(ValueError, match="this is a folder"):
        files.read_image(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "x.png")
        with pytest.raises(ValueError, match="this is not a file"):  # and nobody waits for it
            files.read_image(tmp_path / "x.png")


def test_an_open_file_is_called_by_its_name(tmp_path):
    (tmp_path / "x.png").write_bytes(b"none")
    with (tmp_path / "x.png").open("rb") as file:
        assert paths.name_of(file) == paths.name_of(tmp_path / "x.png") == "x.png"
        with pytest.raises(ValueError, match=r"Received: x\.png"):
            files.read_image(file)


# ---- sizes and channels


def test_resizing_to_a_smaller_size_keeps_the_mean_of_what_it_shrinks():
    image = np.kron(RNG.uniform(-1, 1, (4, 5, 3)), np.ones((8, 8, 1)))
    small = pictures.resize(image, (4, 5))
    assert small.shape == (4, 5, 3) and small.dtype == "float32" and np.abs(small).max() <= 1
    assert small.mean() == pytest.approx(image.mean(), abs=0.02)
    assert pictures.resize(image, 7).shape == (7, 7, 3)


def test_grey_and_colour_become_one_another():
    grey = RNG.uniform(-1, 1, (4, 5, 1)).astype("float32")
    colour = pictures.with_channels(grey, 3)
    assert colour.shape == (4, 5, 3)
    np.testing.assert_allclose(pictures.with_channels(colour, 1), grey, atol=1e-6)
    assert pictures.with_channels(grey, 1) is grey
    with pytest.raises(ValueError, match="1 channel or 3, the model's images 4"):
        pictures.with_channels(grey, 4)
