"""The columns of a dataset as rows of small forms, added, removed and moved without scripts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.data.rules.metadata import Column
from balai.data.rules.wording import PRIVACIES, REFERENCES, TRANSFORMS, TYPES

_COMMA = re.compile(r"\s*[,;\n]\s*")


class ColumnForm(forms.Form):
    """One column; a row in which nothing is written is no column, so nothing is chosen beforehand."""

    name = forms.CharField(
        label=_("Nama kolom"),
        max_length=60,
        help_text=_("Seperti di baris judul berkas Anda: huruf kecil, angka, garis bawah."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    type = forms.ChoiceField(label=_("Jenis"), choices=[("", _("Pilih jenis")), *TYPES.items()])
    meaning_id = forms.CharField(label=_("Arti"), max_length=500)
    is_key = forms.BooleanField(label=_("Kunci: membedakan tiap baris"), required=False)
    optional = forms.BooleanField(label=_("Boleh kosong"), required=False)
    meaning_en = forms.CharField(label=_("Arti dalam bahasa Inggris"), max_length=500, required=False)
    unit_id = forms.CharField(label=_("Satuan"), max_length=100, required=False)
    unit_en = forms.CharField(label=_("Satuan dalam bahasa Inggris"), max_length=100, required=False)
    decimals = forms.IntegerField(
        label=_("Angka di belakang koma"),
        required=False,
        min_value=0,
        max_value=12,
        help_text=_("Hanya untuk angka desimal; 4 bila kosong."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    allowed = forms.CharField(
        label=_("Pilihan nilai"),
        required=False,
        max_length=4000,
        help_text=_("Hanya untuk teks. Pisahkan dengan koma; kosong berarti apa saja."),
    )
    reference = forms.ChoiceField(
        label=_("Kode referensi"),
        required=False,
        choices=[("", _("tidak ada")), *REFERENCES.items()],
        help_text=_("Isi kolom dicocokkan dengan daftar ini saat diterbitkan."),
    )
    privacy = forms.ChoiceField(
        label=_("Data pribadi?"),
        required=False,
        choices=[
            ("", PRIVACIES["none"]),
            *((key, words) for key, words in PRIVACIES.items() if key != "none"),
        ],
        help_text=_("Spesifik: kesehatan, anak, keuangan, dan sejenisnya (UU 27/2022 Pasal 4)."),
    )
    transform = forms.ChoiceField(
        label=_("Cara terbitnya"),
        required=False,
        choices=[("", _("apa adanya")), *TRANSFORMS.items()],
    )
    published_as = forms.CharField(
        label=_("Nama setelah diubah"),
        required=False,
        max_length=60,
        help_text=_("Hanya bila yang terbit tahunnya atau kelurahannya, misalnya tahun_lahir."),
    )

    FIRST = ("name", "type", "meaning_id")
    TICKS = ("is_key", "optional")

    def first(self) -> list[Any]:
        """Return the fields everybody fills in."""
        return [self[name] for name in self.FIRST]

    def ticks(self) -> list[Any]:
        return [self[name] for name in self.TICKS]

    def more(self) -> list[Any]:
        """Return the fields that few columns need."""
        return [self[name] for name in self.fields if name not in (*self.FIRST, *self.TICKS)]

    def is_open(self) -> bool:
        """Tell whether one of the rarer fields says something, or something wrong."""
        return any(bound.value() or bound.errors for bound in self.more())


def columns_of(rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return columns in the shape of a definition file, and the names of the published key columns."""
    columns = [_written(row) for row in rows]
    key = [row["published_as"] or row["name"] for row in rows if row["is_key"]]
    return columns, key


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": row["name"],
        "type": row["type"],
        "meaning": {"id": row["meaning_id"], "en": row["meaning_en"] or row["meaning_id"]},
        "optional": row["optional"],
        "allowed": [value for value in _COMMA.split(row["allowed"].strip()) if value],
        "reference": row["reference"],
        "privacy": row["privacy"] or "none",
        "transform": row["transform"] or None,
        "published_as": row["published_as"] or None,
    }
    if row["unit_id"]:
        found["unit"] = {"id": row["unit_id"], "en": row["unit_en"] or row["unit_id"]}
    if row["decimals"] is not None:
        found["decimals"] = row["decimals"]
    return found


def start_of(column: Column, key: Sequence[str]) -> dict[str, Any]:
    """Return what the row of a declared column begins with."""
    meaning, unit = column.meaning, column.unit
    return {
        "name": column.name,
        "type": column.type.value,
        "meaning_id": meaning.id,
        "meaning_en": "" if meaning.en == meaning.id else meaning.en,
        "is_key": bool(column.leaving and column.leaving.name in key),
        "optional": column.optional,
        "unit_id": unit.id if unit else "",
        "unit_en": unit.en if unit and unit.en != unit.id else "",
        "decimals": column.decimals if column.type == "decimal" else None,
        "allowed": ", ".join(column.allowed),
        "reference": column.reference,
        "privacy": "" if column.privacy == "none" else column.privacy.value,
        "transform": column.transform.value if column.transform else "",
        "published_as": column.published_as or "",
    }


def arranged(rows: Sequence[Mapping[str, Any]], asked: str) -> list[Mapping[str, Any]]:
    """Return rows after what a button asked: "add", "up-2", "down-2", "remove-2"; else unchanged.

    >>> [row["name"] for row in arranged([{"name": "a"}, {"name": "b"}], "up-1")]
    ['b', 'a']
    """
    found = list(rows)
    what, _dash, number = asked.partition("-")
    place = int(number) if number.isdecimal() and int(number) < len(found) else None
    if what == "add":
        return [*found, {}]
    if place is None:
        return found
    if what == "remove":
        return found[:place] + found[place + 1 :]
    other = place - 1 if what == "up" else place + 1
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
