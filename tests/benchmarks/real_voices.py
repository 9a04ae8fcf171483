"""How well a run, and the kit's own speech judge, understand people who say digits.

    python tests/benchmarks/real_voices.py PATH [--run data/pretrained]

PATH is a folder of sounds named <digit>_<speaker>_<number>.wav, as the Free Spoken Digit Dataset has them, or an .npz
of `speech` int16 (n, samples), `sample_rate`, `label` and `speaker`. Prints the share read right, by speaker, and which
digit (a row) is taken for which (a column).
"""

import argparse
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite import files


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
    sounds = sorted(path.glob("*_*_*.wav"))
    digits, speakers = zip(*(sound.stem.split("_")[:2] for sound in sounds), strict=True)
    return [files.read_sound(sound) for sound in sounds], np.array(digits, int), np.array(speakers)


def report(name, heard, digits, speakers):
    """Print one reader's table; -1 is no digit."""
    right = heard == digits
    told = ", ".join(f"{speaker} {right[speakers == speaker].mean():.1%}" for speaker in sorted(set(speakers)))
    print(f"{name}: {right.mean():.1%} of {len(digits)}; by speaker: {told}")
    table = np.array([[np.sum(heard[digits == row] == column) for column in range(-1, 10)] for row in range(10)])
    print("     none" + "".join(f"{column:5}" for column in range(10)))
    for row, counts in enumerate(table):
        print(f"{row:4}" + "".join(f"{count:5}" for count in counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--run", type=Path, default=files.DATA / "pretrained")
    options = parser.parse_args()
    sounds, digits, speakers = recordings(options.path)
    pictures = np.stack([mm.speech.from_waveform(wave, rate) for wave, rate in sounds])
    gan = mm.load(options.run)
    captions = [caption for (caption,) in gan.generate({"speech": pictures}, to="text", seed=0)]
    images = gan.generate({"speech": pictures}, to="image", seed=0)[:, 0]
    report("speech to text", mm.judges.read_text(captions)["digit"], digits, speakers)
    report("speech to image", mm.judges.read_image(images)["digit"], digits, speakers)
    report("the speech judge", mm.judges.read_speech(pictures)["digit"], digits, speakers)


if __name__ == "__main__":
    main()
