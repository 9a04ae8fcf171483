"""The course's part of the command line: `handout`, `progress`, `handin`, `grade`; added by `mmgan_lite.__main__`.

Each command imports what it needs when it runs, so that `--help` answers at once.
"""


def add(commands):
    """Add the course's commands to the parsers of the others."""
    command = commands.add_parser("handout", help="write the course into a folder, for a class")
    command.add_argument("folder", metavar="DIR", help="a new or an empty folder")
    command.add_argument("--without-solutions", action="store_true", help="leave the exercises' solutions out")
    command.add_argument("--hidden-checks", action="store_true", help="leave further cases out, which `grade` tries")
    command.set_defaults(command=handout)

    command = commands.add_parser("progress", help="what of the course is done, and what is next")
    _add_folder(command)
    command.add_argument("--reset", metavar="NAME", help="begin one exercise again, such as losses.PushOnG")
    command.set_defaults(command=progress)

    command = commands.add_parser("handin", help="one small file of your notebooks and your progress, to hand in")
    _add_folder(command)
    command.add_argument("--out", metavar="FILE", default="handin.zip", help="named after you, if your teacher says so")
    command.set_defaults(command=handin)

    command = commands.add_parser("grade", help="check many hand-ins again: a table, and a picture of misconceptions")
    command.add_argument("folder", metavar="FOLDER", help="of hand-ins, a file or a folder each")
    command.add_argument("--out", metavar="FILE", default="grades.csv", help="a picture is written next to it")
    command.add_argument("--seconds", metavar="S", type=float, help="an exercise may take (default: 20)")
    command.set_defaults(command=grade)


def _add_folder(command):
    command.add_argument("folder", metavar="DIR", nargs="?", help="of the notebooks (default: found from here)")


def handout(args, _):
    """The course in a folder of its own, with the exercises' solutions or without."""
    from mmgan_lite.course import handout

    handout.handout(args.folder, solutions=not args.without_solutions, further=not args.hidden_checks)
    print(f"{args.folder} holds the course; its README.md tells how to set it up")


def progress(args, _):
    """What is done and what is next; one exercise begun again."""
    from mmgan_lite.course import progress

    print(progress.progress(args.folder, reset=args.reset))


def handin(args, _):
    """The notebooks and the log in one file."""
    from mmgan_lite.course.grading import handins

    print(handins.write(args.out, args.folder))


def grade(args, _):
    """A table of many hand-ins, a row a learner and exercise, and a picture."""
    from mmgan_lite.course.grading import grade

    options = {} if args.seconds is None else {"seconds": args.seconds}
    print(grade.grade(args.folder, args.out, **options))
