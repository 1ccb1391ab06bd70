"""Whose data is being worked on: one tenant to write, a closed list of tenants to read.

A tenant is a local government, known by a short text key (its region code when
it was founded). The scope is entered by one middleware and one job wrapper and
holds for everything below; outside of a scope every query of tenant data raises.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

NATIONAL = "00"
"""The tenant that owns what crosses regions: evaluation rounds, shared programmes."""


class NoTenant(RuntimeError):
    """Tenant data was asked for outside of a tenant's scope."""


class WrongTenant(RuntimeError):
    """A row of one tenant was about to be written in the scope of another."""


@dataclass(frozen=True)
class Scope:
    """The tenant written to, and every tenant whose rows may be read (the first included)."""

    tenant: str
    reads: tuple[str, ...]


_current: ContextVar[Scope | None] = ContextVar("balai_scope", default=None)


def current_scope() -> Scope | None:
    """Return the scope in force, None outside of any."""
    return _current.get()


def current_tenant() -> str:
    """Return the tenant being written to.

    Raises:
        NoTenant: no scope is in force.
    """
    scope = _current.get()
    if scope is None:
        raise NoTenant("no tenant in scope: enter one with balai.base.tenancy.scope(tenant)")
    return scope.tenant


@contextmanager
def scope(tenant: str, also: Iterable[str] = ()) -> Iterator[Scope]:
    """Work on `tenant`; rows of the tenants in `also` can be read, never written."""
    if not tenant or "," in tenant:
        raise ValueError(f"a tenant key is a short text without comma, got {tenant!r}")
    entered = Scope(tenant, tuple(dict.fromkeys((tenant, *also))))
    token = _current.set(entered)
    try:
        yield entered
    finally:
        _current.reset(token)


@contextmanager
def widened(*also: str) -> Iterator[Scope]:
    """Work on the tenant in scope and read the rows of `also` besides what could be read already.

    Raises:
        NoTenant: no scope is in force.
    """
    tenant = current_tenant()
    reads = _current.get()
    with scope(tenant, (*(reads.reads if reads else ()), *also)) as entered:
        yield entered
