"""Clocks of cases as rows: effects once, a changed decree told with its reason, news every week."""

from datetime import date, timedelta

import pytest
import time_machine
from tests.cast import MALANG

from balai.base.actor import system
from balai.base.journal import JournalEntry
from balai.definitions.models import TableAmendment
from balai.services import changes, jobs, reads
from balai.services.models import CaseClock, CaseMove, DueChange, Notice
from balai.services.reads import lists
from balai.services.tests.desk import ANSWER, FILED, Desk, at, filed, moved

pytestmark = pytest.mark.django_db
CLOCK = system("services.clock", MALANG)


def test_a_clock_warns_and_escalates_once_however_often_it_is_asked(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    for _again in range(3):
        jobs.ring_clocks(at("2026-08-25 09:00").isoformat())
    verify = CaseClock.objects.get(clock="verify")
    assert (verify.state, verify.breached_at is not None) == ("running", True)
    assert sorted(verify.effects_done) == ["breach 0", "warn 75", "warn 90"]
    row.refresh_from_db()
    assert row.is_late
    assert Notice.objects.filter(template="late", account=desk.seto.actor.id, way="inbox").count() == 1
    assert reads.board_of_offices(desk.seto.actor, at("2026-08-25 09:00")).offices[0].late == 1
    assert reads.office_queue(desk.cast.agus.actor).lines == ()


def test_silence_closes_an_answered_report_and_nobody_answers_lapses_one(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 09:00"), given={"result": ANSWER})
    other = filed(desk.cast.sari.actor, "k2").case
    other = moved(
        desk.vera.actor,
        other,
        "ask_more",
        at("2026-08-19 09:00"),
        given={"question": "Kantor yang mana maksudnya?"},
    )
    jobs.ring_clocks(at("2026-10-01 09:00").isoformat())
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state) == ("closed", "rejected")
    assert CaseMove.objects.filter(actor_name="services.clock").count() == 2


def amended(table: str, key: str, days: tuple[date, date], values: dict[str, str]) -> None:
    TableAmendment.objects.create(
        table=table,
        key=key,
        valid_from=days[0],
        valid_to=days[1],
        values=values,
        source="SK Uji",
        reason="Uji",
        status=TableAmendment.Status.APPROVED,
        proposed_by="a",
        proposed_by_name="A",
        decided_by="b",
        decided_by_name="B",
        decided_at=FILED,
    )


def holiday(day: date, kind: str) -> None:
    amended("holidays", f"{day}", (day, day), {"kind": kind, "name_id": "Libur Uji", "certainty": "decreed"})


def decreed(year: int) -> None:
    whole = date(year, 1, 1), date(year, 12, 31)
    amended("holiday_decrees", f"{year}", whole, {"certainty": "decreed"})


def test_a_new_holiday_moves_the_due_date_and_says_why(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    before = row.due_at
    assert before is not None
    holiday(date(2026, 8, 20), "regional")
    jobs.count_with_the_calendar(at("2026-08-19 09:00").isoformat())
    row.refresh_from_db()
    assert row.due_at == before + timedelta(days=3), "Friday becomes Monday"
    changed = DueChange.objects.get(clock="verify")
    assert (changed.before, changed.after) == (before, row.due_at)
    assert "2026-08-20" in changed.reason
    assert "Libur Uji" in changed.reason
    told = [one for one in reads.inbox(desk.cast.sari.actor) if "berubah" in one.subject]
    assert "Libur Uji" in told[0].text and "24 Agustus 2026, 16.00 WIB" in told[0].text
    jobs.count_with_the_calendar(at("2026-08-19 10:00").isoformat())
    assert DueChange.objects.filter(clock="verify").count() == 1


def test_a_case_is_filed_and_moved_in_a_year_nobody_has_decreed(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor, now=at("2028-01-03 09:00")).case
    assert row.due_at == at("2028-01-06 16:00"), "weekends and 1 January are known, the rest is not"
    row = moved(desk.vera.actor, row, "assign", at("2028-01-04 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2028-01-04 10:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2028-01-05 09:00"), given={"result": ANSWER})
    seen = reads.whole(desk.cast.sari.actor, row.pk, at("2028-01-10 09:00"))
    assert seen.state == "Sudah dijawab"
    (reopen,) = [one for one in seen.moves if one.move.id == "reopen"]
    assert not reopen.refusal


def test_a_due_date_without_a_decree_says_so_until_the_decree_moves_it(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor, now=at("2026-12-30 09:00")).case
    assert row.due_at == at("2027-01-06 16:00"), "31 December, 4 and 6 January; the 5th is an estimate"
    words = "Tanggal sementara: hari libur 2027 belum ditetapkan."
    (clock,) = reads.whole(desk.cast.sari.actor, row.pk, at("2026-12-30 10:00")).clocks
    assert clock.provisional == words and words in clock.explanation
    told = reads.inbox(desk.cast.sari.actor)[0].text
    assert "6 Januari 2027 (tanggal sementara: hari libur 2027 belum ditetapkan)" in told
    holiday(date(2027, 1, 5), "working_day")
    decreed(2027)
    jobs.count_with_the_calendar(at("2026-12-31 09:00").isoformat())
    row.refresh_from_db()
    assert row.due_at == at("2027-01-05 16:00")
    changed = DueChange.objects.get(clock="verify")
    assert changed.reason == "Hari libur tahun 2027 sudah ditetapkan. 2027-01-05 menjadi hari kerja."
    told = next(one.text for one in reads.inbox(desk.cast.sari.actor) if "berubah" in one.subject)
    assert "sudah ditetapkan" in told and "sementara" not in told
    (clock,) = reads.whole(desk.cast.sari.actor, row.pk, at("2026-12-31 10:00")).clocks
    assert clock.provisional == ""


def test_every_page_with_a_due_date_says_that_a_decree_may_move_it(desk: Desk) -> None:
    cast, begun = desk.cast, at("2026-12-30 09:00")
    row = filed(cast.sari.actor, now=begun).case
    changes.follow(cast.eka.actor, row.pk, begun)
    row = moved(desk.vera.actor, row, "assign", at("2026-12-30 10:00"))
    row = moved(cast.budi.actor, row, "accept", at("2026-12-30 11:00"))
    asked = {"request": "Mohon data jam buka puskesmas."}
    moved(cast.budi.actor, row, "involve", at("2026-12-30 12:00"), given=asked, offices=("dinkes",))
    whole = "Tanggal sementara: hari libur 2027 belum ditetapkan."
    with time_machine.travel(at("2026-12-30 13:00"), tick=False):
        for client, path, words in (
            (desk.vera.client, f"/meja/layanan/sambat/{row.number}/", f'<span class="soft small">{whole}'),
            (desk.vera.client, "/meja/layanan/daftar/?antrean=semua", "tanggal sementara"),
            (cast.agus.client, "/meja/layanan/tugas/", "tanggal sementara"),
            (cast.sari.client, f"/berkas/{row.pk}/", whole),
            (cast.sari.client, "/saya/berkas/", "tanggal sementara"),
            (cast.eka.client, f"/berkas/{row.pk}/", whole),
        ):
            assert words in client.get(path).content.decode(), path


def test_a_decree_that_comes_too_late_takes_back_that_a_case_was_late(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor, now=at("2028-01-03 09:00")).case
    jobs.ring_clocks(at("2028-01-07 09:00").isoformat())
    row.refresh_from_db()
    assert row.is_late
    for day in (5, 6):
        holiday(date(2028, 1, day), "national")
    decreed(2027)
    decreed(2028)
    jobs.count_with_the_calendar(at("2028-01-07 10:00").isoformat())
    row.refresh_from_db()
    assert (row.due_at, row.is_late) == (at("2028-01-10 16:00"), False)
    jobs.ring_clocks(at("2028-01-11 09:00").isoformat())
    row.refresh_from_db()
    assert row.is_late


def test_nothing_is_decided_on_a_provisional_date(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor, now=at("2026-12-21 09:00")).case
    row = moved(desk.vera.actor, row, "assign", at("2026-12-21 10:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-12-21 11:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-12-22 09:00"), given={"result": ANSWER})
    jobs.ring_clocks(at("2027-02-01 09:00").isoformat())
    row.refresh_from_db()
    assert row.state == "answered"
    decreed(2027)
    jobs.count_with_the_calendar(at("2027-02-01 10:00").isoformat())
    jobs.ring_clocks(at("2027-02-01 11:00").isoformat())
    row.refresh_from_db()
    assert row.state == "closed"


def test_news_comes_every_seven_days_once(desk: Desk) -> None:
    filed(desk.cast.sari.actor)
    for day in ("2026-08-24", "2026-08-26", "2026-08-27", "2026-09-02"):
        jobs.tell_news(at(f"{day} 09:00").isoformat())
    assert Notice.objects.filter(template="weekly", way="inbox").count() == 2
    assert changes.ring(CLOCK, "00000000-0000-0000-0000-000000000000", FILED) == 0


def test_an_office_that_helps_has_a_due_date_of_its_own(desk: Desk) -> None:
    cast = desk.cast
    row = filed(cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    asked = {"request": "Mohon data jam buka puskesmas."}
    when = at("2026-08-19 11:00")
    row = moved(cast.budi.actor, row, "involve", when, given=asked, offices=("dinkes", "inspektorat"))
    due = row.due_at
    clocks = CaseClock.objects.filter(case=row, clock__startswith="assist@")
    assert set(clocks.values_list("clock", "state", "limit")) == {
        ("assist@dinkes", "running", 14),
        ("assist@inspektorat", "running", 14),
    }
    task = lists.tasks(cast.agus.actor).lines[0]
    given = {"done": "Data sudah kami kirimkan lewat surel."}
    changes.finish(cast.agus.actor, task.id, "done", version=1, at=at("2026-08-21 10:00"), given=given)
    row.refresh_from_db()
    assert row.due_at == due, "what others do for it does not move the promise to the applicant"
    later = at("2026-09-10 09:00")
    jobs.ring_clocks(later.isoformat())
    states = dict(clocks.values_list("clock", "state"))
    assert states == {"assist@dinkes": "met", "assist@inspektorat": "running"}
    late = clocks.get(clock="assist@inspektorat")
    assert late.breached_at is not None
    told = Notice.objects.filter(template="late", key__contains="assist@", way="inbox")
    assert {one.account for one in told} == {cast.wati.actor.id}, "the head whose officer asked for help"
    assert any("Bagian perangkat daerah lain" in one.text for one in reads.inbox(cast.wati.actor))
    titles = [one.title for one in reads.whole(cast.wati.actor, row.pk, later).clocks]
    assert "Bagian perangkat daerah lain (dinkes)" in titles
    shown = reads.whole(cast.sari.actor, row.pk, later).clocks
    assert all("(" not in one.title for one in shown)


def test_a_late_report_is_put_before_the_head_and_then_the_regional_secretary(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    wati, seto = desk.cast.wati.actor.id, desk.seto.actor.id
    late = Notice.objects.filter(template="late", way="inbox", case=row)
    # Five working days after the 19th end on the 27th, since the 25th is a day off.
    for day, told in (("2026-08-27", set()), ("2026-08-28", {wati}), ("2026-09-01", {wati, seto})):
        jobs.ring_clocks(at(f"{day} 09:00").isoformat())
        assert {one.account for one in late.all()} == told, day
    lines = JournalEntry.objects.filter(verb="services.escalate").values_list("facts", flat=True)
    assert [one["to"] for one in lines] == ["head", "supervisor"]
    row.refresh_from_db()
    assert row.is_late and row.state == "assigned"
