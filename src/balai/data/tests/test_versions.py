"""Versions are whole or not there, never change, and can be read and compared for ever."""

import csv
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tests.cast import Cast
from tests.installation import Installation

from balai.base.errors import Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.data import changes, columnar, jobs, reads
from balai.data.models import Dataset, DatasetVersion, RetiredVersion
from balai.data.rules.gate import ColumnType
from balai.data.storage import storage
from balai.data.tests import registry
from balai.data.tests.bucket import environment
from balai.data.tests.registry import NOW, a_bin, column, declared, founded, no_files_left, publish, steward
from balai.places.models import Region, RegionFigure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]
everywhere = pytest.mark.parametrize("own_folder", ["disk", "s3"], indirect=True)
"""Holds wherever files are kept."""

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def bins(cast: Cast) -> Dataset:
    return founded(cast)


@everywhere
def test_what_is_published_is_read_back_with_its_types_in_the_order_of_the_key(bins: Dataset) -> None:
    version = publish([a_bin(2, litres=None, place=None), a_bin(1)]).version
    assert (version.number, version.rows, version.period, version.suppressed) == (1, 2, "2026", 0)
    first, second = reads.first_rows(steward(), "bins")
    assert first == {
        "id": 1,
        "name": "Tong 1",
        "litres": Decimal("120.50"),
        "cost": 750_000,
        "placed_on": date(2026, 3, 18),
        "in_use": True,
        "region": "35.73.01.1001",
        "place_lon": 112.63,
        "place_lat": -7.98,
        "kind": "besar",
    }
    assert (second["id"], second["litres"], second["place_lon"]) == (2, None, None)


def test_rows_may_be_given_in_order_instead_of_by_name(bins: Dataset) -> None:
    publish([tuple(a_bin(1).values())])
    assert reads.first_rows(steward(), "bins")[0]["name"] == "Tong 1"


@pytest.mark.parametrize(
    "name", ['a,b"c"', "baris\nbaru", "baris\r\nbaru", "\r", "'; DROP TABLE raw; --", "é 🗑", "NULL"]
)
def test_any_text_comes_back_as_it_was(bins: Dataset, name: str) -> None:
    publish([a_bin(1, name=name), a_bin(2)])
    assert reads.first_rows(steward(), "bins")[0]["name"] == name


@pytest.mark.parametrize(
    ("column_name", "value"),
    [
        ("id", "1.5"),
        ("id", "dua"),
        ("id", None),
        ("name", ""),
        ("litres", "1,5"),
        ("litres", "1.234"),
        ("litres", "1e3"),
        ("litres", float("nan")),
        ("cost", "750.000"),
        ("cost", Decimal("0.5")),
        ("placed_on", "18/03/2026"),
        ("placed_on", "2026-02-30"),
        ("placed_on", NOW),
        ("in_use", "mungkin"),
        ("region", "3573"),
        ("place", (200, 0)),
        ("place", (112.6, None)),
        ("place", "Alun-alun"),
        ("kind", "sedang"),
    ],
)
def test_a_wrong_value_is_told_by_row_and_column_and_nothing_is_published(
    bins: Dataset, column_name: str, value: object
) -> None:
    with no_files_left(storage()), pytest.raises(Invalid) as refused:
        publish([a_bin(1), a_bin(2) | {column_name: value}, a_bin(3)])
    assert {str(fault.place)[:8] for fault in refused.value.faults} == {"Baris 2,"}
    assert column_name in refused.value.faults[0].place
    assert not DatasetVersion.objects.exists()


def test_two_rows_of_one_key_are_refused(bins: Dataset) -> None:
    with pytest.raises(Invalid, match="sama dengan baris 1"):
        publish([a_bin(7), a_bin(8), a_bin(7)])


def test_the_list_of_faults_is_bounded(bins: Dataset) -> None:
    with pytest.raises(Invalid) as refused:
        publish([a_bin(n, cost="x", region="y") for n in range(500)])
    assert len(refused.value.faults) == columnar.MOST_FAULTS


def test_a_region_code_that_no_region_has_is_refused_where_the_list_is_named(cast: Cast) -> None:
    founded(cast, declared(columns=[column("id", "region", reference="regions")]))
    with pytest.raises(Invalid, match="Kemendagri"):
        publish([{"id": "99.99"}])


@everywhere
def test_unchanged_rows_make_no_new_version_whatever_their_order(bins: Dataset) -> None:
    first = publish([a_bin(1), a_bin(2)])
    again = publish(iter([a_bin(2), a_bin(1, litres="120.5", in_use="TRUE".lower())]))
    assert first.is_new and not again.is_new and again.version == first.version
    assert JournalEntry.objects.filter(verb="dataset.publish").count() == 1


def test_changed_rows_another_period_or_another_schema_make_one(cast: Cast, bins: Dataset) -> None:
    publish([a_bin(1)])
    assert publish([a_bin(1, cost=800_000)]).version.number == 2
    assert publish([a_bin(1, cost=800_000)], "2027").version.number == 3
    row = Dataset.objects.get(code="bins")
    more = declared(columns=[*registry.BINS["columns"], column("note", "text", optional=True)])
    row = changes.declare(registry.producer(cast), more, version=row.version)
    row = changes.submit(registry.producer(cast), "bins", version=row.version, at=NOW)
    changes.check(steward(), "bins", version=row.version, at=NOW)
    assert publish([a_bin(1, cost=800_000)], "2027").version.number == 4
    assert "note" not in reads.first_rows(steward(), "bins", 3)[0]
    assert reads.compare(steward(), "bins", 3, 4).added_columns == ("note",)


@everywhere
def test_a_correction_names_what_it_corrects_and_why(bins: Dataset) -> None:
    publish([a_bin(1, cost=1)])
    with pytest.raises(Invalid, match="Alasan"):
        publish([a_bin(1)], corrects=1)
    with pytest.raises(NotFound):
        publish([a_bin(1)], corrects=9, reason="Salah ketik.")
    for _time in range(2):
        publish([a_bin(1)], corrects=1, reason="Harga salah ketik.")
    newest, oldest = reads.versions(steward(), "bins")
    assert (newest.number, newest.corrects, newest.reason) == (2, 1, "Harga salah ketik.")
    assert newest.is_current and not oldest.is_current
    assert reads.first_rows(steward(), "bins", 1)[0]["cost"] == 1


@everywhere
def test_two_versions_are_compared_by_key(bins: Dataset) -> None:
    publish([a_bin(n) for n in range(1, 6)])
    publish([a_bin(1), a_bin(2, cost=None), a_bin(3, name="Tong baru"), a_bin(5), a_bin(6), a_bin(7)])
    found = reads.compare(steward(), "bins", 1, 2)
    assert (found.added, found.removed, found.changed, found.unchanged) == (2, 1, 2, 2)
    told = [(each.change.value, each.key, dict(each.before), dict(each.after)) for each in found.first[:2]]
    assert told == [
        ("changed", (2,), {"cost": 750_000}, {"cost": None}),
        ("changed", (3,), {"name": "Tong 3"}, {"name": "Tong baru"}),
    ]
    assert [each.change.value for each in found.first[2:]] == ["removed", "added", "added"]
    assert len(reads.compare(steward(), "bins", 1, 2, limit=1).first) == 1
    assert reads.compare(steward(), "bins", 1, 1).is_same
    with pytest.raises(Invalid, match="kunci yang sama"):
        reads.compare(steward(), "bins", 1, 2, key=("kind",))
    with pytest.raises(Invalid, match="tidak ada: nomor"):
        reads.compare(steward(), "bins", 1, 2, key=("nomor",))


def test_no_rows_are_a_version_too(bins: Dataset) -> None:
    publish([])
    assert reads.first_rows(steward(), "bins") == ()
    assert reads.version(steward(), "bins").rows == 0


def test_only_whoever_may_publish_does_and_only_what_was_checked(cast: Cast, bins: Dataset) -> None:
    for actor in (cast.sari.actor, cast.agus.actor, cast.joko.actor):
        with pytest.raises(Forbidden):
            changes.publish(actor, "bins", [a_bin(1)], "2026", at=NOW)
    with pytest.raises(NotFound):
        changes.publish(steward(), "tidak_ada", [], "2026", at=NOW)
    with pytest.raises(Invalid):
        publish([a_bin(1)], " ")
    changes.declare(registry.producer(cast), declared(code="trees"))
    with pytest.raises(Locked):
        changes.publish(steward(), "trees", [a_bin(1)], "2026", at=NOW)


@everywhere
def test_a_version_is_never_changed_or_removed(bins: Dataset) -> None:
    version = publish([a_bin(1)]).version
    for act in (lambda: DatasetVersion.objects.update(rows=9), lambda: DatasetVersion.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    path = storage().local("35.73", version.files[0]["sha256"])
    assert path.stat().st_mode & 0o777 == 0o444


class Breaking:
    """Where files are kept, but it breaks off before or after a file is laid down."""

    def __init__(self, when: str) -> None:
        self._kept_in = storage()
        self._when = when
        self.drafting = self._kept_in.drafting

    def lay_down(self, tenant: str, draft: Path) -> tuple[str, int]:
        if self._when == "before the file":
            raise OSError(28, "No space left on device")
        found = self._kept_in.lay_down(tenant, draft)
        if self._when == "after the file":
            raise OSError(5, "Input/output error")
        return found


def _broken_rows() -> Iterator[dict[str, Any]]:
    yield a_bin(1)
    raise OSError(5, "Input/output error")


def _failing_at(statement: str) -> Callable[..., Any]:
    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(statement):
            raise OSError(5, "Input/output error")
        return execute(sql, params, many, context)

    return run


@everywhere
@pytest.mark.parametrize(
    "step",
    [
        "while rows are read",
        "before the file",
        "after the file",
        'INSERT INTO "data_datasetversion"',
        'UPDATE "data_dataset"',
        'INSERT INTO "base_journalentry"',
    ],
)
def test_publishing_that_breaks_off_leaves_nothing_to_see(bins: Dataset, tmp_path: Path, step: str) -> None:
    publish([a_bin(1, cost=1)])
    journal = JournalEntry.objects.count()
    rows = _broken_rows() if step == "while rows are read" else [a_bin(1)]
    with pytest.raises(OSError), connection.execute_wrapper(_failing_at(step)):
        publish(rows, into=cast("Any", Breaking(step)))
    assert list(DatasetVersion.objects.values_list("number", flat=True)) == [1]
    assert reads.first_rows(steward(), "bins")[0]["cost"] == 1
    assert JournalEntry.objects.count() == journal
    assert not list(tmp_path.rglob("incoming/*"))
    assert publish([a_bin(1)]).version.number == 2
    assert reads.first_rows(steward(), "bins")[0]["cost"] == 750_000


@everywhere
def test_a_file_that_nobody_names_is_swept_up_and_no_other(bins: Dataset, tmp_path: Path) -> None:
    publish([a_bin(1)])
    with pytest.raises(OSError):
        publish([a_bin(2)], into=cast("Any", Breaking("after the file")))
    with storage().drafting("35.73") as folder:
        (folder.parent / "abc").mkdir()
    now = timezone.now()
    assert changes.sweep(now - timedelta(hours=1)) == 0
    assert changes.sweep(now + timedelta(hours=1)) == 2
    assert len(list(storage().kept("35.73"))) == 1
    assert reads.first_rows(steward(), "bins")[0]["id"] == 1
    assert jobs._files_missing() == 0 and jobs._files_orphaned() == 0


@everywhere
def test_all_versions_are_kept_unless_the_dataset_says_otherwise(cast: Cast) -> None:
    founded(cast, declared(retention={"latest": 2}))
    for cost in (1, 2, 3, 1):
        publish([a_bin(1, cost=cost)])
    row = Dataset.objects.get(code="bins")
    assert changes.retire(steward(), row, NOW) == 2
    assert changes.retire(steward(), row, NOW) == 0
    assert RetiredVersion.objects.count() == 2
    # The rows of version 1 are those of version 4, so its file stays.
    assert changes.sweep(timezone.now() + timedelta(hours=1)) == 1
    assert [each.is_retired for each in reads.versions(steward(), "bins")] == [False, False, True, True]
    with pytest.raises(NotFound, match="tidak disimpan lagi"):
        reads.first_rows(steward(), "bins", 2)
    assert jobs._files_missing() == 0


def test_all_are_kept_by_default(bins: Dataset) -> None:
    for cost in range(3):
        publish([a_bin(1, cost=cost)])
    assert changes.retire(steward(), Dataset.objects.get(code="bins"), NOW) == 0


@everywhere
def test_readable_names_the_files_and_the_columns(bins: Dataset) -> None:
    publish([a_bin(1)])
    found = reads.readable(steward())["bins"]
    columns = found.table.columns
    assert (columns["place_lon"], columns["litres"]) == (ColumnType.DOUBLE, ColumnType.DECIMAL)
    assert list(columns) == list(reads.first_rows(steward(), "bins")[0])
    assert found.table.file.is_file() and (found.code, found.number) == ("bins", 1)
    assert reads.readable_version(steward(), "bins", 1) == found


def test_reference_data_are_published_for_the_nation(cast: Cast) -> None:
    Region.objects.all().delete()
    with pytest.raises(CommandError, match="load_places"):
        call_command("publish_reference")
    for region in _regions_of_the_results():
        region.save()
    figure = {"year": 2024, "population": 885_271, "area_km2": Decimal("111.077")}
    RegionFigure.objects.create(code="35.73", population_source="BPS", area_source="Kemendagri", **figure)
    out = StringIO()
    call_command("publish_reference", stdout=out)
    assert [line.split(":")[0] for line in out.getvalue().splitlines()] == [
        *("regions", "holidays", "kbli_2020", "spbe_results", "smartcity_results")
    ]
    regions = {row["code"]: row for row in reads.first_rows(cast.sari.actor, "regions", limit=1000)}
    assert regions["35"]["population"] is None
    assert {"population": 885_271, "area_km2": figure["area_km2"]}.items() <= regions["35.73"].items()
    days = reads.first_rows(cast.sari.actor, "holidays", limit=1000)
    assert {"day": date(2026, 8, 17), "kind": "national"}.items() <= days_by(days)[date(2026, 8, 17)].items()
    again = StringIO()
    call_command("publish_reference", stdout=again)
    assert again.getvalue().count("tidak berubah") == 5


def _regions_of_the_results() -> list[Region]:
    """Return a region for each code the published results name."""
    codes = {"35": "Jawa Timur"}
    for name in ("spbe", "smartcity"):
        with (ROOT / "reference" / "results" / f"{name}_results.csv").open(encoding="utf-8") as file:
            lines = [line for line in csv.DictReader(file) if line["region"]]
            codes |= {line["region"]: line.get("agency") or line["name"] for line in lines}
    return [
        Region(
            code=code,
            name=name,
            level="regency" if "." in code else "province",
            kind="kota" if code == "35.73" else "kabupaten",
            parent=code[:-3],
            search_key=name,
            edition="uji",
        )
        for code, name in codes.items()
    ]


def test_published_results_keep_their_source_and_say_where_no_region_is(cast: Cast) -> None:
    for region in _regions_of_the_results():
        Region.objects.filter(code=region.code).delete()
        region.save()
    call_command("publish_reference", stdout=StringIO())
    spbe = {(row["year"], row["agency"]): row for row in reads.first_rows(steward(), "spbe_results")}
    malang = spbe[2024, "Kota Malang"]
    assert (malang["region"], malang["index_value"], malang["predicate"]) == (
        "35.73",
        Decimal("4.24"),
        "Memuaskan",
    )
    assert all((row["region"] is None) == (row["kind"] == "national") for row in spbe.values())
    assert {row["confidence"] for row in spbe.values()} == {"verified"} and all(
        row["source"] and row["source_url"] for row in spbe.values()
    )
    cities = {(row["year"], row["region"]): row for row in reads.first_rows(steward(), "smartcity_results")}
    assert (len(spbe), len(cities)) == (100, 44)
    assert cities[2023, "35.07"]["improvement"] == Decimal("0.44")
    assert cities[2023, "35.77"]["collaboration"] is None
    with reads.ask(steward(), "SELECT digits, count(*) FROM kbli_2020 GROUP BY 1 ORDER BY 1") as answer:
        assert list(answer.rows) == [(2, 87), (3, 244), (4, 565), (5, 1790)]


def days_by(rows: Any) -> dict[date, Any]:
    return {row["day"]: row for row in rows}


@pytest.mark.parametrize("own_folder", ["disk", pytest.param("s3", marks=pytest.mark.long)], indirect=True)
@pytest.mark.skipif(sys.platform == "win32", reason="kills processes")
def test_a_publisher_killed_at_any_moment_leaves_no_half_version(
    request: pytest.FixtureRequest, own_folder: str, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    served = request.getfixturevalue("served") if own_folder == "s3" else None
    house = Installation(tmp_path, more=environment(served))
    told = json.loads(house.run_program("killed_publisher", "20", str(seed))[-1])
    assert told["kills"] == 20, seed
    assert told["half"] == [], seed
    assert told["ends_at"] == told["expected"], seed
