"""Reminders before and after a report is due, and the weekly digest to heads of office.

When and to whom is in the dated table `reminders`. An office in which nobody
but its head reports is reminded through its head.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.base import outbox, tenancy
from balai.base.actor import Actor, system
from balai.base.schedules import every
from balai.base.writing import day
from balai.people import reads as people
from balai.plan import changes, reads
from balai.plan.rules.freshness import Urgency

_MOST_LINES = 30
"""A longer list is not read in a mail; the desk has all of it."""


@every("plan.calendar", at=time(6, 30))
def count_with_the_calendar(due: str) -> None:
    """Put the due days of reports right that were counted before the holidays were decreed."""
    on = timezone.localtime(datetime.fromisoformat(due)).date()
    changes.count_periods_again(system("plan.calendar", tenancy.current_tenant(), "plan.write"), on)


@every("plan.reminders", at=time(7, 0))
def remind(due: str) -> None:
    """Send what the table of reminders asks for on the local day of `due` (an instant as ISO text)."""
    on = timezone.localtime(datetime.fromisoformat(due)).date()
    for reminder in reads.reminders(on):
        if reminder.weekday == on.isoweekday():
            send_digests(reminder, on)
        elif reminder.days is not None:
            send_reminders(reminder, on)


def send_reminders(reminder: reads.Reminder, on: date) -> None:
    """Write to those who have a report to send whose due day lies as far off as the reminder says."""
    for office, rows in _by_office(reads.due(_actor(), on).all).items():
        periods = {row.period.id: row.period for row in rows}
        for period in periods.values():
            if (on - period.due_on).days != reminder.days:
                continue
            own = [row for row in rows if row.period.id == period.id]
            for person in _audience(reminder.audience, office, on):
                outbox.send_email(
                    f"{reminder.key}:{period.id}:{office}:{person.account}",
                    to=[person.email],
                    subject=_subject(period, on),
                    text=_letter(person.name, _opening(period, own, on), own),
                )


def send_digests(reminder: reads.Reminder, on: date) -> None:
    """Write to each head of office how its reports stand; an office that owes nothing gets no mail."""
    waiting = reads.due(_actor(), on)
    for office, rows in _by_office(waiting.late + waiting.this_week).items():
        late = sum(row.urgency is Urgency.LATE for row in rows)
        opening = _("Laporan yang terlambat: %(late)d. Jatuh tempo minggu ini: %(soon)d.") % {
            "late": late,
            "soon": len(rows) - late,
        }
        for person in _audience(reminder.audience, office, on):
            outbox.send_email(
                f"{reminder.key}:{on.isoformat()}:{office}:{person.account}",
                to=[person.email],
                subject=_("Ringkasan mingguan laporan capaian, %(day)s") % {"day": day(on)},
                text=_letter(person.name, opening, rows),
            )


def _actor() -> Actor:
    return system("plan.reminders", tenancy.current_tenant(), "plan.read", "plan.report")


def _by_office(rows: Iterable[reads.DueRow]) -> Mapping[str, list[reads.DueRow]]:
    found: dict[str, list[reads.DueRow]] = defaultdict(list)
    for row in rows:
        if row.office_id:
            found[str(row.office_id)].append(row)
    return found


def _audience(audience: str, office: str, on: date) -> list[people.Recipient]:
    reporters = people.recipients("plan.report", on, [office])
    heads = people.recipients("plan.oversee", on, [office])
    known = {person.account for person in heads}
    if audience == "head":
        return heads or reporters
    return [person for person in reporters if person.account not in known] or heads


def _subject(period: reads.PeriodRow, on: date) -> str:
    named = {"period": period.title, "day": day(period.due_on)}
    if period.due_on < on:
        return _("Laporan capaian %(period)s lewat jatuh tempo (%(day)s)") % named
    return _("Laporan capaian %(period)s ditunggu sampai %(day)s") % named


def _opening(period: reads.PeriodRow, rows: list[reads.DueRow], on: date) -> str:
    named = {"count": len(rows), "period": period.title, "day": day(period.due_on)}
    if period.due_on < on:
        return (
            ngettext(
                "%(count)d rencana aksi belum dilaporkan untuk %(period)s. Jatuh temponya %(day)s.",
                "%(count)d rencana aksi belum dilaporkan untuk %(period)s. Jatuh temponya %(day)s.",
                len(rows),
            )
            % named
        )
    return (
        ngettext(
            "%(count)d rencana aksi perlu dilaporkan untuk %(period)s paling lambat %(day)s.",
            "%(count)d rencana aksi perlu dilaporkan untuk %(period)s paling lambat %(day)s.",
            len(rows),
        )
        % named
    )


def _letter(name: str, opening: str, rows: list[reads.DueRow]) -> str:
    lines = [f"- {row.code} {row.title} ({row.period.title})" for row in rows[:_MOST_LINES]]
    if len(rows) > _MOST_LINES:
        lines.append(_("- dan %(count)d lagi") % {"count": len(rows) - _MOST_LINES})
    host = people.host_of(tenancy.current_tenant())
    return "\n".join(
        [
            _("Yth. %(name)s,") % {"name": name},
            "",
            opening,
            "",
            *lines,
            "",
            _("Laporkan di %(host)s, halaman Tugas saya.") % {"host": host},
        ]
    )
