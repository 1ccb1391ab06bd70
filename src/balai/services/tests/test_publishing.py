"""What leaves a service: by its transforms, without small groups, once it was declared and checked."""

from datetime import timedelta

import pytest
from tests.cast import MALANG, someone

from balai.base.actor import system
from balai.data import changes as data
from balai.services import publishing, reads
from balai.services.rules.definition import Transform
from balai.services.rules.leaving import leaving, redacted
from balai.services.tests.desk import FILED, STORY, VILLAGE, Desk, filed

pytestmark = pytest.mark.django_db
LATER = FILED + timedelta(days=60)


@pytest.mark.parametrize(
    ("transform", "value", "left"),
    [
        (Transform.NONE, 7, 7),
        (Transform.DROP, "x", None),
        (Transform.DAY, "2026-08-14T09:00:00+07:00", "2026-08-14"),
        (Transform.YEAR, "2026-08-14T09:00:00+07:00", "2026"),
        (Transform.VILLAGE, "35.73.02", None),
        (Transform.PRESENCE, "nama", True),
        (Transform.PRESENCE, None, None),
    ],
)
def test_a_value_leaves_by_its_transform_alone(transform: Transform, value: object, left: object) -> None:
    assert leaving(transform, value) == left


def test_a_point_leaves_as_the_middle_of_its_cell() -> None:
    near = {"latitude": "-7.98123", "longitude": "112.63041"}
    assert leaving(Transform.GRID_100M, near) == leaving(
        Transform.GRID_100M, {"latitude": "-7.98089", "longitude": "112.6296"}
    )


def test_a_redacted_text_names_nobody() -> None:
    text = redacted("Tolong hubungi Pak Budi di 0812-3456-7890 atau budi@contoh.id, rumah Sari Wulandari.")
    for secret in ("Budi", "3456", "budi@", "Sari", "Wulandari"):
        assert secret not in text


def test_small_groups_and_young_and_secret_cases_do_not_leave(desk: Desk) -> None:
    service = reads.service("sambat", FILED.date())
    for number in range(4):
        filed(desk.cast.visitor, f"k{number}", reporter={"name": "A", "phone": f"08123456780{number}"})
    assert list(publishing.rows(service, LATER)) == []
    filed(desk.cast.sari.actor, "k5")
    filed(
        desk.cast.sari.actor,
        "k6",
        category="conduct",
        **{"class": "oversight", "place": {"village": VILLAGE}},
    )
    assert list(publishing.rows(service, FILED + timedelta(days=1))) == []
    left = list(publishing.rows(service, LATER))
    assert len(left) == 5
    assert left[0]["filed_on"] == "2026-08-18"
    assert left[0]["region"] == MALANG
    assert all(STORY not in str(row) and "Wulandari" not in str(row) for row in left)


def test_a_dataset_is_published_once_two_people_declared_and_checked_it(desk: Desk) -> None:
    service = reads.service("sambat", FILED.date())
    job = system("services.publish", MALANG, "data.publish")
    for number in range(5):
        filed(desk.cast.visitor, f"k{number}", reporter={"name": "A", "phone": f"08123456780{number}"})
    assert publishing.publish(job, "sambat", LATER) is None
    steward = someone("Wali", MALANG, "steward", office=desk.cast.kominfo)
    row = data.declare(desk.cast.budi.actor, publishing.declaration(service))
    row = data.submit(desk.cast.budi.actor, row.code, version=row.version, at=LATER)
    data.check(steward.actor, row.code, version=row.version, at=LATER)
    done = publishing.publish(job, "sambat", LATER)
    assert done is not None
    assert done.version.rows == 5
