"""Which local government answers at which host name; kept in memory for a minute.

The list changes a few times a year and is asked for at every request. A process
that changes it forgets it at once; the others see the change within a minute.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from balai.people.models import HostName, LocalGovernment

_KEPT_SECONDS = 60


@dataclass(frozen=True)
class _Kept:
    until: float
    by_key: Mapping[str, LocalGovernment]
    by_host: Mapping[str, str]


_kept: list[_Kept] = []


def _list() -> _Kept:
    if not _kept or _kept[0].until < time.monotonic():
        by_key = {row.key: row for row in LocalGovernment.objects.order_by("key")}
        by_host = dict(HostName.objects.values_list("host", "government_id"))
        _kept[:] = [_Kept(time.monotonic() + _KEPT_SECONDS, by_key, by_host)]
    return _kept[0]


def governments() -> tuple[LocalGovernment, ...]:
    """Return every local government, the national one included, in the order of their keys."""
    return tuple(_list().by_key.values())


def government(key: str) -> LocalGovernment | None:
    """Return the local government with this tenant key."""
    return _list().by_key.get(key)


def tenant_at(host: str) -> str | None:
    """Return the key of the tenant that answers at `host` (without port, lower case), or None."""
    return _list().by_host.get(host)


def host_of(key: str) -> str:
    """Return a host name at which this tenant answers, "" where it has none."""
    return min((host for host, tenant in _list().by_host.items() if tenant == key), default="")


def forget_governments() -> None:
    """Read the list afresh at the next question."""
    _kept.clear()


def tenant_keys() -> tuple[str, ...]:
    """Return the key of every tenant, read from the table; for jobs that go round all of them."""
    return tuple(LocalGovernment.objects.order_by("key").values_list("key", flat=True))
