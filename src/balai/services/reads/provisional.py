"""Which due dates a holiday decree to come may still move, told without a column of its own.

A clock keeps up to when holidays were decreed when it was counted; a case is looked at with the
decrees of today.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.writing import day
from balai.definitions.calendar import decreed_to, surely_decreed_to
from balai.services.models import CaseClock
from balai.services.rules.clocks import provisional, provisional_words
from balai.services.rules.definition import Service, Unit
from balai.services.rules.office_time import decreed_when


def words_of_clock(one: CaseClock) -> str:
    """Return what is said beside the due date of a clock; "" where every holiday up to it is decreed."""
    due_on = timezone.localtime(one.due_at).date() if one.due_at else None
    year = provisional(one.unit, due_on, decreed_when(one.calendar))
    return provisional_words(year) if year else ""


@dataclass
class Provisional:
    """Tells it for the cases of one page; the database is asked once, and only where it may be so."""

    def year(self, service: Service | None, due_at: datetime | None) -> int | None:
        """Return the first year without a decree a due date was counted into; None where there is none."""
        if service is None or due_at is None or due_at < self._surely_until:
            return None
        if not _counts_working_time(service):
            return None
        return provisional(Unit.WORKING_DAYS, timezone.localtime(due_at).date(), self._decreed)

    def words(self, service: Service | None, due_at: datetime | None) -> str:
        """Return what is said beside a due date; "" where every holiday up to it is decreed."""
        year = self.year(service, due_at)
        return provisional_words(year) if year else ""

    @cached_property
    def _surely_until(self) -> datetime:
        return timezone.make_aware(datetime.combine(surely_decreed_to() + timedelta(days=1), time.min))

    @cached_property
    def _decreed(self) -> date:
        return decreed_to()


def due_day(service: Service, due_at: datetime) -> str:
    """Return a due date as messages tell it: "5 Januari 2028 (tanggal sementara: …)"."""
    told = day(timezone.localtime(due_at).date())
    year = Provisional().year(service, due_at)
    if year is None:
        return told
    return _("%(day)s (tanggal sementara: hari libur %(year)d belum ditetapkan)") % {
        "day": told,
        "year": year,
    }


def _counts_working_time(service: Service) -> bool:
    units = {limit.unit for clock in service.clocks.values() for limit in clock.limits}
    return not units.isdisjoint({Unit.WORKING_DAYS, Unit.WORKING_HOURS})
