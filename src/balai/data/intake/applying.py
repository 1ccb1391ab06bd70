"""What a person agreed to, applied to the whole file: its rows as text, as the declared types take it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from balai.data.columnar.lending import Engine
from balai.data.columnar.shape import quoted, text
from balai.data.intake.reading import bare, canonical, trimmed
from balai.data.intake.recognising import Reading, Wanted
from balai.data.intake.taking import ROW, engine
from balai.data.rules.metadata import ColumnType


def names_in(raw: Path, folder: Path, heading: str, most: int) -> list[str]:
    """Return the different cells of a column, at most `most`."""
    with engine(folder, threads=1) as duck:
        cell = trimmed(heading)
        found = duck.execute(
            f"SELECT DISTINCT {cell} AS x FROM read_parquet({text(raw)}) WHERE x IS NOT NULL LIMIT {most}"  # noqa: S608
        )
        return [row[0] for row in found.fetchall()]


def applied(
    duck: Engine,
    raw: Path,
    columns: Sequence[Wanted],
    readings: Sequence[Reading],
    regions: Mapping[str, Mapping[str, str]],
) -> str:
    """Return the SELECT of `balai_row` and the wanted columns, as text as their types take it, in any order.

    Numbers without any sign are what they are. Of the rest of a column, where few are different, each
    is read once, not once a row: dates, choices, codes and round amounts cost most to read.

    Args:
        regions: code by name, for each column read by name.
    """
    _name_regions(duck, regions)
    source = f"read_parquet({text(raw)})"
    cells, joins = [], []
    for number, (each, reading) in enumerate(zip(columns, readings, strict=True)):
        cell = _cell(each, reading)
        if reading.heading and each.type is not ColumnType.TEXT:
            given, form = quoted(reading.heading), bare(each.type, reading.style)
            taken = f"{given} IS NOT NULL"
            is_bare = f"regexp_full_match({given}, {text(form)})" if form else "false"
            if form:
                taken += f" AND NOT {is_bare}"
            if _about(duck, f"CASE WHEN {taken} THEN {given} END", source) <= FEW:
                duck.execute(
                    f"CREATE TEMP TABLE cells_{number} AS "  # noqa: S608
                    f"SELECT {given} AS balai_given, {cell} AS balai_made "
                    f"FROM (SELECT DISTINCT {given} FROM {source} WHERE {taken}){_joins(regions, [reading])}"
                )
                joins.append(f" LEFT JOIN cells_{number} ON cells_{number}.balai_given = balai_raw.{given}")
                cell = f"CASE WHEN {is_bare} THEN {given} ELSE cells_{number}.balai_made END"
            else:
                joins.append(_joins(regions, [reading]))
        cells.append(f"{cell} AS {quoted(each.name)}")
    return f"SELECT {ROW}, {', '.join(cells)} FROM {source} AS balai_raw{''.join(joins)}"  # noqa: S608


FEW = 50_000
"""Different cells up to which a column is read once a cell."""


def _about(duck: Engine, cell: str, source: str) -> int:
    """Return about how many different values there are."""
    found = duck.execute(f"SELECT approx_count_distinct({cell}) FROM {source}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def shown(
    raw: Path,
    folder: Path,
    columns: Sequence[Wanted],
    readings: Sequence[Reading],
    regions: Mapping[str, Mapping[str, str]],
    most: int = 4,
) -> tuple[Reading, ...]:
    """Return the readings with examples: cells that are changed first, then those that are not."""
    found = []
    with engine(folder, threads=1) as duck:
        _name_regions(duck, regions)
        for each, reading in zip(columns, readings, strict=True):
            if not reading.heading:
                found.append(reading)
                continue
            written, made = trimmed(reading.heading), _cell(each, reading)
            rows = duck.execute(
                f"SELECT a, b FROM (SELECT DISTINCT {written} AS a, {made} AS b "  # noqa: S608
                f"FROM read_parquet({text(raw)}){_joins(regions, [reading])} WHERE {ROW} <= 5000) "
                f"WHERE a IS NOT NULL ORDER BY a = coalesce(b, ''), a LIMIT {most}"
            ).fetchall()
            found.append(replace(reading, examples=tuple((a[:80], (b or "")[:80]) for a, b in rows)))
    return tuple(found)


def _name_regions(duck: Engine, regions: Mapping[str, Mapping[str, str]]) -> None:
    duck.execute("CREATE TEMP TABLE called (balai_place VARCHAR, balai_name VARCHAR, balai_code VARCHAR)")
    for place, codes in regions.items():
        if codes:
            duck.execute(
                "INSERT INTO called SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [place, list(codes), list(codes.values())],
            )


def _joins(regions: Mapping[str, Mapping[str, str]], readings: Sequence[Reading]) -> str:
    return "".join(
        f" LEFT JOIN called {quoted('by ' + each.name)} ON {quoted('by ' + each.name)}.balai_place = "
        f"{text(each.name)} "
        f"AND {quoted('by ' + each.name)}.balai_name = {trimmed(each.heading)}"
        for each in readings
        if each.style == "name" and each.heading
    )


def _cell(each: Wanted, reading: Reading) -> str:
    if not reading.heading:
        return "NULL::VARCHAR"
    if each.type is ColumnType.REGION and reading.style == "name":
        return f"coalesce({quoted('by ' + each.name)}.balai_code, {trimmed(reading.heading)})"
    return canonical(reading.heading, each.type, reading.style)
