"""Pages of the dated tables and of the loaded definitions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import Invalid, NotFound
from balai.definitions import changes, kinds, reads, rules
from balai.definitions.forms import ProposalForm
from balai.definitions.models import TableAmendment
from balai.definitions.rules import Origin, Row
from balai.definitions.schema import in_words
from balai.definitions.tables import TABLES, Table, table

_A_PAGE = 200


@require_safe
@needs("plan.read")
def tables(request: HttpRequest) -> HttpResponse:
    """List the dated tables, with how many rows are in force today."""
    today = timezone.localdate()
    shown = [
        {
            "table": definition.value,
            "layer": definition.layer,
            "in_force": len(reads.all_in_force(code, today)),
            "own": reads.approved(code).count(),
        }
        for code, definition in kinds.load(TABLES).items()
    ]
    return render(request, "definitions/tables.html", {"tables": shown, "today": today})


@require_safe
@needs("plan.read")
def one_table(request: HttpRequest, code: str) -> HttpResponse:
    """Show one table: its rows, the local government's own above them, and how they came about."""
    known = table(code)
    today = timezone.localdate()
    rows = sorted(
        reads.rows(code), key=lambda row: (row.origin is Origin.AMENDMENT, row.valid_from), reverse=True
    )
    start = _start(request.GET.get("after", ""))
    current = rules.in_force(rows, today)
    context = {
        "table": known,
        "definition": kinds.get(TABLES, code),
        "confidence": in_words(known.file.confidence),
        "today": today,
        "rows": [_shown(known, row, current) for row in rows[start : start + _A_PAGE]],
        "total": len(rows),
        "next": str(start + _A_PAGE) if len(rows) > start + _A_PAGE else "",
        "is_first": start == 0,
        "history": [_told(known, each) for each in reads.amendments(actor_of(request), code)],
        "may_propose": known.file.amendable and actor_of(request).may("tables.propose"),
    }
    return render(request, "definitions/table.html", context)


@require_http_methods(["GET", "POST"])
@needs("tables.propose")
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a row and propose it."""
    known = table(code)
    if not known.file.amendable:
        raise NotFound(_("Tabel ini sama bagi semua daerah dan tidak dapat diubah di sini."))
    form = ProposalForm(known, reads.approved(code), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            changes.propose(actor_of(request), form.proposal())
        except Invalid as error:
            form.show(error.faults)
        else:
            messages.success(request, _("Usulan terkirim. Usulan berlaku setelah disetujui orang lain."))
            return redirect("table", code=code)
    status = 422 if form.is_bound else 200
    return render(request, "definitions/propose.html", {"table": known, "form": form}, status=status)


@require_safe
@needs("tables.approve")
def queue(request: HttpRequest) -> HttpResponse:
    """List the proposals that wait for a decision."""
    actor = actor_of(request)
    waiting = [
        {**_told(table(each.table), each), "table": table(each.table), "is_own": each.proposed_by == actor.id}
        for each in reads.waiting(actor)
    ]
    return render(request, "definitions/queue.html", {"waiting": waiting})


@require_POST
@needs("tables.approve")
def approve(request: HttpRequest, id: UUID) -> HttpResponse:
    """Put a proposal in force."""
    done = changes.approve(actor_of(request), id, request.POST.get("reason", ""))
    messages.success(request, _("Disetujui. Baris ini berlaku sejak %(day)s.") % {"day": done.valid_from})
    return redirect("tables_queue")


@require_POST
@needs("tables.approve")
def refuse(request: HttpRequest, id: UUID) -> HttpResponse:
    """Turn a proposal down."""
    changes.refuse(actor_of(request), id, request.POST.get("reason", ""))
    messages.success(request, _("Ditolak. Pengusul dapat membaca alasannya pada tabel."))
    return redirect("tables_queue")


@require_POST
@needs("tables.propose")
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take back one's own proposal."""
    done = changes.withdraw(actor_of(request), id)
    messages.success(request, _("Usulan ditarik."))
    return redirect("table", code=done.table)


@require_safe
@needs("plan.read")
def loaded(request: HttpRequest) -> HttpResponse:
    """List every definition this installation works with: file, layer, hash."""
    groups = []
    for code, kind in sorted(kinds.registered().items()):
        try:
            groups.append(
                {"kind": code, "folder": kind.folder, "definitions": list(kinds.load(code).values())}
            )
        except Invalid as error:
            groups.append({"kind": code, "folder": kind.folder, "faults": error.faults})
    return render(request, "definitions/loaded.html", {"groups": groups})


def _start(after: str) -> int:
    return int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0


def _shown(known: Table, row: Row, current: dict[str, Row]) -> dict[str, Any]:
    return {
        "row": row,
        "is_current": current.get(row.key) is row,
        "is_own": row.origin is Origin.AMENDMENT,
        "cells": [_cell(known, name, value) for name, value in row.values.items()],
    }


def _cell(known: Table, name: str, value: rules.Value) -> dict[str, Any]:
    column = known.column(name)
    return {"column": column, "value": column.shown(value), "type": column.type.value}


def _told(known: Table, each: TableAmendment) -> dict[str, Any]:
    """Return an amendment as the history tells it; cells that fit no column any more stay as written."""
    names = {column.name: column for column in known.file.columns}
    return {
        "amendment": each,
        "cells": [
            {
                "title": names[name].title if name in names else name,
                "text": names[name].shown(text) if name in names else text,
            }
            for name, text in each.values.items()
        ],
        "tone": {"proposed": "waiting", "approved": "done", "refused": "late"}.get(each.status, "plain"),
    }
