"""GeoJSON to a CSV of text: the properties of each feature, and where it is.

The features are cut out of the file one by one, for as a whole it may be larger than the memory.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.base.later import shapely
from balai.data.columnar.shape import LONGEST_ROW
from balai.data.intake.bounds import MOST_COLUMNS, unfit
from balai.data.intake.decoding import Tell

_PART = 1 << 18
_MOST_FAULTS = 100
_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,]*")


def to_csv(path: Path, target: Path, tell: Tell) -> None:
    """Write the features as CSV; a point is `bujur` and `lintang`, any other shape `geometri` as GeoJSON.

    The file is read twice: first for its names, then for its rows.

    Raises:
        Invalid: it is no FeatureCollection, or shapes are broken; faults by number of the feature.
    """
    size = path.stat().st_size
    names, has_points, has_shapes = _names(path)
    taken = ["bujur", "lintang"] * has_points + ["geometri"] * has_shapes
    heads = [name for name in names if name not in taken] + taken
    if len(heads) > MOST_COLUMNS:
        raise unfit(
            _("Kolomnya lebih dari %(most)d.") % {"most": MOST_COLUMNS}, _("Kurangi properti fiturnya.")
        )
    faults: list[Fault] = []
    with target.open("w", encoding="utf-8", newline="", errors="replace") as out:
        rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        rows.writerow(heads)
        for number, (place, feature) in enumerate(_features(path), 1):
            where, wrong = _where(feature)
            if wrong and len(faults) < _MOST_FAULTS:
                faults.append(
                    Fault(
                        _("Fitur %(number)d") % {"number": number},
                        wrong,
                        _("Perbaiki bentuknya di aplikasi peta."),
                    )
                )
            cells = {**_flat(feature), **where}
            rows.writerow([cells.get(name, "") for name in heads])
            if number % 1000 == 0:
                tell(min(place, size), size)
    if faults:
        raise Invalid(faults)


def _names(path: Path) -> tuple[list[str], bool, bool]:
    names: dict[str, None] = {}
    has_points = has_shapes = False
    for _place, feature in _features(path):
        properties = feature.get("properties")
        names |= dict.fromkeys(map(str, properties)) if isinstance(properties, dict) else {}
        if len(names) > MOST_COLUMNS:
            break
        geometry = feature.get("geometry")
        if isinstance(geometry, dict):
            is_point = geometry.get("type") == "Point"
            has_points, has_shapes = has_points or is_point, has_shapes or not is_point
    return list(names), has_points, has_shapes


def _flat(feature: dict[str, Any]) -> dict[str, str]:
    properties = feature.get("properties")
    return (
        {str(name): _text(value) for name, value in properties.items()}
        if isinstance(properties, dict)
        else {}
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _where(feature: dict[str, Any]) -> tuple[dict[str, str], str]:
    """Return the cells that say where a feature is, and what is wrong with its shape, "" if nothing."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        return {}, ""
    try:
        found = shapely.geometry.shape(geometry)
        left, bottom, right, top = found.bounds if not found.is_empty else (0, 0, 0, 0)
    except (
        shapely.errors.ShapelyError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
    ):
        return {}, _("Bentuknya bukan geometri GeoJSON.")
    if not (-180 <= left <= right <= 180 and -90 <= bottom <= top <= 90):
        return {}, _("Koordinatnya di luar bumi; tulis bujur lalu lintang dalam derajat.")
    if not found.is_valid or not _is_closed(geometry):
        return {}, _("Bentuknya tidak utuh: cincinnya tidak tertutup atau memotong dirinya sendiri.")
    if geometry.get("type") == "Point" and not found.is_empty:
        return {"bujur": repr(left), "lintang": repr(bottom)}, ""
    return {"geometri": json.dumps(geometry, separators=(",", ":"))}, ""


def _is_closed(geometry: dict[str, Any]) -> bool:
    """Say whether every ring ends where it began; the geometry engine would close it by itself."""
    kind, found = geometry.get("type"), geometry.get("coordinates") or []
    rings = (
        found
        if kind == "Polygon"
        else [ring for part in found for ring in part]
        if kind == "MultiPolygon"
        else []
    )
    return all(ring and ring[0] == ring[-1] for ring in rings)


def _features(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each feature with about how many bytes were read. Raises Invalid where the file is broken."""
    with path.open(encoding="utf-8-sig", errors="strict") as file:
        try:
            buffer, read = _to_features(file)
            number = at = 0
            while True:
                at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # matches nothing as well
                if buffer.startswith("]", at):
                    return
                try:
                    feature, at = _DECODER.raw_decode(buffer, at)
                except json.JSONDecodeError:
                    # Cut in the middle, or broken: more of the file tells.
                    buffer, at = buffer[at:], 0
                    more = file.read(max(_PART, len(buffer)))
                    if not more or len(buffer) > LONGEST_ROW:
                        raise _broken(number + 1) from None
                    buffer, read = buffer + more, read + len(more)
                    continue
                number += 1
                if not isinstance(feature, dict) or feature.get("type") != "Feature":
                    raise _broken(number)
                yield read, feature
        except (UnicodeDecodeError, RecursionError):
            raise _broken(0) from None


def _to_features(file: TextIO) -> tuple[str, int]:
    """Read up to the list of features; return what was read beyond, and how much in all."""
    text = file.read(_PART)
    start = text.find('"features"')
    opened = text.find("[", start) if start >= 0 else -1
    if "FeatureCollection" not in text or opened < 0 or text[start + 10 : opened].strip() != ":":
        # A name in front of the list that is longer than a part is nobody's map.
        raise _broken(0)
    return text[opened + 1 :], len(text)


def _broken(number: int) -> Exception:
    place = _("Fitur %(number)d") % {"number": number} if number else ""
    return unfit(
        _("Berkas ini bukan GeoJSON yang utuh."), _("Simpan lagi sebagai FeatureCollection, WGS 84."), place
    )
