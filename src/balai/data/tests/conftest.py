from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings


@pytest.fixture
def own_folder(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Keep the files of a test apart from those of others."""
    settings.DATA = tmp_path
    yield
