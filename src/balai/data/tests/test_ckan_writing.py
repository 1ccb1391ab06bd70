"""CKAN's actions that write: packages by way of the steward, rows as new versions, nothing behind a back."""

import io
import json
from decimal import Decimal
from typing import Any

import ckanapi
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast, Person, someone, visitor_at

from balai.base.journal import JournalEntry
from balai.data import changes
from balai.data.changes import editing
from balai.data.models import Dataset, DatasetVersion
from balai.data.tests.over_http import remote_at
from balai.data.tests.registry import NOW, a_bin, column, declared, founded, publish, steward, words
from balai.data.tests.test_ckan import error, fresh, key_of, result  # noqa: F401 - the fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]

PACKAGE: dict[str, Any] = {
    "name": "pohon",
    "title": "Pohon kota",
    "notes": "Pohon di taman dan tepi jalan.",
    "owner_org": "diskominfo",
    "license_id": "cc-by",
    "tags": [{"name": "lingkungan"}],
    "private": False,
    "extras": [
        {"key": "frequency", "value": "yearly"},
        {"key": "legal_basis", "value": "Perwal 1/2024"},
        {"key": "steward", "value": "Walidata Kota Malang"},
        {"key": "custodian", "value": "Dinas Kominfo"},
    ],
    "standard": dict.fromkeys(("concept", "definition", "classification", "measure", "unit"), "Pohon"),
    "key": ["id"],
    "columns": [
        {"name": "id", "type": "integer", "meaning": "Nomor"},
        {"name": "species", "type": "text", "meaning": "Jenis"},
        {"name": "height", "type": "decimal", "decimals": 1, "optional": True, "meaning": "Tinggi"},
    ],
}


@pytest.fixture
def tika(cast: Cast) -> Person:
    return someone("Tika", "35.73", "steward", office=cast.kominfo)


@pytest.fixture
def bins(cast: Cast) -> Dataset:
    row = founded(cast)
    publish([a_bin(1), a_bin(2, kind="kecil", litres=None), a_bin(3)])
    row.refresh_from_db()
    return row


def rows_of(code: str = "bins", **data: Any) -> list[dict[str, Any]]:
    return result("datastore_search", resource_id=code, **data)["records"]


def numbers(code: str = "bins") -> list[int]:
    return list(
        DatasetVersion.objects.filter(dataset__code=code).order_by("number").values_list("number", flat=True)
    )


def test_the_client_of_ckan_writes_a_dataset_and_reads_it_back(cast: Cast, tika: Person) -> None:
    budi = remote_at(key=key_of(cast.budi))
    package = budi.action.package_create(**PACKAGE)
    assert (package["state"], package["name"], package["resources"]) == ("draft", "pohon", [])
    with pytest.raises(ckanapi.NotFound):
        remote_at().action.package_show(id="pohon")
    with pytest.raises(ckanapi.ValidationError) as early:
        budi.action.datastore_create(
            resource={"package_id": "pohon"}, records=[{"id": 1, "species": "Trembesi"}]
        )
    assert "belum diperiksa" in early.value.error_dict["resource_id"][0]
    row = Dataset.objects.get(code="pohon")
    assert row.status == "submitted"
    changes.check(tika.actor, "pohon", version=row.version, at=NOW)
    made = budi.action.datastore_create(
        resource={"package_id": package["id"]},
        fields=[{"id": "id", "type": "int"}, {"id": "species", "type": "text"}],
        primary_key="id",
        records=[{"id": 1, "species": "Trembesi", "height": 12.5}, {"id": 2, "species": "Mahoni"}],
    )
    assert (made["version"], made["total"]) == (1, 2)
    visitor = remote_at()
    shown = visitor.action.package_show(id="pohon")
    assert (shown["state"], shown["license_id"], shown["organization"]["name"]) == (
        "active",
        "CC-BY-4.0",
        "diskominfo",
    )
    assert [tag["name"] for tag in shown["tags"]] == ["lingkungan"]
    budi.action.datastore_upsert(
        resource_id=made["resource_id"],
        records=[{"id": 2, "height": 8}, {"id": 3, "species": "Angsana", "height": "9.5"}],
        method="upsert",
        period="2027",
        reason="Sensus pohon",
    )
    found = visitor.action.datastore_search(resource_id=shown["resources"][0]["id"], sort="id")["records"]
    assert found == [
        {"_id": 1, "id": 1, "species": "Trembesi", "height": 12.5},
        {"_id": 2, "id": 2, "species": "Mahoni", "height": 8.0},
        {"_id": 3, "id": 3, "species": "Angsana", "height": 9.5},
    ]
    budi.action.datastore_delete(resource_id="pohon", filters={"species": ["Mahoni", "Angsana"]})
    assert [row["id"] for row in visitor.action.datastore_search(resource_id="pohon")["records"]] == [1]
    versions = DatasetVersion.objects.filter(dataset=row).order_by("number")
    assert [(one.number, one.period, one.rows, one.corrects_id is not None) for one in versions] == [
        (1, "2026", 2, False),
        (2, "2027", 3, True),
        (3, "2027", 1, True),
    ]
    assert versions[1].reason == "Sensus pohon" and "datastore_delete" in versions[2].reason
    old = visitor.action.datastore_search(resource_id=str(versions[0].pk))["records"]
    assert [one["species"] for one in old] == ["Trembesi", "Mahoni"]


def test_a_package_that_is_sent_back_as_it_was_changes_nothing(cast: Cast, bins: Dataset) -> None:
    decided = {"priority": {"basis": "SK 100/2026"}, "master": {"basis": "SK 7/2026"}}
    bins.metadata |= decided
    bins.version += 1
    bins.save()
    key = key_of(cast.budi)
    package = result("package_show", id="bins")
    extras = {one["key"]: one["value"] for one in package["extras"]}
    assert {name: json.loads(extras[name]) for name in decided} == decided
    before = JournalEntry.objects.count()
    assert result("package_update", token=key, **package)["state"] == "active"
    assert JournalEntry.objects.count() == before


def test_a_patch_is_a_draft_until_the_steward_accepts_it(cast: Cast, tika: Person, bins: Dataset) -> None:
    key = key_of(cast.budi)
    patched = result("package_patch", token=key, id="bins", title="Wadah sampah", tag_string="sampah, wadah")
    assert (patched["title"], patched["state"]) == ("Wadah sampah", "draft")
    assert result("package_show", id="bins")["title"] == "Tempat sampah"
    status, told = error("package_patch", token=key, id="bins", title="Lain")
    assert (status, "diperiksa" in told["state"][0]) == (409, True)
    row = Dataset.objects.get(code="bins")
    changes.check(tika.actor, "bins", version=row.version, at=NOW)
    after = result("package_show", id="bins")
    assert (after["title"], [tag["name"] for tag in after["tags"]]) == ("Wadah sampah", ["sampah", "wadah"])


def test_a_package_made_private_is_closed_once_it_is_checked(cast: Cast, tika: Person, bins: Dataset) -> None:
    patched = result("package_patch", token=key_of(cast.budi), id="bins", private=True)
    assert {"key": "classification", "value": "closed"} in patched["extras"]
    row = Dataset.objects.get(code="bins")
    changes.check(tika.actor, "bins", version=row.version, at=NOW)
    assert error("package_show", id="bins")[0] == 404
    assert error("datastore_search", resource_id=str(bins.pk))[0] == 404


def test_what_our_rules_ask_for_is_named_field_by_field(cast: Cast) -> None:
    status, told = error(
        "package_create", token=key_of(cast.budi), name="pohon", title="Pohon", owner_org="diskominfo"
    )
    assert (status, told.pop("__type")) == (409, "Validation Error")
    assert set(told) == {
        "notes",
        "license_id",
        "tags",
        "frequency",
        "legal_basis",
        "classification",
        "steward",
        "custodian",
        "standard",
        "key",
        "columns",
    }
    assert all(isinstance(words, list) for words in told.values())


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "Pohon Kota"}, "name"),
    ({"owner_org": "tidak-ada"}, "owner_org"),
    ({"warna": "biru"}, "warna"),
    ({"extras": [{"key": "warna", "value": "biru"}]}, "extras"),
    ({"extras": "x"}, "extras"),
    ({"resources": [{"url": "https://contoh.id/x.csv"}]}, "resources"),
    ({"columns": [{"name": "id", "type": "uuid", "meaning": "x"}]}, "columns.0.type"),
    ({"key": ["lain"]}, "lain"),
]


@pytest.mark.parametrize(("changed", "place"), WRONG)
def test_packages_that_cannot_be_declared_say_where(cast: Cast, changed: dict[str, Any], place: str) -> None:
    status, told = error("package_create", token=key_of(cast.budi), **{**PACKAGE, **changed})
    assert status == 409 and place in told, told
    assert not Dataset.objects.filter(code="pohon").exists()


def test_a_name_that_is_taken_is_refused_as_ckan_does(cast: Cast, bins: Dataset) -> None:
    status, told = error("package_create", token=key_of(cast.budi), **{**PACKAGE, "name": "bins"})
    assert (status, told["name"]) == (409, ["That URL is already in use."])


def test_nothing_that_was_published_is_deleted(cast: Cast, bins: Dataset) -> None:
    key = key_of(cast.budi)
    for name in ("package_delete", "dataset_purge", "resource_delete"):
        status, told = error(name, token=key, id="bins")
        assert (status, told["__type"], len(told["id"])) == (409, "Validation Error", 2), name
    status, told = error("datastore_delete", token=key, resource_id="bins")
    assert (status, "filters" in told) == (409, True)
    assert len(rows_of()) == 3


# Files


def sent(name: str, key: str, content: bytes, **data: str) -> Any:
    upload = SimpleUploadedFile("rows.csv", content, "text/csv")
    client = visitor_at("35.73")
    return client.post(
        f"/api/3/action/{name}", {"upload": upload, **data}, headers={"Authorization": key}
    ).json()


HEAD = "id,name,litres,cost,placed_on,in_use,region,place_lon,place_lat,kind\n"


def test_rows_come_as_a_file_too(cast: Cast) -> None:
    founded(cast)
    budi = remote_at(key=key_of(cast.budi))
    made = budi.action.resource_create(
        package_id="bins", upload=io.BytesIO(f"{HEAD}7,Tong 7,1.50,,,,,,,\n".encode()), period="2025"
    )
    assert (made["version"], made["rows"], made["period"]) == (1, 1, "2025")
    with pytest.raises(ckanapi.ValidationError):
        budi.action.resource_create(package_id="bins", upload=io.BytesIO(HEAD.encode()))
    again = budi.action.resource_update(
        id=made["id"], upload=io.BytesIO(f"{HEAD}8,Tong 8,,,,,,,,\n".encode()), reason="Salah nomor"
    )
    assert (again["id"], again["version"], again["correction_reason"]) == (made["id"], 2, "Salah nomor")
    assert [row["id"] for row in rows_of()] == [8]
    wrong = sent("resource_update", key_of_again(cast.budi), f"{HEAD}9,,x,,,,,,,\n".encode(), id=made["id"])
    assert wrong["error"]["__type"] == "Validation Error"
    assert any("litres" in place for place in wrong["error"])
    assert error("resource_update", token=key_of_again(cast.budi), id="bins", url="https://x.id")[1]["upload"]
    assert numbers() == [1, 2]


def key_of_again(person: Person) -> str:
    """Return the key that `key_of` made for somebody."""
    return f"balai_{person.account.pk}_35.73"


# Rows


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("datastore_upsert", {"records": [{"id": 9, "warna": "biru"}]}, "warna"),
    ("datastore_upsert", {"records": [{"name": "tanpa kunci"}]}, "Kuncinya tidak ada"),
    ("datastore_upsert", {"records": [{"id": 9, "name": "a"}, {"id": "9", "name": "b"}]}, "Baris 2"),
    ("datastore_upsert", {"records": [{"id": 9, "name": "a", "litres": "banyak"}]}, "banyak"),
    ("datastore_upsert", {"records": [{"id": 9}]}, "name"),
    ("datastore_upsert", {"records": [{"id": 1, "name": "x"}], "method": "insert"}, "sudah ada"),
    ("datastore_upsert", {"records": [{"id": 9, "name": "x"}], "method": "update"}, "tidak ada"),
    ("datastore_upsert", {"records": [{"id": 9, "name": {"a": 1}}]}, "Baris 1"),
    ("datastore_upsert", {"records": [], "method": "replace"}, "upsert"),
    ("datastore_upsert", {"records": "x"}, "daftar"),
    ("datastore_upsert", {"records": [{"id": 9, "name": "x"}], "period": "x" * 41}, "period"),
    ("datastore_create", {"records": [{"id": 1, "name": "x"}]}, "sudah ada"),
    ("datastore_create", {"fields": [{"id": "warna", "type": "text"}]}, "warna"),
    ("datastore_create", {"primary_key": "name"}, "id"),
    ("datastore_delete", {"filters": {"warna": "x"}}, "warna"),
    ("datastore_delete", {"filters": {"_id": 1}}, "_id"),
    ("datastore_delete", {"filters": {}}, "saringan"),
]


@pytest.mark.parametrize(("name", "data", "word"), REFUSED)
def test_rows_that_are_wrong_are_refused_all_together(
    cast: Cast, bins: Dataset, name: str, data: dict[str, Any], word: str
) -> None:
    status, told = error(name, token=key_of(cast.budi), resource_id="bins", **data)
    assert status == 409 and word in json.dumps(told, ensure_ascii=False), told
    assert numbers() == [1]


def test_each_kind_of_value_survives_the_change_of_another_row(cast: Cast) -> None:
    founded(cast)
    names = ['Tong "a", b', "dua\nbaris", "=1+1", "  spasi  ", "Pásar\tbesar", "NULL", "'"]
    publish([a_bin(number, name=name, litres=Decimal(-number) / 100) for number, name in enumerate(names)])
    publish_place = (0.00001, -0.0000123)
    changes.publish(
        steward(),
        "bins",
        [
            a_bin(number, name=name, place=publish_place, in_use=number % 2 == 0)
            for number, name in enumerate(names)
        ],
        "2026",
        at=NOW,
    )
    before = rows_of()
    result(
        "datastore_upsert", token=key_of(cast.budi), resource_id="bins", records=[{"id": 99, "name": "baru"}]
    )
    after = rows_of()
    assert after[:-1] == before
    assert {name: value for name, value in after[-1].items() if value is not None} == {
        "_id": len(names) + 1,
        "id": 99,
        "name": "baru",
    }


def test_a_value_can_be_taken_away_and_others_stay(cast: Cast, bins: Dataset) -> None:
    records = [{"id": 1, "kind": None, "litres": 7, "_id": 5}]
    result("datastore_upsert", token=key_of(cast.budi), resource_id="bins", records=records, method="update")
    first, second, *_rest = rows_of()
    assert (first["kind"], first["litres"], first["name"], first["cost"]) == (None, 7.0, "Tong 1", 750_000)
    assert (second["kind"], second["litres"]) == ("kecil", None)


def test_the_same_rows_again_make_no_version(cast: Cast, bins: Dataset) -> None:
    changed = changes.Editing([{"id": 1, "name": "Tong 1"}])
    made = changes.edit_rows(steward(), "bins", changed, at=NOW)
    assert (made.is_new, numbers()) == (False, [1])


def test_who_was_first_is_not_overwritten(cast: Cast, bins: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    real = editing.publish_file

    def meanwhile(*args: Any, **named: Any) -> Any:
        publish([a_bin(50)], "2030")
        return real(*args, **named)

    monkeypatch.setattr(editing, "publish_file", meanwhile)
    status, told = error(
        "datastore_upsert", token=key_of(cast.budi), resource_id="bins", records=[{"id": 9, "name": "x"}]
    )
    assert (status, "Ulangi" in told["state"][0]) == (409, True)
    assert [row["id"] for row in rows_of()] == [1, 2, 3]


def test_too_many_rows_at_once_are_refused(
    cast: Cast, bins: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing, "MOST_CHANGED", 1)
    records = [{"id": 8, "name": "x"}, {"id": 9, "name": "y"}]
    assert error("datastore_upsert", token=key_of(cast.budi), resource_id="bins", records=records)[0] == 409
    body = json.dumps({"resource_id": "bins", "records": [{"name": "x" * 3_000_000}]})
    answer = visitor_at("35.73").post("/api/3/action/datastore_upsert", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["__type"]) == (413, "Validation Error")


def test_personal_columns_cannot_be_written_back(cast: Cast) -> None:
    columns = [column("id", "integer"), column("born", "date", privacy="personal", transform="drop")]
    founded(cast, declared(columns=columns))
    publish([{"id": 1, "born": "2000-01-01"}])
    status, told = error("datastore_upsert", token=key_of(cast.budi), resource_id="bins", records=[{"id": 2}])
    assert (status, "berkas lengkap" in told["state"][0]) == (409, True)


WRITES: list[tuple[str, dict[str, Any]]] = [
    ("package_create", PACKAGE),
    ("package_update", {"id": "bins", **PACKAGE}),
    ("package_patch", {"id": "bins", "title": "x"}),
    ("package_delete", {"id": "bins"}),
    ("resource_create", {"package_id": "bins"}),
    ("resource_update", {"id": "bins"}),
    ("resource_delete", {"id": "bins"}),
    ("datastore_create", {"resource_id": "bins", "records": [{"id": 9, "name": "x"}]}),
    ("datastore_upsert", {"resource_id": "bins", "records": [{"id": 9, "name": "x"}]}),
    ("datastore_delete", {"resource_id": "bins", "filters": {"id": 1}}),
    ("datastore_records_delete", {"resource_id": "bins", "filters": {"id": 1}}),
]


@pytest.mark.parametrize(("name", "data"), WRITES)
def test_nobody_writes_for_an_office_they_do_not_speak_for(
    cast: Cast, bins: Dataset, name: str, data: dict[str, Any]
) -> None:
    before = JournalEntry.objects.count()
    for key in ("", key_of(cast.agus), key_of(cast.joko), key_of(cast.sari)):
        assert error(name, token=key, **data)[0] in (403, 404), key
    assert JournalEntry.objects.count() == before
    assert numbers() == [1]


def test_a_reader_who_writes_elsewhere_is_told_so(cast: Cast, bins: Dataset) -> None:
    founded(cast, declared(code="staf", classification="closed", title=words("Staf")))
    changes.publish(steward(), "staf", [a_bin(1)], "2026", at=NOW)
    agus = key_of(cast.agus)
    assert error("datastore_upsert", token=agus, resource_id="bins", records=[])[0] == 403
    assert error("datastore_upsert", token=agus, resource_id="staf", records=[])[0] == 404
