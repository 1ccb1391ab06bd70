"""The page of a dataset: what it is, its first rows, what is said of it, how to take it along."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.kept import kept
from balai.base.twins import as_json
from balai.data import reads
from balai.data.faces.dcat.searching import markup
from balai.data.pages.dataset_calls import calls, file_address
from balai.data.pages.dataset_chart import drawing
from balai.data.pages.profiles import profiled
from balai.data.pages.words import badge, cells, headings, quality_parts
from balai.data.rules.differing import coverage_words
from balai.data.rules.keeping import next_to_go
from balai.data.rules.metadata import Declaration, Retention
from balai.data.rules.wording import FREQUENCIES, PRIVACIES, READERS, REFERENCES, TRANSFORMS, TYPES
from balai.people.reads import government

PREVIEWED = 10


@require_safe
@needs("data.read")
@kept
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """A dataset in the version that stands."""
    return _page(request, code, None)


@require_safe
@needs("data.read")
@kept
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A dataset as one of its versions was, an old one too."""
    return _page(request, code, number)


@require_safe
@needs("data.read")
@kept
def metadata_json(request: HttpRequest, code: str) -> HttpResponse:
    """What is said of a dataset and of each of its versions."""
    actor = actor_of(request)
    row = reads.dataset(actor, code)
    return as_json(
        dataset=[
            {"publisher": row.tenant, "producer": row.producer, "version": row.number}
            | row.declaration.model_dump(mode="json")
        ],
        versions=[_flat(each) for each in reads.versions(actor, code)],
    )


def _page(request: HttpRequest, code: str, number: int | None) -> HttpResponse:
    actor = actor_of(request)
    row = reads.dataset(actor, code)
    shown = reads.version(actor, code, number)
    versions = reads.versions(actor, code)
    said = shown.declaration
    context: dict[str, Any] = {
        "row": row,
        "shown": shown,
        "said": said,
        "versions": versions,
        "badge": badge(said.classification),
        "publisher": government(row.tenant),
        "facts": {
            "frequency": FREQUENCIES[said.frequency],
            "coverage": _coverage(said, row.tenant),
            "readers": READERS[said.classification],
        },
        "standard": _standard(said),
        "columns": _columns(said),
        "references": _references(said),
        "uses": reads.used_by(actor, code),
        "files": _files(request, shown),
        "citation": _citation(request, row, shown),
        "calls": calls(request, shown),
        "markup": markup(request, shown),
        "ask_query": urlencode({"sql": f"SELECT * FROM {row.code}"}),  # noqa: S608  the gate reads it
        "quality": quality_parts(shown.quality),
        "retention": _retention(row.declaration.retention, versions),
    }
    if not shown.is_retired:
        heads = headings(said)
        rows = reads.first_rows(actor, code, shown.number, limit=PREVIEWED)
        context["heads"] = list(zip(heads, profiled(actor, shown, heads), strict=True))
        context["preview"] = [cells(each, heads) for each in rows]
        context["drawing"] = drawing(actor, shown, request.GET) if shown.rows else None
    response = render(request, "data/dataset.html", context)
    if (drawn := context.get("drawing")) and drawn.failure:
        # The readers were busy, say: the next visitor shall not get this page again.
        response["Cache-Control"] = "no-store"
    return response


def _coverage(said: Declaration, tenant: str) -> str:
    if said.coverage == "tenant":
        found = government(tenant)
        return found.name if found else tenant
    found = government(said.coverage)
    return found.name if found else coverage_words(said.coverage)


def _standard(said: Declaration) -> list[tuple[str, Any]]:
    """Return the five parts of the data standard (Peraturan BPS 5/2020), by their names."""
    own = said.standard
    return [
        (_("Konsep"), own.concept),
        (_("Definisi"), own.definition),
        (_("Klasifikasi baku"), own.classification),
        (_("Ukuran"), own.measure),
        (_("Satuan"), own.unit),
    ]


def _columns(said: Declaration) -> list[dict[str, Any]]:
    return [
        {
            "name": column.published_as or column.name,
            "meaning": column.meaning,
            "type": TYPES[each.type] if (each := column.leaving) else TYPES[column.type],
            "unit": column.unit,
            "allowed": column.allowed,
            "optional": column.optional,
            "is_key": bool(each and each.name in said.key),
            "privacy": PRIVACIES[column.privacy] if column.privacy != "none" else "",
            "transform": TRANSFORMS[column.transform] if column.transform else "",
            "leaves": each is not None,
        }
        for column in said.columns
    ]


def _references(said: Declaration) -> list[str]:
    """Return the reference codes (kode referensi) that values are held to, by column."""
    found = [
        f"{column.name}: {REFERENCES.get(column.reference, column.reference)}"
        for column in said.columns
        if column.reference
    ]
    return found + [
        f"{column.name}: {', '.join(column.allowed)}" for column in said.columns if column.allowed
    ]


def _files(request: HttpRequest, shown: reads.VersionRow) -> list[dict[str, Any]]:
    if shown.is_retired:
        return []
    forms = [("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet")]
    if shown.rows <= reads.EXCEL_MOST_ROWS:
        forms.insert(1, ("xlsx", "Excel"))
    return [{"form": form, "name": name, "href": file_address(shown, form)} for form, name in forms]


def _citation(request: HttpRequest, row: reads.DatasetRow, shown: reads.VersionRow) -> str:
    """Return one line by which a paper or a report names just this version."""
    publisher = government(row.tenant)
    whose = ", ".join(part for part in (row.producer, publisher.name if publisher else "") if part)
    return _(
        "%(whose)s (%(year)s). %(title)s, versi %(number)s, periode %(period)s. "
        "Satu Data. %(address)s. Lisensi %(licence)s."
    ) % {
        "whose": whose or str(shown.declaration.custodian),
        "year": timezone.localtime(shown.published_at).year,
        "title": shown.declaration.title,
        "number": shown.number,
        "period": shown.period,
        "address": request.build_absolute_uri(reverse("dataset-version", args=[row.code, shown.number])),
        "licence": shown.declaration.licence,
    }


def _retention(rule: Retention, versions: tuple[reads.VersionRow, ...]) -> dict[str, Any]:
    kept_rows = [each.number for each in versions if not each.is_retired]
    current = next((each.number for each in versions if each.is_current), None)
    return {"latest": rule.latest, "next": next_to_go(kept_rows, current, rule.latest)}


def _flat(row: reads.VersionRow) -> dict[str, object]:
    return {
        "number": row.number,
        "period": row.period,
        "rows": row.rows,
        "suppressed": row.suppressed,
        "bytes": row.bytes,
        "published_at": row.published_at.isoformat(),
        "corrects": row.corrects,
        "reason": row.reason,
        "content_hash": row.content_hash,
        "schema_hash": row.schema_hash,
        "is_current": row.is_current,
        "is_retired": row.is_retired,
    }
