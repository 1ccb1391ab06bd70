"""The tables of the plan in force as datasets of One Data: actions, progress, budget.

They are published after a report is verified, a plan adopted or a stage frozen, and
every night for whatever else changed; rows that did not change make no new version.
What was made up for demonstration says so in its column `origin`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.errors import NotFound
from balai.base.jobs import job, later
from balai.base.schedules import every
from balai.data import changes as data
from balai.plan.models import Action, Fund, Masterplan
from balai.plan.reads import sight
from balai.plan.reads.rows import ActionRow, action_rows

type Row = Mapping[str, object]

_WAIT = timedelta(minutes=2)
"""Longer than any transaction lives, so that all that was asked for within a minute is there to be read."""


def publish_soon() -> None:
    """Have the tables published in a few minutes; all that ask within one minute are answered together."""
    minute = timezone.now().replace(second=0, microsecond=0)
    tenant = tenancy.current_tenant()
    later("plan.publish", tenant, key=minute.isoformat(), run_after=minute + _WAIT)


@job("plan.publish", in_one_transaction=False)
def _publish_asked() -> None:
    publish_plan(timezone.now())


@every("plan.publish_nightly", at=time(1, 40), in_one_transaction=False)
def _publish_nightly(due: str) -> None:
    publish_plan(datetime.fromisoformat(due))


def publish_plan(at: datetime) -> tuple[data.Published, ...]:
    """Publish the plan in force of the tenant in scope; nothing where none is in force.

    Call it outside of a transaction. The period is the years of the plan.
    """
    actor = system("plan.publish", tenancy.current_tenant(), "plan.read", "data.publish")
    try:
        plan = sight.plan(actor, None)
    except NotFound:
        return ()
    return tuple(_publish(actor, plan, code, rows, at) for code, rows in _TABLES.items())


def _publish(
    actor: Actor,
    plan: Masterplan,
    code: str,
    rows: Callable[[Masterplan, datetime], Iterator[Row]],
    at: datetime,
) -> data.Published:
    data.ensure(actor, code)
    return data.publish(actor, code, rows(plan, at), f"{plan.year_from}-{plan.last_year}", at=at)


def _of_year(plan: Masterplan, year: int, at: datetime) -> tuple[ActionRow, ...]:
    actions = Action.objects.filter(programme__masterplan=plan)
    return action_rows(actions, year, timezone.localtime(at).date())


def _actions(plan: Masterplan, at: datetime) -> Iterator[Row]:
    for row in _of_year(plan, plan.last_year, at):
        place = None if row.longitude is None else (row.longitude, row.latitude)
        for share in row.shares:
            yield {
                "region": plan.region_code,
                **_action(row),
                "programme_title": row.programme_title,
                "dimension": share.dimension,
                "sub_dimension": share.sub_dimension,
                "part_numerator": share.part.numerator,
                "part_denominator": share.part.denominator,
                "family": row.family,
                "owner": row.owner_name,
                "indicator": row.indicator,
                "unit": row.unit,
                "direction": row.direction,
                "baseline": row.baseline,
                "weight": row.weight,
                "is_quick_win": row.is_quick_win,
                "place_name": row.place_name,
                "place": place,
            }


def _progress(plan: Masterplan, at: datetime) -> Iterator[Row]:
    for year in range(plan.year_from, plan.last_year + 1):
        for row in _of_year(plan, year, at):
            yield {
                "region": plan.region_code,
                **_action(row),
                "owner": row.owner_name,
                "year": year,
                "unit": row.unit,
                "is_planned": row.is_planned,
                "target": row.target,
                "value": row.value,
                "figure": row.kind or None,
                "measured_by": row.measured_by or None,
                "physical_percent": row.physical_percent,
                "period": row.period_title,
                "period_ends_on": row.period_ends_on,
                "is_reported": row.is_reported,
                "is_done": row.is_done,
                "evidence_count": row.evidence_count,
            }


def _action(row: ActionRow) -> Row:
    return {
        "programme": row.programme_code,
        "action": row.code,
        "title": row.title,
        "origin": row.provenance.origin,
        "source": row.provenance.source,
    }


def _budget(plan: Masterplan, at: datetime) -> Iterator[Row]:
    funds = Fund.objects.filter(action__programme__masterplan=plan)
    for fund in funds.select_related("action__programme", "partner").iterator(chunk_size=2000):
        yield {
            "region": plan.region_code,
            "programme": fund.action.programme.code,
            "action": fund.action.code,
            "title": fund.action.title,
            "year": fund.year,
            "fund": fund.source,
            "code": fund.code,
            "partner": fund.partner.name if fund.partner else None,
            "in_kind": fund.is_in_kind,
            "budget": fund.budget,
            "spent": fund.spent,
            "origin": fund.action.origin,
            "source": fund.action.source,
        }


_TABLES: Mapping[str, Callable[[Masterplan, datetime], Iterator[Row]]] = {
    "plan_actions": _actions,
    "plan_progress": _progress,
    "plan_budget": _budget,
}
