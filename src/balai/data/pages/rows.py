"""Handing in a file for a dataset, and the addresses its files are fetched from."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import sent, show
from balai.base.errors import Invalid, Locked, NotFound
from balai.base.twins import as_csv
from balai.data import changes, reads
from balai.data.forms.rows import RowsForm, SourceForm
from balai.data.rules.keeping import next_to_go

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs("data.publish")
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Take a file for the next version. Nothing is published here; its own page goes on with it."""
    actor = actor_of(request)
    found = _found(actor, code)
    form = RowsForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("data-upload", upload=_take(request, actor, code, form))
        except Invalid as error:
            _place(form, error)
    versions = reads.versions(actor, code) if found.row.number else ()
    context = {"found": found, "row": found.row, "said": found.in_force, "form": form}
    context |= {"wanted": _wanted(found), "retires": _retires(found, versions)}
    context |= {"uploads": [each for each in reads.uploads(actor, code) if each.state != "published"]}
    context |= {"sources": reads.sources(actor, code)}
    return show(request, "data/desk/rows.html", context, 422 if form.is_bound else 200)


@get_or_post
@needs("data.produce")
def begin(request: HttpRequest) -> HttpResponse:
    """Take a file from which a dataset is to be declared."""
    form = RowsForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("data-upload", upload=_take(request, actor_of(request), None, form))
        except Invalid as error:
            _place(form, error)
    context = {"form": form, "said": None, "row": None, "uploads": (), "wanted": ()}
    return show(request, "data/desk/rows.html", context, 422 if form.is_bound else 200)


def _take(request: HttpRequest, actor: Actor, code: str | None, form: RowsForm) -> UUID:
    file = form.cleaned_data["file"]
    key: UUID = changes.take_whole(actor, code, file, file.name, file.size, at=timezone.now()).pk
    return key


def _place(form: RowsForm, error: Invalid) -> None:
    for fault in error.faults:
        form.add_error("file", f"{fault.wrong} {fault.right}")


@require_safe
@needs("data.publish")
def template(request: HttpRequest, code: str) -> HttpResponse:
    """An empty CSV with the columns that are handed in, one row of what each is."""
    found = _found(actor_of(request), code)
    return as_csv(f"templat-{code}", [dict(_wanted(found))])


@get_or_post
@needs("data.publish")
def sources(request: HttpRequest, code: str) -> HttpResponse:
    """The addresses a dataset is fetched from: how each went, and a new one."""
    actor = actor_of(request)
    found = _found(actor, code)
    form = SourceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            changes.keep_source(actor, code, form.cleaned_data, at=timezone.now())
        except Invalid as error:
            for fault in error.faults:
                form.add_error(
                    fault.place if fault.place in form.fields else None, f"{fault.wrong} {fault.right}"
                )
        else:
            messages.success(request, _("Tersimpan. Pengambilan pertama dalam sepuluh menit."))
            return redirect("data-sources", code=code)
    context = {"row": found.row, "said": found.in_force, "form": form, "sources": reads.sources(actor, code)}
    return show(request, "data/desk/sources.html", context, 422 if form.is_bound else 200)


@require_POST
@needs("data.publish")
def switch_source(request: HttpRequest, source: UUID) -> HttpResponse:
    """Stop fetching from an address, or begin again."""
    on = request.POST.get("on") == "yes"
    row = changes.switch_source(actor_of(request), source, on=on, at=timezone.now())
    messages.success(request, _("Diambil lagi dalam sepuluh menit.") if on else _("Tidak diambil lagi."))
    return redirect("data-sources", code=row.dataset.code)


def _found(actor: Actor, code: str) -> reads.OwnDataset:
    found = reads.own_dataset(actor, code)
    if not found.may_publish:
        if found.in_force is None:
            actor.require("data.publish")
            raise Locked(_("Set data ini belum diterima walidata, jadi barisnya belum dapat diterbitkan."))
        raise NotFound(_("Tidak ada set data “%(code)s” yang barisnya Anda terbitkan.") % {"code": code})
    return found


def _wanted(found: reads.OwnDataset) -> list[tuple[str, str]]:
    """Return the heading of each column that is handed in, and what it is."""
    if found.in_force is None:
        return []
    told = []
    for column in found.in_force.columns:
        ends = ("_lon", "_lat") if column.type == "point" else ("",)
        told += [(f"{column.name}{end}", str(column.meaning)) for end in ends]
    return told


def _retires(found: reads.OwnDataset, versions: tuple[reads.VersionRow, ...]) -> tuple[int, ...]:
    """Return the versions whose rows are given up once this one is published."""
    latest = found.in_force.retention.latest if found.in_force else None
    return next_to_go([each.number for each in versions if not each.is_retired], found.row.number, latest)
