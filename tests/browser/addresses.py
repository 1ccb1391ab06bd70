"""Every page a visitor or an officer can come to, found in the routes and the menus, not listed by hand."""

import json
from collections.abc import Callable, Iterator, Mapping

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.browser.conftest import Site, ask

NOT_PAGES = frozenset(
    {"health", "ready", "openapi", "brand", "language", "account_logout"}
    | {"case-say", "case-attach", "case-rate", "case-leave"}
)
"""Routes without a page to look at."""

LOOKED_AT_ELSEWHERE = frozenset(
    {"data-query-saved", "dataset-feedback-one", "data-asked-own"}
    | {"case", "case-move", "service-point"}
    | {"survey-door", "survey-form", "survey-thanks", "survey-found"}
)
"""Pages that somebody must first make: test_query, test_portal and test_services_citizen look at them."""

PUBLIC_VERBS = frozenset({"plan.read", "data.read"})
"""What the role files give to everybody."""

OPEN_PAGES_OF_OTHERS = ("account_login", "account_signup", "account_reset_password")

EXAMPLES: Mapping[str, Callable[[Site], dict[str, object]]] = {
    "evaluation-instrument": lambda site: {"code": "spbe-2020"},
    "evaluation-score": lambda site: {"key": some_result(site)},
    "evaluation-what-if": lambda site: {"key": some_result(site)},
    "dataset": lambda site: {"code": "holidays"},
    "dataset-compare": lambda site: {"code": "holidays"},
    "dataset-feedback": lambda site: {"code": "holidays"},
    "dataset-version": lambda site: {"code": "holidays", "number": 1},
    "figure": lambda site: {"key": some_figure(site)},
    "figure-history": lambda site: {"key": some_figure(site)},
    "indicator": lambda site: {"code": "population_density"},
    "plan-action": lambda site: {"code": some_action(site)},
    "plan-published-year": lambda site: {"year": 2023},
    "plan-stage": lambda site: {"key": some_stage(site)},
    "region": lambda site: {"code": "35.73"},
    "table": lambda site: {"code": "holidays"},
    "service": lambda site: {"code": "sambat"},
    "service-form": lambda site: {"code": "sambat"},
    "service-places": lambda site: {"code": "sambat"},
    "service-figures": lambda site: {"code": "sambat"},
}
"""Route → what its address needs. A public page that needs more than a key here fails the test."""

FILES = ("json", "csv", "pdf", "file", "evidence", "book", "minutes", "places", "values", "sheet", "template")


def _read(site: Site, path: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(ask(site, path).body)
    return found


def actions(site: Site) -> list[dict[str, str]]:
    """Return the actions of Kota Malang, as everybody may read them."""
    return _read(site, "/program.json")["actions"]


def some_action(site: Site) -> str:
    """Return the code of a quick win that has money, evidence, and two dimensions."""
    return next(row["code"] for row in actions(site) if row["is_quick_win"] and row["part"] != "1")


def some_figure(site: Site) -> str:
    """Return the id of the newest figure of an indicator of the nation."""
    return _read(site, "/data/indikator/population_density.json")["figures"][-1]["id"]


def some_result(site: Site) -> str:
    """Return the id of a published result with all its parts."""
    return _read(site, "/api/v1/evaluation/results?family=spbe&year=2024")["items"][0]["id"]


def some_stage(site: Site) -> str:
    """Return the key of the frozen stage, from the page where the masterplan links to it."""
    text = ask(site, "/rencana-induk/").body.decode()
    return text.partition('href="/tahap/')[2].partition("/")[0]


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Yield every route of ours that has a name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern)
        elif pattern.name:
            yield pattern


def is_public_page(route: URLPattern) -> bool:
    """Tell whether a visitor gets a page of ours there."""
    name, access = str(route.name), getattr(route.callback, "access", None)
    if access is None:
        return name in OPEN_PAGES_OF_OTHERS
    is_open = bool(access.public_because) or access.verb in PUBLIC_VERBS
    is_file = any(name.endswith(("-" + kind, "_" + kind)) or name == kind for kind in FILES)
    return (
        is_open
        and not is_file
        and name not in NOT_PAGES | LOOKED_AT_ELSEWHERE
        and ".faces." not in str(getattr(route.callback, "__module__", ""))  # they speak to programs
        and not str(route.pattern).endswith((".json", ".csv"))
    )


def public_names() -> list[str]:
    """Return the names of all public pages."""
    return sorted({str(route.name) for route in routes() if is_public_page(route)})


def address(site: Site, name: str) -> str:
    """Return the address of a public page with a thing of the demo in it."""
    needed = EXAMPLES.get(name)
    return reverse(name, kwargs=needed(site) if needed else None)
