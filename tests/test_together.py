"""Samples of several modalities of one draw: they hear the prompt and one another."""

import functools

import numpy as np
import pytest

from mmgan_lite import modalities, together
from mmgan_lite.datasets import digits
from mmgan_lite.evaluation import judges, left_open

BARE = {"text": ["a three", "an eight"]}
POINTS = np.repeat(np.eye(4)[:1], 6, 0).reshape(2, 3, 4)  # of two prompts, three each


class Listener:
    """Writes down what each target heard; embeds each sample as an axis of its own, beside that of the point."""

    records = modalities.known()
    axes = {"point": 0, "text": 1, "image": 2, "speech": 3}

    def __init__(self):
        self.heard = []

    def embed(self, prompts):
        (name,) = prompts
        return np.repeat(np.eye(4)[[self.axes[name]]], len(prompts[name]), 0)

    def decode(self, e, to, seed):
        assert np.allclose(np.linalg.norm(e, axis=1), 1)
        self.heard.append((to, [name for name, axis in self.axes.items() if e[0, axis] > 0]))
        luck = seed.standard_normal((len(e), 1))
        return [[str(x)] for x in luck[:, 0]] if to == "text" else luck[..., None]


@pytest.mark.parametrize("to", [("image", "speech", "text"), ("text", "image", "speech"), ["speech", "text", "image"]])
def test_words_come_first_and_each_hears_the_point_and_what_was_made_before(to):
    gan = Listener()
    made = together.draw(gan, POINTS, to, np.random.default_rng(0))
    assert list(made) == list(to)  # as asked for
    order = [name for name, _ in gan.heard]
    assert order == ["text", *(name for name in to if name != "text")]
    for place, (_, heard) in enumerate(gan.heard):
        assert sorted(heard) == sorted(["point", *order[:place]])


def test_a_caption_that_came_out_empty_is_not_heard(monkeypatch):
    gan = Listener()
    silent = [[""], ["a"], [""], ["b"], ["c"], [""]]
    decode, heard = gan.decode, []
    monkeypatch.setattr(
        gan, "decode", lambda e, to, seed: silent if to == "text" else heard.append(e) or decode(e, to, seed)
    )
    made = together.draw(gan, POINTS, ("text", "image"), np.random.default_rng(0))
    assert made["text"] == [["", "a", ""], ["b", "c", ""]]
    assert (heard[0][:, gan.axes["text"]] > 0).tolist() == [False, True, False, True, True, False]


def test_shapes_and_draws_are_those_of_generate(pretrained):
    made = pretrained.generate(BARE, to=("image", "text"), count=3, seed=4)
    assert made["image"].shape == (2, 3, 28, 28, 1) and made["image"].dtype == np.float32
    assert [len(row) for row in made["text"]] == [3, 3]
    assert made["text"] == pretrained.generate(BARE, to="text", count=3, seed=4)  # the first hears the prompt alone
    again = pretrained.generate(BARE, to=("image", "text"), count=3, seed=4)
    np.testing.assert_array_equal(made["image"], again["image"])
    other = pretrained.generate(BARE, to=("image", "text"), count=3, seed=5)
    assert not np.array_equal(made["image"], other["image"])


def test_several_senses_may_be_given_and_one_of_several_is_a_dict(pretrained, digits):
    prompts = {"image": digits["image"][:2], "speech": digits["speech"][:2]}
    made = pretrained.generate(prompts, to=["text"], seed=0)
    assert list(made) == ["text"] and made["text"] == pretrained.generate(prompts, to="text", seed=0)


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ((), r"Received: \(\)"),
        (("image", "image"), "different ones .* Received: .'image', 'image'"),
        (3, "Received: 3"),
        (None, "Received: None"),
        (("image", "smell"), "to must be one of image, text, speech. Received: 'smell'"),
        ((["image"], "text"), "Received"),
    ],
)
def test_what_cannot_be_drawn_together_is_refused(pretrained, to, message):
    with pytest.raises(ValueError, match=message):
        pretrained.generate(BARE, to=to)


def test_count_and_seed_are_checked(pretrained):
    for options in {"count": 0}, {"seed": -1}, {"seed": 1.5}:
        with pytest.raises(ValueError, match="Received"):
            pretrained.generate(BARE, to=("image", "text"), **options)


def test_drawn_together_they_agree_and_apart_they_do_not(pretrained):
    """What one draw is for: of speech and words about an image, the voice is that of the words."""
    pairs = digits.load_digits("valid")
    rows = {"image": pairs["image"][:100]}
    said = {fact: pairs["exact_facts"][fact][:100] for fact in ("digit", "thickness", "slant")}
    world = left_open.World({}, {}, {}, {name: functools.partial(judges.examine, name) for name in judges.READ})
    to = ("speech", "text")
    one = left_open.agreement(said, pretrained.generate(rows, to=to, count=2, seed=0), world)["speech+text"]
    apart = {name: pretrained.generate(rows, to=name, count=2, seed=seed) for seed, name in enumerate(to)}
    other = left_open.agreement(said, apart, world)["speech+text"]
    for fact in ("sex", "speed"):
        assert one[fact]["low"] > one[fact]["chance"] + 0.2
        assert other[fact]["low"] < other[fact]["chance"] + 0.1
