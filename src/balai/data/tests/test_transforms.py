"""Personal columns leave only through a named transform, and never by way of an error."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.cast import Cast

from balai.base import tenancy
from balai.base.errors import Invalid
from balai.data import columnar, reads
from balai.data.models import DatasetVersion
from balai.data.rules.metadata import Declaration
from balai.data.rules.transforms import WrongWidth, texts
from balai.data.storage import Disk, storage
from balai.data.tests import registry
from balai.data.tests.registry import column, declared

pytestmark = pytest.mark.usefixtures("own_folder")

PATIENTS = [
    column("id", "integer"),
    column("nik", "text", privacy="personal", transform="drop"),
    column("born_on", "date", privacy="personal", transform="year_of_birth", published_as="birth_year"),
    column("home", "region", privacy="personal", transform="village", published_as="village"),
    column("illness", "text", privacy="personal", transform="k_anonymity"),
]


def _patients(k: int = 3) -> Declaration:
    return declared(columns=PATIENTS, k=k)


def _patient(id: int, illness: str = "flu", **changed: object) -> dict[str, object]:
    row = {
        "id": id,
        "nik": f"357301{id:010}",
        "born_on": date(1987, 5, 2 + id % 20),
        "home": f"35.73.01.1001.003.00{id % 9}",
        "illness": illness,
    }
    return row | changed


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("a personal column as it is", {"privacy": "personal"}),
        ("a sensitive column that is only blurred", {"privacy": "sensitive", "transform": "k_anonymity"}),
        ("a transform of what is not personal", {"transform": "drop"}),
        ("a year of birth of a text", {"privacy": "personal", "transform": "year_of_birth"}),
        ("a village of a text", {"privacy": "personal", "transform": "village", "published_as": "v"}),
        ("a kept name for another content", {"privacy": "personal", "transform": "year_of_birth"}),
        ("a new name for the same content", {"published_as": "other"}),
    ],
)
def test_a_declaration_is_refused_with(why: str, changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        declared(columns=[column("id", "integer"), column("who", "text", **changed)], k=5)


def test_an_open_dataset_that_keeps_something_personal_says_how_many_must_be_alike() -> None:
    with pytest.raises(ValidationError, match="“k” belum ada"):
        declared(columns=PATIENTS)
    assert declared(columns=PATIENTS, k=5).alike == ("birth_year", "village", "illness")


def test_a_closed_dataset_keeps_its_personal_columns() -> None:
    kept = declared(
        classification="closed", columns=[column("id", "integer"), column("nik", "text", privacy="personal")]
    )
    assert [each.name for each in kept.leaving] == ["id", "nik"]


def test_what_leaves_is_dropped_blurred_and_renamed() -> None:
    assert list(texts(_patients(), [_patient(7)], lambda lon, lat: "")) == [
        ["7", "1987", "35.73.01.1001", "flu"]
    ]


def test_a_point_leaves_as_the_village_around_it() -> None:
    home = column("home", "point", privacy="personal", transform="village", published_as="village")
    declaration = declared(columns=[column("id", "integer"), home], k=2)
    rows = [(1, (112.6, -7.9)), (2, None), (3, (0, 0))]
    found = texts(declaration, rows, lambda lon, lat: "35.73.01.1001" if lon else "")
    assert list(found) == [["1", "35.73.01.1001"], ["2", None], ["3", "?"]]


def test_a_row_of_another_shape_is_told_by_its_number() -> None:
    with pytest.raises(WrongWidth, match="row 2"):
        list(texts(_patients(), [_patient(1), {"id": 2, "alamat": "x"}], lambda lon, lat: ""))
    with pytest.raises(WrongWidth, match="row 1"):
        list(texts(_patients(), [(1, 2)], lambda lon, lat: ""))


@pytest.mark.django_db
def test_rows_too_few_are_alike_with_stay_behind_and_are_counted(cast: Cast, malang: tenancy.Scope) -> None:
    registry.founded(cast, _patients(k=3))
    rows = [*(_patient(n) for n in range(5)), _patient(5, "TBC"), _patient(6, "TBC")]
    version = registry.publish(rows).version
    assert (version.rows, version.suppressed) == (5, 2)
    told = reads.first_rows(registry.steward(), "bins")
    assert {row["illness"] for row in told} == {"flu"}
    assert reads.version(registry.steward(), "bins").suppressed == 2


@pytest.mark.django_db
def test_no_file_holds_what_does_not_leave(cast: Cast, malang: tenancy.Scope, tmp_path: Path) -> None:
    registry.founded(cast, _patients())
    registry.publish([_patient(n) for n in range(5)])
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]
    assert [path.suffix for path in left] == [".parquet"]
    (row, *_more) = columnar.rows(left, 10)
    assert list(row) == ["id", "birth_year", "village", "illness"]


@pytest.mark.django_db
def test_a_fault_in_a_personal_column_does_not_repeat_the_value(cast: Cast, malang: tenancy.Scope) -> None:
    registry.founded(cast, _patients())
    with pytest.raises(Invalid) as refused:
        registry.publish([_patient(1, born_on="18 Maret 1987", home="Jalan Ijen 5")])
    told = " ".join(str(fault) for fault in refused.value.faults)
    assert "birth_year" in told and "village" in told
    assert "Maret" not in told and "Ijen" not in told
    assert not DatasetVersion.objects.exists()


@pytest.mark.django_db
def test_rows_published_while_closed_stay_closed_when_the_dataset_opens(
    cast: Cast, malang: tenancy.Scope
) -> None:
    raw = [{**each, "transform": None, "published_as": None} for each in PATIENTS]
    registry.founded(cast, declared(classification="closed", columns=raw))
    registry.publish([_patient(n, home="35.73.01.1001") for n in range(5)])
    row = registry.changes.declare(
        registry.producer(cast), _patients(), version=registry.Dataset.objects.get().version
    )
    row = registry.changes.submit(registry.producer(cast), "bins", version=row.version, at=registry.NOW)
    registry.changes.check(registry.steward(), "bins", version=row.version, at=registry.NOW)
    agus = cast.agus.actor
    assert reads.catalogue(agus) == ()
    registry.publish([_patient(n) for n in range(5)])
    assert [each.number for each in reads.versions(agus, "bins")] == [2]
    assert [each.number for each in reads.versions(registry.steward(), "bins")] == [2, 1]


def test_the_disk_refuses_names_that_lead_elsewhere(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    for tenant in ("../35.73", "", ".."):
        with pytest.raises(ValueError, match="cannot name a folder"), disk.drafting(tenant):
            pass
    with pytest.raises(ValueError, match="SHA-256"):
        disk.local("35.73", "../../etc/passwd")
    assert isinstance(storage(), Disk)
