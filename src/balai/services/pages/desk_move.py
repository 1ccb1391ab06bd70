"""A move of a case, and the part of an office in it: what is asked, what follows, and who was first."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import Done, do_once, show
from balai.base.errors import Conflict, Fault, Invalid, Locked, Refused
from balai.people import reads as people
from balai.services import changes
from balai.services.models import CaseTask
from balai.services.pages import desk_filling as filling
from balai.services.pages.desk_case import get_or_post, meanwhile, whole
from balai.services.pages.desk_words import case_address
from balai.services.reads import Whole, beside
from balai.services.rules.definition import PREVIOUS, SAME, EffectKind, Move, Service

VERSION, OFFICES = "_version", "_offices"


@get_or_post
@needs("services.read")
def move(request: HttpRequest, service: str, number: str, move: str) -> HttpResponse:
    """Make a move of a case. Who is second sees what the first did, and sends what they typed again."""
    actor, now = actor_of(request), timezone.now()
    key = beside.key_of(actor, service, number)
    seen = whole(actor, key, now)
    possible = next((one for one in seen.moves if one.move.id == move), None)
    known = seen.service.moves.get(move)
    if possible is None or known is None:
        return _not_now(request, actor, key, seen, known)
    if request.method != "POST":
        start = filling.begun(actor, known.form, now, request.GET.dict())
        return _draw(request, seen, known, start, refusal=possible.refusal)
    filled = filling.sent(request, actor, known.form, now)
    if not filled.is_sent or not filled.is_whole:
        return _draw(request, seen, known, filled, status=422 if filled.is_sent else 200)

    def act() -> Done:
        changes.move(
            actor,
            key,
            move,
            version=_number(request, seen.case.version),
            at=now,
            given=filled.given,
            offices=tuple(request.POST.getlist(OFFICES)),
        )
        return Done(
            _("%(number)s: %(move)s.") % {"number": number, "move": known.title},
            case_address(service, number),
        )

    try:
        return do_once(request, act)
    except (Invalid, Conflict, Locked) as error:
        return _again(request, actor, key, known, filled, error)


def _number(request: HttpRequest, otherwise: int) -> int:
    text = request.POST.get(VERSION, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _again(
    request: HttpRequest, actor: Actor, key: UUID, known: Move, filled: filling.Filling, error: Refused
) -> HttpResponse:
    """Return the page with what was typed, what is wrong, and what was done to the case since."""
    seen = whole(actor, key, timezone.now())
    more: dict[str, Any] = {"refused": error}
    if isinstance(error, Invalid):
        more["faults"] = error.faults
    if isinstance(error, Conflict):
        more |= meanwhile(actor, key, seen, _number(request, seen.case.version))
    return _draw(request, seen, known, filled, status=error.status, **more)


def _not_now(request: HttpRequest, actor: Actor, key: UUID, seen: Whole, known: Move | None) -> HttpResponse:
    """Say that a move cannot be made, and keep what was typed in sight."""
    if known is None:
        raise Invalid([Fault("move", _("Layanan ini tidak mengenal langkah itu."))])
    now = timezone.now()
    filled = (
        filling.sent(request, actor, known.form, now)
        if request.method == "POST"
        else filling.begun(actor, known.form, now, {})
    )
    why = _("Langkah ini tidak dapat Anda lakukan pada berkas ini sekarang: statusnya “%(state)s”.")
    error = Conflict(why % {"state": seen.state})
    told = meanwhile(actor, key, seen, _number(request, seen.case.version))
    return _draw(request, seen, known, filled, status=409, refused=error, is_shut=True, **told)


def _draw(
    request: HttpRequest, seen: Whole, known: Move, filled: filling.Filling, status: int = 200, **more: Any
) -> HttpResponse:
    row = seen.case
    chosen = request.POST.getlist(OFFICES)
    context = {
        "seen": seen,
        "row": row,
        "move": known,
        "filled": filled,
        "back": case_address(row.service, row.number),
        "version": row.version,
        "offices": offices_of(known, chosen),
        "follows": follows(seen.service, known),
        "target": target(seen.service, known),
    }
    return show(request, "services/desk/move.html", {**context, **more}, status)


def offices_of(known: Move, chosen: list[str]) -> list[tuple[str, str, bool]]:
    """Return the offices a move may choose among, as (code, name, is chosen); none where it chooses none."""
    if not known.offices:
        return []
    return [(one.code, str(one), one.code in chosen) for one in people.all_offices()]


def target(service: Service, known: Move) -> str:
    """Return the state a move leads to, in words; "" where it depends or stays."""
    return "" if known.target in (SAME, PREVIOUS) else str(service.states[known.target].title)


def follows(service: Service, known: Move) -> list[str]:
    """Return what a move does besides, as sentences."""
    said = []
    for effect in known.effects:
        if effect.kind is EffectKind.ROUTE:
            said.append(
                _("Berkas diteruskan menurut aturan layanan ini.")
                if effect.of == "auto"
                else _("Berkas diteruskan ke perangkat daerah yang Anda pilih.")
            )
        elif effect.kind is EffectKind.TASKS:
            title = service.tasks[effect.of].title
            said.append(_("Tugas dibuka: %(task)s.") % {"task": title})
        elif effect.kind is EffectKind.MERGE_INTO:
            said.append(_("Pelapornya mengikuti berkas utama sesudah ini."))
        elif effect.kind is EffectKind.CHILD:
            said.append(_("Berkas turunan dibuka."))
        elif effect.kind is EffectKind.DOCUMENT:
            said.append(_("Surat dibuat."))
    if any(
        notice.event and notice.event.of in (known.id, known.target) for notice in service.notices.values()
    ):
        said.append(_("Pemberitahuan dikirim."))
    return said


@get_or_post
@needs("services.read")
def task(request: HttpRequest, service: str, number: str, task: UUID) -> HttpResponse:
    """Finish, or refuse, the part of the actor's office in a case."""
    actor, now = actor_of(request), timezone.now()
    key = beside.key_of(actor, service, number)
    seen = whole(actor, key, now)
    one = next((each for each in seen.tasks if each.pk == task), None)
    if one is None or one.task not in seen.service.tasks:
        raise Conflict(_("Tugas itu tidak ada pada berkas ini."))
    known = seen.service.tasks[one.task]
    context = {
        "seen": seen,
        "row": seen.case,
        "task": one,
        "known": known,
        "back": case_address(service, number),
        "is_shut": one.state != CaseTask.State.OPEN or str(one.office_id) not in actor.offices,
    }
    if request.method != "POST" or context["is_shut"]:
        start = filling.begun(actor, known.form, now, {})
        status = 200 if request.method != "POST" else 409
        return show(request, "services/desk/task.html", {**context, "filled": start}, status)
    result = request.POST.get("_result", CaseTask.State.DONE.value)
    note = request.POST.get("_note", "")[:4000]
    is_refusal = result == CaseTask.State.REFUSED.value
    filled = filling.sent(request, actor, known.form, now)
    context |= {"filled": filled, "note": note}
    if not filled.is_sent or not filled.is_whole:
        return show(request, "services/desk/task.html", context, 422 if filled.is_sent else 200)

    def act() -> Done:
        changes.finish(
            actor, task, result, version=_number(request, one.version), at=now, given=filled.given, note=note
        )
        said = _("Tugas ditolak.") if is_refusal else _("Tugas selesai.")
        return Done(said, case_address(service, number))

    try:
        return do_once(request, act)
    except (Invalid, Conflict, Locked) as error:
        return show(request, "services/desk/task.html", {**context, "refused": error}, error.status)
