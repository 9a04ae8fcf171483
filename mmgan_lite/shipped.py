"""Where the files lie that come with the package: next to it in a checkout, within it where a wheel was installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_WITHIN = PACKAGE / "shipped_files"  # made by pyproject.toml and hatch_build.py
INSTALLED = _WITHIN.is_dir()
ROOT = _WITHIN if INSTALLED else PACKAGE.parent
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
