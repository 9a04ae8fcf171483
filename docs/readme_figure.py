"""Draw docs/readme.png with the shipped run: `python docs/readme_figure.py`."""

from pathlib import Path

import mmgan_lite as mm

CAPTIONS = (
    "a thin three leaning right said fast by a woman",
    "a thick upright eight said slowly by a man in a low voice",
    "a woman with a high voice says a four leaning left",
    "a two drawn thin upright",
)


def main():
    """Four captions, four digits and one sound for each."""
    gan = mm.load()
    images = gan.generate({"text": CAPTIONS}, to="image", count=5, seed=0)
    sounds = gan.generate({"text": CAPTIONS}, to="speech", count=1, seed=0)
    fig, axes = mm.plots.figure(7.2, 5.6, rows=4, columns=2)
    for row, caption in enumerate(CAPTIONS):
        mm.plots.image_grid(images[row], axes[row, 0], columns=5)
        axes[row, 0].set_title(f"“{caption}”", fontsize=8, loc="left")
        mm.plots.spectrogram(sounds[row, 0], axes[row, 1], labels=row == 3)
        axes[row, 1].tick_params(labelsize=6)
    Path(__file__).with_name("readme.png").write_bytes(mm.plots.png(fig, dpi=110))


if __name__ == "__main__":
    main()
