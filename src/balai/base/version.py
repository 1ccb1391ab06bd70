"""Which version of Balai this is."""

import tomllib
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


@cache
def version() -> str:
    """Return the version as it stands in `pyproject.toml`."""
    return str(tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"])
