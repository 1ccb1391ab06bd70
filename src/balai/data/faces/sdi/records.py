"""What is said of datasets, columns and indicators, in the words of Satu Data Indonesia."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from balai.data.reads import DatasetRow, IndicatorRow
from balai.data.rules.indicators import Direction
from balai.data.rules.metadata import Classification, Column, Frequency, Privacy
from balai.data.rules.wording import CLASSIFICATIONS, FREQUENCIES

type Record = dict[str, Any]
type Whole = Callable[[str], str]
"""A path → its whole address."""
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}


def dataset(row: DatasetRow, whole: Whole) -> Record:
    """Return a dataset as it stands in the list of data (daftar data)."""
    said = row.declaration
    return {
        "kode": row.code,
        "judul": said.title.id,
        "deskripsi": said.description.id,
        "produsen_data": row.producer,
        "walidata": said.steward.id,
        "pengelola": said.custodian.id,
        "klasifikasi": str(CLASSIFICATIONS[said.classification]),
        "lisensi": said.licence,
        "frekuensi": str(FREQUENCIES[said.frequency]),
        "dasar_hukum": said.legal_basis,
        "cakupan": _coverage(row),
        "kata_kunci": list(said.keywords),
        "prioritas": said.priority is not None,
        "data_induk": said.master is not None,
        "versi": row.number,
        "periode": row.period,
        "jumlah_baris": row.rows,
        "terbit": _day(row),
        "uri": whole(f"dataset/{row.code}"),
        "tautan": {
            "halaman": whole(f"data/{row.code}/"),
            "csv": whole(f"data/{row.code}.csv"),
            "baris": whole(f"api/v1/data/datasets/{row.code}/rows"),
            "dcat": whole(f"dataset/{row.code}.jsonld"),
        },
    }


def priority(row: DatasetRow, whole: Whole) -> Record:
    """Return a dataset of priority with the decision that made it one."""
    basis = row.declaration.priority.basis if row.declaration.priority else ""
    return {**dataset(row, whole), "dasar_prioritas": basis}


def master(row: DatasetRow, whole: Whole) -> Record:
    """Return a dataset of master data with the decision that made it so, and what tells its rows apart."""
    basis = row.declaration.master.basis if row.declaration.master else ""
    return {**dataset(row, whole), "dasar_data_induk": basis, "kunci": list(row.declaration.key)}


def standard(row: DatasetRow) -> Record:
    """Return the data standard (standar data) of a dataset."""
    own = row.declaration.standard
    return {
        "kode": row.code,
        "konsep": own.concept.id,
        "definisi": own.definition.id,
        "klasifikasi": own.classification.id,
        "ukuran": own.measure.id,
        "satuan": own.unit.id,
    }


def activity(row: DatasetRow) -> Record:
    """Return the activity (MS-Keg) that a dataset comes from, as far as its declaration tells."""
    said = row.declaration
    return {
        "jenis": "MS-Keg",
        "kode_kegiatan": row.code,
        "judul_kegiatan": said.title.id,
        "penyelenggara": row.producer or said.custodian.id,
        "penanggung_jawab": said.custodian.id,
        "dasar_hukum": said.legal_basis,
        "tujuan": said.description.id,
        "frekuensi": str(FREQUENCIES[said.frequency]),
        "cakupan_wilayah": _coverage(row),
        "periode": row.period,
        "unit_observasi": said.standard.concept.id,
        "diseminasi": str(CLASSIFICATIONS[said.classification]),
    }


def variables(row: DatasetRow) -> Iterator[Record]:
    """Yield each column that is published as a variable (MS-Var)."""
    for column in row.declaration.leaving:
        yield _variable(row, column)


def indicator(row: IndicatorRow) -> Record:
    """Return an indicator (MS-Ind)."""
    own = row.definition
    return {
        "jenis": "MS-Ind",
        "kode_indikator": own.code,
        "nama_indikator": own.title.id,
        "konsep": own.title.id,
        "definisi": own.description.id,
        "interpretasi": _READ[own.direction],
        "rumus": {"pembilang": own.numerator, "penyebut": own.denominator, "pengali": f"{own.scale:f}"},
        "ukuran": "rasio" if own.denominator is not None else "jumlah",
        "satuan": own.unit.id,
        "klasifikasi_penyajian": list(own.dimensions),
        "periode": str(own.period),
        "level_estimasi": "wilayah",
        "variabel_pembangun": list(row.datasets),
        "penanggung_jawab": own.owner.id,
        "sumber": own.source,
        "dapat_diakses_umum": True,
    }


def release(row: DatasetRow, today: date) -> Record:
    """Return when a dataset came out and when its next version is promised, null where none is."""
    due = next_release(row.published_at.date() if row.published_at else None, row.declaration.frequency)
    return {
        "kode": row.code,
        "judul": row.declaration.title.id,
        "frekuensi": str(FREQUENCIES[row.declaration.frequency]),
        "terbit_terakhir": _day(row),
        "terbit_berikutnya": due.isoformat() if due else None,
        "terlambat": due is not None and due < today,
    }


def next_release(last: date | None, frequency: Frequency) -> date | None:
    """Return the day by which the next version is promised, None where no day is.

    >>> next_release(date(2026, 1, 31), Frequency.MONTHLY)
    datetime.date(2026, 2, 28)
    """
    if last is None:
        return None
    if frequency is Frequency.DAILY:
        return date.fromordinal(last.toordinal() + 1)
    if frequency not in _MONTHS:
        return None
    year, month = divmod(last.year * 12 + last.month - 1 + _MONTHS[frequency], 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))


_READ = {
    Direction.UP: "makin tinggi makin baik",
    Direction.DOWN: "makin rendah makin baik",
    Direction.NEITHER: "tidak menilai",
}


def _variable(row: DatasetRow, column: Column) -> Record:
    said = row.declaration
    rules = []
    if column.name in said.key:
        rules.append("kunci")
    rules.append("boleh kosong" if column.optional else "wajib diisi")
    return {
        "jenis": "MS-Var",
        "kode_kegiatan": row.code,
        "nama_variabel": column.name,
        "konsep": column.meaning.id,
        "definisi": column.meaning.id,
        "rujukan_konsep": said.standard.concept.id,
        "unit_observasi": said.standard.concept.id,
        "ukuran": said.standard.measure.id,
        "satuan": column.unit.id if column.unit else None,
        "tipe_data": str(column.type),
        "domain_nilai": list(column.allowed),
        "kode_referensi": column.reference or None,
        "aturan_validasi": rules,
        "dapat_diakses_umum": said.classification is Classification.OPEN and column.privacy is Privacy.NONE,
    }


def _coverage(row: DatasetRow) -> str:
    return row.tenant if row.declaration.coverage == "tenant" else row.declaration.coverage


def _day(row: DatasetRow) -> str | None:
    return row.published_at.date().isoformat() if row.published_at else None
