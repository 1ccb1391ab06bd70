"""Published result tables, recomputed row by row.

A row agrees, differs, or cannot be checked whole; what cannot be compared is
never counted as differing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext as _

from balai.evaluation.rules.instrument import Instrument
from balai.evaluation.rules.published_table import PublishedRow, unit_key
from balai.evaluation.rules.scores import Index, half_up, improvement, index_of_parts, predicate


@dataclass(frozen=True)
class Difference:
    """A published figure and the one that comes out of its own values, with the sum as lines."""

    what: str
    published: str
    recomputed: str
    spelled: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What became of one row.

    Attributes:
        unchecked: what could not be compared, and why.
        twice: where a row before is of the same unit, year, stage and group, which; "" else.
    """

    row: PublishedRow
    index: Index | None
    differences: tuple[Difference, ...]
    unchecked: tuple[str, ...]
    twice: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.differences)

    @property
    def is_unchecked(self) -> bool:
        return bool(self.unchecked) and not self.differences


def recomputed(row: PublishedRow) -> Index | None:
    """Return the index that the values of a row give; None where there is nothing to compute it from."""
    if row.instrument is None or not _can_be_computed(row):
        return None
    return index_of_parts(row.instrument, row.values)


def check(
    rows: Sequence[PublishedRow], earlier: Mapping[tuple[str, int], Index] | None = None
) -> Iterator[Checked]:
    """Yield what became of each row, in order, and keep nothing of it: a table may have 300,000 rows.

    Args:
        earlier: index by (`unit_key`, year) of what was imported before; the file goes before it.
    """
    before = _Before(rows, earlier or {})
    places: dict[int, int] = {}
    for place, row in enumerate(rows):
        checked = _check(row, before)
        # By its hash, which is far smaller; where two are alike by chance alone, nothing is told.
        first = rows[places.setdefault(hash(_thing(row)), place)]
        if first is not row and _thing(first) == _thing(row):
            told = _("Sama dengan baris %(line)d.") % {"line": first.line}
            checked = replace(checked, twice=told)
        yield checked


def _thing(row: PublishedRow) -> tuple[object, ...]:
    return (*row.key, row.stage, row.group)


class _Before:
    """The index of a unit in the year before, made when it is asked for: most rows are never asked."""

    def __init__(self, rows: Sequence[PublishedRow], earlier: Mapping[tuple[str, int], Index]) -> None:
        self._earlier = earlier
        self._rows: dict[tuple[str, int], PublishedRow] = {}
        wanted = {(key, year - 1) for key, year in (row.key for row in rows if row.change is not None)}
        # Of two stages in a year the later one is the year's final.
        for row in sorted(rows, key=lambda row: row.stage) if wanted else ():
            if row.key in wanted and _can_be_computed(row):
                self._rows[row.key] = row

    def get(self, key: tuple[str, int]) -> Index | None:
        row = self._rows.get(key)
        return recomputed(row) if row else self._earlier.get(key)


def _can_be_computed(row: PublishedRow) -> bool:
    return row.instrument is not None and not row.missing and row.is_evaluated


def _check(row: PublishedRow, before: _Before) -> Checked:
    if row.instrument is None:
        wrong = _("tidak ada instrumen untuk tahun %(year)d kelompok “%(group)s”")
        return Checked(row, None, (), (wrong % {"year": row.year, "group": row.group},))
    if not row.is_evaluated:
        return Checked(row, None, (), (_("tidak ikut dinilai: semua nilainya 0"),))
    if row.missing:
        return Checked(row, None, (), (_("tidak ada nilai untuk %s") % ", ".join(row.missing),))
    index = index_of_parts(row.instrument, row.values)
    differences: list[Difference] = []
    unchecked: list[str] = []
    for found in (
        _total(row, row.instrument, index),
        _change(row, index, before),
        _band(row, row.instrument, index),
    ):
        if isinstance(found, Difference):
            differences.append(found)
        elif found:
            unchecked.append(found)
    return Checked(row, index, tuple(differences), tuple(unchecked))


def _total(row: PublishedRow, instrument: Instrument, index: Index) -> Difference | str:
    if row.total is None:
        return _("hasil akhirnya tidak diterbitkan")
    tolerance = instrument.table.tolerance
    agrees = (
        abs(index.exact - Fraction(row.total)) <= Fraction(tolerance)
        if tolerance
        else index.shown == row.total
    )
    return (
        ""
        if agrees
        else Difference(instrument.table.total, f"{row.total:f}", f"{index.shown:f}", index.spelled())
    )


def _change(row: PublishedRow, index: Index, before: _Before) -> Difference | str:
    if row.change is None or row.instrument is None:
        return ""
    earlier = before.get((unit_key(row.unit), row.year - 1))
    if earlier is None:
        return _("hasil tahun %(year)d tidak ada, jadi perubahannya tidak dapat dihitung") % {
            "year": row.year - 1
        }
    change = improvement(index, earlier)
    if change == row.change:
        return ""
    line = f"{index.shown:f} - {earlier.rounded_once:f} = {change:f}".replace(".", ",")
    return Difference(
        row.instrument.table.change, f"{row.change:f}", f"{change:f}", (*earlier.spelled(), line)
    )


def _band(row: PublishedRow, instrument: Instrument, index: Index) -> Difference | str:
    """Compare the predicate, where the rounding of the published values cannot move it into another band."""
    if not row.predicate or not instrument.bands:
        return ""
    around = [index.exact, *([Fraction(row.total)] if row.total is not None else [])]
    margin = Fraction(instrument.table.tolerance)
    reached = {predicate(instrument, value + step) for value in around for step in (-margin, margin)}
    if len(reached) > 1 or index.predicate is None:
        return _("indeks %(index)s terlalu dekat dengan batas predikat") % {
            "index": f"{half_up(index.exact, 4):f}"
        }
    own = index.predicate.name
    if _plain(row.predicate) in (_plain(own.id), _plain(own.en)):
        return ""
    return Difference(instrument.table.predicate, row.predicate, own.id, index.spelled())


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
