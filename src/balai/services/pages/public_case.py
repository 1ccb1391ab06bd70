"""A case as its applicant sees it: by account, or by number and PIN; and as who follows it sees it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, public
from balai.base.asking import sent, tell
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked, NotFound
from balai.base.forms import Asked
from balai.base.handing_out import hand_out
from balai.base.network import address_of
from balai.forms import reads as drafts
from balai.forms.rules import Form, validate
from balai.forms.rules.posted import answers, pressed
from balai.services import changes, reads
from balai.services.forms import FileForm, MessageForm, RatingForm, TrackForm
from balai.services.pages.public_keys import forget_ticket, keep_ticket, ticket
from balai.services.reads import Whole, sight
from balai.services.rules.definition import Move

KNOWN = "A case is shown to the account or the ticket it belongs to; to others it is not there."
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@public("Number and PIN open a case, and wrong ones are counted.")
def track(request: HttpRequest) -> HttpResponse:
    """Number and PIN, changed for the case."""
    asked = TrackForm(*sent(request))
    status = 200
    if request.method == "POST":
        status = 422
        if asked.is_valid():
            said, actor = asked.cleaned_data, actor_of(request)
            try:
                found = changes.unlock(
                    actor, said["number"], said["pin"], address_of(request), timezone.now()
                )
            except (NotFound, Forbidden) as error:
                asked.add_error(None, str(error))
                status = 429 if isinstance(error, Forbidden) else 422
            else:
                answer = redirect("case", found.case)
                keep_ticket(request, answer, found)
                return answer
    return render(request, "services/public/track.html", {"form": asked}, status=status)


@never_cache
@require_safe
@public(KNOWN)
def case(request: HttpRequest, key: UUID) -> HttpResponse:
    """One case: where it stands, what was answered, and what its applicant can do."""
    actor, held = actor_of(request), ticket(request, key)
    if held is None and actor.is_signed_in and any(one.id == key for one in reads.followed(actor)):
        found = reads.followed_case(actor, key)
        return render(request, "services/public/followed.html", {"seen": found})
    return _drawn(request, key)


def _whole(request: HttpRequest, key: UUID) -> Whole:
    """Return the case of the account or ticket that asks. Raises NotFound for all others, officers too."""
    actor, held = actor_of(request), ticket(request, key)
    row = reads.case(actor, key, held)
    if not sight.is_applicant(actor, row, held):
        raise sight.not_there()
    return reads.whole(actor, key, timezone.now(), held)


def _drawn(request: HttpRequest, key: UUID, status: int = 200, **forms: Asked) -> HttpResponse:
    seen = _whole(request, key)
    row = seen.case
    is_over = not row.is_open
    context: Mapping[str, Any] = {
        "seen": seen,
        "row": row,
        "is_own": bool(row.owner) and row.owner == actor_of(request).id,
        "moves": [(one.move, one.refusal) for one in seen.moves],
        "message": MessageForm(),
        "file": FileForm(),
        "rating": RatingForm() if is_over and row.score is None else None,
        "now": timezone.now(),
        **forms,
    }
    answer = render(request, "services/public/case.html", context, status=status)
    keep_ticket(request, answer, ticket(request, key))
    return answer


@never_cache
@get_or_post
@public(KNOWN)
def move(request: HttpRequest, key: UUID, move: str) -> HttpResponse:
    """One step of the applicant: answer a question, rate, reopen, withdraw."""
    seen = _whole(request, key)
    possible = next((one for one in seen.moves if one.move.id == move), None)
    if possible is None:
        raise NotFound(_("Langkah itu tidak ada pada berkas ini sekarang."))
    if possible.refusal:
        messages.warning(request, possible.refusal)
        return redirect("case", key)
    known = possible.move
    if known.form is None:
        if request.method == "POST":
            return _moved(request, seen, known, {})
        return render(request, "services/public/move.html", {"seen": seen, "move": known, "shown": None})
    return _asked(request, seen, known, known.form)


def _asked(request: HttpRequest, seen: Whole, known: Move, form: Form) -> HttpResponse:
    """Ask what a move asks for, and make it once all of it is right."""
    step = replace(form.steps[0], title=known.title)
    form = replace(form, steps=(step,))
    around = drafts.context(seen.case.tenant, timezone.localdate())
    given: dict[str, Any] = {}
    refused: dict[str, tuple[Fault, ...]] = {}
    is_sent = request.method == "POST" and pressed(request.POST).act == "next"
    if request.method == "POST":
        given = answers(step, request.POST, {})
    if is_sent:
        try:
            return _moved(request, seen, known, given)
        except Invalid as error:
            # What is wrong with the answers is found again below; what is wrong with a file only here.
            files = [name for name in request.FILES if name in form.items]
            if files:
                refused = {files[0]: tuple(error.faults)}
    checked = validate(form, given, around)
    shown = drafts.show(
        checked, step.id, {name: value for name, value in given.items() if name in form.items}, around,
        with_faults=is_sent, more_faults=refused,
    )  # fmt: skip
    version = request.GET.get("versi", str(seen.case.version))
    context = {
        "seen": seen,
        "move": known,
        "shown": shown,
        "action": f"{request.path}?versi={version}",
        "submit": known.title,
    }
    return render(request, "services/public/move.html", context, status=422 if is_sent else 200)


def _moved(request: HttpRequest, seen: Whole, known: Move, given: dict[str, Any]) -> HttpResponse:
    told = request.GET.get("versi") or request.POST.get("versi", "")
    version = int(told) if told.isdecimal() else seen.case.version
    uploads = {name: request.FILES.getlist(name) for name in request.FILES}
    try:
        changes.move(
            actor_of(request),
            seen.case.pk,
            known.id,
            version=version,
            at=timezone.now(),
            given={name: value for name, value in given.items() if value not in (None, "", [])},
            ticket=ticket(request, seen.case.pk),
            uploads=uploads,
        )
    except (Conflict, Locked) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Tercatat: %(move)s.") % {"move": known.title})
    return redirect("case", seen.case.pk)


@never_cache
@require_POST
@public(KNOWN)
def say(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write to the officers of a case."""
    asked = MessageForm(request.POST)
    _whole(request, key)
    if asked.is_valid():
        try:
            changes.comment(
                actor_of(request), key, asked.cleaned_data["text"], "applicant", timezone.now(),
                ticket(request, key),
            )  # fmt: skip
        except Invalid as error:
            tell(asked, error)
        else:
            messages.success(request, _("Pesan terkirim."))
            return redirect("case", key)
    return _drawn(request, key, 422, message=asked)


@never_cache
@require_POST
@public(KNOWN)
def attach(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a file on a case."""
    asked = FileForm(request.POST, request.FILES)
    _whole(request, key)
    if asked.is_valid():
        file = asked.cleaned_data["file"]
        try:
            changes.hand_in(
                actor_of(request), key, file.file, file.name, "applicant", timezone.now(),
                ticket(request, key),
            )  # fmt: skip
        except (Invalid, Locked) as error:
            tell(asked, error)
        else:
            messages.success(request, _("Berkas ditambahkan."))
            return redirect("case", key)
    return _drawn(request, key, 422, file=asked)


@never_cache
@require_POST
@public(KNOWN)
def rate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Rate how a case was handled."""
    asked = RatingForm(request.POST)
    _whole(request, key)
    if asked.is_valid():
        said = asked.cleaned_data
        try:
            changes.rate(
                actor_of(request), key, said["score"], said["text"], timezone.now(), ticket(request, key)
            )
        except (Invalid, Locked, Conflict) as error:
            tell(asked, error)
        else:
            messages.success(request, _("Terima kasih atas penilaian Anda."))
            return redirect("case", key)
    return _drawn(request, key, 422, rating=asked)


@never_cache
@require_safe
@public(KNOWN)
def file(request: HttpRequest, key: UUID, file: UUID) -> FileResponse:
    """One file of a case."""
    _whole(request, key)
    return hand_out(reads.file_of(actor_of(request), key, file, ticket(request, key)).file)


@never_cache
@require_POST
@public("It takes a case from the browser that holds it, and from no other.")
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a case from this browser."""
    messages.success(request, _("Berkas ini tidak lagi terbuka di peramban ini."))
    answer = redirect("case-track")
    forget_ticket(request, answer, key)
    return answer
