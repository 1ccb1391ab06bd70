"""Every address says who may use it, and one that does not is refused.

Nothing here is listed by hand: the addresses come from the resolver, the
operations from the API.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views.decorators.http import require_safe
from django.views.generic.base import RedirectView
from ninja import NinjaAPI

from balai.base.access import Access, needs
from balai.base.api import Router
from balai.people.entrance import OPEN_WITHOUT_SECOND_FACTOR, VIEWS_OF_OTHERS
from balai.people.reads import roles
from balai.people.rules import verbs
from balai.site import urls as site_urls
from tests.cast import MALANG, Cast, visitor_at

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True)
class Route:
    """One way in: an address with its view, or one operation of the API at its address.

    Attributes:
        methods: those it answers.
    """

    address: str
    pattern: URLPattern
    view: Callable[..., Any]
    methods: frozenset[str]
    is_operation: bool = False

    def __str__(self) -> str:
        return f"{'/'.join(sorted(self.methods))} /{self.address}"

    @property
    def access(self) -> Access | None:
        return getattr(self.view, "access", None)

    @property
    def module(self) -> str:
        return getattr(getattr(self.view, "func", self.view), "__module__", "")

    @property
    def is_of_others(self) -> bool:
        return self.module.startswith(tuple(VIEWS_OF_OTHERS))


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Route]:
    """Yield every way into the product."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, address)
            continue
        operations = _operations(pattern.callback)
        if operations is None:
            yield Route(address, pattern, pattern.callback, page_methods(pattern.callback))
        else:
            for operation in operations:
                yield Route(address, pattern, operation.view_func, frozenset(operation.methods), True)


def page_methods(view: Callable[..., Any]) -> frozenset[str]:
    """Return the methods a page answers, read from its `require_http_methods`; all where it has none."""
    found = frozenset(METHODS)
    layer: Any = view
    while layer is not None:
        for cell in getattr(layer, "__closure__", None) or ():
            said = cell.cell_contents
            if isinstance(said, list | tuple) and said and set(said) <= METHODS:
                found &= frozenset(said)
        layer = getattr(layer, "__wrapped__", None)
    return found


def _operations(view: Callable[..., Any]) -> list[Any] | None:
    """Return the operations of the API behind a view; it keeps them in its closure."""
    cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    return next((cell.operations for cell in cells if hasattr(cell, "operations")), None)


def test_the_walk_finds_pages_operations_and_the_views_of_others() -> None:
    """A walk that finds nothing would make every promise below an empty one."""
    found = list(routes())
    assert len([route for route in found if route.is_operation]) > 30
    assert len([route for route in found if not route.is_operation and not route.is_of_others]) > 60
    assert any(route.is_of_others for route in found)
    known = {"GET/HEAD /saya", "GET/HEAD /api/v1/plan/due", "POST /api/v1/plan/reports", "POST /saya/nik"}
    assert known <= set(map(str, found))


def _undeclared() -> list[Route]:
    return [route for route in routes() if route.access is None and not route.is_of_others]


def test_every_route_says_who_may_use_it(cast: Cast) -> None:
    """Old addresses of allauth, which led on to its new ones, stay shut: nobody here ever knew them."""
    for route in _undeclared():
        assert getattr(route.view, "view_class", None) is RedirectView, str(route)
        assert route.address.startswith("akun/social/"), str(route)
        assert cast.rini.client.get(f"/{route.address}").status_code == 403


def test_every_page_says_which_methods_it_answers() -> None:
    """A page that takes any method would write on a GET one day."""
    assert [
        str(route)
        for route in routes()
        if not route.is_operation and route.access and route.methods == METHODS
    ] == []


def test_a_declaration_says_one_thing() -> None:
    wrong = []
    for route in routes():
        if route.access is None:
            continue
        said = [bool(route.access.verb), bool(route.access.public_because), route.access.signed_in]
        if sum(said) != 1:
            wrong.append(str(route))
    assert wrong == []


def test_a_route_asks_only_for_verbs_that_some_role_holds() -> None:
    held = {verb for role in roles().values() for verb in role.verbs}
    asked = {route.access.verb for route in routes() if route.access and route.access.verb}
    assert asked - held == set()
    assert asked - verbs().keys() == set()


def test_views_of_others_are_few_and_each_is_in_use() -> None:
    unused = set(VIEWS_OF_OTHERS)
    for route in routes():
        unused -= {prefix for prefix in VIEWS_OF_OTHERS if route.module.startswith(prefix)}
    # Only a debug server serves stylesheets; the API's own description page is switched off.
    assert unused <= {"django.contrib.staticfiles.", "django.views.static", "ninja.openapi."}
    assert all(because for because in VIEWS_OF_OTHERS.values())
    ours = [
        prefix for prefix in (*VIEWS_OF_OTHERS, *OPEN_WITHOUT_SECOND_FACTOR) if prefix.startswith("balai")
    ]
    assert ours == []


# A view that forgot its declaration, and one that asks for a verb nobody declared.


def forgotten(request: HttpRequest) -> HttpResponse:
    raise AssertionError("nobody may get here")


@require_safe
@needs("plan.invented")
def invented(request: HttpRequest) -> HttpResponse:
    raise AssertionError("nobody may get here")


def _forgotten_operation() -> NinjaAPI:
    api = NinjaAPI(urls_namespace="forgotten", openapi_url=None, docs_url=None)
    router = Router()

    @router.get("/read")
    def read(request: HttpRequest) -> str:
        raise AssertionError("nobody may get here")

    @router.post("/read")
    @needs("plan.read")
    def write(request: HttpRequest) -> str:
        return "written"

    api.add_router("", router)
    return api


urlpatterns = [
    *site_urls.urlpatterns,
    path("forgotten", forgotten),
    path("invented", invented),
    path("forgotten-api/", _forgotten_operation().urls),
]


@pytest.mark.parametrize("address", ["/forgotten", "/invented", "/forgotten-api/read"])
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_what_is_not_declared_is_refused_to_everyone(address: str, method: str, cast: Cast) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        for person in (cast.rini, cast.putu, cast.lina):
            answer = getattr(person.client, method)(address)
            if (address, method) == ("/forgotten-api/read", "post"):
                assert answer.status_code == 200
            else:
                assert answer.status_code in (403, 405), (address, method)


def test_an_undeclared_view_is_refused_to_visitors_too(cast: Cast) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        assert visitor_at(MALANG).get("/forgotten").status_code == 403
        assert visitor_at(MALANG).get("/invented").status_code == 302
