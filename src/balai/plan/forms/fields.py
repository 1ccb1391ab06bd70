"""Fields as people here write them: decimal commas, rupiah with dots, fractions, local days.

Numbers are read in Indonesian writing in both languages: "1,500" is one and a
half, whoever types it. To guess by language would turn one city's 1,500 into
another's 1500.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base import forms as forms_of_base
from balai.base import money
from balai.base.errors import Invalid
from balai.base.forms import LongText, Rows

__all__ = [
    "Asked",
    "DayField",
    "LongText",
    "NumberField",
    "NumberWhenSent",
    "Rows",
    "RupiahField",
    "ShareField",
    "YearField",
    "parse_number",
    "written",
]

_NUMBER = re.compile(
    r"(?P<minus>-?)(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,(?P<part>[0-9]+))?", re.ASCII
)
# The point of a keyboard without a comma; three digits after it would be thousands, unless 0 stands before.
_POINT = re.compile(r"-?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0\.[0-9]+)", re.ASCII)
_FRACTION = re.compile(r"([0-9]{1,5})(?:/([0-9]{1,5}))?", re.ASCII)


def parse_number(text: str) -> Decimal:
    """Return the number `text` says.

    Raises:
        ValueError: it says none.

    >>> parse_number("1.234,5"), parse_number("12.5"), parse_number("1.250"), parse_number("0.125")
    (Decimal('1234.5'), Decimal('12.5'), Decimal('1250'), Decimal('0.125'))
    """
    tidy = "".join(text.split())
    if len(tidy) > 40:
        raise ValueError(text[:40])
    if _POINT.fullmatch(tidy):
        return Decimal(tidy)
    found = _NUMBER.fullmatch(tidy)
    if not found:
        raise ValueError(text)
    return Decimal(f"{found['minus']}{found['whole'].replace('.', '')}.{found['part'] or 0}").normalize() + 0


def written(value: Decimal) -> str:
    """Return a number as `parse_number` reads it back.

    >>> written(Decimal("1234.5000")), written(Decimal(20))
    ('1234,5', '20')
    """
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


class NumberField(forms.CharField):
    """A number in Indonesian writing; None where nothing was written."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "max_length": 40, **options})

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(text)s” bukan angka. Tulis seperti 1.250 atau 12,5."), params={"text": text}
            ) from error


class NumberWhenSent(NumberField):
    """A number that a draft may lack and a report that is sent may not; `changes` asks for it."""

    def validate(self, value: Any) -> None:
        """Let an empty one pass."""


class RupiahField(forms.CharField):
    """Whole rupiah, also as "1,5 miliar"; None where nothing was written."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "max_length": 60, **options})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return int(money.parse(text))
        except Invalid as error:
            raise forms.ValidationError([f"{fault.wrong} {fault.right}" for fault in error.faults]) from error


class ShareField(forms.CharField):
    """A part of one: "1", "1/2", "0,5" or "50%"; None where nothing was written."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "1/2"})
        super().__init__(**{"widget": widget, "max_length": 20, "required": False, **options})

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Fraction) else value

    def clean(self, value: Any) -> Any:
        text = "".join(str(super().clean(value)).split())
        if not text:
            return None
        try:
            return _share(text)
        except (ValueError, ZeroDivisionError) as error:
            raise forms.ValidationError(
                _("“%(text)s” bukan bagian. Tulis seperti 1, 1/2, atau 50%%."), params={"text": text}
            ) from error


def _share(text: str) -> Fraction:
    if found := _FRACTION.fullmatch(text):
        return Fraction(int(found[1]), int(found[2] or 1))
    if text.endswith("%"):
        return Fraction(parse_number(text[:-1])) / 100
    return Fraction(parse_number(text))


class DayField(forms.DateField):
    """A local day, with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"], **options)


class YearField(forms.IntegerField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "min_value": 1990, "max_value": 2100, **options})


class Asked(forms_of_base.Asked):
    """A form of the plan."""

    PLACES: Mapping[str, Any] = {
        "actions": _("Rencana aksi"),
        "elements": _("Sepuluh unsur"),
        "period": _("Periode"),
        "report": _("Laporan"),
        "risks": _("Risiko"),
        "shares": _("Dimensi"),
        "sub_dimension": _("Sub-dimensi"),
        "supports": _("Pendukung"),
        "legal_basis": _("Dasar hukum"),
    }
