"""The index of the year before, from which improvement is reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from balai.base import tenancy
from balai.evaluation.models import PublishedResult, Result, Round
from balai.evaluation.reads.published import index_of
from balai.evaluation.rules import Index, Rounding, Term


@dataclass(frozen=True)
class Earlier:
    """An index of an earlier year, and where it is from: "round" or "published"."""

    year: int
    source: str
    index: Index


def earlier_index(row: Round, region_tenant: str, region_code: str) -> Earlier | None:
    """Return the region's index before a round: of the previous round, else as published the year before."""
    if row.previous_id is not None:
        frozen = Result.objects.filter(
            tenant=tenancy.NATIONAL, round=row.previous_id, region_tenant=region_tenant
        ).first()
        if frozen is not None and frozen.final is not None:
            return Earlier(frozen.year, "round", index_in(frozen.content["index"]))
    published = (
        PublishedResult.objects.filter(
            tenant=tenancy.NATIONAL, family=row.family, region_code=region_code, year=row.year - 1
        )
        .select_related("instrument")
        .order_by("-stage")
    )
    for each in published:
        index = index_of(each)
        if index is not None:
            return Earlier(each.year, "published", index)
    return None


def index_in(told: dict[str, Any], names: Mapping[str, str] | None = None) -> Index:
    """Return an index from what a frozen result keeps of it; the predicate is left out.

    Args:
        names: of the terms by key; the key itself where there is none.
    """
    known = names or {}
    return Index(
        told["instrument"],
        Rounding(told["rounding"]),
        tuple(
            Term(
                key,
                known.get(key, key),
                Decimal(weight),
                Fraction(value),
                Fraction(product),
                Fraction(counted),
            )
            for key, weight, value, product, counted in told["terms"]
        ),
        Fraction(told["exact"]),
        Decimal(told["shown"]),
        None,
    )
