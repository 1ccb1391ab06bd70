"""What is published of a region: its masterplan, programmes, actions and figures, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.journal import Act
from balai.base.rows import TenantModel
from balai.people.reads.offices import ways_to_name_offices
from balai.plan.changes.loading import Told, load_rows
from balai.plan.demo.sheets import PUBLISHED, Line, lines, number, of_region, shares
from balai.plan.models import (
    Action,
    Body,
    DimensionShare,
    Masterplan,
    Origin,
    PlanningPeriod,
    Programme,
    PublishedFigure,
    QuickWin,
    SharedPart,
)


@dataclass
class Batch:
    """Rows to write by kind, in an order foreign keys allow, and their lines in the journal."""

    actor: Actor
    rows: dict[type[TenantModel], list[TenantModel]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def add(self, row: TenantModel, verb: str = "", **facts: object) -> None:
        self.rows.setdefault(type(row), []).append(row)
        if verb:
            self.told.append((self.actor, Act(verb, row, facts)))

    def write(self) -> int:
        return load_rows(self.actor, [row for rows in self.rows.values() for row in rows], self.told)


def load_masterplan(actor: Actor, region: str) -> Masterplan:
    """Return the masterplan of a region, written with its periods and bodies where there is none.

    It counts as adopted, because it is public and in use; the day of adoption is
    kept only where a source names it.
    """
    there = Masterplan.objects.filter(region_code=region).exclude(status=Masterplan.Status.DRAFT)
    found: Masterplan | None = there.order_by("-version").first()
    if found:
        return found
    line = of_region(PUBLISHED, "masterplans", region)[0]
    batch = Batch(actor)
    plan = Masterplan(
        region_code=region,
        title=line["title"],
        year_from=int(line["year_from"]),
        year_to=int(line["year_to"]),
        legal_basis=line["legal_basis"],
        vision=line["vision"],
        status=Masterplan.Status.ADOPTED,
        origin=line["origin"],
        source=line["source"],
        confidence=line["confidence"],
    )
    batch.add(plan, "masterplan.create", title=plan.title, source=plan.source)
    for each in of_region(PUBLISHED, "planning_periods", region):
        period = PlanningPeriod(
            masterplan=plan,
            document=each["document"],
            title=each["title"],
            year_from=int(each["year_from"]),
            year_to=int(each["year_to"]),
            source=each["source"],
        )
        batch.add(period, "planning_period.add", document=period.document)
    for each in of_region(PUBLISHED, "bodies", region):
        body = Body(
            masterplan=plan,
            kind=each["kind"],
            legal_basis=each["legal_basis"],
            chair=each["chair"],
            members=each["members"],
        )
        batch.add(body, "body.add", kind=body.kind, source=each["source"])
    batch.write()
    return plan


def load_actions(actor: Actor, plan: Masterplan) -> int:
    """Write the published programmes and actions that are not there yet; return how many rows."""
    batch = Batch(actor)
    programmes = dict(Programme.objects.filter(masterplan=plan).values_list("code", "pk"))
    for line in of_region(PUBLISHED, "programmes", plan.region_code):
        if line["code"] not in programmes:
            row = Programme(masterplan=plan, code=line["code"], title=line["title"], **_sourced(line))
            programmes[row.code] = row.pk
            batch.add(row, "programme.create", code=row.code, title=row.title)
    known = set(Action.objects.filter(programme__masterplan=plan).values_list("code", flat=True))
    offices = ways_to_name_offices()
    for line in of_region(PUBLISHED, "actions", plan.region_code):
        if line["code"] not in known:
            _add_action(batch, line, programmes, offices)
    return batch.write() if batch.rows else 0


def _add_action(batch: Batch, line: Line, programmes: Mapping[str, UUID], offices: Mapping[str, str]) -> None:
    owner = offices.get(" ".join(line["owner_name"].casefold().split()))
    row = Action(
        programme_id=programmes[line["programme"]],
        code=line["code"],
        title=line["title"],
        description=line["description"],
        family=line["family"],
        owner_id=UUID(owner) if owner else None,
        owner_name=line["owner_name"],
        indicator=line["indicator"],
        unit=line["unit"],
        is_quick_win=line["quick_win"] == "yes",
        place_name=line["place_name"],
        latitude=number(line["latitude"]),
        longitude=number(line["longitude"]),
        **_sourced(line),
    )
    batch.add(row, "action.create", code=row.code, title=row.title, fact=line["fact"])
    for dimension, part in shares(line["shares"]).items():
        batch.add(
            DimensionShare(
                action=row, dimension=dimension, numerator=part.numerator, denominator=part.denominator
            )
        )
    if row.is_quick_win:
        # The ten elements were not published; what is known stands in the description.
        batch.add(QuickWin(action=row, story=row.description))


def load_figures(actor: Actor, region: str) -> int:
    """Write the published figures that are not there yet; return how many.

    The subject of a figure is the code of the action it is about, or a theme of
    the whole programme: realisation, money, programmes, spbe, innovation.
    """
    batch = Batch(actor)
    there = set(
        PublishedFigure.objects.values_list("subject", "dimension", "title", "year", "unit", "source")
    )
    for line in of_region(PUBLISHED, "facts", region):
        if not (line["target"] or line["realised"] or line["budget"]):
            continue
        row = PublishedFigure(
            subject=line["about"],
            dimension=line["dimension"],
            title=line["title_id"],
            year=int(line["year"]),
            value=number(line["realised"]),
            target=number(line["target"]),
            budget=int(Decimal(line["budget"])) if line["budget"] else None,
            # A page knows a percentage by this word; other units are words for people.
            unit="percent" if line["unit"] == "percent" else line["unit_id"],
            owner_name=line["owner"],
            source=line["source_url"],
            confidence=line["confidence"],
        )
        key = (row.subject, row.dimension, row.title, row.year, row.unit, row.source)
        if key not in there:
            there.add(key)
            batch.add(row, "published_figure.record", title=row.title, year=row.year, fact=line["code"])
    return batch.write() if batch.rows else 0


def load_shared(actor: Actor) -> dict[str, UUID]:
    """Write the shared programmes in the scope of the nation; return code → key."""
    found = dict(Programme.objects.filter(masterplan__isnull=True).values_list("code", "pk"))
    batch = Batch(actor)
    for line in lines(PUBLISHED, "shared_programmes"):
        if line["code"] not in found:
            row = Programme(code=line["code"], title=line["title"], goal=line["goal"], **_sourced(line))
            found[row.code] = row.pk
            batch.add(row, "shared_programme.create", code=row.code, title=row.title)
    if batch.rows:
        batch.write()
    return found


def load_parts(actor: Actor, region: str, programmes: Mapping[str, UUID]) -> int:
    """Write what a region does in the shared programmes; return how many parts are new."""
    there = set(
        SharedPart.objects.filter(tenant=tenancy.current_tenant()).values_list("programme_id_text", flat=True)
    )
    batch = Batch(actor)
    for line in of_region(PUBLISHED, "shared_parts", region):
        key = str(programmes[line["programme"]])
        if key not in there:
            batch.add(
                SharedPart(programme_id_text=key, part=line["part"]),
                "shared_programme.part",
                source=line["source"],
            )
    return batch.write() if batch.rows else 0


def _sourced(line: Line) -> dict[str, str]:
    return {"origin": Origin.PUBLISHED.value, "source": line["source"], "confidence": line["confidence"]}
