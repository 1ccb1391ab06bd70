"""The services of the tenant, and the office time their clocks count in."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import is_

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.errors import Locked, NotFound
from balai.definitions import load, table
from balai.definitions import reads as tables
from balai.definitions.calendar import DECREES, FIXED, HOLIDAYS, days_of
from balai.definitions.models import TableAmendment
from balai.definitions.tables import Table
from balai.services.models import Case
from balai.services.rules.definition import Service, Status
from balai.services.rules.loading import SERVICES
from balai.services.rules.office_time import OfficeTime, office_time

TIME_ZONE = "Asia/Jakarta"
_MOST_BACK = 60
"""Amendments that are taken away to find the calendar a clock was counted with."""


def services(on: date) -> tuple[Service, ...]:
    """Return the services the tenant in scope offers on a local day, each in its newest version."""
    newest: dict[str, Service] = {}
    for one in _all():
        if one.valid_from <= on and one.offered_in(tenancy.current_tenant()):
            known = newest.get(one.code)
            if one.status is not Status.DRAFT and (known is None or one.version > known.version):
                newest[one.code] = one
    return tuple(one for _code, one in sorted(newest.items()) if one.status is Status.PUBLISHED)


def service(code: str, on: date) -> Service:
    """Return the version of a service in which new cases are filed. Raises NotFound."""
    found = next((one for one in services(on) if one.code == code), None)
    if found is None:
        raise NotFound(_("Layanan itu tidak ada, atau belum dibuka di daerah ini."))
    return found


def version_of(code: str, version: int) -> Service:
    """Return one version of a service, whatever its status. Raises NotFound."""
    found = next((one for one in _all() if (one.code, one.version) == (code, version)), None)
    if found is None:
        raise NotFound(_("Versi layanan itu tidak ada."))
    return found


def service_of(row: Case) -> Service:
    """Return the definition a case is pinned to.

    Raises:
        NotFound: its file is gone.
        Locked: its file says something else than when the case was filed; a published version never changes.
    """
    found = version_of(row.service, row.service_version)
    if found.sha256 != row.definition_hash:
        raise Locked(
            _(
                "Definisi %(service)s versi %(version)d berubah sesudah berkas ini masuk. Pulihkan "
                "berkas itu, dan tulis perubahannya sebagai versi baru."
            )
            % {"service": row.service, "version": row.service_version}
        )
    return found


def states_of(code: str) -> frozenset[str]:
    """Return every state that some version of a service has or had; none where there is no such service."""
    return frozenset(state for one in _all() if one.code == code for state in one.states)


def _all() -> Iterator[Service]:
    return (one.value for one in load(SERVICES).values())


def office_hours(service: Service) -> OfficeTime:
    """Return the office time of the tenant in scope for a service, with the holidays of today."""
    return _office_time(service, _amendments(service))


def office_hours_before(service: Service, fingerprint: str) -> OfficeTime | None:
    """Return the office time with this fingerprint: that of today without its newest amendments.

    None where it is not found so: the shipped tables themselves became others.
    """
    approved = sorted(_amendments(service), key=lambda one: (one.decided_at or one.proposed_at, one.pk))
    for _try in range(_MOST_BACK):
        if not approved:
            break
        approved.pop()
        found = _office_time(service, approved)
        if found.fingerprint == fingerprint:
            return found
    return None


def _amendments(service: Service) -> list[TableAmendment]:
    return list(tables.approved(HOLIDAYS, DECREES, service.office_hours))


@dataclass(frozen=True)
class _Built:
    """An office time with the tables it was made from, which keep their identity as long as they are kept."""

    tables: tuple[Table, ...]
    amendments: tuple[object, ...]
    office: OfficeTime


_built: deque[_Built] = deque(maxlen=32)
"""The office times built last: each change of a case asks, and building one takes tens of milliseconds."""


def _office_time(service: Service, amendments: Iterable[TableAmendment]) -> OfficeTime:
    files = tuple(table(code) for code in (HOLIDAYS, DECREES, service.office_hours, FIXED))
    approved = tuple(amendments)
    told = tuple((one.pk, one.decided_at, one.valid_to) for one in approved)
    for one in _built:
        if one.amendments == told and all(map(is_, one.tables, files)):
            return one.office
    days, decrees, hours, _fixed = (
        (*file.rows, *(tables.row_of(file, one) for one in approved if one.table == file.code))
        for file in files
    )
    known = days_of(days, decrees)
    found = office_time(known.calendar, hours, TIME_ZONE, known.names)
    _built.append(_Built(files, told, found))
    return found
