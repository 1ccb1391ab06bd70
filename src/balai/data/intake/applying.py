"""What a person agreed to, applied to the whole file: a CSV as `changes.publish_file` takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from balai.data.columnar.shape import Engine, quoted, text
from balai.data.intake.reading import canonical, trimmed
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


def apply(
    raw: Path,
    folder: Path,
    target: Path,
    columns: Sequence[Wanted],
    readings: Sequence[Reading],
    regions: Mapping[str, Mapping[str, str]],
) -> None:
    """Write `target`: every row in its order, the wanted columns as their types take them.

    Args:
        regions: code by name, for each column read by name.
    """
    draft = target.with_suffix(".draft")
    with engine(folder) as duck:
        _name_regions(duck, regions)
        cells = ", ".join(
            f"{_cell(each, reading)} AS {quoted(each.name)}"
            for each, reading in zip(columns, readings, strict=True)
        )
        joins = _joins(regions, readings)
        # A join may change the order of rows; without one they come as they lie.
        order = f" ORDER BY {ROW}" if joins else ""
        duck.execute(
            f"COPY (SELECT {cells} FROM read_parquet({text(raw)}){joins}{order}) TO {text(draft)} "  # noqa: S608
            "(FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '')"
        )
    draft.replace(target)


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
    duck.execute("CREATE TEMP TABLE called (place VARCHAR, name VARCHAR, code VARCHAR)")
    for place, codes in regions.items():
        if codes:
            duck.execute(
                "INSERT INTO called SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [place, list(codes), list(codes.values())],
            )


def _joins(regions: Mapping[str, Mapping[str, str]], readings: Sequence[Reading]) -> str:
    return "".join(
        f" LEFT JOIN called {quoted('by ' + each.name)} ON {quoted('by ' + each.name)}.place = "
        f"{text(each.name)} "
        f"AND {quoted('by ' + each.name)}.name = {trimmed(each.heading)}"
        for each in readings
        if each.style == "name" and each.heading
    )


def _cell(each: Wanted, reading: Reading) -> str:
    if not reading.heading:
        return "NULL::VARCHAR"
    if each.type is ColumnType.REGION and reading.style == "name":
        return f"coalesce({quoted('by ' + each.name)}.code, {trimmed(reading.heading)})"
    return canonical(reading.heading, each.type, reading.style)
