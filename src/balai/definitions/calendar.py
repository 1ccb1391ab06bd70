"""The working-day calendar of a local government: national days, joint leave, and its own."""

from django.utils.translation import gettext as _

from balai.base.days import Calendar
from balai.base.errors import Invalid
from balai.definitions import reads
from balai.definitions.kinds import get
from balai.definitions.rules import Origin, Row
from balai.definitions.tables import TABLES


def calendar(tenant: str | None = None) -> Calendar:
    """Return the holidays of a tenant, for the years the table knows whole.

    A day an amendment calls a working day (an estimated holiday that did not
    come true) is not one. Days are local; Saturdays and Sundays are not listed
    unless they are holidays too.

    Args:
        tenant: the tenant in scope when left out; its rows must be readable in the scope.

    Raises:
        Invalid: the table does not say which days it covers.

    Source: `definitions/tables/holidays`.
    """
    definition = get(TABLES, "holidays")
    covers = definition.value.file.covers
    if covers is None:
        right = _("Tulis hari pertama dan terakhir yang dimuat tabel ini.")
        raise Invalid([definition.document.fault((), _("“%(name)s” belum ada.") % {"name": "covers"}, right)])
    return Calendar(
        frozenset(row.valid_from for row in holidays(tenant) if row.values["kind"] != "working_day"),
        covers.first,
        covers.last,
    )


def holidays(tenant: str | None = None) -> tuple[Row, ...]:
    """Return the row that stands for each day of the holiday table, by day, with name and certainty."""
    standing: dict[str, Row] = {}
    for row in reads.rows("holidays", tenant):
        if row.key not in standing or row.origin is Origin.AMENDMENT:
            standing[row.key] = row
    return tuple(sorted(standing.values(), key=lambda row: row.valid_from))
