"""The README's table: the median of several runs, and every run beside it.

for s in 0 1 2; do python -m mmgan_lite train --minutes 5 --seed $s --out run$s; done
for s in 0 1 2; do python -m mmgan_lite evaluate run$s --out run$s/metrics.json; done
python tests/benchmarks/table_of_seeds.py run0 run1 run2
"""

import json
import statistics
import sys
from pathlib import Path


def rows(figures):
    """(what, value, unit) of one run's metrics.json, in the order of the table."""
    board = figures["coherence"]
    for direction, fact in (
        ("text→image", "digit"), ("text→image", "thickness"), ("text→image", "slant"), ("speech→image", "digit"),
        ("text→speech", "digit"), ("text→speech", "sex"), ("text→speech", "pitch"), ("text→speech", "speed"),
        ("image→speech", "digit"), ("image→text", "digit"), ("speech→text", "digit"),
    ):  # fmt: skip
        yield f"{direction}: {fact}", 100 * board[direction][fact]["value"], "%"
    accepted = [captions["grammatical"] for captions in figures["captions"].values()]
    yield "generated captions that the grammar accepts", 100 * sum(accepted) / len(accepted), "%"
    yield "`imagine`: image, text and speech agree", 100 * figures["joint"]["value"], "%"
    yield "text→image: squared Fréchet distance over real against real", figures["frechet"]["text→image"]["ratio"], "×"
    for direction in "text→image", "image→speech", "speech→image":
        yield f"{direction}: recall", figures["precision_recall"][direction]["recall"], ""
    yield from left_open(figures["open"])


def left_open(figures):
    """The other debt: what prompts leave open."""
    for name in "image", "speech":
        pair = f"bare→{name}"
        yield f"{pair}: digit", 100 * figures["said"][pair]["digit"]["value"], "%"
        yield f"{pair}: squared Fréchet distance over real against real", figures["frechet"][pair]["ratio"], "×"
        yield f"{pair}: recall", figures["precision_recall"][pair]["recall"]["value"], ""
    for name in "image", "speech":
        for fact, cell in figures["said"][f"two facts→{name}"].items():
            yield f"two facts→{name}: {fact}", 100 * cell["value"], "%"
    for pair, facts in figures["levels"].items():
        if not pair.endswith("text"):  # a caption need not tell
            for fact, cell in facts.items():
                yield f"{pair}: distance of {fact}", cell["value"], ""
    for pair, cell in figures["spread"].items():
        yield f"{pair}: spread over real", cell["value"], ""
    for pair, facts in figures["agreement"].items():
        for fact, cell in facts.items():
            yield f"{pair}: agreement on {fact}", 100 * cell["value"], "%"


def controls(figures):
    """(within, of): how many shuffled-condition figures have their chance level inside their 95% interval."""
    scores = [score for facts in figures["coherence"].values() for score in facts.values()]
    return sum(s["shuffled"]["low"] <= s["chance"] <= s["shuffled"]["high"] for s in scores), len(scores)


def main(folders):
    """Print the table as Markdown."""
    runs = [json.loads((Path(folder) / "metrics.json").read_text(encoding="utf-8")) for folder in folders]
    print("| test split | median | runs |\n|---|---|---|")
    found = [{what: (value, unit) for what, value, unit in rows(run)} for run in runs]
    for what in dict.fromkeys(what for of_run in found for what in of_run):
        values = [of_run[what][0] for of_run in found if what in of_run]
        unit = next(of_run[what][1] for of_run in found if what in of_run)
        digits = 1 if unit else 2
        each = ", ".join(f"{of_run[what][0]:.{digits}f}" if what in of_run else "–" for of_run in found)  # – not told
        print(f"| {what} | {statistics.median(values):.{digits}f}{unit} | {each} |")
    print(f"\nshuffled-condition controls at chance: {', '.join('{} of {}'.format(*controls(run)) for run in runs)}")


if __name__ == "__main__":
    main(sys.argv[1:])
