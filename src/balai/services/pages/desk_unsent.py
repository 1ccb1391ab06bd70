"""Notices that are not tried any more, and sending them again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Done, do_once, show
from balai.services import changes, reads
from balai.services.pages.desk_words import case_address


@require_safe
@needs("services.read")
def unsent(request: HttpRequest) -> HttpResponse:
    """The notices of one's cases whose tries are spent, the latest first."""
    rows = [(one, case_address(one.service, one.number)) for one in reads.unsent(actor_of(request))]
    return show(request, "services/desk/unsent.html", {"rows": rows})


@require_POST
@needs("services.read")
def send_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Try a notice anew; back to the case where one came from it."""

    def act() -> Done:
        row = changes.send_again(actor_of(request), key)
        there = case_address(row.case.service, row.case.number)
        is_of_case = bool(request.POST.get("case"))
        return Done(_("Pemberitahuan dikirim lagi."), there if is_of_case else reverse("service-unsent"))

    return do_once(request, act)
