"""How the desk of the plan asks: as every desk does, on the plan's own plain page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from balai.base import asking
from balai.base.asking import Done, do_once, say, sent, show, typed
from balai.base.errors import Locked
from balai.plan.forms.fields import Asked
from balai.plan.reads import PlanRow

__all__ = ["Done", "ask", "do_once", "only_draft", "say", "sent", "show", "typed"]


def ask[F: Asked](
    request: HttpRequest,
    form: F,
    act: Callable[[F], Done],
    *,
    template: str = "plan/desk/form.html",
    **more: Any,
) -> HttpResponse:
    """As `balai.base.asking.ask`; the plain page wants title, button and back."""
    return asking.ask(request, form, act, template=template, **more)


def only_draft(request: HttpRequest, plan: PlanRow) -> None:
    """Say at once that a plan is locked; a form that was sent is told so with all that was typed in it.

    Raises:
        Locked: the plan was adopted.
    """
    if request.method != "POST" and not plan.is_draft:
        raise Locked(_("Rencana induk yang sudah ditetapkan hanya berubah lewat versi baru."))
