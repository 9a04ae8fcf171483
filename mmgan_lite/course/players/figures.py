"""The figures of notebooks 01 to 03, one call each: colours, words and the table of numbers come with them."""

import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.players.scene import picture

BLUE, VERMILION, GREEN, PURPLE = (plots.OKABE_ITO[name] for name in ("blue", "vermilion", "green", "purple"))
LEVELS = {"log 4": np.log(4), "log 2": np.log(2)}  # what D and G pay for a D that answers 0.5 to everything


def histogram(heights, edges, xlabel):
    """A density, estimated by bins.

    Args:
        heights, edges: float (bins,) and (bins + 1,), as `np.histogram(…, density=True)` returns them.
        xlabel: What was measured, with its unit.

    Returns:
        (figure, numbers), as `Redrawn` takes it.
    """
    fig, ax = plots.figure(6, 2.6)
    ax.stairs(heights, edges, fill=True, color=BLUE, alpha=0.6)
    ax.set(xlabel=xlabel, ylabel="density", xlim=(-45, 60), ylim=(0, 0.05))  # of slants: held, whatever the bins
    top = np.argmax(heights)
    middle = (edges[top] + edges[top + 1]) / 2
    ax.alt = f"Histogram in {len(heights)} bins by {xlabel}: highest near {middle:.0f}, with {heights[top]:.3f}."
    return fig, {f"from: {xlabel}": list(edges[:-1]), "density": list(heights)}


def duels(games, layers, numbers, note=""):
    """Several games side by side, each as `scene.picture` draws it.

    Args:
        games: {title: `Duel`}.
        layers: Some of "surface", "mesh", "arrows".
        numbers: {heading: values}, one a game: they stand in the table and in the words.
        note: A line under it, such as the budget.

    Returns:
        What a cell shows: the figure with its alt text, over its table of numbers.
    """
    fig, axes = plots.figure(0.3 + 3 * len(games), 3.5, columns=len(games))
    for ax, (title, game), row in zip(np.ravel(axes), games.items(), zip(*numbers.values(), strict=True), strict=True):
        picture(game, ax, layers, title)
        ax.alt += "".join(f" {name}: {value:.3g}." for name, value in zip(numbers, row, strict=True))
    return plots.show(plots.note(fig, note), numbers={"game": list(games), **numbers})


def losses_and_shares(history, at, near, note=""):
    """Both losses of a game, and next to them what they do not tell: the share of fakes near a place.

    Args:
        history: As `Duel.history` returns it.
        at, near: float (n,), steps and the shares measured there.
        note: A line under it.

    Returns:
        As `duels` does.
    """
    fig, ((left, right),) = plots.figure(8, 2.9, columns=2)
    plots.losses(history, left)
    for level in LEVELS.values():
        left.axhline(level, color="grey", linestyle=":")
    left.set_ylim(0, 2)
    ends = ", ".join(f"{name[0].upper()} {np.nanmean(history[name][-100:]):.2f}" for name in ("d_loss", "g_loss"))
    lines = " and ".join(f"{name} = {level:.2f}" for name, level in LEVELS.items())
    left.alt = f"Both losses by step, with dotted lines at {lines}. Over the last hundred steps: {ends}."
    right.plot(at, near, "o-", color=GREEN, markersize=3)
    right.set(xlabel="step", ylabel="fakes near a place", ylim=(0, 1))
    right.alt = f"Meanwhile the share of fakes near a place goes from {near[0]:.0%} to {near[-1]:.0%}."
    return plots.show(plots.note(fig, note), numbers={"step": at, "share near": near})


def bells(x, p, q, distances, jensen, here):
    """Two bells on a line with the best D between them, and two distances of such bells by how far they lie apart.

    Args:
        x, p, q: float (n,), places, and both densities there.
        distances, jensen: float (m,), how far two bells of one spread lie apart, and their JSD.
        here: {name: number}, what these two are; "distance" and "JSD" are marked.

    Returns:
        (figure, numbers), as `Redrawn` takes it.
    """
    fig, ((left, right),) = plots.figure(8, 2.8, columns=2)
    left.plot(x, p, color=BLUE, label="data p")
    left.plot(x, q, "--", color=VERMILION, label="fakes q")
    left.plot(x, p / (p + q + 1e-300), color="black", linestyle=":", label="best D: p/(p+q)")
    left.set(xlim=(-4, 10), xlabel="x", ylim=(0, 1.05))
    right.plot(distances, jensen, color=GREEN, label="JSD (equal spreads)")
    right.plot(distances, distances / 8, "--", color=PURPLE, label="earth mover's / 8")
    right.plot(here["distance"], here["JSD"], "ko", label="here")
    right.set(xlabel="distance of the bells")
    for ax in (left, right):
        ax.legend(fontsize="x-small", frameon=False)
    left.alt = "Two bells, and the best D: " + ", ".join(f"{name} {value:.3g}" for name, value in here.items()) + "."
    right.alt = f"By distance, JSD rises to {jensen[-1]:.3f}, and the earth mover's distance to {distances[-1]:g}."
    return fig, {name: [value] for name, value in here.items()}


def found_and_best(line, found, best, note=""):
    """D's logit along a line, next to the best one in closed form.

    Args:
        line, found, best: float (n, 1), places, D's logits and log p/q there.
        note: A line under it.

    Returns:
        The Figure, with alt text.
    """
    line, found, best = (np.ravel(values) for values in (line, found, best))
    fig, ax = plots.figure(5, 2.6)
    ax.plot(line, found, color="black", label="D's logit, learnt")
    ax.plot(line, best, "--", color=GREEN, label="log p/q")
    ax.set(xlabel="x", ylabel="logit", ylim=(-8, 8))
    ax.legend(fontsize="x-small", frameon=False)
    ends = (f"{name} from {values[0]:.1f} to {values[-1]:.1f}" for name, values in (("learnt", found), ("best", best)))
    off = np.abs(found - best).mean()
    ax.alt = f"D's logit for x from {line[0]:.1f} to {line[-1]:.1f}: {', '.join(ends)}; {off:.1f} apart on average."
    return plots.note(fig, note)
