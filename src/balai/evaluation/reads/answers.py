"""A region's self-assessment as its people and its assessors see it, with last year's answer beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor
from balai.evaluation.models import Answer, AnswerEvidence, InnerScore, Invitation, Participation, Return
from balai.evaluation.reads import sight
from balai.evaluation.rules import Instrument, Question
from balai.evaluation.rules.rounds import Given, Lack, lacks


@dataclass(frozen=True)
class AnswerLine:
    """One question with what was said to it now and a year ago; None where the actor sees no answer.

    Attributes:
        inner: what the region's internal assessor gives the answer as it stands; None where nobody has.
        inner_before: all they ever gave it, oldest first.
    """

    question: Question
    answer: Answer | None
    evidence: tuple[AnswerEvidence, ...]
    last_year: Answer | None
    lack: Lack | None
    inner: InnerScore | None = None
    inner_before: tuple[InnerScore, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The self-assessment of one region in one round.

    Attributes:
        due_at: the last second, with the region's extension.
        may_send: nothing is missing and it was not sent yet.
        returned: why it was given back, until it is sent again.
    """

    invitation: Invitation
    instrument: Instrument
    participation: Participation | None
    due_at: datetime
    lines: tuple[AnswerLine, ...]
    returned: Return | None = None

    @property
    def missing(self) -> tuple[Lack, ...]:
        return tuple(line.lack for line in self.lines if line.lack)

    @property
    def may_send(self) -> bool:
        return not self.missing and not (self.participation and self.participation.submitted_at)


def sheet(actor: Actor, round_key: UUID | str, region: str | None = None) -> Sheet:
    """Return the self-assessment of the actor's region, or of `region` for who judges it or holds the round.

    Officers who answer for their office see the questions given to it, with nothing said of the others.

    Raises:
        NotFound: the region is not invited, or the actor may not know of it.
    """
    row = sight.own_invitation(actor, round_key, region)
    instrument = sight.instrument_of(row.round)
    with tenancy.widened(tenancy.NATIONAL, row.region_tenant):
        part = sight.participation(row)
        seen = {each.question: each for each in sight.answers(actor, row)}
        before = _last_year(actor, row)
        evidence = _evidence(seen.values())
        inner = inner_scores(seen.values())
        returned = row.returns.order_by("pk").last() if part and part.submitted_at is None else None
        last = sight.due_at(row)
        open_lacks = {lack.question.key: lack for lack in lacks(instrument, given(part) if part else {})}
    return Sheet(
        row,
        instrument,
        part,
        last,
        tuple(
            AnswerLine(
                question,
                seen.get(question.key),
                evidence.get(seen[question.key].pk, ()) if question.key in seen else (),
                before.get(question.key),
                open_lacks.get(question.key),
                _standing(seen.get(question.key), inner),
                inner.get(seen[question.key].pk, ()) if question.key in seen else (),
            )
            for question in instrument.questions
        ),
        returned,
    )


def inner_scores(rows: Iterable[Answer]) -> Mapping[UUID, tuple[InnerScore, ...]]:
    """Return all scores of internal assessors by answer, oldest first; call where the rows can be read."""
    found: dict[UUID, tuple[InnerScore, ...]] = {}
    keys = [each.pk for each in rows]
    for each in InnerScore.objects.filter(answer__in=keys).order_by("pk"):
        found[each.answer_id] = (*found.get(each.answer_id, ()), each)
    return found


def _standing(row: Answer | None, inner: Mapping[UUID, tuple[InnerScore, ...]]) -> InnerScore | None:
    """Return the score of an answer as it stands; one of an earlier version of it counts no more."""
    given = inner.get(row.pk, ()) if row else ()
    return given[-1] if row and given and given[-1].answer_version == row.version else None


def given(part: Participation) -> dict[str, Given]:
    """Return what a region has said so far, as completeness asks; call where its rows can be read."""
    kinds: dict[UUID, list[str]] = {}
    rows = AnswerEvidence.objects.filter(tenant=part.tenant, answer__participation=part)
    for answer, kind in rows.values_list("answer_id", "kind"):
        kinds.setdefault(answer, []).append(kind)
    return {
        each.question: Given(
            has_answer=each.value is not None or bool(each.text.strip()),
            has_level=each.level is not None,
            evidence=tuple(kinds.get(each.pk, ())),
        )
        for each in Answer.objects.filter(tenant=part.tenant, participation=part)
    }


def _last_year(actor: Actor, row: Invitation) -> Mapping[str, Answer]:
    """Return last year's answers by question: what was sent in the round that this one names as previous."""
    if row.round.previous_id is None:
        return {}
    before = Invitation.objects.filter(
        tenant=tenancy.NATIONAL, round=row.round.previous_id, region_tenant=row.region_tenant
    ).first()
    if before is None:
        return {}
    # Who judges this year sees last year's answers too, without having judged then.
    found = Answer.objects.filter(
        tenant=row.region_tenant,
        participation__round_id_text=str(before.round_id),
        participation__submitted_at__isnull=False,
    )
    if actor.tenant != tenancy.NATIONAL:
        found = found.filter(pk__in=sight.answers(actor, before).values("pk"))
    elif not (sight.runs(actor) or sight.judges(actor, row)):
        return {}
    return {each.question: each for each in found}


def _evidence(rows: Iterable[Answer]) -> dict[UUID, tuple[AnswerEvidence, ...]]:
    keys = [each.pk for each in rows]
    found: dict[UUID, tuple[AnswerEvidence, ...]] = {}
    for each in AnswerEvidence.objects.filter(answer__in=keys).select_related("file").order_by("pk"):
        found[each.answer_id] = (*found.get(each.answer_id, ()), each)
    return found
