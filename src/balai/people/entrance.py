"""The two middlewares at the door: which local government is addressed, and who asks."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.answers import answer, is_for_a_program
from balai.base.errors import Forbidden
from balai.base.streaming import make_within
from balai.people import reads
from balai.people.models import Account, LocalGovernment

type View = Callable[..., HttpResponseBase]

_log = logging.getLogger(__name__)

NATIONAL_PATH = "/nasional"

HOME = "home"
"""Where a session keeps the tenant at whose host it was begun."""

VIEWS_OF_OTHERS = {
    "allauth.": "pages of signing in; they check the account themselves, and most are for visitors",
    "ninja.openapi.": "the description of the API; it holds no data",
    "django.contrib.staticfiles.": "stylesheets and scripts, served by Django in development only",
    "django.views.static": "files of the debug server",
}
"""Views that cannot carry our declaration, by the module they come from, and why each may be open."""

OPEN_WITHOUT_SECOND_FACTOR = ("allauth.account.", "allauth.mfa.", "django.contrib.staticfiles.")
"""Where an officer without a second factor may still go: to set one up, or to leave."""


class TenantMiddleware:
    """Finds the tenant by host name and works in its scope, to the last piece of a streamed answer.

    An unknown host is answered by the default tenant; addresses under /nasional
    belong to the national tenant at every host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        home, tenant, government = _addressed(request)
        request.home = home  # type: ignore[attr-defined]
        request.government = government  # type: ignore[attr-defined]
        with tenancy.scope(tenant):
            response = self.get_response(request)
        make_within(response, lambda: tenancy.scope(tenant))
        return response


def _addressed(request: HttpRequest) -> tuple[str, str, LocalGovernment | None]:
    """Return the tenant of the host, the tenant of the address, and the government of that one."""
    asked = request.get_host()
    host = asked.rpartition(":")[0] or asked
    home = settings.OPTIONS.default_tenant
    try:
        home = reads.tenant_at(host.lower()) or home
        is_national = request.path == NATIONAL_PATH or request.path.startswith(f"{NATIONAL_PATH}/")
        tenant = tenancy.NATIONAL if is_national else home
        return home, tenant, reads.government(tenant)
    except DatabaseError:
        # /health answers also when the database does not; whoever needs rows fails at the next query.
        _log.exception("the list of local governments cannot be read")
        return home, home, None


class ActorMiddleware:
    """Puts the acting account on the request, and refuses views that declare nobody.

    Seats are read anew at every request: who leaves today is out at once. A
    session begun at the host of one tenant is worth nothing at the host of another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_at_home(request):
            request.user = AnonymousUser()
        arrival = _arrival(request)
        request.actor = arrival.actor  # type: ignore[attr-defined]
        request.needs_second_factor = arrival.lacks_second_factor  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.needs_second_factor and not _comes_from(view, OPEN_WITHOUT_SECOND_FACTOR):  # type: ignore[attr-defined]
            return _to_second_factor(request)
        if _is_declared(request, view) or _comes_from(view, VIEWS_OF_OTHERS):
            return None
        # Raised here it would be a 500: process_exception sees only what views raise.
        error = Forbidden(_("Halaman ini belum menyatakan siapa yang boleh membukanya."))
        return answer(request, error)


def _is_at_home(request: HttpRequest) -> bool:
    here: str = request.home  # type: ignore[attr-defined]
    return not request.user.is_authenticated or request.session.setdefault(HOME, here) == here


def _arrival(request: HttpRequest) -> reads.Arrival:
    tenant = tenancy.current_tenant()
    if isinstance(request.user, Account):
        return reads.arrive(request.user, tenant, timezone.localdate())
    return reads.Arrival(reads.visitor(tenant))


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    if is_for_a_program(request):
        return answer(request, Forbidden(_("Akun ini harus memasang faktor kedua dahulu, di /akun/2fa/.")))
    verified = EmailAddress.objects.filter(user=request.user, verified=True).exists()
    return redirect("mfa_index" if verified else "account_email")


def _comes_from(view: View, modules: Iterable[str]) -> bool:
    # An API description is a functools.partial; what it wraps says where it is from.
    module = getattr(getattr(view, "func", view), "__module__", "")
    return module.startswith(tuple(modules))


def _is_declared(request: HttpRequest, view: View) -> bool:
    """Tell whether the view, or the API operation behind it, says who may use it."""
    # The API keeps the operations of an address in the closure of one undeclared view.
    cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    operations = next((cell.operations for cell in cells if hasattr(cell, "operations")), None)
    if operations is None:
        return hasattr(view, "access")
    asked = [operation for operation in operations if request.method in operation.methods]
    # A method that no operation has is answered 405 by the API itself.
    return all(hasattr(operation.view_func, "access") for operation in asked)
