"""Settling scores together, and freezing the results of a round: copied once, hashed, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid, Locked, NotFound
from balai.evaluation import rules
from balai.evaluation.changes.assessing import refuse_unready
from balai.evaluation.changes.finding import national, open_invitation, open_round
from balai.evaluation.models import Invitation, Moderation, Result, Round
from balai.evaluation.reads.earlier import earlier_index
from balai.evaluation.reads.evidence import frozen_answers
from balai.evaluation.reads.sight import due_at, instrument_of, is_submitted, moderated, scores_by_question
from balai.evaluation.rules.rounds import digest, disagreements, exact, settled_scores
from balai.plan.changes import checks
from balai.plan.changes.locking import Key
from balai.plan.reads.sight import as_key


@transaction.atomic
def moderate(
    actor: Actor, invitation: Key, question: str, value: Fraction, reason: str, at: datetime
) -> Moderation:
    """Write down the score of a question on which the assessors settled, with the reason.

    The same settlement twice is written once. The single scores stay as they are.

    Raises:
        Forbidden, NotFound, Locked.
        Invalid: not all have finished, off the scale, a level that is not whole, or no reason.
    """
    national(actor, "evaluation.run")
    row = open_invitation(invitation)
    refuse_unready(row)
    instrument = instrument_of(row.round)
    if question not in {each.key for each in instrument.questions}:
        raise NotFound(_("Instrumen tahap ini tidak punya pertanyaan itu."))
    faults = list(checks.text("reason", reason, 500))
    whole = value.denominator == 1 or instrument.method is rules.Method.COMPONENTS
    if not (whole and instrument.scale.least <= value <= instrument.scale.most):
        faults.append(
            Fault(
                "value",
                _("Nilai ini di luar skala."),
                _("Isi %(least)d sampai %(most)d.")
                % {"least": instrument.scale.least, "most": instrument.scale.most},
            )
        )
    checks.refuse(faults)
    standing: Moderation | None = row.moderations.filter(question=question).order_by("-pk").first()
    if (
        standing is not None
        and Fraction(standing.numerator, standing.denominator) == value
        and standing.reason == reason
    ):
        return standing
    made = Moderation.objects.create(
        invitation=row,
        question=question,
        numerator=value.numerator,
        denominator=value.denominator,
        reason=reason,
        settled_by=actor.name,
        settled_at=at,
    )
    journal.write(actor, "score.moderate", made, question=question, value=exact(value), reason=reason)
    return made


@dataclass(frozen=True)
class _Judged:
    """What becomes of one region; no index where it did not take part."""

    invitation: Invitation
    index: rules.Index | None
    change: Decimal | None
    content: dict[str, Any]


@transaction.atomic
def freeze(actor: Actor, round_key: Key, at: datetime) -> tuple[Result, ...]:
    """Freeze the results of a round, all regions at once, since their ranks depend on each other.

    A region that sent nothing is kept as one that did not take part. Frozen twice gives the
    results that are there.

    Raises:
        Forbidden, NotFound.
        Locked: the regions still have time to answer.
        Invalid: with every region whose assessors have not finished or are too few, and every
            level they do not agree on.
    """
    national(actor, "evaluation.run")
    standing = Round.objects.filter(pk=as_key(round_key), frozen_at__isnull=False).first()
    if standing is not None:
        return tuple(standing.results.order_by("region_name"))
    row = open_round(round_key)
    judged = _judge_all(row, at)
    finals = {each.invitation.region_tenant: each.index.shown if each.index else None for each in judged}
    ranks = rules.ranks(finals)
    made = [_result(actor, row, each, ranks, at) for each in judged]
    Result.objects.bulk_create(made, batch_size=200)
    row.frozen_at = at
    row.save(update_fields=["frozen_at"])
    journal.write_all(
        actor,
        [
            journal.Act(
                "result.freeze",
                result,
                {"region": result.region_tenant, "final": str(result.final), "sha256": result.sha256},
            )
            for result in made
        ],
    )
    journal.write(actor, "round.freeze", row, code=row.code, regions=len(made))
    return tuple(made)


def _judge_all(row: Round, at: datetime) -> list[_Judged]:
    judged: list[_Judged] = []
    faults: list[Fault] = []
    for invitation in row.invitations.order_by("region_name"):
        invitation.round = row
        try:
            judged.append(_judge(invitation, at))
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    return judged


def _judge(invitation: Invitation, at: datetime) -> _Judged:
    instrument = instrument_of(invitation.round)
    content: dict[str, Any] = {
        "round": invitation.round.code,
        "region": invitation.region_tenant,
        "instrument": instrument.code,
        "instrument_sha256": invitation.round.instrument.sha256,
        "took_part": is_submitted(invitation),
    }
    if not content["took_part"]:
        if at <= due_at(invitation):
            raise Locked(_("Masa penilaian mandiri belum berakhir."))
        return _Judged(invitation, None, None, content)
    assessments = refuse_unready(invitation)
    given = scores_by_question(invitation)
    settled = moderated(invitation)
    try:
        scores = settled_scores(instrument, given, settled)
        index = rules.index_of_scores(instrument, scores)
    except (rules.MissingLevel, rules.OutOfScale) as error:
        raise Invalid([Fault(invitation.region_name, str(error))]) from error
    before = earlier_index(invitation.round, invitation.region_tenant, invitation.region_code)
    change = rules.improvement(index, before.index) if before else None
    content |= {
        "scores": {key: sorted(values) for key, values in given.items()},
        "moderated": {key: exact(value) for key, value in settled.items()},
        "disagreed": list(disagreements(instrument, given)),
        "questions": {key: exact(value) for key, value in scores.items()},
        "parts": _parts(instrument, index, scores),
        "index": _index(index),
        "before": {"year": before.year, "source": before.source, **_index(before.index)} if before else None,
        "assessors": [
            {
                "name": row.assessor_name,
                "strengths": row.strengths,
                "weaknesses": row.weaknesses,
                "recommendations": [
                    {"id": str(each.pk), "text": each.text, "question": each.question}
                    for each in row.recommendations.order_by("pk")
                ],
            }
            for row in assessments
        ],
        "answers": frozen_answers(invitation),
    }
    return _Judged(invitation, index, change, content)


def _parts(
    instrument: rules.Instrument, index: rules.Index, scores: Mapping[str, Fraction]
) -> dict[str, str]:
    if instrument.method is rules.Method.COMPONENTS:
        return {term.key: exact(term.value) for term in index.terms}
    levels = {key: value.numerator for key, value in scores.items()}
    return {key: exact(value) for key, value in rules.domain_values(instrument, levels).items()}


def _index(index: rules.Index) -> dict[str, Any]:
    return {
        "instrument": index.instrument,
        "rounding": index.rounding.value,
        "exact": exact(index.exact),
        "shown": f"{index.shown:f}",
        "rounded_once": f"{index.rounded_once:f}",
        "predicate": index.predicate.key if index.predicate else "",
        "terms": [
            [term.key, f"{term.weight:f}", exact(term.value), exact(term.product), exact(term.counted)]
            for term in index.terms
        ],
    }


def _result(actor: Actor, row: Round, each: _Judged, ranks: Mapping[str, int], at: datetime) -> Result:
    key = each.invitation.region_tenant
    content = {
        **each.content,
        "rank": ranks.get(key),
        "change": str(each.change) if each.change is not None else None,
    }
    return Result(
        round=row,
        region_tenant=key,
        region_code=each.invitation.region_code,
        region_name=each.invitation.region_name,
        year=row.year,
        family=row.family,
        final=each.index.shown if each.index else None,
        change=each.change,
        predicate=each.index.predicate.key if each.index and each.index.predicate else "",
        rank=ranks.get(key),
        content=content,
        sha256=digest(content),
        frozen_by=actor.name,
        frozen_at=at,
    )
