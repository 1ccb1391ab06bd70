"""Many accounts at once, from a sheet: first looked through, then written whole or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.people import reads
from balai.people.adapters import excel
from balai.people.changes.accounts import give_seat, longest_acting
from balai.people.models import Membership, Office
from balai.people.rules import Known, SeatLine, read_sheet


@dataclass(frozen=True)
class Preview:
    """What a sheet would do; with a fault it would do nothing.

    Attributes:
        new: rows that give a seat.
        known: rows whose seat is there already, just as they say.
    """

    new: tuple[SeatLine, ...]
    known: tuple[SeatLine, ...]
    faults: tuple[Fault, ...]


def look_through(actor: Actor, raw: bytes, today: date) -> Preview:
    """Return what the workbook would do, with every fault in it; nothing is written.

    Raises:
        Forbidden: the actor does not manage the people of the tenant.
        Invalid: the file is no workbook that can be read at all.
    """
    actor.require("people.manage", Office())
    actor.require("people.roles", Office())
    title, rows = excel.first_sheet(raw)
    known = Known(actor.tenant, reads.ways_to_name_offices(), reads.roles(), longest_acting(today))
    lines, faults = read_sheet(title, rows, known)
    there = _seats_there(lines)
    return Preview(
        new=tuple(line for line in lines if _key(line) not in there),
        known=tuple(line for line in lines if _key(line) in there),
        faults=tuple(faults),
    )


@transaction.atomic
def import_people(actor: Actor, lines: Iterable[SeatLine]) -> int:
    """Give every seat that is not there yet; return how many were given. Importing twice gives none.

    Raises:
        Forbidden, Invalid: as `give_seat`; then nothing at all is written.
    """
    lines = list(lines)
    there = _seats_there(lines)
    offices: Mapping[str, Office] = {str(office.pk): office for office in reads.all_offices()}
    missing = [line for line in lines if line.office and line.office not in offices]
    if missing:
        raise Invalid([Fault(str(line.row), line.office) for line in missing])
    given = 0
    for line in lines:
        if _key(line) in there:
            continue
        give_seat(
            actor,
            email=line.email,
            name=line.name,
            roles=line.roles,
            from_on=line.from_on,
            to_on=line.to_on,
            office=offices.get(line.office),
            position=line.position,
            acting=line.acting,
        )
        given += 1
    return given


type _Key = tuple[str, str, str, str, date]


def _key(line: SeatLine) -> _Key:
    return line.email, line.office, line.position.casefold(), line.acting, line.from_on


def _seats_there(lines: Iterable[SeatLine]) -> set[_Key]:
    """Return the keys of the seats that exist for the people of the sheet."""
    emails = {line.email for line in lines}
    seats = Membership.objects.filter(account__email__in=emails).select_related("account")
    return {
        (seat.account.email, str(seat.office_id or ""), seat.position.casefold(), seat.acting, seat.from_on)
        for seat in seats
    }
