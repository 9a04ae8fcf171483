"""How well a run, and the kit's own speech judge, understand people who say digits.

    python tests/benchmarks/real_voices.py PATH [--run data/pretrained] [--out confusion.png]

PATH is a folder of sounds named <digit>_<speaker>_<number>.wav, as the Free Spoken Digit Dataset has them, or an .npz
of `speech` int16 (n, samples), `sample_rate`, `label` and `speaker`. Prints the share read right, by speaker, and which
digit (a row) is taken for which (a column); `--out` draws these tables.
"""

import argparse
import contextlib
import re
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite import files, plots


def recordings(path):
    """[(waveform, sample rate), …], digits int (n,), speakers str (n,)."""
    if path.is_file():
        with np.load(path, allow_pickle=False) as arrays:
            rate = arrays["sample_rate"].item()
            return (
                [(wave, rate) for wave in arrays["speech"]],
                arrays["label"].astype(int),
                arrays["speaker"].astype(str),
            )
    named = {sound: re.fullmatch(r"([0-9])_(.+)_[0-9]+", sound.stem) for sound in sorted(path.glob("*.wav"))}
    others = [sound.name for sound, name in named.items() if not name]
    if others:
        print(f"left out, not named <digit>_<speaker>_<number>.wav: {', '.join(others)}")
    told = [(sound, int(name[1]), name[2]) for sound, name in named.items() if name]
    if not told:
        raise SystemExit(f"no sound is named <digit>_<speaker>_<number>.wav. Received: {path}")
    sounds, digits, speakers = zip(*told, strict=True)
    return [_recording(sound) for sound in sounds], np.array(digits), np.array(speakers)


def _recording(path):
    """(waveform, sample rate); of a file that cannot be read, nothing, which is told, and heard as no digit."""
    try:
        return files.read_sound(path)
    except ValueError as error:
        print(f"cannot be read: {error}")
        return np.zeros(0, "float32"), 8000


def confusion(heard, digits):
    """int (10, 11): how often a digit, a row, was taken for none, or for each digit."""
    return np.array([[np.sum(heard[digits == row] == column) for column in range(-1, 10)] for row in range(10)])


def report(name, heard, digits, speakers):
    """Print one reader's table; -1 is no digit."""
    right = heard == digits
    told = ", ".join(f"{speaker} {right[speakers == speaker].mean():.1%}" for speaker in sorted(set(speakers)))
    print(f"{name}: {right.mean():.1%} of {len(digits)}; by speaker: {told}")
    print("     none" + "".join(f"{column:5}" for column in range(10)))
    for row, counts in enumerate(confusion(heard, digits)):
        print(f"{row:4}" + "".join(f"{count:5}" for count in counts))


def draw(readers, digits, out):
    """A picture of the tables, a panel for each reader."""
    fig, axes = plots.figure(4.2 * len(readers), 4.2, columns=len(readers))
    for ax, (name, heard) in zip(np.ravel(axes), readers.items(), strict=True):
        table = confusion(heard, digits)
        ax.imshow(table, cmap="Blues")
        for (row, column), count in np.ndenumerate(table):
            if count:
                dark = count > table.max() / 2
                ax.text(column, row, count, ha="center", va="center", fontsize=7, color="white" if dark else "black")
        right = np.mean(heard == digits)
        ax.set(title=f"{name}: {right:.0%} right", xlabel="heard", ylabel="said", yticks=range(10))
        ax.set_xticks(range(11), ["none", *range(10)])
    fig.savefig(out, dpi=120)


def read(sounds, gan):
    """{reader: int8 (n,)}: what a model and the judge take recordings for; -1 for one in which nothing is heard."""
    heard = {}
    for row, (wave, rate) in enumerate(sounds):
        with contextlib.suppress(ValueError):  # silent, or too short
            heard[row] = mm.speech.from_waveform(wave, rate)
    if not heard:
        raise SystemExit(f"nothing is heard in any of them. Received: {len(sounds)} recordings")
    pictures = np.stack(list(heard.values()))
    captions = [caption for (caption,) in gan.generate({"speech": pictures}, to="text", seed=0)]
    images = gan.generate({"speech": pictures}, to="image", seed=0)[:, 0]
    readers = {
        "speech to text": mm.judges.read_text(captions)["digit"],
        "speech to image": mm.judges.read_image(images)["digit"],
        "the speech judge": mm.judges.read_speech(pictures)["digit"],
    }
    return {name: _in_rows(digits, list(heard), len(sounds)) for name, digits in readers.items()}


def _in_rows(digits, rows, count):
    """int8 (count,): digits in their rows, -1 elsewhere."""
    every = np.full(count, -1, "int8")
    every[rows] = digits
    return every


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--run", type=Path, default=files.DATA / "pretrained")
    parser.add_argument("--out", type=Path, help="a picture of the tables")
    options = parser.parse_args()
    sounds, digits, speakers = recordings(options.path)
    readers = read(sounds, mm.load(options.run))
    for name, heard in readers.items():
        report(name, heard, digits, speakers)
    if options.out:
        draw(readers, digits, options.out)


if __name__ == "__main__":
    main()
