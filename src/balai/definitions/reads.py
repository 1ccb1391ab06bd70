"""What is in force on a day, and which amendments an actor may see.

Everything is of one tenant: its approved amendments above the shipped rows.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.definitions import rules
from balai.definitions.models import TableAmendment
from balai.definitions.rules import Row
from balai.definitions.tables import Table, table


def in_force(code: str, on: date, key: str | None = None, tenant: str | None = None) -> Row:
    """Return the row of a dated table that is in force on a local day.

    Args:
        key: which series; may be left out where the table has just one in force.
        tenant: whose amendments count; the tenant in scope when left out.

    Raises:
        NotFound: no such table, or no row of the key is in force that day.
        ValueError: several series are in force and no key was given.
    """
    found = all_in_force(code, on, tenant)
    if key is None and len(found) > 1:
        raise ValueError(f"table {code} has several series ({', '.join(found)}): name the key")
    row = next(iter(found.values()), None) if key is None else found.get(key)
    if row is None:
        raise NotFound(
            _("Tabel %(table)s tidak punya baris %(key)s yang berlaku pada %(day)s.")
            % {"table": code, "key": key or "", "day": on.isoformat()}
        )
    return row


def all_in_force(code: str, on: date, tenant: str | None = None) -> Mapping[str, Row]:
    """Return the row in force on a local day for each key of the table that has one. Raises NotFound."""
    return MappingProxyType(rules.in_force(rows(code, tenant), on))


def rows(code: str, tenant: str | None = None) -> tuple[Row, ...]:
    """Return every row of a dated table: the file's, then the tenant's approved amendments.

    Raises:
        NotFound: no such table.
        balai.base.tenancy.NoTenant: no tenant is in scope.
    """
    known = table(code)
    return (*known.rows, *(row_of(known, amendment) for amendment in approved(code, tenant=tenant)))


def rows_of(codes: Iterable[str]) -> Mapping[str, tuple[Row, ...]]:
    """Return the rows of several dated tables by code, each as `rows` does; one query for all of them."""
    known = {code: table(code) for code in codes}
    amendments = list(approved(*known))
    return {
        code: (*one.rows, *(row_of(one, amendment) for amendment in amendments if amendment.table == code))
        for code, one in known.items()
    }


def approved(*codes: str, tenant: str | None = None) -> QuerySet[TableAmendment]:
    """Return the amendments of some tables that are law in the tenant, oldest first."""
    found: QuerySet[TableAmendment] = TableAmendment.objects.filter(
        tenant=tenant or tenancy.current_tenant(), table__in=codes, status=TableAmendment.Status.APPROVED
    )
    return found.order_by("valid_from")


def row_of(known: Table, amendment: TableAmendment) -> Row:
    """Return the amendment as a row.

    Raises:
        Invalid: the table's columns changed since, and its cells do not fit any more.
    """
    return known.row(
        amendment.key, amendment.valid_from, amendment.valid_to, amendment.values, amendment.source
    )


def amendments(actor: Actor, code: str | None = None) -> QuerySet[TableAmendment]:
    """Return the amendments the actor may see, newest first.

    Who proposes or approves sees all of them in their tenant; who reads the plan
    sees what is in force or once was; nobody else sees any.
    """
    found: QuerySet[TableAmendment] = TableAmendment.objects.filter(tenant=actor.tenant)
    if code is not None:
        found = found.filter(table=code)
    if actor.may("tables.propose") or actor.may("tables.approve"):
        return found
    if actor.may("plan.read"):
        return found.filter(status__in=[TableAmendment.Status.APPROVED, TableAmendment.Status.REPLACED])
    return found.none()


def waiting(actor: Actor) -> QuerySet[TableAmendment]:
    """Return the proposals waiting for a decision that the actor may see, the oldest first."""
    return amendments(actor).filter(status=TableAmendment.Status.PROPOSED).order_by("proposed_at")


def amendment(actor: Actor, id: UUID | str) -> TableAmendment:
    """Return one amendment the actor may see. Raises NotFound."""
    try:
        return amendments(actor).get(pk=id)
    except (TableAmendment.DoesNotExist, ValidationError) as error:
        raise NotFound(_("Usulan ini tidak ada, atau bukan untuk Anda.")) from error
