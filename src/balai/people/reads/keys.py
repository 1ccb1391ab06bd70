"""Ids as they come in addresses and forms."""

from collections.abc import Iterable
from uuid import UUID


def ids(keys: Iterable[object]) -> list[UUID]:
    """Return the keys that are ids; a mistyped one is left out, so that it finds nothing.

    >>> ids(["mistyped", ""])
    []
    """
    return [found for found in map(_id, keys) if found is not None]


def _id(key: object) -> UUID | None:
    try:
        return UUID(str(key))
    except ValueError:
        return None
