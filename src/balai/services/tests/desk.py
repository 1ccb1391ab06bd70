"""SAMBAT at work for tests: its desk, its officers, and a report on the way through."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.cast import MALANG, Cast, Person, someone

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people.models import Office
from balai.places.models import Region
from balai.services import changes
from balai.services.models import Case

WIB = timezone(timedelta(hours=7))
NIK = "3573014101900001"
STORY = "Pukul berapa layanan pengaduan dibuka pada hari Sabtu?"
ANSWER = "Layanan pengaduan dibuka setiap hari kerja pukul 07.30."
REPORTER = {"name": "Sari Wulandari", "phone": "081234567890", "email": "sari@warga.example"}
REPORT: dict[str, Any] = {
    "class": "information",
    "category": "other",
    "title": "Jam layanan",
    "description": STORY,
    "reporter": REPORTER,
}


def at(text: str) -> datetime:
    """Return an instant of WIB: "2026-08-18 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


VILLAGE = "35.73.02.1004"
FILED = at("2026-08-18 09:00")


@dataclass(frozen=True)
class Desk:
    """Who works on SAMBAT: `vera` checks, `seto` supervises, `ines` is of the inspectorate."""

    cast: Cast
    vera: Person
    seto: Person
    ines: Person


def desk(cast: Cast) -> Desk:
    """Write the desk: offices Setda and Inspektorat, three more people, the city and one kelurahan."""
    Region.objects.create(code=MALANG, name="Malang", level="regency", parent="35", kind="kota")
    Region.objects.create(
        code=VILLAGE, name="Kidul Dalem", level="village", parent=VILLAGE[:8], kind="kelurahan"
    )
    with tenancy.scope(MALANG):
        setda = Office.objects.create(code="setda", name="Sekretariat Daerah", short_name="Setda")
        inspectorate = Office.objects.create(code="inspektorat", name="Inspektorat Daerah")
    return Desk(
        cast,
        someone("Vera", MALANG, "service_verifier", office=cast.kominfo),
        someone("Seto", MALANG, "service_supervisor", office=setda),
        someone("Ines", MALANG, "inspector", office=inspectorate),
    )


def filed(actor: Actor, key: str = "k1", now: datetime = FILED, **more: Any) -> changes.Filed:
    """File a report by the web, as a page would."""
    return changes.file(actor, "sambat", {**REPORT, **more}, changes.Coming("web", key), now)


def moved(actor: Actor, row: Case, name: str, when: datetime, **more: Any) -> Case:
    """Make a move of a case as it stands now, and return it."""
    row.refresh_from_db()
    given = more.pop("given", None)
    return changes.move(actor, row.pk, name, version=row.version, at=when, given=given, **more).case
