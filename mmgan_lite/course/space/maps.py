"""Maps of a shared space: vectors of several modalities, flattened onto the sheet on which they spread widest."""

import numpy as np

from mmgan_lite import plots

SHAPES = "osv"  # of the points, one a modality
STYLES = {"image": "-", "text": "--", "speech": ":"}


def shadow(vectors, before=None):
    """The sheet on which vectors spread widest, turned so that it lies as the last one did.

    Args:
        vectors: {modality: unit vectors (n, dim)}.
        before: The directions (2, dim) of the last map; or None.

    Returns:
        (middle (dim,), directions (2, dim)).
    """
    every = np.concatenate(list(vectors.values()))
    directions = np.linalg.svd(every - every.mean(0), full_matrices=False)[2][:2]
    if before is not None:
        u, _, v = np.linalg.svd(before @ directions.T)
        directions = u @ v @ directions
    return every.mean(0), directions


def scatter(ax, vectors, middle, directions, title):
    """Draw the map of several modalities, each in its colour and shape."""
    for (name, points), shape in zip(vectors.items(), SHAPES, strict=False):
        ax.plot(*((points - middle) @ directions.T).T, shape, c=plots.COLOURS[name], ms=3, alpha=0.6, label=name)
    ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=[], yticks=[], title=title)
    ax.alt = f"Map of {', '.join(vectors)} vectors, {title}."


def by_class(ax, vectors, labels, named, middle, directions, title):
    """Draw the same map with a colour for each class.

    Args:
        vectors: {modality: (n, dim)}.
        labels: int (n,), the classes, fewer than ten.
        named: {words: vector (dim,)}, written where they lie.
    """
    for points, shape in zip(vectors.values(), SHAPES, strict=False):
        places = (points - middle) @ directions.T  # (n, 2)
        ax.scatter(*places.T, c=labels, cmap="tab10", s=5, marker=shape, alpha=0.6)
    for words, vector in named.items():
        place = (vector - middle) @ directions.T
        ax.text(*place, words, weight="bold", ha="center", va="center", bbox={"color": "white", "pad": 1})
    ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=[], yticks=[], title=title)
    ax.alt = "The second map again, a colour for each digit: clumps of one colour hold all three senses."


class Progress:
    """The map of a training, and its recalls so far: call it with the step, the vectors and the recalls.

    Attributes:
        recalls: {"step": [int, …], "image → text": [float, …], …}.
    """

    def __init__(self):
        self.recalls, self._directions = {"step": []}, None

    def __call__(self, step, vectors, recalls):
        """Args: step; {modality: (n, dim)}; {(from, to): share}. Returns the Figure."""
        self.recalls["step"].append(step)
        fig, ((left, right),) = plots.figure(8, 3.4, columns=2)
        middle, self._directions = shadow(vectors, self._directions)
        scatter(left, vectors, middle, self._directions, f"step {step}")
        left.legend(fontsize="x-small", loc="upper right")
        for (one, other), share in recalls.items():
            past = self.recalls.setdefault(f"{one} → {other}", [])
            past.append(share)
            style = {"color": plots.COLOURS[one], "linestyle": STYLES[other]}
            right.plot(self.recalls["step"], past, **style, label=f"{one} → {other}")
        right.axhline(0.1, color="#999999", linewidth=1)
        right.set(ylim=(0, 1.05), xlabel="step", ylabel="recall@1 (chance: grey line)")
        right.legend(fontsize="x-small", loc="lower right")
        now = (f"{pair} {past[-1]:.0%}" for pair, past in self.recalls.items() if pair != "step")
        right.alt = f"Recall@1 by step; now {', '.join(now)}."
        return fig
