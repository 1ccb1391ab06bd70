"""Brings the tenants in line with the city files: governments, host names, offices."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from balai.base import journal, tenancy
from balai.base.actor import Actor, system
from balai.people import reads
from balai.people.models import HostName, LocalGovernment, Office
from balai.people.rules import City, village_word
from balai.places import reads as places


@dataclass(frozen=True)
class CityLoaded:
    """What loading one city came to."""

    key: str
    name: str
    agencies: int
    districts: int
    villages: int
    written: int


def load_city(city: City, *, is_demo: bool) -> CityLoaded:
    """Bring one tenant in line with its file; return how many offices it has and how many rows were written.

    Districts and villages come from the region codes, and are none where those
    are not loaded. An office that was renamed here keeps its name.
    """
    actor = system("load_cities", city.key, "people.manage")
    with tenancy.scope(city.key), transaction.atomic():
        written = _government(actor, city, is_demo) + _hosts(actor, city)
        wanted = [*_agencies(city), *_areas(city)]
        written += _offices(actor, wanted)
        kinds = [office.kind for office in wanted]
    reads.forget_governments()
    return CityLoaded(
        city.key,
        city.name,
        kinds.count(Office.Kind.AGENCY),
        kinds.count(Office.Kind.DISTRICT),
        kinds.count(Office.Kind.VILLAGE),
        written,
    )


def _government(actor: Actor, city: City, is_demo: bool) -> int:
    wanted = {
        "region_code": city.region_code,
        "name": city.name,
        "short_name": city.short_name,
        "head_title": city.head_title,
        "brand": city.brand,
        "is_demo": is_demo,
    }
    row, is_new = LocalGovernment.objects.get_or_create(key=city.key, defaults=wanted)
    changed = journal.changes(row, wanted)
    if is_new:
        journal.write(actor, "people.government_opened", row, **wanted)
    elif changed:
        LocalGovernment.objects.filter(pk=row.pk).update(**wanted)
        journal.write(actor, "people.government_changed", row, changes=changed)
    return int(is_new or bool(changed))


def _hosts(actor: Actor, city: City) -> int:
    there = dict(HostName.objects.values_list("host", "government_id"))
    gone = [host for host, key in there.items() if key == city.key and host not in city.hosts]
    HostName.objects.filter(pk__in=gone).delete()
    new = [HostName(host=host, government_id=city.key) for host in city.hosts if there.get(host) != city.key]
    HostName.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["host"], update_fields=["government"]
    )
    if gone or new:
        added = [row.host for row in new]
        government = LocalGovernment(key=city.key)
        journal.write(actor, "people.hosts_changed", government, added=added, removed=gone)
    return len(gone) + len(new)


def _agencies(city: City) -> Iterable[Office]:
    for office in city.offices:
        yield Office(
            code=office.code, name=office.name, short_name=office.short_name, kind=Office.Kind.AGENCY
        )


def _areas(city: City) -> Iterable[Office]:
    for district in places.children(city.region_code) if city.key != tenancy.NATIONAL else ():
        above = Office(
            code=district.code,
            name=f"{city.words.district} {district.name}",
            kind=Office.Kind.DISTRICT,
            region_code=district.code,
        )
        yield above
        for village in places.children(district.code):
            yield Office(
                code=village.code,
                name=f"{village_word(city.words, village.kind)} {village.name}",
                kind=Office.Kind.VILLAGE,
                region_code=village.code,
                parent=above,
            )


def _offices(actor: Actor, wanted: Iterable[Office]) -> int:
    """Write missing offices, districts before their villages, and correct names never changed here."""
    there = {office.code: office for office in Office.objects.prefetch_related("former_names")}
    written = 0
    for kind in (Office.Kind.AGENCY, Office.Kind.DISTRICT, Office.Kind.VILLAGE):
        new = []
        for office in wanted:
            if office.kind != kind:
                continue
            if office.code not in there:
                if office.parent is not None:
                    office.parent = there.get(office.parent.code, office.parent)
                new.append(office)
            elif there[office.code].name != office.name and not there[office.code].former_names.all():
                old = there[office.code]
                facts = journal.changes(old, {"name": office.name})
                old.name = office.name
                old.save(update_fields=["name"])
                journal.write(actor, "people.office_corrected", old, changes=facts)
                written += 1
        Office.objects.bulk_create(new, batch_size=500)
        journal.write_all(
            actor,
            [journal.Act("people.office_opened", row, {"code": row.code, "name": row.name}) for row in new],
        )
        written += len(new)
    return written
