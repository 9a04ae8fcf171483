"""Maps of a shared space."""

import numpy as np

from mmgan_lite.course import maps


def vectors(seed, n=40):
    points = np.random.default_rng(seed).standard_normal((3, n, 5)) * (3, 2, 0.1, 0.1, 0.1)
    return dict(zip(("image", "text", "speech"), points, strict=True))


def test_the_sheet_is_the_one_on_which_vectors_spread_widest():
    _, directions = maps.shadow(vectors(0))
    assert np.abs(directions[:, :2]).min(axis=None) >= 0 and np.allclose(
        np.linalg.norm(directions[:, :2], axis=1), 1, atol=0.01
    )


def test_the_map_does_not_jump_from_one_step_to_the_next():
    _, first = maps.shadow(vectors(0))
    _, turned = maps.shadow(vectors(1), before=-first)
    assert (np.sum(-first * turned, axis=1) > 0.9).all()


def test_progress_remembers_and_tells_every_recall():
    progress = maps.Progress()
    for step, share in ((10, 0.2), (20, 0.8)):
        fig = progress(step, vectors(step), {("image", "text"): share})
    assert progress.recalls == {"step": [10, 20], "image → text": [0.2, 0.8]}
    assert "now image → text 80%" in fig.axes[1].alt and "step 20" in fig.axes[0].alt
