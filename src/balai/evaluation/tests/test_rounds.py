"""A round from its opening to its frozen result, and everything that is refused on the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from pytest_django.fixtures import Settings
from tests.cast import MALANG, REGENCY, SINCE, Cast, someone

from balai.base import seals, tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.files import path_of
from balai.base.guards import lifted
from balai.base.journal import JournalEntry
from balai.evaluation import changes, reads
from balai.evaluation.models import Answer, Result, Score, Visit
from balai.evaluation.tests.ring import (
    ANSWERING,
    DRAFT,
    DUE,
    FREEZING,
    OPENS,
    SCORES_DUE,
    SCORING,
    Ring,
    opened,
)
from balai.people.models import Membership

_BEGIN = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
PDF = (
    _BEGIN
    + b"xref\n0 1\n0000000000 65535 f \ntrailer << /Size 2 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    % len(_BEGIN)
)


@pytest.fixture
def ring(cast: Cast, tmp_path: Path, settings: Settings) -> Ring:
    settings.DATA = tmp_path
    return opened(cast)


@pytest.fixture
def judged(ring: Ring) -> Ring:
    """A round in which Kota Malang was judged by Ani, and Kabupaten Malang sent nothing."""
    ring.submit()
    ani = ring.assessors[0]
    ring.ready(ani)
    ring.judge(ani)
    return ring


# --- opening --------------------------------------------------------------------


def test_the_same_round_opened_twice_is_one(ring: Ring) -> None:
    with tenancy.scope(tenancy.NATIONAL):
        assert changes.start_round(ring.cast.putu.actor, DRAFT).pk == ring.round.pk
        with pytest.raises(Conflict):
            changes.start_round(ring.cast.putu.actor, replace(DRAFT, title="Lain"))


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("answers due before it opens", {"answers_due_at": OPENS}),
        ("scores due before the answers", {"scores_due_at": DUE - timedelta(days=1)}),
        ("nobody invited", {"regions": ()}),
        ("a region that is not here", {"regions": ("99.99",)}),
        ("the nation itself", {"regions": ("00",)}),
        ("half a window of visits", {"visits_to": None}),
    ],
)
def test_a_round_that_makes_no_sense_is_not_opened(ring: Ring, what: str, changed: dict[str, object]) -> None:
    with tenancy.scope(tenancy.NATIONAL), pytest.raises(Invalid):
        changes.start_round(ring.cast.putu.actor, replace(DRAFT, code="lain", **changed))  # type: ignore[arg-type]


def test_only_the_nation_opens_a_round(ring: Ring) -> None:
    for person in (ring.cast.rini, ring.cast.agus, ring.cast.joko):
        with tenancy.scope(person.tenant), pytest.raises(Forbidden):
            changes.start_round(person.actor, replace(DRAFT, code="lain"))
    with tenancy.scope(tenancy.NATIONAL), pytest.raises(Forbidden):
        changes.start_round(ring.assessors[0].actor, replace(DRAFT, code="lain"))


def test_a_region_sees_the_rounds_it_is_invited_to(cast: Cast) -> None:
    ring = opened(cast, regions=(MALANG,))
    seen = {}
    for person in (cast.rini, cast.agus, cast.sari, cast.joko, cast.putu, ring.assessors[0]):
        with tenancy.scope(person.tenant):
            seen[person.account.name] = len(reads.rounds(person.actor))
    assert seen == {"Rini": 1, "Agus": 1, "Sari": 0, "Joko": 0, "Putu": 1, "Ani": 0}


# --- answering ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "at", "is_open"),
    [
        ("a second before it opens", OPENS - timedelta(seconds=1), False),
        ("as it opens", OPENS, True),
        ("in the last second", DUE, True),
        ("late in the last second", DUE + timedelta(milliseconds=900), True),
        ("a second late", DUE + timedelta(seconds=1), False),
    ],
)
def test_the_deadline_closes_to_the_second(ring: Ring, when: str, at: object, is_open: bool) -> None:
    if is_open:
        assert ring.answer(at=at).level == 3  # type: ignore[arg-type]
    else:
        with pytest.raises(Locked):
            ring.answer(at=at)  # type: ignore[arg-type]


def test_an_extension_gives_one_region_more_time_and_has_a_reason(ring: Ring) -> None:
    later = DUE + timedelta(days=3)
    putu = ring.cast.putu.actor
    with tenancy.scope(tenancy.NATIONAL):
        with pytest.raises(Invalid):
            changes.extend(putu, ring.invitation().pk, later, " ", ANSWERING)
        with pytest.raises(Invalid):
            changes.extend(putu, ring.invitation().pk, SCORES_DUE, "Banjir", ANSWERING)
        changes.extend(putu, ring.invitation().pk, later, "Banjir", ANSWERING)
        assert JournalEntry.objects.filter(verb="round.extend").count() == 1
    assert ring.answer(at=later).level == 3
    with pytest.raises(Locked):
        ring.answer(at=later + timedelta(seconds=1))
    joko = ring.cast.joko.actor
    with tenancy.scope(REGENCY), pytest.raises(Locked):
        changes.save_answer(joko, ring.round.pk, "1", changes.AnswerDraft(level=2), version=None, at=later)


def test_an_officer_answers_and_sees_the_questions_of_their_office_alone(ring: Ring) -> None:
    cast = ring.cast
    with tenancy.scope(MALANG):
        changes.allot(cast.rini.actor, ring.round.pk, "42", cast.kominfo.pk, ANSWERING)
        draft = changes.AnswerDraft(level=4)
        saved = changes.save_answer(cast.budi.actor, ring.round.pk, "42", draft, version=None, at=ANSWERING)
        assert saved.answered_by == "Budi"
        with pytest.raises(Forbidden):
            changes.save_answer(cast.agus.actor, ring.round.pk, "42", draft, version=None, at=ANSWERING)
        with pytest.raises(Forbidden):
            changes.allot(cast.budi.actor, ring.round.pk, "43", cast.kominfo.pk, ANSWERING)
        seen = {
            person.account.name: sum(
                line.answer is not None for line in reads.sheet(person.actor, ring.round.pk).lines
            )
            for person in (cast.rini, cast.budi, cast.agus)
        }
    assert seen == {"Rini": 1, "Budi": 1, "Agus": 0}
    with tenancy.scope(REGENCY):
        assert all(line.answer is None for line in reads.sheet(cast.joko.actor, ring.round.pk).lines)
        with pytest.raises(NotFound):
            reads.sheet(cast.joko.actor, ring.round.pk, MALANG)


def test_the_same_answer_twice_is_written_once_and_another_s_is_not_overwritten(ring: Ring) -> None:
    first = ring.answer()
    assert ring.answer().version == first.version
    with tenancy.scope(MALANG):
        assert JournalEntry.objects.filter(verb="answer.save").count() == 1
    with pytest.raises(Conflict) as error:
        ring.answer(level=5)
    assert error.value.changes["level"] == (5, 3)


def test_an_answer_is_confirmed_by_somebody_else(ring: Ring) -> None:
    row = ring.answer()
    with tenancy.scope(MALANG), pytest.raises(Forbidden):
        changes.confirm_answer(ring.cast.rini.actor, ring.round.pk, "1", version=row.version, at=ANSWERING)


def test_a_self_assessment_is_sent_only_when_complete_and_then_closed(ring: Ring) -> None:
    with pytest.raises(Invalid) as error:
        ring.submit(but="24")
    assert [fault.place for fault in error.value.faults] == ["24"]
    ring.answer("24", level=1)
    with pytest.raises(Invalid) as error, tenancy.scope(MALANG):
        changes.submit(ring.cast.rini.actor, ring.round.pk, ANSWERING)
    assert "bukti" in error.value.faults[0].wrong
    ring.prove("24")
    with tenancy.scope(MALANG):
        changes.submit(ring.cast.rini.actor, ring.round.pk, ANSWERING)
    with pytest.raises(Locked):
        ring.answer("24", level=2)
    with pytest.raises(Locked):
        ring.prove("24")


@pytest.mark.parametrize(
    ("what", "raw", "name"),
    [
        ("a program", b"MZ\x90\x00" + b"\x00" * 200, "bukti.pdf"),
        ("a page", b"<html><script>alert(1)</script></html>", "bukti.html"),
        ("plain text, which the instrument does not ask for", b"catatan rapat\n", "bukti.txt"),
    ],
)
def test_evidence_of_a_forbidden_type_is_refused(ring: Ring, what: str, raw: bytes, name: str) -> None:
    ring.answer()
    with pytest.raises(Invalid):
        ring.prove("1", raw, name)


def test_assessors_see_answers_once_they_are_sent_and_only_of_their_regions(ring: Ring) -> None:
    ani, bima, _citra = ring.assessors
    ring.ready(ani)
    ring.answer()
    with tenancy.scope(tenancy.NATIONAL):
        lines = reads.sheet(ani.actor, ring.round.pk, MALANG).lines
        assert all(line.answer is None for line in lines)
        with pytest.raises(NotFound):
            reads.sheet(bima.actor, ring.round.pk, MALANG)
    ring.prove()
    ring.submit()
    with tenancy.scope(tenancy.NATIONAL):
        sheet = reads.sheet(ani.actor, ring.round.pk, MALANG)
        assert all(line.answer is not None and line.evidence for line in sheet.lines)
        assert len(reads.papers(ani.actor, ring.round.pk, MALANG)) == 47
        with pytest.raises(NotFound):
            reads.papers(bima.actor, ring.round.pk, MALANG)
        assert len(reads.sheet(ring.cast.putu.actor, ring.round.pk, MALANG).lines) == 47


# --- assessing ------------------------------------------------------------------


def test_an_assessor_with_a_seat_in_the_region_is_not_assigned(ring: Ring) -> None:
    ani = ring.assessors[0]
    with tenancy.scope(MALANG):
        Membership.objects.create(
            account=ani.account, office=ring.cast.kominfo, roles=["officer"], from_on=SINCE
        )
    with pytest.raises(Forbidden):
        ring.assign(ani)
    assert ring.assign(ani, REGENCY).assessor_name == "Ani"


def test_an_assessor_who_got_a_seat_in_the_region_since_does_not_score_it(ring: Ring) -> None:
    ani = ring.assessors[0]
    ring.submit()
    ring.ready(ani)
    with tenancy.scope(MALANG):
        Membership.objects.create(
            account=ani.account, office=ring.cast.kominfo, roles=["officer"], from_on=SINCE
        )
    with pytest.raises(Forbidden):
        ring.score(ani, "1", 5)


def test_nobody_scores_before_declaring_nor_with_a_conflict(ring: Ring) -> None:
    ani = ring.assessors[0]
    ring.submit()
    row = ring.assign(ani)
    with pytest.raises(Forbidden):
        ring.score(ani, "1", 3)
    with tenancy.scope(tenancy.NATIONAL):
        with pytest.raises(Invalid):
            changes.declare_interest(ani.actor, row.pk, has_conflict=True, at=SCORING)
        changes.declare_interest(
            ani.actor, row.pk, has_conflict=True, words="Konsultan rencana induk", at=SCORING
        )
    with pytest.raises(Forbidden):
        ring.score(ani, "1", 3)


def test_who_is_no_assessor_is_not_assigned(ring: Ring) -> None:
    with pytest.raises(NotFound):
        ring.assign(ring.cast.rini)


def test_no_more_assessors_than_the_instrument_allows(ring: Ring) -> None:
    more = [someone(name, tenancy.NATIONAL, "assessor") for name in ("Dian", "Eko", "Fitri")]
    for person in (*ring.assessors, *more[:2]):
        ring.assign(person)
    with pytest.raises(Conflict):
        ring.assign(more[2])
    with tenancy.scope(tenancy.NATIONAL):
        again = changes.assign(
            ring.cast.putu.actor,
            ring.invitation().pk,
            str(more[0].account.pk),
            SCORING.date(),
        )
    assert again.pk == ring.assessments["Dian", MALANG].pk


@pytest.mark.parametrize(
    ("what", "question", "value", "at", "refusal"),
    [
        ("below the scale", "1", 0, SCORING, Invalid),
        ("above the scale", "1", 6, SCORING, Invalid),
        ("no such question", "48", 3, SCORING, Invalid),
        ("after the deadline", "1", 3, SCORES_DUE + timedelta(seconds=1), Locked),
    ],
)
def test_a_score_that_cannot_be_is_refused(
    ring: Ring, what: str, question: str, value: int, at: object, refusal: type[Exception]
) -> None:
    ring.submit()
    ring.ready(ring.assessors[0])
    with pytest.raises(refusal):
        ring.score(ring.assessors[0], question, value, at=at)  # type: ignore[arg-type]


def test_a_region_that_has_not_sent_is_not_scored(ring: Ring) -> None:
    ring.ready(ring.assessors[0])
    with pytest.raises(Locked):
        ring.score(ring.assessors[0], "1", 3)


def test_the_same_score_sent_again_after_a_lost_line_is_written_once(ring: Ring) -> None:
    ani = ring.assessors[0]
    ring.submit()
    ring.ready(ani)
    first = ring.score(ani, "1", 3)
    assert ring.score(ani, "1", 3).pk == first.pk
    with pytest.raises(Conflict):
        ring.score(ani, "1", 4)
    with tenancy.scope(tenancy.NATIONAL):
        changed = changes.score(ani.actor, first.assessment_id, "1", 4, version=first.version, at=SCORING)
        assert (changed.value, Score.objects.count()) == (4, 1)


def test_assessors_are_blind_to_each_other_until_all_have_scored(ring: Ring) -> None:
    ani, bima, _citra = ring.assessors
    ring.submit()
    first, second = ring.ready(ani), ring.ready(bima)
    ring.judge(ani, 3)
    with tenancy.scope(tenancy.NATIONAL):
        assert reads.score_sheet(bima.actor, second.pk).others == {}
        assert not reads.score_sheet(ani.actor, first.pk).all_have_scored
        with pytest.raises(NotFound):
            reads.score_sheet(bima.actor, first.pk)
        with pytest.raises(Forbidden):
            reads.moderation(ring.cast.putu.actor, ring.invitation().pk)
        facts = JournalEntry.objects.filter(verb="score.give").values_list("facts", flat=True)
        assert all(set(each) == {"question"} for each in facts)
    ring.judge(bima, 4)
    with tenancy.scope(tenancy.NATIONAL):
        assert reads.score_sheet(bima.actor, second.pk).others["1"] == (3,)
        assert reads.moderation(ring.cast.putu.actor, ring.invitation().pk)[0].given == (3, 4)
    for person in (ring.cast.rini, ring.cast.agus, ring.cast.joko):
        with tenancy.scope(person.tenant), pytest.raises(NotFound):
            reads.moderation(person.actor, ring.invitation().pk)


def test_an_assessor_finishes_only_with_every_question_scored(ring: Ring) -> None:
    ani = ring.assessors[0]
    ring.submit()
    row = ring.ready(ani)
    ring.score(ani, "1", 3)
    with tenancy.scope(tenancy.NATIONAL), pytest.raises(Invalid) as error:
        changes.finish(ani.actor, row.pk, "Baik", "Kurang", SCORING)
    assert len(error.value.faults) == 46


# --- visits ---------------------------------------------------------------------


def test_a_field_visit_has_one_place_for_each_dimension_within_the_window(ring: Ring) -> None:
    assert DRAFT.visits_from
    start = DRAFT.visits_from + timedelta(hours=1)
    draft = changes.VisitDraft(
        "field", "Mal Pelayanan Publik", start, start + timedelta(hours=2), "governance"
    )
    putu, key = ring.cast.putu.actor, ring.invitation().pk
    with tenancy.scope(tenancy.NATIONAL):
        made = changes.plan_visit(putu, key, draft)
        assert changes.plan_visit(putu, key, draft).pk == made.pk
        with pytest.raises(Conflict):
            changes.plan_visit(putu, key, replace(draft, place="Balai Kota"))
        for wrong in (
            replace(draft, dimension=""),
            replace(draft, dimension="mobility"),
            replace(draft, starts_at=OPENS),
            replace(draft, dimension="living", ends_at=start),
        ):
            with pytest.raises(Invalid):
                changes.plan_visit(putu, key, wrong)
        with pytest.raises(Forbidden):
            changes.write_visit_notes(ring.assessors[0].actor, made.pk, "Ramai", version=1)
    ring.ready(ring.assessors[0])
    with tenancy.scope(tenancy.NATIONAL):
        changes.write_visit_notes(ring.assessors[0].actor, made.pk, "Ramai", version=1)
        assert Visit.objects.get().notes == "Ramai"
    with tenancy.scope(MALANG):
        assert [each.notes for each in reads.visits(ring.cast.rini.actor, key)] == [""]
    with tenancy.scope(REGENCY), pytest.raises(NotFound):
        reads.visits(ring.cast.joko.actor, key)


# --- freezing -------------------------------------------------------------------


def test_a_region_that_sent_nothing_did_not_take_part_and_has_no_zero(judged: Ring) -> None:
    results = {row.region_tenant: row for row in judged.freeze()}
    assert (results[MALANG].final, results[MALANG].rank, results[MALANG].predicate) == (
        Decimal("3.00"),
        1,
        "baik",
    )
    assert (results[REGENCY].final, results[REGENCY].rank) == (None, None)


def test_a_round_freezes_only_when_all_have_scored_and_agree_on_every_level(ring: Ring) -> None:
    ani, bima, _citra = ring.assessors
    with pytest.raises(Locked):
        ring.freeze(DUE)
    ring.submit()
    with pytest.raises(Invalid):
        ring.freeze()
    ring.ready(ani)
    ring.ready(bima)
    ring.judge(ani, 3)
    with pytest.raises(Invalid, match="Bima"):
        ring.freeze()
    ring.judge(bima, 3, q12=4)
    with pytest.raises(Invalid, match="12"):
        ring.freeze()
    ring.moderate("12", 4)
    (malang, _regency) = sorted(ring.freeze(), key=lambda row: row.final is None)
    assert malang.content["index"]["exact"] == str(Fraction("3.025"))
    assert malang.content["moderated"] == {"12": "4"}


def test_a_settlement_is_whole_on_the_scale_and_has_a_reason(judged: Ring) -> None:
    putu, key = judged.cast.putu.actor, judged.invitation().pk
    with tenancy.scope(tenancy.NATIONAL):
        for value, reason in [(Fraction(7, 2), "x"), (Fraction(6), "x"), (Fraction(4), "")]:
            with pytest.raises(Invalid):
                changes.moderate(putu, key, "12", value, reason, FREEZING)


def test_the_report_has_the_sum_both_radars_and_what_each_assessor_said(judged: Ring) -> None:
    judged.freeze()
    with tenancy.scope(MALANG):
        found = reads.report(judged.cast.rini.actor, judged.round.pk)
        assert found.index and found.index.spelled()[-1].endswith("→ 3,00")
        assert found.parts == dict.fromkeys(found.instrument.weights, Fraction(3))
        assert [(each.name, each.recommendations) for each in found.assessors] == [
            ("Ani", ("Lengkapi audit TIK.",))
        ]
        table = reads.results(judged.cast.agus.actor, judged.round.pk)
        assert [(row.region_tenant, row.rank_in_nation) for row in table] == [(MALANG, 1), (REGENCY, None)]
    with tenancy.scope(REGENCY):
        assert reads.report(judged.cast.joko.actor, judged.round.pk).index is None
        with pytest.raises(NotFound):
            reads.report(judged.cast.joko.actor, judged.round.pk, MALANG)


def test_the_next_round_shows_last_year_s_answer_and_reckons_the_change(judged: Ring) -> None:
    judged.freeze()
    year = timedelta(days=365)
    with tenancy.scope(tenancy.NATIONAL):
        later = changes.start_round(
            judged.cast.putu.actor,
            replace(
                DRAFT,
                code="spbe-2027",
                year=2027,
                opens_at=OPENS + year,
                answers_due_at=DUE + year,
                scores_due_at=SCORES_DUE + year,
                previous="spbe-2026",
            ),
        )
    with tenancy.scope(MALANG):
        line = reads.sheet(judged.cast.rini.actor, later.pk).lines[0]
        assert line.answer is None and line.last_year and line.last_year.text == "Sudah ada"
    with tenancy.scope(REGENCY):
        assert reads.sheet(judged.cast.joko.actor, later.pk).lines[0].last_year is None


def test_nothing_changes_after_freezing(judged: Ring) -> None:
    (result,) = [row for row in judged.freeze() if row.final is not None]
    ani = judged.assessors[0]
    assert {row.pk for row in judged.freeze()} >= {result.pk}
    for attempt in (
        lambda: judged.answer(),
        lambda: judged.score(ani, "1", 5),
        lambda: judged.moderate("1", 5),
        lambda: judged.assign(judged.assessors[1]),
    ):
        with pytest.raises(Locked):
            attempt()


def test_the_database_refuses_to_change_a_frozen_result(judged: Ring) -> None:
    judged.freeze()
    with tenancy.scope(tenancy.NATIONAL):
        for attempt in (
            lambda: Result.objects.update(final=Decimal("4.99")),
            lambda: Result.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attempt()


def _rewritten(row: Result) -> dict[str, Any]:
    return json.loads(json.dumps(row.content).replace("3.00", "4.00"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(
            lambda row: QuerySet(Result).filter(pk=row.pk).update(final=Decimal("4.99")), id="final"
        ),
        pytest.param(lambda row: QuerySet(Result).filter(pk=row.pk).update(rank=9), id="rank"),
        pytest.param(
            lambda row: QuerySet(Result).filter(pk=row.pk).update(content=_rewritten(row)), id="content"
        ),
        pytest.param(
            lambda row: QuerySet(Result).filter(pk=row.pk).update(content={}, sha256="x"),
            id="content and hash",
        ),
        pytest.param(lambda row: QuerySet(Result).filter(pk=row.pk)._raw_delete("default"), id="the row"),
        pytest.param(lambda _row: QuerySet(Score).filter(question="1").update(value=5), id="a score"),
    ],
)
def test_what_was_changed_past_the_database_s_guard_is_seen_by_verify_journal(
    judged: Ring, tamper: Callable[[Result], object]
) -> None:
    judged.freeze()
    assert seals.verify(tenancy.NATIONAL).breaks == ()
    with tenancy.scope(tenancy.NATIONAL):
        row = Result.objects.get(final__isnull=False)
        with lifted(connection):
            tamper(row)
    assert seals.verify(tenancy.NATIONAL).breaks != ()


def test_a_file_or_an_answer_changed_after_freezing_is_seen_and_not_given_out(ring: Ring) -> None:
    ring.answer()
    paper = ring.prove("1", PDF)
    ring.submit()
    ani = ring.assessors[0]
    ring.ready(ani)
    ring.judge(ani)
    ring.freeze()
    with tenancy.scope(MALANG):
        assert reads.paper_file(ring.cast.rini.actor, ring.round.pk, paper.pk).sha256 == paper.file.sha256
    assert seals.verify(MALANG).breaks == ()
    path = path_of(MALANG, paper.file.sha256)
    path.chmod(0o600)
    path.write_bytes(PDF.replace(b"1.7", b"1.6"))
    assert any("bukti.pdf" in each.found for each in seals.verify(MALANG).breaks)
    with tenancy.scope(MALANG), pytest.raises(Locked):
        reads.paper_file(ring.cast.rini.actor, ring.round.pk, paper.pk)
    with tenancy.scope(MALANG):
        Answer.objects.filter(question="2").update(level=5)
    assert any("answer 2" in each.found for each in seals.verify(MALANG).breaks)


# --- following up ---------------------------------------------------------------


def test_a_recommendation_is_tracked_until_answered_and_proven(judged: Ring) -> None:
    cast = judged.cast
    with tenancy.scope(MALANG):
        assert reads.recommendations(cast.rini.actor) == ()
    judged.freeze()
    with tenancy.scope(MALANG):
        (advice,) = reads.recommendations(cast.rini.actor)
        assert advice.follow_up is None
        row = changes.take_up(cast.rini.actor, advice.id, cast.kominfo.pk, date(2027, 3, 31))
        assert changes.take_up(cast.rini.actor, advice.id, cast.kominfo.pk, date(2027, 3, 31)).pk == row.pk
        with pytest.raises(Invalid):
            changes.close_follow_up(cast.rini.actor, row.pk, version=row.version)
        with pytest.raises(Forbidden):
            changes.answer_follow_up(cast.agus.actor, row.pk, "Sudah", version=1, at=FREEZING)
        row = changes.answer_follow_up(cast.budi.actor, row.pk, "Sudah", version=1, at=FREEZING)
        changes.prove_follow_up(
            cast.budi.actor, row.pk, "Laporan", link="https://malangkota.go.id/audit", at=FREEZING
        )
        assert [len(reads.recommendations(each.actor)) for each in (cast.budi, cast.agus)] == [1, 0]
        done = changes.close_follow_up(cast.rini.actor, row.pk, version=row.version)
        assert done.state == "done"
        with pytest.raises(Locked):
            changes.answer_follow_up(cast.budi.actor, row.pk, "Lagi", version=done.version, at=FREEZING)
    with tenancy.scope(REGENCY):
        assert reads.recommendations(cast.joko.actor) == ()
        with pytest.raises(NotFound):
            changes.take_up(cast.joko.actor, advice.id, cast.regency_kominfo.pk, date(2027, 3, 31))
    with tenancy.scope(tenancy.NATIONAL):
        assert len(reads.recommendations(cast.putu.actor, MALANG)) == 1
