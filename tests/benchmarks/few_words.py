"""How well captions of few words are obeyed: "a thin zero leaning left" says two facts, and nothing of the voice.

    python tests/benchmarks/few_words.py [RUN] [--count 20]

For each row of the test split whose picture is thin or thick, and leans: what is drawn for a caption that says these
two facts, for one that says all that is known, and for the point of the row itself, which is what the generator hears
when nothing has to be guessed. "typical" leaves the prior out.
"""

import argparse

import numpy as np

import mmgan_lite as mm
from mmgan_lite.datasets import captions

TWO = ("thickness", "slant")


def prompts():
    """({name: captions}, the pairs) of the rows whose two facts both have words."""
    digits = mm.load_digits("test")
    rows = np.flatnonzero(np.isin(digits["facts"]["thickness"], (0, 2)) & np.isin(digits["facts"]["slant"], (0, 2)))
    facts = {fact: levels[rows] for fact, levels in digits["facts"].items()}
    silent = np.full(len(rows), captions.UNKNOWN)
    two = {fact: levels if fact in ("digit", *TWO) else silent for fact, levels in facts.items()}
    words = {name: captions.draw(said, np.random.default_rng(0), 1.0) for name, said in (("two", two), ("all", facts))}
    pairs = {name: digits[name][rows] for name in ("image", "speech")}
    return {name: captions.decode(tokens) for name, tokens in words.items()}, pairs, facts


def obeyed(images, facts):
    """{fact: share right} of images (n, count, 28, 28, 1)."""
    seen = mm.judges.read_image(images.reshape(-1, 28, 28, 1))
    return {fact: np.mean(seen[fact].reshape(images.shape[:2]) == facts[fact][:, None]) for fact in ("digit", *TWO)}


def main():
    """Print a row for each kind of prompt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", default="data/pretrained")
    parser.add_argument("--count", type=int, default=20, help="pictures for each caption")
    args = parser.parse_args()
    gan, (words, pairs, facts) = mm.load(args.run), prompts()
    asked = {"count": args.count, "seed": 0}
    made = {f"{name} facts": gan.generate({"text": said}, to="image", **asked) for name, said in words.items()}
    made["two facts, typical"] = gan.generate({"text": words["two"]}, to="image", typical=True, **asked)
    made["points of the rows"] = gan.decode(gan.embed({**pairs, "text": words["all"]}), "image", **asked)
    print(f"{len(words['two'])} captions, {args.count} pictures each")
    for name, images in made.items():
        print(f"{name:<20}" + "  ".join(f"{fact} {share:6.1%}" for fact, share in obeyed(images, facts).items()))


if __name__ == "__main__":
    main()
