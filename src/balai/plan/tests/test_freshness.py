"""What waits and how old things are: due reports, the queue, late offices, freshness."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.cast import REGENCY, Cast

from balai.base import tenancy
from balai.definitions.models import TableAmendment
from balai.plan import changes, jobs, reads
from balai.plan.rules.freshness import Age, Urgency, freshness, urgency
from balai.plan.tests import town
from balai.plan.tests.town import NOW, TODAY, Town


@pytest.fixture
def malang_town(cast: Cast, malang: tenancy.Scope) -> Town:
    return town.found(cast)


@pytest.mark.parametrize(
    ("why", "days", "age"),
    [
        ("today", 0, Age.FRESH),
        ("as old as may be", 106, Age.FRESH),
        ("one day older", 107, Age.STALE),
        ("a clock that ran ahead", -3, Age.FRESH),
    ],
)
def test_how_old_a_word_is(why: str, days: int, age: Age) -> None:
    found = freshness(TODAY - timedelta(days=days), TODAY, 106)
    assert (found.days, found.age) == (max(days, 0), age), why


def test_what_was_never_said_is_not_old_but_unknown() -> None:
    found = freshness(None, TODAY, 106)
    assert (found.days, found.age) == (None, Age.NEVER)


@pytest.mark.parametrize(
    ("why", "days", "level"),
    [
        ("due yesterday", -1, Urgency.LATE),
        ("due today is not late", 0, Urgency.THIS_WEEK),
        ("in a week", 7, Urgency.THIS_WEEK),
        ("in eight days", 8, Urgency.LATER),
    ],
)
def test_how_soon_it_is_due(why: str, days: int, level: Urgency) -> None:
    assert urgency(TODAY + timedelta(days=days), TODAY) is level, why


def test_the_periods_of_a_year_are_due_ten_working_days_after_they_end(malang_town: Town) -> None:
    quarters = changes.open_year(malang_town.rini, 2026)
    assert quarters[0].title == "Triwulan I 2026"
    # 3 April 2026 is Good Friday, so ten working days after 31 March end on 15 April.
    assert quarters[0].due_on == date(2026, 4, 15)
    assert [period.pk for period in changes.open_year(malang_town.rini, 2026)] == [p.pk for p in quarters]


def test_a_due_day_without_a_decree_is_provisional_and_put_right_when_it_comes(malang_town: Town) -> None:
    last = changes.open_year(malang_town.rini, 2026)[3]
    (period,) = [one for one in reads.periods(malang_town.rini, 2026) if one.number == 4]
    assert (last.due_on, period.is_provisional) == (date(2027, 1, 18), True)
    day = date(2027, 1, 8)
    for table, key, days, values in (
        ("holidays", f"{day}", (day, day), {"kind": "national", "name_id": "Uji", "certainty": "decreed"}),
        ("holiday_decrees", "2027", (date(2027, 1, 1), date(2027, 12, 31)), {"certainty": "decreed"}),
    ):
        TableAmendment.objects.create(
            table=table, key=key, valid_from=days[0], valid_to=days[1], values=values, source="SKB",
            reason="Uji", status=TableAmendment.Status.APPROVED, proposed_by="a", proposed_by_name="A",
            decided_by="b", decided_by_name="B", decided_at=NOW,
        )  # fmt: skip
    jobs.count_with_the_calendar("2026-12-20T06:30:00+07:00")
    (period,) = [one for one in reads.periods(malang_town.rini, 2026) if one.number == 4]
    assert (period.due_on, period.is_provisional) == (date(2027, 1, 19), False)
    assert changes.count_periods_again(malang_town.rini, date(2026, 12, 21)) == 0


def test_budi_finds_what_he_has_to_report_and_agus_finds_nothing(malang_town: Town) -> None:
    malang_town.action()
    malang_town.adopt()
    malang_town.quarter()
    due = reads.due(malang_town.budi, TODAY)
    assert [(row.code, row.period.number, row.days) for row in due.late] == [("A1", 1, -5)]
    assert [row.period.number for row in due.later] == [2]
    assert reads.due(malang_town.agus, TODAY).all == ()
    assert reads.due(malang_town.cast.visitor, TODAY).all == ()
    with tenancy.scope(REGENCY):
        assert reads.due(malang_town.cast.joko.actor, TODAY).all == ()


def test_a_returned_report_is_due_again_with_its_reason(malang_town: Town) -> None:
    action = malang_town.action()
    malang_town.adopt()
    row = malang_town.reported(action, 5)
    assert [due.period.number for due in reads.due(malang_town.budi, TODAY).all] == [2]
    changes.return_report(malang_town.rini, row.pk, "Bukti belum ada.", version=row.version)
    (late,) = reads.due(malang_town.budi, TODAY).late
    assert (late.report_id, late.status, late.reason) == (row.pk, "returned", "Bukti belum ada.")


def test_a_locked_period_is_due_no_more_but_a_correction_of_it_is(malang_town: Town) -> None:
    action = malang_town.action()
    malang_town.adopt()
    malang_town.verified(action, 5)
    quarter = changes.lock_period(malang_town.rini, malang_town.quarter().pk, NOW)
    assert [row.period.number for row in reads.due(malang_town.budi, TODAY).all] == [2]
    draft = changes.ReportDraft(Decimal(6))
    changes.correct_report(malang_town.budi, action.pk, quarter.pk, draft, "Salah ketik", at=NOW)
    assert [row.period.number for row in reads.due(malang_town.budi, TODAY).all] == [1, 2]


def test_the_queue_shows_rini_what_waits_and_nobody_else(malang_town: Town) -> None:
    action = malang_town.action()
    malang_town.adopt()
    malang_town.reported(action, 5, note="Dua layanan ditunda")
    (row,) = reads.verify_queue(malang_town.rini, TODAY + timedelta(days=3))
    assert (row.code, row.value, row.target, row.previous) == ("A1", 5, 20, None)
    assert (row.reported_by, row.waiting_days, row.may_verify) == ("Budi", 3, True)
    for person in (malang_town.budi, malang_town.agus, malang_town.cast.sari.actor, malang_town.cast.visitor):
        assert reads.verify_queue(person, TODAY) == ()
    with tenancy.scope(REGENCY):
        assert reads.verify_queue(malang_town.cast.joko.actor, TODAY) == ()


def test_the_row_says_for_how_many_days_nothing_was_reported(malang_town: Town) -> None:
    action = malang_town.action()
    malang_town.action("A2")
    malang_town.adopt()
    malang_town.reported(action, 5)
    first, second = reads.programme_tree(malang_town.rini, None, 2026, TODAY + timedelta(days=94)).actions
    assert first.freshness.days == 94
    assert second.freshness.age is Age.NEVER


def test_late_offices_are_shown_to_the_programme_office_and_to_themselves(malang_town: Town) -> None:
    malang_town.action()
    malang_town.action("A2", owner=malang_town.cast.health.pk)
    malang_town.adopt()
    malang_town.quarter()
    assert [(row.office_name, row.late) for row in reads.offices_late(malang_town.rini, TODAY)] == [
        ("Dinas Kesehatan", 1),
        ("Dinas Komunikasi dan Informatika", 1),
    ]
    assert [row.office_name for row in reads.offices_late(malang_town.wati, TODAY)] == [
        "Dinas Komunikasi dan Informatika"
    ]
    assert [row.office_name for row in reads.offices_late(malang_town.agus, TODAY)] == ["Dinas Kesehatan"]
    assert reads.offices_late(malang_town.cast.visitor, TODAY) == ()
    with tenancy.scope(REGENCY):
        assert reads.offices_late(malang_town.cast.joko.actor, TODAY) == ()


def test_the_executive_view_names_the_worst_and_the_best(malang_town: Town) -> None:
    good = malang_town.action("GOOD", is_quick_win=True)
    poor = malang_town.action("POOR", targets={2026: Decimal(100)})
    malang_town.action("MUTE")
    malang_town.action("TOY", origin="illustration")
    malang_town.adopt()
    for action, budget in ((good, 100), (poor, 1_000)):
        changes.add_fund(malang_town.rini, action.pk, changes.FundDraft(2026, "apbd", budget))
    malang_town.verified(good, 25, spent=120)
    malang_town.verified(poor, 10, spent=100)
    view = reads.executive(malang_town.cast.eka.actor, TODAY)
    assert view.count is not None
    assert (view.count.total.done, view.count.total.planned) == (1, 3)
    assert (view.money.budget, view.money.spent) == (1_100, 220)
    assert (view.reports_sent, view.reports_wanted) == (2, 3)
    worries = {(each.kind, each.action.code): each.amount for each in view.worries}
    assert worries == {("overdue", "MUTE"): 5, ("unspent", "POOR"): 900, ("over_budget", "GOOD"): 20}
    assert [(each.kind, each.action.code, each.amount) for each in view.gains] == [
        ("reached", "GOOD", Decimal("125.00"))
    ]
    assert not view.is_illustration
