"""Money of actions on the desk: lines by year and source, what was spent, pledges of CSR and partners."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import Forbidden
from balai.plan import changes, reads
from balai.plan.forms import FundForm, PledgeForm, SpendingForm
from balai.plan.models import Fund
from balai.plan.pages.asked import plan_in_force, today, year_of
from balai.plan.pages.asking import Done, ask, do_once, sent, show
from balai.plan.rules.money import PLEDGED

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_SOURCES = dict(Fund.Source.choices)


@get_or_post
@needs("plan.report")
def funds(request: HttpRequest, key: UUID) -> HttpResponse:
    """The money of one action; who writes the plan adds lines, its office records what was spent."""
    actor = actor_of(request)
    story = _story(actor, key)
    may_write = actor.may("plan.write")
    if request.method == "POST":
        actor.require("plan.write")

    def act(form: FundForm) -> Done:
        made = changes.add_fund(actor, key, form.draft())
        return Done(_("Baris dana ditambahkan."), _href(key), _warned(made))

    return ask(
        request,
        FundForm(*sent(request), plan=story.plan, today=today()),
        act,
        template="plan/desk/funds.html",
        story=story,
        row=story.row,
        lines=[(_SOURCES[line.source], line) for line in story.funds],
        may_write=may_write,
    )


@get_or_post
@needs("plan.write")
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    line = reads.fund(actor, key)
    story = reads.action(actor, str(line.action_id), line.year, today())

    def act(form: FundForm) -> Done:
        made = changes.edit_fund(actor, key, form.draft())
        return Done(_("Baris dana tersimpan."), _href(line.action_id), _warned(made))

    return ask(
        request,
        FundForm(*sent(request), plan=story.plan, today=today(), line=line),
        act,
        title=_("Ubah dana %(title)s") % {"title": story.row.title},
        button=_("Simpan"),
        back=_href(line.action_id),
        remove=reverse("plan-fund-remove", args=[key]),
        remove_button=_("Hapus baris dana"),
        remove_consequence=_("Baris ini tidak lagi dihitung; jejak auditnya tetap ada."),
    )


@require_POST
@needs("plan.write")
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    line = reads.fund(actor, key)

    def act() -> Done:
        changes.remove_fund(actor, key)
        return Done(_("Baris dana dihapus."), _href(line.action_id))

    return do_once(request, act)


@get_or_post
@needs("plan.report")
def spend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record what was spent of a budget, or realised of a pledge."""
    actor = actor_of(request)
    line = reads.fund(actor, key)
    story = _story(actor, line.action_id)
    pledged = line.source in PLEDGED

    def act(form: SpendingForm) -> Done:
        made = changes.record_spending(actor, key, form.cleaned_data["spent"])
        return Done(_("Realisasi dicatat."), _href(line.action_id), _warned(made))

    return ask(
        request,
        SpendingForm(*sent(request), initial={"spent": line.spent}),
        act,
        title=_("Realisasi %(source)s %(year)d") % {"source": _SOURCES[line.source], "year": line.year},
        about=story.row.title,
        budget=line.budget,
        budget_label=_("Janji") if pledged else _("Pagu"),
        button=_("Catat realisasi"),
        back=_href(line.action_id),
    )


@require_safe
@needs("plan.write")
def pledges(request: HttpRequest) -> HttpResponse:
    """Pledges of CSR and partners in a year, and how much of each was realised."""
    plan = plan_in_force(request)
    year = year_of(request, plan)
    lines = [line for line in reads.money(actor_of(request), plan.id, year).lines if line.source in PLEDGED]
    cash = [line for line in lines if not line.is_in_kind]
    return show(
        request,
        "plan/desk/pledges.html",
        {
            "plan": plan,
            "year": year,
            "years": plan.years,
            "lines": [(_SOURCES[line.source], line) for line in lines],
            "promised": sum(line.budget for line in cash),
            "realised": sum(line.spent or 0 for line in cash),
            "silent": sum(line.spent is None for line in cash),
        },
    )


@get_or_post
@needs("plan.write")
def add_pledge(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    plan = plan_in_force(request)
    actions = reads.programme_tree(actor, plan.id, plan.year_on(today()), today()).actions

    def act(form: PledgeForm) -> Done:
        made = changes.add_fund(actor, form.cleaned_data["action"], form.draft())
        return Done(_("Janji dicatat."), f"{reverse('plan-pledges')}?tahun={made.fund.year}", _warned(made))

    return ask(
        request,
        PledgeForm(*sent(request), plan=plan, today=today(), actions=actions),
        act,
        title=_("Catat janji CSR atau mitra"),
        button=_("Catat janji"),
        back=reverse("plan-pledges"),
    )


def _story(actor: Actor, key: UUID) -> reads.ActionStory:
    story = reads.action(actor, str(key), today().year, today())
    if not (story.may_report or actor.may("plan.write")):
        raise Forbidden(_("Dana rencana aksi ini dicatat oleh perangkat daerah lain."))
    return story


def _warned(made: changes.WrittenFund) -> tuple[str, ...]:
    return tuple(f"{warning.wrong} {warning.right}".strip() for warning in made.warnings)


def _href(action: UUID) -> str:
    return reverse("plan-funds", args=[action])
