"""`evaluate`, held to models whose quality is known: one that answers with real samples, one that does not listen."""

import json

import numpy as np
import pytest

from mmgan_lite import modalities, plots
from mmgan_lite.datasets import captions
from mmgan_lite.datasets import digits as data
from mmgan_lite.evaluation import evaluate, judges, report

TRAIN, VALID, TEST = (data.load_digits(split) for split in ("train", "valid", "test"))


class Fake:
    """Answers each prompt with fitting samples of the training split; if it does not listen, another prompt."""

    modalities, vocabulary = tuple(modalities.known()), captions.DIGITS

    def __init__(self, listens=True):
        self.listens = listens

    def generate(self, prompts, to, count=1, seed=None):
        ((source, given),) = prompts.items()
        rng = np.random.default_rng(seed)
        asked = (
            judges.read_text(given) if source == "text" else {f: TEST["facts"][f] for f in evaluate.FACTS_OF[source]}
        )
        if not self.listens:
            order = rng.permutation(len(TEST["label"]))
            asked = {fact: level[order] for fact, level in asked.items()}
        return self._answer(asked, to, count, rng)

    def _answer(self, asked, to, count, rng):
        n = len(asked["digit"])
        asked = {fact: asked.get(fact, np.full(n, captions.UNKNOWN)) for fact in evaluate.FACTS_OF[to]}
        if to == "text":
            drawn = [captions.decode(captions.draw(asked, rng)) for _ in range(count)]
            return [list(row) for row in zip(*drawn, strict=True)]
        return TRAIN[to][[self._rows({f: level[i] for f, level in asked.items()}, count, rng) for i in range(n)]]

    def _rows(self, asked, count, rng):
        fits = [(level == captions.UNKNOWN) | (TRAIN["exact_facts"][fact] == level) for fact, level in asked.items()]
        return rng.choice(np.flatnonzero(np.all(fits, axis=0)), count)

    def imagine(self, count=1, seed=None):
        rng = np.random.default_rng(seed)
        digits = {m: rng.integers(0, 10, count) for m in self.modalities}
        made = {m: self._answer({"digit": digits["image" if self.listens else m]}, m, 1, rng) for m in self.modalities}
        return {m: [row[0] for row in x] if m == "text" else x[:, 0] for m, x in made.items()}

    def embed(self, prompts):
        (sense,) = prompts
        vectors = np.eye(10)[TEST["label"]]
        return vectors if self.listens else np.random.default_rng(len(sense)).permutation(vectors)


@pytest.fixture(scope="module")
def perfect(tmp_path_factory):
    out = tmp_path_factory.mktemp("evaluated") / "metrics.json"
    return evaluate.evaluate(Fake(), out, count=2), out


@pytest.fixture(scope="module")
def deaf():
    return evaluate.evaluate(Fake(listens=False), count=2)


def cells(figures):
    return [(pair, fact, cell) for pair, facts in figures["coherence"].items() for fact, cell in facts.items()]


def test_all_nine_pairs_are_scored_on_the_facts_that_both_senses_tell(perfect):
    coherence = perfect[0]["coherence"]
    assert len(coherence) == 9
    assert list(coherence["text→image"]) == ["digit", "thickness", "slant"]
    assert list(coherence["text→speech"]) == ["digit", "sex", "pitch", "speed"]
    assert list(coherence["image→speech"]) == ["digit"]
    assert list(coherence["text→text"]) == list(captions.FACTS)


def test_real_answers_score_as_the_judges_read_real_samples(perfect):
    for pair, fact, cell in cells(perfect[0]):
        assert cell["value"] >= cell["judge"] - 0.06, (pair, fact)
        assert cell["low"] <= cell["value"] <= cell["high"]
    assert perfect[0]["joint"]["value"] > 0.95


def test_a_model_that_does_not_listen_scores_at_chance(deaf):
    for pair, fact, cell in cells(deaf):
        assert abs(cell["value"] - cell["chance"]) < cell["high"] - cell["low"], (pair, fact)
    assert deaf["joint"]["value"] < 0.05
    assert max(deaf["retrieval"].values()) < 0.2


@pytest.mark.parametrize("listens", [True, False])
def test_shuffled_prompts_score_at_chance_within_their_interval(perfect, deaf, listens):
    figures = perfect[0] if listens else deaf
    controls = [cell for _, _, cell in cells(figures)] + [figures["joint"]]
    for cell in controls:
        assert cell["shuffled"]["low"] <= cell["chance"] <= cell["shuffled"]["high"]
    assert all(abs(cell["chance"] - 0.1) < 0.01 for _, fact, cell in cells(figures) if fact == "digit")


def test_real_samples_lie_at_the_real_floor(perfect):
    distance = perfect[0]["frechet"]["text→image"]
    assert 0.5 < distance["ratio"] < 3
    shares = perfect[0]["precision_recall"]["text→image"]
    assert shares["precision"] > 0.8 and shares["real"]["recall"] > 0.8


def test_a_model_that_copies_its_training_images_is_caught(perfect):
    copied = perfect[0]["memorisation"]
    assert copied["median"] < 1e-6 and copied["share_nearer"] == 1
    assert evaluate.memorisation(TEST["image"], TRAIN["image"], VALID["image"])["share_nearer"] < 0.05


def test_captions_are_counted(perfect):
    assert perfect[0]["captions"]["image"]["grammatical"] == 1
    assert 100 < perfect[0]["captions"]["image"]["distinct"] <= perfect[0]["captions"]["image"]["of"] == 1000


def test_figures_and_picture_are_written(perfect):
    figures, out = perfect
    assert json.loads(out.read_text(encoding="utf-8")) == figures
    assert out.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in out.parent.iterdir()) == ["metrics.json", "metrics.png"]
    assert {"split": "test", "count": 2, "seed": 0, "prompts": 500}.items() <= figures.items()


def test_table_and_picture_tell_the_same(perfect):
    share = f"{perfect[0]['coherence']['text→image']['digit']['value']:.1%}"
    row = next(line for line in report.table(perfect[0]).splitlines() if line.startswith("text→image  digit"))
    assert share in row
    assert f"text to image {share}" in plots.alt_text(report.figure(perfect[0]))


def test_silent_captions_are_not_scored_and_wrong_ones_are():
    asked, read = np.array([0, 2, 2, -1]), np.array([[0, -1], [-1, -1], [2, 0], [0, 0]])
    cell = evaluate.score(asked, read, silence=True)
    assert cell["prompts"] == 2 and cell["value"] == 0.75
    assert evaluate.score(asked, read)["value"] == pytest.approx(2 / 6)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 10, 500])
def test_dealt_levels_are_a_permutation(n):
    levels = np.arange(n) % 3
    assert sorted(evaluate.stratified_shuffle(levels, levels % 2)) == sorted(levels)


def test_dealt_levels_share_every_level_out_evenly():
    dealt = evaluate.stratified_shuffle(TEST["label"], TEST["facts"]["sex"])
    assert all(abs(np.mean(dealt[TEST["facts"]["sex"] == 0] == digit) - 0.1) < 0.01 for digit in range(10))


def test_what_cannot_be_evaluated_is_refused(tmp_path):
    other = Fake()
    other.modalities = ("image", "text")
    with pytest.raises(ValueError, match=r"in all modalities.*Received: a model of image, text"):
        evaluate.evaluate(other)
    with pytest.raises(ValueError, match="split must be"):
        evaluate.evaluate(Fake(), split="train")
    with pytest.raises(FileNotFoundError, match="make the folder"):
        evaluate.evaluate(Fake(), tmp_path / "none" / "metrics.json")
