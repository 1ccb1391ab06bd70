"""Money: whole rupiah, counted exactly, written the way people write it.

There are no floats and no sen. A missing amount is None and is never added up
as zero; what to do about it is the caller's to say.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NewType

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid

Rupiah = NewType("Rupiah", int)
"""An amount in whole rupiah; negative for what was taken back."""

_UNITS = {
    "": 1,
    "ribu": 10**3,
    "juta": 10**6,
    "miliar": 10**9,
    "milyar": 10**9,
    "triliun": 10**12,
}
_SCALES = ((10**12, "triliun", "trillion"), (10**9, "miliar", "billion"), (10**6, "juta", "million"))
_WRITTEN = re.compile(
    r"(?P<minus>-?)\s*(?:rp\.?)?\s*(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)"
    r"(?:,(?P<part>[0-9]+|-))?\s*(?P<unit>[a-z]*)",
    re.IGNORECASE | re.ASCII,
)
_MOST = 10**18


def parse(text: str, place: str = "") -> Rupiah:
    """Return the amount that `text` says in Indonesian writing, exactly.

    Dots group thousands and a comma begins decimals; "Rp" and the units ribu,
    juta, miliar and triliun may stand with it. English grouping is refused, not
    guessed: "1,500" would be either one and a half or fifteen hundred.

    Args:
        place: where the text was typed, as the person knows it, for the message.

    Raises:
        Invalid: not an amount, a part of a rupiah, or above a million triliun.

    >>> parse("Rp1.500.000"), parse("1,5 miliar"), parse("Rp 750.000,00")
    (1500000, 1500000000, 750000)
    """
    place = place or _("Jumlah uang")
    found = _WRITTEN.fullmatch(text.strip())
    if not found or found["unit"].lower() not in _UNITS:
        raise Invalid(
            [
                Fault(
                    place,
                    _("“%(text)s” bukan jumlah rupiah.") % {"text": text[:40]},
                    _("Tulis seperti 1.500.000, Rp1.500.000, atau 1,5 miliar."),
                )
            ]
        )
    part = "" if found["part"] in (None, "-") else found["part"]
    if len(found["whole"]) + len(part) > 40:
        raise Invalid([_too_large(place)])
    exact = Decimal(f"{found['whole'].replace('.', '')}.{part or 0}") * _UNITS[found["unit"].lower()]
    amount = int(exact)
    if amount != exact:
        raise Invalid(
            [
                Fault(
                    place,
                    _("“%(text)s” memuat pecahan rupiah.") % {"text": text[:40]},
                    _("Tulis rupiah bulat, tanpa sen."),
                )
            ]
        )
    if amount > _MOST:
        raise Invalid([_too_large(place)])
    return Rupiah(-amount if found["minus"] else amount)


def _too_large(place: str) -> Fault:
    return Fault(
        place, _("Jumlahnya terlalu besar."), _("Periksa banyaknya angka nol; paling besar sejuta triliun.")
    )


def full(amount: Rupiah) -> str:
    """Return the amount to the last rupiah, grouped as the active language groups.

    >>> full(Rupiah(1500000)), full(Rupiah(-250))
    ('Rp1.500.000', '-Rp250')
    """
    return _signed(amount, _grouped(abs(amount)))


def short(amount: Rupiah) -> str:
    """Return the amount for a headline: one decimal below a hundred units, none above.

    Rounded half up. Below one million nothing is shortened. Where the exact sum
    matters, show `full` beside it.

    >>> short(Rupiah(1_500_000_000)), short(Rupiah(570_400_000_000)), short(Rupiah(883_000_000))
    ('Rp1,5 miliar', 'Rp570 miliar', 'Rp883 juta')
    >>> short(Rupiah(999_960_000)), short(Rupiah(12_500))
    ('Rp1 miliar', 'Rp12.500')
    """
    size = abs(amount)
    for place, (scale, indonesian, english) in enumerate(_SCALES):
        # The half step below the scale already rounds up to one of it.
        if size < scale and not (place < 2 and _tenths(size, scale // 1000) >= 10_000):
            continue
        whole, tenth = divmod(_tenths(size, scale), 10)
        digits = _grouped(whole)
        if tenth:
            digits += f".{tenth}" if _in_english() else f",{tenth}"
        return _signed(amount, f"{digits} {english if _in_english() else indonesian}")
    return full(amount)


def _tenths(size: int, scale: int) -> int:
    """Return `size` in tenths of `scale`, rounded half up; whole units from a hundred on."""
    tenths = (size * 20 + scale) // (2 * scale)
    return tenths if tenths < 1000 else (size * 2 + scale) // (2 * scale) * 10


def _grouped(number: int) -> str:
    return f"{number:,}" if _in_english() else f"{number:,}".replace(",", ".")


def _signed(amount: int, digits: str) -> str:
    return f"{'-' if amount < 0 else ''}Rp{digits}"


def _in_english() -> bool:
    return (get_language() or "id").startswith("en")


def total(amounts: Iterable[Rupiah]) -> Rupiah:
    """Return the sum; of no amounts it is zero rupiah.

    >>> total([Rupiah(250), Rupiah(-50)])
    200
    """
    return Rupiah(sum(amounts))
