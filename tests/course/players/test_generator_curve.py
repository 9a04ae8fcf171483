"""The generator that is bent by hand."""

import numpy as np
import pytest

from mmgan_lite import plots
from mmgan_lite.course.players import generator_curve

HILLS = np.concatenate([np.random.default_rng(0).normal(m, 0.25, 2000) for m in (-1, 1)])


@pytest.fixture
def bender():
    made = generator_curve.GeneratorCurve({"two hills": HILLS, "a box": np.linspace(-1, 1, 4001)})
    yield made
    assert made.guard.errors == []


def test_noise_is_standard_normal():
    assert generator_curve.NOISE.mean() == pytest.approx(0, abs=1e-6)
    assert generator_curve.NOISE.std() == pytest.approx(1, abs=5e-3)
    assert generator_curve.normal_quantile(0.975) == pytest.approx(1.96, abs=5e-3)


def test_flat_curve_is_as_far_from_the_data_as_the_data_are_from_0(bender):
    earth, frechet = bender.distances()
    assert earth == pytest.approx(np.abs(HILLS).mean(), abs=0.01)
    assert frechet == pytest.approx(HILLS.mean() ** 2 + HILLS.var(), abs=0.01)


def test_ideal_heights_bring_it_near_and_picture_and_words_follow(bender):
    before = bender.plane.picture, bender.view.value, bender.told.value
    bender.bend(bender.wanted(generator_curve.KNOTS))
    assert bender.distances()[0] < 0.1
    after = bender.plane.picture, bender.view.value, bender.told.value
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert "two hills" in bender.plane.alt and f"{bender.distances()[0]:.3f}" in bender.told.value


def test_a_straight_line_suits_the_moments_and_not_the_hills(bender):
    bender.bend(HILLS.mean() + HILLS.std() * generator_curve.KNOTS)
    earth, frechet = bender.distances()
    assert frechet < 0.01 and earth > 0.15


def test_menu_ideal_and_reset_redraw(bender):
    for act in (lambda: setattr(bender.menu, "value", "a box"), lambda: setattr(bender.ideal, "value", True)):
        before = bender.plane.picture + bender.view.value.encode()
        act()
        assert bender.plane.picture + bender.view.value.encode() != before
    bender.bend(np.arange(8.0))  # beyond the edge
    assert max(x for _, x in bender.plane.points) == 2.5
    bender.reset.click()
    assert {x for _, x in bender.plane.points} == {0.0}


def test_it_is_kept_for_pages_without_widgets(bender):
    page = bender._repr_mimebundle_()["text/html"]
    assert page.count("<img") == 2 and "Earth mover" in page


@pytest.mark.parametrize("numbers", [[], [np.nan] * 5, np.linspace(50, 100, 20), 9 * HILLS])
def test_data_that_nobody_would_see_are_refused(numbers):
    with pytest.raises(ValueError, match=r"my data: most numbers must lie in .*Received"):
        generator_curve.GeneratorCurve({"my data": numbers})


def test_portrait_tells_how_far_a_generator_is():
    fig = generator_curve.portrait(lambda z: 0 * z, HILLS)
    assert f"{np.abs(HILLS).mean():.2f} apart" in plots.alt_text(fig)
    assert len(fig.axes) == 2
