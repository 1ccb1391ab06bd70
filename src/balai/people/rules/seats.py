"""Decisions about seats: from when to when, who acts for whom, which roles go with them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.people.rules.roles import Given, Role


def faults_of_roles_given(codes: Iterable[str], roles: Mapping[str, Role], tenant: str) -> Iterator[Fault]:
    """Yield what is wrong with giving these roles with a seat in `tenant`."""
    for code in codes:
        role = roles.get(code)
        if role is None or role.given is not Given.SEAT or not role.is_held_in(tenant):
            known = ", ".join(
                other.code
                for other in roles.values()
                if other.given is Given.SEAT and other.is_held_in(tenant)
            )
            yield Fault(
                _("Peran"),
                _("Peran %(code)s tidak dapat diberikan di sini.") % {"code": code},
                _("Pilihannya: %(known)s.") % {"known": known},
            )


def faults_of_period(
    from_on: date, to_on: date | None, acting: str, longest: Mapping[str, int]
) -> Iterator[Fault]:
    """Yield what is wrong with a seat from one day to another, both included.

    Args:
        acting: "" for the holder of the position, "plt" or "plh" for one who acts for a while.
        longest: the most days for "plt" and "plh", both ends counted; none for a status without a limit.
    """
    if to_on is not None and to_on < from_on:
        yield Fault(
            _("Sampai"),
            _("Hari terakhir %(to)s mendahului hari pertama %(from)s.") % {"to": to_on, "from": from_on},
            _("Isi hari yang sama atau sesudahnya."),
        )
    if acting and to_on is None:
        yield Fault(
            _("Sampai"),
            _("Plt. dan Plh. selalu berjangka."),
            _("Isi hari terakhir menurut surat perintahnya."),
        )
    most = longest.get(acting)
    if most is not None and to_on is not None and (to_on - from_on).days + 1 > most:
        yield Fault(
            _("Sampai"),
            _("Plt. atau Plh. ini bertugas lebih dari %(days)d hari.") % {"days": most},
            _("Paling lambat %(day)s.") % {"day": from_on + timedelta(days=most - 1)},
        )


def split_roles(codes: Iterable[str], roles: Mapping[str, Role]) -> tuple[list[str], list[str]]:
    """Return (roles given at once, roles that wait for a second person), each in the order asked."""
    at_once: list[str] = []
    later: list[str] = []
    for code in dict.fromkeys(codes):
        (later if roles[code].second_person else at_once).append(code)
    return at_once, later
