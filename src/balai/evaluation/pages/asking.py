"""How the desk of the evaluation asks: as every desk does, on its own plain page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from balai.base import asking
from balai.base.asking import Done, do_once, sent, show
from balai.base.forms import Asked

__all__ = ["Done", "ask", "do_once", "sent", "show"]


def ask[F: Asked](
    request: HttpRequest,
    form: F,
    act: Callable[[F], Done],
    *,
    template: str = "evaluation/desk/form.html",
    **more: Any,
) -> HttpResponse:
    """As `balai.base.asking.ask`; the plain page wants title, button and back."""
    return asking.ask(request, form, act, template=template, **more)
