"""Rows that leave although they are not as declared, because somebody answered for it with their name."""

from dataclasses import dataclass

from balai.data.columnar.checking import Check, Regions, checks_of, strange_regions
from balai.data.columnar.lending import Engine
from balai.data.columnar.shape import physical, quoted
from balai.data.rules.metadata import Declaration


@dataclass(frozen=True)
class Departure:
    """How many cells of a column are not as declared.

    Attributes:
        kind: missing, form, choice, point, reference, or line for lines of the file that are no rows.
        emptied: the cells stand empty, for their type cannot hold what was written.
    """

    column: str
    kind: str
    cells: int
    emptied: bool


def depart(duck: Engine, declaration: Declaration, regions: Regions) -> tuple[Departure, ...]:
    """Count what in the view `raw` is not as declared; then it is one without what no type can hold."""
    columns = physical(declaration)
    checks = [*checks_of(columns)]
    checks += [
        check
        for one in columns
        if one.column.reference == "regions" and (check := strange_regions(duck, one, regions))
    ]
    found = counts(duck, checks)
    emptied = {
        check.column.name: check.condition
        for check, number in zip(checks, found, strict=True)
        if number and check.kind == "form"
    }
    cells = ", ".join(
        f"CASE WHEN {condition} THEN NULL ELSE {quoted(name)} END AS {quoted(name)}"
        for name, condition in emptied.items()
    )
    duck.execute("ALTER VIEW raw RENAME TO handed_in")
    duck.execute(f"CREATE VIEW raw AS SELECT * {f'REPLACE ({cells})' if cells else ''} FROM handed_in")  # noqa: S608
    return tuple(
        Departure(check.column.name, check.kind, number, check.kind == "form")
        for check, number in zip(checks, found, strict=True)
        if number
    )


def counts(duck: Engine, checks: list[Check]) -> list[int]:
    """Return how many rows of `raw` each check finds, in one pass."""
    if not checks:
        return []
    asked = ", ".join(f"count_if({check.condition})" for check in checks)
    return [int(number or 0) for number in duck.execute(f"SELECT {asked} FROM raw").fetchone() or ()]  # noqa: S608
