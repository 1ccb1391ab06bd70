"""One answer: read as its type, written as canonical JSON, and told to a person.

Answers arrive as JSON values, whoever sends them; what a person typed into a
page is brought to that form by `posted`. The reader refuses, it never guesses.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from balai.base import identifiers, money, writing
from balai.base.errors import Fault, Invalid
from balai.forms.rules.form import Field
from balai.forms.rules.written import Type
from balai.places.rules import CODE, Point, level_of, lies_in

LONGEST_TEXT, LONGEST_STORY = 300, 10_000
"""Letters of a text and of a long text, where the form says nothing."""
_LARGEST = 10**15


@dataclass(frozen=True)
class FileSeen:
    """A file that was handed in with these answers."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Context:
    """What the server knows when answers are checked; nothing of it comes from who sends them.

    Attributes:
        today: local day.
        facts: known facts by name, as JSON values; a field that is readonly takes them, whatever was sent.
        variables: what the form's conditions may name besides the answers.
        files: files handed in with these answers, by id.
        region_name: full name of a region code, None where there is no such region.
        region_at: code of the deepest region that holds a point, "" where none is known.
        city: region code of the local government, for `within: city`.
    """

    today: date
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    variables: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    files: Mapping[str, FileSeen] = field(default_factory=lambda: MappingProxyType({}))
    region_name: Callable[[str], str | None] = lambda code: code
    region_at: Callable[[Point], str] = lambda point: ""
    city: str = ""


class Wrong(ValueError):
    """An answer that is not taken; `right` says what would be."""

    def __init__(self, wrong: str, right: str = "") -> None:
        self.wrong, self.right = wrong, right
        super().__init__(wrong)


def is_empty(field: Field, answer: Any) -> bool:
    """Tell whether nothing was answered; a tick that was not set says no and is empty too."""
    if answer is None:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    match field.type:
        case Type.BOOLEAN:
            return answer is False
        case Type.CHOICES | Type.FILE | Type.IMAGE:
            return isinstance(answer, (list, tuple)) and not answer
        case Type.POINT:
            return isinstance(answer, Mapping) and all(part in (None, "") for part in answer.values())
    return False


def read(field: Field, answer: Any, context: Context) -> Any:
    """Return the answer as its type.

    text, choice, region, phone and the numbers of the law are text; integer and
    money int; decimal Decimal; boolean bool; choices, file and image tuples of
    text; date a day; time a time; point a `Point`.

    Raises:
        Wrong: it is not of the type, or outside of what the field allows.
    """
    return _READERS[field.type](field, answer, context)


def plain(value: Any) -> Any:
    """Return a typed value as canonical JSON, which `read` reads back."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Point):
        return {"latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, tuple):
        return list(value)
    return value


def for_conditions(value: Any) -> Any:
    """Return a typed value as conditions see it."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Point):
        return {"latitude": Decimal(str(value.latitude)), "longitude": Decimal(str(value.longitude))}
    return plain(value)


def told(field: Field, value: Any, context: Context) -> str:
    """Return a typed value as a person reads it; "" where there is none."""
    if value is None or value == ():
        return ""
    match field.type:
        case Type.BOOLEAN:
            return _("ya") if value else _("tidak")
        case Type.INTEGER | Type.DECIMAL:
            places = field.text.places if field.type is Type.DECIMAL else 0
            return f"{writing.number(value, places)} {field.text.unit or ''}".rstrip()
        case Type.MONEY:
            return money.full(money.Rupiah(value))
        case Type.CHOICE | Type.CHOICES:
            labels = {option.key: str(option.label) for option in field.options}
            keys = value if isinstance(value, tuple) else (value,)
            return ", ".join(str(labels.get(key, key)) for key in keys)
        case Type.DATE:
            return writing.day(value)
        case Type.TIME:
            return f"{value:%H.%M}"
        case Type.REGION:
            return context.region_name(value) or value
        case Type.POINT:
            return f"{value.latitude:.6f}; {value.longitude:.6f}".replace(".", ",")
        case Type.FILE | Type.IMAGE:
            return ", ".join(context.files[one].name if one in context.files else one for one in value)
        case Type.NOP:
            return _nop_written(value)
    return str(value)


def masked(field: Field, value: Any) -> str:
    """Return what whoever may not see a personal answer is shown of it."""
    if value is None or value == ():
        return ""
    if isinstance(value, str) and value.isdigit():
        return identifiers.mask(value)
    return "••••"


def _text(answer: Any, *, lines: bool = False) -> str:
    if not isinstance(answer, str):
        raise Wrong(_("Jawabannya bukan teks."), _("Kirim sebagai teks."))
    text = unicodedata.normalize("NFC", answer.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for sign in text:
        sort = unicodedata.category(sign)
        if sort in ("Cc", "Cs", "Co", "Cn") and not (lines and sign in "\n\t"):
            raise Wrong(
                _("Ada tanda yang tidak dapat dibaca di dalamnya."), _("Hapus tanda itu, atau ketik kembali.")
            )
    return text


def _read_text(field: Field, answer: Any, context: Context) -> str:
    is_long = field.type is Type.LONG_TEXT
    most = int(field.max or (LONGEST_STORY if is_long else LONGEST_TEXT))
    if isinstance(answer, str) and len(answer) > 4 * most + 1000:
        raise Wrong(_("Terlalu panjang."), _("Paling banyak %(most)d huruf.") % {"most": most})
    text = _text(answer, lines=is_long)
    if len(text) > most:
        wrong = _("Panjangnya %(length)d huruf.") % {"length": len(text)}
        raise Wrong(wrong, _("Paling banyak %(most)d huruf.") % {"most": most})
    if field.min is not None and len(text) < field.min:
        wrong = _("Panjangnya baru %(length)d huruf.") % {"length": len(text)}
        raise Wrong(wrong, _("Paling sedikit %(least)d huruf.") % {"least": int(field.min)})
    return text


def _within[N: (int, Decimal)](field: Field, value: N, write: Callable[[N], str]) -> N:
    limits = (field.min, field.max)
    if limits[0] is not None and value < limits[0]:
        wrong = _("%(value)s terlalu kecil.") % {"value": write(value)}
        raise Wrong(wrong, _("Paling sedikit %(limit)s.") % {"limit": write(type(value)(limits[0]))})
    if limits[1] is not None and value > limits[1]:
        wrong = _("%(value)s terlalu besar.") % {"value": write(value)}
        raise Wrong(wrong, _("Paling banyak %(limit)s.") % {"limit": write(type(value)(limits[1]))})
    if abs(value) > _LARGEST:
        raise Wrong(_("Angkanya terlalu besar."), _("Periksa banyaknya angka."))
    return value


def _whole(answer: Any) -> int:
    if isinstance(answer, int) and not isinstance(answer, bool):
        return answer
    if isinstance(answer, str) and re.fullmatch(r"\s*-?[0-9]{1,16}\s*", answer, re.ASCII):
        return int(answer)
    shown = str(answer)[:40] if isinstance(answer, (str, float)) else ""
    raise Wrong(
        _("“%(text)s” bukan bilangan bulat.") % {"text": shown}, _("Tulis bilangan bulat, misalnya 12.")
    )


def _read_integer(field: Field, answer: Any, context: Context) -> int:
    return _within(field, _whole(answer), writing.number)


def _read_money(field: Field, answer: Any, context: Context) -> int:
    try:
        amount = _whole(answer)
    except Wrong as error:
        raise Wrong(
            _("“%(text)s” bukan jumlah rupiah.") % {"text": str(answer)[:40]},
            _("Tulis seperti 1.500.000, Rp1.500.000, atau 1,5 juta."),
        ) from error
    if field.min is None and amount < 0:
        raise Wrong(_("Jumlahnya kurang dari nol."), _("Tulis jumlah tanpa tanda minus."))
    return _within(field, amount, lambda value: money.full(money.Rupiah(int(value))))


def _read_decimal(field: Field, answer: Any, context: Context) -> Decimal:
    text = str(answer).strip() if isinstance(answer, (str, int, float, Decimal)) else ""
    wrong = Wrong(
        _("“%(text)s” bukan angka.") % {"text": text[:40]}, _("Tulis angka, misalnya 12,5 atau 1.250.")
    )
    if isinstance(answer, bool) or not re.fullmatch(r"-?[0-9]{1,16}(\.[0-9]{1,16})?", text, re.ASCII):
        raise wrong
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise wrong from error
    places = field.text.places or 2
    if value != round(value, places):
        raise Wrong(
            _("“%(text)s” punya terlalu banyak angka di belakang koma.") % {"text": text[:40]},
            _("Paling banyak %(places)d angka di belakang koma.") % {"places": places},
        )
    return _within(field, value, writing.number)


def _read_boolean(field: Field, answer: Any, context: Context) -> bool:
    if not isinstance(answer, bool):
        raise Wrong(_("Jawabannya bukan ya atau tidak."), _("Kirim true atau false."))
    return answer


def _key(field: Field, answer: Any) -> str:
    if not isinstance(answer, str) or answer not in {option.key for option in field.options}:
        shown = answer[:40] if isinstance(answer, str) else ""
        right = ", ".join(str(option.label) for option in field.options[:12])
        raise Wrong(
            _("“%(text)s” bukan pilihan.") % {"text": shown}, _("Pilihannya: %(names)s.") % {"names": right}
        )
    return answer


def _read_choice(field: Field, answer: Any, context: Context) -> str:
    return _key(field, answer)


def _read_choices(field: Field, answer: Any, context: Context) -> tuple[str, ...]:
    items = _listed(field, answer)
    chosen = {_key(field, one) for one in items}
    _counted(field, len(chosen))
    # In the order of the form, so that equal answers are equal.
    return tuple(option.key for option in field.options if option.key in chosen)


def _listed(field: Field, answer: Any) -> list[Any]:
    if not isinstance(answer, (list, tuple)):
        raise Wrong(_("Jawabannya bukan daftar."), _("Kirim sebagai daftar."))
    if len(answer) > max(field.most_items, len(field.options)):
        wrong = _("Ada %(count)d isi.") % {"count": len(answer)}
        raise Wrong(wrong, _("Paling banyak %(most)d.") % {"most": field.most_items})
    return list(answer)


def _counted(field: Field, count: int) -> None:
    if count < (field.text.min_items or 0):
        raise Wrong(
            _("Baru ada %(count)d.") % {"count": count},
            _("Paling sedikit %(least)d.") % {"least": field.text.min_items},
        )
    if count > field.most_items:
        raise Wrong(
            _("Ada %(count)d isi.") % {"count": count},
            _("Paling banyak %(most)d.") % {"most": field.most_items},
        )


def day_of(text: str, today: date) -> date:
    """Return the day a limit says: 2026-03-18, today, today-17y, today+30d, today-2m.

    >>> day_of("today-17y", date(2028, 2, 29)), day_of("today+1m", date(2026, 1, 31))
    (datetime.date(2011, 2, 28), datetime.date(2026, 2, 28))
    """
    if not text.startswith("today"):
        return date.fromisoformat(text)
    if text == "today":
        return today
    count, unit = int(text[5:-1]), text[-1]
    if unit == "d":
        return today + timedelta(days=count)
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    for last in (today.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"{text} leads to no day")


def _read_date(field: Field, answer: Any, context: Context) -> date:
    right = _("Tulis tanggal, misalnya 18-03-2026.")
    if not isinstance(answer, str) or not re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}", answer.strip(), re.ASCII
    ):
        raise Wrong(_("“%(text)s” bukan tanggal.") % {"text": str(answer)[:20]}, right)
    try:
        value = date.fromisoformat(answer.strip())
    except ValueError as error:
        raise Wrong(_("Tanggal %(day)s tidak ada.") % {"day": answer.strip()}, right) from error
    earliest, latest = field.text.earliest, field.text.latest
    if value < (first := day_of(earliest, context.today) if earliest else date(1900, 1, 1)):
        wrong = _("%(day)s terlalu awal.") % {"day": writing.day(value)}
        raise Wrong(wrong, _("Paling awal %(day)s.") % {"day": writing.day(first)})
    if value > (last := day_of(latest, context.today) if latest else date(2200, 1, 1)):
        wrong = _("%(day)s terlalu akhir.") % {"day": writing.day(value)}
        raise Wrong(wrong, _("Paling akhir %(day)s.") % {"day": writing.day(last)})
    return value


def _read_time(field: Field, answer: Any, context: Context) -> time:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])(:00)?", str(answer).strip(), re.ASCII)
    if not isinstance(answer, str) or not found:
        raise Wrong(_("“%(text)s” bukan jam.") % {"text": str(answer)[:20]}, _("Tulis jam, misalnya 08.30."))
    return time(int(found[1]), int(found[2]))


def _number_of_law(check: Callable[..., identifiers.Identifier]) -> Callable[[Field, Any, Context], str]:
    def read_number(field: Field, answer: Any, context: Context) -> str:
        if not isinstance(answer, str) or len(answer) > 60:
            raise Wrong(_("Jawabannya bukan nomor."), _("Kirim sebagai teks."))
        found = check(_text(answer), str(field.label))
        if found.faults:
            raise Wrong(found.faults[0].wrong, found.faults[0].right)
        return found.value

    return read_number


_PHONE = re.compile(r"(?:\+?62|0)([1-9][0-9]{6,12})", re.ASCII)
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}", re.ASCII)


def _read_phone(field: Field, answer: Any, context: Context) -> str:
    right = _("Tulis seperti 0812 3456 7890, 0341 123456, atau +62 812 3456 7890.")
    if not isinstance(answer, str) or len(answer) > 40:
        raise Wrong(_("Jawabannya bukan nomor telepon."), right)
    digits = re.sub(r"[\s().\-\u2010-\u2015]+", "", answer)
    if found := _PHONE.fullmatch(digits):
        return f"+62{found[1]}"
    if _ABROAD.fullmatch(digits) and not digits.startswith("+62"):
        return digits
    raise Wrong(_("“%(text)s” bukan nomor telepon.") % {"text": answer[:40]}, right)


def _read_email(field: Field, answer: Any, context: Context) -> str:
    right = _("Tulis seperti nama@contoh.id.")
    if not isinstance(answer, str) or len(answer) > 254:
        raise Wrong(_("Jawabannya bukan alamat surel."), right)
    text = _text(answer)
    try:
        validate_email(text)
    except ValidationError as error:
        raise Wrong(_("“%(text)s” bukan alamat surel.") % {"text": text[:60]}, right) from error
    name, _at, host = text.rpartition("@")
    return f"{name}@{host.lower()}"


def area(field: Field, context: Context) -> str:
    """Return the region code an answer must lie in, "" for the whole country."""
    return context.city if field.text.within == "city" else field.text.within or ""


def _read_region(field: Field, answer: Any, context: Context) -> str:
    right = _("Pilih dari daftar.")
    if not isinstance(answer, str) or not CODE.fullmatch(answer):
        raise Wrong(_("“%(text)s” bukan kode wilayah.") % {"text": str(answer)[:20]}, right)
    if level_of(answer) is not field.level:
        raise Wrong(_("Wilayah ini bukan dari tingkat yang ditanyakan."), right)
    name = context.region_name(answer)
    if name is None:
        raise Wrong(_("Tidak ada wilayah dengan kode %(code)s.") % {"code": answer}, right)
    limit = area(field, context)
    if limit and not lies_in(answer, limit):
        wrong = _("%(name)s di luar wilayah pelayanan.") % {"name": name}
        raise Wrong(
            wrong, _("Pilih yang terletak di %(name)s.") % {"name": context.region_name(limit) or limit}
        )
    return answer


def _read_point(field: Field, answer: Any, context: Context) -> Point:
    right = _("Tunjuk di peta, atau tulis derajat desimal, misalnya -7,9771 dan 112,6340.")
    parts = dict(answer) if isinstance(answer, Mapping) else {}
    if set(parts) != {"latitude", "longitude"} or any(
        isinstance(one, bool) or not isinstance(one, (int, float, str)) or len(str(one)) > 40
        for one in parts.values()
    ):
        raise Wrong(_("Titiknya tidak lengkap."), right)
    try:
        point = Point.read(str(parts["latitude"]), str(parts["longitude"]))
    except Invalid as error:
        fault = error.faults[0]
        raise Wrong(f"{fault.place}: {fault.wrong}", fault.right) from error
    point = Point(round(point.latitude, 6), round(point.longitude, 6))
    limit = area(field, context)
    code = context.region_at(point) if limit else ""
    known = code and len(code) >= len(limit)
    if limit and (known or not code) and not lies_in(code, limit):
        wrong = _("Titiknya di luar wilayah pelayanan.")
        raise Wrong(
            wrong, _("Pilih titik di dalam %(name)s.") % {"name": context.region_name(limit) or limit}
        )
    return point


_ENDINGS = {
    "pdf": {"application/pdf"},
    "image": {"image/png", "image/jpeg", "image/webp"},
    "sheet": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"},
    "document": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    "text": {"text/plain"},
}


def _kinds(field: Field) -> tuple[str, ...]:
    return ("image",) if field.type is Type.IMAGE else field.text.kinds or tuple(_ENDINGS)


def media_types(field: Field) -> frozenset[str]:
    """Return the media types a file or image field takes."""
    return frozenset().union(*(_ENDINGS[kind] for kind in _kinds(field)))


def kinds_told(field: Field) -> str:
    """Return what kinds of file are taken, in words."""
    words = {
        "pdf": "PDF",
        "image": _("foto (JPEG, PNG, WebP)"),
        "sheet": "Excel, CSV",
        "document": "Word",
        "text": _("teks"),
    }
    return ", ".join(words[kind] for kind in _kinds(field))


def check_file(field: Field, seen: FileSeen) -> None:
    """Raises Wrong where the field does not take the file."""
    if seen.media_type not in media_types(field):
        wrong = _("%(name)s bukan jenis yang diminta.") % {"name": seen.name}
        raise Wrong(wrong, _("Yang diterima: %(kinds)s.") % {"kinds": kinds_told(field)})
    if field.text.max_mb and seen.size > field.text.max_mb * 1_000_000:
        wrong = _("%(name)s terlalu besar.") % {"name": seen.name}
        raise Wrong(wrong, _("Paling besar %(most)d MB.") % {"most": field.text.max_mb})


def _read_files(field: Field, answer: Any, context: Context) -> tuple[str, ...]:
    found: list[str] = []
    for key in _listed(field, answer):
        seen = context.files.get(key) if isinstance(key, str) else None
        if seen is None:
            raise Wrong(_("Berkasnya tidak dikenal."), _("Unggah berkasnya kembali."))
        check_file(field, seen)
        if seen.id not in found:
            found.append(seen.id)
    _counted(field, len(found))
    return tuple(found)


def _nop_written(value: str) -> str:
    parts = (value[:2], value[2:4], value[4:7], value[7:10])
    return f"{'.'.join(parts)}.{value[10:13]}-{value[13:17]}.{value[17:]}"


_READERS: Mapping[Type, Callable[[Field, Any, Context], Any]] = {
    Type.TEXT: _read_text,
    Type.LONG_TEXT: _read_text,
    Type.INTEGER: _read_integer,
    Type.DECIMAL: _read_decimal,
    Type.MONEY: _read_money,
    Type.BOOLEAN: _read_boolean,
    Type.CHOICE: _read_choice,
    Type.CHOICES: _read_choices,
    Type.DATE: _read_date,
    Type.TIME: _read_time,
    Type.NIK: _number_of_law(identifiers.nik),
    Type.KK: _number_of_law(identifiers.kk),
    Type.NOP: _number_of_law(identifiers.nop),
    Type.NIB: _number_of_law(identifiers.nib),
    Type.NPWP: _number_of_law(identifiers.npwp),
    Type.PHONE: _read_phone,
    Type.EMAIL: _read_email,
    Type.REGION: _read_region,
    Type.POINT: _read_point,
    Type.FILE: _read_files,
    Type.IMAGE: _read_files,
}


def fault(field: Field, wrong: Wrong, place: str = "") -> Fault:
    """Return what is wrong as a fault of the field."""
    return Fault(place or str(field.label), wrong.wrong, wrong.right)


def map_link(point: Point) -> str:
    """Return the address of the page that tells in which region a point lies."""
    return f"/wilayah/titik/?lintang={quote(str(point.latitude))}&bujur={quote(str(point.longitude))}"
