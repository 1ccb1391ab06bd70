"""What the nation does in a round: open, invite, extend, give back, assign, plan visits, settle, freeze."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base import tenancy
from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import Fault, Forbidden, Invalid, Locked, NotFound
from balai.evaluation import changes, reads, rules
from balai.evaluation.forms import (
    AssignForm,
    ExtendForm,
    InviteForm,
    ModerateForm,
    ReasonForm,
    RoundForm,
    VisitForm,
)
from balai.evaluation.pages.asking import Done, ask, do_once, sent, show
from balai.evaluation.pages.words import dimensions
from balai.people import reads as people

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _regions() -> list[tuple[str, str]]:
    return [(each.key, each.name) for each in people.governments() if each.key != tenancy.NATIONAL]


@get_or_post
@needs("evaluation.run")
def start(request: HttpRequest) -> HttpResponse:
    """Open a round and invite its regions."""
    actor = actor_of(request)
    known = sorted(
        (each.value for each in rules.instruments().values()), key=lambda each: each.valid_from, reverse=True
    )
    choices = {
        "instrument": [(each.code, f"{each.name} ({each.group_names})") for each in known],
        "previous": [("", "–"), *((row.code, row.title) for row in reads.rounds(actor))],
        "regions": _regions(),
    }

    def act(form: RoundForm) -> Done:
        row = changes.start_round(actor, form.draft())
        return Done(_("Tahap dibuka dan daerahnya diundang."), _round(row.pk))

    return ask(
        request,
        RoundForm(*sent(request), choices=choices, initial={"year": timezone.localdate().year}),
        act,
        title=_("Buka tahap penilaian"),
        button=_("Buka tahap"),
        back=reverse("evaluation-desk"),
        consequences=[
            _("Daerah yang diundang langsung melihat tahap ini."),
            _("Instrumen dan tanggalnya tidak dapat diganti; waktu sebuah daerah dapat diperpanjang."),
        ],
    )


@get_or_post
@needs("evaluation.run")
def invite(request: HttpRequest, key: UUID) -> HttpResponse:
    """Invite more regions."""
    actor = actor_of(request)
    row = reads.round_(actor, key)
    invited = {each.invitation.region_tenant for each in reads.standing(actor, key)}

    def act(form: InviteForm) -> Done:
        count = changes.invite(actor, key, form.cleaned_data["regions"])
        return Done(_("%(count)d daerah diundang.") % {"count": count}, _round(key))

    return ask(
        request,
        InviteForm(*sent(request), regions=[each for each in _regions() if each[0] not in invited]),
        act,
        title=_("Undang daerah ke %(round)s") % {"round": row.title},
        button=_("Undang"),
        back=_round(key),
    )


@require_safe
@needs("evaluation.read")
def region(request: HttpRequest, key: UUID) -> HttpResponse:
    """One invited region: time, assessors, visits, and how far it is."""
    actor = actor_of(request)
    if actor.tenant != tenancy.NATIONAL:
        raise NotFound(_("Daerah itu tidak diundang, atau bukan untuk Anda."))
    row = reads.invitation(actor, key)
    runs = reads.runs(actor)
    standing = next(each for each in reads.standing(actor, row.round_id) if each.invitation.pk == row.pk)
    with tenancy.widened(tenancy.NATIONAL):
        assessors = tuple(row.assessments.order_by("assessor_name")) if runs else ()
        extensions = tuple(row.extensions.order_by("given_at"))
        returns = tuple(row.returns.order_by("returned_at"))
        due = reads.due_at(row)
    return show(
        request,
        "evaluation/desk/region.html",
        {
            "row": row.round,
            "invitation": row,
            "runs": runs,
            "standing": standing,
            "assessors": assessors,
            "extensions": extensions,
            "returns": returns,
            "due_at": due,
            "visits": reads.visits(actor, key),
            "may_note": row.round.frozen_at is None,
            "all_scored": standing.assessors > 0 and standing.assessors == standing.finished,
            "is_open": row.round.frozen_at is None,
        },
    )


@get_or_post
@needs("evaluation.run")
def extend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give one region more time, with the reason."""
    actor = actor_of(request)
    row = reads.invitation(actor, key)

    def act(form: ExtendForm) -> Done:
        said = form.cleaned_data
        changes.extend(actor, key, said["due_at"], said["reason"], timezone.now())
        return Done(_("Waktunya diperpanjang."), _invited(key))

    return ask(
        request,
        ExtendForm(*sent(request)),
        act,
        title=_("Perpanjang waktu %(region)s") % {"region": row.region_name},
        button=_("Perpanjang"),
        back=_invited(key),
    )


@get_or_post
@needs("evaluation.run")
def give_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a sent self-assessment back to the region, with the reason."""
    actor = actor_of(request)
    row = reads.invitation(actor, key)

    def act(form: ReasonForm) -> Done:
        changes.return_submission(actor, key, form.cleaned_data["reason"], timezone.now())
        return Done(_("Penilaian mandiri dikembalikan."), _invited(key))

    return ask(
        request,
        ReasonForm(*sent(request)),
        act,
        title=_("Kembalikan penilaian mandiri %(region)s") % {"region": row.region_name},
        button=_("Kembalikan"),
        back=_invited(key),
        consequences=[
            _("Daerah membaca alasannya, mengubah jawabannya, dan mengirimnya lagi sebelum batas waktunya."),
            _("Penilai tidak membaca jawabannya sampai dikirim lagi; nilai yang sudah diberikan tetap ada."),
        ],
    )


@get_or_post
@needs("evaluation.run")
def assign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let an assessor judge the region."""
    actor, today = actor_of(request), timezone.localdate()
    row = reads.invitation(actor, key)
    with tenancy.widened(tenancy.NATIONAL):
        taken = set(row.assessments.values_list("assessor_id_text", flat=True))
    free = [
        (each.account, each.name)
        for each in people.recipients("evaluation.assess", today)
        if each.account not in taken
    ]

    def act(form: AssignForm) -> Done:
        changes.assign(actor, key, form.cleaned_data["assessor"], today)
        return Done(_("Penilai ditugaskan."), _invited(key))

    rule = reads.instrument_of(row.round).assessors
    return ask(
        request,
        AssignForm(*sent(request), assessors=free),
        act,
        title=_("Tugaskan penilai untuk %(region)s") % {"region": row.region_name},
        about=_("Paling sedikit %(least)d, paling banyak %(most)d penilai.")
        % {"least": rule.least, "most": rule.most},
        button=_("Tugaskan"),
        back=_invited(key),
    )


@get_or_post
@needs("evaluation.run")
def withdraw(request: HttpRequest, key: UUID, assessment: UUID) -> HttpResponse:
    """Take an assessor off a region."""
    actor = actor_of(request)
    row = reads.invitation(actor, key)

    def act(form: ReasonForm) -> Done:
        changes.withdraw(actor, assessment, form.cleaned_data["reason"], timezone.now())
        return Done(_("Penilai ditarik; nilainya tidak dihitung."), _invited(key))

    return ask(
        request,
        ReasonForm(*sent(request)),
        act,
        title=_("Tarik penilai dari %(region)s") % {"region": row.region_name},
        button=_("Tarik penilai"),
        back=_invited(key),
        consequences=[_("Nilai dan rekomendasinya tidak dihitung lagi.")],
    )


@get_or_post
@needs("evaluation.run")
def visit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put an interview or a place of a field visit on the schedule."""
    actor = actor_of(request)
    row = reads.invitation(actor, key)

    def act(form: VisitForm) -> Done:
        changes.plan_visit(actor, key, form.draft())
        return Done(_("Kunjungan dijadwalkan."), _invited(key))

    return ask(
        request,
        VisitForm(*sent(request), dimensions=dimensions().items()),
        act,
        title=_("Jadwalkan kunjungan ke %(region)s") % {"region": row.region_name},
        button=_("Jadwalkan"),
        back=_invited(key),
    )


@require_safe
@needs("evaluation.run")
def moderation(request: HttpRequest, key: UUID) -> HttpResponse:
    """Each question with what all assessors gave; those they should talk about first."""
    actor = actor_of(request)
    row = reads.invitation(actor, key)
    try:
        rows = reads.moderation(actor, key)
    except Forbidden as error:
        rows, waiting = (), str(error)
    else:
        waiting = ""
    return show(
        request,
        "evaluation/desk/moderation.html",
        {
            "row": row.round,
            "invitation": row,
            "waiting": waiting,
            "torn": [each for each in rows if each.disagrees and each.settled is None],
            "rows": rows,
            "is_open": row.round.frozen_at is None,
        },
    )


@get_or_post
@needs("evaluation.run")
def settle(request: HttpRequest, key: UUID, number: str) -> HttpResponse:
    """Write down the score the assessors settled on, with the reason."""
    actor = actor_of(request)
    row = reads.invitation(actor, key)
    try:
        rows = reads.moderation(actor, key)
    except Forbidden as error:
        # Not a right is lacking, but the last assessor.
        raise Locked(str(error)) from error
    found = next((each for each in rows if each.question.key == number), None)
    if found is None:
        raise NotFound(_("Instrumen tahap ini tidak punya pertanyaan itu."))
    back = reverse("evaluation-moderation", args=[key])

    def act(form: ModerateForm) -> Done:
        value = _fraction(form.cleaned_data["value"])
        changes.moderate(actor, key, number, value, form.cleaned_data["reason"], timezone.now())
        return Done(_("Nilai yang disepakati tersimpan."), back)

    return ask(
        request,
        ModerateForm(*sent(request)),
        act,
        title=f"{number}. {found.question.text}",
        about=_("%(region)s, nilai para penilai: %(given)s")
        % {"region": row.region_name, "given": ", ".join(map(str, found.given))},
        button=_("Simpan nilai"),
        back=back,
    )


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        wrong = _("“%(text)s” bukan angka.") % {"text": text}
        raise Invalid([Fault("value", wrong, _("Tulis seperti 3 atau 3,25."))]) from error


@get_or_post
@needs("evaluation.run")
def freeze(request: HttpRequest, key: UUID) -> HttpResponse:
    """Freeze the results of all regions at once."""
    actor = actor_of(request)
    row = reads.round_(actor, key)
    context: dict[str, Any] = {"row": row, "standing": reads.provisional(actor, key)}
    context["instrument"] = reads.instrument_of(row)
    if request.method != "POST":
        return show(request, "evaluation/desk/freeze.html", context)
    try:
        return _freeze(request, actor, key)
    except Invalid as error:
        return show(request, "evaluation/desk/freeze.html", {**context, "refused": error.faults}, 422)


def _freeze(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    def act() -> Done:
        made = changes.freeze(actor, key, timezone.now())
        return Done(_("Hasil %(count)d daerah dibekukan.") % {"count": len(made)}, _round(key))

    return do_once(request, act)


def _round(key: UUID) -> str:
    return reverse("evaluation-round", args=[key])


def _invited(key: UUID) -> str:
    return reverse("evaluation-region", args=[key])
