"""The figures of notebook 04, one call each: colours, words and the table of numbers come with them."""

import html
import textwrap

import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.players import doctor
from mmgan_lite.course.players.clinic import EDGE, draw_trial

BLUE, VERMILION = plots.OKABE_ITO["blue"], plots.OKABE_ITO["vermilion"]


def crowds(real, samples, reached, note=""):
    """Where several recipes left their samples, next to one another.

    Args:
        real: float (n, 2).
        samples: {recipe: float (m, 2)}; a recipe that is missing has not run yet.
        reached: {recipe: shares of the real points reached, one a seed}.
        note: A line under it.

    Returns:
        What a cell shows: the figure with its alt text, over its table of numbers.
    """
    fig, axes = plots.figure(2.5 * len(reached), 2.8, columns=len(reached))
    for ax, (name, shares) in zip(np.ravel(axes), reached.items(), strict=True):
        ax.scatter(*real.T, s=4, color=BLUE, marker="s")
        ax.scatter(*samples.get(name, real[:0]).T, s=7, color=VERMILION)
        ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")
        ax.set_title(name, fontsize=8)
        seeds = ", ".join(f"{share:.0%}" for share in shares) or "not run yet"
        ax.alt = f"{name}: samples as vermilion dots, real ones as blue squares; real ones reached, by seed: {seeds}."
    return plots.show(plots.note(fig, note))


def orbits(paths):
    """The ways of the two numbers of the smallest GAN, side by side; a black dot is the start, a cross the end.

    Args:
        paths: {title: float (steps, 2)}, θ and w.

    Returns:
        As `crowds` does.
    """
    fig, axes = plots.figure(3.75 * len(paths), 3.4, columns=len(paths))
    steps = [1, len(next(iter(paths.values()))) // 4, len(next(iter(paths.values())))]
    numbers = {"step": steps}
    for ax, (name, path), colour in zip(np.ravel(axes), paths.items(), (VERMILION, BLUE), strict=True):
        ax.plot(*path.T, color=colour, linewidth=1)
        ax.plot(*path[0], "o", color="black")
        ax.plot(*path[-1], "x", color="black")
        ax.set(title=name, xlabel="G's point θ", ylabel="D's slope w", xlim=(-2, 2), ylim=(-2, 2), aspect="equal")
        numbers[f"{name}: distance from rest"] = far = np.hypot(*path[np.array(steps) - 1].T)
        way = "outwards" if far[-1] > far[0] else "inwards"
        ax.alt = f"{name}: the pair (θ, w) spirals {way}, from {far[0]:.2f} to {far[-1]:.2f} away from rest."
    return plots.show(fig, numbers=numbers)


def agreements(histories):
    """How often samples are what their condition asked for, round by round, next to shuffled conditions.

    Args:
        histories: {title: {"round", "agreement", "agreement_shuffled": float (records,)}}.

    Returns:
        As `crowds` does.
    """
    lines = {"agrees with its condition": ("agreement", BLUE, "-"), "shuffled": ("agreement_shuffled", VERMILION, "--")}
    fig, axes = plots.figure(3.5 * len(histories), 2.6, columns=len(histories))
    for ax, (name, history) in zip(np.ravel(axes), histories.items(), strict=True):
        for label, (signal, colour, style) in lines.items():
            ax.plot(history["round"], history[signal], style, color=colour, label=label)
        ax.set(title=name, xlabel="round", ylim=(0, 1.05))
        own, shuffled = (history[signal][-1] for signal in ("agreement", "agreement_shuffled"))
        ax.alt = f"{name} ends with {own:.0%} agreement, next to {shuffled:.0%} for shuffled conditions."
    np.ravel(axes)[0].legend(fontsize=8)
    ends = {label: [history[signal][-1] for history in histories.values()] for label, (signal, *_) in lines.items()}
    return plots.show(fig, numbers={"at the end": list(histories), **ends})


def ward_round(trials):
    """A line for each patient; how its run ended, and what the doctor says, stay folded until a click or a key.

    Args:
        trials: {name: `ToyRun`}; of one that was not trained there is nothing to say.

    Returns:
        An `IPython.display.HTML`.
    """
    from IPython.display import HTML

    beds = []
    for name, trial in trials.items():
        if not trial.round:
            beds.append(f"<div>{html.escape(name)}: not trained yet.</div>")
            continue
        fig = draw_trial(trial)
        run = plots.img(plots.png(fig, dpi=80), plots.alt_text(fig))
        said = html.escape(str(doctor.examine(trial.history))).replace("\n", "<br>")
        asked = f"{html.escape(name)}, after {trial.round} rounds: what is wrong with it? Guess, then open."
        beds.append(f"<details><summary>{asked}</summary>{run}<p>The doctor says: {said}</p></details>")
    return HTML("".join(beds))


def opinion(found, of):
    """What the doctor says of a run, over and under the two curves that decided.

    Args:
        found: A `doctor.Diagnosis`; None, where nobody was examined yet.
        of: Whose.

    Returns:
        The Figure, with alt text.
    """
    if found is None:
        fig, ax = plots.figure(6, 0.6)
        ax.text(0.5, 0.5, "Choose a run.", ha="center", va="center")
        ax.set_axis_off()
        ax.alt = "Nothing yet: choose a run to hear the doctor."
        return fig
    fig = found.figure()
    fig.suptitle(f"{of}: {found.illness}", fontsize=10)
    words = "\n".join(textwrap.fill(line, 95) for line in [*found.evidence, found.control])
    fig.supxlabel(words, fontsize=8)
    fig.axes[0].alt = f"{of}. {found} {fig.axes[0].alt}"
    return fig
