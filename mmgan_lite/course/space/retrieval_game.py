"""A miner in the shared space: tasks on things of all senses, answered by nearness alone, and how often rightly."""

import functools
import html
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.evaluation import metrics

ITEMS = 200  # rounds of each task
OFFERED = 4
NEIGHBOURS = "nearest neighbours"  # the one task in which the chance of a hit is that of a digit


class Round(NamedTuple):
    """One task: the thing given (or None), the things offered, which of them was chosen, and whether each is right."""

    given: tuple | None
    offered: list
    chosen: int
    right: list


class RetrievalGame(CourseWidget):
    """Choose a task, what is given and what is looked for, and an item; see the answer, and the rate so far.

    Args:
        pairs: A pairs dict with "image", "text", "speech" and "label", of n rows.
        vectors: {sense: float32 (n, embed_dim)}, the unit vectors of all its things.

    Attributes:
        controls: {"task", "given", "wanted", "item", "hide"}: the widgets; "hide" keeps the answer back.
        visited: {(task, given, wanted): {item: whether it was answered rightly}}, of all that was looked at.
        rate: A function (task, given, wanted) to (`metrics.Interval` over all rounds, chance).
    """

    name, kept = "miner", ("told", "view")

    def __init__(self, pairs, vectors):
        super().__init__()
        self.view, self.told = self.page("view"), self.page("told")
        self._pairs, self._vectors = pairs, vectors
        self.visited = {}
        self._tasks = {NEIGHBOURS: self._neighbours, "missing piece": self._piece, "odd one out": self._odd}
        self.rate, self._card = functools.cache(self._rate), functools.cache(self._drawn)
        self.controls = self.named(self._controls(), self._show)
        self._show()
        task, given, wanted, item, hide = self.controls.values()
        self.lay_out(row(task, item), row(given, wanted, hide), self.told, self.view)

    def _controls(self):
        senses = [(cards.SPOKEN[sense], sense) for sense in cards.NAMES]
        wide = {"layout": {"width": "300px"}, "style": {"description_width": "90px"}}
        return {
            "task": widgets.Dropdown(options=list(self._tasks), description="Task", **wide),
            "given": widgets.Dropdown(options=senses, value="image", description="Given", **wide),
            "wanted": widgets.Dropdown(options=senses, value="speech", description="Looked for", **wide),
            "item": widgets.IntSlider(1, 1, ITEMS, description="Item", continuous_update=False, **wide),
            "hide": widgets.ToggleButton(False, description="Hide the answer"),
        }

    def play(self, task, item, given="image", wanted="speech"):
        """One round, a `Round` of (sense, row) things."""
        return self._tasks[task](np.random.default_rng((item, 5)), given, wanted)

    def _neighbours(self, rng, given, wanted):
        """The nearest things of a sense; right where they carry the digit."""
        label = self._pairs["label"]
        row = int(rng.integers(len(label)))
        nearness = self._vectors[wanted] @ self._vectors[given][row]  # (n,)
        if given == wanted:
            nearness[row] = -2.0  # itself is no neighbour
        nearest = np.argsort(-nearness)[:OFFERED].tolist()
        return Round((given, row), [(wanted, other) for other in nearest], 0, list(label[nearest] == label[row]))

    def _piece(self, rng, given, wanted):
        """One thing of the same digit among three of other digits: which one belongs to what is given?"""
        label = self._pairs["label"]
        row = int(rng.integers(len(label)))
        same = np.setdiff1d(np.flatnonzero(label == label[row]), [row])
        rows = [rng.choice(same), *rng.choice(np.flatnonzero(label != label[row]), OFFERED - 1, replace=False)]
        rows = rng.permutation(rows).tolist()
        chosen = int(np.argmax(self._vectors[wanted][rows] @ self._vectors[given][row]))
        return Round((given, row), [(wanted, other) for other in rows], chosen, list(label[rows] == label[row]))

    def _odd(self, rng, *_):
        """Three things of one digit and one of another, of any senses: which one does not belong?"""
        label = self._pairs["label"]
        digit, other = rng.choice(np.unique(label), 2, replace=False)
        rows = [
            *rng.choice(np.flatnonzero(label == digit), 3, replace=False),
            rng.choice(np.flatnonzero(label == other)),
        ]
        rows = rng.permutation(rows).tolist()
        things = [(str(rng.choice(list(cards.NAMES))), row) for row in rows]
        points = np.stack([self._vectors[sense][row] for sense, row in things])  # (4, embed_dim)
        chosen = int(np.argmin((points @ points.T).sum(1)))
        return Round(None, things, chosen, list(label[rows] == other))

    def _rate(self, task, given, wanted):
        rounds = [self.play(task, item, given, wanted) for item in range(1, ITEMS + 1)]
        hits = [bool(one.right[one.chosen]) for one in rounds]
        lots = len(np.unique(self._pairs["label"])) if task == NEIGHBOURS else OFFERED
        return metrics.interval(hits), 1 / lots

    def _show(self):
        self.told.say("working …")  # sounds take a while, and so does the first look at all items
        task, given, wanted, item, hidden = (control.value for control in self.controls.values())
        odd = task == "odd one out"
        for name in ("given", "wanted"):
            self.controls[name].layout.display = "none" if odd else None
        if odd:
            given = wanted = None  # it takes things of any sense, and has one tally
        one = self.play(task, item, given, wanted)
        self.view.value = self._page(one, hidden)
        if hidden:
            self.told.say("Which one would you choose? Then let the answer be shown.")
        else:
            self._tell(one, (task, given, wanted), item)

    def _tell(self, one, asked, item):
        """Whether this item was answered rightly, how many were so far, and how many of all are."""
        hit = bool(one.right[one.chosen])
        seen = self.visited.setdefault(asked, {})
        seen[item] = hit
        (mean, low, high), chance = self.rate(*asked)
        chosen = f"Chosen: number {one.chosen + 1}, {'right' if hit else 'wrong'}."
        rate = f"all {ITEMS} items: {mean:.0%} ({low:.0%} to {high:.0%}), chance {chance:.0%}"
        self.told.say(f"{chosen} So far {sum(seen.values())} of {len(seen)} right; {rate}.", wrong=not hit)

    def _page(self, one, hidden):
        marks = [("", "#cccccc") if hidden else (_mark(at, one), _colour(at, one)) for at in range(OFFERED)]
        given = [_framed(self._card(*one.given), "given", plots.OKABE_ITO["black"])] if one.given else []
        offered = [
            _framed(self._card(*thing), f"{number}{mark}", colour)
            for number, (thing, (mark, colour)) in enumerate(zip(one.offered, marks, strict=True), 1)
        ]
        flow = "display: flex; flex-wrap: wrap; gap: 10px; align-items: flex-start; min-height: 190px"
        return f'<div style="{flow}">{"".join(given + offered)}</div>'

    def _drawn(self, sense, row):
        """One thing as a card of HTML."""
        sample, alt = self._pairs[sense][row], f"{cards.SPOKEN[sense]} of the data set, number {row}"
        if sense == "text":
            return f'<div style="line-height: 1.3; padding: 30px 0">{html.escape(str(sample))}</div>'
        return cards.picture(sample, alt) if sense == "image" else cards.sounds(sample[None], [alt])[0]


def _mark(index, one):
    return (" · chosen" if index == one.chosen else "") + (" · right" if one.right[index] else "")


def _colour(index, one):
    if index == one.chosen:
        return plots.OKABE_ITO["green" if one.right[index] else "vermilion"]
    return "#cccccc"


def _framed(card, words, colour):
    style = f"width: {cards.WIDTH + 8}px; padding: 4px; border: 3px solid {colour}; text-align: center"
    return f'<div class="miner-card" style="{style}">{card}<div><small>{html.escape(words)}</small></div></div>'
