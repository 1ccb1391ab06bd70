"""From what somebody wrote on a page, or a program sent, to a declaration: every fault at its place."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from balai.base.errors import Fault, Invalid
from balai.data.rules.metadata import Column, Declaration, Retention, Standard, faults
from balai.definitions import Words

type Written = Mapping[str, Any]


def declaration_of(written: Written) -> Declaration:
    """Return the declaration that plain values say, in the shape of a definition file.

    Raises:
        Invalid: every fault there is. A place is the name of a part ("licence",
            "standard.unit"), or "columns.<n>" with the part of the column, n from 0; what is
            wrong between columns stands at the name of the column.
    """
    try:
        return Declaration.model_validate_json(json.dumps(written))
    except ValidationError as error:
        shape = [each for each in error.errors(include_url=False) if each["loc"]]
        if shape:
            raise Invalid([_fault(each) for each in shape]) from None
    # Each part is right in itself. The model names the first thing wrong between them; here they all are.
    raise Invalid(faults(_unchecked(written)))


def _unchecked(written: Written) -> Declaration:
    parts: dict[str, Any] = dict(written)
    for name in ("title", "description", "steward", "custodian"):
        parts[name] = Words.model_validate(parts[name])
    parts["standard"] = Standard.model_validate(parts["standard"])
    parts["columns"] = tuple(Column.model_validate_json(json.dumps(each)) for each in parts["columns"])
    parts["key"] = tuple(parts["key"])
    parts["retention"] = Retention.model_validate(parts.get("retention") or {})
    return Declaration.model_construct(**parts)


def _fault(error: Any) -> Fault:
    place = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "missing" | "string_too_short" | "too_short":
            return Fault(place, _("Belum diisi."), _("Isi bagian ini."))
        case "string_pattern_mismatch":
            if str(error["loc"][-1]) == "coverage":
                right = _("Tulis tenant untuk seluruh daerah, atau kode wilayah, misalnya 35.73.01.")
            else:
                right = _("Pakai huruf kecil, angka, dan garis bawah, diawali huruf; misalnya jumlah_warga.")
            return Fault(place, _("Penulisannya tidak sesuai."), right)
        case "enum" | "literal_error":
            return Fault(place, _("Pilihan ini tidak ada."), _chosen(error))
        case "extra_forbidden":
            return Fault(place, _("Bagian ini tidak dikenal."), _("Hapus dari kiriman."))
        case "greater_than_equal" | "less_than_equal":
            return Fault(place, _("Angkanya di luar batas."), str(error["msg"]))
    return Fault(place, _("Nilai ini tidak dapat dipakai."), str(error["msg"]))


def _chosen(error: Any) -> str:
    expected: Sequence[str] | str = error.get("ctx", {}).get("expected", "")
    return _("Pilihannya: %(choices)s.") % {"choices": expected} if expected else ""
