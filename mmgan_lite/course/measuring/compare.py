"""Two candidates side by side: what n of their samples score, and how much of it may be chance."""

import functools
import html

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.measuring.seed_sweep import apart
from mmgan_lite.datasets import image
from mmgan_lite.evaluation import judges, metrics

UNCLEAR = "cannot tell"
DRAWS = 12  # of n samples; the range of their Fréchet distances² is what chance does to it
STRIP = 14  # samples that are shown of each candidate
COLOURS = plots.OKABE_ITO["blue"], plots.OKABE_ITO["vermilion"]
SCORES = {  # name: (is less better, is it a share); too near: nearer than 99% of held-out real images
    "Fréchet distance²": (True, False),
    "precision": (False, True),
    "recall": (False, True),
    "right digit": (False, True),
    "too near a training image": (True, True),
}


class CompareRuns(CourseWidget):
    """Choose two candidates, how many samples to judge and which draw of them; see every score with its interval.

    Args:
        candidates: {name: (images float32 (pool, 28, 28, 1), digits asked for (pool,))}; four or more of one size.
        real: float32 (pool, 28, 28, 1), held-out real images.
        training: float32 (m, 28, 28, 1), what a candidate may have copied.
        sizes: Numbers of samples to choose from, each well below the pool.

    Attributes:
        controls: {"left", "right", "n", "draw"}: the widgets.
        told: A `Page` with a line that sums up, or says that the widget is working.
        scores: A function (name, n, draw) to {score: `metrics.Interval`}.
    """

    name, kept = "compare", ("view",)

    def __init__(self, candidates, real, training, sizes=(50, 100, 250)):
        super().__init__()
        self.told, self.view = self.page("told"), self.page("view")
        self._candidates = candidates
        self._real = judges.features("image", real)
        usual = np.quantile(metrics.nearest_distance(real, training), 0.01)
        self._known = {name: _known(*candidate, training, usual) for name, candidate in candidates.items()}
        self.scores, self._distances = functools.cache(self._scores), functools.cache(self._carried)
        self.controls = self.named(_controls(list(candidates), sizes), self._show)
        self._show()
        left, right, n, draw = self.controls.values()
        self.lay_out(row(left, right), row(n, draw), self.told, self.view)

    def _scores(self, name, n, draw):
        features, right, near = self._known[name]
        rows, beside = self._rows(n, draw)
        shares = metrics.precision_recall(self._real[beside], features[rows])
        return {
            "Fréchet distance²": self._distance(name, n, draw),
            "precision": _counted(shares.precision, n),
            "recall": _counted(shares.recall, n),
            "right digit": metrics.interval(right[rows]),
            "too near a training image": metrics.interval(near[rows]),
        }

    def _rows(self, n, draw):
        """Which samples, and which real ones next to them, the draw picks; the same for every candidate."""
        rng = np.random.default_rng((n, draw))
        return rng.permutation(len(self._real))[:n], rng.permutation(len(self._real))[:n]

    def _distance(self, name, n, draw):
        distances = self._distances(name, n)
        return metrics.Interval(distances[draw - 1], min(distances), max(distances))

    def _carried(self, name, n):
        """The squared Fréchet distance of every draw of n samples."""
        features = self._known[name][0]
        picked = [self._rows(n, draw) for draw in range(1, DRAWS + 1)]
        return [metrics.frechet_distance(self._real[beside], features[rows]) for rows, beside in picked]

    def _show(self):
        left, right, n, draw = (control.value for control in self.controls.values())
        self.told.say("working …")  # the first look at so many samples takes a while
        first, second = self.scores(left, n, draw), self.scores(right, n, draw)
        verdicts = {
            of: verdict(first[of], second[of], left, right, less_is_better=less) for of, (less, _) in SCORES.items()
        }
        rows, _ = self._rows(n, draw)
        named = zip(COLOURS, (left, right), strict=True)
        strips = [_strip(self._candidates[name][0][rows], name, colour) for colour, name in named]
        self.view.value = "".join(strips) + _table(first, second, left, right, verdicts)
        found = sum(better != UNCLEAR for better in verdicts.values())
        self.told.say(f"{n} samples of each, draw {draw}: {found} of {len(SCORES)} scores tell the two apart.")


def _known(images, asked, training, usual):
    """What is computed once for a candidate: features, which digits are right, which images lie too near."""
    right = judges.read_image(images)["digit"] == asked
    return judges.features("image", images), right, metrics.nearest_distance(images, training) < usual


def _counted(share, n):
    """The interval of a share of n samples."""
    return metrics.interval(np.arange(n) < round(share * n))


def _controls(names, sizes):
    wide = {"layout": {"width": "330px"}, "style": {"description_width": "80px"}}
    still = {"continuous_update": False}
    return {
        "left": widgets.Dropdown(options=names, value=names[0], description="Blue", **wide),
        "right": widgets.Dropdown(options=names, value=names[1], description="Orange", **wide),
        "n": widgets.SelectionSlider(options=sizes, value=sizes[1], description="Samples", **still, **wide),
        "draw": widgets.IntSlider(1, 1, DRAWS, description="Draw", **still, **wide),
    }


def _strip(images, name, colour):
    """The first samples in a row under the candidate's name, as HTML."""
    pixels = np.concatenate(list(image.unscale(images[:STRIP, ..., 0])), axis=1)
    sheet = plots.img(plots.png_of(pixels), f"{STRIP} digits, side by side, by {name}", 2 * pixels.shape[1])
    return f'<div><b style="color: {colour}">{html.escape(name)}</b><br>{sheet}</div>'


def _table(first, second, left, right, verdicts):
    named = zip(COLOURS, (left, right), strict=True)
    names = (f'<th scope="col" style="color: {colour}">{html.escape(name)}</th>' for colour, name in named)
    head = f'<th scope="col">score</th>{"".join(names)}<th scope="col"></th><th scope="col">better</th>'
    body = "".join(_row(score, first[score], second[score], better) for score, better in verdicts.items())
    style = "font-size: 13px; white-space: nowrap; border-spacing: 12px 2px; border-collapse: separate"
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    table = f'<table class="compare-table" style="{style}">{rows}</table>'
    return f'<div style="overflow-x: auto">{table}</div>'  # in a narrow page


def _row(score, first, second, better):
    _, share = SCORES[score]
    top = 1.0 if share else 1.1 * max(first.high, second.high)
    tracks = "".join(_track(found, top, colour) for found, colour in zip((first, second), COLOURS, strict=True))
    numbers = "".join(f"<td>{_number(found, share)}</td>" for found in (first, second))
    head = f'<th scope="row" style="text-align: left">{score}</th>'
    return f"<tr>{head}{numbers}<td>{tracks}</td><td>{html.escape(better)}</td></tr>"


def verdict(first, second, left, right, *, less_is_better):
    """The better one of two intervals in words; none where they overlap."""
    if left == right or not apart(first, second):
        return UNCLEAR
    return left if (first.mean < second.mean) == less_is_better else right


def _number(found, share):
    mean, low, high = (f"{value:.0%}" if share else f"{value:.1f}" for value in found)
    return f"<b>{mean}</b> ({low} to {high})"


def _track(found, top, colour):
    """An interval as a bar on a track of 160 pixels, with a mark at the mean."""
    low, mean, high = (160 * value / top for value in (found.low, found.mean, found.high))
    shape = "position: absolute; height: 8px; background: " + colour
    bar = f'<div style="{shape}; left: {low:.0f}px; width: {max(high - low, 1):.0f}px; opacity: .45"></div>'
    mark = f'<div style="{shape}; left: {mean - 1:.0f}px; width: 3px"></div>'
    track = "position: relative; width: 164px; height: 8px; margin: 2px; background: #e8e8e8"
    return f'<div style="{track}">{bar}{mark}</div>'
