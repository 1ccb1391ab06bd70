"""The index of every region of a round at once, as the scores stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    IntegerField,
    Max,
    Min,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Forbidden
from balai.evaluation.models import Assessment, Moderation, Round, Score
from balai.evaluation.reads import sight
from balai.evaluation.rules import Final, Instrument, Method, Number, finals, half_up, ranks


@dataclass(frozen=True)
class Standing:
    """The index of one region as its scores stand. `final` is None while something is in the way.

    Attributes:
        missing: questions nobody scored.
        torn: levels on which the assessors differ.
        rank: among the regions of the round that have an index.
    """

    region_tenant: str
    region_name: str
    final: Final | None
    missing: tuple[str, ...]
    torn: tuple[str, ...]
    rank: int | None


def provisional(actor: Actor, round_key: UUID | str) -> tuple[Standing, ...]:
    """Return how the regions of a round would stand if it were frozen now, best first.

    A region appears once all its assessors have scored: before, nobody sees its scores.

    Raises:
        Forbidden: the actor does not hold rounds. NotFound: no such round.
    """
    if not sight.runs(actor):
        raise Forbidden(_("Ini hanya dilakukan oleh penyelenggara penilaian nasional."))
    row = sight.round_(actor, round_key)
    instrument = sight.instrument_of(row)
    rows = row.invitations.prefetch_related("assessments")
    names = {each.region_tenant: each.region_name for each in rows if sight.all_have_scored(each)}
    found = {key: each for key, each in tallied(row, instrument).items() if key in names}
    whole = _finals(instrument, found)
    placed = ranks({key: final.shown for key, final in whole.items()})
    made = [
        Standing(key, names[key], whole.get(key), each.missing, each.torn, placed.get(key))
        for key, each in found.items()
    ]
    return tuple(sorted(made, key=lambda each: (each.rank or 10**6, each.region_name)))


@dataclass(frozen=True)
class Tallied:
    """What the scores of one region come to: components to two decimals, or whole levels."""

    values: Mapping[str, Number]
    missing: tuple[str, ...]
    torn: tuple[str, ...]


def indexes(row: Round, instrument: Instrument) -> dict[str, Final]:
    """Return the index of each region (tenant key) whose scores are whole; five queries for all of them."""
    return _finals(instrument, tallied(row, instrument))


def _finals(instrument: Instrument, found: Mapping[str, Tallied]) -> dict[str, Final]:
    whole = {key: each.values for key, each in found.items() if not each.missing and not each.torn}
    return finals(instrument, whole)


def tallied(row: Round, instrument: Instrument) -> dict[str, Tallied]:
    """Return what the scores of each region come to, by tenant key; settlements stand before means."""
    regions: dict[UUID, str] = dict(row.invitations.values_list("pk", "region_tenant"))
    settled: dict[UUID, dict[str, Fraction]] = {}
    for each in Moderation.objects.filter(invitation__round=row.pk).order_by("pk"):
        settled.setdefault(each.invitation_id, {})[each.question] = Fraction(each.numerator, each.denominator)
    keys = _keys(instrument)
    if instrument.method is Method.LEVELS:
        found = {
            key: _levels(keys, scores, settled.get(key, {}))
            for key, scores in _by_question(_given(row), Min("value"), Max("value")).items()
        }
    else:
        found = _whole_components(row, keys, settled.keys())
        rest = _given(row).filter(assessment__invitation__in=regions.keys() - found.keys())
        found |= {
            key: _components(keys, scores, settled.get(key, {}))
            for key, scores in _by_question(rest, Sum("value"), Count("value")).items()
        }
    return {regions[key]: each for key, each in found.items()}


def _given(row: Round) -> QuerySet[Score]:
    """Return the scores of a round that count."""
    return Score.objects.filter(
        tenant=tenancy.NATIONAL,
        assessment__invitation__round=row.pk,
        assessment__withdrawn_at__isnull=True,
        assessment__has_conflict=False,
    ).order_by()


def _by_question(
    rows: QuerySet[Score], one: Aggregate, other: Aggregate
) -> dict[UUID, dict[str, tuple[int, int]]]:
    """Return two figures of the scores of each question, by invitation."""
    # As text: making 60,000 keys of a nation into UUID objects takes longer than the query.
    region = Cast("assessment__invitation_id", CharField())
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for key, question, first, second in rows.values_list(region, "question").annotate(one, other):
        questions = found.get(key)
        if questions is None:
            questions = found[key] = {}
        questions[question] = (first, second)
    return {UUID(key): questions for key, questions in found.items()}


def _whole_components(
    row: Round, keys: Mapping[str, list[str]], settled: Collection[UUID]
) -> dict[UUID, Tallied]:
    """Return the regions in which every assessor has scored every question and nothing was settled.

    There the mean of the means is one sum over one count, and the database adds it up.
    """
    assessors = dict(
        Assessment.objects.filter(invitation__round=row.pk, withdrawn_at__isnull=True, has_conflict=False)
        .values_list("invitation_id")
        .annotate(Count("pk"))
    )
    parts = list(keys)
    # The number of the part, not its key: the sort of the grouping is the dear thing here.
    part = Case(
        *(When(question__in=keys[each], then=Value(number)) for number, each in enumerate(parts)),
        output_field=IntegerField(),
    )
    values: dict[UUID, dict[str, Number]] = {}
    sums = _given(row).annotate(part=part).values_list("assessment__invitation_id", "part")
    for key, number, score, count in sums.annotate(Sum("value"), Count("value")):
        if number is not None and count == assessors[key] * len(keys[parts[number]]):
            values.setdefault(key, {})[parts[number]] = half_up(Fraction(score, count))
    return {
        key: Tallied(each, (), ())
        for key, each in values.items()
        if len(each) == len(parts) and key not in settled
    }


def _components(
    parts: Mapping[str, list[str]], given: Mapping[str, tuple[int, int]], settled: Mapping[str, Fraction]
) -> Tallied:
    values: dict[str, Number] = {}
    missing: list[str] = []
    for part, keys in parts.items():
        # Whole sums first, by the number of assessors: fractions are dear, and there are few such numbers.
        sums: dict[int, int] = {}
        total = Fraction()
        for key in keys:
            if key in settled:
                total += settled[key]
            elif key in given:
                score, count = given[key]
                sums[count] = sums.get(count, 0) + score
            else:
                missing.append(key)
        for count, score in sums.items():
            total += Fraction(score, count)
        values[part] = half_up(total / len(keys))
    return Tallied(values, tuple(missing), ())


def _levels(
    parts: Mapping[str, list[str]], given: Mapping[str, tuple[int, int]], settled: Mapping[str, Fraction]
) -> Tallied:
    levels: dict[str, Number] = {}
    missing: list[str] = []
    torn: list[str] = []
    for keys in parts.values():
        for key in keys:
            if key in settled:
                levels[key] = settled[key].numerator
            elif key not in given:
                missing.append(key)
            elif given[key][0] == given[key][1]:
                levels[key] = given[key][0]
            else:
                torn.append(key)
    return Tallied(levels, tuple(missing), tuple(torn))


def _keys(instrument: Instrument) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {part.key: [] for part in instrument.parts}
    for question in instrument.questions:
        found[question.part].append(question.key)
    return found
