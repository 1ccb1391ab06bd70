"""The versions of a service: how many cases run on each, how they fit a newer one, how its tests end."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.base.jobs import QueuedJob
from balai.definitions import load
from balai.services.models import Case
from balai.services.rules.definition import Service, Test
from balai.services.rules.examples import failures, shipped_world
from balai.services.rules.loading import SERVICES
from balai.services.rules.upgrading import Fit, fit
from balai.services.verbs import SERVICES_READ

BRING_OVER = "services.bring_over"
"""The job that brings the running cases of a version to a newer one."""


@dataclass(frozen=True)
class Version:
    """A version of a service, and how many cases run on it here."""

    service: Service
    running: int
    states: Mapping[str, int]
    fit: Fit | None


@dataclass(frozen=True)
class Tried:
    """A test inside a file, and how it came out otherwise than told; nothing where it passed."""

    test: Test
    wrong: tuple[str, ...]


def known_services(actor: Actor) -> tuple[Service, ...]:
    """Return every service the tenant in scope offers, each in its newest version, drafts included."""
    actor.require(SERVICES_READ)
    newest: dict[str, Service] = {}
    for one in _offered():
        if one.code not in newest or one.version > newest[one.code].version:
            newest[one.code] = one
    return tuple(one for _code, one in sorted(newest.items()))


def versions(actor: Actor, code: str) -> tuple[Version, ...]:
    """Return the versions of a service, the newest first; secret cases are counted with the others.

    Raises:
        NotFound: the tenant has no such service.
    """
    actor.require(SERVICES_READ)
    known = sorted((one for one in _offered() if one.code == code), key=lambda one: -one.version)
    if not known:
        raise NotFound
    running: dict[int, dict[str, int]] = {}
    lines = (
        Case.objects.filter(tenant=actor.tenant, service=code, is_open=True)
        .order_by()
        .values_list("service_version", "state")
        .annotate(n=Count("state"))
    )
    for version, state, number in lines:
        running.setdefault(version, {})[state] = number
    return tuple(
        Version(
            one,
            sum(running.get(one.version, {}).values()),
            running.get(one.version, {}),
            fit(one, known[0]) if one is not known[0] else None,
        )
        for one in known
    )


def tried(service: Service) -> tuple[Tried, ...]:
    """Return the tests inside a file with how they came out; run once for each content."""
    return _tried(service.key, service.sha256, _Held(service))


class _Held:
    """Carries a service past the key of the cache: its hash says what it is."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)


@lru_cache(maxsize=64)
def _tried(_key: str, _sha256: str, held: _Held) -> tuple[Tried, ...]:
    service = held.service
    world = shipped_world(service)
    return tuple(
        Tried(test, tuple(told for _place, told in failures(service, test, world))) for test in service.tests
    )


def upgrades_under_way(actor: Actor, code: str) -> tuple[QueuedJob, ...]:
    """Return the last jobs that bring cases of a service over, the newest first."""
    rows = QueuedJob.objects.filter(tenant=actor.tenant, name=BRING_OVER, payload__code=code)
    return tuple(rows.order_by("-queued_at")[:5])


def _offered() -> list[Service]:
    return [one.value for one in load(SERVICES).values() if one.value.offered_in(tenancy.current_tenant())]
