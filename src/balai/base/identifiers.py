"""Numbers the law gives to people, businesses and tax objects: nik, kk, nip, npwp, nib, nop.

Each function takes what was typed and returns the digits with what is wrong.
A *fault* refuses the number; a *warning* is shown and let through, because the
rule has honest exceptions. That a number has the right form says nothing about
whether it exists: only its issuer (Dukcapil, DJP, BKN, OSS) knows that.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from balai.base.errors import Fault

_SEPARATORS = re.compile(r"[\s.\-/\u2010-\u2015]+")
_LIKE_A_NIK = re.compile(r"(?<!\d)\d(?:[\s.\-/\u2010-\u2015]?\d){15}(?!\d)")


@dataclass(frozen=True)
class Identifier:
    """What was typed, as bare digits, and what is to be said about it.

    Attributes:
        value: the digits without spaces, dots and dashes; as typed where it has faults.
    """

    value: str
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.faults


def normalised(text: str) -> str:
    """Return the text without the spaces, dots, dashes and strokes people write between digits.

    >>> normalised(" 01.312.166.0-091.000 ")
    '013121660091000'
    """
    return _SEPARATORS.sub("", text)


def nik(text: str, place: str = "NIK", knows_region: Callable[[str], bool] | None = None) -> Identifier:
    """Check a NIK: region of first registration (6), day of birth DDMMYY with 40 added for women, serial (4).

    Args:
        knows_region: tells whether "PP.KK.CC" was ever a district; codes that no longer
            exist stay valid in a NIK, so an unknown one is only a warning.

    Source: population administration law and the number's published structure; there is no check digit.

    >>> nik("3573 0141 0190 0001").is_valid, nik("3573017202900001").faults[0].wrong
    (True, 'Tanggal lahir di dalamnya (7202) tidak ada.')
    """
    value = normalised(text)
    faults = _digits(place, value, (16,))
    if faults:
        return Identifier(value, faults)
    day = int(value[6:8])
    found = []
    if not _day_exists(day - 40 if day > 40 else day, int(value[8:10]), value[10:12]):
        found.append(
            Fault(
                place,
                _("Tanggal lahir di dalamnya (%(day)s) tidak ada.") % {"day": value[6:10]},
                _("Angka ke-7 sampai ke-12 adalah tanggal lahir; untuk perempuan tanggalnya ditambah 40."),
            )
        )
    if value[12:] == "0000":
        found.append(_no_serial(place))
    return Identifier(value, tuple(found), _region_warnings(place, value, knows_region))


def holds_nik(text: str) -> bool:
    """Tell whether a NIK stands anywhere in a free text, also written in groups.

    >>> holds_nik("NIK saya 3573 0141 0190 0001, bukan 12"), holds_nik("Nomor 1234567890123456")
    (True, False)
    """
    return any(nik(found).is_valid for found in _LIKE_A_NIK.findall(text))


def kk(text: str, place: str = "Nomor KK", knows_region: Callable[[str], bool] | None = None) -> Identifier:
    """Check a family card number: region (6), day of issue DDMMYY, serial (4); never 40 added to the day."""
    value = normalised(text)
    faults = _digits(place, value, (16,))
    if faults:
        return Identifier(value, faults)
    found = []
    if not _day_exists(int(value[6:8]), int(value[8:10]), value[10:12]):
        found.append(
            Fault(
                place,
                _("Tanggal terbit di dalamnya (%(day)s) tidak ada.") % {"day": value[6:10]},
                _("Periksa apakah yang ditulis nomor KK, bukan NIK."),
            )
        )
    if value[12:] == "0000":
        found.append(_no_serial(place))
    return Identifier(value, tuple(found), _region_warnings(place, value, knows_region))


def nip(text: str, place: str = "NIP") -> Identifier:
    """Check an officer's NIP: birth YYYYMMDD, appointment YYYYMM (month 21 for PPPK), sex, serial (3)."""
    value = normalised(text)
    faults = _digits(place, value, (18,))
    if faults:
        return Identifier(value, faults)
    found, warnings = [], []
    born = _day(value[:8])
    if born is None:
        found.append(
            Fault(
                place,
                _("Tanggal lahir di dalamnya (%(day)s) tidak ada.") % {"day": value[:8]},
                _("Delapan angka pertama adalah tahun, bulan, dan tanggal lahir."),
            )
        )
    if not ("01" <= value[12:14] <= "12" or value[12:14] == "21"):
        found.append(
            Fault(
                place,
                _("Bulan pengangkatan di dalamnya (%(month)s) tidak ada.") % {"month": value[12:14]},
                _("Isinya 01 sampai 12, atau 21 untuk PPPK."),
            )
        )
    if value[14] not in "12":
        found.append(Fault(place, _("Angka ke-15 bukan penanda jenis kelamin."), _("Isinya 1 atau 2.")))
    if born is not None and int(value[8:12]) - born.year < 17:
        warnings.append(
            Fault(
                place,
                _("Tahun pengangkatan terlalu dekat dengan tahun lahir."),
                _("Periksa angka ke-9 sampai ke-12."),
            )
        )
    return Identifier(value, tuple(found), tuple(warnings))


def npwp(text: str, place: str = "NPWP") -> Identifier:
    """Check a tax number: 15 digits; or 16, either 0 and the old 15, or the NIK of a resident.

    The first nine of the fifteen pass the Luhn check.

    >>> npwp("01.312.166.0-091.000").is_valid, npwp("0013121660091000").is_valid
    (True, True)
    """
    value = normalised(text)
    faults = _digits(place, value, (15, 16))
    if faults:
        return Identifier(value, faults)
    if len(value) == 16 and value[0] != "0":
        person = nik(value, place)
        return Identifier(value, person.faults, person.warnings)
    if not passes_luhn(value[-15:-6]):
        return Identifier(
            value,
            (
                Fault(
                    place,
                    _("Angka pemeriksanya tidak cocok; ada angka yang salah tulis."),
                    _("Salin kembali dari kartu NPWP."),
                ),
            ),
        )
    return Identifier(value)


def nib(text: str, place: str = "NIB") -> Identifier:
    """Check a business number of OSS: 13 digits; no check digit is published."""
    value = normalised(text)
    return Identifier(value, _digits(place, value, (13,)))


def nop(text: str, place: str = "NOP") -> Identifier:
    """Check the number of a tax object: region 2 + 2, district 3, village 3, block 3, serial 4, kind 1.

    The region digits follow the tax office's own coding, so they are not compared with region codes.

    >>> nop("35.73.010.001.002-0123.0").value, nop("357301000100200000").faults[0].wrong
    ('357301000100201230', 'Nomor urutnya 0000.')
    """
    value = normalised(text)
    faults = _digits(place, value, (18,))
    return Identifier(
        value,
        faults
        or (
            (_no_serial(place, _("Angka ke-14 sampai ke-17 dimulai dari 0001.")),)
            if value[13:17] == "0000"
            else ()
        ),
    )


def passes_luhn(digits: str) -> bool:
    """Tell whether the last of the digits is the Luhn check digit of those before it.

    >>> passes_luhn("013121660"), passes_luhn("013121661")
    (True, False)
    """
    doubled = {place: sum(divmod(2 * place, 10)) for place in range(10)}
    backwards = [int(digit) for digit in reversed(digits)]
    return (sum(backwards[::2]) + sum(doubled[digit] for digit in backwards[1::2])) % 10 == 0


def mask(value: str) -> str:
    """Return the number as it may stand on a screen: the middle, or all of a short one, hidden.

    >>> mask("3573014101900001"), mask("12345")
    ('3573********0001', '*****')
    """
    if len(value) < 12:
        return "*" * len(value)
    return value[:4] + "*" * (len(value) - 8) + value[-4:]


def _digits(place: str, value: str, lengths: tuple[int, ...]) -> tuple[Fault, ...]:
    wanted = _(" atau ").join(str(length) for length in lengths)
    if re.fullmatch(r"[0-9],?[0-9]*[eE]\+?[0-9]+", value):
        return (
            Fault(
                place,
                _("Angkanya sudah dibulatkan oleh lembar kerja dan tidak lengkap lagi."),
                _("Ubah format sel menjadi Teks, lalu tulis kembali nomornya."),
            ),
        )
    if not re.fullmatch(r"[0-9]+", value):
        return (
            Fault(
                place,
                _("Isinya bukan angka seluruhnya."),
                _("Tulis %(count)s angka.") % {"count": wanted},
            ),
        )
    if len(value) not in lengths:
        return (
            Fault(
                place,
                _("Panjangnya %(length)d angka.") % {"length": len(value)},
                _("Tulis %(count)s angka.") % {"count": wanted},
            ),
        )
    return ()


def _day_exists(day: int, month: int, year: str) -> bool:
    """Tell whether the day exists in 19YY or 20YY; the century is not written."""
    return 1 <= month <= 12 and any(
        1 <= day <= calendar.monthrange(century + int(year), month)[1] for century in (1900, 2000)
    )


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _no_serial(place: str, right: str | None = None) -> Fault:
    wanted = _("Empat angka terakhir dimulai dari 0001.") if right is None else right
    return Fault(place, _("Nomor urutnya 0000."), wanted)


def _region_warnings(place: str, value: str, knows_region: Callable[[str], bool] | None) -> tuple[Fault, ...]:
    code = f"{value[:2]}.{value[2:4]}.{value[4:6]}"
    if knows_region is None or knows_region(code):
        return ()
    return (
        Fault(
            place,
            _("Kode wilayah %(code)s tidak dikenal.") % {"code": code},
            _("Periksa enam angka pertama; kode lama tetap berlaku."),
        ),
    )
