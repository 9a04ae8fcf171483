"""A digit as people photograph it is read like the one that it was made of, and a picture without one is refused."""

import io

import numpy as np
import pytest
from PIL import Image

from mmgan_lite.datasets import image
from mmgan_lite.evaluation import judges

ROWS = 100
ALLOWED = (0.021, 0.041)  # fewer than of the originals: the judge, and the model, of 100; of 500 it is two in a hundred
BICUBIC = Image.Resampling.BICUBIC


def photograph(digit, rng, side=None, rules=0.0):
    """A digit on a sheet of paper: large, dark on light, turned a little, anywhere, in uneven light, as a JPEG.

    `rules` are what lines on the paper take of its light, 0 to 1: one number, or (h, w).
    """
    side = side or int(rng.integers(300, 801))
    height, width = np.shape(rules) or rng.integers(side, side + 200, 2)
    turned = Image.fromarray(digit).resize((side, side), BICUBIC).rotate(rng.uniform(-10, 10), BICUBIC)
    ink = np.zeros((height, width))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    ink[top : top + side, left : left + side] = np.asarray(turned) / 255
    light = (
        1 - 0.4 * np.linspace(*rng.permutation([0, 1]), width) * np.linspace(*rng.permutation([0, 1]), height)[:, None]
    )
    pixels = np.clip((235 - 195 * np.maximum(ink, rules)) * light + rng.normal(0, 4, ink.shape), 0, 255)
    file = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(file, "jpeg", quality=40)
    return np.asarray(Image.open(file))


def on_ruled_paper(digit, rng, across=False):
    """The same, one to three lines high, on paper whose lines are half as dark as the ink."""
    y, x = np.indices((600, 700))
    between, tilt, first = rng.uniform(60, 120), np.tan(np.radians(rng.uniform(-3, 3))), rng.uniform(0, 60)
    lines = (y + tilt * x + first) % between < 2
    if across:
        lines |= (x - tilt * y + first) % between < 2
    return photograph(digit, rng, int(between * rng.uniform(1.2, 4)), 0.5 * lines)


def in_a_printed_box(digit, rng):
    """The same with a dark line around it, as forms have it; the digit is half as high as the box, or more."""
    large = np.pad(digit.repeat(10, 0).repeat(10, 1), int(rng.uniform(5, 80)))
    return photograph(np.pad(np.pad(large[6:-6, 6:-6], 6, constant_values=200), 30), rng)


def smaller(digit, rng):
    """The same on 14 of its 28 pixels' square, somewhere else: the figure is 14 pixels high at most."""
    ink = np.asarray(Image.fromarray(digit).resize((20, 20), BICUBIC))
    top, left = rng.integers(0, 9, 2)
    return np.pad(ink, ((top, 8 - top), (left, 8 - left)))


def shifted(digit, pixels=4):
    """Along both axes, to the side where there is more room."""
    for axis in (0, 1):
        inked = np.flatnonzero(digit.any(1 - axis))
        digit = np.roll(digit, pixels if inked[0] < 27 - inked[-1] else -pixels, axis)
    return digit


def in_colour(digit, rng):
    """Blue ink on yellowish paper."""
    ink = digit[..., None] / 255
    return np.round(ink * (30, 60, 160) + (1 - ink) * (250, 240, 200)).astype("uint8")


HANDS = {
    "as MNIST has it": lambda digit, rng: digit,
    "dark on light": lambda digit, rng: 255 - digit,
    "ink 40 on paper 235": lambda digit, rng: (235 - digit * (195 / 255)).astype("uint8"),
    "14 pixels": smaller,
    "shifted by 4": lambda digit, rng: shifted(digit),
    "in colour": in_colour,
    "drawn on glass": lambda digit, rng: np.stack([np.zeros_like(digit), digit], -1),  # black, alpha
    "16 bits": lambda digit, rng: digit.astype("uint16") * 257,
    "float from 0 to 1": lambda digit, rng: digit / 255,
    "float from -1 to 1": lambda digit, rng: 1 - digit / 127.5,
    "mask": lambda digit, rng: digit > 127,
    "mask of 0 and 1": lambda digit, rng: (digit > 127).astype("uint8"),
    "photograph": photograph,
    "on ruled paper": on_ruled_paper,
    "on squared paper": lambda digit, rng: on_ruled_paper(digit, rng, across=True),
    "in a printed box": in_a_printed_box,
    "its negative": lambda digit, rng: 255 - photograph(digit, rng),
}


def share_read(gan, images, labels):
    """Share of the digits that the image judge reads right, and that the model writes right."""
    written = [captions[0] for captions in gan.generate({"image": images}, to="text", seed=0)]
    return np.array(
        [(read["digit"] == labels).mean() for read in (judges.read_image(images), judges.read_text(written))]
    )


@pytest.fixture(scope="module")
def originals(digits):
    return digits["image"][:ROWS], digits["label"][:ROWS]


@pytest.fixture(scope="module")
def share_of_originals(pretrained, originals):
    return share_read(pretrained, *originals)


@pytest.mark.parametrize("hand", HANDS)
def test_digits_as_people_have_them_are_read_like_the_originals(hand, originals, share_of_originals, pretrained):
    images, labels = originals
    rng = np.random.default_rng(0)
    found = [image.from_picture(HANDS[hand](digit, rng)) for digit in image.unscale(images[..., 0])]
    share = share_read(pretrained, np.stack(found), labels)
    assert (share >= share_of_originals - ALLOWED).all(), (share, share_of_originals)


def test_a_hard_shadow_across_the_sheet_is_no_ink(originals):
    images, labels = originals
    sheets = [255 - image.unscale(digit).repeat(10, 0).repeat(10, 1) * 0.8 for digit in images[:40, ..., 0]]
    shade = np.where(np.arange(280) + 0.4 * np.arange(280)[:, None] > 250, 0.6, 1)
    found = np.stack([image.from_picture((sheet * shade).astype("uint8")) for sheet in sheets])
    assert (judges.read_image(found)["digit"] == labels[:40]).mean() >= 0.9


@pytest.mark.parametrize("table", [60, 160, 255])
@pytest.mark.parametrize("turned", [0, 7])
def test_a_sheet_may_lie_on_a_table_wholly_in_view(table, turned, originals):
    images, labels = originals
    found = []
    for digit in image.unscale(images[:40, ..., 0]):
        large = np.pad(Image.fromarray(digit).resize((420, 420), BICUBIC), ((100, 100), (220, 220)))
        sheet = Image.fromarray((220 - 0.7 * large).astype("uint8")).convert("LA").rotate(turned, BICUBIC, expand=True)
        view = Image.new("LA", (1200, 900), (table, 255))
        view.alpha_composite(sheet, ((1200 - sheet.width) // 2, (900 - sheet.height) // 2))
        found.append(image.from_picture(np.asarray(view.convert("L"))))
    assert (judges.read_image(np.stack(found))["digit"] == labels[:40]).mean() >= 0.9


def test_what_runs_along_the_edges_is_no_figure():
    frame = np.pad(np.full((60, 90), 230, "uint8"), 25, constant_values=90)
    with pytest.raises(ValueError, match="no figure"):
        image.from_picture(frame)


def test_two_digits_side_by_side_are_refused_and_one_in_two_strokes_is_not(digits):
    every = image.unscale(digits["image"][..., 0])
    rng = np.random.default_rng(0)
    for one, other in zip(every[:40], every[40:80], strict=True):
        with pytest.raises(ValueError, match=r"more than one digit; cut out one.*Received: 2 side by side"):
            image.from_picture(photograph(np.hstack([one, other])[:, 2:-2].repeat(2, 0).repeat(2, 1), rng))
    for digit in every:
        image.from_picture(digit)
        image.from_picture(digit > 127)  # fewer grey levels break thin strokes


def test_what_comes_out_has_the_form_of_mnist(originals):
    rng = np.random.default_rng(1)
    for digit in image.unscale(originals[0][:20, ..., 0]):
        found = image.from_picture(photograph(digit, rng))
        assert found.shape == (28, 28, 1) and found.dtype == "float32"
        assert found.min() == -1 and found.max() == 1
        ink = (found[..., 0] + 1) / 2
        rows, columns = (np.flatnonzero(ink.max(axis) > 0) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
        for axis in (0, 1):  # as MNIST's: to half a pixel
            assert (ink.sum(1 - axis) * np.arange(28)).sum() / ink.sum() == pytest.approx(14, abs=0.51)


def test_the_box_tells_where_the_figure_stood(originals):
    digit = image.unscale(originals[0][0, ..., 0])
    rows, columns = (np.flatnonzero(digit.any(axis)) for axis in (1, 0))
    sheet = np.full((1200, 900), 230, "uint8")
    sheet[700:812, 300:412] -= np.kron(digit // 2, np.ones((4, 4), "uint8"))  # a small digit, low on a large sheet
    _, box = image.from_picture(sheet, return_box=True)
    wanted = 300 + 4 * columns[0], 700 + 4 * rows[0], 300 + 4 * columns[-1] + 4, 700 + 4 * rows[-1] + 4
    assert box == pytest.approx(wanted, abs=8)


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape).astype("uint8")


NO_FIGURE = {
    "black": np.zeros((28, 28), "uint8"),
    "white": np.full((300, 200, 3), 255, "uint8"),
    "a blank sheet in uneven light": np.tile(np.linspace(120, 240, 300).astype("uint8"), (200, 1)),
    "a blank sheet, grainy": np.random.default_rng(0).normal(230, 5, (300, 300)).astype("uint8"),
    "a blank sheet, ruled": 255 - 120 * (np.indices((300, 300))[0] % 40 < 2).astype("uint8"),
    "a blank sheet, squared": 255 - 120 * (np.indices((300, 300)) % 40 < 2).any(0).astype("uint8"),
    "noise of 28 pixels": noise(28, 28),
    "noise of 300 pixels": noise(300, 300),
    "noise in colour": noise(200, 300, 3),
    "specks": np.where(np.random.default_rng(0).random((300, 300)) < 0.01, 255, 0).astype("uint8"),
    "all clear": np.zeros((28, 28, 4), "uint8"),
}


@pytest.mark.parametrize("name", NO_FIGURE)
def test_a_picture_without_a_figure_is_refused_with_the_reason(name):
    with pytest.raises(ValueError, match=r"no figure.*(blank|noise).*Received: "):
        image.from_picture(NO_FIGURE[name])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (np.zeros((2, 28, 28, 1)), r"give one picture.*Received: float64 \(2, 28, 28, 1\)"),
        (np.zeros(28), "give one picture"),
        (np.zeros((28, 28, 5)), "give one picture"),
        ("three.png", "give one picture"),
        (np.full((28, 28), np.nan), "finite"),
        (np.zeros((4, 28)), "too small"),
    ],
)
def test_what_is_no_picture_is_refused(given, told):
    with pytest.raises(ValueError, match=told):
        image.from_picture(given)
