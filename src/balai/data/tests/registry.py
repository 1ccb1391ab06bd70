"""A small dataset for the tests of this folder, and rows for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.cast import MALANG, Cast, everybody
from tests.once import once

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.data import changes
from balai.data.models import Dataset, DatasetVersion
from balai.data.rules.metadata import Declaration, read
from balai.data.sidefiles import place
from balai.data.sidefiles.place import Kind
from balai.data.sidefiles.versions import build_for

NOW = datetime(2026, 4, 20, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


def words(text: str) -> dict[str, str]:
    return {"id": text, "en": text}


def column(name: str, type: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "meaning": words(name), **more}


BINS: dict[str, Any] = {
    "code": "bins",
    "title": words("Tempat sampah"),
    "description": words("Tempat sampah umum dan isinya."),
    "producer": "diskominfo",
    "steward": words("Walidata"),
    "custodian": words("Dinas Kominfo"),
    "licence": "CC BY 4.0",
    "frequency": "monthly",
    "legal_basis": "Perwal 1/2024",
    "classification": "open",
    "standard": {
        name: words(name) for name in ("concept", "definition", "classification", "measure", "unit")
    },
    "keywords": ["sampah"],
    "key": ["id"],
    "columns": [
        column("id", "integer"),
        column("name", "text"),
        column("litres", "decimal", decimals=2, optional=True),
        column("cost", "rupiah", optional=True),
        column("placed_on", "date", optional=True),
        column("in_use", "boolean", optional=True),
        column("region", "region", optional=True),
        column("place", "point", optional=True),
        column("kind", "text", allowed=["besar", "kecil"], optional=True),
    ],
}


def declared(**changed: Any) -> Declaration:
    return read({**BINS, **changed})


def a_bin(id: int, **changed: Any) -> dict[str, Any]:
    whole = {
        "id": id,
        "name": f"Tong {id}",
        "litres": Decimal("120.50"),
        "cost": 750_000,
        "placed_on": date(2026, 3, 18),
        "in_use": True,
        "region": "35.73.01.1001",
        "place": (112.63, -7.98),
        "kind": "besar",
    }
    return whole | changed


def producer(cast: Cast) -> Actor:
    """Budi, who makes the data of his office."""
    return cast.budi.actor


def steward(tenant: str = "35.73") -> Actor:
    verbs = ("data.read", "data.read_limited", "data.check", "data.publish")
    return Actor("steward-1", "Walidata", tenant, dict.fromkeys(verbs, Reach.TENANT))


def founded(cast: Cast, declaration: Declaration | None = None) -> Dataset:
    """Declare a dataset as Budi and check it as the steward; it waits for its first version."""
    row = changes.declare(producer(cast), declaration or declared())
    row = changes.submit(producer(cast), row.code, version=row.version, at=NOW)
    return changes.check(steward(), row.code, version=row.version, at=NOW)


def publish(rows: Any, period: str = "2026", **more: Any) -> changes.Published:
    return changes.publish(steward(), "bins", rows, period, at=NOW, **more)


_side_files: dict[tuple[str, ...], dict[Kind, bytes]] = {}


def indexed(version: DatasetVersion) -> None:
    """Give a version its side files: made once in a run for the same rows, by a process, and copied then."""
    sha256 = version.files[0]["sha256"]
    files = _side_files.setdefault((version.tenant, sha256, version.schema_hash), {})
    for kind, content in files.items():
        if not place.place(version.tenant, sha256, kind).exists():
            with place.drafting(version.tenant) as folder:
                (folder / kind).write_bytes(content)
                place.lay_down(folder / kind, place.place(version.tenant, sha256, kind))
    if not files:
        assert build_for(version)
        for kind in (Kind.ROWS, Kind.WORDS, Kind.COLUMNS):
            files[kind] = place.place(version.tenant, sha256, kind).read_bytes()


@contextmanager
def no_files_left(store: Any, tenant: str = "35.73") -> Iterator[None]:
    """Hold that what happens inside leaves no more files behind than there were."""
    before = set(dict(store.kept(tenant)))
    yield
    assert set(dict(store.kept(tenant))) == before


def shelf_of(*rows: dict[str, Any]) -> Any:
    """Return the fixture of a file: the cast, and a dataset of Budi's office, published once with `rows`."""

    @pytest.fixture(scope="module")
    def shelf(
        django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Cast]:
        with once(django_db_blocker, tmp_path_factory.mktemp("shelf")):
            with tenancy.scope(MALANG):
                cast = everybody()
                founded(cast)
                publish(list(rows))
            yield cast

    return shelf
