"""Number series of letters, receipts and cases: no number twice, and a missing one is noticed.

The counter and the number given out are written in the transaction of the
thing they number, so a rolled back change takes its number back. The counter's
row is locked until then: those who number in the same series wait for each other.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, models, transaction
from django.utils import timezone

from balai.base import tenancy
from balai.base.invariants import invariant
from balai.base.rows import TenantModel


class NumberSeries(TenantModel):
    """The counter of one series in one year; `year` is "" for a series that never restarts."""

    code = models.CharField(max_length=100)
    year = models.CharField(max_length=4, blank=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["tenant", "code", "year"], name="number_series")]


class NumberTaken(TenantModel):
    """A number and the thing that bears it, for ever."""

    append_only = True

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="taken")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    thing = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "series", "number"], name="number_taken_once"),
            models.UniqueConstraint(fields=["tenant", "series", "kind", "thing"], name="number_one_a_thing"),
        ]


@dataclass(frozen=True)
class Series:
    """A series as its definition names it.

    Attributes:
        code: as in "surat/35.73.dinkes"; the office is part of it where offices count apart.
        yearly: starts again at 1 every year.
    """

    code: str
    yearly: bool = True

    def year(self, on: date) -> str:
        return f"{on.year:04}" if self.yearly else ""


def next_number(series: Series, on: date, thing: models.Model) -> int:
    """Give `thing` the next number, from 1, of the series in the year of `on`.

    A thing has one number in a series: asked again, it gets the one it has.

    Args:
        on: the local day the number belongs to, usually the date on the letter.
        thing: a saved row, or one whose key is known already.

    Raises:
        RuntimeError: no transaction is open; a number must stand or fall with its thing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction of the thing it numbers")
    # A scope may read other tenants; their counters are not ours to move. SQLite has no
    # row locks and needs none: its write transactions begin IMMEDIATE, one at a time.
    counter: NumberSeries
    counter, _made = NumberSeries.objects.select_for_update().get_or_create(
        tenant=tenancy.current_tenant(), code=series.code, year=series.year(on)
    )
    bearer = {"kind": thing._meta.label_lower, "thing": str(thing.pk)}
    taken: NumberTaken | None = NumberTaken.objects.filter(series=counter, **bearer).first()
    if taken:
        return taken.number
    counter.last += 1
    with transaction.atomic():
        counter.save(update_fields=["last"])
        NumberTaken.objects.create(series=counter, number=counter.last, **bearer)
    return counter.last


def gaps(series: Series, year: str) -> list[int]:
    """Return the numbers of the series in `year` that nothing bears though a later one was given.

    Empty in a sound installation. `year` is four digits, "" for a series that never restarts.
    """
    counter = NumberSeries.objects.filter(
        tenant=tenancy.current_tenant(), code=series.code, year=year
    ).first()
    if counter is None:
        return []
    borne = set(NumberTaken.objects.filter(series=counter).values_list("number", flat=True))
    return [number for number in range(1, max(borne | {counter.last}) + 1) if number not in borne]


@invariant("number_gaps")
def _count_gaps() -> int:
    """Count the numbers given out that nothing bears, and those borne that were never given out."""
    counters = NumberSeries.objects.annotate(borne=models.Count("taken")).values_list("last", "borne")
    return sum(abs(last - borne) for last, borne in counters)
