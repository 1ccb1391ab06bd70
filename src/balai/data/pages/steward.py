"""The desk of the steward (walidata): what waits, what a machine remarks, accept or send back."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Done, do_once, show
from balai.data import changes, reads
from balai.data.pages.producing import version_of
from balai.data.pages.words import badge, state
from balai.data.rules.differing import described, differing
from balai.data.rules.reviewing import Remark, remarks
from balai.data.rules.wording import READERS

SHOWN = 50


@require_safe
@needs("data.check")
def queue(request: HttpRequest) -> HttpResponse:
    """Drafts that wait, the longest waiting first; below them every dataset there is."""
    actor = actor_of(request)
    every = reads.own_datasets(actor)
    waiting = sorted(
        (row for row in every if row.status == "submitted"), key=lambda row: (row.submitted_at, row.code)
    )
    others = [row for row in every if row.status != "submitted"]
    begun = next((place for place, row in enumerate(others, 1) if row.code == request.GET.get("after")), 0)
    page = others[begun : begun + SHOWN]
    return show(
        request,
        "data/desk/queue.html",
        {
            "waiting": waiting,
            "rows": [(row, state(row)) for row in page],
            "total": len(others),
            "next": page[-1].code if page and begun + SHOWN < len(others) else "",
            "is_first": not begun,
        },
    )


@require_safe
@needs("data.check")
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is said of a dataset, what differs from what is in force, and what to look at twice."""
    found = reads.own_dataset(actor_of(request), code)
    said = found.said
    return show(
        request,
        "data/desk/check.html",
        {
            "found": found,
            "row": found.row,
            "said": said,
            "state": state(found.row),
            "badge": badge(said.classification),
            "readers": READERS[said.classification],
            "described": described(said).items(),
            "differences": differing(found.in_force, found.draft) if found.draft and found.in_force else (),
            "remarks": [*_key_remarks(request, found), *remarks(said)],
            "return_with": {"version": str(found.row_version), "token": uuid4().hex},
        },
    )


@require_POST
@needs("data.check")
def accept(request: HttpRequest, code: str) -> HttpResponse:
    actor, version = actor_of(request), version_of(request)

    def act() -> Done:
        row = changes.check(actor, code, version=version, at=timezone.now())
        if row.current_id:
            return Done(_("Diterima. Metadata baru berlaku sekarang."), reverse("data-steward"))
        said = _("Diterima. Produsennya kini dapat menerbitkan versi pertama.")
        return Done(said, reverse("data-steward"))

    return do_once(request, act)


@require_POST
@needs("data.check")
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    actor, version = actor_of(request), version_of(request)

    def act() -> Done:
        changes.return_draft(actor, code, request.POST.get("reason", "").strip()[:1000], version=version)
        return Done(_("Dikembalikan ke produsennya dengan alasan Anda."), reverse("data-steward"))

    return do_once(request, act)


def _key_remarks(request: HttpRequest, found: reads.OwnDataset) -> list[Remark]:
    """Ask the rows that stand whether the key of the draft tells them apart."""
    if not found.draft or not found.row.number:
        return []
    twice = reads.rows_of_one_key(actor_of(request), found.row.code, found.draft.key)
    if twice is None:
        return [
            Remark(
                _("Kunci"),
                _("Versi yang berlaku tidak punya semua kolom kunci ini."),
                _("Pastikan berkas versi berikutnya memuatnya."),
            )
        ]
    if not twice:
        return []
    wrong = _("Pada versi yang berlaku ada %(count)d kunci yang dipakai beberapa baris.") % {"count": twice}
    return [Remark(_("Kunci"), wrong, _("Tambah kolom kunci sampai tiap baris berbeda."), is_grave=True)]
