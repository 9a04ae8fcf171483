"""The figures of `evaluate`, as a picture and as a table."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmgan_lite import plots
from mmgan_lite.evaluation import open_report


def figure(figures: dict) -> Figure:
    """A board of all translations, bars of what else a prompt asked for, and below them what was left open.

    Args:
        figures: What `evaluate` returns.

    Returns:
        The Figure, with alt texts.
    """
    fig = Figure(figsize=(11, 11), layout="constrained")
    parts: Any = fig.subfigures(2, 1, height_ratios=(4.8, 6.2))
    asked, left_open = parts
    left, right = asked.subplots(1, 2)
    board(figures, left)
    attributes(figures, right)
    asked.suptitle(_heading(figures), fontsize=10)
    open_report.draw(figures["open"], left_open)
    return fig


def _heading(figures):
    return f"{figures['prompts']} prompts of the {figures['split']} split, {figures['count']} samples each"


def board(figures: dict, ax: Axes | None = None) -> Axes:
    """Share of right digits, given one modality (rows) and asked for another (columns); brighter is better."""
    ax = ax or plots.figure(4.6, 4.2)[1]
    names = list(dict.fromkeys(pair.split("→")[0] for pair in figures["coherence"]))
    digits = [[figures["coherence"][f"{s}→{t}"]["digit"] for t in names] for s in names]
    shares = np.array([[cell["value"] for cell in row] for row in digits])
    ax.imshow(shares, cmap="cividis", vmin=0, vmax=1)
    for row, cells in enumerate(digits):
        for column, cell in enumerate(cells):
            words = f"{cell['value']:.1%}\n{cell['low']:.1%} – {cell['high']:.1%}"
            colour = "black" if cell["value"] > 0.5 else "white"
            ax.text(column, row, words, ha="center", va="center", fontsize=9, color=colour)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="generated", ylabel="given", title="right digit (chance 10%), 95% interval")
    pairs = [f"{s} to {t} {shares[i, j]:.1%}" for i, s in enumerate(names) for j, t in enumerate(names)]
    return plots.described(ax, f"Right digits: {', '.join(pairs)}; chance is 10%.")


def attributes(figures: dict, ax: Axes | None = None) -> Axes:
    """Share of samples that show the other facts that were asked for: bars with 95% intervals, a diamond at chance."""
    ax = ax or plots.figure(5, 4.2)[1]
    rows = [(pair, fact, cell) for pair, facts in figures["coherence"].items() for fact, cell in facts.items()]
    rows = [(f"{pair}: {fact}", cell) for pair, fact, cell in rows if fact != "digit"][::-1]
    values = np.array([cell["value"] for _, cell in rows])
    errors = np.abs(np.array([[cell["low"], cell["high"]] for _, cell in rows]) - values[:, None]).T
    colours = [plots.COLOURS[name.split("→")[1].split(":")[0]] for name, _ in rows]
    lines = {"ecolor": "black", "capsize": 2}
    ax.barh(range(len(rows)), values, xerr=errors, color=colours, error_kw=lines, height=0.7)
    ax.plot([cell["chance"] for _, cell in rows], range(len(rows)), "D", color="white", markeredgecolor="black", ms=5)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=7)
    ax.set(xlim=(0, 1), title="other facts right, 95% interval; ◇ chance")
    told = ", ".join(f"{name} {cell['value']:.1%}" for name, cell in rows[::-1])
    return plots.described(ax, f"Other facts right: {told}.")


def table(figures: dict) -> str:
    """The figures as lines of text."""
    return "\n".join(_lines(figures))


def _lines(figures):
    yield f"{_heading(figures)}, seed {figures['seed']}"
    yield f"\n{'coherence':<25}{'right':>6}{'95% interval':>17}{'chance':>8}{'shuffled':>10}{'judge':>8}{'prompts':>9}"
    for pair, facts in figures["coherence"].items():
        for fact, cell in facts.items():
            yield _right(f"{pair}  {fact}", cell)
    yield _right("imagined triples agree", figures["joint"])
    yield f"\n{'':<25}Fréchet²  real  ratio    precision   real    recall   real"
    for pair, distance in figures["frechet"].items():
        yield _like(pair, distance, figures["precision_recall"][pair])
    near = figures["memorisation"]
    yield f"\nnearest training image: median {near['median']:.3f}, of held-out real images {near['real_median']:.3f};"
    yield f"nearer than all but 1% of these: {near['share_nearer']:.1%}"
    yield "\nrecall@1 between modalities: " + ", ".join(f"{pair} {x:.1%}" for pair, x in figures["retrieval"].items())
    for source, cell in figures["captions"].items():
        yield f"{source}→text: {cell['grammatical']:.1%} grammatical, {cell['distinct']} distinct of {cell['of']}"
    yield from open_report.lines(figures["open"])


def _right(name, cell):
    interval = f"{cell['low']:.1%} – {cell['high']:.1%}"
    judge = f"{cell['judge']:.1%}" if "judge" in cell else ""
    shares = f"{cell['value']:>6.1%}{interval:>17}{cell['chance']:>8.1%}{cell['shuffled']['value']:>10.1%}{judge:>8}"
    return f"{name:<25}{shares}{cell.get('prompts', ''):>9}"


def _like(pair, distance, shares):
    distances = f"{distance['value']:>7.2f}{distance['floor']:>7.2f}{distance['ratio']:>7.2f}"
    precision, recall = (f"{shares[name]:.3f}{shares['real'][name]:>7.3f}" for name in ("precision", "recall"))
    return f"{pair:<25}{distances}{precision:>20}{recall:>17}"
