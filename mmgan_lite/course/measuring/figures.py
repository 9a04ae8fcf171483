"""The figures of notebooks 10 and 12, one call each: colours, words and the table of numbers come with them."""

import numpy as np

from mmgan_lite import plots

LOOKS = (("black", "-"), ("blue", "--"), ("vermilion", ":"))


def nearest_distances(near, note=""):
    """How far samples lie from the nearest training image, a histogram each.

    Args:
        near: {name: float (n,)}, at most three; real images first, for the height of the picture is theirs.
        note: A line under it.

    Returns:
        What a cell shows: the figure with its alt text, over its table of numbers.
    """
    fig, ax = plots.figure(6, 2.6)
    for (name, distances), (colour, style) in zip(near.items(), LOOKS, strict=False):
        looks = {"color": plots.OKABE_ITO[colour], "linestyle": style, "linewidth": 1.6, "label": name}
        ax.hist(distances, np.linspace(0, 0.7, 50), histtype="step", **looks)
    ax.set(xlabel="distance to the nearest training image (L2 a pixel)", ylabel="images")
    ax.set_ylim(0, len(next(iter(near.values()))) / 6)
    ax.legend(frameon=False, fontsize=8)
    medians = {name: float(np.median(distances)) for name, distances in near.items()}
    told = ", ".join(f"{name} {median:.2f}" for name, median in medians.items())
    ax.alt = f"Histogram of the distance to the nearest training image. Medians: {told}."
    numbers = {"": [*medians], "median": [*medians.values()]}
    return plots.show(plots.note(fig, note), numbers=numbers)


def losses_of_fakes(x, curves, courses, level):
    """The loss of a fake against D's last number, and the losses of two D's while they learn.

    Args:
        x: float (n,), D's last number.
        curves: {name: float (n,)}, the loss there; at most three names.
        courses: {name: losses, one a step}, for the same names.
        level: Marked by a grey line.

    Returns:
        As `nearest_distances` does.
    """
    fig, ((left, right),) = plots.figure(8, 2.8, columns=2)
    for name, (colour, style) in zip(curves, LOOKS[1:], strict=False):
        left.plot(x, curves[name], style, color=plots.OKABE_ITO[colour], label=name)
        right.plot(courses[name], style, color=plots.OKABE_ITO[colour], label=name)
    left.set(xlabel="D's last number, before any sigmoid", ylabel="loss of a fake", ylim=(0, 4))
    right.set(xlabel="step of D", ylabel="loss of a hundred fakes", ylim=(0, None))
    for ax in (left, right):
        ax.axhline(level, color="grey", linewidth=0.8)
        ax.legend(frameon=False)
    lowest = ", ".join(f"{name} down to {np.min(curve):.3f}" for name, curve in curves.items())
    ends = ", ".join(f"{name} from {course[0]:.3f} to {course[-1]:.3f}" for name, course in courses.items())
    left.alt = f"Loss of a fake against D's last number: {lowest}; a grey line marks {level:.3f}."
    right.alt = f"D's loss while it learns: {ends}."
    steps = np.arange(0, len(next(iter(courses.values()))), 10)
    return plots.show(fig, numbers={"step of D": steps, **{name: np.array(c)[steps] for name, c in courses.items()}})
