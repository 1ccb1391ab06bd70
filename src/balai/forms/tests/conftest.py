from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache


@pytest.fixture
def own_folder(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Keep the files of a test apart from those of others."""
    settings.DATA = tmp_path
    yield


@pytest.fixture(autouse=True)
def quick_pins(settings: LazySettings) -> None:
    """Hash PINs fast; how slow it is elsewhere is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def empty_cache() -> Iterator[None]:
    """Count wrong PINs from none."""
    cache.clear()
    yield
    cache.clear()
