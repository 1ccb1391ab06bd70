"""Names of regions that lists and forms show at every turn, kept in memory for a day.

They change with a new edition of the reference, once or twice a year, and with it every process
starts anew. What is not there is asked again: it may be loaded a moment later.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils import timezone

from balai.places.reads import tree

_MOST = 20_000
_names: dict[tuple[str, date], str] = {}
_children: dict[tuple[str, date], tuple[tuple[str, str], ...]] = {}


def kept_names(codes: Iterable[str]) -> Mapping[str, str]:
    """Return "Kecamatan Klojen" and the like by code; codes we do not know are left out."""
    on = timezone.localdate()
    known = {code: _names.get((code, on)) for code in set(codes)}
    if missing := [code for code, name in known.items() if name is None]:
        found = tree.names(missing)
        if len(_names) > _MOST:
            _names.clear()
        _names.update({(code, on): name for code, name in found.items()})
        known |= found
    return {code: name for code, name in known.items() if name is not None}


def kept_children(code: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the regions one level below `code` by code; the provinces for ""."""
    key = code, timezone.localdate()
    if found := _children.get(key):
        return found
    found = tuple((row.code, row.long_name) for row in tree.children(code))
    if found:
        if len(_children) > _MOST:
            _children.clear()
        _children[key] = found
    return found


def forget() -> None:
    """Ask again; called where regions were loaded."""
    _names.clear()
    _children.clear()
