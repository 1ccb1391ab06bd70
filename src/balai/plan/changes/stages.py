"""Freezing a stage: the figures of a moment are copied once and never change."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Locked
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked
from balai.plan.models import Masterplan, Stage
from balai.plan.publishing import publish_soon
from balai.plan.reads.counting import Count
from balai.plan.reads.money import PlanMoney, money
from balai.plan.reads.plans import ProgrammeTree, programme_tree
from balai.plan.reads.rows import ActionRow
from balai.plan.reads.tables import realisation_rule
from balai.plan.rules.money import Sum
from balai.plan.rules.realisation import Realisation, Tally


@transaction.atomic
def freeze_stage(actor: Actor, plan: Key, title: str, year: int, on: date, at: datetime) -> Stage:
    """Freeze what is counted of the plan in force, under a title ("Tahap I 2026").

    Args:
        year: whose targets are counted. on: the local day the figures are of, today. at: now.

    Raises:
        Forbidden, NotFound, Invalid.
        Locked: the plan is not in force.
        Conflict: a stage of this title is there already.
    """
    row = locked(Masterplan, plan)
    actor.require("plan.freeze", row)
    if row.status != Masterplan.Status.ADOPTED:
        raise Locked(_("Tahap hanya dibuat dari rencana induk yang berlaku."))
    faults = list(checks.text("title", title, 200))
    if not row.year_from <= year <= row.last_year:
        faults.append(
            Fault(
                "year",
                _("Tahun ini di luar masa rencana."),
                _("Rencana ini berlaku %(first)d sampai %(last)d.")
                % {"first": row.year_from, "last": row.last_year},
            )
        )
    checks.refuse(faults)
    if Stage.objects.filter(masterplan=row, title=title).exists():
        raise Conflict(_("Tahap dengan judul ini sudah dibekukan. Pilih judul lain."))
    stage = Stage.objects.create(
        masterplan=row,
        title=title,
        year=year,
        as_of=on,
        rule_version=realisation_rule(on).version,
        figures=figures(programme_tree(actor, row.pk, year, on), money(actor, row.pk, year)),
        frozen_by=actor.name,
        frozen_at=at,
    )
    journal.write(actor, "stage.freeze", stage, title=title, year=year, as_of=on)
    publish_soon()
    return stage


def figures(tree: ProgrammeTree, funds: PlanMoney) -> dict[str, Any]:
    """Return everything a stage keeps, as JSON. Exact numbers are text: "47/51", "92.16".

    {"counts": [{"origin", "rules": [{"rule", "rule_version", "numerator", "denominator", "percent",
    "not_reported", "sum", "terms"}], "dimensions": [{"key", "planned", "done", "reported", "percent"}]}],
    "money": [{"origin", "total", "in_kind", "by_source", "apbd_percent"}],
    "actions": [{"id", "code", "title", ...}]}
    """
    return {
        "plan": {
            "title": tree.plan.title,
            "version": tree.plan.version,
            "region_code": tree.plan.region_code,
        },
        "counts": [_count(count) for count in tree.counts],
        "money": [
            {
                "origin": own.origin,
                "total": _sum(own.money.total),
                "in_kind": _sum(own.money.in_kind),
                "pledged": _sum(own.money.pledged),
                "by_source": {source: _sum(each) for source, each in own.money.by_source.items()},
                "apbd_percent": _text(own.money.apbd_percent),
            }
            for own in funds.by_origin
        ],
        "actions": [_action(row) for row in tree.actions if row.is_planned],
    }


def _count(count: Count) -> dict[str, Any]:
    return {
        "origin": count.origin,
        "rules": [_rule(rule) for rule in count.rules],
        "dimensions": [{"key": key, **_tally(tally)} for key, tally in count.tallies.items()],
    }


def _rule(figure: Realisation) -> dict[str, Any]:
    return {
        "rule": figure.rule.value,
        "rule_version": figure.rule_version,
        "numerator": _text(figure.numerator),
        "denominator": _text(figure.denominator),
        "percent": _text(figure.rounded),
        "not_reported": _text(figure.not_reported),
        "sum": figure.spelled(),
        "terms": [[term.dimension, _text(term.numerator), _text(term.denominator)] for term in figure.terms],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "planned": _text(tally.planned),
        "done": _text(tally.done),
        "reported": _text(tally.reported),
        "percent": _text(tally.percent),
    }


def _sum(money: Sum) -> dict[str, Any]:
    return {
        "budget": money.budget,
        "spent": money.spent,
        "unreported": money.unreported,
        "over": money.over,
        "absorbed_percent": _text(money.absorbed_percent),
    }


def _action(row: ActionRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "code": row.code,
        "title": row.title,
        "owner": row.owner_name,
        "dimensions": [[share.dimension, _text(share.part)] for share in row.shares],
        "indicator": row.indicator,
        "unit": row.unit,
        "target": _text(row.target),
        "value": _text(row.value),
        "figure": row.kind,
        "measured_by": row.measured_by,
        "measurement": None if row.measurement is None else str(row.measurement),
        "physical_percent": _text(row.physical_percent),
        "achievement_percent": _text(row.achievement_percent),
        "is_done": row.is_done,
        "is_quick_win": row.is_quick_win,
        "origin": row.provenance.origin,
        "source": row.provenance.source,
        "confidence": row.provenance.confidence,
        "money": _sum(row.money),
    }


def _text(number: object) -> str | None:
    if number is None:
        return None
    return str(number) if isinstance(number, Fraction) else f"{number:f}"
