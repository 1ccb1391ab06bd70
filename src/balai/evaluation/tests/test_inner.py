"""The region's own assessor beside the region and the nation; and what was sent, given back."""

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MALANG, REGENCY, Cast, someone

from balai.base import tenancy
from balai.base.errors import Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.evaluation import changes, reads
from balai.evaluation.frozen import answers_changed
from balai.evaluation.models import Answer, InnerScore
from balai.evaluation.tests.ring import ANSWERING, DUE, FREEZING, Ring, opened


@pytest.fixture
def ring(cast: Cast) -> Ring:
    return opened(cast)


def test_the_internal_assessor_scores_beside_the_region_and_the_nation(ring: Ring) -> None:
    inner = someone("Sekar", MALANG, "programme_office")

    def scored(question: str, **said: Any) -> Any:
        with tenancy.scope(MALANG):
            row = Answer.objects.get(question=question)
            return changes.confirm_answer(
                inner.actor, ring.round.pk, question, version=row.version, at=ANSWERING, **said
            )

    ring.answer("1", level=4)
    ring.answer("2", level=3)
    with pytest.raises(Invalid):
        scored("1", level=3)
    with pytest.raises(Invalid):
        scored("1", level=6, note="x")
    scored("1", level=3, note="Reviu belum setiap tahun")
    scored("2")
    with tenancy.scope(MALANG):
        before = Answer.objects.get(question="2").version
        draft = changes.AnswerDraft(level=2, text="Ternyata belum")
        changes.save_answer(ring.cast.rini.actor, ring.round.pk, "2", draft, version=before, at=ANSWERING)
        lines = {line.question.key: line for line in reads.sheet(ring.cast.rini.actor, ring.round.pk).lines}
        assert (lines["1"].answer.level, lines["1"].inner.level) == (4, 3)  # type: ignore[union-attr]
        # A score of what was answered before is history, and stands no more.
        assert (lines["2"].inner, len(lines["2"].inner_before)) == (None, 1)
    for key in ("1", "2"):
        ring.prove(key)
    ring.submit()
    for person in ring.assessors:
        ring.ready(person)
    with tenancy.scope(tenancy.NATIONAL):
        seen = {
            line.question.key: line
            for line in reads.sheet(ring.assessors[0].actor, ring.round.pk, MALANG).lines
        }
        assert seen["1"].inner and seen["1"].inner.scored_by == "Sekar"
    for person in ring.assessors:
        ring.judge(person, 3, q1=2)
    (result,) = [row for row in ring.freeze() if row.region_tenant == MALANG]
    with tenancy.scope(MALANG):
        report = reads.report(ring.cast.rini.actor, ring.round.pk)
        first, second = report.levels[:2]
        assert (first.own, first.inner, first.external) == (4, 3, 2)
        assert (second.own, second.inner, second.external) == (2, None, 3)
        (year,) = reads.history(ring.cast.rini.actor, ring.round.pk)
        assert (year.final, year.predicate) == (result.final, "Baik")
        assert list(answers_changed()) == []
        InnerScore.objects.create(
            answer=seen["1"].answer, answer_version=seen["1"].answer.version, level=5,  # type: ignore[union-attr]
            scored_by="X", scored_by_id_text="x", scored_at=FREEZING,
        )  # fmt: skip
        assert "answer 1" in next(iter(answers_changed()))


def test_what_was_sent_is_given_back_with_a_reason_and_sent_again(ring: Ring) -> None:
    ring.answer()
    ring.prove()
    ring.submit()
    putu, invitation = ring.cast.putu.actor, ring.invitation()
    late = DUE + timedelta(seconds=1)
    with tenancy.scope(tenancy.NATIONAL):
        with pytest.raises(Forbidden):
            changes.return_submission(ring.assessors[0].actor, invitation.pk, "x", ANSWERING)
        with pytest.raises(Invalid):
            changes.return_submission(putu, invitation.pk, " ", ANSWERING)
        with pytest.raises(Locked):
            changes.return_submission(putu, invitation.pk, "Lampiran salah", late)
        with pytest.raises(NotFound):
            changes.return_submission(putu, ring.invitation(REGENCY).pk, "x", ANSWERING)
        changes.return_submission(putu, invitation.pk, "Lampiran indikator 1 salah", ANSWERING)
        assert reads.sheet(putu, ring.round.pk, MALANG).lines[0].answer is None
    with tenancy.scope(MALANG):
        rini = ring.cast.rini.actor
        sheet = reads.sheet(rini, ring.round.pk)
        assert sheet.returned and sheet.returned.reason == "Lampiran indikator 1 salah"
        entry = JournalEntry.objects.get(verb="participation.return")
        assert entry.actor_name == ring.cast.putu.account.name
        row = Answer.objects.get(question="1")
        draft = changes.AnswerDraft(level=2, text="Dibetulkan")
        changes.save_answer(rini, ring.round.pk, "1", draft, version=row.version, at=ANSWERING)
        changes.submit(rini, ring.round.pk, ANSWERING)
        assert reads.sheet(rini, ring.round.pk).returned is None
    with tenancy.scope(tenancy.NATIONAL):
        # After the deadline time is given first; an assessor who has finished ends it.
        changes.extend(putu, invitation.pk, late + timedelta(days=1), "Gempa", late)
        changes.return_submission(putu, invitation.pk, "Sekali lagi", late)
        assert invitation.returns.count() == 2
    with tenancy.scope(MALANG):
        changes.submit(rini, ring.round.pk, late)
    for person in ring.assessors:
        ring.ready(person)
        ring.judge(person)
    with tenancy.scope(tenancy.NATIONAL), pytest.raises(Locked):
        changes.return_submission(putu, invitation.pk, "Terlambat", late)
