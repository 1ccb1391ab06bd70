"""The working-day calendar on the real holidays of 2020 to 2027."""

import csv
from datetime import date

import pytest
from django.conf import settings

from balai import definitions
from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.days import CalendarEnds, due_date
from balai.base.errors import Invalid
from balai.definitions import changes
from balai.definitions.calendar import calendar, decreed_to, holidays
from balai.definitions.changes import Proposal
from balai.definitions.tests.conftest import Write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang")]


def holiday(day: date, kind: str, name: str) -> Proposal:
    cells = {"kind": kind, "name_id": name, "certainty": "decreed"}
    return Proposal("holidays", day.isoformat(), day, day, cells, "Keputusan Wali Kota", "Ditetapkan")


@pytest.mark.parametrize(
    ("received", "working_days", "due", "in_words"),
    [
        (date(2026, 3, 17), 1, date(2026, 3, 25), "Nyepi, Idul Fitri and their joint leave: 18 to 24 March"),
        (date(2026, 3, 18), 3, date(2026, 3, 27), "received on a day of joint leave"),
        (date(2023, 4, 18), 1, date(2023, 4, 26), "joint leave of 2023 from 19 to 25 April"),
        (date(2024, 4, 5), 1, date(2024, 4, 16), "joint leave of 2024 up to Monday 15 April"),
        (date(2025, 8, 15), 1, date(2025, 8, 19), "the extra 18 August of 2025"),
        (date(2024, 2, 13), 1, date(2024, 2, 15), "the general election of 2024"),
        (date(2020, 12, 30), 1, date(2021, 1, 4), "joint leave on 31 December and New Year"),
        (date(2026, 8, 14), 5, date(2026, 8, 24), "Independence Day on a Monday"),
    ],
)
def test_a_promise_ends_after_the_real_holidays(
    received: date, working_days: int, due: date, in_words: str
) -> None:
    assert due_date(received, working_days, calendar()) == due, in_words


def test_behind_the_last_decree_the_calendar_goes_on_provisionally_and_guesses_no_moving_day() -> None:
    known = calendar()
    assert (known.first, known.decreed_to, known.last) == (
        date(2020, 1, 1),
        date(2026, 12, 31),
        date(2036, 12, 31),
    )
    assert len([day for day in known.holidays if day.year <= 2027]) == 193
    assert [day.strftime("%m-%d") for day in sorted(known.holidays) if day.year == 2030] == [
        "01-01", "05-01", "06-01", "08-17", "12-25",
    ]  # fmt: skip
    assert [known.is_provisional(date(year, 6, 1)) for year in (2026, 2027)] == [False, True]
    with pytest.raises(CalendarEnds):
        known.is_working(date(2037, 1, 5))


def test_a_decree_entered_by_two_persons_makes_its_year_sure(rini: Actor, wati: Actor) -> None:
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    cells = {"certainty": "decreed", "decree": "SKB 1/2026"}
    proposal = Proposal("holiday_decrees", "2027", first, last, cells, "SKB 1/2026", "Ditetapkan")
    row = changes.propose(rini, proposal)
    assert decreed_to() == date(2026, 12, 31)
    changes.approve(wati, row.pk)
    assert decreed_to() == calendar().decreed_to == date(2027, 12, 31)
    assert calendar().last == date(2037, 12, 31)
    with tenancy.scope("35.07"):
        assert decreed_to() == date(2026, 12, 31)


def test_a_day_told_before_its_decree_counts_and_a_fixed_one_may_be_worked(rini: Actor, wati: Actor) -> None:
    for day, kind in ((date(2028, 4, 3), "regional"), (date(2028, 6, 1), "working_day")):
        changes.approve(wati, changes.propose(rini, holiday(day, kind, "Uji")).pk)
    assert not calendar().is_working(date(2028, 4, 3))
    assert calendar().is_working(date(2028, 6, 1))


def test_what_is_only_estimated_says_so_and_the_doubled_day_is_noted() -> None:
    rows = {row.key: row.values for row in holidays()}
    assert "(perkiraan)" in str(rows["2027-03-10"]["name_id"])
    assert {key[:4] for key, row in rows.items() if row["certainty"] != "decreed"} == {"2027"}
    for day in ("2027-01-05", "2027-12-26"):
        assert rows[day]["certainty"] == "estimated" and "dua kali" in str(rows[day]["note"])


def test_the_table_is_the_reference_file_day_by_day() -> None:
    reference = settings.ROOT / "reference" / "calendar" / "holidays_id_2020_2027.csv"
    kinds = {"libur_nasional": "national", "cuti_bersama": "joint_leave"}
    with reference.open(encoding="utf-8", newline="") as lines:
        expected = {line["date"]: kinds[line["kind"]] for line in csv.DictReader(lines)}
    assert {row.key: row.values["kind"] for row in definitions.table("holidays").rows} == expected


def test_a_regional_holiday_holds_in_its_region_alone(rini: Actor, wati: Actor) -> None:
    anniversary = date(2026, 4, 1)
    changes.approve(wati, changes.propose(rini, holiday(anniversary, "regional", "Hari jadi Kota Malang")).pk)
    assert not calendar().is_working(anniversary)
    assert not calendar("35.73").is_working(anniversary)
    with tenancy.scope("35.07"):
        assert calendar().is_working(anniversary)


def test_an_estimated_day_that_did_not_come_true_is_worked(rini: Actor, wati: Actor) -> None:
    day = date(2027, 3, 11)
    assert not calendar().is_working(day)
    changes.approve(wati, changes.propose(rini, holiday(day, "working_day", "Bukan hari libur")).pk)
    assert calendar().is_working(day)
    assert sum(row.valid_from == day for row in holidays()) == 1


def test_a_holiday_before_the_table_begins_is_refused(rini: Actor) -> None:
    with pytest.raises(Invalid, match="di luar masa tabel"):
        changes.propose(rini, holiday(date(2019, 4, 1), "regional", "Hari jadi"))


def test_a_calendar_that_does_not_say_what_it_covers_is_refused(own: Write) -> None:
    text = (settings.ROOT / "definitions" / "tables" / "holidays.yaml").read_text("utf-8")
    own(
        "tables/holidays.yaml",
        "".join(line for line in text.splitlines(True) if not line.startswith("covers")),
    )
    with pytest.raises(Invalid, match="covers"):
        calendar()
