"""Frozen results: the table of a round, and the report of one region."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.evaluation.models import Result
from balai.evaluation.reads import sight
from balai.evaluation.reads.earlier import index_in
from balai.evaluation.reads.published import published_of_region
from balai.evaluation.rules import Index, Instrument, Method, Question, ranks


@dataclass(frozen=True)
class Placed:
    """A frozen result with its rank in its round and in the nation (every round of the year and family).

    `final` is None for who did not take part; that is not a zero.
    """

    id: UUID
    region_tenant: str
    region_code: str
    region_name: str
    final: Decimal | None
    change: Decimal | None
    predicate: str
    rank_in_group: int | None
    rank_in_nation: int | None


def results(actor: Actor, round_key: UUID | str) -> tuple[Placed, ...]:
    """Return the frozen results of a round, best first, who did not take part last.

    A frozen table is published to every region invited: each of them sees all of it.

    Raises:
        NotFound: the actor may not know of the round.
    """
    row = sight.round_(actor, round_key)
    with sight.nation():
        # What each region answered is not for the others, and large: it stays where it is.
        rows = list(Result.objects.filter(tenant=tenancy.NATIONAL, round=row).defer("content"))
        nation = _nation(row.family, row.year)
    placed = [_placed(each, nation) for each in rows]
    return tuple(sorted(placed, key=lambda each: (each.rank_in_group or 10**6, each.region_name)))


@dataclass(frozen=True)
class YearOf:
    """The result of a region in one year; `final` is None where it did not take part."""

    year: int
    final: Decimal | None
    predicate: str
    source: str


def history(actor: Actor, round_key: UUID | str, region: str | None = None) -> tuple[YearOf, ...]:
    """Return the years of a region in the family of a round: frozen here, or published; newest first.

    Raises:
        NotFound: the actor may not know of the region in this round.
    """
    row = sight.own_invitation(actor, round_key, region)
    family = row.round.family
    with sight.nation():
        frozen = [
            YearOf(each.year, each.final, _band(each), each.round.title)
            for each in Result.objects.filter(
                tenant=tenancy.NATIONAL, family=family, region_tenant=row.region_tenant
            ).select_related("round__instrument")
        ]
    published = [
        YearOf(each.year, each.total if each.took_part else None, each.predicate, each.source)
        for each in published_of_region(actor, row.region_code)
        if each.family == family
    ]
    return tuple(sorted([*frozen, *published], key=lambda each: -each.year))


def _band(row: Result) -> str:
    bands = {band.key: str(band.name) for band in sight.instrument_of(row.round).bands}
    return bands.get(row.predicate, row.predicate)


def _placed(row: Result, nation: Mapping[str, int]) -> Placed:
    return Placed(
        row.pk,
        row.region_tenant,
        row.region_code,
        row.region_name,
        row.final,
        row.change,
        row.predicate,
        row.rank,
        nation.get(str(row.pk)),
    )


def _nation(family: str, year: int) -> dict[str, int]:
    rows = Result.objects.filter(tenant=tenancy.NATIONAL, family=family, year=year)
    return ranks({str(key): final for key, final in rows.values_list("pk", "final")})


@dataclass(frozen=True)
class AssessorWords:
    """What one assessor said of the region."""

    name: str
    strengths: str
    weaknesses: str
    recommendations: tuple[str, ...]


@dataclass(frozen=True)
class Levels:
    """One indicator as the region, its internal assessor and the external ones judged it; None where not."""

    question: Question
    own: int | None
    inner: int | None
    external: Fraction


@dataclass(frozen=True)
class Report:
    """What the letter and the report of a region say.

    Attributes:
        index: None where the region did not take part.
        parts, parts_before: value of each part (component, domain), this year and last; exact.
        questions: score of each question, exact.
        levels: where the instrument is by levels, those of all three sides beside each other.
    """

    placed: Placed
    sha256: str
    frozen_at: datetime
    instrument: Instrument
    index: Index | None
    parts: Mapping[str, Fraction]
    before: Index | None
    before_year: int | None
    parts_before: Mapping[str, Fraction]
    questions: Mapping[str, Fraction]
    levels: tuple[Levels, ...]
    assessors: tuple[AssessorWords, ...]


def report(actor: Actor, round_key: UUID | str, region: str | None = None) -> Report:
    """Return the report of the actor's region, or of `region` for the nation and its assessors.

    Raises:
        NotFound: no frozen result of a region the actor may know of.
    """
    row = sight.own_invitation(actor, round_key, region)
    with sight.nation():
        result = Result.objects.filter(
            tenant=tenancy.NATIONAL, round=row.round_id, region_tenant=row.region_tenant
        ).first()
        if result is None:
            raise NotFound(_("Hasil tahap ini belum dibekukan."))
        nation = _nation(result.family, result.year)
    instrument = sight.instrument_of(row.round)
    content: Mapping[str, Any] = result.content
    names = {each.key: str(each.name) for each in instrument.parts} | {
        each.key: str(each.text) for each in instrument.questions
    }
    before = content.get("before")
    return Report(
        _placed(result, nation),
        result.sha256,
        result.frozen_at,
        instrument,
        index_in(content["index"], names) if "index" in content else None,
        _fractions(content.get("parts", {})),
        index_in(before, names) if before else None,
        before["year"] if before else None,
        _parts_of(before, instrument) if before else {},
        _fractions(content.get("questions", {})),
        _levels(instrument, content),
        tuple(
            AssessorWords(
                each["name"],
                each["strengths"],
                each["weaknesses"],
                tuple(advice["text"] for advice in each["recommendations"]),
            )
            for each in content.get("assessors", [])
        ),
    )


def _levels(instrument: Instrument, content: Mapping[str, Any]) -> tuple[Levels, ...]:
    if instrument.method is not Method.LEVELS:
        return ()
    said = {each["question"]: each for each in content.get("answers", [])}
    scores = _fractions(content.get("questions", {}))
    return tuple(
        Levels(
            each,
            said.get(each.key, {}).get("level"),
            said.get(each.key, {}).get("inner", {}).get("level"),
            scores[each.key],
        )
        for each in instrument.questions
        if each.key in scores
    )


def _fractions(told: Mapping[str, str]) -> dict[str, Fraction]:
    return {key: Fraction(value) for key, value in told.items()}


def _parts_of(told: Mapping[str, Any], instrument: Instrument) -> dict[str, Fraction]:
    """Return the values of those parts that the year before had too, so that a radar can show both."""
    values = {term[0]: Fraction(term[2]) for term in told["terms"]}
    return {key: values[key] for key in instrument.weights if key in values}
