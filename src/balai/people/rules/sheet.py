"""The sheet by which many accounts come in at once: its columns, and every fault in it by row and column."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.people.rules.roles import Role
from balai.people.rules.seats import faults_of_period, faults_of_roles_given

COLUMNS = ("Nama", "Surel", "Perangkat Daerah", "Jabatan", "Peran", "Status", "Mulai", "Sampai")
REQUIRED = frozenset({"Nama", "Surel", "Peran", "Mulai"})
MOST_ROWS = 5_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")
_ACTING = {"": "", "definitif": "", "plt": "plt", "plt.": "plt", "plh": "plh", "plh.": "plh"}
_LENGTHS = {"Nama": 200, "Surel": 254, "Jabatan": 200}

type Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Formula:
    """A cell that holds a formula; its value is not trusted."""

    text: str


@dataclass(frozen=True)
class Known:
    """What the rows of a sheet are checked against.

    Attributes:
        offices: every way to name an office, folded to lower case → key of the office.
        longest: the most days for "plt" and "plh".
    """

    tenant: str
    offices: Mapping[str, str]
    roles: Mapping[str, Role]
    longest: Mapping[str, int]


@dataclass(frozen=True)
class SeatLine:
    """One row of the sheet, checked.

    Attributes:
        office: key of the office as the map of offices gives it, "" where the seat has none.
    """

    row: int
    name: str
    email: str
    office: str
    position: str
    roles: tuple[str, ...]
    acting: str
    from_on: date
    to_on: date | None


def column_letter(index: int) -> str:
    """Return the letter of a column counted from 0; the sheet has fewer than 26."""
    return chr(ord("A") + index)


def read_sheet(
    title: str,
    rows: Iterable[Sequence[Cell | Formula]],
    known: Known,
) -> tuple[list[SeatLine], list[Fault]]:
    """Return the seats the sheet asks for, and every fault in it; with a fault nothing may be written.

    Args:
        rows: the cells row by row, the header first. Empty rows are passed over.
    """
    lines: list[SeatLine] = []
    faults: list[Fault] = []
    seen: dict[tuple[object, ...], int] = {}
    numbered = enumerate(rows, start=1)
    header = next(numbered, (1, ()))[1]
    wrong_header = list(_faults_of_header(title, header))
    if wrong_header:
        return [], wrong_header
    for number, cells in numbered:
        if all(cell is None or str(cell).strip() == "" for cell in cells):
            continue
        if number > MOST_ROWS + 1:
            faults.append(
                Fault(title, _("Lebih dari %(most)d baris.") % {"most": MOST_ROWS}, _("Bagi berkasnya."))
            )
            break
        found = _Row(title, number, cells).line(known)
        if isinstance(found, list):
            faults += found
            continue
        twin = seen.setdefault((found.email, found.office, found.position.casefold(), found.from_on), number)
        if twin != number:
            faults.append(
                Fault(
                    _place(title, number, "Surel"),
                    _("Jabatan ini sudah ada di baris %(row)d.") % {"row": twin},
                    _("Hapus salah satu."),
                )
            )
        lines.append(found)
    if not lines and not faults:
        faults.append(Fault(title, _("Tidak ada baris isi."), _("Isi mulai baris 2.")))
    return lines, faults


def _faults_of_header(title: str, header: Sequence[Cell | Formula]) -> Iterator[Fault]:
    for index, wanted in enumerate(COLUMNS):
        found = str(header[index] or "").strip() if index < len(header) else ""
        if found.casefold() != wanted.casefold():
            yield Fault(
                _place(title, 1, wanted),
                _("Judul kolomnya “%(found)s”.") % {"found": found},
                _("Seharusnya “%(wanted)s”; pakai contoh berkas dari halaman ini.") % {"wanted": wanted},
            )


def _place(title: str, row: int, column: str) -> str:
    letter = column_letter(COLUMNS.index(column))
    return _("Lembar “%(sheet)s”, baris %(row)d, kolom %(letter)s (%(column)s)") % {
        "sheet": title,
        "row": row,
        "letter": letter,
        "column": column,
    }


class _Row:
    """One row under reading; it collects what is wrong with it."""

    def __init__(self, title: str, number: int, cells: Sequence[Cell | Formula]) -> None:
        self.title = title
        self.number = number
        self.cells = dict(zip(COLUMNS, cells, strict=False))
        self.faults: list[Fault] = []

    def line(self, known: Known) -> SeatLine | list[Fault]:
        name, position = self.text("Nama"), self.text("Jabatan")
        email = self.text("Surel").casefold()
        if email and not _EMAIL.match(email):
            self.fault(
                "Surel",
                _("“%(found)s” bukan alamat surel.") % {"found": email},
                _("Misalnya budi@contoh.go.id."),
            )
        office = self.office(known.offices)
        codes = self.roles(known)
        acting = self.acting()
        from_on, to_on = self.day("Mulai"), self.day("Sampai")
        if from_on:
            for fault in faults_of_period(from_on, to_on, acting, known.longest):
                self.fault("Sampai", fault.wrong, fault.right)
        if self.faults or from_on is None:
            return self.faults
        return SeatLine(self.number, name, email, office, position, codes, acting, from_on, to_on)

    def fault(self, column: str, wrong: str, right: str) -> None:
        self.faults.append(Fault(_place(self.title, self.number, column), wrong, right))

    def text(self, column: str) -> str:
        cell = self.cells.get(column)
        if isinstance(cell, Formula):
            self.fault(
                column, _("Isinya rumus (%(formula)s).") % {"formula": cell.text}, _("Tulis nilainya saja.")
            )
            return ""
        if isinstance(cell, bool | int | float | date) and column not in ("Mulai", "Sampai"):
            self.fault(column, _("Isinya bukan teks: %(found)s.") % {"found": cell}, _("Tulis sebagai teks."))
            return ""
        text = " ".join(str(cell).split()) if cell is not None else ""
        if not text and column in REQUIRED:
            self.fault(column, _("Kosong."), _("Kolom ini wajib diisi."))
        most = _LENGTHS.get(column, 500)
        if len(text) > most:
            self.fault(column, _("Terlalu panjang."), _("Paling banyak %(most)d huruf.") % {"most": most})
        return text

    def office(self, offices: Mapping[str, str]) -> str:
        named = self.text("Perangkat Daerah")
        if not named:
            return ""
        if named.casefold() not in offices:
            self.fault(
                "Perangkat Daerah",
                _("“%(found)s” tidak dikenal.") % {"found": named},
                _("Tulis kode, nama, atau singkatan seperti pada daftar perangkat daerah."),
            )
            return ""
        return offices[named.casefold()]

    def roles(self, known: Known) -> tuple[str, ...]:
        by_name = {
            name.casefold(): role.code for role in known.roles.values() for name in (role.code, role.name.id)
        }
        named = [part.strip() for part in self.text("Peran").replace(";", ",").split(",") if part.strip()]
        codes = tuple(by_name.get(part.casefold(), part) for part in named)
        for fault in faults_of_roles_given(codes, known.roles, known.tenant):
            self.fault("Peran", fault.wrong, fault.right)
        return codes

    def acting(self) -> str:
        text = self.text("Status").casefold()
        if text not in _ACTING:
            self.fault(
                "Status",
                _("“%(found)s” tidak dikenal.") % {"found": text},
                _("Pilihannya: definitif, Plt., Plh."),
            )
        return _ACTING.get(text, "")

    def day(self, column: str) -> date | None:
        cell = self.cells.get(column)
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = self.text(column)
        if not text:
            return None
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007
            except ValueError:
                continue
        self.fault(column, _("“%(found)s” bukan tanggal.") % {"found": text}, _("Tulis seperti 31/12/2026."))
        return None
