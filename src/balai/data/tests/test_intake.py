"""Files of offices: read whatever they are, shown for confirmation, checked, signed, published."""

import gzip
import io
import json
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from tests.cast import Cast

from balai.base import sealed_files, worker
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.base.sealing import SealBroken
from balai.data import changes, columnar, reads
from balai.data.intake import place
from balai.data.models import DatasetVersion
from balai.data.tests import files
from balai.data.tests.files import MESSY, agreed, given, published
from balai.data.tests.registry import NOW, a_bin, declared, founded, producer, publish, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]

_PLAIN = "id,name\n1,Satu\n2,Dua\n"
_COLUMNS = {"id": "No.", "name": "Nama Tempat", "litres": "Isi (liter)", "cost": "Biaya"}
_MATCHED = _COLUMNS | {"placed_on": "Tanggal Pasang", "in_use": "Dipakai", "region": "Wilayah"}


def _reading(row: Any, name: str) -> dict[str, Any]:
    return next(each for each in row.readings if each["name"] == name)


def test_a_messy_file_is_recognised_agreed_to_and_published(cast: Cast) -> None:
    founded(cast)
    budi = producer(cast)
    row = given(budi, MESSY.encode("windows-1252"))
    layout = row.taken["layout"]
    assert (layout["encoding"], layout["delimiter"], layout["header_row"]) == ("windows-1252", ";", 3)
    assert row.state == "asking" and row.taken["rows"] == 2
    row = agreed(budi, row, columns=_MATCHED)
    cost, placed, litres = (_reading(row, name) for name in ("cost", "placed_on", "litres"))
    assert (cost["style"], litres["style"], placed["style"]) == ("id", "id", "dmy")
    assert row.state == "judged" and row.report["faults"] == 0 and row.report["score"] is not None
    row = published(budi, row)
    assert (row.state, row.number) == ("published", 1)
    first, second = reads.first_rows(cast.sari.actor, "bins")
    assert (
        first["name"] == "Alun-alun; utara" and str(first["litres"]) == "1120.50" and first["cost"] == 750_000
    )
    assert str(first["placed_on"]) == "2026-03-18" and first["in_use"] is True
    assert second["name"] == "Café Kajoetangan" and second["region"] == "35.73.01.1002"
    assert not place.folder("35.73", row.id).exists()


def test_what_was_chosen_for_a_file_is_remembered_for_the_next(cast: Cast) -> None:
    founded(cast)
    budi = producer(cast)
    row = published(budi, agreed(budi, given(budi, MESSY.encode()), columns=_MATCHED))
    again = given(budi, MESSY.replace("750.000", "760.000").encode(), "april.csv")
    assert {each["name"]: each["heading"] for each in again.readings if each["heading"]} == _MATCHED
    told = agreed(budi, again).report["comparison"]
    assert (told["added"], told["removed"], told["changed"], row.number) == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("form", "content", "name"),
    [
        ("csv", _PLAIN.encode(), "a.csv"),
        ("csv", _PLAIN.replace(",", "\t").encode(), "a.tsv"),
        ("csv", _PLAIN.encode("utf-16"), "a.csv"),
        ("csv", _PLAIN.encode("utf-8-sig"), "a.csv"),
        ("csv", gzip.compress(_PLAIN.encode(), mtime=0), "a.csv.gz"),
        ("csv", b"id,name\r\n1,'Satu'\r\n2,'Dua'\r\n", "a.csv"),
        ("xlsx", files.workbook([["Laporan"], [], ["id", "name"], [1.0, "Satu"], [2, "Dua"]]), "a.xlsx"),
        ("json", b'[{"id": 1, "name": "Satu"}, {"name": "Dua", "id": 2}]', "a.json"),
        ("ndjson", b'{"id": 1, "name": "Satu"}\n{"id": 2, "name": "Dua"}\n', "a.ndjson"),
    ],
)
def test_every_form_gives_the_same_rows(cast: Cast, form: str, content: bytes, name: str) -> None:
    founded(cast)
    row = given(producer(cast), content, name)
    assert row.state == "asking", row.faults
    assert row.taken["layout"]["form"] == form
    row = published(producer(cast), agreed(producer(cast), row))
    assert [(each["id"], each["name"]) for each in reads.first_rows(cast.sari.actor, "bins")] == [
        (1, "Satu"),
        (2, "Dua"),
    ]


def test_parquet_and_geojson_are_taken(cast: Cast, tmp_path: Any) -> None:
    founded(cast)
    path = tmp_path / "a.parquet"
    duckdb.sql(
        f"COPY (SELECT 1 AS id, 'Satu' AS name, DATE '2026-03-18' AS placed_on) TO '{path}' (FORMAT parquet)"
    )
    row = agreed(producer(cast), given(producer(cast), path.read_bytes(), "a.parquet"))
    assert row.report["faults"] == 0
    points = files.features({"type": "Point", "coordinates": [112.63, -7.98]}, None)
    row = given(producer(cast), points, "a.geojson")
    assert _reading(row, "place_lon")["heading"] == "bujur"
    row = published(producer(cast), agreed(producer(cast), row))
    assert reads.first_rows(cast.sari.actor, "bins")[0]["place_lon"] == 112.63


def test_faults_stand_by_row_and_column_and_nothing_is_published(cast: Cast) -> None:
    founded(cast)
    budi = producer(cast)
    text = "id,name,cost,kind,region\n1,Satu,banyak,besar,35.73.01.1001\n2,,5,sedang,99.99\n2,Dua,5,kecil,\n"
    row = agreed(budi, given(budi, text.encode()))
    told = [tuple(each) for each in row.report["first"]]
    assert ("Baris 1, kolom cost", "Tertulis “banyak”.", "Tulis rupiah utuh tanpa titik dan koma.") in told
    assert {place for place, *_rest in told} >= {
        "Baris 2, kolom name",
        "Baris 2, kolom kind",
        "Baris 3, kolom id",
    }
    assert row.report["by_kind"]["twice"] == 1 and not row.report["may_sign"]
    with pytest.raises(Locked):
        changes.publish_upload(budi, row.id, version=row.version, at=NOW)
    with pytest.raises(Locked):
        changes.ask_steward(budi, row.id, version=row.version, at=NOW)
    listed = b"".join(reads.fault_list(budi, row.id)).decode()
    assert listed.startswith("baris,kolom,tertulis,masalah,yang benar") and "banyak" in listed
    assert not DatasetVersion.objects.exists()


def test_a_steward_signs_with_a_reason_that_readers_see(cast: Cast) -> None:
    founded(cast)
    budi = producer(cast)
    text = "id,name,cost,kind\n1,Satu,banyak,sedang\n2,Dua,5,kecil\n"
    row = agreed(budi, given(budi, text.encode()))
    assert row.report["faults"] == 2 and row.report["may_sign"]
    changes.ask_steward(budi, row.id, version=row.version, at=NOW)
    (asked,) = reads.uploads_to_sign(steward())
    with pytest.raises(Invalid):
        changes.sign_upload(steward(), row.id, " ", version=asked.version, at=NOW)
    with pytest.raises(Forbidden):
        changes.sign_upload(budi, row.id, "Mendesak.", version=asked.version, at=NOW)
    changes.sign_upload(steward(), row.id, "Data darurat banjir.", version=asked.version, at=NOW)
    worker.drain()
    version = reads.version(cast.sari.actor, "bins")
    assert version.quality["signed"]["reason"] == "Data darurat banjir."
    told = {(each["column"], each["kind"], each["cells"]) for each in version.quality["departures"]}
    assert told == {("cost", "form", 1), ("kind", "choice", 1)}
    first = reads.first_rows(cast.sari.actor, "bins")[0]
    assert first["cost"] is None and first["kind"] == "sedang"
    entry = JournalEntry.objects.get(verb="dataset.publish")
    assert "Data darurat banjir." in json.dumps(entry.facts, default=str)


def test_nobody_signs_their_own_file_and_a_refusal_goes_back(cast: Cast) -> None:
    founded(cast)
    row = agreed(steward(), given(steward(), b"id,name\n1,Satu\nx,Dua\n"))
    changes.ask_steward(steward(), row.id, version=row.version, at=NOW)
    with pytest.raises(Forbidden):
        changes.sign_upload(steward(), row.id, "Saya sendiri.", version=row.version + 1, at=NOW)
    row = agreed(producer(cast), given(producer(cast), b"id,name\n1,Satu\nx,Dua\n"))
    changes.ask_steward(producer(cast), row.id, version=row.version, at=NOW)
    changes.refuse_to_sign(steward(), row.id, "Perbaiki nomornya.", version=row.version + 1, at=NOW)
    assert reads.upload(producer(cast), row.id).steward_answer == "Perbaiki nomornya."


def test_personal_values_stand_in_no_report(cast: Cast) -> None:
    columns = [*declared().written()["columns"][:2]]
    columns[1] |= {"privacy": "personal", "transform": "drop"}
    born = {"name": "born", "type": "date", "meaning": {"id": "lahir", "en": "born"}, "privacy": "personal"}
    columns.append(born | {"transform": "year_of_birth", "published_as": "birth_year", "optional": True})
    founded(cast, declared(columns=columns, k=2))
    row = agreed(
        producer(cast), given(producer(cast), b"id,name,born\n1,Siti Rahasia,1987-05-02\n2,Budi,kapan\n")
    )
    assert row.report["faults"] == 1
    assert "kapan" not in json.dumps(row.report) and "Rahasia" not in json.dumps(row.report)
    assert b"kapan" not in b"".join(reads.fault_list(producer(cast), row.id))


def test_lines_that_are_no_rows_are_told_and_wait_for_a_signature(cast: Cast) -> None:
    founded(cast)
    row = agreed(producer(cast), given(producer(cast), b"id,name\n1,Satu\n2,Dua,tiga\n3,Tiga\n"))
    assert row.report["by_kind"] == {"line": 1} and row.report["rows"] == 2
    assert row.report["first"][0][0] == "Baris berkas 3"


def test_parts_arrive_in_order_and_go_on_where_they_stopped(cast: Cast) -> None:
    founded(cast)
    budi = producer(cast)
    text = _PLAIN.encode()
    row = changes.begin_upload(budi, "bins", "a.csv", len(text), at=NOW)
    changes.append(budi, row.pk, 0, io.BytesIO(text[:5]), 100, at=NOW)
    with pytest.raises(Conflict) as told:
        changes.append(budi, row.pk, 0, io.BytesIO(text), 100, at=NOW)
    assert told.value.changes["offset"] == (0, 5)
    # What was written after the last acknowledged byte, by a process that was killed, does not count.
    kept = place.folder("35.73", row.pk) / place.GIVEN
    with kept.open("ab") as file:
        file.write(b"sisa yang tidak diakui")
    changes.append(budi, row.pk, 5, io.BytesIO(text[5:] + b"lebih"), 100, at=NOW)
    row.refresh_from_db()
    assert b"".join(sealed_files.parts(kept, row.file_key)) == text
    assert b"name" not in kept.read_bytes(), "it lies sealed"
    with pytest.raises(Locked):
        changes.append(budi, row.pk, len(text), io.BytesIO(b"x"), 1, at=NOW)
    worker.drain()
    assert reads.upload(budi, row.pk).state == "asking"


def test_nothing_handed_in_lies_in_clear_while_it_waits(cast: Cast) -> None:
    founded(cast)
    secret = b"Rahasia Sekali"
    row = given(producer(cast), b"id,name,cost\n1," + secret + b",banyak\n2,,1\n")
    row = agreed(producer(cast), row)
    own = place.folder("35.73", row.id)
    kept = {path.name for path in own.rglob("*") if path.is_file()}
    assert kept >= {place.GIVEN, "raw-0000.parquet", columnar.TEXTS, place.LISTED}
    assert not any(secret in path.read_bytes() for path in own.rglob("*") if path.is_file())
    assert b"banyak" in b"".join(reads.fault_list(producer(cast), row.id))
    # Bytes of another record, or of another file, do not open in its place.
    (own / place.LISTED).write_bytes((own / columnar.TEXTS).read_bytes())
    with pytest.raises(SealBroken):
        b"".join(reads.fault_list(producer(cast), row.id))


def test_a_file_that_is_not_what_was_sent_is_refused(cast: Cast) -> None:
    founded(cast)
    row = given(producer(cast), _PLAIN.encode(), sha256="0" * 64)
    assert row.state == "refused" and "SHA-256" in row.faults[0][1]


def test_a_city_has_only_so_much_on_its_way(cast: Cast, settings: Any) -> None:
    from dataclasses import replace

    founded(cast)
    settings.OPTIONS = replace(settings.OPTIONS, intake_max_mb=1, intake_quota_mb=2)
    with pytest.raises(Invalid):
        changes.begin_upload(producer(cast), "bins", "a.csv", 1_000_001, at=NOW)
    first = changes.begin_upload(producer(cast), "bins", "a.csv", 1_000_000, at=NOW)
    changes.begin_upload(producer(cast), "bins", "b.csv", 1_000_000, at=NOW)
    with pytest.raises(changes.NoRoom):
        changes.begin_upload(producer(cast), "bins", "c.csv", 1, at=NOW)
    changes.drop_upload(producer(cast), first.pk, at=NOW)
    changes.begin_upload(producer(cast), "bins", "c.csv", 1, at=NOW)


def test_files_nobody_goes_on_with_are_swept(cast: Cast) -> None:
    founded(cast)
    row = changes.begin_upload(producer(cast), "bins", "a.csv", 10, at=NOW)
    changes.append(producer(cast), row.pk, 0, io.BytesIO(b"abc"), 3, at=NOW)
    assert changes.sweep_uploads(NOW + timedelta(days=6)) == 0
    assert changes.sweep_uploads(NOW + timedelta(days=8)) == 1
    assert not place.folder("35.73", row.pk).exists()
    with pytest.raises(NotFound):
        reads.upload(producer(cast), row.pk)


def test_agus_and_joko_see_no_file_of_others(cast: Cast) -> None:
    founded(cast)
    row = given(producer(cast), _PLAIN.encode())
    for actor in (cast.agus.actor, cast.joko.actor, cast.sari.actor):
        assert reads.uploads(actor) == ()
        with pytest.raises(NotFound):
            reads.upload(actor, row.id)
        with pytest.raises((NotFound, Forbidden)):
            changes.drop_upload(actor, row.id, at=NOW)
        with pytest.raises((NotFound, Forbidden)):
            changes.begin_upload(actor, "bins", "a.csv", 5, at=NOW)
    assert [each.id for each in reads.uploads(cast.wati.actor)] == [row.id]


def test_a_dataset_is_proposed_after_a_file(cast: Cast) -> None:
    text = "Kode Wilayah;Kelurahan;Jumlah Penduduk;Luas (km2);Tanggal\n"
    text += "35.73.01.1001;Klojen;1.204;1,25;18 Maret 2026\n"
    row = given(producer(cast), text.encode(), dataset=None)
    seen = {each["name"]: each["type"] for each in row.proposal}
    assert seen == {
        "kode_wilayah": "region",
        "kelurahan": "text",
        "jumlah_penduduk": "integer",
        "luas_km2": "decimal",
        "tanggal": "date",
    }


def test_the_same_rows_again_are_no_new_version(cast: Cast) -> None:
    founded(cast)
    publish(
        [a_bin(1, litres=None, cost=None, placed_on=None, in_use=None, region=None, place=None, kind=None)]
    )
    row = agreed(producer(cast), given(producer(cast), b"id,name\n1,Tong 1\n"))
    assert row.report["is_same"]
    row = published(producer(cast), row)
    assert (row.number, row.is_new_version) == (1, False)
