"""What an assessor does: declare, score during the interview, advise, write down visits, finish."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.answers import is_for_a_program
from balai.base.errors import Conflict, Fault, Invalid, NotFound, Refused
from balai.evaluation import changes, reads
from balai.evaluation.forms import AdviceForm, FinishForm, InterestForm, NotesForm, PhotoForm
from balai.evaluation.pages.asking import Done, ask, do_once, sent, show

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("evaluation.assess")
def assessment(request: HttpRequest, key: UUID) -> HttpResponse:
    """One region to be judged: what there is to do, its evidence, its visits, one's own advice."""
    actor = actor_of(request)
    found = reads.score_sheet(actor, key)
    row = found.assessment
    judges = row.withdrawn_at is None and not row.has_conflict
    invitation = row.invitation
    papers = reads.papers(actor, invitation.round_id, invitation.region_tenant) if judges else ()
    return show(
        request,
        "evaluation/desk/assessment.html",
        {
            "found": found,
            "row": row,
            "round": invitation.round,
            "invitation": invitation,
            "judges": judges,
            "is_sent": bool(part and part.submitted_at)
            if (part := reads.participation(invitation))
            else False,
            "papers": len(papers),
            "scored": len(found.scores),
            "visits": reads.visits(actor, invitation.pk) if judges else (),
            "may_note": judges and row.declared_at is not None and invitation.round.frozen_at is None,
            "may_write": judges and row.finished_at is None and invitation.round.frozen_at is None,
        },
    )


@get_or_post
@needs("evaluation.assess")
def declare(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say whether there is a conflict of interest."""
    actor = actor_of(request)
    row = reads.score_sheet(actor, key).assessment

    def act(form: InterestForm) -> Done:
        said = form.cleaned_data
        has = said["has_conflict"] == "yes"
        changes.declare_interest(
            actor, key, has_conflict=has, words=said["conflict"] if has else "", at=timezone.now()
        )
        if has:
            return Done(_("Tercatat. Anda tidak menilai daerah ini."), reverse("evaluation-desk"))
        return Done(_("Tercatat. Anda dapat mulai menilai."), _home(key))

    return ask(
        request,
        InterestForm(*sent(request)),
        act,
        title=_("Konflik kepentingan: %(region)s") % {"region": row.invitation.region_name},
        about=_("Pernyataan Anda disimpan bersama penilaian."),
        button=_("Simpan pernyataan"),
        back=_home(key),
    )


@require_safe
@needs("evaluation.assess")
def scoring(request: HttpRequest, key: UUID) -> HttpResponse:
    """The sheet of one part: each question with the region's answer now and a year ago, and the score."""
    return _draw(request, key)


def _draw(
    request: HttpRequest, key: UUID, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    found = reads.score_sheet(actor, key)
    row, invitation = found.assessment, found.assessment.invitation
    if row.declared_at is None or row.has_conflict or row.withdrawn_at is not None:
        return redirect(_home(key))
    sheet = reads.sheet(actor, invitation.round_id, invitation.region_tenant)
    given = request.POST if request.method == "POST" else request.GET
    part = _part(found.instrument, given.get("bagian", ""))
    lines = []
    for line in sheet.lines:
        if line.question.part != part:
            continue
        name, score = f"q{line.question.key}", found.scores.get(line.question.key)
        saved, note = (str(score.value), score.note) if score else ("", "")
        lines.append(
            {
                "line": line,
                "name": name,
                "value": given.get(name, saved) if wrong is not None else saved,
                "note": given.get(f"{name}-note", note) if wrong is not None else note,
                "version": score.version if score else "",
                "words": [
                    (level, found.instrument.level_words(line.question, level))
                    for level in range(found.instrument.scale.least, found.instrument.scale.most + 1)
                ],
                "others": found.others.get(line.question.key, ()),
                "wrong": (wrong or {}).get(line.question.key, ""),
            }
        )
    keys = [each.key for each in found.instrument.parts]
    missing = {each.key for each in found.missing}
    return show(
        request,
        "evaluation/desk/scoring.html",
        {
            "found": found,
            "row": row,
            "round": invitation.round,
            "invitation": invitation,
            "instrument": found.instrument,
            "part": found.instrument.part(part),
            "lines": lines,
            "wrong": wrong,
            "may_write": row.finished_at is None and invitation.round.frozen_at is None,
            "has_last_year": any(line.last_year for line in sheet.lines),
            "next_part": next(iter(keys[keys.index(part) + 1 :]), ""),
            "tabs": [
                {
                    "label": str(each.name),
                    "href": f"?bagian={each.key}",
                    "is_here": each.key == part,
                    "count": sum(q.key in missing for q in found.instrument.questions_of(each.key)) or None,
                }
                for each in found.instrument.parts
            ],
        },
        status,
    )


def _part(instrument: Any, asked: str) -> str:
    return asked if asked in instrument.weights else instrument.parts[0].key


@require_POST
@needs("evaluation.assess")
def save_scores(request: HttpRequest, key: UUID) -> HttpResponse:
    """Save what was scored: of one part from the page, or of single questions from its script.

    The script is answered with what became of each question: {"saved": {question: version},
    "wrong": {question: words}}. The same score sent twice is written once.
    """
    actor = actor_of(request)
    found = reads.score_sheet(actor, key)
    saved: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for question in found.instrument.questions:
        name = f"q{question.key}"
        if not request.POST.get(name):
            continue
        try:
            saved[question.key] = _save(actor, key, question.key, request)
        except (Invalid, Conflict) as error:
            wrong[question.key] = _told(error)
    if is_for_a_program(request):
        return JsonResponse({"saved": saved, "wrong": wrong})
    if wrong:
        return _draw(request, key, wrong, 422)
    part = _part(found.instrument, request.POST.get("bagian", ""))
    onward = request.POST.get("next", "")
    onward = onward if onward in found.instrument.weights else part
    return redirect(f"{reverse('evaluation-scoring', args=[key])}?bagian={onward}")


def _save(actor: Actor, key: UUID, question: str, request: HttpRequest) -> int:
    name = f"q{question}"
    value, version = request.POST[name], request.POST.get(f"{name}-version", "")
    if not value.isdecimal():
        raise Invalid([Fault(question, _("Nilai ini bukan angka."))])
    with transaction.atomic():
        row = changes.score(
            actor,
            key,
            question,
            int(value),
            request.POST.get(f"{name}-note", "").strip().replace("\r\n", "\n"),
            version=int(version) if version.isdecimal() else None,
            at=timezone.now(),
        )
    return row.version


def _told(error: Refused) -> str:
    if isinstance(error, Invalid):
        return " ".join(f"{fault.wrong} {fault.right}".strip() for fault in error.faults)
    if isinstance(error, Conflict) and "value" in error.changes:
        return _("Sudah dinilai %(now)s dari tempat lain. Muat ulang halamannya, lalu periksa.") % {
            "now": error.changes["value"][1]
        }
    return str(error)


@get_or_post
@needs("evaluation.assess")
def finish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Name strengths and weaknesses, and end the judging of a region."""
    actor = actor_of(request)
    found = reads.score_sheet(actor, key)
    form = FinishForm(*sent(request))

    def act(form: FinishForm) -> Done:
        said = form.cleaned_data
        changes.finish(actor, key, said["strengths"], said["weaknesses"], timezone.now())
        return Done(_("Penilaian Anda selesai. Terima kasih."), _home(key))

    return ask(
        request,
        form,
        act,
        title=_("Selesaikan penilaian %(region)s") % {"region": found.assessment.invitation.region_name},
        about=_("%(count)d pertanyaan belum dinilai.") % {"count": len(found.missing)}
        if found.missing
        else "",
        button=_("Selesai menilai"),
        back=_home(key),
        consequences=[
            _("Nilai Anda tidak dapat diubah lagi."),
            _("Penilai lain melihat nilai Anda setelah semuanya selesai."),
        ],
    )


@get_or_post
@needs("evaluation.assess")
def advise(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write a recommendation."""
    actor = actor_of(request)
    found = reads.score_sheet(actor, key)
    questions = [(each.key, f"{each.key} {each.text}"[:120]) for each in found.instrument.questions]

    def act(form: AdviceForm) -> Done:
        about = {each.key: each.dimension for each in found.instrument.questions}
        changes.recommend(actor, key, form.draft(about), timezone.now())
        return Done(_("Rekomendasi ditambahkan."), _home(key))

    return ask(
        request,
        AdviceForm(*sent(request), questions=questions),
        act,
        title=_("Rekomendasi untuk %(region)s") % {"region": found.assessment.invitation.region_name},
        about=_("Daerah menindaklanjutinya setelah hasilnya dibekukan."),
        button=_("Tambah rekomendasi"),
        back=_home(key),
    )


@require_POST
@needs("evaluation.assess")
def take_back(request: HttpRequest, key: UUID, advice: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        changes.take_back(actor, advice, timezone.now())
        return Done(_("Rekomendasi dihapus."), _home(key))

    return do_once(request, act)


@get_or_post
@needs("evaluation.read")
def visit_notes(request: HttpRequest, key: UUID, visit: UUID) -> HttpResponse:
    """Write down what was seen at a visit of an invited region."""
    actor = actor_of(request)
    row, back = _visit(actor, key, visit), reverse("evaluation-region", args=[key])

    def act(form: NotesForm) -> Done:
        said = form.cleaned_data
        changes.write_visit_notes(actor, visit, said["notes"], version=said["version"])
        return Done(_("Catatan tersimpan."), back)

    return ask(
        request,
        NotesForm(*sent(request), initial={"notes": row.notes, "version": row.version}),
        act,
        version_now=lambda: _visit(actor, key, visit).version,
        title=_("Catatan kunjungan: %(place)s") % {"place": row.place},
        button=_("Simpan catatan"),
        back=back,
    )


@get_or_post
@needs("evaluation.read")
def visit_photo(request: HttpRequest, key: UUID, visit: UUID) -> HttpResponse:
    """Add a photo to a visit."""
    actor = actor_of(request)
    row, back = _visit(actor, key, visit), reverse("evaluation-region", args=[key])

    def act(form: PhotoForm) -> Done:
        changes.add_visit_photo(actor, visit, form.upload(), form.cleaned_data["caption"])
        return Done(_("Foto ditambahkan."), back)

    return ask(
        request,
        PhotoForm(*sent(request)),
        act,
        title=_("Foto kunjungan: %(place)s") % {"place": row.place},
        button=_("Tambah foto"),
        back=back,
        has_files=True,
    )


def _visit(actor: Actor, invitation: UUID, visit: UUID) -> Any:
    found = next((each for each in reads.visits(actor, invitation) if each.pk == visit), None)
    if found is None:
        raise NotFound(_("Kunjungan itu tidak ada."))
    return found


def _home(key: UUID) -> str:
    return reverse("evaluation-assessment", args=[key])
