"""The comparison with peers: its toys are those of the protocol, and every contestant is asked and judged alike."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mmgan_lite.course.players import toys as places
from mmgan_lite.datasets import captions
from mmgan_lite.datasets.digits import load_digits

WORDS = captions.FACTS["digit"]
PEERS = Path(__file__).parent / "benchmarks" / "peers"


@pytest.fixture(scope="module")
def load():
    """A module of the folder, by its name."""
    sys.path.insert(0, str(PEERS))
    yield importlib.import_module
    sys.path.remove(str(PEERS))


@pytest.fixture
def eagerly():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize(("name", "modes"), [("ring", 8), ("grid", 25)])
def test_real_samples_of_a_toy_find_every_mode_and_lie_near_one_as_often_as_a_gaussian_does(load, name, modes):
    toy = load("toys").TOYS[name]
    found = load("toys").measure(lambda z, training: places.blobs(len(z), toy.modes, 1, toy.spread), toy, 0)
    assert found.num_covered == modes
    assert found.share_near == pytest.approx(1 - np.exp(-4.5), abs=0.008)  # of a plane, within 3 standard deviations


@pytest.mark.parametrize("together", [1, 2])
def test_the_toys_networks_are_of_the_protocols_size(load, together):
    g, d = load("toys").build_generator(), load("toys").build_discriminator(together)
    assert g.count_params() == 2 * 400 + 3 * 400**2 + 4 * 4 * 400 + 400 * 2 + 2
    assert d.count_params() == (2 * together + 1) * 1000 + 2 * 201 * 1000 + 201


@pytest.mark.parametrize("recipe", ["one sample", "two samples", "relativistic"])
def test_a_toys_generator_learns_by_every_recipe(load, eagerly, recipe):
    assert np.abs(trained(load("toys"), recipe, 2) - trained(load("toys"), recipe, 1)).max() > 0


def test_a_toys_generator_follows_from_its_seed(load, eagerly):
    assert np.array_equal(*(trained(load("toys"), "two samples", 1) for _ in range(2)))


def trained(toys, recipe, steps):
    """Points of a generator after so many steps."""
    generator = toys.train(toys.TOYS["ring"], toys.RECIPES[recipe], steps, seed=3)
    return generator(np.ones((4, 2), "float32")).numpy()


def test_a_mean_stands_beside_its_standard_error(load):
    assert load("toys").told([(7, 0.9), (8, 1.0)]) == "7.5 ± 0.5 | 95.0% ± 5.0%"
    assert load("toys").told([(7, 0.9)]) == "7.0 ± 0.0 | 90.0% ± 0.0%"


def test_what_a_contestant_answers_comes_back_as_it_was(load, tmp_path, monkeypatch):
    contest, exam = load("contest"), load("exam")
    shapes = {"image": (28, 28, 1), "speech": (32, 32), "text": (15,)}
    prompts = {f"{name}/{name}": np.zeros((2, *shape), "uint8") for name, shape in shapes.items()}
    rows = {f"rows/{name}": x for name, x in prompts.items()}
    np.savez(tmp_path / "exam.npz", **prompts, **{"bare/text": prompts["text/text"]}, **rows)

    def train(rows, seconds, seed):
        def answer(prompts, to, count, seed):
            number = len(next(iter(prompts.values()))) if prompts else 1
            return None if to == ("speech",) else {m: np.ones((number, count, *shapes[m])) for m in to}

        return answer, 7

    line = f"x parrot --exam {tmp_path / 'exam.npz'} --out {tmp_path / 'a.npz'} --minutes 1 --seed 0"
    monkeypatch.setattr(sys, "argv", line.split())
    contest.enter({"parrot": train})
    answers, about = exam.read(tmp_path / "a.npz")
    assert about.keys() == {"steps", "milliseconds a sample"} and about["steps"] == 7
    assert set(answers) == {contest.key(given, to) for given, to, _ in contest.ASKED if to != ("speech",)}
    assert answers["bare→image+text+speech"]["speech"].shape == (2, 40, 32, 32)
    assert answers["text→image"]["image"].min() == 1.0  # white, as it was drawn
    assert len(answers["nobody→image+text+speech"]["text"][0]) == 500


def test_captions_without_a_word_are_answers_too(load):
    tokens = load("ours").in_tokens("text", [["", "a three"]])
    assert tokens.shape == (1, 2, 15) and not tokens[0, 0].any() and tokens[0, 1].any()
    answers = {"image→text": {"text": [[""]] * 500}, "speech→text": {"text": [[f"a {word}"] for word in WORDS * 50]}}
    found = dict(load("exam").coherence(answers, load_digits("test")))
    assert found["image→text: digit, %"] == 0 and 5 < found["speech→text: digit, %"] < 15


def test_the_table_holds_the_median_and_every_seed_and_leaves_out_what_was_not_told(load):
    pages = {"a": [{"x": 1.0, "y": 2.0}, {"x": 3.0}, {"x": 2.0}], "b": [{}, {}, {}]}
    assert load("compare").table(pages).splitlines()[2:] == ["| x | 2 (1, 3, 2) | – |", "| y | 2 | – |"]
