"""Publishing rows on a page: hand in a file, see what is wrong or what would change, agree."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import sent, show
from balai.base.errors import Conflict, Invalid, Locked, NotFound
from balai.base.held import Held, sealed, unsealed
from balai.base.twins import as_csv
from balai.data import changes, reads
from balai.data.forms import RowsForm
from balai.data.pages.words import cells, headings
from balai.data.rules.keeping import next_to_go

_ONE_HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@needs("data.publish")
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Take a file and say what would come of it. Nothing is published here."""
    actor = actor_of(request)
    found = _found(actor, code)
    versions = reads.versions(actor, code) if found.row.number else ()
    form = RowsForm(*sent(request), versions=_correctable(versions))
    context: dict[str, Any] = {"found": found, "row": found.row, "said": found.in_force}
    context |= {"wanted": _wanted(found), "retires": _retires(found, versions)}
    if request.method != "POST" or not form.is_valid():
        return show(request, "data/desk/rows.html", context | {"form": form}, 422 if form.is_bound else 200)
    said = form.cleaned_data
    upload, corrects = said["file"], int(said["corrects"]) if said.get("corrects") else None
    agreed = {"period": said["period"], "reason": said.get("reason", ""), "corrects": corrects}
    context |= agreed | {"name": upload.name}
    try:
        held = changes.keep_sealed(upload, upload.name)
        upload.seek(0)
        with changes.on_disk(actor.tenant, upload) as path:
            looked = changes.look_through(actor, code, path, **agreed)
    except Invalid as error:
        return show(request, "data/desk/looked.html", context | {"faults": error.faults}, 422)
    heads = headings(looked.declaration)
    context |= {
        "looked": looked,
        "heads": heads,
        "preview": [cells(each, heads) for each in looked.first],
        "agreed": signing.dumps([sealed(actor, [held]), agreed, found.row_version], salt=_salt(actor, code)),
    }
    return show(request, "data/desk/looked.html", context)


@require_POST
@needs("data.publish")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the very file that was looked through and agreed to."""
    actor = actor_of(request)
    found = _found(actor, code)
    held, said, version = _agreed(actor, code, request.POST.get("agreed", ""))
    if found.row_version != version:
        raise Conflict(_("Metadata set data ini berubah sejak berkasnya diperiksa. Periksa berkasnya lagi."))
    # Not within one transaction: writing the file may take long. The same rows make no second version.
    with changes.on_disk(actor.tenant, changes.opened(held)) as path:
        done = changes.publish_file(actor, code, path, at=timezone.now(), **said)
    held.remove()
    if done.is_new:
        told = _("Versi %(number)d terbit dengan %(rows)d baris.")
        messages.success(request, told % {"number": done.version.number, "rows": done.version.rows})
    else:
        told = _("Isinya sama dengan versi %(number)d yang berlaku, jadi tidak ada versi baru.")
        messages.warning(request, told % {"number": done.version.number})
    return redirect("data-own-one", code=code)


@require_safe
@needs("data.publish")
def template(request: HttpRequest, code: str) -> HttpResponse:
    """An empty CSV with the columns that are handed in, one row of what each is."""
    found = _found(actor_of(request), code)
    return as_csv(f"templat-{code}", [dict(_wanted(found))])


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


def _correctable(versions: tuple[reads.VersionRow, ...]) -> list[tuple[int, str]]:
    return [(each.number, f"{each.number} · {each.period}") for each in versions]


def _retires(found: reads.OwnDataset, versions: tuple[reads.VersionRow, ...]) -> tuple[int, ...]:
    """Return the versions whose rows are given up once this one is published."""
    latest = found.in_force.retention.latest if found.in_force else None
    return next_to_go([each.number for each in versions if not each.is_retired], found.row.number, latest)


def _salt(actor: Actor, code: str) -> str:
    return f"data.rows {actor.tenant} {actor.id} {code}"


def _agreed(actor: Actor, code: str, agreed: str) -> tuple[Held, dict[str, Any], int]:
    """Return file and words of what this officer looked through within the last hour."""
    try:
        file, said, version = signing.loads(agreed, salt=_salt(actor, code), max_age=_ONE_HOUR)
    except signing.BadSignature as error:
        raise Conflict(
            _("Pemeriksaan berkas ini sudah lebih dari satu jam. Periksa berkasnya lagi.")
        ) from error
    files = unsealed(actor, file)
    if not files:
        raise NotFound(_("Berkas yang diperiksa tidak ada lagi. Unggah lagi."))
    return files[0], said, version
