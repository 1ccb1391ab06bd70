"""Whole answers as text, column after column as the engine wrote them: for counting, not for showing."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

from balai.data.engines import frames
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
    """Read an answer written in the form "texts"."""
    with export:
        text = b"".join(export.parts).decode()
    rows = csv.reader(io.StringIO(text, newline=""))
    names = next(rows)
    found = list(rows)
    written = _columns(len(names), found[:most_rows])
    return Texts(tuple(map(_with_missing, written)), len(found) > most_rows)


def of_answer(answer: Answer) -> Texts:
    """Read an answer that came as values."""
    with answer:
        found = [[_text(value) for value in row] for row in answer.rows]
        return Texts(_columns(len(answer.columns), found), answer.truncated)


def _columns[T](width: int, rows: list[list[T]]) -> tuple[tuple[T, ...], ...]:
    return tuple(zip(*rows, strict=True)) if rows else ((),) * width


def _with_missing(column: tuple[str, ...]) -> tuple[Text, ...]:
    if frames.MISSING not in column:
        return column
    return tuple(None if value == frames.MISSING else value for value in column)


def _text(value: object) -> Text:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
