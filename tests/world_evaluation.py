"""What the evaluation has in the world of `tests.world`: rounds, answers, visits, advice, surveys.

A round belongs to the nation, yet a region sees the one it is invited to; so its own
is nobody's thing (`tenant` is ""), and that of another region is that region's.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.files import store_file
from balai.evaluation import changes
from balai.evaluation.models import (
    AnswerEvidence,
    Assessment,
    FollowUp,
    FollowUpEvidence,
    Invitation,
    Participation,
    Recommendation,
    Result,
    Round,
    Survey,
    SurveyAnswer,
    Visit,
    VisitPhoto,
)
from balai.evaluation.rules import survey_text
from balai.evaluation.rules.rounds import digest
from balai.people.models import Office
from balai.people.rules import verbs
from balai.plan.changes.uploads import Upload
from balai.plan.tests.town import NOW
from tests.world import Thing, Things, picture

_OTHER = UUID(int=7)
"""The account of an assessor who is nobody else."""
QUESTIONS = ("1", "2")
"""Of the SPBE: the first is answered by one office, the second by another."""


def _powerful(tenant: str) -> Actor:
    return system("evaluator", tenant, *verbs())


def _round(tenant: str, code: str, *, frozen: bool) -> Invitation:
    since = timedelta(days=60 if frozen else 5)
    draft = changes.RoundDraft(
        code=f"{code}-{tenant}",
        title=f"Tahap {code} {tenant}",
        year=2025 if frozen else 2026,
        instrument="spbe-2020",
        opens_at=NOW - since,
        answers_due_at=NOW - since + timedelta(days=10),
        scores_due_at=NOW - since + timedelta(days=30),
        regions=(tenant,),
    )
    with tenancy.scope(tenancy.NATIONAL):
        row = changes.start_round(_powerful(tenancy.NATIONAL), draft)
        return Invitation.objects.select_related("round").get(round=row)


def _assessment(invitation: Invitation, account: UUID | str, name: str) -> tuple[Assessment, Recommendation]:
    """Let an account judge a region: no conflict, one recommendation, nothing scored."""
    judged = Assessment.objects.create(
        invitation=invitation, assessor_id_text=str(account), assessor_name=name, declared_at=NOW
    )
    advice = Recommendation.objects.create(assessment=judged, question="1", text="Lengkapi.", written_at=NOW)
    return judged, advice


def rounds_of(tenant: str) -> dict[str, Any]:
    """Write an open and a frozen round of one region, with what the nation has of it."""
    invitation, frozen = _round(tenant, "buka", frozen=False), _round(tenant, "beku", frozen=True)
    with tenancy.scope(tenancy.NATIONAL):
        judged, advice = _assessment(invitation, _OTHER, "Penilai lain")
        visit = Visit.objects.create(
            invitation=invitation,
            kind=Visit.Kind.INTERVIEW,
            place="Balai kota",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
        )
        file = store_file(picture(92), "foto.png", _powerful(tenancy.NATIONAL))
        photo = VisitPhoto.objects.create(visit=visit, file=file)
        content = {
            "region": tenant,
            "round": frozen.round.code,
            "took_part": False,
            "rank": None,
            "change": None,
        }
        Result.objects.create(
            round=frozen.round,
            region_tenant=tenant,
            region_code=frozen.region_code,
            region_name=frozen.region_name,
            year=2025,
            family="spbe",
            content=content,
            sha256=digest(content),
            frozen_by="x",
            frozen_at=NOW,
        )
        Round.objects.filter(pk=frozen.round_id).update(frozen_at=NOW)
        given = [_assessment(frozen, UUID(int=number), "Penilai")[1] for number in (8, 9)]
    return {
        "round": invitation.round_id,
        "frozen round": frozen.round_id,
        "invitation": invitation.pk,
        "assessment": judged.pk,
        "assessment advice": advice.pk,
        "visit": visit.pk,
        "visit photo": photo.pk,
        "advice given": given,
    }


def answers_of(tenant: str, offices: Sequence[Office], made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write what each of up to two offices has: an answer, a follow-up, an open and a closed survey.

    Call within the scope of the region.
    """
    writer, found = _powerful(tenant), []
    Participation.objects.get_or_create(round_id_text=str(made["round"]))
    for number, (office, question) in enumerate(zip(offices, QUESTIONS, strict=False)):
        changes.allot(writer, made["round"], question, office.pk, NOW)
        draft = changes.AnswerDraft(level=2, text="Sudah ada")
        changes.save_answer(writer, made["round"], question, draft, version=None, at=NOW)
        advice = made["advice given"][number]
        follow_up = FollowUp.objects.create(
            recommendation_id_text=str(advice.pk),
            round_id_text=str(made["frozen round"]),
            year=2025,
            text=advice.text,
            office=office,
            due_on=NOW.date() + timedelta(days=30),
        )
        found.append(
            {
                "question": question,
                "answer evidence": _evidence(writer, made, question),
                "advice": advice.pk,
                "advice proof": _proof(writer, follow_up),
                "survey": survey_about(office, "buka", NOW + timedelta(days=5)),
                "closed survey": survey_about(office, "tutup", NOW - timedelta(days=1)),
            }
        )
    return found


def _evidence(writer: Actor, made: Mapping[str, Any], question: str) -> UUID:
    evidence: AnswerEvidence = changes.add_answer_evidence(
        writer, made["round"], question, "other", "Bukti", upload=Upload(picture(93), "bukti.png"), at=NOW
    )
    return evidence.pk


def _proof(writer: Actor, follow_up: FollowUp) -> UUID:
    proof = FollowUpEvidence.objects.create(
        follow_up=follow_up,
        title="Bukti",
        file=store_file(picture(94), "bukti.png", writer),
        added_by=writer.name,
        added_at=NOW,
    )
    return proof.pk


def survey_about(office: Office, word: str, closes_at: Any) -> str:
    from_definition = survey_text("impact-2023")
    row = Survey.objects.create(
        code=f"{word}-{office.tenant.replace('.', '-')}-{office.code}",
        title="Survei",
        year=2026,
        definition="impact-2023",
        written=from_definition.value.written(),
        sha256=from_definition.sha256,
        subject=Survey.Subject.ACTION,
        subject_code="A1",
        subject_name="Layanan",
        office=office,
        dimensions=["governance"],
        opens_at=NOW - timedelta(days=9),
        closes_at=closes_at,
        target=50,
        opened_by="x",
    )
    SurveyAnswer.objects.create(survey=row, said={"uses": "no"})
    if word == "buka":
        changes.print_codes(_powerful(row.tenant), row.code, 1, NOW)
    return row.code


def judged_by(account: UUID) -> Things:
    """Write an assessment of an account of the nation, in a round that is open; call in its scope."""
    invitation = Invitation.objects.filter(round__code__startswith="buka").order_by("pk").first()
    assert invitation
    judged, advice = _assessment(invitation, account, "Penilai ini")
    return _assessments(judged.pk, advice.pk, account)


def _assessments(judged: UUID, advice: UUID, account: UUID) -> Things:
    return {
        "assessment": Thing(str(judged), tenancy.NATIONAL, owner_account=str(account)),
        "assessment advice": Thing(str(advice), tenancy.NATIONAL, owner_account=str(account)),
    }


def of_the_nation(made: Mapping[str, Any], whose: str) -> Things:
    """Return what the nation has of a region's rounds; `whose` is "" for those who are invited themselves."""
    kinds = ("round", "frozen round", "invitation", "visit", "visit photo")
    seen = {kind: Thing(str(made[kind]), whose) for kind in kinds}
    # To withdraw it is the nation's right, whosever it is.
    seen["assessment given"] = Thing(str(made["assessment"]), whose)
    return seen | _assessments(made["assessment"], made["assessment advice"], _OTHER)


def of_the_offices(tenant: str, offices: Sequence[Office], made: Mapping[str, Any]) -> list[Things]:
    """Write and return what each office has; call within the scope of the region."""
    return [
        {kind: Thing(str(key), tenant, (str(office.pk),)) for kind, key in one.items()}
        for office, one in zip(offices, answers_of(tenant, offices, made), strict=True)
    ]
