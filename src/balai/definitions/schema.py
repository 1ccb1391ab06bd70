"""The shape of definition files: what every kind's model is made of, and faults in plain words."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from balai.definitions.reader import Document, FileFault, Number

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]
"""A short name that stays for ever: small letters, digits, dot, dash, underscore."""
Confidence = Literal["verified", "single source", "inferred"]
"""How sure we are of a fact: verified (document read, or two sources), one source, or our own conclusion."""


def in_words(confidence: str) -> str:
    """Return a confidence as a person reads it."""
    words = {
        "verified": _("sudah dicocokkan dengan sumbernya"),
        "single source": _("satu sumber"),
        "inferred": _("kesimpulan kami"),
    }
    return words[confidence]


class Written(BaseModel):
    """Base of every model of a definition file: frozen, nothing extra, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Words(Written):
    """A text in both languages of the product; `str()` gives the one in force."""

    id: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def __str__(self) -> str:
        return self.en if (get_language() or "id").startswith("en") else self.id


class Sourced(Written):
    """Where a definition comes from, and how sure we are."""

    source: Annotated[str, Field(min_length=1)]
    confidence: Confidence


def faults(document: Document, error: ValidationError) -> Iterator[FileFault]:
    """Yield each thing the schema found wrong, at its place in the file."""
    for detail in error.errors(include_url=False):
        path = tuple(detail["loc"])
        yield document.fault(path, *_explain(detail, _written(document, path)))


def _written(document: Document, path: tuple[str | int, ...]) -> Any:
    value = document.data
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            continue
    return value


def _explain(detail: ErrorDetails, written: Any) -> tuple[str, str]:
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    context = detail.get("ctx", {})
    found = {"name": name, "found": _shown(written), **context}
    match detail["type"]:
        case "missing":
            return _("“%(name)s” belum ada.") % found, _("Tambahkan “%(name)s” di sini.") % found
        case "extra_forbidden":
            return _("“%(name)s” tidak dikenal di sini.") % found, _("Periksa ejaannya atau hapus.")
        case "string_type" if isinstance(written, (int, Number)):
            return (
                _("“%(name)s” harus berupa teks, tertulis angka atau ya/tidak.") % found,
                _('Tulis dalam tanda kutip: "%(found)s".') % found,
            )
        case "string_type":
            return _("“%(name)s” harus berupa teks.") % found, _("Tulis teks.")
        case "int_type" | "int_parsing" | "int_from_float":
            return _("“%(name)s” harus bilangan bulat, tertulis %(found)s.") % found, _(
                "Tulis angka tanpa tanda kutip."
            )
        case "decimal_type" | "decimal_parsing":
            return _("“%(name)s” harus angka, tertulis %(found)s.") % found, _(
                "Tulis angka dengan titik desimal."
            )
        case "bool_type":
            return _("“%(name)s” harus ya atau tidak, tertulis %(found)s.") % found, _(
                "Tulis true atau false."
            )
        case "date_type" | "date_parsing" | "date_from_datetime_parsing":
            return _("“%(name)s” bukan tanggal: %(found)s.") % found, _(
                "Tulis tahun-bulan-hari, misalnya 2026-03-18."
            )
        case "literal_error" | "enum" | "union_tag_invalid":
            expected = {"expected": context.get("expected") or context.get("expected_tags")}
            return _("“%(name)s” tidak boleh %(found)s.") % found, _("Pilihannya: %(expected)s.") % expected
        case "string_pattern_mismatch":
            return (
                _("“%(name)s” tidak berbentuk benar: %(found)s.") % found,
                _("Polanya %(pattern)s.") % found,
            )
        case "string_too_short" | "too_short" | "string_too_long" | "too_long":
            return _("Panjang “%(name)s” tidak sesuai.") % found, _limits(context)
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return _("“%(name)s” di luar batas: %(found)s.") % found, _limits(context)
        case "tuple_type" | "list_type" | "frozen_set_type" | "set_type":
            return _("“%(name)s” harus berupa daftar.") % found, _("Awali tiap isi dengan tanda hubung.")
        case "model_type" | "dict_type" | "model_attributes_type":
            return _("“%(name)s” harus berisi nama dan nilai.") % found, _('Tulis "nama: nilai" di bawahnya.')
        case "value_error":
            return str(context["error"]), ""
    return _("“%(name)s” salah: %(message)s.") % {"name": name, "message": detail["msg"]}, ""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)[:80]


def _limits(context: dict[str, Any]) -> str:
    limits = {
        "ge": _("paling sedikit %s"),
        "gt": _("lebih dari %s"),
        "le": _("paling banyak %s"),
        "lt": _("kurang dari %s"),
        "min_length": _("paling sedikit %s"),
        "max_length": _("paling banyak %s"),
    }
    return "; ".join(sentence % context[name] for name, sentence in limits.items() if name in context)
