"""Values that leave a service: found by their path, brought to what may leave, small groups held back."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from balai.services.rules.definition import Face, PublishedDataset, Shown, Transform

type Group = tuple[Any, ...]

_VILLAGE, _DISTRICT = 13, 8
_GRIDS = {Transform.GRID_25M: Decimal("0.00025"), Transform.GRID_100M: Decimal("0.001")}
"""Degrees of a cell; near the equator a degree is about 111 km both ways."""
_HIDDEN = "…"
_NUMBERS = re.compile(r"\+?\d[\d .\-]{4,}\d")
_MAIL = re.compile(r"\S+@\S+")
_NAMES = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)*")
_TITLED = re.compile(r"\b(?:[Pp]ak|[Bb]u|[Bb]apak|[Ii]bu|[Mm]as|[Mm]bak|[Ss]audar[ai]|RT|RW)\.?\s+\S+")


def value_at(path: str, known: Mapping[str, Any]) -> Any:
    """Return what stands at a path such as form.place.point; None where nothing does.

    >>> value_at("form.place.village", {"form": {"place": {"village": "35.73.02.1004"}}})
    '35.73.02.1004'
    """
    found: Any = known
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def leaving(transform: Transform, value: Any) -> Any:
    """Return what leaves of a value; None where nothing does.

    A point on a grid leaves as the middle of its cell.

    >>> leaving(Transform.MONTH, "2026-08-14T09:00:00+07:00"), leaving(Transform.DISTRICT, "35.73.02.1004")
    ('2026-08', '35.73.02')
    >>> leaving(Transform.INITIALS, "Sari Wulandari"), leaving(Transform.REDACT, "Hubungi 0812345678.")
    ('S. W.', 'Hubungi ….')
    """
    if value is None or transform is Transform.DROP:
        return None
    text = str(value)
    match transform:
        case Transform.NONE:
            return value
        case Transform.DAY:
            return text[:10]
        case Transform.MONTH:
            return text[:7]
        case Transform.YEAR | Transform.YEAR_OF_BIRTH:
            return text[:4]
        case Transform.VILLAGE:
            return text[:_VILLAGE] if len(text) >= _VILLAGE else None
        case Transform.DISTRICT:
            return text[:_DISTRICT] if len(text) >= _DISTRICT else None
        case Transform.PRESENCE:
            return True
        case Transform.INITIALS:
            return " ".join(f"{word[0].upper()}." for word in text.split())
        case Transform.REDACT:
            return redacted(text)
        case Transform.GRID_25M | Transform.GRID_100M:
            return _on_grid(value, _GRIDS[transform])


def redacted(text: str) -> str:
    """Return a text without numbers, addresses of mail, and what looks like a name.

    It hides rather too much than too little: capitals within a sentence count as names.
    """
    for pattern in (_MAIL, _NUMBERS, _TITLED, _NAMES):
        text = pattern.sub(_HIDDEN, text)
    return text


def _on_grid(point: Mapping[str, Any], cell: Decimal) -> dict[str, Decimal]:
    def middle(part: Any) -> Decimal:
        number = (Decimal(str(part)) / cell).to_integral_value(ROUND_HALF_UP)
        return (number * cell).quantize(Decimal("0.000001"))

    return {name: middle(point[name]) for name in ("latitude", "longitude")}


def row_of(show: Sequence[Shown], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a case by the names under which they leave."""
    return {one.name: leaving(one.transform, value_at(one.value, known)) for one in show}


def shown_of(face: Face, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a face shows of a case; the caller has asked `hide_when`."""
    return row_of(face.show, known)


def group_of(dataset: PublishedDataset, row: Mapping[str, Any]) -> Group:
    """Return the group of a row: what it is alike in with others, by which small groups are held back."""
    return tuple(row.get(name) for name in dataset.least_by)
