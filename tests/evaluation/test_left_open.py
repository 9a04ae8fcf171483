"""The measure of what is left open, on a model and data of one's own."""

import numpy as np
import pytest

from mmgan_lite.evaluation import left_open

# Squares of four colours in two sizes, of which captions tell the colour.

COLOUR, SIZE = (np.tile(x, 100) for x in np.divmod(np.arange(8), 2))
SQUARES = {"image": np.stack([COLOUR, SIZE], 1).astype("float32"), "facts": {"colour": COLOUR, "size": SIZE}}
SAID = {"colour": np.arange(4)}


def judge(images):
    images = np.asarray(images)
    return {"colour": images[:, 0].astype(int), "size": images[:, 1].astype(int)}, images


def drawn(size):
    size = np.broadcast_to(size, (4, 40))
    return np.stack([np.repeat(np.arange(4)[:, None], 40, 1), size], -1).astype("float32")


def test_own_model_and_own_facts():
    world = left_open.World.of(SQUARES, {"image": judge})
    varied = left_open.measure(SAID, {"image": drawn(np.arange(40) % 2)}, world)
    timid = left_open.measure(SAID, {"image": drawn(1)}, world)
    assert list(varied["levels"]["image"]) == ["size"]
    assert varied["levels"]["image"]["size"]["value"] < 0.1 < 0.4 < timid["levels"]["image"]["size"]["value"]
    assert varied["spread"]["image"]["value"] == pytest.approx(1, abs=0.05) and timid["spread"]["image"]["value"] == 0
    assert varied["said"]["image"] == timid["said"]["image"] and varied["said"]["image"]["colour"]["value"] == 1


def test_what_a_caption_does_not_tell_is_not_wrong_but_the_class_must_be_told():
    said = {"colour": [0, 1, -1], "size": [1, -1, 0]}
    told = {"colour": np.array([[0, -1], [1, 1], [3, 3]]), "size": np.array([[1, -1], [0, 0], [-1, -1]])}
    found = left_open.said_and_told(said, told)
    assert (found["colour"]["value"], found["colour"]["prompts"]) == (0.75, 2)
    assert (found["size"]["value"], found["size"]["prompts"]) == (1.0, 1)
    everyone = left_open.said_and_told({"colour": [0, 1]}, {"colour": np.repeat([[0] * 19 + [3], [1] * 20], 20, 1)})
    assert everyone["colour"]["low"] > 0.8  # every sample counts: of two prompts alone the interval would begin at 0.3
    assert left_open.said_and_told({"colour": [-1]}, {"colour": np.array([[2]])}) == {}


def test_own_samples_drawn_together():
    world = left_open.World.of({**SQUARES, "sketch": SQUARES["image"]}, {"image": judge, "sketch": judge})
    draws = drawn(np.random.default_rng(0).integers(0, 2, (4, 40)))
    (found,) = left_open.agreement(SAID, {"image": draws, "sketch": draws}, world).items()
    assert found[0] == "image+sketch" and found[1]["size"]["value"] == 1 and found[1]["size"]["chance"] < 0.6


def test_with_labels_alone_nothing_is_open_but_the_spread():
    pairs = {"image": SQUARES["image"], "label": COLOUR}
    world = left_open.World.of(
        pairs, {"image": lambda images: ({"label": np.asarray(images)[:, 0].astype(int)}, images)}
    )
    found = left_open.measure({"label": np.arange(4)}, {"image": drawn(1)}, world)
    assert found["levels"] == {"image": {}} and found["spread"]["image"]["value"] == 0
    assert found["said"]["image"]["label"]["value"] == 1


def test_pairs_without_facts_are_refused_with_the_reason():
    with pytest.raises(ValueError, match=r"without facts nobody knows what a prompt leaves open.*Received: image"):
        left_open.World.of({"image": SQUARES["image"]}, {"image": judge})
    with pytest.raises(ValueError, match=r"judges read modalities of the pairs, image, facts\. Received: 'speech'"):
        left_open.World.of(SQUARES, {"speech": judge})
