"""Rows as features of a map: of datasets with a point, or with the code of a region by its outline."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.later import shapely
from balai.data.reads.asking import ask
from balai.data.reads.rows import RowsQuestion, answer_rows, rows_question, standing
from balai.data.reads.versions import readable_version
from balai.data.rules.rows import MOST_ROWS, MOST_VALUES, Filter, Op
from balai.data.sidefiles.shape import SideColumn, quoted
from balai.data.sidefiles.versions import Facts
from balai.places import reads as places
from balai.places.reads import Box

_SMALLEST = 0.0001
"""Degrees, some 11 metres, by which an outline may be simpler here: they are indicative anyway."""
_ID = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Geometry:
    """Where the features of a dataset lie, by the names of columns: `lon` and `lat`, or `region`.

    `time` is the day each is of, "" where they have none.
    """

    lon: str
    lat: str
    region: str
    time: str


@dataclass(frozen=True)
class FeaturesQuestion:
    """A checked question for features; `rows.mark` is the same for the same answer."""

    rows: RowsQuestion
    geometry: Geometry


@dataclass(frozen=True)
class FeaturesPage:
    """One page of features, each as GeoJSON; `total` is None where counting all would cost too much."""

    features: tuple[str, ...]
    total: int | None
    next: str


def geometry_of(columns: Sequence[SideColumn]) -> Geometry | None:
    """Return where the rows of such columns lie, None where they lie nowhere."""
    names = {one.name for one in columns if one.sort == "double"}
    point = next(
        (one[:-4] for one in sorted(names) if one.endswith("_lon") and f"{one[:-4]}_lat" in names), ""
    )
    region = next((one.name for one in columns if one.sort == "region"), "")
    time = next((one.name for one in columns if one.sort == "date"), "")
    if point:
        return Geometry(f"{point}_lon", f"{point}_lat", "", time)
    return Geometry("", "", region, time) if region else None


def collection(actor: Actor, code: str) -> tuple[Facts, Geometry]:
    """Return the version that stands of a dataset with features. Raises NotFound."""
    facts = standing(actor, code)
    found = geometry_of(facts.columns)
    if found is None:
        raise NotFound(_("Set data “%(code)s” tidak punya titik atau kode wilayah.") % {"code": code})
    return facts, found


def features_question(
    actor: Actor,
    code: str,
    *,
    box: Box | None = None,
    days: tuple[date | None, date | None] | None = None,
    filters: Sequence[Filter] = (),
    limit: int = 10,
    after: str = "",
    offset: int = 0,
) -> FeaturesQuestion:
    """Check a question for features.

    Args:
        box: those that touch it.
        days: those of the first day to the last, both included; None is open. Without a column of
            days all fit.

    Raises:
        NotFound: no such dataset with features that the actor may see.
        Invalid: as `reads.rows`; also where `box` touches more regions of the dataset than can be asked for.
    """
    facts, found = collection(actor, code)
    wanted = [*filters, *_of_days(found, days)]
    if box is not None:
        wanted += _in_box(actor, code, facts, found, box)
    # How many points lie within a box is counted nowhere; all else is known or soon counted.
    with_total = box is None or bool(found.region)
    rows = rows_question(
        actor, code, filters=wanted, limit=limit, after=after, offset=offset, with_total=with_total
    )
    return FeaturesQuestion(rows, found)


def features(question: FeaturesQuestion) -> FeaturesPage:
    """Answer a checked question. Raises as `reads.rows`."""
    page = answer_rows(question.rows)
    facts = question.rows.facts
    written = tuple(_feature(facts, question.geometry, row) for row in json.loads(page.rows))
    return FeaturesPage(written, page.total, page.next)


def feature(actor: Actor, code: str, id: str) -> str:
    """Return one feature as GeoJSON. Raises NotFound."""
    facts, found = collection(actor, code)
    parts = id.split(",")
    if len(parts) == len(facts.key):
        filters = [
            Filter(name, Op.MISSING) if part == "~" else Filter(name, Op.EQUAL, (_read(part),))
            for name, part in zip(facts.key, parts, strict=True)
        ]
        try:
            question = rows_question(actor, code, filters=filters, limit=1, with_total=False)
        except Invalid:
            question = None
        for row in json.loads(answer_rows(question).rows) if question else ():
            return _feature(facts, found, row)
    raise NotFound(_("Tidak ada baris “%(id)s” di set data ini.") % {"id": id[:80]})


def _of_days(found: Geometry, days: tuple[date | None, date | None] | None) -> Iterator[Filter]:
    if days is None or not found.time:
        return
    first, last = days
    if first == last and first is not None:
        yield Filter(found.time, Op.EQUAL, (first.isoformat(),))
        return
    if first:
        yield Filter(found.time, Op.FROM, (first.isoformat(),))
    if last:
        yield Filter(found.time, Op.UNTIL, (last.isoformat(),))


def _in_box(actor: Actor, code: str, facts: Facts, found: Geometry, box: Box) -> Iterator[Filter]:
    west, south, east, north = box
    if not found.region:
        for name, least, most in ((found.lon, west, east), (found.lat, south, north)):
            yield Filter(name, Op.FROM, (_degrees(least),))
            yield Filter(name, Op.UNTIL, (_degrees(most),))
        return
    codes = places.touching(box)
    if len(codes) > MOST_VALUES:
        there = _codes(actor, code, facts, found.region)
        codes = tuple(one for one in codes if there is None or one in there)
    if len(codes) > MOST_VALUES:
        wrong = _("Kotak ini menyentuh %(count)d wilayah.") % {"count": len(codes)}
        right = _("Pilih kotak yang lebih kecil, sampai %(most)d wilayah.") % {"most": MOST_VALUES}
        raise Invalid([Fault("bbox", wrong, right)])
    # A code that stands nowhere keeps every row out where the box touches nothing.
    yield Filter(found.region, Op.IN, codes or ("-",))


def _codes(actor: Actor, code: str, facts: Facts, column: str) -> frozenset[str] | None:
    """Return the codes that stand in a column, None where they are too many to tell."""
    known = _known_codes.get((str(facts.id), column))
    if known is None:
        table = readable_version(actor, code, facts.number)
        text = f"SELECT DISTINCT {quoted(column)} AS code FROM {quoted(code)}"  # noqa: S608  names are declared
        with ask(actor, text, MOST_ROWS, {code: table}) as answer:
            found = frozenset(str(row[0]) for row in answer.rows)
            known = None if answer.truncated else found
        if len(_known_codes) >= _MOST_KNOWN:
            _known_codes.clear()
        _known_codes[str(facts.id), column] = known or frozenset()
    return known or None


_known_codes: dict[tuple[str, str], frozenset[str]] = {}
_MOST_KNOWN = 200


def _degrees(value: float) -> str:
    return f"{Decimal(repr(value)):f}"


def _feature(facts: Facts, found: Geometry, row: dict[str, Any]) -> str:
    own = f'"{_id(facts.key, row)}"'
    if found.region:
        where = (
            _outline(row[found.region], timezone.now().strftime("%Y%m%d%H")) if row[found.region] else "null"
        )
    else:
        lon, lat = row.pop(found.lon), row.pop(found.lat)
        where = "null" if lon is None or lat is None else f'{{"type":"Point","coordinates":[{lon},{lat}]}}'
    for one in facts.columns:
        if one.sort == "decimal" and isinstance(row.get(one.name), str):
            row[one.name] = _number(row[one.name])
    said = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{own},"geometry":{where},"properties":{said}}}'


def _number(text: str) -> float | str:
    """Return a decimal as a number, as maps need it, unless digits would be lost."""
    number = float(text)
    return number if Decimal(repr(number)) == Decimal(text) else text


def _id(key: Sequence[str], row: Mapping[str, Any]) -> str:
    """Return the values of the key with commas between, in letters that stand in any address."""
    return ",".join("~" if row[name] is None else _ID.sub(_written, _text(row[name])) for name in key)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _written(sign: re.Match[str]) -> str:
    return "".join(f"~{byte:02x}" for byte in sign[0].encode())


def _read(part: str) -> str:
    try:
        return re.sub(rb"~([0-9a-f]{2})", lambda two: bytes([int(two[1], 16)]), part.encode()).decode()
    except UnicodeDecodeError:
        return part


@lru_cache(maxsize=4096)
def _outline(code: str, _hour: str) -> str:
    """Return an outline as GeoJSON, "null" where there is none; what is loaded anew shows by the hour."""
    geometry = places.outline(code)
    if geometry is None:
        return "null"
    shape = shapely.simplify(shapely.from_geojson(json.dumps(geometry)), _SMALLEST)
    rounded = shapely.set_precision(shape, 0.00001, mode="pointwise")
    return str(shapely.to_geojson(rounded))
