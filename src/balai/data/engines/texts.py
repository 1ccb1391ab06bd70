"""Whole answers as text, column after column as the engine wrote them: for counting, not for showing."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from balai.data.engines.reader import Answer, Export

type Text = str | None


@dataclass(frozen=True)
class Texts:
    """An answer as text: numbers with all their digits, true and false; None where nothing is.

    Attributes:
        columns: the values of each column, in the order of the rows.
        is_cut: there were more rows than were asked for.
    """

    columns: tuple[tuple[Text, ...], ...]
    is_cut: bool


def of_export(export: Export, most_rows: int) -> Texts:
    """Read an answer written as CSV; the engine quotes an empty text and leaves a missing one bare."""
    with export:
        text = b"".join(export.parts).decode()
    rows = csv.reader(io.StringIO(text, newline=""), quoting=csv.QUOTE_NOTNULL)
    names = next(rows)
    found: list[list[Text]] = [list(row) for row in rows]
    return _texts(len(names), found[:most_rows], len(found) > most_rows)


def of_answer(answer: Answer) -> Texts:
    """Read an answer that came as values."""
    with answer:
        found = [[_text(value) for value in row] for row in answer.rows]
        return _texts(len(answer.columns), found, answer.truncated)


def _texts(width: int, rows: list[list[Text]], is_cut: bool) -> Texts:
    columns: Iterable[tuple[Text, ...]] = zip(*rows, strict=True) if rows else [()] * width
    return Texts(tuple(columns), is_cut)


def _text(value: object) -> Text:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
