"""The supervisor's board: per office what is open, late, how long it takes; numbers lead to their cases."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.asking import show
from balai.services import reads
from balai.services.pages import desk_asked as asked_of
from balai.services.reads import OfficeFigures, lists
from balai.services.reads.figures import LOOKED_BACK
from balai.services.reads.lists import Queue


@require_safe
@needs("services.figures")
def supervision(request: HttpRequest) -> HttpResponse:
    """How every office does, with the cases behind each number for who may see them."""
    actor, now = actor_of(request), timezone.now()
    asked = request.GET.get(asked_of.SERVICE, "")
    services = reads.services(timezone.localdate(now))
    code = asked if asked in {one.code for one in services} else ""
    board = reads.board_of_offices(actor, now, code)
    found = board.offices
    return show(
        request,
        "services/desk/supervision.html",
        {
            "rows": [(one, _ways(actor, one, code)) for one in found],
            "open": sum(one.open for one in found),
            "late": sum(one.late for one in found),
            "closed": sum(one.closed for one in found),
            "reopened": sum(one.reopened for one in found),
            "rated": sum(one.rated for one in found),
            "services": services,
            "code": code,
            "days": LOOKED_BACK.days,
            "now": now,
            "ended_at": board.ended_at if board.ended_at != now else None,
        },
    )


def _ways(actor: Actor, figures: OfficeFigures, code: str) -> dict[str, str]:
    """Return where the numbers of an office lead, "" where the actor may not see its cases."""
    own = lists.queues_of(actor)
    is_own = figures.office in actor.offices
    queue = Queue.ALL if Queue.ALL in own else Queue.OFFICE if Queue.OFFICE in own and is_own else None
    if queue is None:
        return {}
    there = reverse("service-list")
    whose = {"service": code, "office": figures.office}
    closed = {"queue": Queue.CLOSED.value, "days": LOOKED_BACK.days, **whose}
    return {
        "open": there + asked_of.query_of(queue=queue.value, **whose),
        "late": there + asked_of.query_of(queue=queue.value, late=1, **whose),
        "closed": there + asked_of.query_of(**closed),
        "reopened": there + asked_of.query_of(reopened=1, **closed),
    }
