# ruff: noqa: DTZ001 - a workbook knows no zones
"""A workbook is written row by row, and says everything a spreadsheet would else guess."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from balai.base import excel


def notes(count: int, is_cut: bool) -> Iterator[tuple[str, str]]:
    yield "Baris", str(count)
    yield "Terpotong", "ya" if is_cut else "tidak"


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_every_kind_of_value_is_read_back_as_it_was() -> None:
    row = [
        1, Decimal("2.50"), 0.25, True, "a & <b>", None,
        date(2026, 3, 18), datetime(2026, 3, 18, 9, 30), 3573010101900001, date(1899, 1, 1), "x\x07y",
    ]  # fmt: skip
    book = opened(b"".join(excel.workbook([f"k{n}" for n in range(len(row))], [row], notes)))
    cells = list(book["Data"].iter_rows(min_row=2, values_only=True))
    assert cells == [(
        1, 2.5, 0.25, True, "a & <b>", None,
        datetime(2026, 3, 18), datetime(2026, 3, 18, 9, 30), "3573010101900001", "1899-01-01", "xy",
    )]  # fmt: skip
    assert book["Keterangan"]["B1"].value == "1"


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://a")', "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    book = opened(b"".join(excel.workbook([text], [[text]], notes)))
    for cell in (book["Data"]["A1"], book["Data"]["A2"]):
        assert (cell.data_type, cell.value) == ("s", text)


def test_rows_beyond_a_sheet_are_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    book = opened(b"".join(excel.workbook(["a"], ([n] for n in range(5)), notes)))
    assert [value for (value,) in book["Data"].iter_rows(values_only=True)] == ["a", 0, 1, 2]
    assert [cell.value for cell in book["Keterangan"]["B"]] == ["3", "ya"]


def test_a_workbook_of_many_rows_takes_no_memory() -> None:
    rows = ([number, f"Baris {number}", Decimal(number) / 4] for number in range(60_000))
    tracemalloc.start()
    size = sum(len(part) for part in excel.workbook(["a", "b", "c"], rows, notes))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 400_000
    assert most < 2_000_000, f"{most} bytes at once"


def test_a_wait_for_rows_is_passed_on() -> None:
    parts = list(excel.workbook(["a"], iter([None, None, [1]]), notes))
    assert len(parts) >= 3
