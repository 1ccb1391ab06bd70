"""The region's self-assessment: questions given to offices, answers with evidence, confirmed, sent."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, Forbidden, Invalid, NotFound
from balai.evaluation.changes.finding import answering
from balai.evaluation.models import Answer, AnswerEvidence, InnerScore, Participation
from balai.evaluation.reads.answers import given
from balai.evaluation.rules import Instrument, Method, in_scale
from balai.evaluation.rules.rounds import lacks
from balai.people import reads as people
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked, same_version
from balai.plan.changes.uploads import Upload, one_of, stored
from balai.plan.reads.sight import as_key


@dataclass(frozen=True)
class AnswerDraft:
    """What a region says to a question.

    Attributes:
        level: the level or score it gives itself, on the scale of the instrument.
        value: a figure, where the question asks for one.
        figure: where the value was taken from, as `reads.figures` gave it; {} where it was typed.
    """

    level: int | None = None
    value: Decimal | None = None
    text: str = ""
    figure: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def allot(actor: Actor, round_key: Key, question: str, office: Key | None, at: datetime) -> Answer:
    """Give a question to an office, which then answers it; None takes it back to the programme office.

    Raises:
        Forbidden.
        NotFound: no such question or office. Locked: too late, sent, or frozen.
    """
    part, instrument = answering(actor, round_key, at)
    actor.require("evaluation.submit", part)
    row = _answer(part, instrument, question)
    row.office = people.office(office) if office else None
    row.save(update_fields=["office"])
    journal.write(actor, "answer.allot", row, question=question, office=str(office or ""))
    return row


@transaction.atomic
def save_answer(
    actor: Actor, round_key: Key, question: str, draft: AnswerDraft, *, version: int | None, at: datetime
) -> Answer:
    """Save what the region says to a question. The same said twice is written once.

    Args:
        version: the one the actor saw; None when they saw none.

    Raises:
        Forbidden: the question belongs to another office.
        NotFound, Invalid.
        Locked: before the round opens, after its deadline, sent already, or frozen.
        Conflict: somebody else saved it since; lists what differs.
    """
    part, instrument = answering(actor, round_key, at)
    row = _answer(part, instrument, question)
    actor.require("evaluation.answer", row)
    checks.refuse(_faults(instrument, draft))
    fields = {**asdict(draft), "figure": dict(draft.figure)}
    changed = journal.changes(row, fields)
    if not changed and row.answered_at is not None:
        return row
    if version is not None or row.answered_at is not None:
        same_version(row, version or 0, fields)
    for name, value in fields.items():
        setattr(row, name, value)
    row.answered_by, row.answered_by_id_text, row.answered_at = actor.name, actor.id, at
    row.confirmed_by, row.confirmed_by_id_text, row.confirmed_at = "", "", None
    row.version += 1
    row.save()
    journal.write(actor, "answer.save", row, question=question, changed=sorted(changed))
    return row


@transaction.atomic
def confirm_answer(
    actor: Actor,
    round_key: Key,
    question: str,
    *,
    version: int,
    at: datetime,
    level: int | None = None,
    note: str = "",
) -> Answer:
    """Confirm an answer as internal assessor: a second person has looked at it, and scores it.

    Args:
        level: the internal assessor's own, where the instrument is by levels; that of the answer
            when left out. Another than the answer's needs a note.

    Raises:
        Forbidden: no right, or the actor gave this very answer.
        NotFound, Locked, Conflict.
        Invalid: a level off the scale, or another one without a note.
    """
    part, instrument = answering(actor, round_key, at)
    row = _answer(part, instrument, question)
    actor.require("evaluation.confirm", part)
    if row.answered_at is None:
        raise NotFound(_("Pertanyaan ini belum dijawab."))
    if row.answered_by_id_text == actor.id:
        raise Forbidden(_("Jawaban diperiksa oleh orang lain daripada yang mengisinya."))
    same_version(row, version, {})
    given = row.level if level is None else level
    by_levels = instrument.method is Method.LEVELS
    if instrument.method is Method.LEVELS:
        checks.refuse(_faults_of_score(instrument, row, given, note))
    row.confirmed_by, row.confirmed_by_id_text, row.confirmed_at = actor.name, actor.id, at
    row.version += 1
    row.save()
    if by_levels and given is not None:
        InnerScore.objects.create(
            answer=row,
            answer_version=row.version,
            level=given,
            note=note,
            scored_by=actor.name,
            scored_by_id_text=actor.id,
            scored_at=at,
        )
    told = {"level": given, "note": note} if by_levels else {}
    journal.write(actor, "answer.confirm", row, question=question, **told)
    return row


def _faults_of_score(instrument: Instrument, row: Answer, level: int | None, note: str) -> Iterator[Fault]:
    if level is None or not in_scale(instrument, level):
        right = _("Isi %(least)d sampai %(most)d.")
        scale = {"least": instrument.scale.least, "most": instrument.scale.most}
        yield Fault("level", _("Tingkat ini di luar skala."), right % scale)
    elif level != row.level and not note.strip():
        yield Fault("note", _("Tingkat Anda berbeda dari jawabannya."), _("Tulis mengapa."))
    yield from checks.text("note", note, 500, needed=False)


@transaction.atomic
def add_answer_evidence(
    actor: Actor,
    round_key: Key,
    question: str,
    kind: str,
    title: str,
    *,
    upload: Upload | None = None,
    link: str = "",
    at: datetime,
) -> AnswerEvidence:
    """Put a file or a link beside an answer.

    Args:
        kind: key of the evidence kinds; one the question asks for, where it asks for any.

    Raises:
        Forbidden, NotFound, Locked.
        Invalid: of a type that is not taken here, of a kind not asked for, or neither file nor link.
    """
    part, instrument = answering(actor, round_key, at)
    row = _answer(part, instrument, question)
    actor.require("evaluation.answer", row)
    faults = [*checks.text("title", title, 300), *one_of(upload, link)]
    asked = instrument.question(question).evidence
    if asked:
        faults += checks.choice("kind", kind, asked)
    checks.refuse(faults)
    file = stored(actor, upload)
    if file is not None and file.media_type not in instrument.evidence.media_types:
        raise Invalid(
            [
                Fault(
                    file.name,
                    _("Jenis berkas %(type)s tidak diterima sebagai bukti.") % {"type": file.media_type},
                    _("Yang diterima: %(types)s.") % {"types": ", ".join(instrument.evidence.media_types)},
                )
            ]
        )
    made = AnswerEvidence.objects.create(
        answer=row, kind=kind, title=title, file=file, link=link, added_by=actor.name, added_at=at
    )
    journal.write(
        actor,
        "answer_evidence.add",
        made,
        question=question,
        title=title,
        sha256=file.sha256 if file else "",
    )
    return made


@transaction.atomic
def remove_answer_evidence(actor: Actor, evidence: Key, at: datetime) -> None:
    """Take evidence away before the self-assessment is sent. Raises Forbidden, NotFound, Locked."""
    found = (
        AnswerEvidence.objects.filter(pk=as_key(evidence), tenant=tenancy.current_tenant())
        .select_related("answer__participation")
        .first()
    )
    if found is None:
        raise NotFound(_("Bukti dukung itu tidak ada."))
    answering(actor, found.answer.participation.round_id_text, at)
    actor.require("evaluation.answer", found.answer)
    journal.write(actor, "answer_evidence.remove", found, question=found.answer.question, title=found.title)
    found.delete()


@transaction.atomic
def submit(actor: Actor, round_key: Key, at: datetime) -> Participation:
    """Send the self-assessment; from then on assessors see it and nobody changes it.

    Raises:
        Forbidden, NotFound.
        Locked: too late, sent already, or frozen.
        Invalid: with each question that lacks an answer or evidence.
    """
    part, instrument = answering(actor, round_key, at)
    actor.require("evaluation.submit", part)
    missing = lacks(instrument, given(part))
    checks.refuse(
        Fault(
            lack.question.key,
            _("Belum dijawab.") if lack.answer else _("Belum ada bukti dukung."),
            str(lack.question.text),
        )
        for lack in missing
    )
    part.submitted_at, part.submitted_by = at, actor.name
    part.save()
    journal.write(actor, "participation.submit", part, round=part.round_id_text)
    return part


def _answer(part: Participation, instrument: Instrument, question: str) -> Answer:
    """Return the row of an answer, locked; made empty where there was none."""
    if question not in {each.key for each in instrument.questions}:
        raise NotFound(_("Instrumen tahap ini tidak punya pertanyaan itu."))
    made, _new = Answer.objects.get_or_create(participation=part, question=question)
    return locked(Answer, made.pk)


def _faults(instrument: Instrument, draft: AnswerDraft) -> list[Fault]:
    faults = [
        *checks.text("text", draft.text, 20_000, needed=False),
        *checks.number("value", draft.value),
    ]
    if draft.level is not None and not in_scale(instrument, draft.level):
        faults.append(
            Fault(
                "level",
                _("Tingkat ini di luar skala."),
                _("Isi %(least)d sampai %(most)d.")
                % {"least": instrument.scale.least, "most": instrument.scale.most},
            )
        )
    if draft.level is None and draft.value is None and not draft.text.strip():
        faults.append(Fault("text", _("Jawabannya masih kosong."), _("Isi tingkat, angka, atau uraian.")))
    return faults
