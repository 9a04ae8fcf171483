"""What is left open, held to models whose variety is known: real answers, always the commonest, and in between."""

import numpy as np
import pytest

from mmgan_lite.evaluation import variety

RNG = np.random.default_rng(0)
CLASSES = np.repeat(np.arange(5), 1000)
SHARES = np.array([[0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3], [0.5, 0.1, 0.4]])
SEX = RNG.integers(0, 2, 5000)
FACTS = {
    "digit": CLASSES,
    "slant": (RNG.random((5000, 1)) > SHARES[CLASSES].cumsum(1)).sum(1),
    "sex": SEX,
    "pitch": np.where(RNG.random(5000) < 0.9, SEX, 1 - SEX),  # women are high, mostly
}
BARE = {"digit": np.arange(5)}
TIMID = float(1 - SHARES.max(1).mean())


def answers(share_timid=0.0, count=400, said=BARE, seed=1):
    """Real examples, but in a share of the draws the commonest slant of the class."""
    rng, fits = np.random.default_rng(seed), variety.allowed(said, FACTS)
    rows = np.stack([rng.choice(np.flatnonzero(row), count) for row in fits])
    told = {fact: level[rows] for fact, level in FACTS.items()}
    timid = rng.random(rows.shape) < share_timid
    return {**told, "slant": np.where(timid, SHARES.argmax(1)[told["digit"]], told["slant"])}


def measured(told, said=BARE):
    return variety.levels_left_open(said, told, FACTS, FACTS)


def test_real_answers_lie_at_the_floor():
    for fact, cell in measured(answers()).items():
        assert cell["value"] == pytest.approx(cell["floor"], abs=0.015), fact
        assert cell["low"] <= cell["value"] <= cell["high"]


def test_the_commonest_level_alone_lies_at_the_stated_timid_distance():
    cell = measured(answers(1.0))["slant"]
    assert cell["value"] == pytest.approx(cell["timid"]) == pytest.approx(TIMID, abs=0.02)
    assert cell["levels"]["samples"] == pytest.approx([0.4, 0.4, 0.2])  # 2, 2 and 1 of the five classes


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_model_in_between_lies_in_between(share):
    cell = measured(answers(share))["slant"]
    assert cell["value"] == pytest.approx(share * TIMID, abs=0.03)


def test_a_level_a_class_is_no_variety_although_all_levels_occur():
    told = {"sex": np.array([0, 1, 0, 1, 0])[:, None].repeat(100, 1)}
    cell = measured(told)["sex"]
    assert cell["levels"]["samples"] == [0.6, 0.4] and cell["value"] > 0.45


def test_what_a_prompt_says_is_not_open_and_bounds_what_is():
    said = {"digit": np.arange(5), "sex": np.full(5, 1)}
    honest = measured(answers(count=200, said=said), said)
    assert list(honest) == ["slant", "pitch"]
    assert honest["pitch"]["value"] < 0.08 and honest["pitch"]["levels"]["real"][1] == pytest.approx(0.9, abs=0.02)
    assert (
        measured(answers(count=200), said)["pitch"]["value"] > 0.3
    )  # women's voices as high as anybody's: not what was asked


def test_prompts_that_say_a_fact_do_not_count_where_others_leave_it_open():
    said = {"digit": np.arange(5), "sex": np.array([0, 1, -1, -1, -1])}
    cells = measured(answers(count=200, said=said), said)
    assert (cells["sex"]["prompts"], cells["pitch"]["prompts"]) == (3, 5)


def test_silence_is_told_and_a_class_without_a_word_is_as_far_as_can_be():
    told = answers()
    silent = {"slant": np.where(np.arange(400) < 200, told["slant"], -1)}
    cell = measured(silent)["slant"]
    assert (cell["told"], cell["real_told"]) == (0.5, 1.0) and cell["value"] < 0.08
    assert measured({"slant": np.full((5, 400), -1)})["slant"]["value"] == 1
    silent["slant"][0] = -1
    assert measured(silent)["slant"]["value"] == pytest.approx(0.2 + 0.8 * cell["value"], abs=0.02)


def test_facts_that_no_real_answer_tells_are_left_out():
    assert variety.levels_left_open(BARE, answers(), FACTS, {**FACTS, "sex": np.full(5000, -1)}).keys() == {
        "slant", "pitch",
    }  # fmt: skip


def test_real_answers_are_different_ones_that_the_prompt_allows():
    fits = variety.allowed({"digit": np.array([2, -1]), "sex": np.array([1, 0])}, FACTS)
    rows = variety._draw(fits, 300, np.random.default_rng(0))
    assert all(len(set(row)) == 300 for row in rows.tolist())
    assert (CLASSES[rows[0]] == 2).all() and (SEX[rows[0]] == 1).all() and (SEX[rows[1]] == 0).all()
    assert len(np.unique(CLASSES[rows[1]])) == 5


def test_interval_is_over_prompts_not_over_samples():
    """Whoever answers a prompt with one voice, whatever it is, has told as much as there are prompts."""
    rng, said = np.random.default_rng(3), {"digit": np.arange(100) % 5}
    once = rng.random((100, 1)) < 0.8
    alike, apart = np.repeat(once, 20, 1).astype(int), (rng.random((100, 20)) < 0.8).astype(int)
    widths = [cell["high"] - cell["low"] for cell in (measured({"sex": x}, said)["sex"] for x in (alike, apart))]
    assert widths[0] > 2 * widths[1]


def test_bootstrap_of_a_mean_has_its_known_width():
    x = np.random.default_rng(0).normal(5, 1, 400)
    mean, low, high = variety.bootstrap(lambda rows: x[rows].mean(), 400)
    assert mean == pytest.approx(x.mean()) == pytest.approx((low + high) / 2)
    assert high - low == pytest.approx(2 * 1.96 * x.std() / 20, rel=0.2)


# Spread

FEATURES = np.random.default_rng(5).normal(size=(5000, 4)) + 10 * CLASSES[:, None]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0, 2.0])
def test_spread_is_the_share_of_the_real_deviation_within_a_prompt(share):
    rows = np.stack([np.random.default_rng(6).choice(np.flatnonzero(row), 400) for row in variety.allowed(BARE, FACTS)])
    middle = 10 * np.arange(5)[:, None, None]
    cell = variety.spread(BARE, middle + share * (FEATURES[rows] - middle), FACTS, FEATURES)
    assert cell["value"] == pytest.approx(share, abs=0.05)
    assert cell["low"] <= cell["value"] <= cell["high"] and cell["prompts"] == 5


def test_spread_is_not_fooled_by_prompts_that_differ():
    one_each = (10 * np.arange(5))[:, None, None] + np.zeros((5, 30, 4))
    assert variety.spread(BARE, one_each, FACTS, FEATURES)["value"] == 0


# Agreement


def agreed(first, second, said=BARE):
    return variety.agreement_left_open(said, {"sex": first}, {"sex": second})


VOICES = np.random.default_rng(7).integers(0, 2, (5, 200))


def test_one_draw_agrees_and_two_draws_agree_by_chance():
    together, apart = agreed(VOICES, VOICES)["sex"], agreed(VOICES, np.roll(VOICES, 7, 1))["sex"]
    assert together["value"] == 1 and together["chance"] == pytest.approx(0.5, abs=0.02)
    assert apart["value"] == pytest.approx(apart["chance"], abs=0.05) and apart["low"] < apart["chance"]
    assert agreed(VOICES, 1 - VOICES)["sex"]["value"] == 0


def test_a_model_of_one_voice_agrees_by_chance_always():
    cell = agreed(np.ones((5, 9), int), np.ones((5, 9), int))["sex"]
    assert (cell["value"], cell["chance"]) == (1, 1)


def test_agreement_counts_where_both_tell_and_the_prompt_does_not():
    first, second = np.array([[0, 1, -1, 0], [1, 1, 1, 1]]), np.array([[0, 0, 1, -1], [0, 0, 0, 0]])
    cell = agreed(first, second, {"digit": np.array([3, 4]), "sex": np.array([-1, 1])})["sex"]
    assert (cell["value"], cell["told"], cell["prompts"]) == (0.5, 0.5, 1)
    assert cell["chance"] == pytest.approx(4 / 7)  # of 3 x 3 pairs that tell, two were drawn together
    assert agreed(np.full((2, 3), -1), np.zeros((2, 3), int)) == {}
    assert variety.agreement_left_open(BARE, {"sex": VOICES}, {"slant": VOICES}) == {}


# Total variation


@pytest.mark.parametrize(
    ("real", "fake", "distance"),
    [([0, 1], [1, 0], 0), ([0, 0], [2, 2], 1), ([0, 1, -1, -1], [0, 0], 0.5), ([0, 1, 2], [2, 1, 0, 0, 1, 2], 0)],
)
def test_total_variation_of_counted_shares(real, fake, distance):
    assert variety.total_variation(real, fake) == variety.total_variation(fake, real) == pytest.approx(distance)


# Bad input

REFUSED = {
    "nothing told": (lambda: variety.total_variation([-1], [0, 1]), "both sets need a level. Received: 0 and 2"),
    "too many samples": (lambda: measured(answers(count=600)), "take fewer samples a prompt.*600 samples.*1000 real"),
    "unknown fact": (lambda: variety.allowed({"colour": [1]}, FACTS), "every fact that a prompt says.*no 'colour'"),
    "one sample": (
        lambda: variety.spread(BARE, FEATURES[:5, None], FACTS, FEATURES),
        "two samples a prompt.*1 samples",
    ),
    "nothing real": (lambda: variety.spread({"digit": [9]}, FEATURES[:3][None], FACTS, FEATURES), "0 real examples"),
}


@pytest.mark.parametrize(("call", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_measured_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
