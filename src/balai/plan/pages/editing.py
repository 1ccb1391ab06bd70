"""Writing programmes, actions and quick wins of a draft."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import NotFound
from balai.plan import changes, reads
from balai.plan.forms import ActionForm, ProgrammeForm, QuickWinForm, TieForm
from balai.plan.pages.asked import today
from balai.plan.pages.asking import Done, ask, do_once, only_draft, sent, show, typed

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("plan.write")
def programmes(request: HttpRequest, key: UUID) -> HttpResponse:
    """The programmes of a plan with their actions, searched by word."""
    actor = actor_of(request)
    plan = reads.masterplan(actor, key).plan
    words = request.GET.get("q", "").strip()[:100]
    year = plan.year_on(today())
    inside: dict[UUID, list[reads.ActionRow]] = {}
    for action in reads.programme_tree(actor, key, year, today()).actions:
        if words.lower() in f"{action.code} {action.title} {action.owner_name}".lower():
            inside.setdefault(action.programme_id, []).append(action)
    found = [(row, inside.get(row.id, [])) for row in reads.programmes(actor, key)]
    return show(
        request,
        "plan/desk/programmes.html",
        {
            "plan": plan,
            "words": words,
            "year": year,
            "programmes": [pair for pair in found if pair[1] or not words],
            "count": sum(len(actions) for _row, actions in found),
        },
    )


@get_or_post
@needs("plan.write")
def create_programme(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    only_draft(request, reads.masterplan(actor, key).plan)

    def act(form: ProgrammeForm) -> Done:
        changes.create_programme(actor, key, form.draft())
        return Done(_("Program ditambahkan."), _list(key))

    return ask(
        request,
        ProgrammeForm(*sent(request)),
        act,
        title=_("Tambah program"),
        button=_("Tambah program"),
        back=_list(key),
    )


@get_or_post
@needs("plan.write")
def edit_programme(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = reads.programme(actor, key)
    only_draft(request, reads.masterplan(actor, row.plan_id).plan)

    def act(form: ProgrammeForm) -> Done:
        changes.edit_programme(actor, key, form.draft())
        return Done(_("Program tersimpan."), _list(row.plan_id))

    return ask(
        request,
        ProgrammeForm(*sent(request), programme=row),
        act,
        title=_("Ubah program %(code)s") % {"code": row.code},
        button=_("Simpan"),
        back=_list(row.plan_id),
        remove=reverse("plan-programme-remove", args=[key]),
        remove_button=_("Hapus program"),
        remove_consequence=_("Program yang masih punya rencana aksi tidak dapat dihapus."),
    )


@require_POST
@needs("plan.write")
def remove_programme(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = reads.programme(actor, key)

    def act() -> Done:
        changes.remove_programme(actor, key)
        return Done(_("Program dihapus dari draf."), _list(row.plan_id))

    return do_once(request, act)


@get_or_post
@needs("plan.write")
def create_action(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add an action to a programme."""
    actor = actor_of(request)
    programme = reads.programme(actor, key)
    plan = reads.masterplan(actor, programme.plan_id).plan
    only_draft(request, plan)

    def act(form: ActionForm) -> Done:
        made = changes.create_action(actor, key, form.draft())
        return Done(_("Rencana aksi ditambahkan. Catat dananya bila sudah ada."), _after(made.pk))

    return ask(
        request,
        _action_form(request, plan, None),
        act,
        title=_("Tambah rencana aksi ke %(programme)s") % {"programme": programme.title},
        button=_("Tambah rencana aksi"),
        back=_list(plan.id),
    )


@get_or_post
@needs("plan.write")
def edit_action(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    story = reads.action(actor, str(key), today().year, today())
    only_draft(request, story.plan)

    def act(form: ActionForm) -> Done:
        changes.edit_action(actor, key, form.draft(), form.cleaned_data["version"] or 0)
        return Done(_("Rencana aksi tersimpan."), _list(story.plan.id))

    return ask(
        request,
        _action_form(request, story.plan, story),
        act,
        version_now=lambda: reads.action(actor, str(key), today().year, today()).row.version,
        title=_("Ubah rencana aksi %(code)s") % {"code": story.row.code},
        button=_("Simpan"),
        back=_list(story.plan.id),
        links=[
            (_("Dana"), reverse("plan-funds", args=[key])),
            *(
                [(_("Isi quick win"), reverse("plan-quick-win-edit", args=[key]))]
                if story.row.is_quick_win
                else []
            ),
        ],
        remove=reverse("plan-action-remove", args=[key]),
        remove_button=_("Hapus rencana aksi"),
        remove_consequence=_(
            "Target dan dananya ikut terhapus. Rencana aksi yang sudah dilaporkan tetap ada."
        ),
    )


@get_or_post
@needs("plan.write")
def tie(request: HttpRequest, key: UUID) -> HttpResponse:
    """Tie an action to an indicator, in a draft or in the plan in force."""
    actor = actor_of(request)
    story = reads.action(actor, str(key), today().year, today())

    def act(form: TieForm) -> Done:
        said = form.cleaned_data
        changes.tie_action(actor, key, said["measured_by"], said["version"] or 0)
        if said["measured_by"]:
            return Done(_("Tautan tersimpan. Angkanya dihitung sebentar lagi."), back)
        return Done(_("Tautan dilepas. Capaian berikutnya diketik dalam laporan."), back)

    back = reverse("plan-action", args=[story.row.code])
    return ask(
        request,
        TieForm(*sent(request), story=story, indicators=reads.choices(actor)),
        act,
        version_now=lambda: reads.action(actor, str(key), today().year, today()).row.version,
        title=_("Dari mana capaian “%(title)s” diketahui?") % {"title": story.row.title},
        about=_("Satuannya %(unit)s. Target dan janjinya tidak berubah; yang lama tetap dapat dibaca.")
        % {"unit": story.row.unit},
        button=_("Simpan"),
        back=back,
        consequences=[
            _("Bila ditautkan, capaian dihitung dari catatan dan tidak dapat diketik lagi."),
            _("Persen fisik, belanja, catatan, dan bukti tetap dapat dilaporkan."),
        ],
    )


@require_POST
@needs("plan.write")
def remove_action(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    story = reads.action(actor, str(key), today().year, today())

    def act() -> Done:
        changes.remove_action(actor, key)
        return Done(_("Rencana aksi dihapus dari draf."), _list(story.plan.id))

    return do_once(request, act)


@get_or_post
@needs("plan.write")
def quick_win(request: HttpRequest, key: UUID) -> HttpResponse:
    """The story, the ten elements and the risks of a quick win."""
    actor = actor_of(request)
    story = reads.action(actor, str(key), today().year, today())
    only_draft(request, story.plan)
    if not story.row.is_quick_win:
        raise NotFound(_("Rencana aksi ini bukan program unggulan. Tandai dahulu di halaman ubahnya."))
    told = story.quick_win
    form = QuickWinForm(*sent(request), told=told)
    if "add_row" in request.POST and form.rows:
        form = QuickWinForm(told=told, initial=typed(request, form.fields), risks=[*form.rows.as_written()])

    def act(form: QuickWinForm) -> Done:
        changes.write_quick_win(actor, key, form.draft())
        return Done(_("Cerita program unggulan tersimpan."), _list(story.plan.id))

    return ask(
        request,
        form,
        act,
        title=_("Program unggulan: %(title)s") % {"title": story.row.title},
        button=_("Simpan"),
        back=reverse("plan-action-edit", args=[key]),
    )


def _action_form(request: HttpRequest, plan: reads.PlanRow, story: reads.ActionStory | None) -> ActionForm:
    indicators = reads.choices(actor_of(request))
    options: dict[str, Any] = {"plan": plan, "today": today(), "story": story, "indicators": indicators}
    form = ActionForm(*sent(request), **options)
    if "add_row" in request.POST and form.rows:
        return ActionForm(initial=typed(request, form.fields), supports=[*form.rows.as_written()], **options)
    return form


def _list(plan: UUID) -> str:
    return reverse("plan-programmes", args=[plan])


def _after(action: UUID) -> str:
    return reverse("plan-funds", args=[action])
