"""A picture of the misconceptions that a class holds, with words for those who cannot see it."""

from matplotlib.figure import Figure

from mmgan_lite import plots

_MOST = 20  # bars


def draw(file, misconceptions):
    """Write a PNG of bars, whose description is in the file too.

    Args:
        file: An open binary file.
        misconceptions: {(exercise, misconception): number of learners}, the most frequent first.
    """
    shown = list(misconceptions.items())[:_MOST]
    figure = Figure(figsize=(9, 1.2 + 0.32 * max(len(shown), 2)), layout="constrained")
    ax = figure.subplots()
    labels = [f"{name.replace('_', ' ')} ({exercise})" for (exercise, name), _ in shown]
    counts = [count for _, count in shown]
    bars = ax.barh(range(len(shown)), counts, color=plots.OKABE_ITO["vermilion"])
    ax.bar_label(bars, padding=2)
    ax.set_yticks(range(len(shown)), labels)
    ax.invert_yaxis()
    ax.set_xlabel("learners")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_title("Misconceptions of the class" if shown else "No misconception was found in any answer")
    with plots.DRAWING:
        figure.savefig(file, format="png", dpi=120, metadata={"Description": describe(shown)})


def describe(shown):
    """The picture in words."""
    told = "; ".join(f"{count} × {name.replace('_', ' ')} ({exercise})" for (exercise, name), count in shown)
    return f"Bars: how many learners hold which misconception. {told or 'None was found'}."
