"""The report of one region in a frozen round: a page, a letter and a report as PDF/A."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.evaluation import reads, rules
from balai.evaluation.pages.asking import show
from balai.evaluation.pages.public import radar
from balai.evaluation.report_pdf import letter_pdf, report_pdf


@require_safe
@needs("evaluation.read")
def report(request: HttpRequest, key: UUID, region: str) -> HttpResponse:
    """The frozen result of a region with its sum, radar, words of the assessors, and hash."""
    actor = actor_of(request)
    row, found = reads.round_(actor, key), reads.report(actor, key, region)
    bands = {band.key: str(band.name) for band in found.instrument.bands}
    chart = (
        radar(found.instrument, found.index, found.before, row.year, found.parts, found.parts_before)
        if found.index
        else None
    )
    return show(
        request,
        "evaluation/desk/report.html",
        {
            "row": row,
            "found": found,
            "band": bands.get(found.placed.predicate, ""),
            "chart": chart,
            "gaps": _gaps(found),
            "history": reads.history(actor, key, region),
        },
    )


def _gaps(found: reads.Report) -> tuple[rules.Gap, ...]:
    """Return what to work on: the way to the next level of each indicator, by the frozen levels."""
    levels = {each.question.key: int(each.external) for each in found.levels}
    return rules.gaps(found.instrument, levels) if levels else ()


@require_safe
@needs("evaluation.read")
def letter_file(request: HttpRequest, key: UUID, region: str) -> HttpResponse:
    """The letter that tells a region its result."""
    actor = actor_of(request)
    found = reads.report(actor, key, region)
    row = reads.round_(actor, key)
    return _pdf(letter_pdf(row, found, _language()), f"surat-{row.code}-{found.placed.region_name}")


@require_safe
@needs("evaluation.read")
def report_file(request: HttpRequest, key: UUID, region: str) -> HttpResponse:
    """The report of a region with sums, radar, scores, strengths, weaknesses, recommendations."""
    actor = actor_of(request)
    found = reads.report(actor, key, region)
    row = reads.round_(actor, key)
    return _pdf(report_pdf(row, found, _language()), f"laporan-{row.code}-{found.placed.region_name}")


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{slugify(name)}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
