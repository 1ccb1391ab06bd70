"""Figures of indicators as a person reads them: periods, dimensions, and the sum that made a value."""

from datetime import date
from decimal import Decimal, localcontext

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from balai.base import tenancy, writing
from balai.data.reads import Measured
from balai.data.rules.indicators import DIGITS, Indicator, Period, ends_on
from balai.places import reads as places


def period_words(period: str, kind: Period) -> str:
    """Return a period in words: "2026", "triwulan 1 2026", "Maret 2026", "18 Maret 2026"."""
    last: date = ends_on(period, kind)
    match kind:
        case Period.YEAR:
            return period
        case Period.QUARTER:
            return _("triwulan %(number)d %(year)d") % {"number": last.month // 3, "year": last.year}
        case Period.MONTH:
            return str(date_format(last, "F Y"))
        case Period.DAY:
            return writing.day(last)


def region_names(codes: set[str]) -> dict[str, str]:
    """Return the name of each region, its code where none is known."""
    known = places.names(codes) | {tenancy.NATIONAL: _("Indonesia")}
    return {code: known.get(code, code) for code in codes}


def dimension_words(figure: Measured) -> str:
    return ", ".join(figure.dimensions.values())


def value_words(figure: Measured) -> str:
    """Return the value with its unit, or why there is none."""
    if figure.is_gone:
        return _("tidak dihitung lagi")
    if figure.is_withheld:
        return _("ditahan")
    if figure.value is None:
        return _("tidak ada")
    with localcontext(prec=DIGITS):
        return f"{writing.number(figure.value, figure.decimals)} {figure.unit}"


def sum_words(figure: Measured, definition: Indicator) -> str:
    """Return the sum as one would write it: "2 ÷ 3 × 100 = 66,67 persen"; "" where there is none."""
    if figure.value is None or figure.numerator is None:
        return ""
    parts = [exact_words(figure.numerator)]
    if figure.denominator is not None:
        parts += ["÷", exact_words(figure.denominator)]
    if definition.scale != 1:
        parts += ["×", exact_words(definition.scale)]
    return f"{' '.join(parts)} = {value_words(figure)}"


def exact_words(number: Decimal | None) -> str:
    """Return a number with all its digits; zeros after the point that say nothing are left out."""
    if number is None:
        return "–"
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    places_after = len(plain.partition(".")[2])
    with localcontext(prec=DIGITS):
        return writing.number(Decimal(plain), places_after)
