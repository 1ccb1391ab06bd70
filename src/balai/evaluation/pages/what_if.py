"""What would be if a component or a level changed, with index, rank and predicate. Nothing is kept."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs, public
from balai.base.errors import NotFound
from balai.evaluation import reads, rules
from balai.evaluation.pages.public import PUBLISHED, kept_of

type Numbers = Mapping[str, rules.Number]


@require_safe
@public(PUBLISHED)
def of_published(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change parts of a published result."""
    actor = actor_of(request)
    seen = reads.published_result(actor, key)
    row, instrument = seen.row, kept_of(seen.row)
    if reads.index_of(row) is None:
        raise NotFound(_("Nilai bagiannya tidak lengkap, jadi tidak ada yang dapat dihitung."))
    values = {part.key: Decimal(row.values[part.key]) for part in instrument.parts}
    others = {
        str(each.row.pk): each.row.total
        for each in reads.published(actor, row.family, row.year)
        if each.row.pk != row.pk
        and each.row.took_part
        and (each.row.stage, each.row.group) == (row.stage, row.group)
    }
    return _show(
        request,
        instrument,
        values,
        others,
        title=f"{row.unit}, {row.year}",
        among=_("hasil terbit %(year)d dalam kelompok yang sama") % {"year": row.year},
        back=reverse("evaluation-score", args=[key]),
        frame="balai/page.html",
    )


@require_safe
@needs("evaluation.read")
def of_round(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change levels or components of the region's own self-assessment, or of its frozen result."""
    actor = actor_of(request)
    sheet = reads.sheet(actor, key)
    row = sheet.invitation.round
    context = {
        "title": f"{sheet.invitation.region_name}, {row.title}",
        "back": reverse("evaluation-round", args=[key]),
        "frame": "balai/desk.html",
    }
    if row.frozen_at:
        found = reads.report(actor, key)
        values: Numbers = {term.key: term.value for term in found.index.terms} if found.index else {}
        others = {
            each.region_tenant: each.final
            for each in reads.results(actor, key)
            if each.region_tenant != actor.tenant
        }
        context["among"] = _("daerah lain dalam tahap ini")
    else:
        values = _own(sheet)
        years = reads.published_years(actor, row.family)
        published = reads.published(actor, row.family, years[0]) if years else ()
        others = {
            str(each.row.pk): each.row.total
            for each in published
            if each.row.took_part
            and each.row.region_code
            and each.row.region_code != sheet.invitation.region_code
        }
        context["among"] = _("hasil terbit %(year)d daerah lain") % {"year": years[0]} if years else ""
    return _show(request, sheet.instrument, values, others, **context)


def _own(sheet: reads.Sheet) -> Numbers:
    """Return the levels a region gave itself, or its components; {} where they are not whole yet."""
    levels = {
        line.question.key: line.answer.level
        for line in sheet.lines
        if line.answer and line.answer.level is not None
    }
    if len(levels) < len(sheet.lines):
        return {}
    if sheet.instrument.method is rules.Method.LEVELS:
        return levels
    return rules.component_scores(sheet.instrument, levels)


def _show(
    request: HttpRequest,
    instrument: rules.Instrument,
    values: Numbers,
    others: Mapping[str, Decimal | None],
    **context: Any,
) -> HttpResponse:
    is_by_levels = bool(values) and not set(values) <= set(instrument.weights)
    names = {part.key: str(part.name) for part in instrument.parts} | {
        each.key: f"{each.key} {each.text}" for each in instrument.questions
    }
    changed, wrong = _changed(request, instrument, values, whole=is_by_levels)
    found = rules.what_if(instrument, values, changed, others or None) if values else None
    levels = {key: int(value) for key, value in {**values, **changed}.items()} if is_by_levels else {}
    context |= {
        "instrument": instrument,
        "is_by_levels": is_by_levels,
        "scale": range(instrument.scale.least, instrument.scale.most + 1),
        "lines": [
            (key, names[key], value, changed.get(key, value), wrong.get(key, ""))
            for key, value in values.items()
        ],
        "found": found,
        "is_changed": bool(changed),
        "gaps": rules.gaps(instrument, levels) if levels else (),
        "next": rules.to_next_band(instrument, levels) if levels else None,
        "bands": {band.key: str(band.name) for band in instrument.bands},
        "is_desk": context["frame"] == "balai/desk.html",
        "wrong": wrong,
    }
    return render(request, "evaluation/what_if.html", context, status=422 if wrong else 200)


def _changed(
    request: HttpRequest, instrument: rules.Instrument, values: Numbers, *, whole: bool
) -> tuple[dict[str, rules.Number], dict[str, str]]:
    """Return the values the address asks for that differ, and what is wrong with others."""
    changed: dict[str, rules.Number] = {}
    wrong: dict[str, str] = {}
    for key, value in values.items():
        text = request.GET.get(key, "").strip().replace(",", ".")
        if not text:
            continue
        try:
            number = Decimal(text)
            if not number.is_finite() or not instrument.scale.least <= number <= instrument.scale.most:
                raise InvalidOperation
            if whole and number != number.to_integral_value():
                raise InvalidOperation
        except InvalidOperation:
            wrong[key] = _("Isi angka %(least)d sampai %(most)d.") % {
                "least": instrument.scale.least,
                "most": instrument.scale.most,
            }
            continue
        if Fraction(number) != Fraction(value):
            changed[key] = int(number) if whole else number
    return changed, wrong
