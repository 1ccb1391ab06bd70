"""Numbers and dates as people write them, in the active language. Money is in `base.money`."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

type Number = int | float | Decimal | Fraction

# fmt: off
_MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli",
           "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December"),
}
# fmt: on
_ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def exact(value: Number) -> Decimal:
    """Return `value` as a decimal; endless fractions are cut at 28 digits, floats read as printed.

    >>> exact(Fraction(1, 4)), exact(0.1)
    (Decimal('0.25'), Decimal('0.1'))
    """
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def number(value: Number, places: int | None = None) -> str:
    """Return `value` grouped by thousands, rounded half up.

    Args:
        places: decimals to show, always that many; None shows at most two and no idle zeros.

    >>> number(1234567), number(Decimal("95.8333")), number(Fraction(7, 2), 2), number(-0.001)
    ('1.234.567', '95,83', '3,50', '0')
    """
    rounded = exact(value).quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    text = f"{rounded:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if _language() == "en" else text.translate({ord(","): ".", ord("."): ","})


_VULGAR = {
    Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼", Fraction(3, 4): "¾",
    Fraction(1, 5): "⅕", Fraction(2, 5): "⅖", Fraction(3, 5): "⅗", Fraction(4, 5): "⅘",
    Fraction(1, 6): "⅙", Fraction(5, 6): "⅚",
}  # fmt: skip


def mixed(value: Fraction | int) -> str:
    """Return an exact number, 0 or more, as people write wholes and parts.

    >>> mixed(Fraction(13, 3)), mixed(Fraction(1, 2)), mixed(Fraction(17, 7)), mixed(24)
    ('4⅓', '½', '2 3/7', '24')
    """
    whole, rest = divmod(Fraction(value), 1)
    if not rest:
        return number(whole)
    part = _VULGAR.get(rest, f"{rest.numerator}/{rest.denominator}")
    return f"{number(whole)}{'' if rest in _VULGAR else ' '}{part}" if whole else part


def percent(share: Number, places: int | None = None) -> str:
    """Return a share of one as per cent.

    >>> percent(Fraction(16, 17)), percent(1), percent(Decimal("0.9216"), 1)
    ('94,12%', '100%', '92,2%')
    """
    return f"{number(exact(share) * 100, places)}%"


def day(value: date) -> str:
    """Return a day; an instant is first taken to the local day.

    >>> day(date(2026, 3, 12))
    '12 Maret 2026'
    """
    if isinstance(value, datetime):
        value = _local(value).date()
    return f"{value.day} {_MONTHS[_language()][value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """Return an instant in local time with its zone, to the minute.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 12, 2, 5, tzinfo=UTC))
    '12 Maret 2026, 09.05 WIB'
    """
    # Lists write hundreds of them: language and zone are asked for once.
    zone, language = _zone_name(), _language()
    local = value.astimezone(ZoneInfo(zone)) if timezone.is_aware(value) else value
    mark = ":" if language == "en" else "."
    on = f"{local.day} {_MONTHS[language][local.month - 1]} {local.year}"
    return f"{on}, {local.hour:02}{mark}{local.minute:02} {_ZONES.get(zone, '')}".rstrip()


def since(then: date, today: date) -> str:
    """Return how long ago a day was, or how far off it is, in days.

    >>> since(date(2026, 3, 1), date(2026, 6, 3)), since(date(2026, 3, 2), date(2026, 3, 1))
    ('94 hari lalu', 'besok')
    """
    if isinstance(then, datetime):
        then = _local(then).date()
    days = (today - then).days
    near = {0: _("hari ini"), 1: _("kemarin"), -1: _("besok")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("%(days)s hari lalu", "%(days)s hari lalu", days) % {"days": number(days)}
    return ngettext("%(days)s hari lagi", "%(days)s hari lagi", -days) % {"days": number(-days)}


def _zone_name() -> str:
    return timezone.get_current_timezone_name()


def _local(value: datetime) -> datetime:
    return value.astimezone(ZoneInfo(_zone_name())) if timezone.is_aware(value) else value


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"
