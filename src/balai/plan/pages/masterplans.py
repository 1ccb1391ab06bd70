"""Writing the masterplan: drafts, adoption, versions, books, planning periods, bodies and their meetings."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import NotFound
from balai.definitions.taxonomies import terms
from balai.people import reads as people
from balai.plan import changes, reads
from balai.plan.forms import AdoptForm, BodyForm, BookForm, MasterplanForm, MeetingForm, PlanningPeriodForm
from balai.plan.models import Body, Masterplan
from balai.plan.pages.asked import today
from balai.plan.pages.asking import Done, ask, do_once, only_draft, sent, show

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("plan.write")
def drafts(request: HttpRequest) -> HttpResponse:
    """Every version of the masterplan, the one in force first."""
    plans = reads.masterplans(actor_of(request))
    names = dict(Masterplan.Status.choices)
    return show(
        request,
        "plan/desk/drafts.html",
        {
            "rows": [(names[row.status], row) for row in plans],
            "in_force": next((row for row in plans if row.is_in_force), None),
            "draft": next((row for row in plans if row.is_draft), None),
        },
    )


@get_or_post
@needs("plan.write")
def create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    government = people.government(actor.tenant)
    region = government.region_code if government else actor.tenant

    def act(form: MasterplanForm) -> Done:
        plan = changes.create_masterplan(actor, form.draft())
        return Done(_("Draf rencana induk dibuat. Tambahkan program dan rencana aksinya."), _href(plan.pk))

    return ask(
        request,
        MasterplanForm(*sent(request), region=region),
        act,
        title=_("Mulai rencana induk"),
        button=_("Buat draf"),
        back=reverse("plan-drafts"),
        about=_("Draf hanya dilihat penyusunnya. Setelah ditetapkan, rencana terkunci dan menjadi publik."),
    )


@require_safe
@needs("plan.write")
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One version with everything that surrounds it."""
    whole = reads.masterplan(actor_of(request), key)
    bodies = {body.kind: body for body in whole.bodies}
    return show(
        request,
        "plan/desk/plan.html",
        {
            "whole": whole,
            "plan": whole.plan,
            "status": dict(Masterplan.Status.choices)[whole.plan.status],
            "books": [(_book_kind(book.kind), book) for book in whole.books],
            "bodies": [(kind, name, bodies.get(kind)) for kind, name in Body.Kind.choices],
            "programmes": reads.programmes(actor_of(request), key),
            "may_adopt": actor_of(request).may("plan.adopt"),
        },
    )


def _book_kind(key: str) -> str:
    return next((str(term.name) for term in terms("book-kinds").terms if term.key == key), key)


@get_or_post
@needs("plan.write")
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    plan = reads.masterplan(actor, key).plan
    only_draft(request, plan)

    def act(form: MasterplanForm) -> Done:
        changes.edit_masterplan(actor, key, form.draft())
        return Done(_("Rencana induk tersimpan."), _href(key))

    return ask(
        request,
        MasterplanForm(*sent(request), region=plan.region_code, plan=plan),
        act,
        title=_("Ubah rencana induk"),
        button=_("Simpan"),
        back=_href(key),
    )


@get_or_post
@needs("plan.adopt")
def adopt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Adopt a draft; what that causes is said before."""
    actor = actor_of(request)
    plan = reads.masterplan(actor, key).plan
    only_draft(request, plan)

    def act(form: AdoptForm) -> Done:
        changes.adopt(actor, key, form.cleaned_data["on"])
        return Done(_("Rencana induk ditetapkan dan kini terbuka untuk umum."), reverse("plan-drafts"))

    consequences = [
        _("Rencana ini terkunci: program, rencana aksi, dan target hanya berubah lewat versi baru."),
        _("Semua orang dapat membacanya, dan perangkat daerah mulai melaporkannya."),
    ]
    if plan.version > 1:
        consequences.append(
            _("Versi yang berlaku sekarang digantikan; dana, laporan, dan lembaganya ikut ke versi ini.")
        )
    return ask(
        request,
        AdoptForm(*sent(request), today=today()),
        act,
        title=_("Tetapkan %(plan)s?") % {"plan": plan.title},
        button=_("Tetapkan rencana induk"),
        back=_href(key),
        consequences=consequences,
    )


@require_POST
@needs("plan.write")
def new_version(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        plan = changes.new_version(actor, key)
        said = _("Draf versi %(version)d dibuat dari versi yang berlaku.") % {"version": plan.version}
        return Done(said, _href(plan.pk))

    return do_once(request, act)


@get_or_post
@needs("plan.write")
def add_book(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    reads.masterplan(actor, key)

    def act(form: BookForm) -> Done:
        said = form.cleaned_data
        upload = _upload(said["file"])
        changes.add_book(actor, key, said["kind"], said["title"], upload=upload, link=said["link"])
        return Done(_("Buku ditambahkan."), _href(key))

    return ask(
        request,
        BookForm(*sent(request)),
        act,
        title=_("Tambah buku"),
        button=_("Tambah buku"),
        back=_href(key),
        has_files=True,
    )


@require_POST
@needs("plan.write")
def remove_book(request: HttpRequest, key: UUID, book: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        changes.remove_book(actor, book)
        return Done(_("Buku dihapus dari draf."), _href(key))

    return do_once(request, act)


@get_or_post
@needs("plan.write")
def add_planning_period(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    only_draft(request, reads.masterplan(actor, key).plan)

    def act(form: PlanningPeriodForm) -> Done:
        changes.add_planning_period(actor, key, **form.cleaned_data)
        return Done(_("Periode perencanaan ditambahkan."), _href(key))

    return ask(
        request,
        PlanningPeriodForm(*sent(request)),
        act,
        title=_("Tambah periode RPJMD atau RPD"),
        button=_("Tambah periode"),
        back=_href(key),
    )


@require_POST
@needs("plan.write")
def remove_planning_period(request: HttpRequest, key: UUID, period: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        changes.remove_planning_period(actor, period)
        return Done(_("Periode perencanaan dihapus dari draf."), _href(key))

    return do_once(request, act)


@get_or_post
@needs("plan.write")
def body(request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
    """Write the council, the team or the forum."""
    actor = actor_of(request)
    names = dict(Body.Kind.choices)
    if kind not in names:
        raise NotFound(_("Lembaga itu tidak ada."))
    found = next((each for each in reads.masterplan(actor, key).bodies if each.kind == kind), None)

    def act(form: BodyForm) -> Done:
        changes.write_body(actor, key, kind, **form.cleaned_data)
        return Done(_("%(body)s tersimpan.") % {"body": names[kind]}, _href(key))

    return ask(
        request,
        BodyForm(*sent(request), body=found),
        act,
        title=str(names[kind]),
        button=_("Simpan"),
        back=_href(key),
    )


@get_or_post
@needs("plan.write")
def meeting(request: HttpRequest, key: UUID, body: UUID) -> HttpResponse:
    actor = actor_of(request)
    found = next((each for each in reads.masterplan(actor, key).bodies if each.id == body), None)
    if found is None:
        raise NotFound(_("Lembaga itu tidak ada."))

    def act(form: MeetingForm) -> Done:
        said = dict(form.cleaned_data)
        minutes = _upload(said.pop("minutes"))
        changes.record_meeting(actor, body, said.pop("held_on"), on=today(), minutes=minutes, **said)
        return Done(_("Rapat dicatat."), _href(key))

    return ask(
        request,
        MeetingForm(*sent(request), today=today()),
        act,
        title=_("Catat rapat %(body)s") % {"body": dict(Body.Kind.choices)[found.kind]},
        button=_("Catat rapat"),
        back=_href(key),
        has_files=True,
    )


def _upload(file: UploadedFile | None) -> changes.Upload | None:
    return changes.Upload(file, file.name or "") if file else None  # type: ignore[arg-type]


def _href(key: UUID) -> str:
    return reverse("plan-draft", args=[key])
