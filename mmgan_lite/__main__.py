"""The command line: `python -m mmgan_lite lab | train | generate | evaluate | check`; the course adds its own commands.

Heavy imports stand inside the commands, so that `--help` answers at once and a mistake in the arguments is told before
TensorFlow loads.
"""

import argparse
import collections
import contextlib
import functools
import importlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mmgan_lite import shipped
from mmgan_lite.course import commands as course

LAB_CONFIG = Path(__file__).parent / "jupyter"
FIRST_NOTEBOOK = "notebooks/00_start_here.ipynb"
DEFAULT_MINUTES = 5.0
COMMANDS = ("lab", "train", "generate", "evaluate", "check", "handout", "progress", "handin", "grade")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. A mistake is told in one line, without a traceback."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no → should show the rest
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = _parser()
    args, rest = parser.parse_known_args(argv)  # `--help` ends here
    from mmgan_lite import _check_backend
    from mmgan_lite.arguments import cut

    if rest and args.command is not lab:
        parser.error(f"unknown arguments; see --help. Received: {cut(' '.join(rest))}")
    try:
        _check_backend()
        status = args.command(args, rest) or 0
        print(end="", flush=True)  # a full disk is told below, and not by Python on its way out
        return status
    except (ValueError, OSError) as error:
        if sys.flags.dev_mode:  # python -X dev -m mmgan_lite …: the whole traceback
            raise
        with contextlib.suppress(OSError):  # the reader of a pipe may be gone
            print(f"mmgan_lite: error: {cut(' '.join(str(error).split()), 1200)}", file=sys.stderr)
        _give_up_output()
        return 2
    except KeyboardInterrupt:
        return 130  # what a shell expects of a program stopped by Ctrl-C


def _give_up_output():
    """What could not be printed stays so: Python would try once more on its way out, and complain."""
    try:
        print(end="", flush=True)
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser():
    parser = argparse.ArgumentParser(prog="python -m mmgan_lite", description="Text, image and speech in one space.")
    commands = parser.add_subparsers(required=True, metavar=" | ".join(COMMANDS))

    for add in (_add_lab, _add_train, _add_generate, _add_evaluate, _add_check, course.add):
        add(commands)
    for name in ("train", "generate", "evaluate", "check"):
        message = "a Python module of yours to import first, which may register modalities"
        commands.choices[name].add_argument("--import", metavar="MODULE", dest="module", help=message)
    return parser


def _add_lab(commands):
    command = commands.add_parser("lab", help="open the first notebook; further options go to JupyterLab")
    command.set_defaults(command=lab)


def _add_train(commands):
    command = commands.add_parser("train", help="train embedders and GANs, and save them in a folder")
    command.add_argument("--out", metavar="RUN", default="run", help="folder of the run (default: run)")
    command.add_argument(
        "--data", metavar="PATH", help=".npz file or folder of your own, or fsdd:FOLDER; see data/README.md"
    )
    _add_reading(command)
    budget = command.add_mutually_exclusive_group()
    budget.add_argument("--minutes", metavar="M", type=float, help="time to train for (default: 5)")
    budget.add_argument("--steps", metavar="N", type=_steps, help="instead: steps in all, or E+G as run.json records")
    command.add_argument("--seed", metavar="S", type=int, help="a whole number from 0 (default: 0)")
    command.add_argument("--resume", action="store_true", help="go on with the run in RUN, by default to its end")
    command.add_argument("--config", metavar="FILE", help="a recipe in JSON, or another run's run.json")
    command.add_argument("--lazy", action="store_true", help="read a folder's files only when a batch needs them")
    command.add_argument("--devices", metavar="N", type=int, help="GPUs that share each batch (default: one)")
    command.set_defaults(command=train)


def _add_generate(commands):
    command = commands.add_parser("generate", help="make samples from a prompt in one modality or several")
    command.add_argument("run", metavar="RUN", help="folder of a run, or: pretrained")
    for name, form, message in (
        ("text", "CAPTION", 'for instance "a thin three"'),
        ("image", "FILE", "a photograph or drawing: .png, .jpg, …; .npy or .npz"),
        ("speech", "FILE", "a recording of one word: .wav, .flac, .mp3, …; .npz"),
    ):
        pair = functools.partial(_pair, name)
        command.add_argument(f"--{name}", metavar=form, type=pair, action="append", dest="prompt", help=message)
    message = "a prompt in a modality of your own: .npy, .npz, or what its record reads"
    command.add_argument("--prompt", metavar="MODALITY=FILE", type=_named, action="append", help=message)
    command.set_defaults(prompt=[])
    message = "what to generate: image, speech, text, …; image,speech makes both of one thing"
    command.add_argument("--to", required=True, metavar="MODALITY", help=message)
    command.add_argument("--count", metavar="N", type=int, default=1)
    command.add_argument("--seed", metavar="S", type=int)
    command.add_argument("--typical", action="store_true", help="what the prompt leaves open: always as it mostly is")
    message = ".png, .wav, .txt or .npz; for several modalities as many, such as three.png,three.wav"
    command.add_argument("--out", metavar="FILE", required=True, help=message)
    command.set_defaults(command=generate)


def _add_evaluate(commands):
    command = commands.add_parser("evaluate", help="measure a run on the test split")
    command.add_argument("run", metavar="RUN", help="folder of a run, or: pretrained")
    command.add_argument("--out", metavar="FILE", default="metrics.json", help="a picture is written next to it")
    command.set_defaults(command=evaluate)


def _add_check(commands):
    command = commands.add_parser("check", help="read data of your own without training: what is there, what is odd")
    command.add_argument("data", metavar="PATH", help=".npz file, folder or table; see data/README.md")
    command.add_argument("--out", metavar="PICTURE", help="a .png file to draw eight of the rows into")
    _add_reading(command)
    command.set_defaults(command=check)


def _add_reading(command):
    """How data of your own are read."""
    command.add_argument("--size", metavar="S", type=_size, help="pixels to resize all images to: 28, or 28x20 (h x w)")
    command.add_argument("--encoding", metavar="NAME", help="of a table that is not UTF-8, such as cp1252")


def _size(text):
    """`28`, or `HEIGHTxWIDTH`."""
    try:
        sides = tuple(int(part) for part in text.split("x"))
    except ValueError:
        message = f"pixels are expected, 28, or 28x20 for height x width. Received: {text[:120]!r}"
        raise argparse.ArgumentTypeError(message) from None
    return sides[0] if len(sides) == 1 else sides


def _steps(text):
    """`N` or `E+G`: embedder steps and GAN steps, as run.json records them."""
    parts = [int(part) for part in text.split("+")]
    if len(parts) > 2:
        raise ValueError(text)
    return tuple(parts) if len(parts) == 2 else parts[0]


def _named(text):
    """`MODALITY=FILE` as a pair."""
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"write MODALITY=FILE. Received: {text!r}")
    return name, value


def _pair(name, value):
    """The same of an option that is called after the modality."""
    return name, value


# ---- lab


def lab(args: argparse.Namespace, options: list[str]) -> object:
    """JupyterLab on the first notebook, on loopback and behind a random token."""
    if shipped.INSTALLED:
        remedy = "write them into a folder of yours, `python -m mmgan_lite handout DIR`, and call lab in that folder"
        raise FileNotFoundError(f"the notebooks lie within the installed package; {remedy}. Received: {shipped.ROOT}")
    if not (shipped.ROOT / FIRST_NOTEBOOK).exists():
        raise FileNotFoundError(f"the notebooks are missing; install with `pip install -e .`. Received: {shipped.ROOT}")
    from jupyterlab.labapp import LabApp
    from jupyterlab.labapp import main as jupyterlab

    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # kernel python3 is this Python, whatever lies in ~/.local
    config = [str(LAB_CONFIG), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(config)  # no pop-up about news; the user's own settings stay
    given = [option.partition("=")[0].removeprefix("--") for option in options]
    given = {f"--{LabApp.aliases.get(name, name)}" for name in given}  # --ip is --ServerApp.ip
    defaults = [option for option in lab_defaults() if option.partition("=")[0] not in given]
    return jupyterlab([*defaults, *options])


def lab_defaults() -> Iterator[str]:
    """Options of JupyterLab by their full names, each of which yours replaces."""
    yield "--ServerApp.ip=127.0.0.1"
    yield f"--ServerApp.root_dir={shipped.ROOT}"
    yield f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}"  # stands in the printed address too, for --no-browser
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield "--ServerApp.allow_root=True"  # a container; JupyterLab refuses otherwise


# ---- train, evaluate


def train(args: argparse.Namespace, _: list[str]) -> None:
    """Train for some minutes or steps; progress and results are the run's own."""
    from mmgan_lite.training import trainer
    from mmgan_lite.training.config import Config

    _import_module(args.module)
    minutes = args.minutes
    if minutes is None and args.steps is None and not args.resume:  # a resumed run knows what it lacks
        minutes = DEFAULT_MINUTES
    trainer.train(
        args.out, data=args.data, minutes=minutes, steps=args.steps, seed=args.seed, resume=args.resume,
        config=args.config and Config.read(args.config), size=args.size, encoding=args.encoding,
        lazy=args.lazy, devices=args.devices,
    )  # fmt: skip


def evaluate(args: argparse.Namespace, _: list[str]) -> None:
    """Measure a run on the test split: a table here, the figures and a picture in files."""
    from mmgan_lite.evaluation import evaluate as evaluation
    from mmgan_lite.evaluation import report

    _import_module(args.module)
    evaluation.check_out(args.out)
    figures = evaluation.evaluate(args.run)
    try:
        print(report.table(figures), flush=True)
    finally:  # a disk may be full here or there: one of the two stays
        evaluation.write(figures, Path(args.out))


# ---- check


def check(args: argparse.Namespace, _: list[str]) -> None:
    """A dry run of own data: a report here, and some rows in a picture."""
    from mmgan_lite.datasets import check

    _import_module(args.module)
    print(check.report(args.data, args.out, size=args.size, encoding=args.encoding))


# ---- generate


def generate(args: argparse.Namespace, _: list[str]) -> None:
    """Prompts from strings and files to samples in a file; what can be refused is refused before the run loads."""
    from mmgan_lite import arguments, files, modalities

    _import_module(args.module)
    arguments.whole("count", args.count, 1)
    if args.seed is not None:
        arguments.seed(args.seed)
    outs = _outs(args.to, args.out)
    to = modalities.records_of(outs)
    for name, out in outs.items():
        files.check_samples_path(out, to[name].endings)
    given = _once_each(args.prompt)
    records = modalities.records_of(given)
    if not records:
        raise ValueError("give at least one of --text, --image, --speech, --prompt. Received: no prompt")
    prompts = {name: _told(given[name], *record.read_telling(given[name])) for name, record in records.items()}
    from mmgan_lite.training import saving

    gan = saving.load(args.run)
    prompts = {name: _fitted(gan, records[name], given[name], prompts[name]) for name in prompts}
    samples = gan.generate(prompts, to=tuple(outs), count=args.count, seed=args.seed, typical=args.typical)
    for name, made in samples.items():
        to[name].write(outs[name], [sample for group in made for sample in group])  # prompt after prompt


def _once_each(prompts):
    """{modality: prompt} of pairs; two of one modality are refused, or the first would be dropped."""
    for name, times in collections.Counter(name for name, _ in prompts).items():
        if times > 1:
            message = f"--prompt {name}= or --{name} may be given once; ask for each answer by a command of its own"
            raise ValueError(f"{message}. Received: {times}")
    return dict(prompts)


def _outs(to, out):
    """{modality: file}, from `image` and `three.png`, or from `image,speech` and `three.png,three.wav`."""
    names = to.split(",")
    outs = out.split(",") if len(names) > 1 else [out]
    if len(set(names)) < len(names) or len(set(outs)) < len(outs) or len(names) != len(outs):
        several = "different modalities need different files, one each: --to image,speech --out three.png,three.wav"
        raise ValueError(f"{several}. Received: --to {to} --out {out}")
    return dict(zip(names, outs, strict=True))


def _fitted(gan, record, source, samples):
    """A prompt from a file in the form that the model expects."""
    if record.name not in gan.sizes:
        return samples  # `generate` says so
    return _told(source, *record.fit_prompt(source, samples, gan.sizes[record.name], gan.of_digits))


def _told(source, samples, what_was_done):
    """The samples of a prompt; what was done to them is told in a line."""
    if what_was_done:
        print(f"{source}: {what_was_done}", file=sys.stderr)
    return samples


def _import_module(name):
    """A module of the user's own, from the current folder too."""
    if name is not None:
        sys.path.insert(0, os.getcwd())
        try:
            importlib.import_module(name)
        except ImportError as error:
            from mmgan_lite.arguments import cut

            message = f"--import needs a module of the working folder, or an installed one ({cut(error)})"
            raise ValueError(f"{message}. Received: {cut(name)}") from error


if __name__ == "__main__":
    sys.exit(main())
