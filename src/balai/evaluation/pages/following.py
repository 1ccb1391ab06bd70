"""What a region does about recommendations: who, until when, what was done, the proof, and the end of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base import tenancy
from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.evaluation import changes, reads
from balai.evaluation.forms import FollowUpForm, MoveForm, ProofForm, TakeUpForm
from balai.evaluation.models import FollowUp
from balai.evaluation.pages.asking import Done, ask, do_once, sent, show
from balai.people import reads as people

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("evaluation.read")
def recommendations(request: HttpRequest) -> HttpResponse:
    """Every recommendation to the region; open ones come first, whatever their year."""
    actor = actor_of(request)
    rows = sorted(
        reads.recommendations(actor),
        key=lambda row: row.follow_up is not None and row.follow_up.state == FollowUp.State.DONE,
    )
    return show(
        request,
        "evaluation/desk/recommendations.html",
        {
            "rows": rows,
            "open": sum(1 for row in rows if not row.follow_up or row.follow_up.state == FollowUp.State.OPEN),
            "today": timezone.localdate(),
            "may_give": actor.may("evaluation.submit"),
        },
    )


@get_or_post
@needs("evaluation.read")
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One recommendation with what was done about it; who may adds a proof here."""
    actor = actor_of(request)
    row = _advice(actor, key)
    taken = row.follow_up
    may = taken is not None and taken.state == "open" and actor.may("evaluation.follow_up", taken)

    def act(form: ProofForm) -> Done:
        said = form.cleaned_data
        changes.prove_follow_up(
            actor,
            taken.pk if taken else key,
            said["title"],
            upload=form.upload(),
            link=said["link"],
            at=timezone.now(),
        )
        return Done(_("Bukti ditambahkan."), _here(key))

    return ask(
        request,
        ProofForm(*sent(request)),
        act,
        template="evaluation/desk/recommendation.html",
        row=row,
        taken=taken,
        evidence=reads.follow_up_evidence(taken) if taken else (),
        may_follow=may,
        may_give=actor.may("evaluation.submit"),
        may_close=may and actor.may("evaluation.submit"),
    )


@get_or_post
@needs("evaluation.submit")
def give(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a recommendation to an office, with a day until when."""
    actor = actor_of(request)
    row = _advice(actor, key)

    def act(form: TakeUpForm) -> Done:
        said = form.cleaned_data
        changes.take_up(actor, key, said["office"], said["due_on"])
        return Done(_("Rekomendasi dibagikan."), _here(key))

    return ask(
        request,
        TakeUpForm(*sent(request), offices=_offices()),
        act,
        title=_("Siapa yang menindaklanjuti?"),
        about=row.text,
        button=_("Bagikan"),
        back=_here(key),
    )


@get_or_post
@needs("evaluation.submit")
def move(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give it to another office or another day, with the reason."""
    actor = actor_of(request)
    row, taken = _advice(actor, key), _taken(actor, key)

    def act(form: MoveForm) -> Done:
        said = form.cleaned_data
        changes.move_follow_up(
            actor, taken.pk, said["office"], said["due_on"], said["reason"], version=said["version"]
        )
        return Done(_("Penanggung jawab dan tenggatnya tersimpan."), _here(key))

    initial = {"office": str(taken.office_id), "due_on": taken.due_on, "version": taken.version}
    return ask(
        request,
        MoveForm(*sent(request), offices=_offices(), initial=initial),
        act,
        version_now=lambda: _taken(actor, key).version,
        title=_("Ubah penanggung jawab atau tenggat"),
        about=row.text,
        button=_("Simpan"),
        back=_here(key),
    )


@get_or_post
@needs("evaluation.follow_up")
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say what was done."""
    actor = actor_of(request)
    row, taken = _advice(actor, key), _taken(actor, key)

    def act(form: FollowUpForm) -> Done:
        said = form.cleaned_data
        changes.answer_follow_up(actor, taken.pk, said["answer"], version=said["version"], at=timezone.now())
        return Done(_("Jawaban tersimpan."), _here(key))

    return ask(
        request,
        FollowUpForm(*sent(request), initial={"answer": taken.answer, "version": taken.version}),
        act,
        version_now=lambda: _taken(actor, key).version,
        title=_("Tindak lanjut"),
        about=row.text,
        button=_("Simpan jawaban"),
        back=_here(key),
    )


@require_POST
@needs("evaluation.submit")
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    actor, version = actor_of(request), request.POST.get("version", "")
    taken = _taken(actor, key)

    def act() -> Done:
        changes.close_follow_up(actor, taken.pk, version=int(version) if version.isdecimal() else 0)
        return Done(_("Rekomendasi selesai ditindaklanjuti."), reverse("evaluation-advice"))

    return do_once(request, act)


def _advice(actor: Actor, key: UUID) -> reads.Advice:
    if actor.tenant != tenancy.NATIONAL:
        for row in reads.recommendations(actor):
            if row.id == key:
                return row
    raise NotFound(_("Rekomendasi itu tidak ada, atau bukan untuk kantor Anda."))


def _taken(actor: Actor, key: UUID) -> FollowUp:
    found = _advice(actor, key).follow_up
    if found is None:
        raise NotFound(_("Rekomendasi ini belum dibagikan kepada siapa pun."))
    return found


def _offices() -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in people.offices(timezone.localdate())]


def _here(key: UUID) -> str:
    return reverse("evaluation-advice-one", args=[key])
