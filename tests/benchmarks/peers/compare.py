"""The kit beside its peers: the same triples, the same minutes on the same machine, in turn, judged alike.

    python tests/benchmarks/peers/compare.py --minutes 5 --seeds 0 1 2 --torch-python PEERS/bin/python --out OUT

Each contestant trains and answers in a process of its own; the kit's judges then read its answers. What is in OUT
already is not done again, so that a comparison which was cut goes on.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import exam

HERE = Path(__file__).parent
SCRIPTS = {"ours": "ours.py", "guide GAN": "guide_gan.py"} | dict.fromkeys(("MVTCAE", "MMVAE+", "MoPoE"), "vaes.py")


def take_turn(name, seed, args):
    """One contestant trains, answers and is judged; its figures {row: value}."""
    answers, page = (args.out / f"{name}-{args.minutes:g}-{seed}{ending}" for ending in (".npz", ".json"))
    if not answers.exists():
        python = args.torch_python if SCRIPTS[name] == "vaes.py" else sys.executable
        options = {"exam": args.out / "exam.npz", "out": answers, "minutes": args.minutes, "seed": seed}
        given = [word for option, value in options.items() for word in (f"--{option}", str(value))]
        subprocess.run([python, HERE / SCRIPTS[name], name, *given], check=True)
    if not page.exists():
        made, about = exam.read(answers)
        page.write_text(json.dumps(exam.judged(made) | about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return json.loads(page.read_text(encoding="utf-8"))


def table(pages):
    """Markdown of {name: figures of each seed}: a row a figure, a column a contestant."""
    lines = [f"| test split | {' | '.join(pages)} |", "|---|" + "---|" * len(pages)]
    for row in dict.fromkeys(row for runs in pages.values() for page in runs for row in page):
        cells = [_cell([page[row] for page in runs if row in page]) for runs in pages.values()]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(values):
    """The median, and all that it is the median of; – where nothing was told."""
    each = ", ".join(f"{value:.3g}" for value in values)
    return f"{statistics.median(values):.3g} ({each})" if len(values) > 1 else each or "–"


def main():
    """Do what is not there yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--names", nargs="+", choices=SCRIPTS, default=list(SCRIPTS))
    parser.add_argument("--torch-python", default=sys.executable, help="the Python that has requirements.txt")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if not (args.out / "exam.npz").exists():
        exam.write(args.out / "exam.npz")
    pages = {name: [] for name in args.names}
    for seed in args.seeds:
        for name in args.names:  # in turn: what else the machine does meets all of them
            pages[name].append(take_turn(name, seed, args))
    print(table(pages))


if __name__ == "__main__":
    main()
