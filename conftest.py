"""What every test may count on: the cast is in `tests/cast.py`."""

from collections.abc import Iterator

import pytest
from tests.cast import _fresh_governments, cast  # noqa: F401

from balai.base import tenancy


@pytest.fixture
def malang() -> Iterator[tenancy.Scope]:
    """Work in the scope of Kota Malang."""
    with tenancy.scope("35.73") as scope:
        yield scope
