"""The form of a service, step by step until it is sent: with or without an account, for oneself or others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from balai.base.access import SignInFirst, actor_of, public, signed_in
from balai.base.asking import sent, tell
from balai.base.errors import Conflict, Fault, Invalid, NotFound
from balai.base.network import address_of
from balai.forms import changes as forms
from balai.forms import reads as drafts
from balai.forms.changes import Filing, Outcome
from balai.forms.reads import Held, Shown
from balai.forms.rules import Checked, Context, in_words, validate
from balai.services import changes, reads
from balai.services.forms import ForWhomForm, ResumeForm
from balai.services.pages.public_keys import held_by, hold, keep_ticket
from balai.services.reads import Asking
from balai.services.rules.definition import Service

OWN = "A form that was begun is reached by the account or the key of who began it, and by nobody else."
STEP, WHOLE, GUESSED = "langkah", "periksa", "saran"
"""Parts of an address: a step, all of the form, and the answer its words speak for, already chosen."""
_SURE = 0.5
"""Above it an answer nobody gave is chosen for who files, who sees and may change it."""
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Frame:
    """Where a form stands.

    Attributes:
        here: its address; `folder` of the templates it is drawn with.
        is_own: it is filled in by who it is for; else somebody sits between.
    """

    here: str
    folder: str = "services/public"
    is_own: bool = True


@dataclass(frozen=True)
class Drawn:
    """A draft as it stands, read for the page."""

    held: Held
    asking: Asking
    answers: Mapping[str, Any]
    context: Context
    checked: Checked
    step: str
    for_whom: str = ""


@dataclass(frozen=True)
class Hint:
    """What a form tells of the choice its words speak for.

    Attributes:
        guess: None while there are no words yet.
        is_chosen: it is chosen below already.
        href: where it is chosen, "" where it is already.
    """

    guess: reads.Guess | None = None
    is_chosen: bool = False
    href: str = ""


@never_cache
@get_or_post
@public(OWN)
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a service for whoever asks: goes on where it was left, and begins with the first answer."""
    service = reads.service(code, timezone.localdate())
    if not service.filing.without_account and not actor_of(request).is_signed_in:
        raise SignInFirst(_("Masuk dahulu untuk mengajukan layanan ini."))
    frame = Frame(reverse("service-form", args=[code]))
    return filling(request, service, _held(request, service), frame)


@never_cache
@get_or_post
@signed_in
def draft(request: HttpRequest, code: str, draft: UUID) -> HttpResponse:
    """One unfinished form of an account, such as one that is filled in for somebody else."""
    service = reads.service(code, timezone.localdate())
    row = drafts.draft(actor_of(request), Held(draft), timezone.now())
    frame = Frame(reverse("service-form-draft", args=[code, draft]), is_own=not row.filed_by)
    return filling(request, service, Held(draft), frame)


@never_cache
@get_or_post
@signed_in
def for_another(request: HttpRequest, code: str) -> HttpResponse:
    """Who a form is filled in for, when it is for somebody else."""
    service = reads.service(code, timezone.localdate())
    title = _("%(service)s untuk orang lain") % {"service": service.title}
    about = _("Nama Anda dicatat sebagai yang mengisi. Nomor dan PIN-nya Anda serahkan kepada orangnya.")
    back = reverse("service", args=[code])
    return ask_for_whom(
        request, service, "helper", "service-form-draft", "services/public/for_whom.html", title, about, back
    )


def ask_for_whom(
    request: HttpRequest,
    service: Service,
    channel: str,
    route: str,
    template: str,
    title: str,
    about: str,
    back: str,
) -> HttpResponse:
    """Ask for whom a form is, and begin it; `route` is where it is filled in."""
    asked = ForWhomForm(*sent(request))
    status = 200
    if request.method == "POST":
        status = 422
        if asked.is_valid():
            said = asked.cleaned_data
            try:
                begun = changes.begin_filing(
                    actor_of(request),
                    service,
                    timezone.now(),
                    address=address_of(request),
                    filing=Filing(channel, said["name"], said["relation"]),
                )
                return redirect(route, service.code, begun.draft.pk)
            except Invalid as error:
                tell(asked, error)
    context = {"service": service, "form": asked, "title": title, "about": about, "back": back}
    return render(request, template, context, status=status)


@never_cache
@get_or_post
@public(OWN)
def resume(request: HttpRequest) -> HttpResponse:
    """Come back to an unfinished form in another browser, by its code and PIN."""
    asked = ResumeForm(*sent(request))
    status = 200
    if request.method == "POST":
        status = 422
        if asked.is_valid():
            said, actor = asked.cleaned_data, actor_of(request)
            try:
                begun = forms.resume(actor, said["code"], said["pin"], address_of(request), timezone.now())
            except NotFound as error:
                asked.add_error(None, str(error))
            else:
                return _resumed(request, begun)
    return render(request, "services/public/resume.html", {"form": asked}, status=status)


def _resumed(request: HttpRequest, begun: forms.Begun) -> HttpResponse:
    found = reads.services(timezone.localdate())
    service = next((one for one in found if one.form.code == begun.draft.form), None)
    if service is None:
        raise NotFound(_("Layanan itu tidak ada, atau belum dibuka di daerah ini."))
    answer = redirect("service-form", service.code)
    hold(request, answer, begun, service.code)
    return answer


def _held(request: HttpRequest, service: Service) -> Held | None:
    """Return the unfinished form of this browser or this account, None where there is none."""
    actor, now = actor_of(request), timezone.now()
    held = held_by(request)
    if held is not None and _is_there(request, held):
        return held
    if not actor.is_signed_in:
        return None
    own = drafts.drafts(actor, now).filter(form=service.form.code, channel="web").first()
    return Held(own.pk) if own else None


def _is_there(request: HttpRequest, held: Held) -> bool:
    try:
        drafts.draft(actor_of(request), held, timezone.now())
    except NotFound:
        return False
    return True


def filling(request: HttpRequest, service: Service, held: Held | None, frame: Frame) -> HttpResponse:
    """Draw or take one step of a form; the last one leads to all of it, and that to a case."""
    if request.method != "POST":
        return _shown(request, service, held, frame)
    try:
        sent_fields = request.POST
    except MultiPartParserError as error:
        raise Invalid([Fault(_("Formulir"), _("Kirimannya rusak di jalan."), _("Kirim lagi."))]) from error
    if "_draft" in sent_fields:
        # The page of the whole form names its draft: sent twice, the second finds the same case.
        key = str(sent_fields["_draft"])
        own = held_by(request)
        held = own if own and str(own.id) == key else Held(key)
        return _send(request, service, held, frame)
    begun = None
    if held is None:
        actor, now = actor_of(request), timezone.now()
        begun = changes.begin_filing(actor, service, now, address=address_of(request))
        held = begun.held
    if "_anew" in sent_fields:
        forms.discard(actor_of(request), held, timezone.now())
        return redirect(frame.here)
    if follow := str(sent_fields.get("_follow", "")):
        return _followed(request, held, follow)
    answer = _taken(request, service, held, frame)
    if begun is not None:
        hold(request, answer, begun, service.code)
    return answer


def _shown(request: HttpRequest, service: Service, held: Held | None, frame: Frame) -> HttpResponse:
    try:
        drawn = _drawn(request, service, held)
    except Conflict as error:
        context = {"service": service, "frame": frame, "said": str(error)}
        return render(request, f"{frame.folder}/form_renewed.html", context, status=409)
    if request.GET.get(WHOLE) and held is not None:
        if drawn.checked.is_valid:
            return _whole(request, service, drawn, frame)
        step = next((one for one in drawn.checked.steps if drawn.checked.of_step(one)), drawn.step)
        return _step(request, service, drawn, frame, step, with_faults=True)
    return _step(request, service, drawn, frame, request.GET.get(STEP) or drawn.step)


def _drawn(request: HttpRequest, service: Service, held: Held | None) -> Drawn:
    """Return a draft as it stands, an empty one where none was begun. Raises Conflict: it is renewed."""
    actor, now, today = actor_of(request), timezone.now(), timezone.localdate()
    if held is None:
        asking = Asking(service.form, drafts.facts_about(actor, today))
        around = drafts.context(actor.tenant, today, facts=asking.facts)
        first = service.form.steps[0].id
        return Drawn(Held(""), asking, {}, around, validate(asking.form, {}, around), first)
    row = drafts.draft(actor, held, now)
    forms.check_version(row, service.form)
    asking = reads.asked_in(actor, held, service, now, today)
    answers = drafts.draft_answers(row)
    around = drafts.context(row.tenant, today, facts=asking.facts, files=drafts.files_of(row))
    checked = validate(asking.form, answers, around)
    return Drawn(held, asking, answers, around, checked, row.step, drafts.for_whom(row))


def _step(
    request: HttpRequest,
    service: Service,
    drawn: Drawn,
    frame: Frame,
    step: str,
    *,
    with_faults: bool = False,
) -> HttpResponse:
    chosen = request.GET.get(GUESSED, "")[:60]
    answers, hint = _hinted(service, drawn.answers, frame, chosen)
    shown = drafts.show(drawn.checked, step, answers, drawn.context, with_faults=with_faults)
    return _draw(request, service, shown, frame, drawn.asking.label, drawn.for_whom, hint)


def _hinted(
    service: Service, answers: Mapping[str, Any], frame: Frame, chosen: str = "", *, is_sent: bool = False
) -> tuple[Mapping[str, Any], Hint | None]:
    """Return the answers to be shown, a suggested one among them, and what is told of it.

    Args:
        chosen: the suggested answer that was asked for by a link.
        is_sent: the step was sent; a choice left open then takes what its words speak for.
    """
    if service.suggest is None:
        return answers, None
    field, now = service.suggest.field, timezone.now()
    found = reads.guess(service, answers, reads.world_of(service), timezone.localtime(now).date())
    given = answers.get(field)
    if found is None:
        return answers, None if given else Hint()
    if found.key == chosen or (is_sent and not given and found.share >= _SURE):
        return {**answers, field: found.key}, Hint(found, is_chosen=True)
    if found.key == given:
        return answers, None
    step = next((one.id for one in service.form.steps if any(item.id == field for item in one.items)), "")
    return answers, Hint(found, href=f"{frame.here}?{STEP}={step}&{GUESSED}={found.key}")


def _draw(
    request: HttpRequest,
    service: Service,
    shown: Shown,
    frame: Frame,
    place: str,
    for_whom: str,
    hint: Hint | None,
    status: int = 200,
) -> HttpResponse:
    asks_it = service.suggest is not None and any(one.id == service.suggest.field for one in shown.step.items)
    context = {
        "hint": hint if asks_it else None,
        "service": service,
        "shown": shown,
        "frame": frame,
        "action": frame.here,
        "submit": _("Periksa jawaban"),
        "can_save": True,
        "place": place,
        "for_whom": for_whom,
    }
    return render(request, f"{frame.folder}/form.html", context, status=status)


def _taken(request: HttpRequest, service: Service, held: Held, frame: Frame) -> HttpResponse:
    """Take the step that was sent, save it, and go on."""
    actor, now, today = actor_of(request), timezone.now(), timezone.localdate()
    asking = reads.asked_in(actor, held, service, now, today)
    try:
        done = forms.fill(
            actor,
            held,
            asking.form,
            str(request.POST.get("_step", "")),
            request.POST,
            request.FILES,
            now,
            today,
            facts=asking.facts,
        )
    except Conflict:
        return _shown(request, service, held, frame)
    match done.outcome:
        case Outcome.MOVE:
            return redirect(f"{frame.here}?{STEP}={done.step}")
        case Outcome.COMPLETE:
            return redirect(f"{frame.here}?{WHOLE}=1")
        case Outcome.SAVED:
            return _saved(request, service, held, frame)
    answers, hint = _hinted(service, done.answers, frame, is_sent=done.with_faults)
    shown = drafts.show(
        done.checked, done.step, answers, done.context,
        with_faults=done.with_faults, more_faults=done.refused,
    )  # fmt: skip
    status = 422 if done.with_faults or done.refused else 200
    whom = drafts.for_whom(done.draft)
    return _draw(request, service, shown, frame, asking.label, whom, hint, status)


def _saved(request: HttpRequest, service: Service, held: Held, frame: Frame) -> HttpResponse:
    if actor_of(request).is_signed_in and not held.key:
        messages.success(request, _("Tersimpan. Lanjutkan kapan saja dalam 30 hari."))
        return redirect("own-cases" if frame.folder == "services/public" else "service-counter")
    code, pin = forms.hand_out_code(actor_of(request), held, timezone.now())
    context = {"service": service, "code": code, "pin": pin}
    return render(request, "services/public/saved.html", context)


def _whole(request: HttpRequest, service: Service, drawn: Drawn, frame: Frame) -> HttpResponse:
    """The answers in words before they are sent, and what others reported of the same thing."""
    told = in_words(drawn.asking.form, drawn.checked.plain(), drawn.context, personal=True)
    like = reads.alike(service, drawn.checked.plain(), timezone.now()) if frame.is_own else ()
    names = reads.topic_names(service)
    _answers, hint = _hinted(service, drawn.checked.plain(), frame)
    context = {
        "hint": hint,
        "service": service,
        "frame": frame,
        "parts": told,
        "draft": drawn.held.id,
        "alike": [(one, names.get(one.topic, one.topic)) for one in like],
        "may_follow": actor_of(request).may("services.follow"),
        "place": drawn.asking.label,
        "for_whom": drawn.for_whom,
        "last_step": drawn.checked.steps[-1],
    }
    return render(request, f"{frame.folder}/form_whole.html", context)


def _send(request: HttpRequest, service: Service, held: Held, frame: Frame) -> HttpResponse:
    """File the form. Number and PIN are shown now and not again."""
    actor, now = actor_of(request), timezone.now()
    try:
        done = changes.file_draft(actor, held, service.code, now, address=address_of(request))
    except Invalid:
        return redirect(f"{frame.here}?{WHOLE}=1")
    seen = reads.track(actor, done.case.pk, now, done.ticket)
    is_owner = bool(done.case.owner) and done.case.owner == actor.id
    context = {
        "service": service,
        "frame": frame,
        "done": done,
        "seen": seen,
        "is_owner": is_owner,
        "track": request.build_absolute_uri(reverse("case-track")),
    }
    answer = render(request, f"{frame.folder}/filed.html", context)
    # Who sits between does not become the applicant, and a case filed before is not opened by sending again.
    if frame.is_own and not is_owner and done.is_new:
        keep_ticket(request, answer, done.ticket)
    return answer


def _followed(request: HttpRequest, held: Held, key: str) -> HttpResponse:
    """Follow what somebody else reported instead of reporting it again; the draft ends."""
    actor, now = actor_of(request), timezone.now()
    made = changes.follow(actor, key, now)
    forms.discard(actor, held, now)
    messages.success(request, _("Anda mengikuti %(number)s. Kabarnya masuk ke kotak masuk Anda.") % {
        "number": made.case.number
    })  # fmt: skip
    return redirect("own-cases")


@never_cache
@get_or_post
@public("What is at a QR code is written on the wall beside it.")
def at_point(request: HttpRequest, point: str) -> HttpResponse:
    """The page behind a QR code: which place it is, and a button to begin."""
    found = reads.point_at(point)
    service = reads.service(found.service, timezone.localdate())
    if request.method != "POST":
        return render(request, "services/public/point.html", {"point": found, "service": service})
    begun = changes.begin_filing(
        actor_of(request), service, timezone.now(), address=address_of(request), point=found
    )
    answer = redirect("service-form", service.code)
    hold(request, answer, begun, service.code)
    return answer


@require_POST
@signed_in
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Throw an unfinished form of one's own away."""
    forms.discard(actor_of(request), Held(draft), timezone.now())
    messages.success(request, _("Formulir dibuang."))
    return redirect("own-cases")
