"""One file on its way: received, matched, checked, signed where it must be, published."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import show
from balai.base.errors import Invalid
from balai.data import changes, reads
from balai.data.intake.decoding import ENCODINGS
from balai.data.intake.layout import DELIMITERS
from balai.data.intake.reading import STYLES, WORDS
from balai.data.intake.recognising import wanted
from balai.data.pages.producing import version_of
from balai.data.pages.words import quality_parts
from balai.data.rules.wording import TYPES

_SECONDS = 2
"""between two looks at work under way"""
_MOST_ROWS = 60


@require_safe
@needs("data.publish")
def uploads(request: HttpRequest) -> HttpResponse:
    """Files that somebody must go on with; first those that wait for this steward."""
    actor = actor_of(request)
    to_sign = reads.uploads_to_sign(actor)
    own = [row for row in reads.uploads(actor) if row.id not in {each.id for each in to_sign}]
    return show(
        request,
        "data/desk/uploads.html",
        {"to_sign": to_sign, "rows": own, "may_produce": actor.may("data.produce")},
    )


@require_safe
@needs("data.publish")
def upload(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Where a file is, and what is to be done with it."""
    return _shown(request, reads.upload(actor_of(request), upload))


def _shown(request: HttpRequest, row: reads.UploadRow, faults: Any = (), status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context: dict[str, Any] = {"row": row, "wrong": faults, "share": (row.percent or 0) / 100}
    context |= {"got": row.offset / max(row.size, 1), "seconds": _SECONDS}
    if row.state in ("asking", "refused"):
        context |= _asked(request, row)
        if row.dataset:
            found = reads.own_dataset(actor, row.dataset)
            versions = reads.versions(actor, row.dataset) if found.row.number else ()
            context["correctable"] = [each for each in versions if not each.is_retired]
            context["columns"] = _columns(request, row, found)
    if row.state == "judged":
        context |= _judged(row)
    response = show(request, "data/desk/upload.html", context, status)
    if row.is_working and not row.failed:
        # The page looks again by itself, without any script.
        response["Refresh"] = str(_SECONDS)
    return response


def _asked(request: HttpRequest, row: reads.UploadRow) -> dict[str, Any]:
    layout = row.taken.get("layout") or row.said.get("layout") or {}
    return {
        # Of a file that was not read at all nothing is known, so nothing is chosen for it.
        "layout": {"form": "csv", "header_row": "", **layout},
        "encodings": ENCODINGS,
        "delimiters": [(sign, words) for sign, words in DELIMITERS.items()],
        "names": row.taken.get("names", ()),
        "period": request.POST.get("period") or row.said.get("period", ""),
        "reason": request.POST.get("reason") or row.said.get("reason", ""),
        "corrects": str(request.POST.get("corrects") or row.said.get("corrects") or ""),
        "regions": [
            (f"region-{place}", name, meant, row.said.get("regions", {}).get(name, ""))
            for place, (name, meant) in enumerate(sorted(row.unclear.items()))
        ],
        "types": TYPES,
    }


def _columns(request: HttpRequest, row: reads.UploadRow, found: reads.OwnDataset) -> list[dict[str, Any]]:
    """Return what the page shows of each column that is handed in."""
    readings = {each["name"]: each for each in row.readings}
    if found.in_force is None or not readings:
        return []
    told = []
    for each in wanted(found.in_force):
        reading = readings.get(each.name, {"heading": "", "style": "", "fit": 0, "examples": ()})
        styles = STYLES[each.type]
        told.append(
            {
                "name": each.name,
                "meaning": str(each.column.meaning),
                "type": TYPES[each.type],
                "is_needed": not each.column.optional,
                "heading": request.POST.get(f"col-{each.name}", reading["heading"]),
                "style": request.POST.get(f"style-{each.name}", reading["style"]) or styles[0],
                "styles": [(style, WORDS[style]) for style in styles] if len(styles) > 1 else [],
                "fit": round(reading["fit"] * 100),
                "is_unsure": reading.get("is_unsure", False),
                "examples": reading["examples"],
            }
        )
    return told


def _judged(row: reads.UploadRow) -> dict[str, Any]:
    report = row.report
    kinds = {
        "missing": _("wajib diisi tetapi kosong"),
        "form": _("bukan bentuk yang dinyatakan"),
        "choice": _("di luar pilihan"),
        "point": _("titik tidak utuh"),
        "reference": _("kode tidak ada di rujukan"),
        "twice": _("kunci yang sama"),
        "line": _("baris berkas yang tidak dapat dibaca"),
    }
    return {
        "report": report,
        "parts": [(name, share, report["weights"][part]) for part, name, share in quality_parts(report)],
        "kinds": [(kinds.get(kind, kind), number) for kind, number in report["by_kind"].items()],
        "told": [
            {
                **each,
                "type": TYPES.get(each["type"], each["type"]),
                "share": each["filled"] / max(report["rows"], 1),
            }
            for each in report["columns"]
        ],
    }


@require_POST
@needs("data.publish")
def choose(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Go on with what the page said: read the file in another way, or check every row."""
    actor = actor_of(request)
    row = reads.upload(actor, upload)
    try:
        changes.choose(actor, upload, _said(request, row), version=version_of(request), at=timezone.now())
    except Invalid as error:
        return _shown(request, row, error.faults, 422)
    return redirect("data-upload", upload=upload)


def _said(request: HttpRequest, row: reads.UploadRow) -> Mapping[str, Any]:
    sent = request.POST
    said: dict[str, Any] = {}
    if sent.get("go") == "read":
        layout: dict[str, Any] = {
            name: sent[name] for name in ("encoding", "delimiter", "sheet") if sent.get(name)
        }
        if sent.get("header_row", "").isdecimal():
            layout["header_row"] = int(sent["header_row"][:3])
        known = row.taken.get("layout", {})
        return {
            "layout": {name: value for name, value in layout.items() if value != known.get(name)} or layout
        }
    for name, start in (("columns", "col-"), ("styles", "style-")):
        said[name] = {key.removeprefix(start): value for key, value in sent.items() if key.startswith(start)}
    # A style belongs to the heading it was chosen for.
    before = {each["name"]: each["heading"] for each in row.readings}
    said["styles"] = {
        name: style for name, style in said["styles"].items() if said["columns"].get(name) == before.get(name)
    }
    names = sorted(row.unclear)
    said["regions"] = {
        **row.said.get("regions", {}),
        **{name: sent[f"region-{place}"] for place, name in enumerate(names) if sent.get(f"region-{place}")},
    }
    corrects = sent.get("corrects", "")
    said |= {"period": sent.get("period", "").strip(), "reason": sent.get("reason", "").strip()}
    said["corrects"] = int(corrects) if corrects.isdecimal() else None
    return said


@require_POST
@needs("data.publish")
def again(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Go back to how the columns are read."""
    return _act(request, upload, changes.read_differently, "")


@require_POST
@needs("data.publish")
def publish(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Agree to what was found."""
    return _act(request, upload, changes.publish_upload, "")


@require_POST
@needs("data.publish")
def ask(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Ask the steward to sign for rows that are not as declared."""
    return _act(request, upload, changes.ask_steward, _("Walidata kini melihat kiriman ini di mejanya."))


@require_POST
@needs("data.check")
def sign(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Sign as steward, or send the file back; either with a reason."""
    actor = actor_of(request)
    reads.upload(actor, upload)
    act = changes.sign_upload if request.POST.get("go") == "sign" else changes.refuse_to_sign
    try:
        act(actor, upload, request.POST.get("reason", ""), version=version_of(request), at=timezone.now())
    except Invalid as error:
        return _shown(request, reads.upload(actor, upload), error.faults, 422)
    return redirect("data-upload", upload=upload)


@require_POST
@needs("data.publish")
def drop(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Give a file up."""
    actor = actor_of(request)
    code = reads.upload(actor, upload).dataset
    changes.drop_upload(actor, upload, at=timezone.now())
    messages.success(request, _("Berkas dibuang. Tidak ada yang terbit."))
    return redirect("data-rows", code=code) if code else redirect("data-own")


@require_safe
@needs("data.publish")
def faults(request: HttpRequest, upload: UUID) -> HttpResponseBase:
    """Every fault by row and column, as CSV; no cell of it can act as a formula."""
    listed = reads.fault_list(actor_of(request), upload)
    answer = StreamingHttpResponse(listed, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="kesalahan.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _act(request: HttpRequest, upload: UUID, change: Callable[..., object], said: str) -> HttpResponse:
    reads.upload(actor_of(request), upload)
    change(actor_of(request), upload, version=version_of(request), at=timezone.now())
    if said:
        messages.success(request, said)
    return redirect("data-upload", upload=upload)
