"""Reference data (data induk, kode referensi) of the nation, published for every local government."""

from collections.abc import Iterator
from datetime import datetime

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
    """Publish regions and holidays for the national tenant; what did not change makes no new version.

    Raises:
        NotFound: no regions are loaded.
    """
    actor = system("data.reference", tenancy.NATIONAL, "data.publish")
    year = str(timezone.localtime(at).year)
    with tenancy.scope(tenancy.NATIONAL):
        if not places.children():
            raise NotFound(_("Belum ada wilayah. Jalankan load_places dahulu."))
        sets = (("regions", _regions), ("holidays", _holidays))
        for code, _rows in sets:
            ensure(actor, code)
        return tuple(publish(actor, code, rows(), year, at=at) for code, rows in sets)


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
