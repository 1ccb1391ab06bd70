"""Two small datasets for the tests of the gate and the readers, as rows and as Parquet files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from balai.data.engines.reader import Readers
from balai.data.rules.gate import ColumnType as T
from balai.data.rules.gate import Table

Row = dict[str, Any]

REGIONS: list[Row] = [
    {
        "kode": f"35.73.{number:02}",
        "nama": f"Kelurahan {number}",
        "penduduk": 1000 * number,
        "luas_ha": 12.5 * number,
    }
    for number in range(1, 11)
] + [{"kode": "35.73.99", "nama": "Kelurahan Kosong", "penduduk": 0, "luas_ha": 0.0}]


def _bill(number: int) -> Row:
    paid = number % 3 == 0
    return {
        "nop": f"{number:06}",
        "kode": f"35.73.{number % 10 + 1:02}",
        "tahun": 2022 + number % 4,
        "pokok": Decimal(50_000 + number * 7919 % 900_000) + Decimal(number % 4) / 4,
        "lunas": paid,
        "dibayar": date(2025, 1, 1) + timedelta(days=number % 300) if paid else None,
        "catatan": None if number % 5 else f"Catatan {number}",
        "teks_angka": str(number) if number % 7 else "tidak ada",
        'aneh ]"; DROP': number,
    }


BILLS: list[Row] = [_bill(number) for number in range(600)]

BILL_COLUMNS = {
    "nop": T.TEXT,
    "kode": T.TEXT,
    "tahun": T.INTEGER,
    "pokok": T.DECIMAL,
    "lunas": T.BOOLEAN,
    "dibayar": T.DATE,
    "catatan": T.TEXT,
    "teks_angka": T.TEXT,
    'aneh ]"; DROP': T.INTEGER,
}
REGION_COLUMNS = {"kode": T.TEXT, "nama": T.TEXT, "penduduk": T.INTEGER, "luas_ha": T.DOUBLE}

_BILL_TYPES = (
    *("VARCHAR", "VARCHAR", "INTEGER", "DECIMAL(18,2)", "BOOLEAN", "DATE"),
    *("VARCHAR", "VARCHAR", "INTEGER"),
)
_REGION_TYPES = ("VARCHAR", "VARCHAR", "INTEGER", "DOUBLE")


def tables(folder: Path) -> dict[str, Table]:
    """Write both datasets to `folder` and return what an officer of Kota Malang may read."""
    return {
        "tagihan": Table("tagihan", _written(folder / "tagihan.parquet", BILLS, _BILL_TYPES), BILL_COLUMNS),
        "wilayah": Table(
            "wilayah", _written(folder / "wilayah.parquet", REGIONS, _REGION_TYPES), REGION_COLUMNS
        ),
    }


def _written(path: Path, rows: list[Row], types: Sequence[str]) -> Path:
    with duckdb.connect(":memory:") as engine:
        names = ['"' + name.replace('"', '""') + '"' for name in rows[0]]
        columns = ", ".join(f"{name} {type_}" for name, type_ in zip(names, types, strict=True))
        engine.execute(f"CREATE TABLE rows ({columns})")
        marks = ", ".join("?" for _name in names)
        engine.executemany(f"INSERT INTO rows VALUES ({marks})", [list(row.values()) for row in rows])
        engine.execute(f"COPY rows TO '{path}' (FORMAT parquet)")
    path.chmod(0o444)
    return path


@contextmanager
def running(**limits: int) -> Iterator[Readers]:
    readers = Readers(**limits)
    try:
        yield readers
    finally:
        readers.close()
