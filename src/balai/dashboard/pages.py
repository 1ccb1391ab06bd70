"""The portal of a city, the view of its head, and the nation. Pages that only read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import charts, money, writing
from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.base.kept import kept
from balai.dashboard import opened
from balai.dashboard import reads as nation
from balai.people import reads as people
from balai.places import reads as places
from balai.plan import reads as plan

COUNTRY = "kabupaten-kota"
QUICK_WINS_SHOWN = 4
HITS_SHOWN = 40
COMPUTED_SHOWN = 3


def _in_force(actor: Actor) -> plan.PlanRow | None:
    return next((row for row in plan.masterplans(actor) if row.is_in_force), None)


@require_safe
@needs("plan.read")
@kept
def portal(request: HttpRequest) -> HttpResponse:
    """The programme of the city on one page."""
    actor, on = actor_of(request), timezone.localdate()
    row = _in_force(actor)
    if row is None:
        return render(
            request,
            "dashboard/no_plan.html",
            {"partners": people.partners(on), "opened": opened.latest(actor)},
        )
    year = row.year_on(on)
    tree = plan.programme_tree(actor, row.id, year, on)
    count = tree.counts[0] if tree.counts else None
    axes = plan.axes(tree, count)
    funds = plan.money(actor, row.id, year)
    main_money = next((own for own in funds.by_origin if count and own.origin == count.origin), None)
    return render(
        request,
        "dashboard/portal.html",
        {
            "plan": row,
            "year": year,
            "tree": tree,
            "count": count,
            "axes": axes,
            "radar": _radar(axes, year),
            "bars": _bars(axes, year),
            "quick_wins": _real_first(plan.quick_wins(actor, row.id, year, on))[:QUICK_WINS_SHOWN],
            "kinds": plan.figure_kinds(actor, row.id, year).get(count.origin) if count else None,
            "money": main_money,
            "money_chart": _money_chart(main_money, year) if main_money else None,
            "totals": plan.published_totals(actor),
            "shared": [each for each in plan.shared_programmes(actor) if each.parts],
            "has_places": any(action.latitude is not None for action in tree.actions),
            "opened": opened.latest(actor),
        },
    )


def _real_first(rows: tuple[plan.QuickWinRow, ...]) -> list[plan.QuickWinRow]:
    return sorted(rows, key=lambda row: row.action.provenance.is_illustration)


def _radar(axes: tuple[plan.Axis, ...], year: int) -> charts.Chart:
    return charts.radar(
        _("Realisasi per dimensi, %(year)d") % {"year": year},
        [charts.Axis(axis.name, axis.key) for axis in axes],
        [charts.Series(str(year), [axis.percent for axis in axes])],
    )


def _bars(axes: tuple[plan.Axis, ...], year: int) -> charts.Chart:
    return charts.bars(
        _("Rencana aksi yang terwujud, %(year)d") % {"year": year},
        [charts.Bar(axis.name, axis.percent, key=axis.key) for axis in axes],
        most=100,
        about=_("Dimensi"),
    )


def _money_chart(own: plan.MoneyOf, year: int) -> charts.Chart:
    return charts.parts(
        _("Anggaran menurut sumber dana, %(year)d") % {"year": year},
        [(plan.source_name(source), total.budget) for source, total in own.money.by_source.items()],
    )


@require_safe
@needs("plan.read")
def search(request: HttpRequest) -> HttpResponse:
    """Everything whose name or text holds the words that were asked for."""
    text = request.GET.get("q", "").strip()[:100]
    actor = actor_of(request)
    hits = plan.search(actor, text, HITS_SHOWN) if text else ()
    regions = places.search(text, None, limit=10) if text else []
    found = opened.found(actor, text) if text else opened.NOTHING
    context = {
        "text": text,
        "hits": [_address(hit) for hit in hits],
        "regions": regions,
        "opened": found,
        "total": len(hits) + len(regions) + found.total,
    }
    return render(request, "dashboard/search.html", context)


def _address(hit: plan.Hit) -> tuple[plan.Hit, str]:
    match hit.kind:
        case "action" | "quick_win":
            return hit, reverse("plan-action", args=[hit.code])
        case "published":
            return hit, reverse("plan-published")
        case _:
            return hit, reverse("plan-programme")


@require_safe
@needs("plan.read")
@kept
def action_map(request: HttpRequest) -> HttpResponse:
    """Where the actions have places: a map, and the same as a table."""
    actor, on = actor_of(request), timezone.localdate()
    row = _in_force(actor)
    if row is None:
        raise NotFound(_("Belum ada rencana induk yang ditetapkan."))
    tree = plan.programme_tree(actor, row.id, row.year_on(on), on)
    placed = [action for action in tree.actions if action.latitude is not None]
    return render(
        request,
        "dashboard/map.html",
        {
            "plan": row,
            "placed": placed,
            "unplaced": len(tree.actions) - len(placed),
            "map_address": places.map_address(row.region_code),
        },
    )


@require_safe
@needs("plan.read")
@kept
def action_places(request: HttpRequest) -> HttpResponse:
    """The places of actions as GeoJSON points."""
    actor, on = actor_of(request), timezone.localdate()
    row = _in_force(actor)
    actions = plan.programme_tree(actor, row.id, row.year_on(on), on).actions if row else ()
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(action.longitude), float(action.latitude)]},
            "properties": {
                "name": action.title,
                "text": action.place_name,
                "href": reverse("plan-action", args=[action.code]),
                "kind": "place",
                "origin": action.provenance.origin,
            },
        }
        for action in actions
        if action.latitude is not None and action.longitude is not None
    ]
    answer = JsonResponse({"type": "FeatureCollection", "features": features})
    answer["Content-Type"] = "application/geo+json"
    return answer


@require_safe
@needs("plan.oversee")
def executive(request: HttpRequest) -> HttpResponse:
    """The plan in one minute: five numbers, three worries, three gains; prints on one A4."""
    seen = plan.executive(actor_of(request), timezone.localdate())
    return render(
        request,
        "dashboard/executive.html",
        {
            "seen": seen,
            "worries": [(_worry(remark), remark) for remark in seen.worries],
            "gains": [(_gain(remark), remark) for remark in seen.gains],
            "computed": seen.by_data[:COMPUTED_SHOWN],
            "bars": _executive_bars(seen),
        },
    )


def _executive_bars(seen: plan.Executive) -> charts.Chart | None:
    if seen.count is None:
        return None
    names = plan.dimension_names(seen.plan.axis_set)
    return charts.bars(
        _("Rencana aksi yang terwujud, %(year)d") % {"year": seen.year},
        [
            charts.Bar(names.get(key, key), tally.percent, key=key)
            for key, tally in seen.count.tallies.items()
        ],
        most=100,
        about=_("Dimensi"),
    )


def _worry(remark: plan.Remark) -> str:
    amount = remark.amount
    match remark.kind:
        case plan.Concern.OVERDUE:
            return _("Laporannya terlambat %(days)s hari.") % {"days": writing.number(amount)}
        case plan.Concern.STALE:
            return _("Tidak ada kabar selama %(days)s hari.") % {"days": writing.number(amount)}
        case plan.Concern.UNSPENT:
            return _("%(sum)s belum dibelanjakan.") % {"sum": money.short(money.Rupiah(int(amount)))}
        case plan.Concern.OVER_BUDGET:
            return _("Belanja melebihi pagu sebesar %(sum)s.") % {
                "sum": money.short(money.Rupiah(int(amount)))
            }
        case _:
            unit = remark.action.unit
            return _("Memburuk %(size)s %(unit)s dari masa lalu.") % {
                "size": writing.number(amount),
                "unit": unit,
            }


def _gain(remark: plan.Remark) -> str:
    if remark.kind == plan.Gain.REACHED:
        return _("Target tercapai: %(percent)s%%.") % {"percent": writing.number(remark.amount)}
    unit = remark.action.unit
    return _("Membaik %(size)s %(unit)s dari masa lalu.") % {
        "size": writing.number(remark.amount),
        "unit": unit,
    }


@require_safe
@needs("plan.read")
@kept
def regions(request: HttpRequest) -> HttpResponse:
    """The regions present: a map and a list, each counted for itself."""
    lines = nation.regions(actor_of(request), timezone.localdate())
    context = {
        "lines": [(line, _region_address(request, line)) for line in lines],
        "map_address": places.map_address(COUNTRY),
    }
    return render(request, "dashboard/nation.html", context)


def _region_address(request: HttpRequest, line: nation.RegionLine) -> str:
    _host, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://{line.host}{colon}{port}/" if line.host else ""


@require_safe
@needs("plan.read")
@kept
def regions_json(request: HttpRequest) -> HttpResponse:
    lines = nation.regions(actor_of(request), timezone.localdate())
    answer = JsonResponse({"regions": [_flat(line) for line in lines]})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
@needs("plan.read")
@kept
def region_values(request: HttpRequest) -> HttpResponse:
    """Values for the map of the nation: {region code: {value, text, href}}."""
    lines = nation.regions(actor_of(request), timezone.localdate())
    return JsonResponse(
        {
            line.region_code: {
                "value": None if line.main is None or line.main.rounded is None else float(line.main.rounded),
                "text": _region_text(line),
                "href": _region_address(request, line),
            }
            for line in lines
        }
    )


def _region_text(line: nation.RegionLine) -> str:
    if line.main is None or line.main.rounded is None:
        return _("belum ada laporan terverifikasi")
    text = f"{writing.number(line.main.rounded, 2)}% ({line.main.numerator}/{line.main.denominator})"
    return _("%(text)s – ilustrasi") % {"text": text} if line.is_illustration else text


def _flat(line: nation.RegionLine) -> dict[str, Any]:
    return {
        "tenant": line.tenant,
        "region_code": line.region_code,
        "name": line.name,
        "plan": line.plan.title,
        "year": line.year,
        "is_demo": line.is_demo,
        "realisation": [
            {
                "origin": origin,
                "numerator": str(figure.numerator),
                "denominator": str(figure.denominator),
                "percent": None if figure.rounded is None else str(figure.rounded),
                "not_reported": str(figure.not_reported),
                "rule": figure.rule.value,
                "rule_version": figure.rule_version,
            }
            for origin, figure in line.counted.items()
        ],
    }
