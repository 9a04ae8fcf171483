"""Experiments: at most two settings, swept over seeds within a budget of time, with a prediction written first.

A run is one call of a score function at one combination of settings and one seed. The seeds form the outer loop: a
sweep that is stopped, or that runs out of time, has still tried its combinations about equally often. Notebook 13.
"""

import itertools
import json
import math
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmgan_lite import files, plots
from mmgan_lite.evaluation.metrics import Z95, Interval

MOST_SETTINGS, FEWEST_WORDS = 2, 3
MAX_BYTES = 2**22  # of a file of results
# Student's t, two-sided 95%, for 1, 2, … degrees of freedom: so much further than Z95 must one reach with few seeds
T95 = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)


def student(freedom):
    """How many standard errors to either side hold 95%, where the spread itself is estimated.

    Args:
        freedom: int from 1, one less than there are values.

    Source: Student 1908; beyond 10, the first terms of its expansion about the normal (Fisher & Cornish 1960).
    """
    if freedom <= len(T95):
        return T95[freedom - 1]
    z, n = Z95, freedom
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / n + second / n**2 + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)


def over_seeds(scores):
    """The mean of a few runs' scores with its 95% interval, mean ± t · s / √n.

    It is for scores that scatter; if all of few runs reach the same ceiling, a width of 0 says little.

    Args:
        scores: float (n,), one a seed.

    Returns:
        `metrics.Interval`; from -inf to inf for a single seed, which tells nothing of its spread.

    Raises:
        ValueError: if there is none, or one is not finite.
    """
    scores = np.asarray(scores, "float64")
    if scores.ndim != 1 or not scores.size or not np.isfinite(scores).all():
        raise ValueError(f"scores must be finite, one a seed, (n,), at least one. Received: {scores.tolist()}")
    mean, n = float(scores.mean()), len(scores)
    half_width = student(n - 1) * float(scores.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf
    return Interval(mean, mean - half_width, mean + half_width)


class Difference(NamedTuple):
    """Two combinations, seed by seed: the mean of the first one's score less the second's, with its 95% interval."""

    first: str
    second: str
    mean: float
    low: float
    high: float

    @property
    def beyond_noise(self):
        """Whether the interval leaves 0 out."""
        return not self.low <= 0 <= self.high

    def __str__(self):
        if not math.isfinite(self.low):
            return f"{self.first} and {self.second}: one common seed cannot tell"
        found = f"{self.mean:+.3f}, 95% interval {self.low:+.3f} to {self.high:+.3f}"
        return f"{self.first} less {self.second}: {found}: {'a difference' if self.beyond_noise else 'within noise'}"


def wordy(prediction, fewest=FEWEST_WORDS):
    """Whether a prediction is one: a few words at least, or letters enough in a script that does not part words."""
    words = str(prediction)
    dense = sum(letter.isalpha() and letter >= "\u0e00" for letter in words)  # Thai, Chinese, Japanese, …
    return len(words.split()) >= fewest or dense >= 2 * fewest


class Sweep:
    """A sweep and all that it has found.

    Args:
        score: A function of `seed` and of the settings, by name, that returns a number. For a run that fails, such as
            a training that diverges, it should return the worst score: to leave failures out would flatter.
        settings: {name: levels}, one or two; levels are a list, or {label: value} where a value has no name of its own.
        seeds: The seeds, or how many; every combination gets the same ones.
        prediction: What is expected, and why; a sweep without one does not run.
        seconds: No further run is begun after so many; None sets no end.
        path: A JSON file, written after every run; None keeps the results in memory alone.

    Attributes:
        results: [{"at": {name: label}, "seed": int, "score": float, "seconds": float}, …], in the order of the runs.
    """

    def __init__(self, score, settings, *, seeds=3, prediction="", seconds=None, path=None):
        if not 1 <= len(settings) <= MOST_SETTINGS:
            raise ValueError(f"vary one or two settings; more need more seeds than patience. Received: {[*settings]}")
        self.score, self.prediction, self.seconds, self.path = score, prediction, seconds, path
        self.settings = {name: labelled(levels) for name, levels in settings.items()}
        self.seeds = tuple(range(seeds)) if isinstance(seeds, int) else tuple(map(int, seeds))
        self.combinations = [dict(zip(self.settings, at, strict=True)) for at in itertools.product(*self._labels())]
        self.plan = [(at, seed) for seed in self.seeds for at in self.combinations]
        self.results = []

    def _labels(self):
        return [list(levels) for levels in self.settings.values()]

    def __len__(self):
        return len(self.plan)

    def runs(self):
        """A generator that takes one run for each step, and yields its result; runs that were done are not repeated.

        Raises:
            ValueError: if no prediction was written, or a score is no finite number; what was found before is kept.
        """
        if not wordy(self.prediction):
            raise ValueError(f"write what you expect, and why, before you run. Received: {self.prediction!r}")
        start = time.perf_counter()
        for at, seed in self.plan:
            if self._found(at, seed) is None:
                if self.seconds is not None and time.perf_counter() - start >= self.seconds:
                    return
                yield self._run(at, seed)

    def _run(self, at, seed):
        start = time.perf_counter()
        score = self.score(seed=seed, **{name: self.settings[name][label] for name, label in at.items()})
        if not isinstance(score, int | float | np.number) or not math.isfinite(score):
            where = f"{score!r} at {title(at)}, seed {seed}"
            raise ValueError(f"a score must be a finite number, the worst one for a run that failed. Received: {where}")
        result = {"at": at, "seed": seed, "score": float(score), "seconds": round(time.perf_counter() - start, 2)}
        self.results.append(result)
        if self.path is not None:
            self.save(self.path)
        return result

    def _found(self, at, seed):
        return next((r["score"] for r in self.results if r["at"] == at and r["seed"] == seed), None)

    def scores(self, at):
        """{seed: score} that was found at one combination {name: label}."""
        return {r["seed"]: r["score"] for r in self.results if r["at"] == at}

    def means(self):
        """{title: `metrics.Interval`} of every combination that has a score."""
        found = {title(at): list(self.scores(at).values()) for at in self.combinations}
        return {name: over_seeds(scores) for name, scores in found.items() if scores}

    def differences(self):
        """A `Difference` for every two combinations, over the seeds that both have: what these share drops out."""
        compared = []
        for first, second in itertools.combinations(self.combinations, 2):
            one, other = self.scores(first), self.scores(second)
            common = [one[seed] - other[seed] for seed in one if seed in other]
            if common:
                compared.append(Difference(title(first), title(second), *over_seeds(common)))
        return compared

    def columns(self):
        """The means as `plots.table` takes them."""
        seeds = {title(at): len(self.scores(at)) for at in self.combinations}
        means = self.means()
        return columns(means) | {"seeds": [seeds[name] for name in means]} if means else {}

    def figure(self, words=""):
        """Means with 95% intervals over seeds, and a dot for each run; `words` go under it. Returns the Figure."""
        ax = intervals(self.means(), {title(at): list(self.scores(at).values()) for at in self.combinations})
        ax.set_xlabel("score: mean and 95% interval over seeds, a dot a run")
        return plots.note(ax, words) if words else ax.figure

    def save(self, path):
        """Write everything but the score function into a JSON file, whole or not at all."""
        kept = {"format": 1, "prediction": self.prediction, "seeds": self.seeds, "results": self.results}
        kept["settings"] = dict(zip(self.settings, self._labels(), strict=True))
        page = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(Path(path), lambda file: file.write(page.encode()))

    def restore(self, path):
        """Take up the prediction and the results of a file that `save` wrote, as far as they belong to this sweep.

        Raises:
            FileNotFoundError: if it is not there.
            ValueError: if it is another kind of file, or of a sweep over other settings.
        """
        kept = read(path)
        if list(kept["settings"]) != list(self.settings):
            raise ValueError(f"this file holds a sweep over other settings. Received: {', '.join(kept['settings'])}")
        self.prediction = kept["prediction"]
        self.results = [result for result in kept["results"] if (result["at"], result["seed"]) in self.plan]


def read(path):
    """What `Sweep.save` wrote: {"prediction", "settings": {name: labels}, "seeds", "results"}.

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if it is another kind of file.
    """
    try:
        kept = files.read_json(path, MAX_BYTES)
        if kept["format"] != 1 or not isinstance(kept["prediction"], str):
            raise ValueError("another format")
        {name: list(labels) for name, labels in kept["settings"].items()}
        [int(seed) for seed in kept["seeds"]]
        for result in kept["results"]:
            if not (isinstance(result["at"], dict) and isinstance(result["seed"], int)
                    and math.isfinite(result["score"]) and math.isfinite(result["seconds"])):  # fmt: skip
                raise ValueError(f"a result like {result}")
        return kept
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the file does not hold a sweep's results ({error!r}). Received: {path}") from None


def labelled(levels):
    """{label: value} of a list of levels, or of such a dict itself.

    Raises:
        ValueError: if there is none, or two have one label.
    """
    given = levels if isinstance(levels, dict) else {str(level): level for level in levels}
    if not given or len(given) < len(levels):
        raise ValueError(f"levels must be different, and one at least. Received: {levels}")
    return {str(label): value for label, value in given.items()}


def columns(means):
    """{name: `metrics.Interval`} as `plots.table` takes it."""
    return {"what": list(means), **{end: [getattr(m, end) for m in means.values()] for end in Interval._fields}}


def title(at):
    """A combination {name: label} in words."""
    return ", ".join(f"{name} {label}" for name, label in at.items())


def intervals(means, dots=None, ax=None, colours=None):
    """Means with their 95% intervals, one below the other.

    Args:
        means: {name: `metrics.Interval`}.
        dots: {name: numbers}, drawn next to; or None.
        ax: Axes to draw into; None makes a figure.
        colours: {name: colour}; None draws all in blue.

    Returns:
        The Axes; its words tell every number.
    """
    ax = ax or plots.figure(6.4, 0.8 + 0.36 * max(len(means), 1))[1]
    for row, (name, found) in enumerate(means.items()):
        colour = (colours or {}).get(name, plots.OKABE_ITO["blue"])
        ends = [found.low, found.high] if math.isfinite(found.low) else [found.mean, found.mean]
        ax.plot(ends, [row, row], "-", color=colour, linewidth=2, solid_capstyle="butt")
        ax.plot([found.mean], [row], "D", color=colour, markersize=6)
        some = (dots or {}).get(name, [])
        ax.plot(some, [row - 0.22] * len(some), "o", color="#777777", markersize=3.5)
    ax.set_yticks(range(len(means)), list(means), parse_math=False)  # "$" in a label is a letter
    ax.set_ylim(max(len(means), 1) - 0.5, -0.6)  # the first above
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    told = [f"{name} {m.mean:.3g} ({m.low:.3g} to {m.high:.3g})" for name, m in means.items()]
    ax.alt = f"Means with 95% intervals: {'; '.join(told) or 'none yet'}."
    return ax
