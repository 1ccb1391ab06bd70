"""The life of a SAMBAT report: filed, checked, worked on, answered, rated, reopened; and what is refused."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from tests.cast import REGENCY
from tests.world import picture

from balai.base import numbers, tenancy, worker
from balai.base.actor import Actor
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.base.sealing import seal
from balai.services import changes, reads
from balai.services.changes.telling import deliver
from balai.services.models import Case, CaseClock, CaseMove, Notice, Rating, Route
from balai.services.reads import lists, persons
from balai.services.tests.desk import ANSWER, FILED, NIK, REPORTER, VILLAGE, Desk, at, filed, moved

pytestmark = pytest.mark.django_db


def answered(desk: Desk) -> Case:
    """A report that was filed, passed on, taken up and answered."""
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    return moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 09:00"), given={"result": ANSWER})


def finds_nobody(actor: Actor) -> bool:
    """Tell whether the telephone of the reporter leads the actor to nothing."""
    try:
        return persons.of_person(actor, REPORTER["phone"], "Ingin tahu") == ()
    except Forbidden:
        return True


def test_a_report_lives_from_filing_to_rating(desk: Desk) -> None:
    row = answered(desk)
    assert (row.number, row.state, row.office) == ("ADU-202608-000001", "answered", desk.cast.kominfo)
    row = moved(desk.cast.sari.actor, row, "accept_answer", at("2026-08-21 09:00"), given={"rating": 5})
    assert (row.state, row.is_open, row.days_taken, row.score) == ("closed", False, 3, 5)
    moves = list(CaseMove.objects.order_by("case_version").values_list("move", "actor_name"))
    assert moves == [
        ("file", "Sari"),
        ("assign", "Vera"),
        ("accept", "Budi"),
        ("answer", "Budi"),
        ("accept_answer", "Sari"),
    ]
    clocks = dict(CaseClock.objects.values_list("clock", "state"))
    assert clocks == {"verify": "met", "resolve": "met", "whole": "met", "silence": "met"}
    assert Rating.objects.get().score == 5
    route = Route.objects.get()
    assert (route.rule, route.to_office) == ("sambat/1#2", desk.cast.kominfo)
    assert route.reason == "Perangkat daerah yang mengurus kategori ini."
    lines = JournalEntry.objects.filter(kind="services.case").values_list("verb", flat=True)
    assert sorted(lines) == ["services.file", *["services.move"] * 4]


def test_the_due_date_is_known_at_once_and_rests_while_the_reporter_is_asked(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    assert row.due_at == at("2026-08-21 16:00") or row.due_at == at("2026-08-21 16:30")
    row = moved(
        desk.vera.actor,
        row,
        "ask_more",
        at("2026-08-19 09:00"),
        given={"question": "Kantor yang mana maksudnya?"},
    )
    verify = CaseClock.objects.get(clock="verify")
    assert (verify.state, verify.due_at, verify.used) == ("paused", None, 0)
    row = moved(desk.cast.sari.actor, row, "complete", at("2026-08-26 10:00"), given={"reply": "Balai Kota."})
    verify.refresh_from_db()
    assert row.state == "received"
    assert verify.state == "running"
    assert verify.due_at is not None
    assert verify.due_at.date().isoformat() == "2026-08-28"
    assert row.due_at == verify.due_at


def test_nobody_outside_sees_it_and_who_sees_it_sees_it_everywhere(desk: Desk) -> None:
    cast = desk.cast
    row = filed(cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    for actor in (cast.budi.actor, cast.wati.actor):
        assert [line.id for line in reads.office_queue(actor).lines] == [row.pk]
        assert [line.id for line in persons.of_person(actor, REPORTER["phone"], "Menelepon")] == [row.pk]
        assert reads.whole(actor, row.pk, FILED).state == "Diteruskan ke perangkat daerah"
        assert lists.counts(actor, FILED)["sambat"].states == {"assigned": 1}
    for actor in (desk.vera.actor, desk.seto.actor):
        assert [line.id for line in reads.tenant_queue(actor).lines] == [row.pk]
    for actor in (cast.agus.actor, cast.rini.actor, cast.eka.actor, cast.visitor, desk.ines.actor):
        assert reads.office_queue(actor).lines == ()
        assert reads.tenant_queue(actor).lines == ()
        assert reads.secret_queue(actor).lines == ()
        assert reads.my_queue(actor).lines == ()
        assert lists.tasks(actor).lines == ()
        assert finds_nobody(actor)
        assert lists.counts(actor, FILED) == {}
        with pytest.raises(NotFound):
            reads.whole(actor, row.pk, FILED)
        with pytest.raises(NotFound):
            changes.move(actor, row.pk, "accept", version=row.version, at=FILED)
        with pytest.raises(NotFound):
            changes.comment(actor, row.pk, "x", "internal", FILED)
    with tenancy.scope(REGENCY):
        joko = cast.joko.actor
        assert reads.office_queue(joko).lines == ()
        assert finds_nobody(joko)
        with pytest.raises(NotFound):
            reads.whole(joko, row.pk, FILED)
        with pytest.raises(NotFound):
            changes.move(joko, row.pk, "accept", version=row.version, at=FILED)


def test_each_move_is_refused_to_whom_it_does_not_belong(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    with pytest.raises(Forbidden):
        moved(desk.cast.sari.actor, row, "assign", at("2026-08-19 09:00"))
    with pytest.raises(Conflict, match="tidak dapat dilakukan dari status"):
        moved(desk.vera.actor, moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00")), "assign", FILED)
    with pytest.raises(Forbidden):
        moved(desk.seto.actor, row, "accept", at("2026-08-19 10:00"))
    with pytest.raises(Invalid, match="Belum diisi"):
        moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
        moved(desk.cast.budi.actor, row, "answer", at("2026-08-19 11:00"))


def test_of_two_officers_at_once_one_wins_and_the_other_sees_who(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    seen = row.version
    changes.move(desk.cast.budi.actor, row.pk, "accept", version=seen, at=at("2026-08-19 10:00"))
    with pytest.raises(Conflict, match="Budi sudah memindahkan") as refused:
        changes.move(desk.cast.wati.actor, row.pk, "accept", version=seen, at=at("2026-08-19 10:00"))
    assert refused.value.changes["state"][1] == "in_progress"
    assert CaseMove.objects.filter(move="accept").count() == 1
    row.refresh_from_db()
    with pytest.raises(Conflict):
        changes.take_on(desk.cast.wati.actor, row.pk, version=seen)
    changes.take_on(desk.cast.wati.actor, row.pk, version=row.version)
    assert [line.number for line in reads.my_queue(desk.cast.wati.actor).lines] == [row.number]
    row.refresh_from_db()
    handed = changes.hand_over(
        desk.cast.wati.actor, row.pk, desk.cast.budi.actor.id, "Cuti", FILED, version=row.version
    )
    assert handed.officer_name == "Budi"
    with pytest.raises(Invalid, match="tidak mengerjakan"):
        changes.hand_over(
            desk.cast.wati.actor, row.pk, desk.cast.agus.actor.id, "Cuti", FILED, version=handed.version
        )


def test_the_same_filing_sent_twice_is_one_case(desk: Desk) -> None:
    first = filed(desk.cast.sari.actor)
    again = filed(desk.cast.sari.actor)
    assert (again.case, again.is_new, again.pin) == (first.case, False, "")
    with pytest.raises(Conflict):
        filed(desk.cast.sari.actor, title="Judul lain sama sekali")
    assert filed(desk.cast.visitor).case != first.case, "a visitor who guesses a key gets no stranger's case"
    series = numbers.Series("services/sambat/2026-08", yearly=False)
    with pytest.raises(Invalid):
        filed(desk.cast.sari.actor, "k9", title="x")
    assert filed(desk.cast.sari.actor, "k10").case.number == "ADU-202608-000003"
    assert numbers.gaps(series, "") == []


def test_a_visitor_follows_answers_and_reopens_by_number_and_pin(desk: Desk) -> None:
    visitor = desk.cast.visitor
    done = filed(visitor)
    row = done.case
    ticket = changes.unlock(visitor, row.number.lower(), done.pin, "203.0.113.5", FILED)
    assert ticket == done.ticket
    tracked = reads.track(visitor, row.pk, FILED, ticket)
    assert (tracked.number, tracked.state) == (row.number, "Diterima")
    with pytest.raises(NotFound):
        reads.track(visitor, row.pk, FILED)
    with pytest.raises(NotFound):
        changes.unlock(visitor, row.number, "000000" if done.pin != "000000" else "1", "203.0.113.5", FILED)
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 09:00"), given={"result": ANSWER})
    with pytest.raises(NotFound):
        moved(visitor, row, "reopen", at("2026-08-21 09:00"), given={"reason": "Belum jelas juga."})
    row = moved(
        visitor, row, "reopen", at("2026-08-21 09:00"), given={"reason": "Belum jelas juga."}, ticket=ticket
    )
    assert (row.state, row.reopens) == ("in_progress", 1)
    clocks = dict(CaseClock.objects.values_list("clock", "state"))
    assert clocks["resolve_again"] == "running"
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-24 09:00"), given={"result": ANSWER})
    late = at("2026-09-30 09:00")
    with pytest.raises(Conflict, match="10 hari kerja"):
        moved(visitor, row, "reopen", late, given={"reason": "Belum jelas juga."}, ticket=ticket)


def test_five_wrong_pins_shut_a_number_for_an_hour(desk: Desk) -> None:
    visitor, done = desk.cast.visitor, filed(desk.cast.visitor)
    wrong = "000000" if done.pin != "000000" else "111111"
    for number in range(5):
        with pytest.raises(NotFound):
            changes.unlock(visitor, done.case.number, wrong, f"203.0.113.{number}", FILED)
    with pytest.raises(Forbidden):
        changes.unlock(visitor, done.case.number, done.pin, "203.0.113.9", FILED)
    assert changes.unlock(
        visitor, done.case.number, done.pin, "203.0.113.9", FILED + timedelta(hours=1, minutes=1)
    )


def test_personal_answers_are_sealed_and_found_by_telephone(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    found = ""
    with connection.cursor() as cursor:
        for table in ("services_case", "services_casekey", "services_notice", "base_queuedjob"):
            cursor.execute(f"SELECT * FROM {table}")
            found += str(cursor.fetchall())
    assert row.number in found
    for secret in (*REPORTER.values(), "Wulandari", NIK):
        assert secret not in found
    assert [one.id for one in persons.of_person(desk.vera.actor, "0812-3456-7890", "Menelepon")] == [row.pk]


def test_who_asked_for_secrecy_is_not_found_by_their_telephone(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor, secret=True).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    assert [line.id for line in reads.office_queue(desk.cast.budi.actor).lines] == [row.pk]
    for actor in (desk.cast.budi.actor, desk.cast.wati.actor, desk.vera.actor, desk.seto.actor):
        assert finds_nobody(actor)


def test_misconduct_is_seen_by_the_inspectorate_and_its_reporter_alone(desk: Desk) -> None:
    cast = desk.cast
    told = {"class": "oversight", "category": "conduct", "place": {"village": VILLAGE}}
    row = filed(cast.sari.actor, **told).case
    assert (row.is_secret, row.subject) == (True, "Laporan rahasia")
    assert [line.id for line in reads.secret_queue(desk.ines.actor).lines] == [row.pk]
    assert reads.whole(desk.ines.actor, row.pk, FILED).roles == {"inspector"}
    assert reads.own_list(cast.sari.actor)[0].id == row.pk
    for actor in (cast.budi.actor, cast.wati.actor, desk.vera.actor, desk.seto.actor, cast.agus.actor):
        assert reads.tenant_queue(actor).lines == reads.office_queue(actor).lines == ()
        assert finds_nobody(actor)
        with pytest.raises(NotFound):
            reads.whole(actor, row.pk, FILED)
    assert [one.id for one in persons.of_person(desk.ines.actor, REPORTER["phone"], "Menelepon")] == [row.pk]
    assert set(Notice.objects.values_list("account", flat=True)) <= {
        cast.sari.actor.id,
        desk.ines.actor.id,
        "",
    }
    line = JournalEntry.objects.get(verb="services.file")
    assert (line.actor_id_text, line.actor_name) == ("", "Pelapor")
    row = moved(desk.ines.actor, row, "assign", at("2026-08-19 09:00"))
    assert row.office is not None
    assert row.office.code == "inspektorat"


def test_a_report_corrected_to_misconduct_hides_who_filed_it_from_then_on_and_before(desk: Desk) -> None:
    cast, sari = desk.cast, desk.cast.sari.actor
    row = filed(sari).case
    changes.comment(sari, row.pk, "Saya melihatnya sendiri.", "applicant", FILED)
    changes.hand_in(sari, row.pk, picture(5), "bukti.png", "applicant", FILED)
    right = {"right_class": "oversight", "right_category": "conduct"}
    row = moved(desk.vera.actor, row, "assign", at("2026-08-18 10:00"), given=right)
    assert (row.is_secret, row.is_protected, row.is_public, row.subject) == (
        True,
        True,
        False,
        "Laporan rahasia",
    )
    told = str(list(JournalEntry.objects.values_list("actor_id_text", "actor_name", "facts", "thing")))
    assert sari.id not in told and "Sari" not in told
    for actor in (cast.budi.actor, cast.wati.actor, desk.vera.actor, desk.seto.actor, cast.agus.actor):
        assert not reads.cases(actor).filter(pk=row.pk).exists()
        assert finds_nobody(actor)
        with pytest.raises(NotFound):
            reads.whole(actor, row.pk, FILED)
    assert reads.whole(desk.ines.actor, row.pk, FILED).contact["name"] == REPORTER["name"]


def test_an_anonymous_report_keeps_nothing_of_who_sent_it(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor, anonymous=True, reporter={}).case
    assert (row.owner, row.filed_by, row.contact, row.is_anonymous) == ("", "", "", True)
    assert JournalEntry.objects.get(verb="services.file").actor_id_text == ""
    assert CaseMove.objects.get().actor_id_text == ""
    assert reads.own_list(desk.cast.sari.actor) == ()


def test_notices_are_sent_once_whatever_is_repeated(desk: Desk) -> None:
    row = answered(desk)
    sent = Notice.objects.filter(for_applicant=True, way="inbox").values_list("template", flat=True)
    assert sorted(sent) == ["answered", "passed_on", "received"]
    assert [one.number for one in reads.inbox(desk.cast.sari.actor)] == [row.number] * 3
    assert reads.inbox(desk.cast.agus.actor) == ()
    worker.drain()
    worker.drain()
    to_sari = [one for one in mail.outbox if one.to == [REPORTER["email"]]]
    assert len(to_sari) == 3
    assert "ADU-202608-000001" in to_sari[0].body
    assert set(Notice.objects.filter(way="email").values_list("state", flat=True)) == {"sent"}
    notice = Notice.objects.filter(way="email").first()
    assert notice is not None
    deliver(notice.message_id, str(notice.pk))
    assert len([one for one in mail.outbox if one.to == [REPORTER["email"]]]) == 3


def test_a_message_of_one_side_is_told_to_the_other_without_its_text(desk: Desk) -> None:
    row, later = answered(desk), at("2026-08-20 10:00")
    changes.comment(desk.cast.budi.actor, row.pk, "Cek dulu ke lapangan.", "internal", later)
    changes.comment(desk.cast.budi.actor, row.pk, "Kami sudah ke lokasi.", "applicant", later)
    said = changes.comment(desk.cast.sari.actor, row.pk, "Terima kasih.", "internal", later)
    assert said.audience == "applicant"
    assert [one.text for one in reads.whole(desk.cast.budi.actor, row.pk, FILED).comments] == [
        "Cek dulu ke lapangan.",
        "Kami sudah ke lokasi.",
        "Terima kasih.",
    ]
    assert [one.text for one in reads.whole(desk.cast.sari.actor, row.pk, FILED).comments] == [
        "Kami sudah ke lokasi.",
        "Terima kasih.",
    ]
    assert reads.inbox(desk.cast.sari.actor)[0].subject == f"Pesan baru pada {row.number}"
    assert all("lokasi" not in one.text for one in reads.inbox(desk.cast.sari.actor))


def test_a_report_rerouted_too_often_stays(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    reason = {"reason": "Bukan urusan kami, maaf."}
    offices = [("dinkes",), ("diskominfo",), ("dinkes",)]
    for number, chosen in enumerate(offices):
        when = at("2026-08-19 10:00") + timedelta(minutes=number)
        row = moved(desk.vera.actor, row, "reassign", when, given=reason, offices=chosen)
    assert row.office == desk.cast.health
    assert [line.id for line in reads.office_queue(desk.cast.agus.actor).lines] == [row.pk]
    assert Route.objects.order_by("-at").first().reason == reason["reason"]  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="paling banyak"):
        moved(desk.vera.actor, row, "reassign", at("2026-08-19 11:00"), given=reason, offices=("diskominfo",))


def test_other_offices_do_their_part_before_it_is_answered(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    row = moved(
        desk.cast.budi.actor,
        row,
        "involve",
        at("2026-08-19 11:00"),
        given={"request": "Mohon data jam buka puskesmas."},
        offices=("dinkes",),
    )
    task = lists.tasks(desk.cast.agus.actor).lines[0]
    assert task.case.id == row.pk
    with pytest.raises(Conflict, match="Masih menunggu"):
        moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 09:00"), given={"result": ANSWER})
    with pytest.raises(NotFound):
        changes.finish(desk.cast.budi.actor, task.id, "done", version=1, at=FILED)
    given = {"done": "Data sudah kami kirimkan lewat surel."}
    changes.finish(desk.cast.agus.actor, task.id, "done", version=1, at=at("2026-08-20 10:00"), given=given)
    with pytest.raises(Conflict, match="sudah diselesaikan Agus"):
        changes.finish(desk.cast.agus.actor, task.id, "done", version=1, at=FILED, given=given)
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 11:00"), given={"result": ANSWER})
    assert row.state == "answered"


def test_a_merged_report_follows_the_first(desk: Desk) -> None:
    main = filed(desk.cast.visitor).case
    row = filed(desk.cast.sari.actor, "k2").case
    with pytest.raises(Invalid, match="Tidak ada berkas"):
        moved(desk.vera.actor, row, "merge", at("2026-08-19 09:00"), given={"main_case": row.number})
    row = moved(desk.vera.actor, row, "merge", at("2026-08-19 09:00"), given={"main_case": main.number})
    assert (row.state, row.merged_into) == ("merged", main)
    moved(desk.vera.actor, main, "assign", at("2026-08-19 10:00"))
    subjects = [one.subject for one in reads.inbox(desk.cast.sari.actor)]
    assert f"Laporan {main.number} diteruskan" in subjects


def test_the_words_of_a_report_suggest_what_it_is_about(desk: Desk) -> None:
    service = reads.service("sambat", FILED.date())
    assert changes.suggested(service, "Ada genangan dan banjir di depan pasar", FILED) == "drain"
    assert changes.suggested(service, "Halo", FILED) == ""


def test_a_notice_that_does_not_get_out_waits_and_says_why(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    notice = Notice.objects.create(
        case=row,
        key="k",
        way="sms",
        template="received",
        for_applicant=True,
        address=seal("628123456789", "services.address"),
        subject="Laporan",
        text=seal("Isi", "services.notice"),
        at=FILED,
    )
    for tries in (1, 2):
        with pytest.raises(LookupError):
            deliver("m-1", str(notice.pk))
        notice.refresh_from_db()
        assert (notice.state, notice.attempts, notice.message_id) == ("waiting", tries, "m-1")
    told = [one for one in reads.deliveries(desk.vera.actor, row) if one.way == "SMS"]
    assert "no gateway" in told[0].last_error
    assert reads.deliveries(desk.cast.agus.actor, row) == ()


def test_each_answer_is_rated_once_and_by_its_applicant_alone(desk: Desk) -> None:
    sari, row = desk.cast.sari.actor, filed(desk.cast.sari.actor).case
    with pytest.raises(Locked):
        changes.rate(sari, row.pk, 5, "", FILED)
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 09:00"), given={"result": ANSWER})
    later = at("2026-08-20 10:00")
    for other, refused in ((desk.cast.budi.actor, Forbidden), (desk.cast.agus.actor, NotFound)):
        with pytest.raises(refused):
            changes.rate(other, row.pk, 5, "", later)
    with pytest.raises(Invalid, match="1 sampai 5"):
        changes.rate(sari, row.pk, 6, "", later)
    for _again in range(2):
        changes.rate(sari, row.pk, 2, "Belum jelas.", later)
    with pytest.raises(Conflict, match="sudah Anda nilai"):
        changes.rate(sari, row.pk, 5, "", later)
    row = moved(sari, row, "reopen", at("2026-08-21 09:00"), given={"reason": "Belum jelas juga."})
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-24 09:00"), given={"result": ANSWER})
    changes.rate(sari, row.pk, 5, "", at("2026-08-24 10:00"))
    row.refresh_from_db()
    assert row.score == 5
    assert list(Rating.objects.order_by("round").values_list("round", "score")) == [(0, 2), (1, 5)]
