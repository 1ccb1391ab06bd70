"""Every tenant of this installation, for work that goes round all of them: rotation, tidying, invariants.

`base` does not know where tenants are kept; the floor that does provides them at start.
"""

from collections.abc import Callable, Iterable, Iterator

from balai.base import tenancy

_sources: list[Callable[[], Iterable[str]]] = []


def provide(source: Callable[[], Iterable[str]]) -> None:
    """Register where tenant keys come from; called once, in `AppConfig.ready`."""
    _sources[:] = [source]


def every() -> tuple[str, ...]:
    """Return the keys of all tenants, sorted.

    Raises:
        LookupError: nobody has provided them.
    """
    if not _sources:
        raise LookupError("no tenants are provided: call balai.base.tenants.provide in an AppConfig.ready")
    return tuple(sorted(set(_sources[0]())))


def visit(keys: Iterable[str] = ()) -> Iterator[str]:
    """Enter the scope of each tenant in turn, of all when none is named.

    >>> [tenancy.current_tenant() for _ in visit(["35.73", "35.79"])]
    ['35.73', '35.79']
    """
    for key in tuple(keys) or every():
        with tenancy.scope(key):
            yield key
