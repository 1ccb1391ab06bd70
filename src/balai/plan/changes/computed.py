"""Progress that is computed: the figures of an indicator become entries of the actions tied to it.

Each figure of One Data is taken over once, as an entry that nobody reported and
nobody verified. A figure that changed is a new entry and the one before stays
readable; one that is withheld, or was taken back, is an entry without a value,
so that no old figure goes on standing as if it were of today.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.days import CalendarEnds
from balai.base.errors import NotFound
from balai.data import reads as data
from balai.data.rules.indicators import Indicator
from balai.plan.changes.periods import open_year
from balai.plan.changes.reports import next_entry
from balai.plan.changes.standing import let_stand
from balai.plan.models import Action, Masterplan, Period, Report, Target
from balai.plan.publishing import publish_soon
from balai.plan.rules import moves
from balai.plan.rules.standing import BRAKE
from balai.plan.rules.ties import dimensions_of, fits

type Opened = dict[int, tuple[Period, ...]]

_STEP = Decimal("0.0001")
"""What the plan keeps of a value."""


@transaction.atomic
def take_over(actor: Actor, indicator: str, *, at: datetime) -> int:
    """Take over the newest figure of each year of an indicator; return how many entries are new.

    Of the plan in force in the tenant in scope; done again it writes nothing. Years without a
    number as target, and years whose reporting periods cannot be opened yet, are left alone.

    Args:
        at: now.

    Raises:
        Forbidden: the actor does not write the plan.
    """
    plans = Masterplan.objects.filter(tenant=tenancy.current_tenant(), status=Masterplan.Status.ADOPTED)
    for plan in plans:
        actor.require("plan.write", plan)
    tied = Action.objects.filter(programme__masterplan__in=plans, measured_by=indicator).exclude(
        measured_by=""
    )
    tied = tied.select_related("programme__masterplan")
    rows = list(tied.select_for_update(of=("self",)).order_by("pk"))
    targets: dict[UUID, list[int]] = {}
    for target in Target.objects.filter(action__in=rows, value__isnull=False).order_by("year"):
        targets.setdefault(target.action_id, []).append(target.year)
    definition = _definition(actor, indicator)
    figures: dict[tuple[str, str], Mapping[int, data.Measured]] = {}
    opened: Opened = {}
    written = 0
    for row in rows:
        of_years: Mapping[int, data.Measured] = {}
        # A definition that counts something else since the tie says nothing of this target any more.
        if definition and fits(row.unit, row.direction, definition):
            place = _region(row), row.origin
            if place not in figures:
                figures[place] = _of_years(actor, definition, *place)
            of_years = figures[place]
        for year in targets.get(row.pk, ()):
            written += _follow(actor, row, year, of_years.get(year), at, opened)
    if written:
        publish_soon()
    return written


def _region(row: Action) -> str:
    plan = row.programme.masterplan
    if plan is None:
        raise RuntimeError(f"action {row.pk} lies in no masterplan")
    return plan.region_code


def _definition(actor: Actor, indicator: str) -> Indicator | None:
    try:
        return data.indicator(actor, indicator).definition
    except NotFound:
        return None


def _of_years(actor: Actor, indicator: Indicator, region: str, origin: str) -> Mapping[int, data.Measured]:
    """Return the newest figure of each year that stands for a region, of rows of one origin."""
    series = data.series(actor, indicator.code, region, dimensions_of(indicator, origin))
    return {figure.period_ends_on.year: figure for figure in series}


def _follow(
    actor: Actor, row: Action, year: int, figure: data.Measured | None, at: datetime, opened: Opened
) -> bool:
    own = Report.objects.filter(action=row, year=year, measured_by=row.measured_by)
    last = own.select_related("period").order_by("period__number", "entry").last()
    if last and last.measurement == (figure.id if figure else None):
        let_stand(row, year)
        return False
    if figure is None and last is None:
        return False
    period: Period | None = last.period if last else None
    if figure:
        period = _period(actor, year, _day(figure), opened)
    if period is None or _is_braked(row, period, at):
        return False
    same_period = own.filter(period=period).order_by("-entry").first()
    is_correction = same_period is not None and period.locked_at is not None
    report = Report(
        action=row,
        period=period,
        year=year,
        entry=next_entry(row, period),
        is_correction=is_correction,
        corrects=same_period if is_correction else None,
        reason=_("Catatan yang dihitung berubah sesudah periode ini dikunci.") if is_correction else "",
        value=_kept(figure),
        measured_by=row.measured_by,
        measurement=figure.id if figure else None,
        is_withheld=bool(figure and figure.is_withheld),
        status=Report.Status.COMPUTED,
        reported_at=figure.computed_at if figure else at,
    )
    report.save()
    journal.write(
        actor,
        moves.COMPUTE,
        report,
        action=row.code,
        period=period.title,
        entry=report.entry,
        indicator=row.measured_by,
        measurement=str(report.measurement or ""),
        value=report.value,
    )
    let_stand(row, year)
    return True


def _kept(figure: data.Measured | None) -> Decimal | None:
    return None if figure is None or figure.value is None else figure.value.quantize(_STEP)


def _day(figure: data.Measured) -> date:
    """Return the day a figure speaks of: the last of its period, or the day it was computed within it."""
    return min(figure.period_ends_on, timezone.localtime(figure.computed_at).date())


def _period(actor: Actor, year: int, day: date, opened: Opened) -> Period | None:
    """Return the reporting period a day of a year lies in, opened where it was not; None if it cannot be."""
    if year not in opened:
        try:
            with transaction.atomic():
                opened[year] = open_year(actor, year)
        except CalendarEnds:
            opened[year] = tuple(Period.objects.filter(tenant=actor.tenant, year=year).order_by("number"))
    begun = [period for period in opened[year] if period.starts_on <= day]
    return begun[-1] if begun else None


def _is_braked(row: Action, period: Period, at: datetime) -> bool:
    since = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    written = Report.objects.filter(action=row, period=period, status=Report.Status.COMPUTED)
    return written.filter(reported_at__gte=since).count() >= BRAKE
