"""One question of the self-assessment: its evidence, who answers it, and the internal assessor's score."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.evaluation import changes, reads, rules
from balai.evaluation.forms import EvidenceForm
from balai.evaluation.pages.asking import Done, ask, do_once, sent
from balai.evaluation.pages.region import may_answer, visible
from balai.evaluation.pages.words import evidence_kinds
from balai.people import reads as people

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs("evaluation.read")
def question(request: HttpRequest, key: UUID, number: str) -> HttpResponse:
    """One question: its answer, its evidence, who answers it, and whether a second person has looked."""
    actor = actor_of(request)
    found = reads.sheet(actor, key)
    line = next((each for each in found.lines if each.question.key == number), None)
    if line is None or line not in visible(actor, found, line.question.part):
        raise NotFound(_("Instrumen tahap ini tidak punya pertanyaan itu."))
    kinds = evidence_kinds()
    asked = line.question.evidence or tuple(kinds)
    form = EvidenceForm(*sent(request), kinds=[(each, kinds[each]) for each in asked])

    def act(form: EvidenceForm) -> Done:
        said = form.cleaned_data
        changes.add_answer_evidence(
            actor,
            key,
            number,
            said["kind"],
            said["title"],
            upload=form.upload(),
            link=said["link"],
            at=timezone.now(),
        )
        return Done(_("Bukti dukung ditambahkan."), reverse("evaluation-question", args=[key, number]))

    return ask(
        request,
        form,
        act,
        template="evaluation/desk/question.html",
        row=found.invitation.round,
        sheet=found,
        line=line,
        question=line.question,
        kinds=kinds,
        may_answer=may_answer(actor, line) and not (found.participation and found.participation.submitted_at),
        may_allot=actor.may("evaluation.submit"),
        may_confirm=_may_confirm(actor, line)
        and not (found.participation and found.participation.submitted_at),
        levels=_levels(found.instrument, line.question),
        offices=people.offices(timezone.localdate()) if actor.may("evaluation.submit") else (),
    )


@require_POST
@needs("evaluation.submit")
def allot(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the ticked questions to an office."""
    actor, at = actor_of(request), timezone.now()
    office = request.POST.get("office") or None
    numbers = request.POST.getlist("question")
    back = request.POST.get("bagian", "")

    def act() -> Done:
        with transaction.atomic():
            for number in numbers:
                changes.allot(actor, key, number, office, at)
        to = f"{reverse('evaluation-sheet', args=[key])}?bagian={back}"
        return Done(_("%(count)d pertanyaan dibagikan.") % {"count": len(numbers)}, to)

    reads.round_(actor, key)
    return do_once(request, act)


@require_POST
@needs("evaluation.confirm")
def confirm(request: HttpRequest, key: UUID, number: str) -> HttpResponse:
    actor, version = actor_of(request), request.POST.get("version", "")

    level, note = request.POST.get("level", ""), request.POST.get("note", "").strip()

    def act() -> Done:
        seen = int(version) if version.isdecimal() else 0
        given = int(level) if level.isdecimal() else None
        changes.confirm_answer(actor, key, number, version=seen, at=timezone.now(), level=given, note=note)
        return Done(_("Jawaban diperiksa."), reverse("evaluation-question", args=[key, number]))

    return do_once(request, act)


@require_POST
@needs("evaluation.answer")
def remove_evidence(request: HttpRequest, key: UUID, evidence: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        changes.remove_answer_evidence(actor, evidence, timezone.now())
        return Done(_("Bukti dukung dihapus."), reverse("evaluation-sheet", args=[key]))

    return do_once(request, act)


def _may_confirm(actor: Actor, line: reads.AnswerLine) -> bool:
    row = line.answer
    return (
        actor.may("evaluation.confirm")
        and row is not None
        and row.answered_at is not None
        and row.answered_by_id_text != actor.id
    )


def _levels(
    instrument: rules.Instrument, question: rules.Question
) -> list[tuple[int, rules.LevelWords | None]]:
    """Return the levels an internal assessor may give, with their words; [] where there are no levels."""
    if instrument.method is not rules.Method.LEVELS:
        return []
    scale = range(instrument.scale.least, instrument.scale.most + 1)
    return [(level, instrument.level_words(question, level)) for level in scale]
