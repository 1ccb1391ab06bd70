"""The declaration of a dataset as a page asks for it: what it is, its standard, its rules, its columns."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.errors import Fault, Invalid
from balai.base.forms import Asked, LongText, Rows
from balai.data.forms.columns import ColumnForm, columns_of, start_of
from balai.data.rules.drafting import declaration_of
from balai.data.rules.metadata import Classification, Declaration
from balai.data.rules.wording import CLASSIFICATIONS, FREQUENCIES, READERS

LICENCES = (
    ("CC BY 4.0", _("CC BY 4.0: boleh dipakai siapa saja dengan menyebut sumber")),
    ("CC0 1.0", _("CC0 1.0: bebas dipakai tanpa syarat")),
    ("CC BY-SA 4.0", _("CC BY-SA 4.0: menyebut sumber, turunannya berlisensi sama")),
    ("ODbL 1.0", _("ODbL 1.0: untuk basis data, turunannya berlisensi sama")),
    ("Terbatas", _("Terbatas: hanya untuk dipakai di dalam pemerintah daerah")),
)
WORDED = ("title", "description", "steward", "custodian")
STANDARD = ("concept", "definition", "classification", "measure", "unit")
SPARE = 3
"""Empty columns offered to somebody who begins."""
_COMMA = re.compile(r"\s*[,;\n]\s*")


def _text(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=500, **more)


def _english(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, required=False)


class DatasetForm(Asked):
    """A declaration. English may be left out: the Indonesian text stands in, and the steward is told."""

    code = forms.CharField(
        label=_("Kode"),
        max_length=60,
        help_text=_(
            "Nama pendek untuk alamat dan SQL: huruf kecil, angka, garis bawah; misalnya tempat_sampah. "
            "Tidak dapat diubah setelah disimpan."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    title_id = _text(_("Judul"), _("Seperti yang akan dicari orang, misalnya “Tempat sampah umum”."))
    title_en = _english(_("Judul dalam bahasa Inggris"))
    description_id = LongText(
        label=_("Penjelasan"),
        rows=3,
        required=True,
        max_length=2000,
        help_text=_("Satu atau dua kalimat: apa isinya, dan satu baris mewakili apa."),
    )
    description_en = _english(_("Penjelasan dalam bahasa Inggris"))
    keywords = _text(_("Kata kunci"), _("Pisahkan dengan koma; dipakai untuk mencari dan mengelompokkan."))
    producer = forms.ChoiceField(
        label=_("Produsen data"), help_text=_("Perangkat daerah yang membuat datanya.")
    )
    steward_id = _text(_("Walidata"), _("Siapa yang memeriksa, misalnya Walidata Kota Malang."))
    steward_en = _english(_("Walidata dalam bahasa Inggris"))
    custodian_id = _text(_("Pengelola berkas"), _("Siapa yang menyimpan data aslinya sehari-hari."))
    custodian_en = _english(_("Pengelola berkas dalam bahasa Inggris"))
    concept_id = _text(_("Konsep"), _("Apa yang dicatat, misalnya “Tempat sampah umum”."))
    concept_en = _english(_("Konsep dalam bahasa Inggris"))
    definition_id = LongText(
        label=_("Definisi"),
        rows=2,
        required=True,
        max_length=2000,
        help_text=_("Batasnya: apa yang termasuk, apa yang tidak."),
    )
    definition_en = _english(_("Definisi dalam bahasa Inggris"))
    classification_id = _text(
        _("Klasifikasi baku"), _("Penggolongan yang dipakai, misalnya “menurut kecamatan dan jenis”.")
    )
    classification_en = _english(_("Klasifikasi baku dalam bahasa Inggris"))
    measure_id = _text(_("Ukuran"), _("Apa yang dihitung atau diukur, misalnya “jumlah”, “volume”."))
    measure_en = _english(_("Ukuran dalam bahasa Inggris"))
    unit_id = _text(_("Satuan"), _("Misalnya “buah”, “liter”, “orang”."))
    unit_en = _english(_("Satuan dalam bahasa Inggris"))
    classification = forms.ChoiceField(
        label=_("Siapa yang boleh membaca?"),
        choices=[(key, f"{CLASSIFICATIONS[key]}: {READERS[key]}") for key in Classification],
        widget=forms.RadioSelect,
    )
    licence = forms.ChoiceField(label=_("Lisensi"), choices=LICENCES)
    legal_basis = _text(_("Dasar hukum"), _("Jenis, nomor, tahun; misalnya Perwal 12/2025."))
    frequency = forms.ChoiceField(
        label=_("Seberapa sering diperbarui?"), choices=[("", _("Pilih")), *FREQUENCIES.items()]
    )
    coverage = forms.CharField(
        label=_("Cakupan wilayah"),
        required=False,
        max_length=13,
        help_text=_("Kosongkan bila seluruh daerah ini; atau tulis kode wilayah, misalnya 35.73.01."),
    )
    retention = forms.IntegerField(
        label=_("Berapa versi yang barisnya disimpan?"),
        required=False,
        min_value=1,
        help_text=_("Kosongkan untuk menyimpan semuanya. Catatan setiap versi selalu disimpan."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    k = forms.IntegerField(
        label=_("Baris serupa paling sedikit (k)"),
        required=False,
        min_value=2,
        max_value=1000,
        help_text=_("Hanya bila ada data pribadi yang terbit: baris yang terlalu jarang tidak diterbitkan."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    PLACES: Mapping[str, Any] = {"columns": _("Kolom"), "key": _("Kunci"), "keywords": _("Kata kunci")}
    SECTIONS: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
        (
            _("Apa datanya?"),
            "",
            ("code", "title_id", "description_id", "keywords", "producer", "steward_id", "custodian_id"),
        ),
        (
            _("Standar data"),
            _("Lima hal yang diwajibkan Satu Data Indonesia agar data kantor lain dapat dibandingkan."),
            ("concept_id", "definition_id", "classification_id", "measure_id", "unit_id"),
        ),
        (
            _("Aturan"),
            "",
            ("classification", "licence", "legal_basis", "frequency", "coverage", "retention", "k"),
        ),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        offices: Mapping[str, str],
        start: Mapping[str, Any],
        columns: Sequence[Mapping[str, Any]],
        own_code: str = "",
    ) -> None:
        super().__init__(data, initial=dict(start))
        self.offices = offices
        self.own_code = own_code
        self.choose("producer", list(offices.items()))
        if own_code:
            del self.fields["code"]
        spare = 0 if columns else SPARE
        self.columns = Rows(ColumnForm, "columns", _("Kolom"), start=list(columns), data=data, spare=spare)
        self.rows = self.columns

    def sections(self) -> Iterator[tuple[Any, Any, list[Any], list[Any], bool]]:
        """Yield heading, help, fields, their English, and whether English has a fault and stands open."""
        for heading, about, names in self.SECTIONS:
            fields = [self[name] for name in names if name in self.fields]
            english = [self[name[:-3] + "_en"] for name in names if name.endswith("_id")]
            yield heading, about, fields, english, any(bound.errors for bound in english)

    def declaration(self) -> Declaration:
        """Return what the form says. Only after `is_valid`.

        Raises:
            Invalid: faults at the names of fields, and at those of columns as "<prefix>.<field>".
        """
        try:
            return declaration_of(self._written())
        except Invalid as error:
            raise Invalid([self._placed(fault) for fault in error.faults]) from None

    def place_in_columns(self, faults: Sequence[Fault]) -> list[Fault]:
        """Put each fault of a column beside its field; return the others."""
        left = []
        for fault in faults:
            number, _dot, name = fault.place.removeprefix("columns.").partition(".")
            own = [form for form in self.columns.forms if form.has_changed()]
            if not fault.place.startswith("columns.") or not number.isdecimal() or int(number) >= len(own):
                left.append(fault)
                continue
            row = own[int(number)]
            field = name if name in row.fields else "name"
            row.add_error(field, f"{fault.wrong} {fault.right}".strip())
        return left

    def _written(self) -> dict[str, Any]:
        said = self.cleaned_data
        columns, key = columns_of(self.columns.values())
        worded = {name: self._words(name) for name in WORDED}
        return worded | {
            "code": self.own_code or said["code"],
            "producer": said["producer"],
            "licence": said["licence"],
            "frequency": said["frequency"],
            "legal_basis": said["legal_basis"],
            "classification": said["classification"],
            "coverage": said["coverage"] or "tenant",
            "standard": {name: self._words(name) for name in STANDARD},
            "keywords": [word for word in _COMMA.split(said["keywords"].strip()) if word],
            "key": key,
            "k": said["k"],
            "retention": {"latest": said["retention"]},
            "columns": columns,
        }

    def _words(self, name: str) -> dict[str, str]:
        own = self.cleaned_data[f"{name}_id"]
        return {"id": own, "en": self.cleaned_data[f"{name}_en"] or own}

    def _placed(self, fault: Fault) -> Fault:
        """Return a fault of a declaration at the place of this form that it speaks of."""
        names = [form.cleaned_data for form in self.columns.forms if form.has_changed()]
        for number, said in enumerate(names):
            if fault.place in (said.get("name"), said.get("published_as")) and fault.place:
                return Fault(f"columns.{number}.name", fault.wrong, fault.right)
        place = fault.place.removeprefix("standard.")
        part, _dot, language = place.rpartition(".")
        if language in ("id", "en") and f"{part}_{language}" in self.fields:
            return Fault(f"{part}_{language}", fault.wrong, fault.right)
        if place == "key":
            right = str(_("Centang “kunci” pada kolom yang membedakan tiap baris."))
            return Fault("key", fault.wrong, right)
        return Fault(place, fault.wrong, fault.right)


def start_from(declaration: Declaration | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what form and columns begin with: what a declaration says, or nothing yet."""
    if declaration is None:
        return {"licence": "CC BY 4.0", "classification": Classification.OPEN.value}, []
    said = declaration
    worded = {f"{name}_{end}": getattr(getattr(said, name), end) for name in WORDED for end in ("id", "en")}
    worded |= {
        f"{name}_{end}": getattr(getattr(said.standard, name), end)
        for name in STANDARD
        for end in ("id", "en")
    }
    for name in (*WORDED, *STANDARD):
        if worded[f"{name}_en"] == worded[f"{name}_id"]:
            worded[f"{name}_en"] = ""
    start = worded | {
        "code": said.code,
        "producer": said.producer,
        "licence": said.licence,
        "frequency": said.frequency.value,
        "legal_basis": said.legal_basis,
        "classification": said.classification.value,
        "coverage": "" if said.coverage == "tenant" else said.coverage,
        "keywords": ", ".join(said.keywords),
        "k": said.k,
        "retention": said.retention.latest,
    }
    return start, [start_of(column, said.key) for column in said.columns]
