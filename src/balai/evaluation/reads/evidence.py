"""Evidence of a region: for its assessors, and copied by hash when a result is frozen."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Locked, NotFound
from balai.base.files import StoredFile, open_file
from balai.evaluation.models import Answer, AnswerEvidence, Invitation, Result
from balai.evaluation.reads import sight
from balai.plan.reads.sight import as_key


@dataclass(frozen=True)
class Paper:
    """One piece of evidence with a name that is unique within its region: "3.04-1 laporan.pdf"."""

    question: str
    name: str
    evidence: AnswerEvidence


def papers(actor: Actor, round_key: UUID | str, region: str | None = None) -> tuple[Paper, ...]:
    """Return the evidence of a region that the actor may open, in the order of the questions.

    Raises:
        NotFound: the region is not invited, or the actor may not know of it.
    """
    row = sight.own_invitation(actor, round_key, region)
    order = [each.key for each in sight.instrument_of(row.round).questions]
    with tenancy.widened(tenancy.NATIONAL, row.region_tenant):
        rows = list(
            AnswerEvidence.objects.filter(answer__in=sight.answers(actor, row))
            .select_related("file", "answer")
            .order_by("pk")
        )
    rows.sort(key=lambda each: (order.index(each.answer.question), str(each.pk)))
    counted: dict[str, int] = {}
    found = []
    for each in rows:
        question = each.answer.question
        counted[question] = counted.get(question, 0) + 1
        name = each.file.name if each.file else each.title
        found.append(Paper(question, f"{question}-{counted[question]} {name}", each))
    return tuple(found)


def paper_file(
    actor: Actor, round_key: UUID | str, evidence: UUID | str, region: str | None = None
) -> StoredFile:
    """Return the file of one piece of evidence.

    Raises:
        NotFound: there is none the actor may open.
        Locked: the round is frozen and the file is not what was frozen.
    """
    wanted = as_key(evidence)
    for paper in papers(actor, round_key, region):
        if paper.evidence.pk == wanted and paper.evidence.file is not None:
            row = sight.own_invitation(actor, round_key, region)
            with tenancy.widened(tenancy.NATIONAL, row.region_tenant):
                _refuse_changed(row, paper.evidence)
            return paper.evidence.file
    raise NotFound(_("Bukti dukung itu tidak ada, atau bukan untuk Anda."))


def whole_papers(actor: Actor, round_key: UUID | str, region: str | None = None) -> tuple[Paper, ...]:
    """Return the evidence as `papers` does, to be taken together.

    Raises:
        NotFound: the region is not invited, or the actor may not know of it.
        Locked: the round is frozen and a file is not what was frozen.
    """
    found = papers(actor, round_key, region)
    row = sight.own_invitation(actor, round_key, region)
    with tenancy.widened(tenancy.NATIONAL, row.region_tenant):
        for each in found:
            _refuse_changed(row, each.evidence)
    return found


def _refuse_changed(row: Invitation, evidence: AnswerEvidence) -> None:
    if row.round.frozen_at is None or evidence.file is None:
        return
    frozen = (
        Result.objects.filter(tenant=tenancy.NATIONAL, round=row.round_id, region_tenant=row.region_tenant)
        .values_list("content", flat=True)
        .first()
    )
    known = {each["sha256"] for answer in (frozen or {}).get("answers", []) for each in answer["evidence"]}
    if evidence.file.sha256 not in known or file_hash(evidence.file) != evidence.file.sha256:
        raise Locked(_("Berkas ini bukan lagi berkas yang dinilai; hasilnya sudah dibekukan."))


def file_hash(stored: StoredFile) -> str:
    """Return the SHA-256 of the bytes of a stored file as they are now, "" where they are gone."""
    digest = hashlib.sha256()
    try:
        with open_file(stored) as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def frozen_answers(row: Invitation) -> list[dict[str, Any]]:
    """Return what a region sent, as JSON, with the hash of every file: part of its frozen result."""
    with tenancy.widened(row.region_tenant):
        found = Answer.objects.filter(
            tenant=row.region_tenant, participation__round_id_text=str(row.round_id)
        ).prefetch_related("evidence__file", "inner_scores")
        return sorted((_told(each) for each in found), key=lambda told: str(told["question"]))


def _told(answer: Answer) -> dict[str, Any]:
    return {
        "id": str(answer.pk),
        "question": answer.question,
        "level": answer.level,
        "value": f"{answer.value.normalize():f}" if answer.value is not None else None,
        "text": answer.text,
        "figure": answer.figure,
        "evidence": sorted(
            (
                {
                    "id": str(each.pk),
                    "kind": each.kind,
                    "title": each.title,
                    "link": each.link,
                    "sha256": each.file.sha256 if each.file else "",
                }
                for each in answer.evidence.all()
            ),
            key=lambda told: told["id"],
        ),
        **_inner(answer),
    }


def _inner(answer: Answer) -> dict[str, Any]:
    """Return the standing score of the internal assessor; nothing where there is none."""
    given = [each for each in answer.inner_scores.all() if each.answer_version == answer.version]
    return (
        {"inner": {"level": given[-1].level, "note": given[-1].note, "by": given[-1].scored_by}}
        if given
        else {}
    )


def changed_since_frozen(result: Result) -> Iterator[str]:
    """Yield what of the answers and their files is not what a result was frozen with.

    Reads every file of the region's evidence. Call where the rows of its tenant can be read.
    """
    frozen: Mapping[str, Any] = {each["question"]: each for each in result.content.get("answers", [])}
    found = Answer.objects.filter(
        tenant=result.region_tenant, participation__round_id_text=str(result.round_id)
    ).prefetch_related("evidence__file", "inner_scores")
    now = {each.question: each for each in found}
    for question in frozen.keys() | now.keys():
        if question not in now or question not in frozen or _told(now[question]) != frozen[question]:
            yield f"answer {question} of {result.region_name} is not what was frozen"
            continue
        for each in now[question].evidence.all():
            if each.file is not None and file_hash(each.file) != each.file.sha256:
                yield f"file {each.file.name} of answer {question} of {result.region_name} was changed"
