"""The way back: from rows of the plan's datasets to their actions, from indicators to what they measure."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.data.reads import indicators_uses, records
from balai.data.reads.uses import Use
from balai.plan.models import Masterplan
from balai.plan.reads import sight


def addresses(actor: Actor, rows: Sequence[records.Row]) -> list[str | None]:
    """Return for each row the page of its action in the plan in force, in the row's year where it has one.

    None where the action is no longer there, or not to be seen. One query for all of them.
    """
    codes = {row["action"] for row in rows if row.get("action")}
    seen = set(
        sight.actions(actor)
        .filter(programme__masterplan__status=Masterplan.Status.ADOPTED, code__in=codes)
        .values_list("programme__code", "code")
    )
    return [_address(row) if (row.get("programme"), row.get("action")) in seen else None for row in rows]


def _address(row: records.Row) -> str:
    page = reverse("plan-action", args=[str(row["action"])])
    return f"{page}?tahun={row['year']}" if row.get("year") else page


def _measured_by(actor: Actor, indicator: str) -> Iterator[Use]:
    tied = sight.actions(actor).filter(
        programme__masterplan__status=Masterplan.Status.ADOPTED, measured_by=indicator
    )
    for code, title in tied.order_by("code").values_list("code", "title"):
        yield Use(_("Capaian rencana aksi"), title, reverse("plan-action", args=[code]))


for dataset in ("plan_actions", "plan_progress", "plan_budget"):
    records.register(dataset, addresses)
indicators_uses.register("plan", _measured_by)
