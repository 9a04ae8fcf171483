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
            order = rng.permutation(len(asked["digit"]))
            asked = {fact: level[order] for fact, level in asked.items()}
        if isinstance(to, str):
            return self._answer(asked, to, count, rng)
        return self._answer_together(asked, to, count, rng)

    def _answer_together(self, asked, to, count, rng):
        """One real example a draw, in every modality: they agree in all that it tells."""
        n = len(asked["digit"])
        rows = np.array([self._rows({f: level[i] for f, level in asked.items()}, count, rng) for i in range(n)])
        facts = {fact: level[rows.ravel()] for fact, level in TRAIN["exact_facts"].items()}
        words = np.array(captions.decode(captions.draw(facts, rng))).reshape(rows.shape)
        return {m: words.tolist() if m == "text" else TRAIN[m][rows] for m in to}

    def _answer(self, asked, to, count, rng):
        asked = {fact: level for fact, level in asked.items() if fact in evaluate.FACTS_OF[to]}
        return self._answer_together(asked, (to,), count, rng)[to]

    def _rows(self, asked, count, rng):
        fits = [(level == captions.UNKNOWN) | (TRAIN["exact_facts"][fact] == level) for fact, level in asked.items()]
        agreeing = np.sum(fits, axis=0)  # of a rare digit in a rare voice there may be no example: the nearest, then
        return rng.choice(np.flatnonzero(agreeing == agreeing.max()), count)

    def imagine(self, count=1, seed=None):
        rng = np.random.default_rng(seed)
        if self.listens:
            made = self._answer_together({"digit": rng.integers(0, 10, count)}, self.modalities, 1, rng)
        else:
            made = {m: self._answer({"digit": rng.integers(0, 10, count)}, m, 1, rng) for m in self.modalities}
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
    assert perfect[0]["joint"]["value"] > 0.92


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


def test_real_answers_vary_as_the_world_does(perfect):
    found = perfect[0]["open"]
    assert list(found["levels"]["bare→image"]) == ["thickness", "slant"]
    assert list(found["levels"]["bare→speech"]) == list(found["levels"]["image→text"]) == ["sex", "pitch", "speed"]
    assert "image→image" not in found["levels"] and "speech→image" in found["levels"]
    for pair, facts in found["levels"].items():
        for fact, cell in facts.items():
            assert cell["value"] < cell["floor"] + 0.06 < cell["timid"], (pair, fact)
    for pair, cell in found["spread"].items():
        assert 0.9 < cell["value"] < 1.1, pair
    assert found["frechet"]["bare→image"]["ratio"] < 2
    for name, share in found["precision_recall"]["bare→image"].items():
        assert abs(share["value"] - share["real"]) < 0.1, name
    assert list(found["said"]["two facts→image"]) == ["digit", "thickness", "slant"]
    assert all(cell["value"] > 0.92 for facts in found["said"].values() for cell in facts.values())
    assert all(facts["digit"]["value"] > 0.92 for facts in perfect[0]["coherence"].values())


def test_one_real_example_in_all_modalities_agrees_in_what_was_left_open(perfect):
    found = perfect[0]["open"]["agreement"]
    assert list(found["image→text+speech"]) == ["sex", "pitch", "speed"]
    assert list(found["speech→image+text"]) == ["thickness", "slant"]
    for pair, facts in found.items():
        least = 0.92 if pair.startswith("imagined") else 0.93  # the digit too is open there, as in `joint`
        for fact, cell in facts.items():
            assert cell["value"] > least and cell["chance"] < 0.65, (pair, fact)


def test_imagined_things_have_the_shares_of_real_ones(perfect, deaf):
    levels = perfect[0]["open"]["levels"]
    assert list(levels["imagined→image"]) == ["digit", "thickness", "slant"]
    assert list(levels["imagined→text"]) == list(captions.FACTS)
    assert levels["imagined→speech"]["digit"]["timid"] == pytest.approx(0.9, abs=0.02)
    for figures, agree in (perfect[0], 0.9), (deaf, 0.0):
        cell = figures["open"]["agreement"]["imagined→image+speech"]["digit"]
        assert cell["low"] - 0.1 <= agree <= cell["high"] + 0.1 and cell["chance"] < 0.2


def test_a_model_that_does_not_listen_is_caught_where_it_varies_as_the_world_does(deaf):
    found = deaf["open"]
    assert found["levels"]["image→speech"]["speed"]["value"] < 0.12
    assert deaf["coherence"]["image→speech"]["digit"]["value"] < 0.15
    assert found["said"]["two facts→speech"]["digit"]["value"] < 0.15


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


def test_table_and_picture_tell_what_was_left_open(perfect):
    found = perfect[0]["open"]
    lines, told = report.table(perfect[0]).splitlines(), plots.alt_text(report.figure(perfect[0]))
    cell = found["levels"]["bare→image"]["slant"]
    (row,) = (line for line in lines if line.startswith("bare→image  slant"))
    assert row.split()[2] == f"{cell['value']:.2f}" and row.split()[-1] == "10"
    assert f"upright real {cell['levels']['real'][1]:.0%}, sampled {cell['levels']['samples'][1]:.0%}" in told
    assert told.count("distance within a digit") == 15  # two facts of an image, three of a sound; three kinds of prompt
    for kind in "said", "levels", "spread", "agreement", "frechet":
        for pair in found[kind]:
            assert any(line.startswith(pair) for line in lines), (kind, pair)


def test_captions_that_never_say_it_are_all_wrong():
    cell = evaluate.score(np.array([0, 1, 1]), np.full((3, 2), -1), silence=True)
    assert (cell["value"], cell["chance"], cell["prompts"]) == (0, 0, 3)


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


def test_figures_are_not_written_where_their_picture_goes(tmp_path):
    with pytest.raises(ValueError, match=r"name a \.json file.*Received: .*metrics\.PNG"):
        evaluate.evaluate(None, tmp_path / "metrics.PNG")  # before anything is loaded or measured
