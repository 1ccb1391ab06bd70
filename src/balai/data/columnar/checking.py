"""Which of the rows handed in are not as declared, told by row and column."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.data.columnar.lending import Engine
from balai.data.columnar.shape import Physical, quoted, text
from balai.data.rules.metadata import ColumnType, Declaration, Privacy

MOST_FAULTS = 100
"""Faults told of one set of rows; a longer list is not read."""

MOST_STRANGE = 1000
"""Codes that are no regions which are looked for in rows; a file with more has the wrong column."""

type Regions = Callable[[Collection[str]], Collection[str]]
"""Which of these codes are regions."""


class Check(NamedTuple):
    """What is wrong with a row of `raw` where `condition` holds.

    Attributes:
        wrong: what is said of it; "" says what was written.
        kind: missing, form (no such value can stand in the column), choice, point or reference.
    """

    column: Physical
    condition: str
    wrong: str
    right: str
    kind: str = "form"


def faults(duck: Engine, columns: Sequence[Physical], regions: Regions) -> Iterator[Fault]:
    """Yield what is wrong in the table `raw`, whose rows are counted by `rowid` from 0.

    All checks are made in one pass; rows are looked for only where a check found some.
    """
    checks = [*checks_of(columns)]
    counts = ", ".join(f"count_if({check.condition})" for check in checks)
    found = duck.execute(f"SELECT {counts} FROM raw").fetchone() if checks else ()  # noqa: S608
    for check, number in zip(checks, found or (), strict=True):
        if number:
            yield from _told(duck, check)
    for one in columns:
        if one.column.reference == "regions" and (strange := strange_regions(duck, one, regions)):
            yield from _told(duck, strange)


def checks_of(columns: Sequence[Physical]) -> Iterator[Check]:
    """Yield what is asked of every row; codes of a reference are asked by `strange_regions`."""
    for one in columns:
        name = quoted(one.name)
        if not one.column.optional:
            yield Check(one, f"{name} IS NULL", _("Belum diisi."), _("Isi nilainya."), "missing")
        if one.form:
            cast = f"TRY_CAST({name} AS {one.type})"
            wrong = f"NOT regexp_full_match({name}, {text(one.form)}) OR {cast} IS NULL"
            if one.bound:
                wrong += f" OR abs({cast}) > {one.bound}"
            yield Check(one, f"{name} IS NOT NULL AND ({wrong})", "", _right(one))
        if one.column.allowed:
            allowed = ", ".join(map(text, one.column.allowed))
            right = _("Pilihannya: %(allowed)s.") % {"allowed": ", ".join(one.column.allowed)}
            yield Check(one, f"{name} NOT IN ({allowed})", "", right, "choice")
    for lon, lat in pairwise(columns):
        if lon.column is lat.column:
            halves = f"({quoted(lon.name)} IS NULL) <> ({quoted(lat.name)} IS NULL)"
            yield Check(lon, halves, _("Titiknya tidak utuh."), _("Isi bujur dan lintang."), "point")


def _told(duck: Engine, check: Check) -> Iterator[Fault]:
    one = check.column
    for row, value in duck.execute(
        f"SELECT rowid + 1, {quoted(one.name)} FROM raw WHERE {check.condition} "  # noqa: S608
        f"ORDER BY rowid LIMIT {MOST_FAULTS}"
    ).fetchall():
        yield _fault(row, one, check.wrong or _shown(one, value), check.right)


def strange_regions(duck: Engine, one: Physical, regions: Regions) -> Check | None:
    """Return the check that finds the codes of a column that are no regions; None where all are."""
    name = quoted(one.name)
    codes = duck.execute(f"SELECT DISTINCT {name} FROM raw WHERE {name} IS NOT NULL").fetchall()  # noqa: S608
    given = {code for (code,) in codes}
    if strange := sorted(given - set(regions(given)))[:MOST_STRANGE]:
        condition = f"{name} IN ({', '.join(map(text, strange))})"
        return Check(one, condition, "", _("Pakai kode wilayah Kemendagri yang berlaku."), "reference")
    return None


def _fault(row: int, one: Physical, wrong: str, right: str) -> Fault:
    place = _("Baris %(row)d, kolom %(column)s") % {"row": row, "column": one.name}
    return Fault(place, wrong, right)


def _shown(one: Physical, value: str) -> str:
    if one.column.privacy is not Privacy.NONE:
        return _("Isinya tidak sesuai.")
    return _("Tertulis “%(value)s”.") % {"value": value[:80]}


def _right(one: Physical) -> str:
    match one.column.type:
        case ColumnType.INTEGER:
            return _("Tulis bilangan bulat tanpa pemisah ribuan.")
        case ColumnType.RUPIAH:
            return _("Tulis rupiah utuh tanpa titik dan koma.")
        case ColumnType.DECIMAL:
            return _("Tulis angka dengan titik desimal, paling banyak %(digits)d angka di belakangnya.") % {
                "digits": one.column.decimals
            }
        case ColumnType.DATE:
            return _("Tulis tahun-bulan-hari, misalnya 2026-03-18.")
        case ColumnType.BOOLEAN:
            return _("Tulis true atau false.")
        case ColumnType.REGION:
            return _("Tulis kode wilayah, misalnya 35.73 atau 35.73.01.1001.")
    return _("Tulis bujur dan lintang dalam derajat desimal.")


def twice(duck: Engine, declaration: Declaration, columns: Sequence[Physical]) -> Iterator[Fault]:
    """Yield the rows of `raw` whose key, of the type declared, stands in a row before them."""
    types = {one.name: one.type for one in columns}
    key = ", ".join(f"CAST({quoted(name)} AS {types[name]})" for name in declaration.key)
    rows = duck.execute(
        f"SELECT min(rowid) + 1 AS a, max(rowid) + 1 FROM raw GROUP BY {key} "  # noqa: S608
        f"HAVING count(*) > 1 ORDER BY a LIMIT {MOST_FAULTS}"
    ).fetchall()
    for first, last in rows:
        place = _("Baris %(row)d, kolom %(column)s") % {"row": last, "column": ", ".join(declaration.key)}
        wrong = _("Kuncinya sama dengan baris %(row)d.") % {"row": first}
        yield Fault(place, wrong, _("Tiap baris memiliki kuncinya sendiri."))
