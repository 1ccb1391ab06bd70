"""Cases of a person, found by a number of theirs: compared by its blind index, and noted with its purpose."""

import re

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.base.sealing import blind_index
from balai.people import reads as people
from balai.services.adapters.gateway import telephone
from balai.services.models import Case, CaseKey
from balai.services.reads import sight
from balai.services.reads.queues import COLUMNS, MOST_FOUND, Line, line
from balai.services.verbs import SERVICES_READ

_NUMBERLIKE = re.compile(r"[0-9+][0-9 .()/-]{6,28}[0-9]")
_LEAST_PURPOSE, _MOST_PURPOSE = 5, 200


def is_of_a_person(text: str) -> bool:
    """Tell whether a text looks like a number of a person: NIK, KK, NPWP or telephone."""
    return _NUMBERLIKE.fullmatch(text.strip()) is not None


def of_person(actor: Actor, number: str, purpose: str) -> tuple[Line, ...]:
    """Return the cases of who has a number, the latest first, among those the actor may know of.

    Who filed under protection is found by the inspectorate alone: a number that leads to such a
    case would say whose it is. Each look leaves lines in the access log, one for each person found
    (one without a person where none was), which they can read.

    Args:
        number: NIK, KK, NPWP or telephone, whole.
        purpose: what for, in words the person will read; 5 to 200 letters.

    Raises:
        Forbidden: the actor does not work at this desk.
        Invalid: no such number, or no purpose.
    """
    actor.require(SERVICES_READ)
    faults = []
    if not is_of_a_person(number):
        faults.append(Fault("number", _("Bukan NIK, KK, NPWP, atau telepon."), _("Tulis nomornya utuh.")))
    told = " ".join(purpose.split())
    if len(told) < _LEAST_PURPOSE:
        faults.append(Fault("purpose", _("Belum diisi."), _("Tulis untuk apa Anda mencari orang ini.")))
    if faults:
        raise Invalid(faults)
    found = list(_found(_named(sight.cases(actor)), number)[:MOST_FOUND])
    whose = {row.owner or f"case:{row.pk}" for row in found} or {""}
    for subject in sorted(whose):
        people.log_access(actor, subject, ["number"], told[:_MOST_PURPOSE])
    keys = [row.pk for row in found]
    rows = {row["pk"]: line(row) for row in Case.objects.filter(pk__in=keys).values(*COLUMNS)}
    return tuple(rows[key] for key in keys)


def _named(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Return those whose applicant may be known to who knows the case; secret ones are the inspectorate's."""
    return rows.filter(Q(is_protected=False) | Q(is_secret=True))


def _found(rows: QuerySet[Case], number: str) -> QuerySet[Case]:
    wanted = Q()
    for purpose in ("nik", "kk", "npwp"):
        wanted |= Q(field=purpose, value=blind_index(number, purpose))
    if known := telephone(number):
        wanted |= Q(field="phone", value=blind_index(f"+{known}", "phone"))
    # By their ids: joined, PostgreSQL goes through all cases.
    keys = CaseKey.objects.filter(wanted, tenant=tenancy.current_tenant()).order_by().values("case")
    return rows.filter(pk__in=keys).only("pk", "owner", "received_at").order_by("-received_at", "pk")
