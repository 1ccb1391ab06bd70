"""One cell, read as its column wants it: a value, or what is wrong and what would be right. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from balai.plan.sheets.columns import NO, YES, Column, Kind

CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
MOST_MONEY = 10**15
"""From here on a spreadsheet's number no longer holds every rupiah."""

_FRACTION = re.compile(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*")


class Wrong(ValueError):
    """A cell that cannot be read: what was found, and what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.wrong, self.right = wrong, right


@dataclass(frozen=True)
class Raw:
    """A cell as it lies in the file: text, number, date, bool, or None when empty.

    Attributes:
        is_error: the spreadsheet shows an error such as #REF! in it.
        is_formula: it holds a formula; `scan` has already said so.
    """

    value: Any
    is_error: bool = False
    is_formula: bool = False

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


EMPTY = Raw(None)


def read(column: Column, raw: Raw) -> Any:
    """Return what a cell says: None when empty, "" for an empty text.

    Returns by kind: CODE, TEXT str; NUMBER Decimal; SHARE Fraction; MONEY, COUNT, YEAR int;
    DAY date; YES_NO bool; CHOICE the value kept.

    Raises:
        Wrong: the cell holds something else.
    """
    if raw.is_error:
        raise Wrong(
            _("sel berisi galat %(value)s.") % {"value": _shown(raw.value)},
            _("Ketik nilainya, bukan rumus yang gagal."),
        )
    if raw.is_empty:
        if column.required:
            raise Wrong(_("sel kosong."), _("Kolom “%(heading)s” wajib diisi.") % {"heading": column.heading})
        return "" if column.kind in (Kind.CODE, Kind.TEXT) else None
    return _READERS[column.kind](column, raw.value)


def tidy(text: str) -> str:
    """Return a text without marks that differ between programs: line ends, composed signs, outer blanks."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _text(column: Column, value: Any) -> str:
    if isinstance(value, bool | date):
        raise Wrong(_found(value), _("Isi dengan teks; beri format sel Teks."))
    if isinstance(value, int):
        value = str(value)
    if isinstance(value, float):
        raise Wrong(_found(value), _("Tulis sebagai teks; beri format sel Teks agar angka nol tidak hilang."))
    text = tidy(value)
    for sign in text:
        if (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t") or sign == "\ufffe":
            raise Wrong(
                _("teks memuat tanda kendali U+%(code)04X yang tidak terlihat.") % {"code": ord(sign)},
                _("Hapus isi sel lalu ketik ulang."),
            )
    if len(text) > column.limit:
        raise Wrong(
            _("teks %(length)s tanda.") % {"length": len(text)},
            _("Paling banyak %(limit)s tanda.") % {"limit": column.limit},
        )
    return text


def _code(column: Column, value: Any) -> str:
    text = _text(column, value)
    if not CODE.fullmatch(text):
        raise Wrong(
            _found(text),
            _("Kode hanya memuat huruf, angka, titik, garis miring, garis bawah, dan tanda hubung."),
        )
    return text


def _plain_number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(_found(value), _("Isi dengan angka tanpa teks; beri format sel Angka."))
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= MOST_MONEY:
        raise Wrong(_found(value), _("Angka harus di bawah 1.000.000.000.000.000."))
    return number


def _number(column: Column, value: Any) -> Decimal:
    number = _plain_number(value)
    rounded = number.quantize(Decimal(1).scaleb(-column.limit), ROUND_HALF_UP)
    # A spreadsheet keeps 0.3 as 0.30000000000000004; that is noise, 0.12345 is not.
    if abs(number - rounded) > Decimal("1e-9"):
        raise Wrong(
            _found(value), _("Paling banyak %(limit)s angka di belakang koma.") % {"limit": column.limit}
        )
    return rounded


def _whole(value: Any, right: str) -> int:
    number = _plain_number(value)
    if number != number.to_integral_value():
        raise Wrong(_found(value), right)
    return int(number)


def _money(column: Column, value: Any) -> int:
    rupiah = _whole(value, _("Rupiah utuh, tanpa sen."))
    if rupiah < 0:
        raise Wrong(_found(value), _("Uang tidak boleh negatif; isi 0 atau lebih."))
    return rupiah


def _count(column: Column, value: Any) -> int:
    number = _whole(value, _("Isi dengan bilangan bulat 1, 2, 3 …"))
    if not 1 <= number <= 999:
        raise Wrong(_found(value), _("Isi dengan bilangan bulat dari 1 sampai 999."))
    return number


def _year(column: Column, value: Any) -> int:
    if isinstance(value, date):
        raise Wrong(
            _("tanggal %(value)s.") % {"value": _shown(value)},
            _("Isi tahun saja, misalnya 2025, dengan format sel Umum."),
        )
    year = _whole(value, _("Isi tahun dengan empat angka, misalnya 2025."))
    if not 1900 <= year <= 2200:
        raise Wrong(_found(value), _("Isi tahun dengan empat angka, misalnya 2025."))
    return year


def _day(column: Column, value: Any) -> date:
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        raise Wrong(_found(value), _("Isi dengan tanggal, misalnya 31/12/2025, dengan format sel Tanggal."))
    if not 1990 <= value.year <= 2200:
        raise Wrong(
            _("tanggal %(value)s.") % {"value": _shown(value)}, _("Tanggal harus sejak 1 Januari 1990.")
        )
    return value


def _share(column: Column, value: Any) -> Fraction:
    right = _("Isi 1, atau pecahan seperti 1/2 dalam sel berformat Teks.")
    if isinstance(value, date):
        raise Wrong(
            _("tanggal %(value)s; lembar sebar mengubah 1/2 menjadi tanggal.") % {"value": _shown(value)},
            right,
        )
    if isinstance(value, str):
        if value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:9])
        elif (parts := _FRACTION.fullmatch(value)) and int(parts[2]):
            share = Fraction(int(parts[1]), int(parts[2]))
            return _in_one(share, value, right)
        else:
            raise Wrong(_found(value), right)
    share = Fraction(_plain_number(value)).limit_denominator(10_000)
    if share != Fraction(_plain_number(value)):
        raise Wrong(_found(value), right)
    return _in_one(share, value, right)


def _in_one(share: Fraction, value: Any, right: str) -> Fraction:
    if not 0 < share <= 1:
        raise Wrong(_found(value), right)
    return share


def _yes_no(column: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    answer = value.strip().casefold() if isinstance(value, str) else ""
    if answer not in (YES.casefold(), NO.casefold()):
        raise Wrong(_found(value), _("Isi Ya atau Tidak."))
    return answer == YES.casefold()


def _choice(column: Column, value: Any) -> str:
    known = {label.casefold(): kept for label, kept in column.labels.items()}
    chosen = known.get(value.strip().casefold()) if isinstance(value, str) else None
    if chosen is None:
        raise Wrong(_found(value), _("Pilihannya: %(expected)s.") % {"expected": ", ".join(column.labels)})
    return chosen


_READERS: dict[Kind, Callable[[Column, Any], Any]] = {
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.SHARE: _share,
    Kind.MONEY: _money,
    Kind.COUNT: _count,
    Kind.YEAR: _year,
    Kind.DAY: _day,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
}


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return _("nilai benar/salah %(value)s.") % {"value": _shown(value)}
    if isinstance(value, date):
        return _("tanggal %(value)s.") % {"value": _shown(value)}
    if isinstance(value, int | float):
        return _("angka %(value)s.") % {"value": _shown(value)}
    return _("teks “%(value)s”.") % {"value": _shown(value)}


def _shown(value: Any) -> str:
    """Return a value short and harmless enough to stand in a message."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y") if value.year >= 1000 else str(value)
    text = "".join(sign if sign.isprintable() else "·" for sign in str(value))
    return text if len(text) <= 60 else text[:57] + "…"
