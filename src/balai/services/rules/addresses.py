"""Words that stand in addresses where the code of a service does; no service is called like one."""

import re
from collections.abc import Callable, Iterable

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_CAPTURES = re.compile(r"<(?:[a-z]+:)?(?:service|code)>")
_sources: list[Callable[[], Iterable[str]]] = []


def told_by[F: Callable[[], Iterable[str]]](routes: F) -> F:
    """Register who knows every route that may lead to a service; asked when a service is checked."""
    _sources.append(routes)
    return routes


def reserved() -> frozenset[str]:
    """Return the words no service may be called, from every registered source."""
    return words_beside_codes([route for source in _sources for route in source()])


def words_beside_codes(routes: Iterable[str]) -> frozenset[str]:
    """Return the fixed words that stand in some route where another has the code of a service.

    Args:
        routes: as Django writes them; a service's code is the capture `service` or `code`.

    >>> sorted(words_beside_codes(["desk/<slug:service>/", "desk/board/", "desk/list.<slug:form>", "x/y/"]))
    ['board']
    """
    known = [route.split("/") for route in routes]
    fronts = {
        tuple(parts[:place]) for parts in known for place, one in enumerate(parts) if _CAPTURES.fullmatch(one)
    }
    return frozenset(
        parts[len(front)]
        for parts in known
        for front in fronts
        if len(parts) > len(front)
        and tuple(parts[: len(front)]) == front
        and _CODE.fullmatch(parts[len(front)])
    )
