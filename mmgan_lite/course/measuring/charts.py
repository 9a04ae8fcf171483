"""The notebooks' charts of measured numbers, one call each: colours, words and the table of numbers come with them."""

import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.measuring import sweep

LOOKS = (("blue", "o-"), ("vermilion", "s--"), ("green", "D:"), ("black", "^-."))


def curves(x, panels, xlabel, *, chance=None, log=False, note=""):
    """Curves over one control, in panels side by side.

    Args:
        x: float (n,), the control.
        panels: {title: {name: values}}, at most four names; values are (n,), or (n, 3) with a band: mean, low, high.
        xlabel: The control's name.
        chance: A level to mark by a grey line; or None.
        log: Both axes on a logarithmic scale.
        note: A line under it, such as the budget.

    Returns:
        What a cell shows: the figure with its alt text, over its table of numbers.
    """
    fig, axes = plots.figure(1.2 + 3.1 * len(panels), 2.9, columns=len(panels))
    numbers = {xlabel: np.asarray(x)}
    for ax, (title, lines) in zip(np.atleast_1d(axes).ravel(), panels.items(), strict=True):
        ends = []
        for (name, values), (colour, style) in zip(lines.items(), LOOKS, strict=False):
            mean = _curve(ax, x, np.asarray(values, float), plots.OKABE_ITO[colour], style, name)
            numbers[f"{title}: {name}" if len(panels) > 1 else name] = mean
            ends.append(f"{name} from {mean[0]:.3g} to {mean[-1]:.3g}")
        ax.set(title=title, xlabel=xlabel)
        ax.title.set_fontsize("medium")
        if log:
            _logarithmic(ax, x)
        elif ax.dataLim.y0 >= 0 and ax.dataLim.y1 <= 1:
            ax.set_ylim(0, 1.02)  # shares
        if chance is not None:
            ax.axhline(chance, color="grey", linewidth=0.8)
        ax.alt = f"{title} by {xlabel}: {'; '.join(ends)}."
    if len(lines) > 1:
        ax.legend(fontsize="x-small", frameon=False)
    return plots.show(plots.note(fig, note), numbers=numbers)


def _curve(ax, x, values, colour, style, name):
    """Draw one; returns its mean (n,)."""
    mean = values if values.ndim == 1 else values[:, 0]
    ax.plot(x, mean, style, color=colour, label=name, markersize=4)
    if values.ndim == 2:
        ax.fill_between(x, *values[:, 1:].T, color=colour, alpha=0.2, linewidth=0)
    return mean


def _logarithmic(ax, x):
    """Logarithmic axes with plain numbers at them."""
    ax.set(xscale="log", yscale="log")
    low, high = ax.get_ylim()
    ticks = [digit * 10.0**power for power in range(-4, 5) for digit in (1, 2, 5)]
    ticks = [tick for tick in ticks if low <= tick <= high]
    ax.set_xticks(x, [f"{value:g}" for value in x])
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()


def shares(groups, tables, ylabel, note=""):
    """Shares with their intervals, next to each other for every group.

    Args:
        groups: Names, one a group.
        tables: {name: float (groups, 3)}: mean, low and high; at most four names.
        ylabel: What is shared out.
        note: A line under it.

    Returns:
        As `curves` does.
    """
    fig, ax = plots.figure(8.4, 2.6)
    places, told = np.arange(len(groups)), []
    shifts = np.linspace(-0.15, 0.15, len(tables))
    for shift, (name, table), (colour, style) in zip(shifts, tables.items(), LOOKS, strict=False):
        mean, low, high = np.transpose(table)
        reach = [mean - low, high - mean]
        ax.errorbar(places + shift, mean, reach, fmt=style[0], color=plots.OKABE_ITO[colour], label=name, capsize=3)
        told.append(f"{name} " + ", ".join(f"{group} {x:.0%}" for group, x in zip(groups, mean, strict=True)))
    ax.set_xticks(places, [group.replace(" + ", " +\n") for group in groups], fontsize=8)
    ax.set(ylabel=ylabel)
    ax.legend(fontsize="x-small", frameon=False, bbox_to_anchor=(1, 0.7))
    ax.alt = f"{ylabel}: {'; '.join(told)}."
    columns = {"": list(groups)} | {name: np.transpose(table)[0] for name, table in tables.items()}
    return plots.show(plots.note(fig, note), numbers=columns)


def intervals(means, xlabel, *, dots=None, colours=None, xlim=(-0.02, 1.02), note=""):
    """Shares with their 95% intervals, one below the other.

    Args:
        means: {name: `metrics.Interval`}.
        xlabel: What is shared out.
        dots, colours: As `sweep.intervals` takes them.
        xlim: Ends of the axis; None fits it to what is drawn.
        note: A line under it.

    Returns:
        As `curves` does.
    """
    ax = sweep.intervals(means, dots, colours=colours)
    ax.set(xlim=xlim, xlabel=xlabel)
    ax.alt = f"{xlabel}. {ax.alt}"
    return plots.show(plots.note(ax, note), numbers=sweep.columns(means))


def bars(names, panels, colours=None, log=()):
    """Bars, one a name, in panels side by side.

    Args:
        names: One a bar.
        panels: {title: float (names,)}.
        colours: One a bar; None draws all in blue.
        log: Titles of panels with a logarithmic scale, from a millionth to a hundred.

    Returns:
        (figure, numbers), as `Redrawn` takes it.
    """
    fig, axes = plots.figure(3 * len(panels), 2.6, columns=len(panels))
    for ax, (title, values) in zip(np.atleast_1d(axes).ravel(), panels.items(), strict=True):
        ax.barh(names, np.maximum(values, 1e-6) if title in log else values, color=colours or plots.OKABE_ITO["blue"])
        ax.set(title=title, ylim=(len(names) - 0.4, -0.6))
        if title in log:
            ax.set(xscale="log", xlim=(1e-6, 100))
        ax.alt = f"{title}: " + ", ".join(f"{n} {v:.2g}" for n, v in zip(names, values, strict=True)) + "."
    return fig, {"": list(names), **panels}
