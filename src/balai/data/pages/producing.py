"""The desk of a producer: make a dataset, hand it to the steward, publish its rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Difference, Done, do_once, say, show
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound
from balai.data import changes, reads
from balai.data.forms import DatasetForm
from balai.data.forms.columns import arranged
from balai.data.forms.declaring import start_from
from balai.data.pages.words import badge, state
from balai.data.rules.differing import differing
from balai.data.rules.metadata import DATASETS, Declaration
from balai.data.rules.reviewing import remarks
from balai.data.rules.wording import FREQUENCIES, READERS
from balai.definitions import load
from balai.people.reads import government

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50


@require_safe
@needs("data.produce")
def own(request: HttpRequest) -> HttpResponse:
    """The datasets of the actor's offices, what waits for them first."""
    rows = reads.own_datasets(actor_of(request))
    start = request.GET.get("after", "")
    begun = next((place for place, row in enumerate(rows, 1) if row.code == start), 0)
    page = rows[begun : begun + SHOWN]
    return show(
        request,
        "data/desk/own.html",
        {
            "rows": [(row, state(row)) for row in page],
            "total": len(rows),
            "to_do": sum(row.status == "draft" or row.status == "checked" for row in rows),
            "next": page[-1].code if page and begun + SHOWN < len(rows) else "",
            "is_first": not begun,
        },
    )


@require_safe
@needs("data.produce")
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One dataset: how far it has come, and what to do next."""
    actor = actor_of(request)
    found = reads.own_dataset(actor, code)
    said = found.said
    versions = reads.versions(actor, code) if found.row.number else ()
    return show(
        request,
        "data/desk/one.html",
        {
            "found": found,
            "row": found.row,
            "said": said,
            "state": state(found.row),
            "remarks": remarks(said) if found.may_write else (),
            "differences": differing(found.in_force, found.draft) if found.draft and found.in_force else (),
            "versions": versions,
            "badge": badge(said.classification),
            "readers": READERS[said.classification],
            "frequency": FREQUENCIES[said.frequency],
        },
    )


@get_or_post
@needs("data.produce")
def create(request: HttpRequest) -> HttpResponse:
    """Declare a dataset, from nothing or from the declaration of another."""
    actor = actor_of(request)
    copied = _copied(request)
    start, columns = start_from(copied)
    if copied:
        start |= {"code": "", "title_id": "", "title_en": ""}
    else:
        start |= _usual(actor.tenant)
    offices = reads.offices_to_speak_for(actor)
    if not offices:
        raise Locked(_("Akun Anda belum duduk di perangkat daerah, jadi belum dapat membuat set data."))
    if start.get("producer") not in offices:
        start["producer"] = next(iter(offices))
    if not copied:
        columns = _recognised(request) or columns
    return _ask(request, offices, start, columns, None, copied)


def _recognised(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the columns of the file that `?kiriman=` names, as they were recognised; meanings are asked."""
    try:
        row = reads.upload(actor_of(request), UUID(request.GET["kiriman"]))
    except (KeyError, ValueError, NotFound):
        return []
    return [
        {
            "name": each["name"],
            "type": each["type"],
            "optional": each["missing"] > 0,
            "decimals": each["decimals"] if each["type"] == "decimal" else None,
        }
        for each in row.proposal
    ]


@get_or_post
@needs("data.produce")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is said of a dataset; what is in force stays so until the steward accepts."""
    actor = actor_of(request)
    found = reads.own_dataset(actor, code)
    if not found.may_write and request.method != "POST":
        if found.row.follows_file:
            raise Locked(_("Set data ini mengikuti berkas definisi; ubah di sana."))
        actor.require("data.produce")
        raise Locked(_("Draf ini sedang diperiksa walidata, jadi belum dapat diubah."))
    start, columns = start_from(found.said)
    start["version"] = str(found.row_version)
    return _ask(request, reads.offices_to_speak_for(actor), start, columns, found, None)


@require_POST
@needs("data.produce")
def submit(request: HttpRequest, code: str) -> HttpResponse:
    actor, version = actor_of(request), version_of(request)

    def act() -> Done:
        changes.submit(actor, code, version=version, at=timezone.now())
        said = _("Diajukan. Walidata memeriksanya; Anda melihat hasilnya di halaman ini.")
        return Done(said, reverse("data-own-one", args=[code]))

    return do_once(request, act)


def version_of(request: HttpRequest) -> int:
    """Return the version of the row that the sender of a form saw. Raises Invalid."""
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise Invalid([Fault(_("Set data"), _("Formulirnya tidak lengkap."), _("Muat ulang halamannya."))])
    return int(text)


def _ask(
    request: HttpRequest,
    offices: Mapping[str, str],
    start: Mapping[str, Any],
    columns: list[dict[str, Any]],
    found: reads.OwnDataset | None,
    copied: Declaration | None,
) -> HttpResponse:
    code = found.row.code if found else ""
    more: dict[str, Any] = {"found": found, "copied": copied, "copies": [] if found else _copies(request)}
    if request.method != "POST":
        form = DatasetForm(offices=offices, start=start, columns=columns, own_code=code)
        return _shown(request, form, **more)
    form = DatasetForm(request.POST, offices=offices, start=start, columns=(), own_code=code)
    if asked := request.POST.get("arrange", ""):
        return _shown(request, _arranged(request, form, offices, asked, code), asked=asked, **more)
    if not form.is_valid():
        return _shown(request, form, 422, **more)
    differences: list[Difference] = []
    status = 422
    try:
        declaration = _with_decisions(form.declaration(), found.said if found else None)
        version = form.cleaned_data["version"]
        return do_once(request, lambda: _save(request, declaration, int(version) if version else None))
    except Invalid as error:
        for fault in form.place_in_columns(error.faults):
            name = fault.place if fault.place in form.fields else None
            text = f"{fault.wrong} {fault.right}".strip()
            form.add_error(name, text if name else f"{form.PLACES.get(fault.place, fault.place)}: {text}")
    except (Conflict, Locked) as error:
        status = error.status
        form.add_error("code" if not found else None, str(error))
        if isinstance(error, Conflict) and found:
            differences = [Difference(place, mine, now) for place, (mine, now) in error.changes.items()]
            say(form, "version", str(reads.own_dataset(actor_of(request), code).row_version))
    return _shown(request, form, status, differences=differences, **more)


def _with_decisions(said: Declaration, before: Declaration | None) -> Declaration:
    """Return a declaration with what was decided of its dataset, which the form does not ask for."""
    if before is None:
        return said
    return said.model_copy(update={"priority": before.priority, "master": before.master})


def _save(request: HttpRequest, declaration: Declaration, version: int | None) -> Done:
    row = changes.declare(actor_of(request), declaration, version=version)
    said = _("Draf tersimpan. Periksa sekali lagi di bawah, lalu ajukan ke walidata.")
    return Done(said, reverse("data-own-one", args=[row.code]))


def _shown(request: HttpRequest, form: DatasetForm, status: int = 200, **context: Any) -> HttpResponse:
    return show(request, "data/desk/declare.html", {"form": form, **context}, status)


def _arranged(
    request: HttpRequest, sent: DatasetForm, offices: Mapping[str, str], asked: str, code: str
) -> DatasetForm:
    """Return the form with all that was typed, unjudged, its columns in the order that was asked for."""
    columns = [dict(row) for row in arranged(sent.columns.as_written(), asked)]
    typed = {name: request.POST.get(name, "") for name in sent.fields}
    return DatasetForm(offices=offices, start=typed, columns=columns or [{}], own_code=code)


def _copied(request: HttpRequest) -> Declaration | None:
    """Return the declaration that `?dari=` names: a dataset the actor may read, or a definition file."""
    code = request.GET.get("dari", "")
    if not code:
        return None
    if code in load(DATASETS):
        return load(DATASETS)[code].value
    try:
        return reads.own_dataset(actor_of(request), code).said
    except NotFound:
        return reads.dataset(actor_of(request), code).declaration


def _copies(request: HttpRequest) -> list[tuple[str, str]]:
    """Return code and title of what a declaration may be copied from."""
    found = {code: str(definition.value.title) for code, definition in load(DATASETS).items()}
    found |= {row.code: str(row.declaration.title) for row in reads.catalogue(actor_of(request))}
    found |= {row.code: str(row.title) for row in reads.own_datasets(actor_of(request))}
    return sorted(found.items(), key=lambda pair: pair[1])


def _usual(tenant: str) -> dict[str, str]:
    found = government(tenant)
    name = found.name if found else ""
    return {
        "steward_id": _("Walidata %(name)s") % {"name": name},
        "steward_en": f"Data steward of {name}",
    }
