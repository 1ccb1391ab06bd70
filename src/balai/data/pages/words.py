"""What pages of datasets say in the same words: badges of classification, cells of a preview."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from balai.base import money, writing
from balai.data.models import Dataset
from balai.data.rules.metadata import Classification, Column, ColumnType, Declaration
from balai.data.rules.wording import CLASSIFICATIONS, TYPES


class Badge(NamedTuple):
    """A tone of `{% status %}` and its words."""

    tone: str
    words: str


@dataclass(frozen=True)
class Heading:
    """A column of the file as the head of a preview shows it."""

    name: str
    column: Column
    meaning: str
    type: str
    unit: str
    is_number: bool


LONGEST = 60
"""Characters of a cell in a preview; files and the API have all of them."""

_TONES = {Classification.OPEN: "done", Classification.LIMITED: "waiting", Classification.CLOSED: "plain"}
_STATUSES = {"draft": "plain", "submitted": "waiting", "checked": "waiting", "published": "done"}
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.RUPIAH, ColumnType.POINT)


def badge(classification: str) -> Badge:
    """Return how a classification is shown."""
    key = Classification(classification)
    return Badge(_TONES[key], str(CLASSIFICATIONS[key]))


def state(row: Any) -> Badge:
    """Return how far a dataset of the desk has come."""
    if row.is_returned:
        return Badge("late", _("dikembalikan"))
    if row.status == "checked":
        return Badge("waiting", _("siap diterbitkan"))
    return Badge(_STATUSES[row.status], str(Dataset.Status(row.status).label))


def headings(declaration: Declaration) -> list[Heading]:
    """Return the columns of the file as published, in order; a point is two."""
    return [each for column in declaration.leaving for each in _headings(column)]


def _headings(column: Column) -> Iterator[Heading]:
    unit = str(column.unit) if column.unit else ""
    meaning, type_words = str(column.meaning), str(TYPES[column.type])
    if column.type is not ColumnType.POINT:
        yield Heading(column.name, column, meaning, type_words, unit, column.type in _NUMBERS)
        return
    for end, word in (("lon", _("bujur")), ("lat", _("lintang"))):
        yield Heading(f"{column.name}_{end}", column, f"{meaning} ({word})", type_words, _("derajat"), True)


def cells(row: Mapping[str, object], shown: list[Heading]) -> list[tuple[str, bool]]:
    """Return the cells of a row under `shown`, each with whether it is a number."""
    return [(_short(cell(row.get(each.name), each.column)), each.is_number) for each in shown]


def _short(text: str) -> str:
    """Return a text that keeps a row of a preview low."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def cell(value: object, column: Column | None = None) -> str:
    """Return a value as a person reads it; a whole number without a unit may be a year and stays as it is."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, datetime):
        return writing.moment(value)
    if isinstance(value, date):
        return writing.day(value)
    if isinstance(value, int | Decimal | float) and column is not None:
        return _number(value, column)
    return str(value)


def _number(value: int | Decimal | float, column: Column) -> str:
    if column.type is ColumnType.RUPIAH:
        return money.full(money.Rupiah(int(value)))
    if column.type is ColumnType.POINT:
        return f"{value:.5f}"
    if isinstance(value, int) and not column.unit:
        return str(value)
    number = Decimal(str(value)) if isinstance(value, float) else value
    return writing.number(number)


def quality_parts(quality: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """Return (part, its name, share that is right from 0 to 1) of what an intake found of rows."""
    names = {
        "completeness": _("Kelengkapan"),
        "validity": _("Ketepatan bentuk"),
        "uniqueness": _("Keunikan kunci"),
        "reference": _("Kode sesuai rujukan"),
    }
    return [(part, names[part], of[0] / of[1]) for part, of in quality.get("parts", {}).items()]
