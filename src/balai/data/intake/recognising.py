"""What the columns of a file look like: which is which of the declared, and how its cells are written."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from balai.data.columnar.lending import Engine
from balai.data.columnar.shape import text
from balai.data.intake.reading import STYLES, fits, trimmed
from balai.data.intake.taking import ROW, engine
from balai.data.rules.metadata import Column, ColumnType, Declaration

SAMPLED = 20_000
"""Rows looked at: spread over the whole file."""
_BLOCKS = 40
ENOUGH = 0.95
"""Share of the filled cells that must fit for a column to be taken for that type."""
_EXAMPLES = 5
_COMMA = r"'^-?[0-9.]*,([0-9]{1,2}|[0-9]{4,})$|\.[0-9]{3}\.|\..*,'"
_POINT = r"'^-?[0-9,]*\.([0-9]{1,2}|[0-9]{4,})$|,[0-9]{3},|,.*\.'"
_TOLD_APART = r"'^-?[0-9]{1,3}[.,][0-9]{3}$'"


@dataclass(frozen=True)
class Wanted:
    """A column that the dataset is handed in with: of one declared column, or one half of a point."""

    name: str
    column: Column

    @property
    def type(self) -> ColumnType:
        return self.column.type


@dataclass(frozen=True)
class Reading:
    """From which heading a wanted column comes ("" from none), and in which style its cells are read.

    Attributes:
        fit: share of the filled cells looked at that fit, 0 to 1.
        is_unsure: nothing in the cells tells this style from another.
        examples: (as written, as read), the first ones that differ before those that do not.
    """

    name: str
    heading: str
    style: str
    fit: float = 1.0
    filled: int = 0
    is_unsure: bool = False
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Seen:
    """A column of a file nobody declared: the type it seems to have."""

    heading: str
    name: str
    type: ColumnType
    style: str
    filled: int
    distinct: int
    missing: int
    is_unsure: bool
    examples: tuple[str, ...]
    decimals: int = 0


def wanted(declaration: Declaration) -> tuple[Wanted, ...]:
    """Return the columns that are handed in."""
    return tuple(_wanted(declaration))


def _wanted(declaration: Declaration) -> Iterator[Wanted]:
    for column in declaration.columns:
        ends = ("_lon", "_lat") if column.type is ColumnType.POINT else ("",)
        yield from (Wanted(f"{column.name}{end}", column) for end in ends)


def named(heading: str) -> str:
    """Return a heading as the name of a column.

    >>> named("Jumlah Penduduk (jiwa)"), named("2024"), named("Né à")
    ('jumlah_penduduk_jiwa', 'k_2024', 'ne_a')
    """
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60].strip("_")
    return name if name[:1].isalpha() else f"k_{name}"[:60].rstrip("_")


def match(columns: Sequence[Wanted], headings: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """Return heading by wanted column, "" where none is alike.

    Args:
        said: what a person decided for this file or an earlier one; "" among it means none.
    """
    found: dict[str, str] = {}
    for each in columns:
        if each.name in said and (said[each.name] in headings or not said[each.name]):
            found[each.name] = said[each.name]
    free = [heading for heading in headings if heading not in found.values()]
    for ways in (_by_name, _by_meaning):
        for each in columns:
            if each.name not in found and (heading := ways(each, free)):
                found[each.name] = heading
                free.remove(heading)
    return {each.name: found.get(each.name, "") for each in columns}


def _by_name(each: Wanted, free: Collection[str]) -> str:
    end = each.name.removeprefix(each.column.name)
    also = {
        "_lon": ("bujur", "longitude", "long", "lng", "lon", "x"),
        "_lat": ("lintang", "latitude", "lat", "y"),
    }
    names = (each.name, *(also.get(end, ()) if each.type is ColumnType.POINT else ()))
    return next((heading for heading in free if named(heading) in names), "")


def _by_meaning(each: Wanted, free: Collection[str]) -> str:
    if each.type is ColumnType.POINT:
        return ""
    meanings = {named(str(each.column.meaning.id)), named(str(each.column.meaning.en or ""))}
    return next((heading for heading in free if named(heading) in meanings), "")


def recognise(
    raw: Path,
    folder: Path,
    columns: Sequence[Wanted],
    sources: Mapping[str, str],
    styles: Mapping[str, str],
    form: str,
) -> tuple[Reading, ...]:
    """Return how each wanted column is read.

    Args:
        sources: heading by wanted column, as `match` says.
        styles: those a person decided, by wanted column.
        form: of the file; only a text file leaves points and commas in doubt.
    """
    with engine(folder) as duck:
        _sample(duck, raw)
        return tuple(
            _reading(duck, each, sources[each.name], styles.get(each.name, ""), form)
            if sources[each.name]
            else Reading(each.name, "", "", 0.0 if not each.column.optional else 1.0)
            for each in columns
        )


def _sample(duck: Engine, raw: Path) -> None:
    """Make `looked`: blocks of rows, spread over the whole file; only what holds them is read."""
    every = f"read_parquet({text(raw)})"
    (rows,) = duck.execute(f"SELECT count(*) FROM {every}").fetchone() or (0,)  # noqa: S608
    starts = [rows * block // _BLOCKS for block in range(_BLOCKS)] if rows > SAMPLED * 2 else [0]
    length = SAMPLED // _BLOCKS if rows > SAMPLED * 2 else rows
    blocks = " UNION ALL ".join(
        f"SELECT * FROM {every} WHERE {ROW} > {start} AND {ROW} <= {start + length}"  # noqa: S608
        for start in starts
    )
    duck.execute(f"CREATE TEMP TABLE looked AS {blocks}")


def _reading(duck: Engine, each: Wanted, heading: str, said: str, form: str) -> Reading:
    styles = STYLES[each.type]
    counts = _counts(duck, heading, [(each.type, style) for style in styles])
    filled = counts.pop("filled")
    best = said if said in styles else _best(counts, each.type, form, styles)
    unsure = said not in styles and _is_unsure(counts, each.type, best, form)
    fit = counts[f"{each.type}:{best}"] / filled if filled else 1.0
    return Reading(each.name, heading, best, round(fit, 4), filled, unsure)


def _counts(duck: Engine, heading: str, tries: Sequence[tuple[ColumnType, str]]) -> dict[str, int]:
    """Return how many of the cells looked at are filled, fit each try, and speak for a way of writing."""
    cell = trimmed(heading)
    front = f"regexp_extract({cell}, '^([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]', "
    asked = {f"{kind}:{style}": f"count_if({fits(heading, kind, style)})" for kind, style in tries}
    asked |= {
        "filled": f"count({cell})",
        "comma": f"count_if(regexp_matches({cell}, {_COMMA}))",
        "point": f"count_if(regexp_matches({cell}, {_POINT}))",
        "either": f"count_if(regexp_full_match({cell}, {_TOLD_APART}))",
        "first": f"count_if(TRY_CAST({front}1) AS INT) > 12)",
        "second": f"count_if(TRY_CAST({front}2) AS INT) > 12)",
        "dated": f"count_if(regexp_matches({cell}, '^[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-][0-9]{{4}}'))",
    }
    found = duck.execute(f"SELECT {', '.join(asked.values())} FROM looked").fetchone()  # noqa: S608
    # Of no cells the engine counts nothing at all, not nought.
    return {name: int(number or 0) for name, number in zip(asked, found or (0,) * len(asked), strict=True)}


def _best(counts: Mapping[str, int], type: ColumnType, form: str, styles: Sequence[str]) -> str:
    """Return the style most cells fit; where several do, what the cells speak for, then our own way."""
    order = list(styles)
    if len(styles) == 3:
        if form != "csv":
            return "plain"
        speaks = ("id", "en", "plain") if counts["comma"] >= counts["point"] else ("en", "plain", "id")
        if not counts["comma"] and not counts["point"]:
            speaks = ("id", "plain", "en") if counts["either"] else ("plain", "id", "en")
        order = list(speaks)
    return max(order, key=lambda style: (counts[f"{type}:{style}"], -order.index(style)))


def _is_unsure(counts: Mapping[str, int], type: ColumnType, style: str, form: str) -> bool:
    if type is ColumnType.DATE:
        return bool(counts["dated"]) and not counts["first"] and not counts["second"]
    if len(STYLES[type]) == 3 and form == "csv":
        return bool(counts["either"]) and not counts["comma"] and not counts["point"]
    return False


def propose(raw: Path, folder: Path, headings: Sequence[str], form: str) -> tuple[Seen, ...]:
    """Return what each column of a file seems to be, for a dataset that is declared after it."""
    with engine(folder) as duck:
        _sample(duck, raw)
        taken: set[str] = set()
        return tuple(_seen(duck, heading, taken, form) for heading in headings)


def _seen(duck: Engine, heading: str, taken: set[str], form: str) -> Seen:
    name = start = named(heading)
    again = 2
    while name in taken:
        name, again = f"{start[:56]}_{again}", again + 1
    taken.add(name)
    tries = [
        (kind, style)
        for kind in (
            ColumnType.BOOLEAN,
            ColumnType.DATE,
            ColumnType.REGION,
            ColumnType.INTEGER,
            ColumnType.DECIMAL,
        )
        for style in STYLES[kind]
    ]
    counts = _counts(duck, heading, tries)
    filled = counts.pop("filled")
    cell = trimmed(heading)
    told = duck.execute(
        f"SELECT count(DISTINCT {cell}), count(*), max(length(regexp_extract({cell}, '[.,]([0-9]+)$', 1))) "  # noqa: S608
        f"FROM looked"
    ).fetchone() or (0, 0, 0)
    examples = duck.execute(
        f"SELECT DISTINCT {cell} AS x FROM looked WHERE x IS NOT NULL LIMIT {_EXAMPLES}"  # noqa: S608
    ).fetchall()
    kind, style = ColumnType.TEXT, "text"
    for candidate in (
        ColumnType.BOOLEAN,
        ColumnType.DATE,
        ColumnType.REGION,
        ColumnType.INTEGER,
        ColumnType.DECIMAL,
    ):
        best = _best(counts, candidate, form, STYLES[candidate])
        if (
            filled
            and counts[f"{candidate}:{best}"] >= filled * ENOUGH
            and _is_meant(candidate, name, examples)
        ):
            kind, style = candidate, best
            break
    decimals = min(int(told[2] or 0), 12) if kind is ColumnType.DECIMAL else 0
    if kind is ColumnType.INTEGER and re.search(r"rupiah|anggaran|pagu|harga|nilai_rp|_rp$|biaya", name):
        kind = ColumnType.RUPIAH
    return Seen(
        heading,
        name,
        kind,
        style,
        filled,
        int(told[0]),
        int(told[1]) - filled,
        _is_unsure(counts, kind, style, form),
        tuple(str(each[0])[:80] for each in examples),
        decimals,
    )


def _is_meant(type: ColumnType, name: str, examples: Sequence[tuple[Any, ...]]) -> bool:
    """Say whether cells that could be something are meant so: 0 and 1, or four digits, may be numbers."""
    if type is ColumnType.BOOLEAN:
        return not all(str(each[0]).isdecimal() for each in examples)
    if type is ColumnType.REGION:
        return any("." in str(each[0]) for each in examples) or "kode" in name or "wilayah" in name
    return True
