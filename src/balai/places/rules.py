"""Region codes, levels and points: values, without the database."""

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid

UNKNOWN_START = date(1, 1, 1)
"""Validity of what held in the oldest edition we have: since when is not on record."""


class Level(StrEnum):
    """How deep in the tree a region stands, from the top."""

    PROVINCE = "province"
    REGENCY = "regency"
    """kabupaten or kota; `kind` tells which"""
    DISTRICT = "district"
    VILLAGE = "village"
    """kelurahan, desa or desa adat"""


LEVELS = tuple(Level)
_LONG = {2: Level.PROVINCE, 5: Level.REGENCY, 8: Level.DISTRICT, 13: Level.VILLAGE}
"""Letters of a code on each level."""
CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)


def level_of(code: str) -> Level:
    """Return the level a code of the Ministry of Home Affairs stands on.

    Raises:
        Invalid: the text is not such a code.

    >>> level_of("35.73.02.1004").value
    'village'
    """
    if not CODE.fullmatch(code):
        right = _("Tulis seperti 35, 35.73, 35.73.02 atau 35.73.02.1004.")
        raise Invalid([Fault(_("kode wilayah"), _("“%s” bukan kode wilayah.") % code, right)])
    return _LONG[len(code)]


def above(code: str) -> list[str]:
    """Return the codes a code lies in, from the province down, itself excluded.

    >>> above("35.73.02.1004")
    ['35', '35.73', '35.73.02']
    """
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def parent_of(code: str) -> str:
    """Return the code one level up, "" above a province."""
    return code.rpartition(".")[0]


def lies_in(code: str, other: str) -> bool:
    """Tell whether `code` is `other` or a part of it.

    >>> lies_in("35.73.02", "35.73"), lies_in("35.73", "35.7")
    (True, False)
    """
    return code == other or code.startswith(f"{other}.")


_NOT_WORD = re.compile(r"[^\w]+")


def search_key(name: str) -> str:
    """Return the words of a name as searched for, each after a blank, and once more written together.

    >>> search_key("Kidul-Dalem")
    ' kidul dalem kiduldalem'
    """
    words = _NOT_WORD.sub(" ", name.casefold()).split()
    squeezed = "".join(words)
    return " " + " ".join([*words, squeezed] if len(words) > 1 else words)


def long_name(name: str, kind: str) -> str:
    """Return a name with its kind before it, where it does not begin with it already.

    >>> long_name("Klojen", "kecamatan"), long_name("Kota Malang", "kota"), long_name("Aceh", "provinsi")
    ('Kecamatan Klojen', 'Kota Malang', 'Provinsi Aceh')
    """
    if name.casefold().startswith(f"{kind} "):
        return name
    return f"{kind.title()} {name}"


@dataclass(frozen=True)
class Point:
    """A place on the earth in WGS 84 degrees.

    Raises:
        Invalid: latitude is not within -90 to 90, or longitude not within -180 to 180.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        faults = [
            *_outside(_("lintang"), self.latitude, 90),
            *_outside(_("bujur"), self.longitude, 180),
        ]
        if faults:
            raise Invalid(faults)

    @classmethod
    def read(cls, latitude: str, longitude: str) -> "Point":
        """Return the point written as two texts; a decimal comma is read too.

        Raises:
            Invalid: one of them is no number, or lies outside of the earth; every fault is named.
        """
        faults = []
        numbers = []
        for place, text in ((_("lintang"), latitude), (_("bujur"), longitude)):
            try:
                numbers.append(float(Decimal(text.strip().replace(",", "."))))
            except ArithmeticError:
                wrong = _("“%s” bukan angka.") % text if text.strip() else _("belum diisi.")
                faults.append(Fault(place, wrong, _("Tulis derajat desimal, misalnya -7,9771.")))
        if faults:
            raise Invalid(faults)
        return cls(*numbers)


def _outside(place: str, degrees: float, limit: int) -> list[Fault]:
    if math.isfinite(degrees) and abs(degrees) <= limit:
        return []
    return [
        Fault(
            place,
            _("%s di luar bumi.") % degrees,
            _("Nilainya antara -%(limit)s dan %(limit)s derajat.") % {"limit": limit},
        )
    ]
