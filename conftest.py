"""What every test may count on: the cast is in `tests/cast.py`."""

import gc
from collections.abc import Iterator

import pytest
from django.conf import settings
from tests.cast import _fresh_governments, cast  # noqa: F401
from whitenoise.base import WhiteNoise

from balai.base import look, tenancy
from balai.data.engines.turns import turns
from balai.data.faces.answering import visits
from balai.definitions import layers
from balai.places import reads as places
from balai.site import catalogs


def pytest_configure(config: pytest.Config) -> None:
    # Tests write a file and ask in the same breath.
    layers.BELIEVED_FOR = look.BELIEVED_FOR = 1e-9
    # A fresh clone has catalogs but no compiled ones; workers of one run share them.
    if not hasattr(config, "workerinput"):
        catalogs.compile_all()


def pytest_collection_finish() -> None:
    # What was collected stays to the end; nobody has to look through it for waste again and again.
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    # DuckDB complains of what is still there when Python ends.
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_through_once() -> Iterator[None]:
    """Each browser of a test starts the middleware anew; it would look through the same files each time."""
    look_through = WhiteNoise.update_files_dictionary
    seen: dict[str, dict[str, object]] = {}

    def look_once(self: WhiteNoise, root: str, prefix: str) -> None:
        how = repr((root, prefix, self.max_age, self.allow_all_origins, self.charset, settings.DEBUG))
        if how not in seen:
            before = dict(self.files)
            self.files.clear()
            look_through(self, root, prefix)
            seen[how] = dict(self.files)
            self.files = before
        self.files |= seen[how]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


@pytest.fixture
def malang() -> Iterator[tenancy.Scope]:
    """Work in the scope of Kota Malang."""
    with tenancy.scope("35.73") as scope:
        yield scope


@pytest.fixture(autouse=True)
def _fresh_turns() -> None:
    """Let visitors of this test ask although those of others, from the same address, asked this minute."""
    turns.cache_clear()
    visits.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Let each test have regions of its own."""
    places.forget()
