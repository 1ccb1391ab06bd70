"""Published figures: claims with a source, and what their arithmetic can and cannot be."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.plan.models import PublishedFigure
from balai.plan.rules.published import Explanation, explain

REALISATION = "realisation"
"""Subject of published realisation percentages: one per dimension, and the total with dimension ""."""


@dataclass(frozen=True)
class PublishedRow:
    """A claim, exactly as published. `value` is None where only a target or a budget was."""

    id: UUID
    tenant: str
    subject: str
    dimension: str
    title: str
    year: int
    value: Decimal | None
    target: Decimal | None
    budget: int | None
    unit: str
    owner_name: str
    source: str
    published_on: date | None
    confidence: str


@dataclass(frozen=True)
class PublishedTotal:
    """A published total with the dimension figures of the same source and what they let one conclude."""

    year: int
    source: str
    total: PublishedRow
    dimensions: tuple[PublishedRow, ...]
    explanation: Explanation


def published(actor: Actor, year: int | None = None, subject: str = "") -> tuple[PublishedRow, ...]:
    """Return published figures in scope, by year (newest first), subject and dimension."""
    if not actor.may("plan.read"):
        return ()
    rows = PublishedFigure.objects.order_by("tenant", "-year", "subject", "dimension", "title")
    if year is not None:
        rows = rows.filter(year=year)
    if subject:
        rows = rows.filter(subject=subject)
    return tuple(map(_row, rows))


def published_totals(actor: Actor, year: int | None = None) -> tuple[PublishedTotal, ...]:
    """Return every published total that has figures of dimensions beside it, explained."""
    groups: dict[tuple[str, int, str], list[PublishedRow]] = defaultdict(list)
    for row in published(actor, year, REALISATION):
        if row.value is not None and row.unit == "percent":
            groups[row.tenant, row.year, row.source].append(row)
    found = []
    for (_tenant, of_year, source), rows in groups.items():
        dimensions = tuple(row for row in rows if row.dimension)
        for row in rows:
            if not row.dimension and dimensions and row.value is not None:
                found.append(
                    PublishedTotal(of_year, source, row, dimensions, _explained(row.value, dimensions))
                )
    return tuple(found)


def published_total(actor: Actor, year: int) -> PublishedTotal:
    """Return the explained total of a year.

    Raises:
        NotFound: none was published, or not with its dimensions.
    """
    found = published_totals(actor, year)
    if not found:
        raise NotFound(
            _("Tidak ada angka terbit yang dapat dijelaskan untuk tahun %(year)d.") % {"year": year}
        )
    return found[0]


def _explained(total: Decimal, dimensions: tuple[PublishedRow, ...]) -> Explanation:
    values = {row.dimension: row.value for row in dimensions if row.value is not None}
    # Figures printed side by side have one format: beside 89.7 an 80 was printed to one decimal too.
    decimals = max(_decimals(value) for value in values.values())
    printed = {key: value.quantize(Decimal(1).scaleb(-decimals)) for key, value in values.items()}
    return explain(printed, total.quantize(Decimal(1).scaleb(-_decimals(total))))


def _decimals(value: Decimal) -> int:
    return max(-int(value.normalize().as_tuple().exponent), 0)


def _row(row: PublishedFigure) -> PublishedRow:
    return PublishedRow(
        row.pk,
        row.tenant,
        row.subject,
        row.dimension,
        row.title,
        row.year,
        row.value,
        row.target,
        row.budget,
        row.unit,
        row.owner_name,
        row.source,
        row.published_on,
        row.confidence,
    )
