"""Which entry of an action stands for a year, written down; and the spending that follows reports."""

from uuid import UUID

from balai.base import journal
from balai.base.actor import Actor
from balai.plan.models import Action, Fund, Report, Target
from balai.plan.rules.standing import Entry, standing

COUNTED = (Report.Status.VERIFIED, Report.Status.COMPUTED)


def let_stand(action: Action, year: int) -> None:
    """Let the entry that `rules.standing` names stand for a year, and no other. The action is locked.

    Nothing stands where nothing was verified or computed, or a computed figure is withheld or gone.
    """
    counted = Report.objects.filter(action=action, year=year, status__in=COUNTED)
    rows = list(counted.values_list("pk", "period__number", "entry", "status", "value", "stands"))
    target = Target.objects.filter(action=action, year=year).first()
    aim = target.value if target else None
    chosen = standing(
        (
            Entry(key, period, number, status == Report.Status.COMPUTED, value is not None)
            for key, period, number, status, value, _stands in rows
        ),
        in_numbers=aim is not None,
        by_data=action.counts_by_data(aim),
    )
    key = chosen.key if chosen else None
    # First take, then give: one row at most stands at any moment.
    others = [row[0] for row in rows if row[5] and row[0] != key]
    if others:
        counted.filter(pk__in=others).update(stands=False)
    if key is not None and not any(row[5] and row[0] == key for row in rows):
        counted.filter(pk=key).update(stands=True)


def let_spend(actor: Actor, action: UUID, year: int) -> None:
    """Let the one line of cash of a year follow the newest verified report that says what was spent."""
    verified = Report.objects.filter(action=action, year=year, status=Report.Status.VERIFIED)
    newest = verified.order_by("-period__number", "-entry").first()
    if newest is None or newest.spent is None:
        return
    lines = list(Fund.objects.select_for_update().filter(action=action, year=year, is_in_kind=False)[:2])
    if len(lines) == 1 and lines[0].spent != newest.spent:
        line = lines[0]
        journal.write(actor, "fund.spend", line, spent=[line.spent, newest.spent])
        line.spent = newest.spent
        line.save(update_fields=["spent"])
