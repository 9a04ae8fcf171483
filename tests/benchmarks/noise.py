"""White noise or a mains hum under the test split's voices: how many of the digits said are still understood.

    python tests/benchmarks/noise.py [RUN] [--rows 500] [--draws 1] [--decibels -40 -30] [--hum 50]

Each voice, made of its log-mel, stands at 90% of full scale in a recording of its own, with 0.3 s before and after it
and noise of so many decibels of full scale all through; or a hum of so many hertz, with five harmonics. The model
writes a caption and draws an image of what it hears; the speech judge listens too.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import mmgan_lite as mm
from mmgan_lite.evaluation import metrics

sys.path.insert(0, str(Path(__file__).parent.parent / "datasets"))

from real_voices import read
from test_speech import in_a_hum, recording

DECIBELS = (-90, -60, -50, -40, -30)  # of full scale; -90 is a room in which nothing is heard


def main():
    """Print a row for each level of noise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", default="data/pretrained")
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--draws", type=int, default=1, help="so many noises for each voice")
    parser.add_argument("--decibels", type=int, nargs="+", default=DECIBELS)
    parser.add_argument("--hum", type=float, metavar="HERTZ", help="in place of the noise")
    args = parser.parse_args()
    digits, gan = mm.load_digits("test"), mm.load(args.run)
    labels = np.tile(digits["label"][: args.rows], args.draws)
    sounds = np.tile(mm.speech.to_waveform(digits["speech"][: args.rows]), (args.draws, 1))
    for decibels in args.decibels:
        noisy = [_recording(sound, decibels, row, args.hum) for row, sound in enumerate(sounds)]
        heard = read([(wave, mm.speech.SAMPLE_RATE) for wave in noisy], gan)
        told = ", ".join(f"{name} {_share(found == labels)}" for name, found in heard.items())
        print(f"{decibels} dB: {told}", flush=True)


def _recording(sound, decibels, row, hertz):
    if hertz is None:
        return recording(sound, noise_db=decibels, seed=row)
    return in_a_hum(sound, decibels, hertz=hertz)


def _share(right):
    """The share with its 95% interval."""
    return "{:.1%} ({:.1%} to {:.1%})".format(*metrics.interval(right))


if __name__ == "__main__":
    main()
