"""One case on the desk: what was asked, what happened, what may be done; and what is said about it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import Done, do_once, show, tell
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked
from balai.base.files import store_file
from balai.base.forms import Asked, LongText
from balai.places import reads as places
from balai.services import changes, reads
from balai.services.changes.telling import colleagues
from balai.services.models import CaseTask, Comment
from balai.services.pages.desk_words import UNITS, Words, case_address
from balai.services.reads import Whole, beside, sight
from balai.services.rules.definition import EffectKind, Move

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_AUDIENCES = (
    (Comment.Audience.INTERNAL.value, gettext_lazy("hanya petugas")),
    (Comment.Audience.APPLICANT.value, gettext_lazy("petugas dan pemohon")),
)


class CommentForm(Asked):
    """Something said about a case."""

    prefix = "komentar"
    text = LongText(label=gettext_lazy("Komentar"), max_length=10_000, rows=3, required=True)
    audience = forms.ChoiceField(
        label=gettext_lazy("Siapa yang membacanya"), choices=_AUDIENCES, widget=forms.RadioSelect
    )


class FileForm(Asked):
    """A file put on a case."""

    prefix = "lampiran"
    file = forms.FileField(label=gettext_lazy("Berkas"))
    audience = forms.ChoiceField(
        label=gettext_lazy("Siapa yang melihatnya"), choices=_AUDIENCES, widget=forms.RadioSelect
    )


class HandForm(Asked):
    """To whom a case is given, and why."""

    prefix = "serah"
    account = forms.ChoiceField(label=gettext_lazy("Diserahkan kepada"))
    reason = LongText(label=gettext_lazy("Alasan"), max_length=1000, rows=2, required=True)


@get_or_post
@needs("services.read")
def case(request: HttpRequest, service: str, number: str) -> HttpResponse:
    """A case whole; sent, one of its small deeds: take it on, hand it over, say something, add a file."""
    actor = actor_of(request)
    key = beside.key_of(actor, service, number)
    if request.method != "POST":
        return draw(request, actor, key)
    deeds: dict[str, Callable[[HttpRequest, Actor, UUID, str], HttpResponse]] = {
        "ambil": _take,
        "serah": _hand,
        "komentar": _comment,
        "lampiran": _add_file,
    }
    deed = deeds.get(request.POST.get("do", ""))
    if deed is None:
        raise Invalid([Fault("do", _("Tindakan itu tidak ada."), ", ".join(deeds))])
    return deed(request, actor, key, case_address(service, number))


def whole(actor: Actor, key: UUID, now: datetime) -> Whole:
    """Return a case for the desk. Raises Forbidden: it is the actor's own; they follow it as everybody."""
    seen = reads.whole(actor, key, now)
    if seen.is_applicant:
        raise Forbidden(_("Ini berkas Anda sendiri. Ikuti seperti pemohon lain; rekan Anda mengerjakannya."))
    return seen


def draw(request: HttpRequest, actor: Actor, key: UUID, status: int = 200, **more: Any) -> HttpResponse:
    """Return the page of a case, with forms as they were sent where they are given."""
    now = timezone.now()
    seen = whole(actor, key, now)
    row, words = seen.case, Words(actor)
    may_work = bool(seen.roles)
    in_office = str(row.office_id) in actor.offices
    family = beside.family(actor, row)
    alike = beside.same_thing(seen.service, row, seen.situation, now) if may_work else ()
    context: dict[str, Any] = {
        "seen": seen,
        "row": row,
        "may_work": may_work,
        "may_take": may_work and row.is_open and row.officer != actor.id,
        "is_mine": row.officer == actor.id,
        "topic": words.topic(row.service, row.topic),
        "region": _full_name(row.region_code, now.date()),
        "is_overdue": row.is_open and row.due_at is not None and row.due_at < now,
        "provisional": reads.Provisional().words(seen.service, row.due_at),
        "units": UNITS,
        "clocks": [(one, UNITS.get(one.unit, one.unit)) for one in seen.clocks],
        "moves": [(one, _address(row.service, row.number, one.move)) for one in seen.moves],
        "tasks": _tasks(actor, seen),
        "family": family,
        "relatives": _relatives(words, family),
        "alike": alike,
        "merge": _merge_address(seen) if alike else "",
        "suggestion": _suggestion(seen, now) if may_work else None,
        "notices": reads.deliveries(actor, row),
        "map": _map(actor, seen),
        "comment_form": CommentForm(initial={"audience": Comment.Audience.INTERNAL.value}),
        "file_form": FileForm(initial={"audience": Comment.Audience.INTERNAL.value}),
        "hand_form": _hand_form(row, actor, now) if may_work and in_office and row.is_open else None,
    }
    return show(request, "services/desk/case.html", {**context, **more}, status)


@lru_cache(maxsize=4_096)
def _full_name(region_code: str, _on: date) -> str:
    return places.full_name(region_code) if region_code else ""


def _address(service: str, number: str, move: Move) -> str:
    return reverse("service-case-move", args=[service, number, move.id])


def _tasks(actor: Actor, seen: Whole) -> list[dict[str, Any]]:
    return [
        {
            "task": one,
            "title": str(seen.service.tasks[one.task].title) if one.task in seen.service.tasks else one.task,
            "may": one.state == CaseTask.State.OPEN and str(one.office_id) in actor.offices,
            "href": reverse("service-case-task", args=[seen.case.service, seen.case.number, one.pk]),
        }
        for one in seen.tasks
    ]


def _relatives(words: Words, family: beside.Family) -> list[dict[str, str]]:
    found = [
        (_("Induk"), family.parent),
        (_("Digabung ke"), family.merged_into),
        *((_("Turunan"), one) for one in family.children),
        *((_("Digabung ke sini"), one) for one in family.merged),
    ]
    return [
        {
            "how": how,
            "number": one.number,
            "state": words.state(one.service, one.state),
            "subject": one.subject,
            "href": case_address(one.service, one.number),
        }
        for how, one in found
        if one is not None
    ]


def _merge_address(seen: Whole) -> str:
    """Return where this case is merged into another whose number is put behind, "" where not now."""
    for possible in seen.moves:
        for effect in possible.move.effects:
            if effect.kind is EffectKind.MERGE_INTO and not possible.refusal:
                return f"{_address(seen.case.service, seen.case.number, possible.move)}?{effect.of}="
    return ""


def _suggestion(seen: Whole, now: datetime) -> dict[str, Any] | None:
    found = beside.suggestion(seen.service, seen.case, seen.situation, seen.world, now)
    if found is None:
        return None
    move = next((one.move for one in seen.moves if one.move.id == found.move and not one.refusal), None)
    href = ""
    if move is not None:
        href = f"{_address(seen.case.service, seen.case.number, move)}?{found.field}={found.key}"
    return {"told": found, "href": href, "move": move}


def _map(actor: Actor, seen: Whole) -> dict[str, Any] | None:
    row = seen.case
    address = places.map_address(actor.tenant)
    if row.longitude is None or row.latitude is None or not address or not seen.roles:
        return None
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [float(row.longitude), float(row.latitude)]},
        "properties": {"name": row.number, "text": row.subject, "origin": "record"},
    }
    return {"address": address, "points": {"type": "FeatureCollection", "features": [feature]}}


def _hand_form(row: Any, actor: Actor, now: datetime, data: Any = None) -> HandForm:
    form = HandForm(data)
    others = {key: name for key, name in colleagues(row, now).items() if key != row.officer}
    form.choose("account", sorted(others.items(), key=lambda pair: pair[1]))
    return form


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def meanwhile(actor: Actor, key: UUID, seen: Whole, version: int) -> dict[str, Any]:
    """Return what a page tells who was second: what was done since, and by whom."""
    return {"meanwhile": beside.meanwhile(actor, seen.case, seen.service, version), "since_version": version}


def _take(request: HttpRequest, actor: Actor, key: UUID, back: str) -> HttpResponse:
    def act() -> Done:
        changes.take_on(actor, key, version=_version(request))
        return Done(_("Berkas ini sekarang ada di antrean Anda."), back)

    return _tried(request, actor, key, act)


def _hand(request: HttpRequest, actor: Actor, key: UUID, back: str) -> HttpResponse:
    now = timezone.now()
    form = _hand_form(sight.case(actor, key), actor, now, request.POST)
    if not form.is_valid():
        return draw(request, actor, key, 422, hand_form=form)
    said = form.cleaned_data

    def act() -> Done:
        changes.hand_over(actor, key, said["account"], said["reason"], now, version=_version(request))
        return Done(_("Berkas diserahkan."), back)

    return _tried(request, actor, key, act, form, "hand_form")


def _comment(request: HttpRequest, actor: Actor, key: UUID, back: str) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return draw(request, actor, key, 422, comment_form=form)
    said = form.cleaned_data

    def act() -> Done:
        changes.comment(actor, key, said["text"], said["audience"], timezone.now())
        return Done(_("Komentar disimpan."), f"{back}#komentar")

    return _tried(request, actor, key, act, form, "comment_form")


def _add_file(request: HttpRequest, actor: Actor, key: UUID, back: str) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return draw(request, actor, key, 422, file_form=form)
    upload, audience = cast(UploadedFile, form.cleaned_data["file"]), form.cleaned_data["audience"]

    def act() -> Done:
        stored = store_file(cast(BinaryIO, upload), upload.name or "", actor)
        changes.add_file(actor, key, stored, audience, timezone.now())
        return Done(_("Lampiran ditambahkan."), f"{back}#lampiran")

    return _tried(request, actor, key, act, form, "file_form")


def _tried(
    request: HttpRequest,
    actor: Actor,
    key: UUID,
    act: Callable[[], Done],
    form: Asked | None = None,
    name: str = "",
) -> HttpResponse:
    """Do a deed; refused, the page comes back with what was typed and with what changed meanwhile."""
    try:
        return do_once(request, act)
    except (Invalid, Conflict, Locked) as error:
        more: dict[str, Any] = {"refused": error}
        if form is not None:
            if isinstance(error, Invalid):
                tell(form, error)
            more[name] = form
        if isinstance(error, Conflict):
            seen = whole(actor, key, timezone.now())
            more |= meanwhile(actor, key, seen, _version(request))
        return draw(request, actor, key, error.status, **more)


@require_safe
@needs("services.read")
def history(request: HttpRequest, service: str, number: str) -> HttpResponse:
    """Everything that happened to a case, to be printed and filed."""
    actor, now = actor_of(request), timezone.now()
    seen = whole(actor, beside.key_of(actor, service, number), now)
    return show(
        request,
        "services/desk/history.html",
        {
            "seen": seen,
            "row": seen.case,
            "clocks": [(one, UNITS.get(one.unit, one.unit)) for one in seen.clocks],
            "tasks": _tasks(actor, seen),
            "region": _full_name(seen.case.region_code, now.date()),
            "printed_at": now,
        },
    )
