"""What a docstring shows after `>>>` is what comes out."""

import doctest
import importlib
from pathlib import Path

import pytest

import mmgan_lite

PACKAGE = Path(mmgan_lite.__file__).parent
SHOWING = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", SHOWING)
def test_examples_in_docstrings_come_out_as_shown(name):
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted and not failed  # doctest has printed what differs
