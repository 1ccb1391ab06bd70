"""What a machine can remark on a declaration before the steward reads it: nothing here forbids."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balai.data.rules.metadata import Classification, ColumnType, Declaration, Privacy
from balai.definitions import Words

_LAW = re.compile(
    r"\b(uu|undang|pp|peraturan|perpres|perpu|permen\w*|perda|perwal\w*|perbup|pergub|perka|"
    r"keputusan|kep|sk|skb|inpres|instruksi|se|surat edaran)\b",
    re.IGNORECASE,
)
_LEAST_WORDS = 4
_PERSONAL = re.compile(
    r"(^|_)(nik|nama_(lengkap|warga|pasien|siswa|penduduk)|npwp|no_?(hp|telp|telepon|kk|ktp|rekening)|kk|"
    r"email|surel|alamat|tanggal_lahir|tgl_lahir|lahir|agama|penyakit|diagnosa|diagnosis)(_|$)"
)


@dataclass(frozen=True)
class Remark:
    """Something worth a second look. `is_grave`: the steward should not accept it without an answer."""

    place: str
    wrong: str
    right: str
    is_grave: bool = False


def remarks(declaration: Declaration) -> tuple[Remark, ...]:
    """Return what looks unfinished or risky in a declaration, the grave first."""
    found = [*_of_texts(declaration), *_of_rules(declaration), *_of_columns(declaration)]
    return tuple(sorted(found, key=lambda remark: not remark.is_grave))


def _of_texts(said: Declaration) -> Iterator[Remark]:
    places: Mapping[str, Words] = {
        _("Judul"): said.title,
        _("Penjelasan"): said.description,
        _("Konsep"): said.standard.concept,
        _("Definisi"): said.standard.definition,
        _("Klasifikasi baku"): said.standard.classification,
        _("Ukuran"): said.standard.measure,
        _("Satuan"): said.standard.unit,
    }
    bare = [place for place, words in places.items() if words.en == words.id]
    bare += [column.name for column in said.columns if column.meaning.en == column.meaning.id]
    if bare:
        yield Remark(
            ", ".join(bare),
            _("Bahasa Inggrisnya sama dengan bahasa Indonesianya."),
            _("Tulis terjemahannya agar pengguna data dari luar mengerti."),
        )
    if len(said.description.id.split()) < _LEAST_WORDS:
        yield Remark(
            _("Penjelasan"),
            _("Sangat pendek."),
            _("Satu kalimat: apa isinya, satu baris mewakili apa, untuk siapa."),
        )


def _of_rules(said: Declaration) -> Iterator[Remark]:
    if not _LAW.search(said.legal_basis):
        yield Remark(
            _("Dasar hukum"),
            _("“%(basis)s” tidak menyebut sebuah peraturan atau keputusan.") % {"basis": said.legal_basis},
            _("Sebutkan jenis, nomor, dan tahunnya, misalnya Perwal 12/2025."),
            is_grave=True,
        )
    if not said.producer:
        yield Remark(
            _("Produsen data"), _("Belum ada produsennya."), _("Pilih perangkat daerah yang membuat datanya.")
        )
    if said.classification is Classification.OPEN and said.licence.casefold() in ("-", "tidak ada", "none"):
        yield Remark(
            _("Lisensi"),
            _("Data terbuka tanpa lisensi tidak boleh dipakai ulang."),
            _("Pilih misalnya CC BY 4.0."),
            is_grave=True,
        )


def _of_columns(said: Declaration) -> Iterator[Remark]:
    for column in said.columns:
        if column.privacy is Privacy.NONE and _PERSONAL.search(column.name):
            yield Remark(
                column.name,
                _("Namanya seperti data pribadi, tetapi ditandai bukan."),
                _("Tandai sebagai data pribadi dan pilih cara terbitnya, atau pastikan isinya bukan orang."),
                is_grave=said.classification is not Classification.CLOSED,
            )
        if column.privacy is not Privacy.NONE and column.transform is None:
            yield Remark(
                column.name,
                _("Data pribadi disimpan apa adanya."),
                _("Boleh selama set datanya tertutup; pilih cara terbit bila kelak dibuka."),
            )
        is_number = column.type in (ColumnType.INTEGER, ColumnType.DECIMAL)
        if is_number and not column.unit and column.name not in said.key:
            yield Remark(column.name, _("Angka tanpa satuan."), _("Tulis satuannya, misalnya orang atau km."))
        if column.type is ColumnType.TEXT and column.name.startswith(("kode_wilayah", "kelurahan_kode")):
            yield Remark(
                column.name,
                _("Kode wilayah ditulis sebagai teks."),
                _("Pilih jenis kode wilayah agar diperiksa terhadap daftar Kemendagri."),
            )
