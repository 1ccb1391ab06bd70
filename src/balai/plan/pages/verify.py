"""The desk of the programme office: reports to verify, who is late, and the reporting periods of a year."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import Fault, Invalid, NotFound, Refused
from balai.plan import changes, reads
from balai.plan.pages.asked import today
from balai.plan.pages.asking import Done, do_once, show


@require_safe
@needs("plan.verify")
def queue(request: HttpRequest) -> HttpResponse:
    """The reports that wait, the longest waiting first, with what is needed to judge each."""
    actor = actor_of(request)
    rows = reads.verify_queue(actor, today())
    evidence = reads.evidence_by_report(actor, [row.report_id for row in rows])
    return show(
        request,
        "plan/desk/queue.html",
        {"rows": [(row, evidence.get(row.report_id, ())) for row in rows]},
    )


@require_safe
@needs("plan.verify")
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One waiting report with the whole story of its action, to accept or to send back."""
    actor = actor_of(request)
    row = _waiting(request, key)
    report = reads.report(actor, key)
    story = reads.action(actor, str(row.action_id), report.year, today())
    return show(
        request,
        "plan/desk/verify.html",
        {
            "waits": row,
            "report": report,
            "story": story,
            "row": story.row,
            "return_with": {"version": str(row.version), "token": uuid4().hex},
        },
    )


@require_POST
@needs("plan.verify")
def verify(request: HttpRequest, key: UUID) -> HttpResponse:
    actor, version = actor_of(request), _version(request.POST.get("version", ""))

    def act() -> Done:
        changes.verify_report(actor, key, version=version, at=timezone.now())
        return Done(_("Laporan diverifikasi. Angkanya kini dihitung."), reverse("plan-verify"))

    return do_once(request, act)


@require_POST
@needs("plan.verify")
def send_back(request: HttpRequest, key: UUID) -> HttpResponse:
    actor, version = actor_of(request), _version(request.POST.get("version", ""))

    def act() -> Done:
        changes.return_report(actor, key, request.POST.get("reason", "").strip(), version=version)
        return Done(_("Laporan dikembalikan ke pelapornya dengan alasan Anda."), reverse("plan-verify"))

    return do_once(request, act)


@require_POST
@needs("plan.verify")
def verify_many(request: HttpRequest) -> HttpResponse:
    """Verify every ticked report by itself: one that cannot be does not hold up the others."""
    ticked = request.POST.getlist("report")
    if not ticked:
        raise Invalid(
            [Fault(_("Laporan"), _("Belum ada yang dicentang."), _("Centang yang sudah Anda periksa."))]
        )
    actor, at = actor_of(request), timezone.now()

    def act() -> Done:
        done, refused = 0, []
        titles = {str(row.report_id): row.title for row in reads.verify_queue(actor, today())}
        for each in ticked:
            key, _colon, version = each.partition(":")
            try:
                changes.verify_report(actor, key, version=_version(version), at=at)
                done += 1
            except Refused as error:
                refused.append(f"{titles.get(key, _('Satu laporan'))}: {error}")
        said = ngettext("%(count)d laporan diverifikasi.", "%(count)d laporan diverifikasi.", done) % {
            "count": done
        }
        return Done(said if done else "", reverse("plan-verify"), tuple(refused))

    return do_once(request, act)


@require_safe
@needs("plan.report")
def late(request: HttpRequest) -> HttpResponse:
    """How the offices stand with their reports; heads of office see their own."""
    rows = reads.offices_late(actor_of(request), today())
    return show(
        request,
        "plan/desk/late.html",
        {"rows": rows, "late": sum(row.late for row in rows), "behind": [row for row in rows if row.late]},
    )


@require_safe
@needs("plan.freeze")
def periods(request: HttpRequest) -> HttpResponse:
    """The reporting periods of a year, and what is needed to lock each."""
    asked = request.GET.get("tahun", "")
    now = today().year
    years = range(now - 2, now + 2)
    year = int(asked) if asked.isdecimal() and int(asked) in years else now
    actor = actor_of(request)
    rows = [
        {
            "period": row,
            "has_ended": row.ends_on < today(),
            "may_lock": row.ends_on < today() and not row.is_locked,
        }
        for row in reads.periods(actor, year)
    ]
    return show(
        request,
        "plan/desk/periods.html",
        {
            "rows": rows,
            "year": year,
            "tabs": [
                {
                    "label": str(each),
                    "href": f"{reverse('plan-periods')}?tahun={each}",
                    "is_here": each == year,
                    "count": None,
                }
                for each in years
            ],
            "may_open": actor.may("plan.write"),
        },
    )


@require_POST
@needs("plan.write")
def open_year(request: HttpRequest, year: int) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        found = changes.open_year(actor, year)
        said = _("Tahun %(year)d punya %(count)d periode laporan.") % {"year": year, "count": len(found)}
        return Done(said, f"{reverse('plan-periods')}?tahun={year}")

    return do_once(request, act)


@require_POST
@needs("plan.freeze")
def lock(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        row: Any = changes.lock_period(actor, key, timezone.now())
        said = _("%(period)s dikunci. Perubahan berikutnya hanya lewat koreksi.") % {"period": row.title}
        return Done(said, f"{reverse('plan-periods')}?tahun={row.year}")

    return do_once(request, act)


def _waiting(request: HttpRequest, key: UUID) -> reads.QueueRow:
    for row in reads.verify_queue(actor_of(request), today()):
        if row.report_id == key:
            return row
    raise NotFound(_("Laporan ini tidak menunggu pemeriksaan Anda; mungkin sudah diperiksa orang lain."))


def _version(text: str) -> int:
    if not text.isdecimal():
        raise Invalid([Fault(_("Laporan"), _("Formulirnya tidak lengkap."), _("Muat ulang halamannya."))])
    return int(text)
