"""What leaves a service: by its transforms, without small groups, once it was declared and checked."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.cast import MALANG

from balai.base.actor import system
from balai.data import changes as data
from balai.plan import changes as plan
from balai.plan import reads as plan_reads
from balai.plan.measuring import computer
from balai.plan.models import Action
from balai.plan.tests.town import Town, found
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


def test_a_figure_of_the_plan_moves_when_cases_move(desk: Desk) -> None:
    town = found(desk.cast)
    promise = {"indicator": "Dijawab tepat waktu", "unit": "persen", "measured_by": "sambat_on_time"}
    action = town.action("T1", targets={2026: Decimal(90)}, **promise)
    town.adopt()
    town.quarter(3)
    rows = [_handled(desk, number, late=number == 5) for number in range(1, 6)]
    assert _progress(town, action, LATER) == Decimal("80.00"), "four of five"
    rows.append(_handled(desk, 6, late=False))
    assert _progress(town, action, LATER + timedelta(days=1)) == Decimal("83.33"), "five of six"
    assert promises.illegal_transitions() == 0
    Case.objects.filter(pk=rows[0].pk).update(state="closed")
    assert promises.illegal_transitions() == 1


def _handled(desk: Desk, number: int, *, late: bool) -> Case:
    """A question that was answered; information is answered within five working days."""
    row = filed(desk.cast.visitor, f"k{number}", reporter={"name": "A", "phone": f"08123456780{number}"}).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    day = "2026-08-31 09:00" if late else "2026-08-20 09:00"
    return moved(desk.cast.budi.actor, row, "answer", at(day), given={"result": ANSWER})


def _progress(town: Town, action: Action, now: datetime) -> Decimal | None:
    """Publish the cases, count the indicator, take the figure over, and return what the plan says."""
    done = publishing.publish(system("services.publish", MALANG, "data.publish"), "sambat", now)
    assert done is not None
    data.measure(system("test", MALANG, "data.read", "data.check"), "sambat_on_time", "uji", at=now)
    plan.take_over(computer(), "sambat_on_time", at=now)
    return plan_reads.action(town.rini, action.code, 2026, now.date()).row.value
