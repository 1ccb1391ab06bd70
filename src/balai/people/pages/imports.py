"""Many accounts from one workbook: looked through first, written when the officer says so."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import Conflict, Invalid
from balai.people import changes, reads
from balai.people.adapters import excel
from balai.people.forms import ImportForm, role_choices
from balai.people.rules import SeatLine

FAULTS_SHOWN = 200
_ONE_HOUR = 3600


@needs("people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def import_people(request: HttpRequest) -> HttpResponse:
    """Look a workbook through, or write what was looked through before."""
    actor = actor_of(request)
    if "looked_through" in request.POST:
        return _write(request, actor, request.POST["looked_through"])
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            preview = changes.look_through(actor, form.cleaned_data["file"].read(), timezone.localdate())
        except Invalid as error:
            preview = changes.Preview((), (), error.faults)
        status = 422 if preview.faults else 200
        context |= {
            "preview": preview,
            "faults_shown": preview.faults[:FAULTS_SHOWN],
            "looked_through": "" if preview.faults else _signed(actor, preview.new),
        }
    return render(request, "people/import.html", context, status=status)


def _salt(actor: Actor) -> str:
    return f"people.import {actor.tenant} {actor.id}"


def _signed(actor: Actor, lines: tuple[SeatLine, ...]) -> str:
    """Return the lines as a text that only this actor can send back, here, unchanged, within an hour."""
    rows = [
        {**asdict(line), "from_on": line.from_on.isoformat(), "to_on": line.to_on and line.to_on.isoformat()}
        for line in lines
    ]
    return signing.dumps(rows, salt=_salt(actor), compress=True)


def _write(request: HttpRequest, actor: Actor, looked_through: str) -> HttpResponse:
    try:
        rows = signing.loads(looked_through, salt=_salt(actor), max_age=_ONE_HOUR)
    except signing.BadSignature as error:
        raise Conflict(
            _("Pemeriksaan berkas ini sudah lebih dari satu jam. Periksa berkasnya lagi.")
        ) from error
    given = changes.import_people(
        actor,
        [
            SeatLine(
                **{
                    **row,
                    "roles": tuple(row["roles"]),
                    "from_on": date.fromisoformat(row["from_on"]),
                    "to_on": date.fromisoformat(row["to_on"]) if row["to_on"] else None,
                }
            )
            for row in rows
        ],
    )
    messages.success(request, _("%(count)d jabatan dicatat.") % {"count": given})
    return redirect("people")


@needs("people.manage")
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Give out the workbook to fill in."""
    actor = actor_of(request)
    offices = reads.offices(timezone.localdate()).values_list("code", "name")
    content = excel.sheet_to_fill_in(offices, role_choices(actor.tenant))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": 'attachment; filename="akun.xlsx"'}
    )
