"""What leaves a service: by its transforms, without small groups, once it was declared and checked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.cast import MALANG

from balai.base.actor import system
from balai.data import changes as data
from balai.data import reads as figures
from balai.data.rules.indicators_files import INDICATORS
from balai.definitions import load
from balai.services import promises, publishing, reads
from balai.services.models import Case
from balai.services.rules.definition import Transform
from balai.services.rules.leaving import leaving, redacted
from balai.services.tests.desk import ANSWER, FILED, STORY, VILLAGE, Desk, at, filed, moved

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


def test_a_dataset_is_published_and_counted_because_the_file_says_so(desk: Desk) -> None:
    job = system("services.publish", MALANG, "data.publish")
    assert "sambat_on_time" in load(INDICATORS)
    for number in range(6):
        row = filed(
            desk.cast.visitor, f"k{number}", reporter={"name": "A", "phone": f"08123456780{number}"}
        ).case
        row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
        row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
        if number:
            # Information is answered within five working days; the last one is late.
            day = "2026-08-20 09:00" if number < 5 else "2026-08-31 09:00"
            moved(desk.cast.budi.actor, row, "answer", at(day), given={"result": ANSWER})
    done = publishing.publish(job, "sambat", LATER)
    assert done is not None
    assert done.version.rows == 6
    steward = system("test", MALANG, "data.read", "data.check")
    data.measure(steward, "sambat_on_time", "uji", at=LATER)
    found = figures.latest(steward, ["sambat_on_time"], [MALANG], LATER.date())["sambat_on_time", MALANG]
    assert (found.numerator, found.denominator, found.value) == (4, 5, Decimal("80.00"))
    assert promises.illegal_transitions() == 0
    Case.objects.filter(pk=row.pk).update(state="closed")
    assert promises.illegal_transitions() == 1
