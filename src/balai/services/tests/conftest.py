from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from tests.cast import Cast

from balai.services.tests.desk import Desk
from balai.services.tests.desk import desk as made


@pytest.fixture
def desk(cast: Cast, malang: object) -> Iterator[Desk]:
    """The people of SAMBAT in Kota Malang, whose scope is entered; wrong tries are counted from none."""
    cache.clear()
    yield made(cast)
    cache.clear()


@pytest.fixture(autouse=True)
def quick(settings: LazySettings, tmp_path: Path) -> None:
    """Hash PINs fast, and keep files apart."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA = tmp_path
