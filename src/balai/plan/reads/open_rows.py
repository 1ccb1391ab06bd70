"""The plan as flat rows, for JSON and CSV twins, exports and the open data of the portal."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from balai.base.actor import Actor
from balai.plan.models import Action
from balai.plan.reads import sight
from balai.plan.reads.counting import Count
from balai.plan.reads.figures import Kinds
from balai.plan.reads.money import money
from balai.plan.reads.published import published
from balai.plan.reads.rows import ActionRow, action_rows

type Cell = str | int | bool | None
"""Numbers with decimals are text with a point, so that nothing is lost on the way."""
type FlatRow = Mapping[str, Cell]


def action_table(actor: Actor, plan: UUID | str | None, year: int, on: date) -> tuple[FlatRow, ...]:
    """Return one row per action and dimension, with the part of the action that counts there.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    actions = Action.objects.filter(programme__masterplan=sight.plan(actor, plan))
    return tuple(line for row in action_rows(actions, year, on) for line in action_lines(row))


def action_lines(row: ActionRow) -> tuple[FlatRow, ...]:
    """Return one row per dimension of an action, with the part of it that counts there."""
    return tuple(
        {"dimension": share.dimension, "sub_dimension": share.sub_dimension, "part": str(share.part)}
        | _action(row)
        for share in row.shares
    )


def realisation_table(counts: tuple[Count, ...], kinds: Mapping[str, Kinds]) -> tuple[FlatRow, ...]:
    """Return one row per origin and rule, and one per origin and dimension, each with its sum.

    `figures` and `figures_computed` count the actions of the origin whose progress is known, and
    those of them where it is computed from records; None in the rows of dimensions.
    """
    by_rule = [
        {
            "origin": count.origin,
            "year": count.year,
            "as_of": count.as_of.isoformat(),
            "dimension": "",
            "rule": rule.rule.value,
            "rule_version": rule.rule_version,
            "numerator": str(rule.numerator),
            "denominator": str(rule.denominator),
            "not_reported": str(rule.not_reported),
            "percent": _text(rule.rounded),
            "sum": rule.spelled(),
            **_kinds(kinds.get(count.origin, Kinds(count.origin, 0, 0))),
        }
        for count in counts
        for rule in count.rules
    ]
    by_dimension = [
        {
            "origin": count.origin,
            "year": count.year,
            "as_of": count.as_of.isoformat(),
            "dimension": key,
            "rule": "pooled",
            "rule_version": count.pooled.rule_version,
            "numerator": str(tally.done),
            "denominator": str(tally.planned),
            "not_reported": str(tally.not_reported),
            "percent": _text(tally.percent),
            "sum": f"{tally.done} / {tally.planned}",
            **_kinds(None),
        }
        for count in counts
        for key, tally in count.tallies.items()
    ]
    return (*by_rule, *by_dimension)


def fund_table(actor: Actor, plan: UUID | str | None, year: int) -> tuple[FlatRow, ...]:
    """Return one row per line of money.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    return tuple(
        {
            "action": line.action_code,
            "title": line.action_title,
            "year": line.year,
            "source": line.source,
            "code": line.code,
            "edition": line.edition,
            "partner": line.partner_name,
            "in_kind": line.is_in_kind,
            "budget_rupiah": line.budget,
            "spent_rupiah": line.spent,
            "origin": line.origin,
        }
        for line in money(actor, plan, year).lines
    )


def published_table(actor: Actor, year: int | None = None) -> tuple[FlatRow, ...]:
    """Return one row per published figure."""
    return tuple(
        {
            "tenant": row.tenant,
            "year": row.year,
            "subject": row.subject,
            "dimension": row.dimension,
            "title": row.title,
            "value": _text(row.value),
            "target": _text(row.target),
            "budget_rupiah": row.budget,
            "unit": row.unit,
            "owner": row.owner_name,
            "published_on": row.published_on.isoformat() if row.published_on else None,
            "source": row.source,
            "confidence": row.confidence,
        }
        for row in published(actor, year)
    )


def _action(row: ActionRow) -> dict[str, Cell]:
    return {
        "tenant": row.tenant,
        "year": row.year,
        "programme": row.programme_code,
        "code": row.code,
        "title": row.title,
        "family": row.family,
        "owner": row.owner_name,
        "indicator": row.indicator,
        "unit": row.unit,
        "direction": row.direction,
        "baseline": _text(row.baseline),
        "target": _text(row.target),
        "value": _text(row.value),
        "physical_percent": _text(row.physical_percent),
        "figure": row.kind,
        "measured_by": row.measured_by,
        "measurement": None if row.measurement is None else str(row.measurement),
        "period": row.period_title,
        "achievement_percent": _text(row.achievement_percent),
        "is_planned": row.is_planned,
        "is_reported": row.is_reported,
        "is_done": row.is_done,
        "weight": str(row.weight),
        "budget_rupiah": row.money.budget,
        "spent_rupiah": row.money.spent,
        "is_quick_win": row.is_quick_win,
        "evidence_count": row.evidence_count,
        "days_since_report": row.freshness.days,
        "origin": row.provenance.origin,
        "source": row.provenance.source,
        "confidence": row.provenance.confidence,
    }


def _kinds(kinds: Kinds | None) -> dict[str, Cell]:
    if kinds is None:
        return {"figures": None, "figures_computed": None}
    return {"figures": kinds.figures, "figures_computed": kinds.computed}


def _text(number: object) -> str | None:
    return None if number is None else f"{number:f}"
