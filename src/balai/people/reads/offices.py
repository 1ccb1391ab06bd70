"""Offices of the tenant, and the ways people name them."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.errors import NotFound
from balai.people.models import FormerOfficeName, Office
from balai.people.reads.catalogue import cities
from balai.people.reads.keys import ids


def offices(on: date) -> QuerySet[Office]:
    """Return the offices that exist on a local day, by name. Who may see the tenant may see its offices."""
    began = Q(active_from__isnull=True) | Q(active_from__lte=on)
    goes_on = Q(active_to__isnull=True) | Q(active_to__gte=on)
    return Office.objects.filter(began, goes_on, tenant=tenancy.current_tenant())


def all_offices() -> QuerySet[Office]:
    """Return every office of the tenant, those not yet open or already closed included, by name."""
    return Office.objects.filter(tenant=tenancy.current_tenant())


def office(key: object) -> Office:
    """Return one office of the tenant by its id.

    Raises:
        NotFound: the tenant has no such office.
    """
    found = (
        Office.objects.filter(pk__in=ids([key]), tenant=tenancy.current_tenant())
        .select_related("parent")
        .first()
    )
    if found is None:
        raise NotFound(_("Perangkat daerah itu tidak ada."))
    return found


def office_names(keys: Iterable[object]) -> Mapping[str, str]:
    """Return id (text) → full name for the offices among `keys`; one query."""
    found = Office.objects.filter(pk__in=ids(keys)).values_list("pk", "name")
    return {str(key): name for key, name in found}


def ways_to_name_offices() -> Mapping[str, str]:
    """Return every way to name an office, in lower case → its id; two queries.

    Codes win over names, names over abbreviations, those over what the city file
    lists as other names and over former names. A way that two offices of one rank share names neither.
    """
    known = list(Office.objects.filter(tenant=tenancy.current_tenant()))
    by_code = {row.code: str(row.pk) for row in known}
    file = cities().get(tenancy.current_tenant())
    former = FormerOfficeName.objects.filter(tenant=tenancy.current_tenant())
    ranks: list[list[tuple[str, str]]] = [
        [(row.code, str(row.pk)) for row in known],
        [(row.name, str(row.pk)) for row in known],
        [(row.short_name, str(row.pk)) for row in known if row.short_name],
        [
            (other, by_code[office.code])
            for office in (file.offices if file else ())
            if office.code in by_code
            for other in office.also_called
        ],
        [(name, str(row.office_id)) for row in former for name in (row.name, row.short_name) if name],
    ]
    ways: dict[str, str] = {}
    for rank in ranks:
        for way, keys in _gathered(rank).items():
            if len(keys) == 1:
                ways.setdefault(way, keys.pop())
    return ways


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, key in pairs:
        found.setdefault(" ".join(name.casefold().split()), set()).add(key)
    return found
