"""Reports: from the draft to the figure that stands, who may do what, and two people at once."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from tests.cast import REGENCY, Cast

from balai.base import guards, invariants, tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.plan import changes, jobs, promises, reads
from balai.plan.changes import ReportDraft
from balai.plan.models import Action, Fund, Report
from balai.plan.tests import town
from balai.plan.tests.town import NOW, TODAY, WIB, Town


@pytest.fixture
def malang_town(cast: Cast, malang: tenancy.Scope) -> Town:
    return town.found(cast)


@pytest.fixture
def action(malang_town: Town) -> Action:
    made = malang_town.action()
    malang_town.adopt()
    return made


def save(malang_town: Town, action: Action, value: int | str, version: int | None = None) -> Report:
    return changes.save_report(
        malang_town.budi,
        action.pk,
        malang_town.quarter().pk,
        ReportDraft(Decimal(value)),
        version=version,
        at=NOW,
    )


def test_a_report_is_saved_sent_verified_and_stands(malang_town: Town, action: Action) -> None:
    draft = save(malang_town, action, 8)
    assert (draft.status, draft.version, draft.reported_at) == ("draft", 1, None)
    sent = changes.submit_report(malang_town.budi, draft.pk, version=1, at=NOW)
    assert (sent.status, sent.reported_by, sent.stands) == ("submitted", "Budi", False)
    done = changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW)
    assert (done.status, done.verified_by, done.stands) == ("verified", "Rini", True)
    verbs = JournalEntry.objects.filter(kind="plan.report").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["report.save", "report.submit", "report.verify"]


def test_the_latest_period_stands_whichever_was_verified_last(malang_town: Town, action: Action) -> None:
    april = datetime(2026, 7, 20, 9, 0, tzinfo=WIB)
    first = malang_town.reported(action, 8)
    second = changes.report(
        malang_town.budi,
        action.pk,
        malang_town.quarter(2).pk,
        ReportDraft(Decimal(15)),
        version=None,
        at=april,
    )
    later = changes.verify_report(malang_town.rini, second.pk, version=second.version, at=april)
    earlier = changes.verify_report(malang_town.rini, first.pk, version=first.version, at=april)
    assert (later.stands, earlier.stands) == (True, False)
    row = reads.action(malang_town.rini, "A1", 2026, TODAY).row
    assert (row.value, row.trend and row.trend.difference) == (15, 7)


def test_the_verifier_is_another_person_than_the_reporter(malang_town: Town, action: Action) -> None:
    rini = malang_town.rini
    own = changes.report(
        rini, action.pk, malang_town.quarter().pk, ReportDraft(Decimal(8)), version=None, at=NOW
    )
    (waiting,) = reads.verify_queue(rini, TODAY)
    assert not waiting.may_verify
    with pytest.raises(Forbidden):
        changes.verify_report(rini, own.pk, version=own.version, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=own.pk).update(
            status="verified", verifier_id_text=rini.id, reporter_id_text=rini.id
        )


def test_a_returned_report_goes_round_again(malang_town: Town, action: Action) -> None:
    sent = malang_town.reported(action, 8)
    with pytest.raises(Invalid):
        changes.return_report(malang_town.rini, sent.pk, "  ", version=sent.version)
    back = changes.return_report(malang_town.rini, sent.pk, "Lampirkan bukti.", version=sent.version)
    mended = save(malang_town, action, 9, back.version)
    assert (mended.status, mended.reason) == ("returned", "Lampirkan bukti.")
    again = changes.submit_report(malang_town.budi, mended.pk, version=mended.version, at=NOW)
    assert (again.status, again.reason) == ("submitted", "")


def test_what_was_sent_or_verified_is_not_saved_over(malang_town: Town, action: Action) -> None:
    sent = malang_town.reported(action, 8)
    with pytest.raises(Locked):
        save(malang_town, action, 9, sent.version)
    done = changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW)
    with pytest.raises(Locked):
        save(malang_town, action, 9, done.version)
    with pytest.raises(Locked):
        changes.return_report(malang_town.rini, done.pk, "terlambat", version=done.version)
    with pytest.raises(Locked):
        changes.verify_report(malang_town.rini, done.pk, version=done.version, at=NOW)


def test_a_verified_report_is_corrected_by_a_new_entry_and_stays_readable(
    malang_town: Town, action: Action
) -> None:
    old = malang_town.verified(action, 8)
    of = malang_town.quarter()
    new = changes.correct_report(
        malang_town.budi, action.pk, of.pk, ReportDraft(Decimal(7)), "Hitung ganda", at=NOW
    )
    assert (new.entry, new.corrects_id, new.is_correction) == (2, old.pk, True)
    old.refresh_from_db()
    assert old.stands
    with pytest.raises(Conflict):
        changes.correct_report(malang_town.budi, action.pk, of.pk, ReportDraft(), "lagi", at=NOW)
    sent = changes.submit_report(malang_town.budi, new.pk, version=new.version, at=NOW)
    done = changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW)
    old.refresh_from_db()
    assert (done.stands, old.stands, old.value, done.reason) == (True, False, 8, "Hitung ganda")
    story = reads.action(malang_town.cast.visitor, "A1", 2026, TODAY)
    assert [(row.entry, row.value, row.reported_by) for row in story.reports] == [(2, 7, ""), (1, 8, "")]


def test_a_locked_period_takes_a_correction_with_a_reason_and_nothing_else(
    malang_town: Town, action: Action
) -> None:
    of = malang_town.quarter()
    sent = malang_town.reported(action, 8)
    with pytest.raises(Conflict):
        changes.lock_period(malang_town.rini, of.pk, NOW)
    changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW)
    changes.lock_period(malang_town.rini, of.pk, NOW)
    with pytest.raises(Locked):
        save(malang_town, action, 9)
    with pytest.raises(Invalid):
        changes.correct_report(malang_town.budi, action.pk, of.pk, ReportDraft(Decimal(9)), "", at=NOW)
    new = changes.correct_report(malang_town.budi, action.pk, of.pk, ReportDraft(Decimal(9)), "Salah", at=NOW)
    sent = changes.submit_report(malang_town.budi, new.pk, version=new.version, at=NOW)
    assert changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW).stands


def test_what_was_forgotten_before_the_lock_comes_in_as_a_correction(
    malang_town: Town, action: Action
) -> None:
    of = malang_town.quarter()
    stuck = save(malang_town, action, 8)
    changes.lock_period(malang_town.rini, of.pk, NOW)
    with pytest.raises(Locked):
        changes.submit_report(malang_town.budi, stuck.pk, version=1, at=NOW)
    new = changes.correct_report(
        malang_town.budi, action.pk, of.pk, ReportDraft(Decimal(8)), "Terlambat", at=NOW
    )
    assert changes.submit_report(malang_town.budi, new.pk, version=1, at=NOW).status == "submitted"


def test_a_period_is_locked_after_its_end_and_by_the_programme_office(
    malang_town: Town, action: Action
) -> None:
    with pytest.raises(Conflict):
        changes.lock_period(malang_town.rini, malang_town.quarter(2).pk, NOW)
    for actor in (malang_town.budi, malang_town.agus):
        with pytest.raises(Forbidden):
            changes.lock_period(actor, malang_town.quarter().pk, NOW)


@pytest.mark.parametrize(
    ("why", "draft", "places"),
    [
        ("more than all", ReportDraft(physical_percent=Decimal(101)), ["physical_percent"]),
        ("a value with five decimals", ReportDraft(Decimal("1.00001")), ["value"]),
        ("not a number", ReportDraft(Decimal("NaN")), ["value"]),
        ("money below zero", ReportDraft(Decimal(1), spent=-1), ["spent"]),
        (
            "everything at once",
            ReportDraft(Decimal("1e20"), Decimal(-1), -5),
            ["value", "physical_percent", "spent"],
        ),
    ],
)
def test_a_number_out_of_bounds_is_refused_by_its_place(
    malang_town: Town, action: Action, why: str, draft: ReportDraft, places: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        changes.save_report(
            malang_town.budi, action.pk, malang_town.quarter().pk, draft, version=None, at=NOW
        )
    assert [fault.place for fault in refused.value.faults] == places, why
    assert not Report.objects.exists()


def test_what_is_needed_is_asked_for_when_it_is_sent(malang_town: Town) -> None:
    number = malang_town.action("N1")
    work = malang_town.action("W1", targets={2026: None})
    malang_town.adopt()
    of = malang_town.quarter()
    for made, place in ((number, "value"), (work, "physical_percent")):
        with pytest.raises(Invalid) as refused:
            changes.report(malang_town.budi, made.pk, of.pk, ReportDraft(), version=None, at=NOW)
        assert [fault.place for fault in refused.value.faults] == [place]


def test_a_period_that_has_not_begun_or_a_year_without_target_takes_no_report(
    malang_town: Town, action: Action
) -> None:
    for of in (malang_town.quarter(4), malang_town.quarter(1, 2024)):
        with pytest.raises(Invalid):
            changes.save_report(malang_town.budi, action.pk, of.pk, ReportDraft(), version=None, at=NOW)


def test_a_draft_plan_takes_no_reports(malang_town: Town) -> None:
    made = malang_town.action()
    with pytest.raises(Locked):
        save(malang_town, made, 1)


def test_agus_reports_nothing_of_budis_office_and_joko_does_not_find_it(
    malang_town: Town, action: Action
) -> None:
    of, draft = malang_town.quarter(), ReportDraft(Decimal(1))
    for actor in (malang_town.agus, malang_town.cast.sari.actor, malang_town.cast.eka.actor):
        with pytest.raises(Forbidden):
            changes.save_report(actor, action.pk, of.pk, draft, version=None, at=NOW)
    sent = malang_town.reported(action, 8)
    for actor in (malang_town.agus, malang_town.budi, malang_town.wati):
        with pytest.raises(Forbidden):
            changes.verify_report(actor, sent.pk, version=sent.version, at=NOW)
    assert reads.action(malang_town.agus, "A1", 2026, TODAY).reports == ()
    assert [row.status for row in reads.action(malang_town.wati, "A1", 2026, TODAY).reports] == ["submitted"]
    with pytest.raises(NotFound):
        reads.report(malang_town.agus, sent.pk)
    with tenancy.scope(REGENCY):
        joko = malang_town.cast.joko.actor
        with pytest.raises(NotFound):
            changes.save_report(joko, action.pk, of.pk, draft, version=None, at=NOW)
        with pytest.raises(NotFound):
            reads.action(joko, "A1", 2026, TODAY)
        assert reads.search(joko, "layanan") == ()


def test_the_second_of_two_officers_sees_what_the_first_wrote(malang_town: Town, action: Action) -> None:
    seen = save(malang_town, action, 8)
    wati = ReportDraft(Decimal(9), note="dari Wati")
    changes.save_report(malang_town.wati, action.pk, seen.period_id, wati, version=seen.version, at=NOW)
    with pytest.raises(Conflict) as refused:
        save(malang_town, action, 10, seen.version)
    assert refused.value.changes == {"value": (Decimal(10), Decimal(9)), "note": ("", "dari Wati")}
    with pytest.raises(Conflict):
        save(malang_town, action, 10)
    assert Report.objects.get().value == 9


def test_saving_the_same_again_changes_nothing(malang_town: Town, action: Action) -> None:
    first = save(malang_town, action, 8)
    assert save(malang_town, action, 8).version == first.version


@pytest.fixture
def own_connections(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Give every thread a connection of its own; yields what moves the rows to where threads look.

    SQLite in memory has one connection for all, so its content is copied into a file.
    """
    name = connection.settings_dict["NAME"]

    def move() -> None:
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(tmp_path / "town.sqlite3")) as file:
                connection.connection.backup(file)
                # As a database of ours is from its first day on; two who turn it at once do not wait.
                file.execute("PRAGMA journal_mode=WAL")
            connection.settings_dict["NAME"] = str(tmp_path / "town.sqlite3")

    yield move
    connection.settings_dict["NAME"] = name
    with guards.lifted(connection), connection.cursor() as cursor:
        for model in guards.append_only_models() if connection.vendor == "sqlite" else ():
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def test_of_two_officers_saving_at_once_one_wins_and_the_other_sees_why(
    own_connections: Callable[[], None], cast: Cast
) -> None:
    with tenancy.scope("35.73"):
        place = town.found(cast)
        made = place.action()
        place.adopt()
        seen = save(place, made, 1)
        people = [place.budi, place.wati]
    own_connections()
    told: list[object] = []
    ready = threading.Barrier(2, timeout=20)

    def write(number: int) -> None:
        draft = ReportDraft(Decimal(10 + number))
        try:
            with tenancy.scope("35.73"):
                ready.wait()
                changes.save_report(
                    people[number], made.pk, seen.period_id, draft, version=seen.version, at=NOW
                )
            told.append("saved")
        except Exception as error:
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (loser,) = [each for each in told if each != "saved"]
    assert isinstance(loser, Conflict), told
    assert set(loser.changes["value"]) == {Decimal(10), Decimal(11)}


def test_spending_of_a_verified_report_reaches_the_only_line_of_cash(
    malang_town: Town, action: Action
) -> None:
    line = changes.add_fund(malang_town.rini, action.pk, changes.FundDraft(2026, "apbd", 1_000)).fund
    malang_town.verified(action, 8, spent=400)
    line.refresh_from_db()
    assert line.spent == 400
    changes.add_fund(malang_town.rini, action.pk, changes.FundDraft(2026, "apbn", 1_000))
    of = malang_town.quarter(2)
    malang_town.verified(action, 9, spent=900, period=of)
    assert list(Fund.objects.order_by("source").values_list("spent", flat=True)) == [400, None]


def test_evidence_goes_with_a_report_until_it_is_sent(malang_town: Town, action: Action) -> None:
    draft = save(malang_town, action, 8)
    budi = malang_town.budi
    for link in ("javascript:alert(1)", "ftp://a.id", "https://", ""):
        with pytest.raises(Invalid):
            changes.add_evidence(budi, draft.pk, "Tangkapan layar", link=link)
    link = "https://malangkota.go.id/layanan"
    first = changes.add_evidence(budi, draft.pk, "Tangkapan layar", link=link)
    second = changes.add_evidence(budi, draft.pk, "Ganda", link=link, dated_on=TODAY)
    changes.remove_evidence(budi, second.pk)
    with pytest.raises(Forbidden):
        changes.add_evidence(malang_town.agus, draft.pk, "Titipan", link=link)
    sent = changes.submit_report(budi, draft.pk, version=1, at=NOW)
    with pytest.raises(Locked):
        changes.remove_evidence(budi, first.pk)
    changes.verify_report(malang_town.rini, sent.pk, version=sent.version, at=NOW)
    (row,) = reads.action(malang_town.cast.visitor, "A1", 2026, TODAY).reports
    assert [(each.title, each.link) for each in row.evidence] == [("Tangkapan layar", link)]


def test_the_promises_hold_and_a_row_written_past_the_door_breaks_them(
    malang_town: Town, action: Action
) -> None:
    malang_town.verified(action, 8)
    assert (promises.illegal_transitions(), promises.nothing_stands(), promises.shares_not_whole()) == (
        0,
        0,
        0,
    )
    assert invariants.values()["illegal_transitions"] == 0
    Report.objects.update(stands=False)
    assert promises.nothing_stands() == 1
    Report.objects.update(status="submitted", reported_at=None)
    assert promises.illegal_transitions() == 1


def test_reminders_go_to_officers_before_and_to_the_head_a_week_after(
    malang_town: Town, action: Action
) -> None:
    of = malang_town.quarter()
    sent: dict[int, list[list[str]]] = {}
    for days in (-7, -3, 1, 7):
        QueuedJob.objects.all().delete()
        at = datetime(2026, of.due_on.month, of.due_on.day, 7, 0, tzinfo=WIB) + timedelta(days=days)
        jobs.remind(at.isoformat())
        jobs.remind(at.isoformat())  # the worker died and begins again: nobody is written to twice
        mails = QueuedJob.objects.filter(name="outbox.email", key__regex="^(before|after)").order_by("pk")
        sent[days] = [mail.payload["to"] for mail in mails]
    budi, wati = malang_town.cast.budi.account.email, malang_town.cast.wati.account.email
    assert sent == {-7: [[budi]], -3: [], 1: [[budi]], 7: [[wati]]}


def test_the_weekly_digest_goes_to_heads_whose_office_owes_something(
    malang_town: Town, action: Action
) -> None:
    malang_town.quarter()
    jobs.remind(NOW.isoformat())  # 20 April 2026 is a Monday
    (mail,) = QueuedJob.objects.filter(name="outbox.email", key__startswith="weekly-digest")
    assert mail.payload["to"] == [malang_town.cast.wati.account.email]
    assert "terlambat: 1" in mail.payload["text"]
    QueuedJob.objects.all().delete()
    malang_town.reported(action, 8)
    jobs.remind(NOW.isoformat())
    assert not QueuedJob.objects.filter(key__startswith="weekly-digest").exists()
