"""The desk of an office: what is due, the report form, and the office's actions with their history."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base import menu
from balai.base.access import actor_of, needs, signed_in
from balai.base.actor import Actor
from balai.base.contents import Unfit, examine
from balai.base.errors import Forbidden, Invalid
from balai.base.files import clean_name
from balai.base.held import Held, keep, sealed, unsealed
from balai.plan import changes, reads
from balai.plan.forms import CorrectionForm, ReportForm
from balai.plan.models import COMPUTED, TYPED, Report
from balai.plan.pages.asked import plan_in_force, today, year_of
from balai.plan.pages.asking import Done, ask, say, sent, show

_OPEN = (Report.Status.DRAFT, Report.Status.RETURNED)
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What the officer has to report, by urgency.

    Who reports nothing comes to the first page of their own desk; who has none, to the front page.
    """
    actor = actor_of(request)
    if not actor.may("plan.report"):
        first = next(menu.ways("desk", actor, request.path), None)
        return redirect(first.href if first else "/")
    due = reads.due(actor, today())
    columns = [
        ("late", "late", _("Terlambat"), due.late),
        ("week", "waiting", _("Minggu ini"), due.this_week),
        ("later", "plain", _("Nanti"), due.later),
    ]
    return show(
        request,
        "plan/desk/desk.html",
        {"due": due, "columns": columns, "first": next(iter(due.all), None), "today": today()},
    )


@require_safe
@needs("plan.report")
def own_actions(request: HttpRequest) -> HttpResponse:
    """The actions the officer reports on, in the plan in force."""
    plan = plan_in_force(request)
    year = year_of(request, plan)
    rows = reads.own_actions(actor_of(request), plan.id, year, today())
    return show(
        request,
        "plan/desk/own_actions.html",
        {"plan": plan, "year": year, "years": plan.years, "rows": rows},
    )


@require_safe
@needs("plan.report")
def own_action(request: HttpRequest, key: UUID) -> HttpResponse:
    """One action with every period of a year: reported, waiting, or open."""
    actor = actor_of(request)
    first = reads.action(actor, str(key), today().year, today())
    _refuse_others(first)
    year = year_of(request, first.plan)
    story = reads.action(actor, str(key), year, today()) if year != first.row.year else first
    last = {row.period_id: row for row in reversed(story.reports) if row.kind == TYPED}
    figures = {row.period_id: row for row in reversed(story.reports) if row.kind == COMPUTED}
    periods = [
        {
            "period": period,
            "report": last.get(period.id),
            "figure": figures.get(period.id),
            "has_begun": period.starts_on <= today(),
        }
        for period in reads.periods(actor, year)
    ]
    return show(
        request,
        "plan/desk/own_action.html",
        {"story": story, "row": story.row, "year": year, "years": story.plan.years, "periods": periods},
    )


@get_or_post
@needs("plan.report")
def report(request: HttpRequest, action: UUID, period: UUID) -> HttpResponse:
    """Report the progress of an action for a period: saved as a draft, or saved and sent."""
    actor = actor_of(request)
    of = reads.period(actor, period)
    story = reads.action(actor, str(action), of.year, today())
    _refuse_others(story)
    last = _last_entry(story, of)
    # What is being typed is never thrown away: a form that was sent is judged, whatever became of the report.
    if request.method != "POST" and _is_closed(last, of):
        return show(request, "plan/desk/reported.html", _about(story, of, last))
    form = ReportForm(*sent(request), story=story, report=last, today=today())

    def act(form: ReportForm) -> Done:
        said = form.cleaned_data
        saved = changes.save_report(
            actor, action, period, form.draft(), version=said["version"], at=timezone.now()
        )
        return _finish(request, actor, form, saved)

    return _ask_report(request, actor, form, act, story, of, last)


@get_or_post
@needs("plan.report")
def correct(request: HttpRequest, action: UUID, period: UUID) -> HttpResponse:
    """Begin a new entry for a period that is verified or locked, with the reason."""
    actor = actor_of(request)
    of = reads.period(actor, period)
    story = reads.action(actor, str(action), of.year, today())
    _refuse_others(story)
    last = _last_entry(story, of)
    if request.method != "POST" and last and last.is_correction and last.status in _OPEN:
        return redirect("plan-report", action=action, period=period)
    form = CorrectionForm(*sent(request), story=story, report=last, today=today())
    # Evidence of what is corrected stays with what is corrected.
    form.fields.pop("drop", None)

    def act(form: ReportForm) -> Done:
        saved = changes.correct_report(
            actor, action, period, form.draft(), form.cleaned_data["reason"], at=timezone.now()
        )
        return _finish(request, actor, form, saved)

    return _ask_report(request, actor, form, act, story, of, last, is_correction=True)


def _ask_report(
    request: HttpRequest,
    actor: Actor,
    form: ReportForm,
    act: Any,
    story: reads.ActionStory,
    of: reads.PeriodRow,
    last: reads.ReportRow | None,
    **more: Any,
) -> HttpResponse:
    held = unsealed(actor, request.POST.get("held", ""))

    def keep_files(form: ReportForm) -> None:
        held.extend(_kept(form))
        say(form, "held", sealed(actor, held))

    def version_now() -> int | None:
        now = _last_entry(reads.action(actor, str(story.row.id), of.year, today()), of)
        return now.version if now else None

    return ask(
        request,
        form,
        act,
        template="plan/desk/report.html",
        version_now=version_now,
        on_fault=keep_files,
        held=held,
        **_about(story, of, last),
        **more,
    )


def _about(story: reads.ActionStory, of: reads.PeriodRow, last: reads.ReportRow | None) -> dict[str, Any]:
    return {
        "story": story,
        "row": story.row,
        "period": of,
        "report": last,
        "days": (of.due_on - today()).days,
    }


def _finish(request: HttpRequest, actor: Actor, form: ReportForm, saved: Report) -> Done:
    """Add and drop evidence of a saved report, and send it when that was asked."""
    said = form.cleaned_data
    for key in said.get("drop", ()):
        changes.remove_evidence(actor, key)
    for upload in _evidence(actor, form):
        title = said["evidence_title"] or clean_name(upload.name)
        changes.add_evidence(actor, saved.pk, title, upload=upload, dated_on=said["dated_on"])
    if said["link"]:
        title = said["evidence_title"] or said["link"].split("/")[2]
        changes.add_evidence(actor, saved.pk, title, link=said["link"], dated_on=said["dated_on"])
    if request.POST.get("do") == "save":
        return Done(_("Draf tersimpan. Belum dikirim."), reverse("plan-desk"))
    changes.submit_report(actor, saved.pk, version=saved.version, at=timezone.now())
    return Done(_("Laporan terkirim. Tim program memeriksanya."), reverse("plan-desk"))


def _evidence(actor: Actor, form: ReportForm) -> Iterator[changes.Upload]:
    for each in unsealed(actor, form.cleaned_data["held"]):
        with each.open() as content:
            yield changes.Upload(content, each.name)
    for name in form.EVIDENCE:
        if upload := form.cleaned_data[name]:
            upload.seek(0)
            yield changes.Upload(upload, upload.name)


def _kept(form: ReportForm) -> Iterator[Held]:
    """Hold the files of a form that had faults elsewhere; a browser never sends a file a second time."""
    for name in form.EVIDENCE:
        upload: Any = form.files.get(name)
        if not upload or name in form.errors:
            continue
        try:
            upload.seek(0)
            examine(upload, upload.name)
            upload.seek(0)
            yield keep(upload, upload.name, name)
        except Unfit as unfit:
            form.add_error(name, f"{unfit.wrong} {unfit.right}")
        except Invalid as error:
            form.add_error(name, [f"{fault.wrong} {fault.right}" for fault in error.faults])


def _refuse_others(story: reads.ActionStory) -> None:
    if not story.may_report:
        raise Forbidden(_("Rencana aksi ini dilaporkan oleh perangkat daerah lain."))


def _last_entry(story: reads.ActionStory, of: reads.PeriodRow) -> reads.ReportRow | None:
    return next((row for row in story.reports if row.period_id == of.id and row.kind == TYPED), None)


def _is_closed(last: reads.ReportRow | None, of: reads.PeriodRow) -> bool:
    """Tell whether the period takes no report of this action now, other than a correction."""
    if last is None or last.status in _OPEN:
        return of.is_locked and not (last and last.is_correction)
    return True
