"""Freezing stages and their reports, and the programmes that several regions share."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base import tenancy
from balai.base.access import actor_of, needs
from balai.base.errors import NotFound
from balai.plan import changes, reads
from balai.plan.forms import PartForm, ProgrammeForm, StageForm
from balai.plan.pages.asked import today
from balai.plan.pages.asking import Done, ask, sent, show
from balai.plan.report_pdf import stage_pdf

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs("plan.freeze")
def stages(request: HttpRequest) -> HttpResponse:
    """The frozen stages of the plan in force, and the form that freezes the next."""
    actor = actor_of(request)
    plan = next((row for row in reads.masterplans(actor) if row.is_in_force), None)
    if plan is None:
        return show(request, "plan/desk/stages.html", {"plan": None})

    def act(form: StageForm) -> Done:
        said = form.cleaned_data
        made = changes.freeze_stage(actor, plan.id, said["title"], said["year"], today(), timezone.now())
        return Done(_("Tahap dibekukan. Angkanya tidak berubah lagi."), reverse("plan-stage", args=[made.pk]))

    return ask(
        request,
        StageForm(*sent(request), plan=plan, today=today()),
        act,
        template="plan/desk/stages.html",
        plan=plan,
        stages=reads.stages(actor, plan.id),
        today=today(),
    )


@require_safe
@needs("plan.read")
def pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """The report of a stage as PDF/A, in the language of the reader, with what was published beside it."""
    actor = actor_of(request)
    stage = reads.stage(actor, key)
    language = "en" if (get_language() or "id").startswith("en") else "id"
    content = stage_pdf(stage, language, reads.published(actor, stage.year))
    name = f"tahap-{stage.as_of:%Y-%m-%d}-{language}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@needs("plan.write")
def shared(request: HttpRequest) -> HttpResponse:
    """The shared programmes with what this region does in each."""
    actor = actor_of(request)
    rows = [(row, _own_part(row, actor.tenant)) for row in reads.shared_programmes(actor_of(request))]
    return show(
        request, "plan/desk/shared.html", {"rows": rows, "is_nation": actor.tenant == tenancy.NATIONAL}
    )


@get_or_post
@needs("plan.write")
def part(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write what this region does in a shared programme."""
    actor = actor_of(request)
    row = next((row for row in reads.shared_programmes(actor_of(request)) if row.id == key), None)
    if row is None:
        raise NotFound(_("Program bersama itu tidak ada."))

    def act(form: PartForm) -> Done:
        with tenancy.widened(tenancy.NATIONAL):
            changes.write_shared_part(actor, key, form.cleaned_data["part"])
        return Done(_("Bagian daerah Anda tersimpan."), reverse("plan-shared"))

    return ask(
        request,
        PartForm(*sent(request), initial={"part": _own_part(row, actor.tenant)}),
        act,
        title=row.title,
        about=row.goal,
        button=_("Simpan bagian daerah"),
        back=reverse("plan-shared"),
    )


@get_or_post
@needs("plan.write")
def create_shared(request: HttpRequest) -> HttpResponse:
    """Begin a programme of several regions; only the nation does."""
    actor = actor_of(request)

    def act(form: ProgrammeForm) -> Done:
        changes.create_shared_programme(actor, form.draft())
        return Done(_("Program bersama dibuat. Tiap daerah menulis bagiannya."), reverse("plan-shared"))

    return ask(
        request,
        ProgrammeForm(*sent(request)),
        act,
        title=_("Buat program bersama"),
        button=_("Buat program bersama"),
        back=reverse("plan-shared"),
    )


def _own_part(row: reads.SharedProgramme, tenant: str) -> str:
    return next((part.part for part in row.parts if part.tenant == tenant), "")
