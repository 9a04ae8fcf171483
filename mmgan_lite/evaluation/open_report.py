"""What was left open, as lines of text and as a picture: levels in real examples, in samples, in further real ones."""

from collections.abc import Iterator, Mapping

from matplotlib.figure import FigureBase

from mmgan_lite import modalities, plots
from mmgan_lite.datasets import captions

BARS = {"real": plots.OKABE_ITO["black"], "samples": plots.OKABE_ITO["orange"], "floor": plots.OKABE_ITO["sky"]}
NAMES = {"real": "real", "samples": "sampled", "floor": "other real"}
ROWS = {"bare captions": ("bare",), "one fact said": ("one fact",), "image or sound given": ("image", "speech")}


def lines(figures: Mapping) -> Iterator[str]:
    """The section "open" of `evaluate` as lines of text."""
    yield f"\n{'said, of few facts':<25}{'told':>9}{'95% interval':>16}{'prompts':>37}"
    for pair, facts in figures["said"].items():
        for fact, cell in facts.items():
            yield f"{pair + '  ' + fact:<25}{cell['value']:>9.1%}{_interval(cell, 3):>16}{cell['prompts']:>37}"
    head = f"{'distance':>9}{'95% interval':>16}{'floor':>7}{'timid':>7}{'told':>8}{'real':>8}{'prompts':>9}"
    yield f"\n{'left open: levels':<25}{head}"
    for pair, facts in figures["levels"].items():
        for fact, cell in facts.items():
            yield _levels(f"{pair}  {fact}", cell)
    yield f"\n{'left open: spread':<25}{'of real':>9}{'95% interval':>16}{'prompts':>37}"
    for pair, cell in figures["spread"].items():
        yield f"{pair:<25}{cell['value']:>9.2f}{_interval(cell):>16}{cell['prompts']:>37}"
    yield f"\n{'left open: drawn together':<31}{'agree':>6}{'95% interval':>17}{'chance':>8}{'told':>9}{'prompts':>16}"
    for pair, facts in figures["agreement"].items():
        for fact, cell in facts.items():
            yield _agreement(f"{pair}  {fact}", cell)
    yield from _bare(figures)


def _levels(name, cell):
    numbers = f"{cell['value']:>9.2f}{_interval(cell):>16}{cell['floor']:>7.2f}{cell['timid']:>7.2f}"
    return f"{name:<25}{numbers}{cell['told']:>8.1%}{cell['real_told']:>8.1%}{cell['prompts']:>9}"


def _agreement(name, cell):
    interval = f"{cell['low']:.1%} – {cell['high']:.1%}"
    shares = f"{cell['value']:>6.1%}{interval:>17}{cell['chance']:>8.1%}{cell['told']:>9.1%}"
    return f"{name:<31}{shares}{cell['prompts']:>16}"


def _bare(figures):
    yield f"\n{'bare captions':<25}{'figure':>9}{'95% interval':>16}{'real':>8}{'ratio':>8}"
    for pair, cell in figures["frechet"].items():
        distances = f"{cell['floor']:>8.2f}{cell['ratio']:>8.2f}"
        yield f"{pair + '  Fréchet²':<25}{cell['value']:>9.2f}{_interval(cell, 1):>16}{distances}"
        for name, share in figures["precision_recall"][pair].items():
            yield f"{pair + '  ' + name:<25}{share['value']:>9.3f}{_interval(share, 3):>16}{share['real']:>8.3f}"


def _interval(cell, digits=2):
    return f"{cell['low']:.{digits}f} – {cell['high']:.{digits}f}"


# ---- the picture


def draw(figures: Mapping, fig: FigureBase) -> None:
    """Bars of the levels of each fact that a target shows: a column a fact, a row a kind of prompt.

    Args:
        figures: The section "open" of `evaluate`.
        fig: A Figure or SubFigure to draw into.
    """
    targets = [name for name, record in modalities.known().items() if not record.in_words]
    cells = {
        (row, target, fact): cell
        for row, sources in enumerate(ROWS.values())
        for target in targets
        for source in sources
        for fact, cell in figures["levels"].get(f"{source}→{target}", {}).items()
    }
    columns = sorted({key[1:] for key in cells}, key=lambda column: (targets.index(column[0]), _place(column[1])))
    axes = fig.subplots(len(ROWS), len(columns), squeeze=False, sharey=True)
    for row, words in enumerate(ROWS):
        axes[row, 0].set_ylabel(words, fontsize=8)
        for ax, column in zip(axes[row], columns, strict=True):
            if (row, *column) in cells:
                levels(cells[row, *column], *column, words, ax)
            else:
                ax.set_axis_off()
    handles, _ = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, NAMES.values(), loc="outside lower center", ncols=len(NAMES), fontsize=8, frameon=False)
    fig.suptitle("what prompts leave open: how often each level occurs", fontsize=9)


def _place(fact):
    return list(captions.FACTS).index(fact)


def levels(cell: Mapping, target: str, fact: str, prompts: str, ax) -> None:
    """One cell of `variety.levels_left_open` as groups of bars in the Axes."""
    names = captions.FACTS[fact][: len(cell["levels"]["real"])]
    for place, (of, colour) in enumerate(BARS.items()):
        where = [level + 0.28 * (place - 1) for level in range(len(names))]
        ax.bar(where, cell["levels"][of], 0.26, color=colour, label=NAMES[of])
    ax.set_xticks(range(len(names)), names, fontsize=7)
    ax.tick_params(axis="y", labelsize=7)
    ax.set_ylim(0, 1)
    ax.set_title(f"{target}: {fact}\ndistance {cell['value']:.2f}, floor {cell['floor']:.2f}", fontsize=7)
    shares = "; ".join(f"{name} {_each(cell, level)}" for level, name in enumerate(names))
    message = f"distance within a digit {cell['value']:.2f}, floor {cell['floor']:.2f}, timid {cell['timid']:.2f}"
    plots.described(ax, f"{prompts}, {fact} of the {target}: {shares}; {message}.")


def _each(cell, level):
    return ", ".join(f"{NAMES[of]} {cell['levels'][of][level]:.0%}" for of in BARS)
