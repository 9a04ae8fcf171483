"""What the command line refuses of hostile arguments, in one short line; and what it prints where letters lack."""

import io
import sys

import pytest

from mmgan_lite.__main__ import main

LONG = "x" * 5000
REFUSED = {
    "a seed of -1": (["--text", "a three", "--seed", "-1"], "seed must be a whole number from 0"),
    "a count of 0": (["--text", "a three", "--count", "0"], "count must be a whole number from 1"),
    "a count of 10**9": (["--text", "a three", "--count", "1000000000"], "image may be"),
    "a name of 5000 letters": (["--image", f"{LONG}.png"], "no such file"),
    "/dev/zero": (["--image", "/dev/zero"], "must be a file that ends in"),
    "a megabyte of words": (["--text", LONG * 200], "a caption may have 10,000 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_arguments_are_refused_in_a_short_line(tmp_path, capsys, name):
    given, told = REFUSED[name]
    assert main(["generate", "pretrained", *given, "--to", "image", "--out", str(tmp_path / "x.png")]) == 2
    said = capsys.readouterr().err
    assert told in said and len(said) < 1500 and not list(tmp_path.iterdir())


def test_arguments_that_nobody_knows_are_told_in_a_short_line(capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "pretrained", "--" + LONG * 200])
    assert len(capsys.readouterr().err) < 1500


def test_what_a_terminal_cannot_show_is_replaced_and_the_rest_printed(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(SystemExit):
        main(["--help"])
    print("text → image 98%")
    out.flush()
    assert out.buffer.getvalue().endswith(b"text ? image 98%\n")
