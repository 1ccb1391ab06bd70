from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from balai.data.tests.bucket import Bucket, bucket


@pytest.fixture(scope="session")
def served() -> Iterator[Bucket]:
    """Serve a bucket, once for all tests of a process."""
    with bucket() as made:
        yield made


@pytest.fixture
def own_folder(request: pytest.FixtureRequest, settings: LazySettings, tmp_path: Path) -> Iterator[str]:
    """Keep the files of a test apart from those of others, on the disk or, with "s3", in a bucket."""
    settings.DATA = tmp_path
    kept_in = getattr(request, "param", "disk")
    if kept_in == "s3":
        served: Bucket = request.getfixturevalue("served")
        served.empty()
        settings.STORAGE = served.options
    yield kept_in
