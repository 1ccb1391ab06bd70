"""What is said of a dataset: metadata by the rules of Satu Data Indonesia, and its columns.

A declaration is a file of `definitions/datasets`, or the same written on a page;
both are this model, so both are checked alike.

Source: Perpres 39/2019 (standar data, metadata, interoperabilitas, kode referensi);
Peraturan BPS 5/2020 (konsep, definisi, klasifikasi, ukuran, satuan).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints, model_validator

from balai.base.errors import Fault
from balai.definitions import Definition, Words, Written, kind

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""Small letters, digits and underscore: datasets and columns are called by it in SQL."""


RESERVED = frozenset(
    {"tanya", "indikator", "angka", "versi", "bandingkan", "kumpulan", "permintaan", "cari", "baru", "api"}
)
"""Words that stand in addresses where else the code of a dataset does."""


class ColumnType(StrEnum):
    """What a column holds. A point is published as two columns, `<name>_lon` and `<name>_lat`."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RUPIAH = "rupiah"
    DATE = "date"
    BOOLEAN = "boolean"
    REGION = "region"
    POINT = "point"


class Privacy(StrEnum):
    """How close a column is to a person (UU 27/2022 Pasal 4: general and specific personal data)."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Transform(StrEnum):
    """The ways, and the only ones, by which a personal column leaves for a dataset others read."""

    DROP = "drop"
    """it does not leave"""
    YEAR_OF_BIRTH = "year_of_birth"
    """a date leaves as its year"""
    VILLAGE = "village"
    """a region code or a point leaves as the code of its village"""
    K_ANONYMITY = "k_anonymity"
    """it leaves as it is, in rows that at least k rows are alike with"""


class Classification(StrEnum):
    """Who may read: anyone, officers of the tenant, or producer and steward alone (UU 14/2008)."""

    OPEN = "open"
    LIMITED = "limited"
    CLOSED = "closed"


class Frequency(StrEnum):
    """How often a new version is promised."""

    CONTINUOUS = "continuous"
    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    WHEN_CHANGED = "when_changed"


class Standard(Written):
    """The data standard (standar data) of the dataset."""

    concept: Words
    definition: Words
    classification: Words
    measure: Words
    unit: Words


class Column(Written):
    """One column as it is handed in.

    Attributes:
        optional: whether a value may be missing. Empty text is missing.
        decimals: digits after the point of a decimal, 0 to 12.
        allowed: the values there are; empty where any is right.
        reference: code list its values come from. "regions" is looked up when rows are published.
        published_as: the name it leaves under when a transform changes what it holds.
    """

    name: Name
    type: ColumnType
    meaning: Words
    unit: Words | None = None
    optional: bool = False
    decimals: Annotated[int, Field(ge=0, le=12)] = 4
    allowed: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    reference: str = ""
    privacy: Privacy = Privacy.NONE
    transform: Transform | None = None
    published_as: Name | None = None

    @property
    def changes_kind(self) -> bool:
        """Whether what leaves is of another kind than what was handed in."""
        return self.transform in (Transform.YEAR_OF_BIRTH, Transform.VILLAGE)

    @property
    def leaving(self) -> "Column | None":
        """The column as published; None where it does not leave."""
        if self.transform is Transform.DROP:
            return None
        if not self.changes_kind:
            return self
        kind = ColumnType.INTEGER if self.transform is Transform.YEAR_OF_BIRTH else ColumnType.REGION
        return self.model_copy(update={"name": self.published_as or self.name, "type": kind})


class Retention(Written):
    """How many versions keep their rows, the newest first; None keeps all. The record of a version stays."""

    latest: Annotated[int, Field(ge=1)] | None = None


class Priority(Written):
    """A dataset of national or regional priority (data prioritas), and what decided so."""

    basis: Annotated[str, Field(min_length=1)]


class Master(Written):
    """A dataset of things of government that others refer to (data induk), and what decided so."""

    basis: Annotated[str, Field(min_length=1)]


class Declaration(Written):
    """A dataset as declared.

    Attributes:
        producer: code of the office that makes the data (produsen data); "" where each tenant names its own.
        steward, custodian: who checks it (walidata) and who keeps it, in words.
        coverage: "tenant" (the local government that publishes it), or a region code.
        key: names of the published columns that tell rows apart; rows are kept in their order.
        k: rows alike needed for a row to leave, where personal columns do.
        priority, master: where it is one of the data prioritas, or data induk (Perpres 39/2019 Pasal 1), the
            decision that says so.
    """

    code: Name
    title: Words
    description: Words
    producer: str = ""
    steward: Words
    custodian: Words
    licence: Annotated[str, Field(min_length=1)]
    frequency: Frequency
    legal_basis: Annotated[str, Field(min_length=1)]
    classification: Classification
    coverage: Annotated[str, StringConstraints(pattern=r"^(tenant|[0-9.]{2,13})$")] = "tenant"
    standard: Standard
    keywords: Annotated[tuple[str, ...], Field(min_length=1)]
    key: Annotated[tuple[Name, ...], Field(min_length=1)]
    k: Annotated[int, Field(ge=2, le=1000)] | None = None
    retention: Retention = Retention()
    priority: Priority | None = None
    master: Master | None = None
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for wrong in faults(self):
            raise ValueError(str(wrong))
        return self

    @property
    def leaving(self) -> tuple[Column, ...]:
        """The columns as published, in order."""
        return tuple(column for own in self.columns if (column := own.leaving))

    @property
    def alike(self) -> tuple[str, ...]:
        """Names of the published columns by which a person might be told: rows must be alike in them."""
        return tuple(
            own.leaving.name
            for own in self.columns
            if own.leaving and own.privacy is not Privacy.NONE and own.transform is not None
        )

    def written(self) -> dict[str, Any]:
        """Return the declaration as plain values, for the database."""
        found = self.model_dump(mode="json")
        for name in ("priority", "master"):
            if found[name] is None:
                # What was written before there were these is to be the same still.
                del found[name]
        return found


def read(written: Mapping[str, Any]) -> Declaration:
    """Return the declaration from the plain values of `Declaration.written`. Raises ValidationError."""
    return Declaration.model_validate_json(json.dumps(written))


def schema_hash(declaration: Declaration) -> str:
    """Return the SHA-256 of what a reader's program relies on: names, types, digits and key, as published."""
    shape = [[each.name, each.type, each.decimals, each.optional] for each in declaration.leaving]
    return hashlib.sha256(json.dumps([shape, declaration.key]).encode()).hexdigest()


def faults(declaration: Declaration) -> Iterator[Fault]:
    """Yield what is wrong with a declaration in itself, each at the name of its column."""
    if declaration.code in RESERVED:
        wrong = _("“%(code)s” dipakai oleh alamat halaman lain.") % {"code": declaration.code}
        yield Fault("code", wrong, _("Pilih kode lain, misalnya dengan nama kantor di depannya."))
    names = [column.name for column in declaration.leaving]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(name, _("Dua kolom terbit bernama sama."), _("Beri tiap kolom namanya sendiri."))
    if "rowid" in names:
        yield Fault("rowid", _("Nama ini dipakai mesin untuk nomor baris."), _("Pilih nama lain."))
    for column in declaration.columns:
        yield from _column_faults(declaration, column)
    leaving = {column.name: column for column in declaration.leaving}
    for name in declaration.key:
        if name not in leaving:
            yield Fault(name, _("Kolom kunci ini tidak diterbitkan."), _("Pilih kolom yang terbit."))
        elif leaving[name].type is ColumnType.POINT:
            yield Fault(name, _("Titik tidak dapat menjadi kunci."), _("Pilih kolom lain."))
    if declaration.classification is not Classification.CLOSED and declaration.alike and not declaration.k:
        yield Fault(
            "k",
            _("Ada kolom pribadi yang terbit, tetapi “k” belum ada."),
            _("Tulis berapa baris yang harus serupa agar sebuah baris boleh terbit, misalnya 5."),
        )


def _column_faults(declaration: Declaration, column: Column) -> Iterator[Fault]:
    shared = declaration.classification is not Classification.CLOSED
    if column.privacy is Privacy.NONE and column.transform:
        yield Fault(
            column.name,
            _("Kolom ini tidak pribadi, tetapi diubah sebelum terbit."),
            _("Tulis “privacy”, atau hapus “transform”."),
        )
    if column.privacy is Privacy.PERSONAL and shared and column.transform is None:
        yield Fault(
            column.name,
            _("Kolom pribadi tidak boleh terbit apa adanya."),
            _("Pilih “transform”: drop, year_of_birth, village, atau k_anonymity."),
        )
    if column.privacy is Privacy.SENSITIVE and shared and column.transform is not Transform.DROP:
        yield Fault(
            column.name,
            _("Kolom pribadi yang spesifik tidak boleh terbit."),
            _("Tulis transform: drop, atau tutup set datanya."),
        )
    fitting: dict[Transform, set[ColumnType]] = {
        Transform.YEAR_OF_BIRTH: {ColumnType.DATE},
        Transform.VILLAGE: {ColumnType.REGION, ColumnType.POINT},
        Transform.K_ANONYMITY: set(ColumnType) - {ColumnType.POINT},
    }
    if column.transform in fitting and column.type not in fitting[column.transform]:
        yield Fault(
            column.name,
            _("“%(transform)s” tidak dapat dikenakan pada %(type)s.")
            % {"transform": column.transform, "type": column.type},
            _("Pilih: %(types)s.") % {"types": ", ".join(sorted(fitting[column.transform]))},
        )
    if column.changes_kind != (column.published_as is not None):
        yield Fault(
            column.name,
            _("“published_as” hanya dan selalu ada bila isi kolom berubah saat terbit."),
            _("Tulis nama baru untuk year_of_birth dan village saja."),
        )
    if column.allowed and column.type is not ColumnType.TEXT:
        yield Fault(column.name, _("Pilihan nilai hanya untuk kolom teks."), _("Hapus “allowed”."))
    if column.reference == "regions" and column.type is not ColumnType.REGION:
        yield Fault(
            column.name, _("Rujukan ini hanya untuk kode wilayah."), _("Ganti jenisnya menjadi region.")
        )


def between(definitions: Mapping[str, Definition[Declaration]]) -> Iterator[Fault]:
    """Yield what is wrong among declarations: one title for two of them."""
    first: dict[str, str] = {}
    for code, definition in definitions.items():
        title = definition.value.title.id.casefold()
        if title in first:
            yield definition.document.fault(
                ("title",),
                _("Judul ini sudah dipakai oleh %(code)s.") % {"code": first[title]},
                _("Beri tiap set data judulnya sendiri."),
            )
        first.setdefault(title, code)


DATASETS = kind("datasets", "datasets", Declaration, cross=between)
