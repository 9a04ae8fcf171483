"""The figures of notebook 08, one call each: colours, words and the table of numbers come with them."""

import numpy as np

from mmgan_lite import plots


def heard(found, fact="digit", note="", **more):
    """The shares that are as asked, with their intervals, next to those against others' captions.

    Args:
        found: {name: {fact: what `evaluate.score` returns}}.
        fact: The one to draw.
        note: A line under it.
        **more: {heading: values}, further columns of the table, one value a name.

    Returns:
        What a cell shows: the figure with its alt text, over its table of numbers.
    """
    scores = [facts[fact] for facts in found.values()]
    value, low, high = np.array([[score[key] for score in scores] for key in ("value", "low", "high")])
    others = np.array([score["shuffled"]["value"] for score in scores])
    place = np.arange(len(found))
    fig, ax = plots.figure(6.4, 1.1 + 0.36 * len(found))
    blue, vermilion = plots.OKABE_ITO["sky"], plots.OKABE_ITO["vermilion"]
    ax.barh(place, value, 0.5, xerr=[value - low, high - value], color=blue, label="its own caption", capsize=3)
    ax.scatter(others, place, color=vermilion, zorder=3, marker="D", label="another's caption")
    ax.set_yticks(place, found.keys())
    ax.set(xlim=(0, 1.02), xlabel=f"{fact} as asked")
    ax.invert_yaxis()
    ax.legend(fontsize="x-small", frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    told = zip(found, value, low, high, others, strict=True)
    words = (f"{name} {x:.0%} ({a:.0%} to {b:.0%}), another's caption {s:.0%}" for name, x, a, b, s in told)
    ax.alt = f"{fact} as asked: {'; '.join(words)}."
    numbers = {"": [*found], "right": value, "low": low, "high": high, "another's caption": others, **more}
    return plots.show(plots.note(fig, note), numbers=numbers)


def logits_of_pairs(tables, note=""):
    """D's mean logits of images by captions, a table each, in shades: bright where D says that they belong together.

    Args:
        tables: {name: float (n, n)}, a row a class of images, a column a caption.
        note: A line under it.

    Returns:
        As `heard` does.
    """
    fig, axes = plots.figure(2.8 * len(tables), 3.0, columns=len(tables))
    numbers = {"": ["where they belong together", "elsewhere"]}
    most = max(np.abs(table).max() for table in tables.values())
    for ax, (name, table) in zip(np.ravel(axes), tables.items(), strict=True):
        ax.imshow(table, cmap="cividis", vmin=-most, vmax=most)
        ax.set(title=name, xlabel="caption", xticks=range(len(table)), yticks=range(len(table)))
        numbers[name] = on, off = np.diag(table).mean(), table[~np.eye(len(table), dtype=bool)].mean()
        told = f"{on:+.2f} where they belong together, {off:+.2f} elsewhere"
        ax.alt = f"D's mean logits, images by captions, {name}: {told}."
    np.ravel(axes)[0].set_ylabel("image")
    return plots.show(plots.note(fig, note), numbers=numbers)
