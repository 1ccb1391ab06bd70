"""What everybody may see of the plan: the programme, its actions, money, sums, published figures."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import charts
from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.kept import kept
from balai.base.twins import as_csv, as_json
from balai.definitions.taxonomies import axis_mapping, axis_set, terms
from balai.plan import reads
from balai.plan.models import COMPUTED, TYPED, Body, Fund, Masterplan, Origin
from balai.plan.pages.asked import plan_in_force, today, year_of
from balai.plan.rules.numbers import HUNDRED
from balai.plan.rules.realisation import Rule

SOURCES = dict(Fund.Source.choices)
ORIGINS = dict(Origin.choices)
RULES = {
    Rule.POOLED: gettext_lazy("Semua rencana aksi dihitung bersama"),
    Rule.MEAN: gettext_lazy("Rata-rata enam dimensi"),
    Rule.WEIGHTED: gettext_lazy("Menurut bobot rencana aksi"),
}


KINDS = {"diketik": TYPED, "dihitung": COMPUTED}
"""What `?angka=` may ask for: figures that somebody typed, or figures computed from records."""


def main_count(tree: reads.ProgrammeTree) -> reads.Count | None:
    """Return the count of the region's own records where there is one, of illustrations else."""
    return tree.counts[0] if tree.counts else None


def radar_of(axes: tuple[reads.Axis, ...], year: int) -> charts.Chart:
    return charts.radar(
        _("Realisasi per dimensi, %(year)d") % {"year": year},
        [charts.Axis(axis.name, axis.key) for axis in axes],
        [charts.Series(str(year), [axis.percent for axis in axes])],
    )


def bars_of(axes: tuple[reads.Axis, ...], year: int) -> charts.Chart:
    return charts.bars(
        _("Rencana aksi yang terwujud per dimensi, %(year)d") % {"year": year},
        [charts.Bar(axis.name, axis.percent, key=axis.key) for axis in axes],
        most=100,
        about=_("Dimensi"),
    )


def _mark() -> str:
    return "," if get_language() == "id" else "."


@require_safe
@needs("plan.read")
@kept
def programme(request: HttpRequest) -> HttpResponse:
    """The programme of a year: dimensions, actions, and how the realisation is computed."""
    plan = plan_in_force(request)
    year = year_of(request, plan)
    tree = reads.programme_tree(actor_of(request), plan.id, year, today())
    count = main_count(tree)
    axes = reads.axes(tree, count)
    here = request.GET.get("dimensi", "")
    tabs = [_tab(_("Semua"), plan, year, "", here, len(tree.actions))]
    tabs += [_tab(axis.name, plan, year, axis.key, here, len(axis.actions)) for axis in axes]
    shown = next(
        (tuple(one.action for one in axis.actions) for axis in axes if axis.key == here), tree.actions
    )
    kind, origin = KINDS.get(request.GET.get("angka", ""), ""), request.GET.get("asal", "")
    if kind:
        shown = tuple(
            row
            for row in shown
            if row.is_planned and row.kind == kind and origin in ("", row.provenance.origin)
        )
    return render(
        request,
        "plan/programme.html",
        {
            "tree": tree,
            "plan": plan,
            "year": year,
            "years": plan.years,
            "axes": axes,
            "count": count,
            "other_counts": tree.counts[1:],
            "radar": radar_of(axes, year),
            "bars": bars_of(axes, year),
            "tabs": tabs,
            "here": here,
            "kind": kind,
            "kinds": reads.figure_kinds(actor_of(request), plan.id, year).get(count.origin)
            if count
            else None,
            "actions": shown,
            "mark": _mark(),
        },
    )


def _tab(label: str, plan: reads.PlanRow, year: int, key: str, here: str, number: int) -> dict[str, Any]:
    query = {"tahun": str(year)}
    if not plan.is_in_force:
        query["rencana"] = str(plan.id)
    if key:
        query["dimensi"] = key
    return {
        "label": label,
        "href": f"{reverse('plan-programme')}?{urlencode(query)}",
        "is_here": key == here,
        "count": number,
    }


@require_safe
@needs("plan.read")
@kept
def programme_json(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    year, actor = year_of(request, plan), actor_of(request)
    return as_json(
        actions=reads.action_table(actor, plan.id, year, today()),
        realisation=_realisation_table(actor, plan, year),
    )


@require_safe
@needs("plan.read")
@kept
def programme_csv(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    year = year_of(request, plan)
    return as_csv(f"program-{year}", reads.action_table(actor_of(request), plan.id, year, today()))


@require_safe
@needs("plan.read")
@kept
def realisation(request: HttpRequest) -> HttpResponse:
    """How the realisation is computed: three rules side by side, each with its sum."""
    plan = plan_in_force(request)
    year = year_of(request, plan)
    found = reads.realisation(actor_of(request), plan.id, year, today())
    kinds = reads.figure_kinds(actor_of(request), plan.id, year)
    names = {dimension.key: str(dimension.name) for dimension in axis_set(plan.axis_set).dimensions}
    counts = [
        {
            "origin": ORIGINS[count.origin],
            "is_illustration": count.is_illustration,
            "as_of": count.as_of,
            "rules": [(RULES[rule.rule], rule, rule.spelled(_mark())) for rule in count.rules],
            "rows": [(names.get(key, key), key, tally) for key, tally in count.tallies.items()],
            "total": count.total,
            "kinds": kinds.get(count.origin),
        }
        for count in found
    ]
    return render(
        request,
        "plan/realisation.html",
        {"plan": plan, "year": year, "years": plan.years, "counts": counts},
    )


@require_safe
@needs("plan.read")
@kept
def realisation_json(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    return as_json(realisation=_realisation_table(actor_of(request), plan, year_of(request, plan)))


@require_safe
@needs("plan.read")
@kept
def realisation_csv(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    year = year_of(request, plan)
    return as_csv(f"realisasi-{year}", _realisation_table(actor_of(request), plan, year))


def _realisation_table(actor: Actor, plan: reads.PlanRow, year: int) -> tuple[reads.FlatRow, ...]:
    found = reads.realisation(actor, plan.id, year, today())
    return reads.realisation_table(found, reads.figure_kinds(actor, plan.id, year))


@require_safe
@needs("plan.read")
@kept
def action(request: HttpRequest, code: str) -> HttpResponse:
    """The story of one promise: target, reports with evidence, money, partners, and its provenance."""
    plan = plan_in_force(request)
    year = year_of(request, plan)
    actor = actor_of(request)
    story = reads.action(actor, code, year, today(), plan.id)
    tied = {story.row.measured_by, *(report.measured_by for report in story.reports)} - {""}
    titles = {indicator: reads.title_of(actor, indicator) for indicator in tied}
    return render(
        request,
        "plan/action.html",
        {
            "story": story,
            "ladder": reads.ladder(actor, story),
            "tied_title": titles.get(story.row.measured_by, ""),
            "told": [(report, titles.get(report.measured_by, "")) for report in story.reports],
            "may_tie": actor.may("plan.write") and not story.plan.is_superseded,
            "row": story.row,
            "plan": plan,
            "year": year,
            "course": _course(story),
            "events": _events(story),
            "money_lines": [(SOURCES[fund.source], fund) for fund in story.funds],
            "dimensions": {d.key: str(d.name) for d in axis_set(plan.axis_set).dimensions},
            "elements": _elements(story.quick_win),
            "published": [
                figure
                for figure in reads.published(actor_of(request))
                if story.row.title in (figure.title, figure.subject) or figure.subject == story.row.code
            ],
        },
    )


def _course(story: reads.ActionStory) -> charts.Chart | None:
    """Return the line of verified and computed values against the targets of their years, if there is any.

    Of a period with both, the computed one; a figure that was withheld or taken back is a gap.
    """
    counted = [
        report
        for report in reversed(story.reports)
        if report.kind == COMPUTED or (report.status == "verified" and report.value is not None)
    ]
    if all(report.value is None for report in counted):
        return None
    targets = {target.year: target.value for target in story.targets}
    counted.sort(key=lambda report: report.kind == COMPUTED)
    latest = {(report.year, report.period_ends_on): report for report in counted}
    ordered = [latest[key] for key in sorted(latest)]
    kinds: dict[str, charts.Known] = {TYPED: "typed", COMPUTED: "computed"}
    return charts.course(
        story.row.indicator,
        [
            charts.Point(f"{report.period_ends_on:%m/%y}", report.value, kinds[report.kind])
            for report in ordered
        ],
        [targets.get(report.year) for report in ordered],
        unit=story.row.unit,
    )


def _events(story: reads.ActionStory) -> list[dict[str, Any]]:
    marks = {"verified": "done", "computed": "done", "returned": "late"}
    return [
        {
            "at": report.reported_at or report.period_ends_on,
            "title": report.period_title,
            "report": report,
            "text": report.note,
            "state": marks.get(report.status, ""),
        }
        for report in story.reports
    ]


def _elements(quick_win: reads.QuickWinRow | None) -> list[tuple[str, str]]:
    if quick_win is None:
        return []
    return [
        (str(term.name), quick_win.elements.get(term.key, "")) for term in terms("quick-win-elements").terms
    ]


@require_safe
@needs("plan.read")
@kept
def action_json(request: HttpRequest, code: str) -> HttpResponse:
    plan = plan_in_force(request)
    year = year_of(request, plan)
    story = reads.action(actor_of(request), code, year, today(), plan.id)
    return as_json(
        action=reads.action_lines(story.row),
        targets=[
            {"year": t.year, "value": None if t.value is None else f"{t.value:f}"} for t in story.targets
        ],
        reports=[
            {
                "period": report.period_title,
                "year": report.year,
                "value": None if report.value is None else f"{report.value:f}",
                "figure": report.kind,
                "measured_by": report.measured_by,
                "measurement": None if report.measurement is None else str(report.measurement),
                "status": report.status,
                "stands": report.stands,
                "evidence": len(report.evidence),
            }
            for report in story.reports
        ],
    )


@require_safe
@needs("plan.read")
@kept
def quick_wins(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    year = year_of(request, plan)
    rows = reads.quick_wins(actor_of(request), plan.id, year, today())
    return render(
        request,
        "plan/quick_wins.html",
        {
            "plan": plan,
            "year": year,
            "years": plan.years,
            "rows": rows,
            "shared": [row for row in reads.shared_programmes(actor_of(request)) if row.parts],
        },
    )


@require_safe
@needs("plan.read")
@kept
def money(request: HttpRequest) -> HttpResponse:
    """Budget and spending by source; what is real and what is an illustration stand apart."""
    plan = plan_in_force(request)
    year = year_of(request, plan)
    found = reads.money(actor_of(request), plan.id, year)
    groups = [
        {
            "origin": ORIGINS[group.origin],
            "is_illustration": group.origin == Origin.ILLUSTRATION,
            "money": group.money,
            "sources": [(SOURCES[source], total) for source, total in group.money.by_source.items()],
            "chart": charts.parts(
                _("Anggaran menurut sumber dana, %(year)d") % {"year": year},
                [(str(SOURCES[source]), total.budget) for source, total in group.money.by_source.items()],
            ),
            "years": group.by_year,
            "lines": [(SOURCES[line.source], line) for line in found.lines if line.origin == group.origin],
        }
        for group in found.by_origin
    ]
    published = [row for row in reads.published(actor_of(request)) if row.budget is not None]
    return render(
        request,
        "plan/money.html",
        {"plan": plan, "year": year, "years": plan.years, "groups": groups, "published": published},
    )


@require_safe
@needs("plan.read")
@kept
def money_json(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    return as_json(money=reads.fund_table(actor_of(request), plan.id, year_of(request, plan)))


@require_safe
@needs("plan.read")
@kept
def money_csv(request: HttpRequest) -> HttpResponse:
    plan = plan_in_force(request)
    year = year_of(request, plan)
    return as_csv(f"dana-{year}", reads.fund_table(actor_of(request), plan.id, year))


@require_safe
@needs("plan.read")
@kept
def masterplan(request: HttpRequest) -> HttpResponse:
    """The masterplan itself: legal basis, vision, books, bodies, versions, and two ways to see its axes."""
    plan = plan_in_force(request)
    whole = reads.masterplan(actor_of(request), plan.id)
    mapping = axis_mapping()
    other = axis_set("giffinger")
    names = {dimension.key: str(dimension.name) for dimension in other.dimensions}
    parts = [
        (str(dimension.name), dimension.key, str(part.name), names.get(mapping.target(part.key) or "", ""))
        for dimension in axis_set(plan.axis_set).dimensions
        for part in dimension.parts
    ]
    return render(
        request,
        "plan/masterplan.html",
        {
            "plan": plan,
            "whole": whole,
            "versions": [(dict(Masterplan.Status.choices)[row.status], row) for row in whole.versions],
            "bodies": [(dict(Body.Kind.choices)[body.kind], body) for body in whole.bodies],
            "books": {term.key: str(term.name) for term in terms("book-kinds").terms},
            "parts": parts,
            "mapping": mapping,
            "unmapped": mapping.unmapped(),
            "stages": reads.stages(actor_of(request), plan.id),
        },
    )


@require_safe
@needs("plan.read")
@kept
def published(request: HttpRequest) -> HttpResponse:
    """Figures that somebody published: each with its source, none added up with what is counted here."""
    rows = reads.published(actor_of(request))
    return render(
        request,
        "plan/published.html",
        {"rows": rows, "totals": reads.published_totals(actor_of(request))},
    )


@require_safe
@needs("plan.read")
@kept
def published_json(request: HttpRequest) -> HttpResponse:
    return as_json(published=reads.published_table(actor_of(request)))


@require_safe
@needs("plan.read")
@kept
def published_csv(request: HttpRequest) -> HttpResponse:
    return as_csv("angka-terbit", reads.published_table(actor_of(request)))


@require_safe
@needs("plan.read")
@kept
def published_year(request: HttpRequest, year: int) -> HttpResponse:
    """Which sums can, and which cannot, give the total that was published."""
    total = reads.published_total(actor_of(request), year)
    explained = total.explanation
    names = {dimension.key: str(dimension.name) for dimension in axis_set().dimensions}
    return render(
        request,
        "plan/published_year.html",
        {
            "total": total,
            "explained": explained,
            "mean_high": Decimal(explained.mean_high.numerator) / Decimal(explained.mean_high.denominator),
            "mean_low": Decimal(explained.mean_low.numerator) / Decimal(explained.mean_low.denominator),
            "printed": [
                (name, key, explained.printed[key]) for key, name in names.items() if key in explained.printed
            ],
            "families": [
                {
                    "misses": family.misses,
                    "denominators": family.denominators,
                    "example": [
                        (names.get(key, key), done, planned, HUNDRED * done / planned)
                        for key, (done, planned) in family.smallest.items()
                    ],
                    "done": sum(done for done, _planned in family.smallest.values()),
                    "planned": sum(planned for _done, planned in family.smallest.values()),
                }
                for family in explained.families
            ],
        },
    )


@require_safe
@needs("plan.read")
def stage(request: HttpRequest, key: str) -> HttpResponse:
    """A frozen stage: the figures as they were copied, never computed again."""
    row = reads.stage(actor_of(request), key)
    names = {dimension.key: str(dimension.name) for dimension in axis_set().dimensions}
    counts = [
        {
            **count,
            "title": ORIGINS[count["origin"]],
            "rules": [{**rule, "title": RULES[rule["rule"]]} for rule in count["rules"]],
            "dimensions": [
                {**each, "name": names.get(each["key"], each["key"])} for each in count["dimensions"]
            ],
        }
        for count in row.figures["counts"]
    ]
    return render(request, "plan/stage.html", {"stage": row, "figures": {**row.figures, "counts": counts}})
