"""The plan as Excel: a template, an import in two steps, exports."""

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import Conflict, NotFound
from balai.base.held import Held, keep, sealed, unsealed
from balai.base.later import later
from balai.plan import reads
from balai.plan.forms import WorkbookForm
from balai.plan.pages.asking import Done, do_once, sent, show

if TYPE_CHECKING:
    from balai.plan import workbook
else:
    workbook = later("balai.plan.workbook")

CHANGES_SHOWN = 200
_ONE_HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan.import")
def bring(request: HttpRequest) -> HttpResponse:
    """Take a workbook and say what it would do. Nothing is written to the plan here."""
    form = WorkbookForm(*sent(request))
    if request.method != "POST":
        return show(request, "plan/desk/import.html", {"form": form, "plan": _plan(request)})
    if not form.is_valid():
        return show(request, "plan/desk/import.html", {"form": form, "plan": _plan(request)}, 422)
    actor, upload = actor_of(request), form.cleaned_data["file"]
    found = workbook.read(upload, actor)
    context: dict[str, Any] = {"found": found, "name": upload.name, "sheets": found.sheets.items()}
    context |= {"changes": found.changes[:CHANGES_SHOWN], "more": max(len(found.changes) - CHANGES_SHOWN, 0)}
    if found.token:
        upload.seek(0)
        held = keep(upload, upload.name, "file")
        context["looked_through"] = signing.dumps([sealed(actor, [held]), found.token], salt=_salt(actor))
    return show(request, "plan/desk/dry_run.html", context, 422 if found.faults else 200)


@require_POST
@needs("plan.import")
def apply(request: HttpRequest) -> HttpResponse:
    """Write the very file that was looked through and agreed to."""
    actor = actor_of(request)
    held, token = _agreed(actor, request.POST.get("looked_through", ""))

    def act() -> Done:
        with held.open() as stream:
            done = workbook.apply(stream, actor, token)
        counts = [[name, each.create, each.change, each.unchanged] for name, each in done.sheets.items()]
        told = signing.dumps([held.name, counts], salt=_salt(actor))
        return Done("", f"{reverse('plan-imported')}?{urlencode({'hasil': told})}", tuple(done.warnings))

    return do_once(request, act)


@require_safe
@needs("plan.import")
def applied(request: HttpRequest) -> HttpResponse:
    """What was written, sheet by sheet."""
    try:
        name, counts = signing.loads(request.GET.get("hasil", ""), salt=_salt(actor_of(request)))
    except signing.BadSignature:
        return redirect("plan-import")
    written = sum(create + change for _sheet, create, change, _same in counts)
    return show(
        request,
        "plan/desk/imported.html",
        {"name": name, "counts": counts, "written": written, "plan": _plan(request)},
    )


@require_safe
@needs("plan.import")
def template(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return _file(workbook.template(actor), workbook.XLSX, f"templat-{actor.tenant}.xlsx")


@require_safe
@needs("plan.export")
def exports(request: HttpRequest) -> HttpResponse:
    """Every table that can be taken out, as Excel and as CSV."""
    tables = [(key, name, key != workbook.WHOLE) for key, name in workbook.TABLES.items()]
    return show(request, "plan/desk/exports.html", {"tables": tables, "plan": _plan(request)})


@require_safe
@needs("plan.export")
def export(request: HttpRequest, what: str, form: str) -> HttpResponse:
    made = workbook.export(actor_of(request), what, form)
    return _file(made.content, made.media_type, made.name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
    )


def _plan(request: HttpRequest) -> reads.PlanRow | None:
    plans = reads.masterplans(actor_of(request))
    return next((row for row in plans if row.is_draft), None) or next(iter(plans), None)


def _salt(actor: Actor) -> str:
    return f"plan.import {actor.tenant} {actor.id}"


def _agreed(actor: Actor, agreed: str) -> tuple[Held, str]:
    """Return the file and the token of what this officer looked through within the last hour."""
    try:
        file, token = signing.loads(agreed, salt=_salt(actor), max_age=_ONE_HOUR)
    except signing.BadSignature as error:
        raise Conflict(
            _("Pemeriksaan berkas ini sudah lebih dari satu jam. Periksa berkasnya lagi.")
        ) from error
    files = unsealed(actor, file)
    if not files:
        raise NotFound(_("Berkas yang diperiksa tidak ada lagi. Unggah lagi."))
    return files[0], token
