"""Counting indicators: all that read the same rows by the same groups in one question."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Fault, Invalid, Refused
from balai.data.engines.lease import Busy
from balai.data.engines.serving import readers
from balai.data.engines.texts import Text
from balai.data.models import DatasetVersion
from balai.data.reads.asking import question
from balai.data.reads.versions import Readable
from balai.data.rules.indicators import (
    PERIOD,
    REGION,
    WITHHELD,
    Counted,
    Indicator,
    Period,
    dimensions_key,
    ends_on,
)
from balai.data.rules.indicators_counting import Together, Wanted, counting
from balai.data.rules.indicators_files import parts
from balai.data.rules.indicators_parts import MOST_FIGURES, Part
from balai.definitions import Definition

SECONDS_OF_A_QUESTION = 600
MEMORY_MB = 1024
MOST_CELLS = 8_000_000
"""of one answer for several indicators, so that it fits into memory; a larger one is asked in halves"""
_REGION = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")


class Group(NamedTuple):
    """What one figure speaks of; `dimensions` as they are kept: one text, "" for none."""

    region: str
    dimensions: str
    period: str


@dataclass(frozen=True)
class Checked:
    """An indicator whose SQL can be asked, and the versions it reads."""

    definition: Definition[Indicator]
    versions: tuple[DatasetVersion, ...]
    parts: Mapping[str, Part]


@dataclass(frozen=True)
class Computed:
    """An indicator that was counted; its values are reckoned when they are kept."""

    checked: Checked
    figures: Mapping[Group, Counted]


class _Groups:
    """The groups of one answer, shared by all it counts."""

    def __init__(self, names: Sequence[str], columns: Sequence[Sequence[Text]]) -> None:
        self._named = dict(zip(names, columns, strict=True))
        dimensions = sorted(set(names) - {REGION, PERIOD})
        told = zip(*(self._named[name] for name in dimensions), strict=True)
        keys = [dimensions_key(dict(zip(dimensions, values, strict=True))) for values in told]
        regions, periods = self._named[REGION], self._named[PERIOD]
        self.all = list(map(Group._make, zip(regions, keys or [""] * len(regions), periods, strict=True)))
        self._faults: dict[Period, Mapping[int, Fault]] = {}

    def faults(self, kind: Period) -> Mapping[int, Fault]:
        """Return what is wrong with groups by their place in `all`; most often nothing."""
        if kind not in self._faults:
            self._faults[kind] = dict(self._wrong(kind))
        return self._faults[kind]

    def _wrong(self, kind: Period) -> Iterator[tuple[int, Fault]]:
        for name, values in self._named.items():
            wrong = {each: fault for each in set(values) if (fault := _fault(name, each, kind))}
            if wrong:
                yield from ((at, wrong[each]) for at, each in enumerate(values) if each in wrong)


@dataclass(frozen=True)
class _Column:
    """What one part found, group by group."""

    groups: _Groups
    values: Sequence[Text]
    found: Sequence[Text]
    counted: Sequence[Text]


def check(
    definition: Definition[Indicator], known: Mapping[str, Readable], versions: tuple[DatasetVersion, ...]
) -> Checked:
    """Check the SQL of an indicator against what it reads. Raises Invalid."""
    keys = {each.dataset.code: tuple(each.metadata["key"]) for each in versions}
    made = parts(definition.value, {code: one.table for code, one in known.items()}, keys)
    return Checked(definition, versions, made)


def compute(
    all: Iterable[Checked], known: Mapping[str, Readable]
) -> Iterator[tuple[str, Computed | Refused]]:
    """Count indicators and yield each, by its code, as soon as it is counted.

    Where a question for several is refused, each half of them is asked alone: one that overflows
    or takes too much memory keeps no other back.

    Args:
        known: every dataset that any of them reads.
    """
    checked = {each.definition.code: each for each in all}
    wanted = [each for one in checked.values() for each in _wanted(one)]
    left = Counter(each.indicator for each in wanted)
    columns: dict[str, dict[str, _Column]] = {code: {} for code in checked}
    for asked in counting(wanted):
        for some, found in _answers(asked, known):
            for each in some.wanted:
                left[each.indicator] -= 1
                if isinstance(found, Refused):
                    # Its other part has nothing to add to this.
                    if checked.pop(each.indicator, None):
                        yield each.indicator, found
                elif each.indicator in checked:
                    columns[each.indicator][each.name] = found[each.indicator, each.name]
                    if not left[each.indicator]:
                        one = checked.pop(each.indicator)
                        yield each.indicator, _computed(one, columns.pop(each.indicator))


def reader() -> Actor:
    """Whoever asks for a computing: figures are computed from every row, also of closed datasets."""
    return system("data.measure", tenancy.current_tenant(), "data.read", "data.check")


def _wanted(one: Checked) -> Iterator[Wanted]:
    indicator = one.definition.value
    deciding = list(one.parts)[-1]
    for name, part in one.parts.items():
        counts_rows = bool(indicator.minimum_count) and name == deciding
        yield Wanted(indicator.code, name, part, indicator.groups, counts_rows)


def _answers(
    asked: Together, known: Mapping[str, Readable]
) -> Iterator[tuple[Together, Mapping[tuple[str, str], _Column] | Refused]]:
    halves = asked.halves()
    found: Mapping[tuple[str, str], _Column] | Refused
    try:
        found = _answer(asked, known, MOST_FIGURES if len(halves) == 1 else MOST_CELLS // asked.width)
    except Refused as refused:
        found = refused
        if len(halves) > 1 and not isinstance(refused, Busy):
            for half in halves:
                yield from _answers(half, known)
            return
    yield asked, found


def _answer(asked: Together, known: Mapping[str, Readable], most: int) -> Mapping[tuple[str, str], _Column]:
    """Ask, and return what each part found. Raises Invalid, or what the reader raises."""
    told = readers().texts(
        question(reader(), asked.sql, most, known), seconds=SECONDS_OF_A_QUESTION, memory_mb=MEMORY_MB
    )
    if told.is_cut:
        wrong = _("Lebih dari %(most)d angka.") % {"most": most}
        raise Invalid([Fault(asked.wanted[0].name, wrong, _("Kelompokkan lebih kasar."))])
    columns = told.columns
    groups = _Groups(asked.groups, columns[: len(asked.groups)])
    return {
        key: _Column(
            groups,
            columns[place.value],
            columns[place.found],
            columns[place.found if place.counted is None else place.counted],
        )
        for key, place in asked.places.items()
    }


def _computed(one: Checked, found: Mapping[str, _Column]) -> Computed | Refused:
    try:
        for name, column in found.items():
            _refuse_faults(one.definition.value, name, column)
    except Invalid as refused:
        return refused
    above, below = found["numerator"], found.get("denominator")
    groups = above.groups.all
    if below is not None and below.groups is not above.groups:
        groups = list(dict.fromkeys((*groups, *below.groups.all)))
        above, below = _over(groups, above), _over(groups, below)
    return Computed(one, _paired(one, groups, above, below))


def _refuse_faults(indicator: Indicator, part: str, column: _Column) -> None:
    for at, fault in column.groups.faults(indicator.period).items():
        if column.found[at]:
            raise Invalid([Fault(part, fault.wrong, fault.right)])


def _paired(
    one: Checked, groups: list[Group], above: _Column, below: _Column | None
) -> Mapping[Group, Counted]:
    """Bring both parts of every figure together; one that has no row of either is none.

    A run of the nation has a million of these, so little is done for each. The rows that must be
    enough are those of the denominator, of the numerator where there is none.
    """
    few = one.definition.value.minimum_count
    none_above, none_below = (_written(one, name) for name in ("numerator", "denominator"))
    deciding = below or above
    nothing: list[Text] = [None] * len(above.values)
    figures = {}
    for group, value, is_there, other, is_other, rows in zip(
        groups,
        above.values,
        above.found,
        below.values if below else nothing,
        below.found if below else nothing,
        deciding.counted,
        strict=True,
    ):
        if is_there or is_other:
            if few and int(rows or 0) < few:
                figures[group] = WITHHELD
            else:
                figures[group] = Counted(
                    value if is_there else none_above, other if is_other else none_below, False
                )
    return figures


def _written(one: Checked, name: str) -> Text:
    """Return what a group without a row has in a part."""
    part = one.parts.get(name)
    return None if part is None or part.empty is None else str(part.empty)


def _over(groups: list[Group], column: _Column) -> _Column:
    """Return a column over other groups, among them its own."""
    at = {group: number for number, group in enumerate(column.groups.all)}
    places = [at.get(group) for group in groups]
    values, found, counted = (
        [None if place is None else each[place] for place in places]
        for each in (column.values, column.found, column.counted)
    )
    return _Column(column.groups, values, found, counted)


def _fault(column: str, value: Text, kind: Period) -> Fault | None:
    if value is None:
        right = _("Saring dengan WHERE %(column)s IS NOT NULL.") % {"column": column}
        return Fault("", _("Ada kelompok tanpa “%(column)s”.") % {"column": column}, right)
    if column == REGION and not _REGION.fullmatch(value):
        wrong = _("“%(code)s” bukan kode wilayah.") % {"code": value[:40]}
        return Fault("", wrong, _("Tulis kode Kemendagri, misalnya 35.73."))
    if column == PERIOD and not _is_period(value, kind):
        wrong = _("“%(period)s” bukan periode.") % {"period": value[:40]}
        return Fault("", wrong, _("Tulis 2025, 2025-Q1, 2025-03 atau 2025-03-18, sesuai “period”."))
    return None


@lru_cache(maxsize=4096)
def _is_period(value: str, kind: Period) -> bool:
    try:
        ends_on(value, kind)
    except ValueError:
        return False
    return True
