"""The files of `definitions/indicators`, checked through the gate against the declared datasets."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.errors import Fault, Invalid
from balai.base.later import later
from balai.data.rules.gate import Table
from balai.data.rules.indicators import Indicator
from balai.data.rules.indicators_parts import Part, tables
from balai.data.rules.metadata import DATASETS, Classification, Declaration
from balai.definitions import Definition, kind, load
from balai.definitions.reader import file_fault

if TYPE_CHECKING:
    from balai.data.rules import indicators_sql
else:
    indicators_sql = later("balai.data.rules.indicators_sql")

_INDENT = 2
"""of the SQL below its name"""
FEWEST_OF_CLOSED = 5
"""Rows a figure must count at least where a dataset is not open."""


def parts(
    indicator: Indicator, known: Mapping[str, Table], keys: Mapping[str, tuple[str, ...]]
) -> Mapping[str, Part]:
    """Return the checked SQL of each part, by name. Raises Invalid; see `indicators_sql.part`."""
    return {name: indicators_sql.part(indicator, text, known, keys) for name, text in indicator.parts.items()}


@dataclass(frozen=True)
class Reading:
    """What an indicator reads: datasets, those of the numerator first, and whether all are the nation's."""

    datasets: tuple[str, ...]
    is_national: bool


@dataclass(frozen=True, eq=False)
class _Datasets:
    """The declared datasets as they were loaded, and what follows from them."""

    loaded: Mapping[str, Definition[Declaration]]
    declared: Mapping[str, Declaration]
    digests: tuple[str, ...]


_last: list[_Datasets] = []


def _datasets() -> _Datasets:
    loaded = load(DATASETS)
    for last in _last:
        if last.loaded is loaded:
            return last
    declared = {code: definition.value for code, definition in loaded.items()}
    found = _Datasets(loaded, declared, tuple(definition.sha256 for definition in loaded.values()))
    _last[:] = [found]
    return found


def declared_parts(indicator: Indicator) -> Mapping[str, Part]:
    """Return the parts as checked against the declared datasets. Raises Invalid."""
    return _checked(indicator, _datasets().digests)


@lru_cache(maxsize=1024)
def _checked(indicator: Indicator, _declared_as: tuple[str, ...]) -> Mapping[str, Part]:
    """Every page asks what an indicator reads; the gate takes milliseconds a part."""
    declared = _datasets().declared
    return parts(indicator, tables(declared), _keys(declared))


def readings(indicators: Iterable[Indicator]) -> Mapping[str, Reading]:
    """Return what each indicator reads, by code; the declared datasets are looked at once. Raises Invalid."""
    known = _datasets()
    return {one.code: _reading(one, known) for one in indicators}


def _reading(indicator: Indicator, known: _Datasets) -> Reading:
    found = _checked(indicator, known.digests).values()
    names = tuple(dict.fromkeys(name for one in found for name in one.datasets))
    return Reading(names, all(known.declared[name].coverage == tenancy.NATIONAL for name in names))


def datasets_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the datasets its SQL reads, those of the numerator first. Raises Invalid."""
    return _reading(indicator, _datasets()).datasets


def is_national(indicator: Indicator) -> bool:
    """Say whether it reads nothing but the nation's data: it is then computed once, for everybody."""
    return _reading(indicator, _datasets()).is_national


def _keys(declared: Mapping[str, Declaration]) -> Mapping[str, tuple[str, ...]]:
    return {code: declaration.key for code, declaration in declared.items()}


def _between(definitions: Mapping[str, Definition[Indicator]]) -> Iterator[Fault]:
    """Yield what is wrong with SQL at its line of the file, and with closed data that would be told."""
    declared = _datasets().declared
    known, keys = tables(declared), _keys(declared)
    for definition in definitions.values():
        read: set[str] = set()
        for name, text in definition.value.parts.items():
            try:
                read |= set(indicators_sql.part(definition.value, text, known, keys).datasets)
            except Invalid as error:
                yield from (_placed(definition, name, text, fault) for fault in error.faults)
        few = definition.value.minimum_count < FEWEST_OF_CLOSED
        if few and any(declared[each].classification is not Classification.OPEN for each in read):
            yield definition.document.fault(
                ("minimum_count",),
                _("Set datanya tidak terbuka, tetapi angka dari sedikit baris pun akan terbit."),
                _("Tulis minimum_count paling sedikit %(fewest)d.") % {"fewest": FEWEST_OF_CLOSED},
            )


def _placed(definition: Definition[Indicator], name: str, text: str, fault: Fault) -> Fault:
    line, column = definition.document.place((name,))
    inside = [int(number) for number in re.findall(r"[0-9]+", fault.place)]
    if len(inside) == 2 and text.endswith("\n"):
        line, column = line + inside[0], _INDENT + inside[1]
    return file_fault(definition.file, (line, column), f"{name}: {fault.wrong}", fault.right)


INDICATORS = kind("indicators", "indicators", Indicator, cross=_between)
