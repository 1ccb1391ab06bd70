"""Reference data (data induk, kode referensi) of the nation, published for every local government."""

import csv
import gzip
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import system
from balai.base.errors import NotFound
from balai.data.changes.datasets import ensure
from balai.data.changes.versions import Published, publish
from balai.definitions.calendar import holidays
from balai.places import reads as places
from balai.places.reads.tree import holding


def publish_reference(at: datetime) -> tuple[Published, ...]:
    """Publish the reference data for the national tenant; what did not change makes no new version.

    Each dataset is a change of its own: stopped midway, the next run goes on where this one ended.

    Raises:
        NotFound: no regions are loaded.
    """
    actor = system("data.reference", tenancy.NATIONAL, "data.publish")
    year = str(timezone.localtime(at).year)
    sets: tuple[tuple[str, str, Callable[[], Iterator[dict[str, object]]]], ...] = (
        ("regions", year, _regions),
        ("holidays", year, _holidays),
        ("kbli_2020", "2020", lambda: _lines("business/kbli_2020.csv.gz")),
        ("spbe_results", "2023-2024", lambda: _lines("results/spbe_results.csv")),
        ("smartcity_results", "2022-2023", lambda: _lines("results/smartcity_results.csv")),
    )
    with tenancy.scope(tenancy.NATIONAL):
        if not places.children():
            raise NotFound(_("Belum ada wilayah. Jalankan load_places dahulu."))
        for code, _period, _rows in sets:
            ensure(actor, code)
        return tuple(publish(actor, code, rows(), period, at=at) for code, period, rows in sets)


def _lines(name: str) -> Iterator[dict[str, object]]:
    """Yield the lines of a table of `reference/`; its headings are the columns of the dataset."""
    path = Path(settings.ROOT) / "reference" / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield dict(line)


def _regions() -> Iterator[dict[str, object]]:
    every = list(holding().order_by("code"))
    figures = places.figures(row.code for row in every if row.level in ("province", "regency"))
    for row in every:
        figure = figures.get(row.code)
        yield {
            "code": row.code,
            "name": row.name,
            "kind": row.kind,
            "level": row.level,
            "parent": row.parent,
            "population": figure.population if figure else None,
            "male": figure.male if figure else None,
            "female": figure.female if figure else None,
            "area_km2": figure.area_km2 if figure else None,
            "figures_year": figure.year if figure else None,
            "population_source": figure.population_source if figure else None,
            "area_source": figure.area_source if figure else None,
        }


def _holidays() -> Iterator[dict[str, object]]:
    for row in holidays(tenancy.NATIONAL):
        yield {
            "day": row.valid_from,
            **{name: row.values[name] for name in ("kind", "name_id", "name_en", "certainty", "note")},
            "source": row.source,
        }
