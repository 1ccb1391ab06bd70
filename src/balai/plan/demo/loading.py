"""The order in which the demo comes into an installation."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.days import CalendarEnds
from balai.definitions.taxonomies import axis_set
from balai.people.changes.partners import register_partner
from balai.people.reads.governments import governments
from balai.people.reads.people import partners
from balai.plan import changes
from balai.plan.demo import facts
from balai.plan.demo.cast import Players, loader, players
from balai.plan.demo.facts import Batch
from balai.plan.demo.illustration import Illustration
from balai.plan.demo.papers import store_papers
from balai.plan.demo.sheets import ILLUSTRATED, PUBLISHED, lines
from balai.plan.demo.tied import load_tied, settle
from balai.plan.models import Action, Masterplan, Origin, Period, Stage

type Say = Callable[[str], object]

YEARS = 3


def load(today: date, say: Say) -> int:
    """Load facts and illustrations of every demo region that is a tenant here; return how many rows are new.

    Args:
        today: the local day the illustrations are told from.
        say: told one line for each region.

    Raises:
        Forbidden, Invalid: never with the files that are shipped.
    """
    present = {government.key: government.name for government in governments()}
    written = 0
    shared: Mapping[str, UUID] = {}
    if tenancy.NATIONAL in present:
        with tenancy.scope(tenancy.NATIONAL):
            shared = facts.load_shared(loader(tenancy.NATIONAL))
    for line in lines(PUBLISHED, "masterplans"):
        region = line["region_code"]
        if region not in present:
            say(f"{region}: pemerintah daerahnya belum dimuat, dilewati")
            continue
        with tenancy.scope(region, also=[tenancy.NATIONAL]):
            published, illustrated = _region(region, shared, today)
        written += published + illustrated
        say(f"{present[region]}: {published} baris fakta terbit, {illustrated} baris ilustrasi baru")
    return written


def compute(at: datetime, say: Say) -> int:
    """Publish the plans of the demo regions and compute what is tied; return how many entries are new.

    Call it outside of a transaction. It takes a second or two for each region with tied actions.
    """
    written = 0
    for line in lines(PUBLISHED, "masterplans"):
        if line["region_code"] in {government.key for government in governments()}:
            new = settle(line["region_code"], at)
            written += new
            if new:
                say(f"{line['region_code']}: {new} angka capaian dihitung dari catatan")
    return written


@transaction.atomic
def _region(region: str, shared: Mapping[str, UUID], today: date) -> tuple[int, int]:
    actor = loader(region)
    plan = facts.load_masterplan(actor, region)
    published = facts.load_actions(actor, plan) + facts.load_figures(actor, region)
    if shared:
        published += facts.load_parts(actor, region, shared)
    there = Action.objects.filter(programme__masterplan=plan, origin=Origin.ILLUSTRATION)
    who = players(region, today)
    illustrated = 0 if there.exists() else _illustrate(plan, who, today)
    return published, illustrated + load_tied(
        actor, plan, range(today.year - YEARS + 1, today.year + 1), who.offices
    )


def _illustrate(plan: Masterplan, who: Players, today: date) -> int:
    years, periods = _periods(who.loader, today)
    illustration = Illustration(
        batch=Batch(who.loader),
        plan=plan,
        players=who,
        years=years,
        periods=periods,
        partners=_partners(who.loader, today),
        papers=store_papers(who.loader, axis_set(plan.axis_set)),
        today=today,
    )
    written = illustration.write()
    for period in periods:
        if period.year < years[-1] and not period.locked_at:
            changes.lock_period(who.loader, period.pk, noon(today))
    _freeze(who.loader, plan, min(today.year - 1, plan.year_to, years[-1]), today)
    return written


def _periods(actor: Actor, today: date) -> tuple[Sequence[int], Sequence[Period]]:
    """Open the reporting periods of the years told of; a year whose holidays are unknown is left out."""
    opened: list[Period] = []
    for year in range(today.year - YEARS + 1, today.year + 1):
        try:
            with transaction.atomic():
                opened.extend(changes.open_year(actor, year))
        except CalendarEnds:
            break
    return sorted({period.year for period in opened}), opened


def _partners(actor: Actor, today: date) -> Mapping[str, UUID]:
    known = dict(partners(today).values_list("name", "pk"))
    for line in lines(ILLUSTRATED, "partners"):
        if line["name"] not in known:
            row = register_partner(
                actor,
                name=line["name"],
                helix=line["helix"],
                mandate=line["mandate"],
                origin=Origin.ILLUSTRATION.value,
            )
            known[row.name] = row.pk
    return {line["name"]: known[line["name"]] for line in lines(ILLUSTRATED, "partners")}


def _freeze(actor: Actor, plan: Masterplan, year: int, today: date) -> None:
    title = f"Contoh tahap {year} (ilustrasi)"
    if not Stage.objects.filter(masterplan=plan, title=title).exists():
        changes.freeze_stage(actor, plan.pk, title, year, today, noon(today))


def noon(day: date) -> datetime:
    """Return midday of a local day, so that the demo can be told from another day than today."""
    return timezone.make_aware(datetime.combine(day, time(12)))
