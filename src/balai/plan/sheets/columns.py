"""The sheets of the workbook and their columns: one place for template, import and export.

The workbook speaks Indonesian whatever language the page around it is in, so
that a file written under one language can be read under the other. Messages
about a file are in the language of the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from balai.definitions.taxonomies import AxisSet, Terms


class Kind(StrEnum):
    """What a cell of a column must hold."""

    CODE = "code"
    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    MONEY = "money"
    COUNT = "count"
    YEAR = "year"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: its name in code; a key with a colon ("share:economy") is one of a family.
        kind: what its cells hold.
        note: help shown beside the heading and when a cell is entered.
        limit: longest text, or decimals of a number.
        labels: of a CHOICE: label in the file → value kept.
        list_name: of a column with a drop-down: the list it offers.
        is_younger: templates were handed out before it was there; a file without it leaves alone what stands.
    """

    key: str
    heading: str
    kind: Kind
    note: str
    required: bool = False
    limit: int = 300
    labels: Mapping[str, str] = field(default_factory=dict)
    list_name: str = ""
    is_younger: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet; `keys` are the columns that together name a row."""

    key: str
    title: str
    columns: Sequence[Column]
    keys: Sequence[str]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


FAMILIES = {
    "pengembangan SDM": "human_capacity",
    "infrastruktur": "infrastructure",
    "aplikasi": "applications",
    "literasi": "literacy",
}
DIRECTIONS = {"makin tinggi makin baik": "up", "makin rendah makin baik": "down"}
SOURCES = {"APBD": "apbd", "APBN": "apbn", "CSR/TJSL": "csr", "mitra": "partner", "lainnya": "other"}
ORIGINS = {
    "dicatat oleh daerah": "record",
    "fakta terbit": "published",
    "ilustrasi – bukan data resmi": "illustration",
}
CONFIDENCES = {"terverifikasi": "verified", "satu sumber": "single source", "disimpulkan": "inferred"}
YES, NO = "Ya", "Tidak"

GUIDE = "Petunjuk"
LISTS = "Daftar"
REGION_MARK = "Kode wilayah"
"""In the sheet of instructions: the cell to the right of this one names the region a file is made for."""

VIEWS = ("Laporan", "Bukti", "Angka Terbit", "Rencana Induk")
"""Sheets of an export that an import does not read."""

_PROGRAMME = Column(
    "programme", "Kode Program", Kind.CODE, "Kode program seperti di lembar Program.", True, 40
)
_ACTION = Column("action", "Kode Aksi", Kind.CODE, "Kode rencana aksi seperti di lembar Aksi.", True, 40)
_YEAR = Column("year", "Tahun", Kind.YEAR, "Empat angka, di dalam masa rencana.", True)
_SOURCED = (
    Column(
        "origin", "Asal", Kind.CHOICE, "Kosong berarti dicatat oleh daerah.", labels=ORIGINS, list_name="asal"
    ),
    Column("source", "Sumber", Kind.TEXT, "Wajib untuk fakta terbit.", limit=500),
    Column(
        "confidence",
        "Keyakinan",
        Kind.CHOICE,
        "Seberapa yakin kami akan sumbernya.",
        labels=CONFIDENCES,
        list_name="keyakinan",
    ),
)


def sheets(axes: AxisSet, elements: Terms) -> tuple[Sheet, ...]:
    """Return the sheets for a plan with these dimensions and these elements of a quick win."""
    return (_programmes(), _actions(axes), _targets(), _funds(), _supports(), _quick_wins(elements), _risks())


def _programmes() -> Sheet:
    columns = (
        Column(
            "programme",
            "Kode Program",
            Kind.CODE,
            "Huruf, angka, titik, garis; unik dalam rencana.",
            True,
            40,
        ),
        Column("title", "Judul", Kind.TEXT, "Nama program.", True),
        Column("goal", "Tujuan", Kind.TEXT, "Apa yang ingin dicapai.", limit=5000),
        Column(
            "rpjmd_code", "Kode RPJMD/Renstra", Kind.CODE, "Kode program di RPJMD atau Renstra.", limit=40
        ),
        *_SOURCED,
    )
    return Sheet("programme", "Program", columns, ("programme",))


def _actions(axes: AxisSet) -> Sheet:
    shares = (
        Column(
            f"share:{dimension.key}",
            dimension.name.id,
            Kind.SHARE,
            "Bagian aksi di dimensi ini: 1, atau pecahan seperti 1/2. Jumlah semua dimensi harus 1.",
        )
        for dimension in axes.dimensions
    )
    columns = (
        _PROGRAMME,
        Column("action", "Kode Aksi", Kind.CODE, "Unik dalam seluruh rencana.", True, 40),
        Column("title", "Judul", Kind.TEXT, "Nama rencana aksi.", True),
        Column("description", "Uraian", Kind.TEXT, "Penjelasan singkat.", limit=5000),
        Column(
            "family",
            "Kelompok",
            Kind.CHOICE,
            "Pilih dari daftar.",
            True,
            labels=FAMILIES,
            list_name="kelompok",
        ),
        Column(
            "owner",
            "Perangkat Daerah",
            Kind.TEXT,
            "Kode atau nama perangkat daerah penanggung jawab; pilih dari daftar.",
            limit=200,
            list_name="perangkat",
        ),
        Column(
            "owner_name",
            "Penanggung Jawab menurut Sumber",
            Kind.TEXT,
            "Nama seperti tertulis di sumber.",
            limit=200,
        ),
        Column("indicator", "Indikator", Kind.TEXT, "Apa yang diukur.", True),
        Column("unit", "Satuan", Kind.TEXT, "Misalnya titik, orang, persen.", True, 60),
        Column(
            "direction",
            "Arah",
            Kind.CHOICE,
            "Kosong berarti makin tinggi makin baik.",
            labels=DIRECTIONS,
            list_name="arah",
        ),
        Column(
            "measured_by",
            "Dihitung dari Indikator",
            Kind.CODE,
            "Kode indikator yang menghitung capaiannya; kosong berarti capaian diketik.",
            limit=60,
            list_name="indikator",
            is_younger=True,
        ),
        Column("baseline", "Nilai Awal", Kind.NUMBER, "Angka sebelum rencana berjalan.", limit=4),
        Column("weight", "Bobot", Kind.NUMBER, "Lebih dari 0; kosong berarti 1.", limit=4),
        Column("starts_on", "Mulai", Kind.DAY, "Tanggal mulai."),
        Column("ends_on", "Selesai", Kind.DAY, "Tanggal selesai, tidak sebelum mulai."),
        Column("is_quick_win", "Program Unggulan", Kind.YES_NO, "Ya atau Tidak.", list_name="ya_tidak"),
        *shares,
        Column(
            "sub_dimensions",
            "Subdimensi",
            Kind.TEXT,
            "Kunci subdimensi, paling banyak satu tiap dimensi, dipisah titik koma.",
        ),
        Column("place_name", "Tempat", Kind.TEXT, "Nama tempat.", limit=200),
        Column("latitude", "Lintang", Kind.NUMBER, "Derajat desimal, misalnya -7,97.", limit=6),
        Column("longitude", "Bujur", Kind.NUMBER, "Derajat desimal, misalnya 112,63.", limit=6),
        *_SOURCED,
    )
    return Sheet("action", "Aksi", columns, ("programme", "action"))


def _targets() -> Sheet:
    columns = (
        _PROGRAMME,
        _ACTION,
        _YEAR,
        Column(
            "value",
            "Target",
            Kind.NUMBER,
            "Angka dalam satuan aksi; kosong bila diukur dengan persen fisik saja.",
            limit=4,
        ),
    )
    return Sheet("target", "Target", columns, ("programme", "action", "year"))


def _funds() -> Sheet:
    columns = (
        _PROGRAMME,
        _ACTION,
        _YEAR,
        Column(
            "source", "Sumber Dana", Kind.CHOICE, "Pilih dari daftar.", True, labels=SOURCES, list_name="dana"
        ),
        Column("code", "Kode Subkegiatan", Kind.CODE, "Untuk APBD, misalnya 2.16.02.2.01.0001.", limit=40),
        Column(
            "partner",
            "Mitra",
            Kind.TEXT,
            "Nama mitra seperti di daftar mitra.",
            limit=200,
            list_name="mitra_nama",
        ),
        Column(
            "is_in_kind",
            "Berupa Barang/Jasa",
            Kind.YES_NO,
            "Ya bila bukan uang; kosong berarti Tidak.",
            list_name="ya_tidak",
        ),
        Column("budget", "Pagu (Rp)", Kind.MONEY, "Rupiah utuh.", True),
        Column("spent", "Realisasi (Rp)", Kind.MONEY, "Rupiah utuh; kosong bila belum diketahui."),
    )
    return Sheet("fund", "Pendanaan", columns, ("programme", "action", "year", "source", "code", "partner"))


def _supports() -> Sheet:
    columns = (
        _PROGRAMME,
        _ACTION,
        Column(
            "office",
            "Perangkat Daerah",
            Kind.TEXT,
            "Isi ini atau Mitra, salah satu saja.",
            limit=200,
            list_name="perangkat",
        ),
        Column(
            "partner",
            "Mitra",
            Kind.TEXT,
            "Isi ini atau Perangkat Daerah, salah satu saja.",
            limit=200,
            list_name="mitra_nama",
        ),
        Column("role", "Peran", Kind.TEXT, "Apa yang dikerjakan.", limit=200),
    )
    return Sheet("support", "Dukungan", columns, ("programme", "action", "office", "partner"))


def _quick_wins(elements: Terms) -> Sheet:
    columns = (
        _PROGRAMME,
        _ACTION,
        Column("story", "Cerita", Kind.TEXT, "Cerita untuk warga.", limit=10_000),
        *(
            Column(f"element:{term.key}", term.name.id, Kind.TEXT, "Satu dari sepuluh unsur.", limit=5000)
            for term in elements.terms
        ),
    )
    return Sheet("quick_win", "Quick Win", columns, ("programme", "action"))


def _risks() -> Sheet:
    columns = (
        _PROGRAMME,
        _ACTION,
        Column("number", "Nomor", Kind.COUNT, "Urutan risiko: 1, 2, 3 …", True),
        Column("risk", "Risiko", Kind.TEXT, "Apa yang dapat terjadi.", True, 2000),
        Column("mitigation", "Mitigasi", Kind.TEXT, "Apa yang dilakukan untuk mencegahnya.", limit=2000),
    )
    return Sheet("risk", "Risiko", columns, ("programme", "action", "number"))
