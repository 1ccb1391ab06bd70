"""The routes of the product that may lead to a service, for the linter: a code must not hide behind one."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from balai.services.rules import addresses


@addresses.told_by
def routes() -> Iterator[str]:
    """Yield every route of a page of services, and those of programs below `services/`."""
    for route, module in _routes(get_resolver(), ""):
        if module.startswith("balai.services.") or "/services/" in route:
            yield route


def _routes(at: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    for one in at.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one, route)
        elif isinstance(one, URLPattern):
            yield route, one.callback.__module__
