"""Files as offices hand them in, for the tests of the intake, and what carries one through it."""

import io
import json
import zipfile
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from balai.base import worker
from balai.base.actor import Actor
from balai.data import changes, reads
from balai.data.tests.registry import NOW

MESSY = (
    "DAFTAR TEMPAT SAMPAH KOTA MALANG\n"
    "\n"
    "No.;Nama Tempat;Isi (liter);Biaya;Tanggal Pasang;Dipakai;Wilayah\n"
    '1;"Alun-alun; utara";1.120,5;Rp 750.000;18 Maret 2026;Ya;35.73.01.1001\n'
    "2;Café Kajoetangan;80,25;Rp 1.250.000;02/04/2026;Tidak;3573011002\n"
)


def given(
    actor: Actor, content: bytes, name: str = "sampah.csv", dataset: str | None = "bins", **more: Any
) -> Any:
    """Hand in a file whole and let the worker read it; return it as the actor sees it."""
    row = changes.take_whole(actor, dataset, io.BytesIO(content), name, len(content), at=NOW, **more)
    worker.drain()
    return reads.upload(actor, row.pk)


def agreed(actor: Actor, row: Any, at: datetime = NOW, **said: Any) -> Any:
    """Agree to how a file is read and let the worker check it."""
    changes.choose(actor, row.id, {"period": "2026", **said}, version=row.version, at=at)
    worker.drain()
    return reads.upload(actor, row.id)


def published(actor: Actor, row: Any, at: datetime = NOW + timedelta(minutes=1)) -> Any:
    changes.publish_upload(actor, row.id, version=row.version, at=at)
    worker.drain()
    return reads.upload(actor, row.id)


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """Return a workbook of some hundred kilobytes whose sheet unpacks to 700 MB."""
    million, times = b"0" * 1_000_000, 700
    packer = zlib.compressobj(wbits=-15)
    # Nothing packed later leans on it, so it is packed once and laid there again and again.
    packed = packer.compress(million) + packer.flush(zlib.Z_FULL_FLUSH)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        archive.writestr(sheet, packed * times + packer.flush())
        sheet.compress_type, sheet.file_size, sheet.CRC = zipfile.ZIP_DEFLATED, len(million) * times, 0
        for _ in range(times):
            sheet.CRC = zlib.crc32(million, sheet.CRC)
        end = out.tell()
        out.seek(sheet.header_offset)
        out.write(sheet.FileHeader())
        out.seek(end)
    return out.getvalue()


def features(*geometries: Any) -> bytes:
    found = [
        {"type": "Feature", "properties": {"id": n, "name": f"Titik {n}"}, "geometry": geometry}
        for n, geometry in enumerate(geometries, 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": found}).encode()


def large_csv(path: Path, size: int) -> int:
    """Write a CSV of about `size` bytes with keys that differ; return its rows."""
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("id;name;litres;cost;placed_on;in_use\n")
        while file.tell() < size:
            lines = [
                f'{rows + n};"Tong {rows + n}, Jalan Ijen {n % 97}";{n % 900},5;'
                f"Rp 1.{n % 900:03}.000;{n % 28 + 1}/03/2026;ya\n"
                for n in range(10_000)
            ]
            file.write("".join(lines))
            rows += 10_000
    return rows
