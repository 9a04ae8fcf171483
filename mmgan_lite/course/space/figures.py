"""The figures of notebooks 05 and 06, one call each: colours, words and the table of numbers come with them."""

import numpy as np

from mmgan_lite import plots
from mmgan_lite.course.space import maps
from mmgan_lite.datasets import speech

_CHANNELS = 8  # shown of each layer


def lengths(length, marked):
    """How long each word's vector is, from the shortest to the longest.

    Args:
        length: {word: float}.
        marked: Words to draw in colour, with their names in bold.

    Returns:
        What a cell shows: the figure with its alt text, over its table of numbers.
    """
    words = sorted(length, key=length.get)
    fig, ax = plots.figure(8, 3)
    colours = [plots.COLOURS["text"] if word in marked else "#999999" for word in words]
    bars = ax.bar(words, [length[word] for word in words], color=colours, edgecolor="white")
    ax.tick_params(axis="x", rotation=70)
    for bar, name, word in zip(bars, ax.get_xticklabels(), words, strict=True):
        bar.set_hatch("//" if word in marked else None)
        name.set_fontweight("bold" if word in marked else "normal")
    ax.set(ylabel="length of its vector", title="How long each word's vector is (digits in colour)")
    longest = sum(word in marked for word in words[-len(marked) :])
    ends = f"from {words[0]}, {length[words[0]]:.2f}, to {words[-1]}, {length[words[-1]]:.2f}"
    ax.alt = f"Bars of word vectors' lengths, {ends}; {longest} of the {len(marked)} longest are digits."
    return plots.show(fig, numbers={"word": words, "length": [length[word] for word in words]})


def words_won(won):
    """Captions word by word, each the darker, the more channels it wins.

    Args:
        won: {caption: float (words,)}, the share of the channels that each word wins.

    Returns:
        As `lengths` does.
    """
    fig, axes = plots.figure(8, 0.7 * len(won), rows=len(won))
    for ax, (caption, shares) in zip(np.ravel(axes), won.items(), strict=True):
        ax.imshow(np.asarray(shares)[None], cmap="Oranges", vmin=0, vmax=0.8, aspect="auto")
        told = [f"{word} {share:.0%}" for word, share in zip(caption.split(), shares, strict=True)]
        for place, words in enumerate(told):
            ax.text(place, 0, words.replace(" ", "\n"), ha="center", va="center", fontsize=9)
        ax.set_axis_off()
        ax.alt = f"Share of channels that each word wins: {', '.join(told)}."
    return plots.show(fig)


def liveliest_channels(digit, answers):
    """A digit, and next to it what the channels that vary most answer, a row a layer.

    Args:
        digit: float (h, w, 1) in [-1, 1].
        answers: {layer: float (height, width, channels)}, what it answers to this digit.

    Returns:
        As `lengths` does.
    """
    tiles = []
    for seen in answers.values():
        liveliest = np.argsort(-seen.std((0, 1)))[:_CHANNELS]
        larger = len(digit) // len(seen)  # each place as a square of so many pixels, to see it as large as the digit
        shown = np.kron(seen[..., liveliest] / np.abs(seen).max(), np.ones((larger, larger, 1)))
        tiles += [digit[..., 0], *np.moveaxis(shown, -1, 0)]
    of = "tiles: first the digit, then what eight channels answer to it, pale where yes and dark where no"
    return plots.show(plots.image_grid(np.stack(tiles), columns=1 + _CHANNELS, of=of, rows=[*answers]))


def wave_to_picture(word, window, log_mel):
    """A word on its way: one second of air, one of its windows, and the picture that the network gets.

    Args:
        word: float (samples,) at 8 kHz.
        window: float (n,), a faded piece of it.
        log_mel: float (frames, mels) in [-1, 1].

    Returns:
        As `lengths` does.
    """
    fig, ((whole, close, picture),) = plots.figure(9, 2.7, columns=3)
    seconds = np.arange(len(word)) / speech.SAMPLE_RATE
    whole.plot(seconds, word, color=plots.COLOURS["speech"], linewidth=0.6)
    whole.set(title="one second of air", xlabel="time (s)", yticks=[], ylabel="pressure")
    loud = seconds[np.abs(word) > 0.1 * np.abs(word).max()]
    whole.alt = f"The wave of one second: above a tenth of its largest pressure from {loud[0]:.2f} to {loud[-1]:.2f} s."
    close.plot(seconds[: len(window)] * 1000, window, color=plots.COLOURS["speech"], linewidth=0.9)
    close.set(title="one of its windows, faded", xlabel="time (ms)", yticks=[])
    strongest = np.argmax(np.abs(np.fft.rfft(window))) * speech.SAMPLE_RATE / len(window)
    long = 1000 * len(window) / speech.SAMPLE_RATE
    close.alt = f"One window of {long:.0f} milliseconds, faded in and out; its strongest tone is at {strongest:.0f} Hz."
    plots.spectrogram(log_mel, picture, of="the word, made by hand")
    picture.set_title("log-mel: what the network gets")
    return plots.show(fig)


def four_maps(before, after, turned, labels, note=""):
    """One space before and after its training: by sense, by sense on another sheet, and by digit.

    Args:
        before, after: {modality: unit vectors (n, dim)}.
        turned: (middle (dim,), directions (2, dim)), the other sheet; see `maps.shadow`.
        labels: int (n,), the digits.
        note: A line under it.

    Returns:
        As `lengths` does; the numbers say how often a vector's nearest one on the map is of its own kind.
    """
    fig, (axes,) = plots.figure(10, 2.8, columns=4)
    widest, senses = maps.shadow(after), np.repeat(np.arange(len(after)), len(labels))
    drawn = {
        "before, by sense": (before, maps.shadow(before), senses), "after, by sense": (after, widest, senses),
        "the same, turned": (after, turned, senses), "after, by digit": (after, widest, np.tile(labels, len(after))),
    }  # fmt: skip
    alike = {}
    for ax, (title, (vectors, sheet, kinds)) in zip(axes, drawn.items(), strict=True):
        if title == "after, by digit":
            named = {digit: after["text"][labels == digit].mean(axis=0) for digit in np.unique(labels)}
            maps.by_class(ax, vectors, labels, named, *sheet, title)
        else:
            maps.scatter(ax, vectors, *sheet, title)
        alike[title] = nearest_alike((np.concatenate([*vectors.values()]) - sheet[0]) @ sheet[1].T, kinds)
        kind = title.split()[-1] if "by" in title else "sense"
        ax.alt = f"Map of {', '.join(vectors)} vectors, {title}: {alike[title]:.0%} lie nearest to one of their {kind}."
    axes[0].legend(fontsize="x-small", loc="lower left")
    numbers = {"map": [*alike], "nearest one is of the same kind": [f"{share:.0%}" for share in alike.values()]}
    return plots.show(plots.note(fig, note), numbers=numbers)


def nearest_alike(places, kinds):
    """The share of places (n, 2) whose nearest other one is of the same kind, of (n,)."""
    squares = (places**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * places @ places.T
    np.fill_diagonal(apart, np.inf)
    return float(np.mean(kinds[apart.argmin(axis=1)] == kinds))
