"""What the words of a declaration are called before a person."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from balai.data.rules.metadata import Classification, ColumnType, Frequency, Privacy, Transform

CLASSIFICATIONS: dict[str, Any] = {
    Classification.OPEN: _("Terbuka"),
    Classification.LIMITED: _("Terbatas"),
    Classification.CLOSED: _("Tertutup"),
}
READERS: dict[str, Any] = {
    Classification.OPEN: _("Semua orang boleh membaca dan mengunduh."),
    Classification.LIMITED: _("Hanya petugas pemerintah daerah ini yang boleh membaca."),
    Classification.CLOSED: _("Hanya produsen dan walidata yang boleh membaca."),
}
FREQUENCIES: dict[str, Any] = {
    Frequency.CONTINUOUS: _("terus-menerus"),
    Frequency.DAILY: _("setiap hari"),
    Frequency.MONTHLY: _("setiap bulan"),
    Frequency.QUARTERLY: _("setiap triwulan"),
    Frequency.YEARLY: _("setiap tahun"),
    Frequency.WHEN_CHANGED: _("setiap ada perubahan"),
}
TYPES: dict[str, Any] = {
    ColumnType.TEXT: _("teks"),
    ColumnType.INTEGER: _("bilangan bulat"),
    ColumnType.DECIMAL: _("angka desimal"),
    ColumnType.RUPIAH: _("rupiah"),
    ColumnType.DATE: _("tanggal"),
    ColumnType.BOOLEAN: _("ya atau tidak"),
    ColumnType.REGION: _("kode wilayah"),
    ColumnType.POINT: _("titik peta"),
}
PRIVACIES: dict[str, Any] = {
    Privacy.NONE: _("bukan data pribadi"),
    Privacy.PERSONAL: _("data pribadi"),
    Privacy.SENSITIVE: _("data pribadi spesifik"),
}
TRANSFORMS: dict[str, Any] = {
    Transform.DROP: _("tidak diterbitkan"),
    Transform.YEAR_OF_BIRTH: _("hanya tahunnya yang terbit"),
    Transform.VILLAGE: _("hanya kode kelurahan atau desanya yang terbit"),
    Transform.K_ANONYMITY: _("terbit bila cukup banyak baris yang serupa"),
}
REFERENCES: dict[str, Any] = {"regions": _("Kode wilayah Kemendagri")}
"""Lists that values are looked up in when rows are published."""
