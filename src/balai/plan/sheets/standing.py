"""What stands in the database, in the words of the workbook: rows by their keys.

Every query of the workbook is here, and begins with what the actor may see.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data import reads as data
from balai.data.rules.indicators import Indicator
from balai.definitions.taxonomies import AxisSet, axis_set
from balai.people.reads.offices import all_offices, ways_to_name_offices
from balai.plan.models import (
    Action,
    DimensionShare,
    Fund,
    Masterplan,
    PlanningPeriod,
    Programme,
    QuickWin,
    Support,
    Target,
)
from balai.plan.reads import sight

type Key = tuple[Any, ...]
type Fields = dict[str, Any]

_SOURCED = ("origin", "source", "confidence")
_PROGRAMME = ("title", "goal", "rpjmd_code", *_SOURCED)
_ACTION = (
    *("title", "description", "family", "owner_name", "indicator", "unit", "direction", "measured_by"),
    *("baseline", "weight", "starts_on", "ends_on", "is_quick_win", "place_name", "latitude", "longitude"),
    *_SOURCED,
)


@dataclass(frozen=True)
class Standing:
    """A plan as it stands.

    Attributes:
        rows: sheet key → row key → fields, just as the cells of the sheet would be read.
        ids: sheet key → row key → database key.
        offices: code → key; office_names: what else people call them, in lower case → code.
        partners: name → key.
        indicators: code → what it counts, of those that can be tied to.
        years: every year the plan or a planning period it answers to reaches.
    """

    plan: Masterplan
    axes: AxisSet
    rows: Mapping[str, Mapping[Key, Fields]]
    ids: Mapping[str, Mapping[Key, UUID]]
    offices: Mapping[str, UUID]
    office_names: Mapping[str, str]
    partners: Mapping[str, UUID]
    indicators: Mapping[str, Indicator]
    years: range


@dataclass
class _Reading:
    rows: dict[str, dict[Key, Fields]] = field(default_factory=lambda: defaultdict(dict))
    ids: dict[str, dict[Key, UUID]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, sheet: str, key: Key, id: UUID, fields: Fields) -> None:
        self.rows[sheet][key] = fields
        self.ids[sheet][key] = id


def plan_of(actor: Actor, region: str = "") -> Masterplan:
    """Return the masterplan a workbook is about: the newest draft, or else the one in force.

    Raises:
        NotFound: the actor sees no masterplan of the region.
    """
    rows = sight.plans(actor).filter(tenant=actor.tenant)
    if region:
        rows = rows.filter(region_code=region)
    for status in (Masterplan.Status.DRAFT, Masterplan.Status.ADOPTED):
        if found := rows.filter(status=status).order_by("region_code", "-version").first():
            return found
    raise NotFound(_("Belum ada rencana induk untuk wilayah ini. Buat rencana induknya dahulu."))


def seen_actions(actor: Actor, verb: str, plan: Masterplan) -> QuerySet[Action]:
    """Return the actions of a plan that lie within the actor's reach of `verb`."""
    reached: Q = sight.within_reach(actor, verb, "owner_id")
    return sight.actions(actor).filter(reached, programme__masterplan=plan)


def standing(actor: Actor, plan: Masterplan, actions: QuerySet[Action]) -> Standing:
    """Return what stands of `actions` and, where all of them are given, of the plan's programmes."""
    into = _Reading()
    codes = dict(all_offices().values_list("pk", "code"))
    partners = {partner.name: partner.pk for partner in _partners().filter(tenant=plan.tenant)}
    names = {key: name for name, key in partners.items()}
    axes = axis_set(plan.axis_set)
    for programme in Programme.objects.filter(masterplan=plan).order_by("code"):
        fields = {name: getattr(programme, name) for name in _PROGRAMME}
        into.add("programme", (programme.code,), programme.pk, fields)
    keys = _read_actions(into, actions, axes, codes)
    _read_children(into, list(keys), keys, codes, names)
    offices = {code: key for key, code in codes.items()}
    other = {way: codes[UUID(key)] for way, key in ways_to_name_offices().items()}
    indicators = {row.definition.code: row.definition for row in data.indicators(actor)}
    return Standing(plan, axes, into.rows, into.ids, offices, other, partners, indicators, _years(plan))


def _partners() -> Any:
    # The register of partners lies behind a foreign key; a name is all the workbook needs of it.
    model: Any = Support._meta.get_field("partner").related_model
    return model.objects.order_by("name")


def _years(plan: Masterplan) -> range:
    periods = PlanningPeriod.objects.filter(masterplan=plan).values_list("year_from", "year_to")
    first = min([plan.year_from, *(year for year, _last in periods)])
    last = max([plan.year_to, *(year for _first, year in periods)])
    return range(first, last + 1)


def _read_actions(
    into: _Reading, actions: QuerySet[Action], axes: AxisSet, codes: Mapping[UUID, str]
) -> dict[UUID, tuple[str, str]]:
    rows = list(actions.select_related("programme").order_by("programme__code", "code"))
    shares: dict[UUID, list[DimensionShare]] = defaultdict(list)
    for share in DimensionShare.objects.filter(action__in=actions):
        shares[share.action_id].append(share)
    keys = {}
    for row in rows:
        key = (row.programme.code, row.code)
        keys[row.pk] = key
        fields = {name: getattr(row, name) for name in _ACTION}
        fields["owner"] = codes.get(row.owner_id, "") if row.owner_id else ""
        fields |= {f"share:{dimension.key}": None for dimension in axes.dimensions}
        for share in shares[row.pk]:
            fields[f"share:{share.dimension}"] = Fraction(share.numerator, share.denominator)
        fields["sub_dimensions"] = joined(share.sub_dimension for share in shares[row.pk])
        into.add("action", key, row.pk, fields)
    return keys


def _read_children(
    into: _Reading,
    actions: list[UUID],
    keys: Mapping[UUID, tuple[str, str]],
    offices: Mapping[UUID, str],
    partners: Mapping[UUID, str],
) -> None:
    for target in Target.objects.filter(action__in=actions).order_by("action", "year"):
        into.add("target", (*keys[target.action_id], target.year), target.pk, {"value": target.value})
    for fund in Fund.objects.filter(action__in=actions).order_by("action", "year", "source", "code"):
        name = partners.get(fund.partner_id, "") if fund.partner_id else ""
        line = (*keys[fund.action_id], fund.year, fund.source, fund.code, name)
        fields = {"is_in_kind": fund.is_in_kind, "budget": fund.budget, "spent": fund.spent}
        into.add("fund", line, fund.pk, fields)
    for support in Support.objects.filter(action__in=actions).order_by("action", "id"):
        office = offices.get(support.office_id, "") if support.office_id else ""
        name = partners.get(support.partner_id, "") if support.partner_id else ""
        into.add("support", (*keys[support.action_id], office, name), support.pk, {"role": support.role})
    for win in QuickWin.objects.filter(action__in=actions).order_by("action"):
        key = keys[win.action_id]
        elements = {f"element:{name}": text for name, text in win.elements.items()}
        into.add("quick_win", key, win.pk, {"story": win.story, **elements})
        for number, risk in enumerate(win.risks, 1):
            fields = {"risk": risk.get("risk", ""), "mitigation": risk.get("mitigation", "")}
            into.add("risk", (*key, number), win.pk, fields)


def joined(keys: Iterable[str]) -> str:
    """Return keys as the cell of sub-dimensions holds them: in order, once each."""
    return "; ".join(sorted({key for key in keys if key}))
