"""Reporting periods of a year, and their lock."""

import calendar
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.days import CalendarEnds, due_date
from balai.base.errors import Conflict, Fault, Locked
from balai.definitions.calendar import calendar as working_days
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked
from balai.plan.models import Masterplan, Period, Report
from balai.plan.reads.tables import periods_of_year


@transaction.atomic
def open_year(actor: Actor, year: int) -> tuple[Period, ...]:
    """Write the reporting periods of a year by the table in force on its first day; those there stay.

    A period is due the table's number of working days after its last day; behind the last decreed year
    that day is provisional, and `count_periods_again` puts it right.

    Raises:
        Forbidden.
        Invalid: the year lies outside of what a plan can have.
        CalendarEnds: the year lies far behind the last decreed one.
    """
    actor.require("plan.write")
    if not 2000 <= year <= 2100:
        checks.refuse([Fault("year", _("Tahun di luar batas."), _("Isi antara 2000 dan 2100."))])
    known = {period.number: period for period in Period.objects.filter(tenant=actor.tenant, year=year)}
    holidays = working_days(actor.tenant)
    for cut in periods_of_year(date(year, 1, 1)):
        if cut.number in known:
            continue
        last_day = date(year, cut.last_month, calendar.monthrange(year, cut.last_month)[1])
        period = Period(
            year=year,
            number=cut.number,
            title=f"{cut.title} {year}",
            starts_on=date(year, cut.first_month, 1),
            ends_on=last_day,
            due_on=due_date(last_day, cut.due_working_days, holidays),
        )
        actor.require("plan.write", period)
        period.save()
        journal.write(actor, "period.open", period, title=period.title, due_on=period.due_on)
        known[cut.number] = period
    return tuple(known[number] for number in sorted(known))


@transaction.atomic
def count_periods_again(actor: Actor, on: date) -> int:
    """Count due days that are still ahead with the calendar of today; return how many became others.

    Raises:
        Forbidden.
    """
    actor.require("plan.write")
    holidays, changed = working_days(actor.tenant), 0
    ahead = Period.objects.select_for_update().filter(
        tenant=actor.tenant, locked_at=None, due_on__gte=on, ends_on__gte=holidays.first
    )
    for row in ahead.order_by("year", "number"):
        # A period is nobody's office's, so only who writes all of the plan counts it again.
        actor.require("plan.write", row)
        cut = next((one for one in periods_of_year(date(row.year, 1, 1)) if one.number == row.number), None)
        if cut is None:
            continue
        try:
            due_on = due_date(row.ends_on, cut.due_working_days, holidays)
        except CalendarEnds:
            continue
        if due_on == row.due_on:
            continue
        journal.write(actor, "period.recount", row, due_on=[row.due_on, due_on])
        row.due_on = due_on
        row.save(update_fields=["due_on"])
        changed += 1
    return changed


@transaction.atomic
def lock_period(actor: Actor, period: Key, at: datetime) -> Period:
    """Close a period: nothing more is reported for it, except by a correction with a reason.

    Raises:
        Forbidden, NotFound.
        Locked: it is locked already.
        Conflict: it has not ended, or reports of it still wait to be verified.
    """
    row = locked(Period, period)
    actor.require("plan.freeze", row)
    if row.locked_at:
        raise Locked(_("Periode ini sudah dikunci."))
    if row.ends_on >= timezone.localtime(at).date():
        raise Conflict(_("Periode ini belum berakhir."))
    waiting = Report.objects.filter(
        period=row,
        status=Report.Status.SUBMITTED,
        action__programme__masterplan__status=Masterplan.Status.ADOPTED,
    ).count()
    if waiting:
        raise Conflict(
            _("%(count)d laporan masih menunggu verifikasi. Periksa dahulu sebelum mengunci.")
            % {"count": waiting}
        )
    row.locked_at = at
    row.save(update_fields=["locked_at"])
    journal.write(actor, "period.lock", row, title=row.title)
    return row
