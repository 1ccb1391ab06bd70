"""The region's self-assessment: a sheet by part, and the sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid
from balai.evaluation import changes, reads
from balai.evaluation.pages.asking import Done, do_once, show
from balai.evaluation.pages.words import evidence_kinds
from balai.evaluation.rules.rounds import is_within
from balai.plan.changes.uploads import Upload

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Entry:
    """One question of the sheet as it is shown: what is saved, or what was typed and refused."""

    line: reads.AnswerLine
    name: str
    level: str
    value: str
    text: str
    takes_figure: bool
    version: str
    figure: reads.Figure | None
    may_answer: bool
    faults: tuple[str, ...] = ()
    link: str = ""
    title: str = ""


class _Refused(Exception):
    def __init__(self, faults: Mapping[str, tuple[str, ...]]) -> None:
        self.faults = faults
        super().__init__()


@require_safe
@needs("evaluation.read")
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """The questions of one part with this year's answers, last year's, and the figures that are there."""
    return _draw(request, key)


def _draw(
    request: HttpRequest, key: UUID, faults: Mapping[str, tuple[str, ...]] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    found = reads.sheet(actor, key)
    row = found.invitation.round
    given = request.POST if request.method == "POST" else request.GET
    part = _part(found, given.get("bagian", ""))
    now = timezone.now()
    already_sent = found.participation.submitted_at if found.participation else None
    is_open = is_within(now, row.opens_at, found.due_at) and not already_sent and not row.frozen_at
    figures: Mapping[str, reads.Figure] = {}
    if is_open:
        figures = reads.figures(
            actor, found.instrument, row.year, found.invitation.region_code, timezone.localdate()
        )
    entries = []
    for line in visible(actor, found, part):
        may = is_open and may_answer(actor, line)
        entry = _entry(line, figures.get(line.question.key), may)
        if faults is not None:
            entry = _typed(entry, request, faults.get(line.question.key, ()))
        entries.append(entry)
    keys = [each.key for each in found.instrument.parts if visible(actor, found, each.key)]
    return render(
        request,
        "evaluation/desk/sheet.html",
        {
            "row": row,
            "sheet": found,
            "instrument": found.instrument,
            "part": found.instrument.part(part),
            "entries": entries,
            "is_open": is_open,
            "sent": already_sent,
            "may_write": any(each.may_answer for each in entries),
            "has_last_year": any(line.last_year for line in found.lines),
            "kinds": evidence_kinds(),
            "next_part": next((each for each in keys[keys.index(part) + 1 :]), "") if part in keys else "",
            "scale": range(found.instrument.scale.least, found.instrument.scale.most + 1),
            "faulty": [each for each in entries if each.faults],
            "tabs": [
                {
                    "label": str(found.instrument.part(each).name),
                    "href": f"?bagian={each}",
                    "is_here": each == part,
                    "count": sum(1 for line in visible(actor, found, each) if line.lack) or None,
                }
                for each in keys
            ],
        },
        status=status,
    )


def _part(found: reads.Sheet, asked: str) -> str:
    return asked if asked in found.instrument.weights else found.instrument.parts[0].key


def visible(actor: Actor, found: reads.Sheet, part: str) -> list[reads.AnswerLine]:
    """Return the questions of a part the actor has to do with: officers see those of their office."""
    everything = actor.may("evaluation.submit") or not actor.may("evaluation.answer")
    return [line for line in found.lines if line.question.part == part and (everything or line.answer)]


def may_answer(actor: Actor, line: reads.AnswerLine) -> bool:
    if line.answer is None:
        return actor.may("evaluation.submit") and actor.may("evaluation.answer")
    return actor.may("evaluation.answer", line.answer)


def _entry(line: reads.AnswerLine, figure: reads.Figure | None, may_answer: bool) -> Entry:
    row = line.answer
    return Entry(
        line,
        f"q{line.question.key}",
        "" if row is None or row.level is None else str(row.level),
        "" if row is None or row.value is None else f"{row.value.normalize():f}".replace(".", ","),
        row.text if row else "",
        bool(row and row.figure),
        str(row.version) if row else "",
        figure,
        may_answer,
    )


def _typed(entry: Entry, request: HttpRequest, faults: tuple[str, ...]) -> Entry:
    said, name = request.POST, entry.name
    if not entry.may_answer:
        return entry
    return Entry(
        entry.line,
        name,
        said.get(f"{name}-level", ""),
        said.get(f"{name}-value", ""),
        said.get(f"{name}-text", ""),
        f"{name}-figure" in said,
        entry.version,
        entry.figure,
        True,
        faults,
        said.get(f"{name}-link", ""),
        said.get(f"{name}-title", ""),
    )


@require_POST
@needs("evaluation.answer")
def save(request: HttpRequest, key: UUID) -> HttpResponse:
    """Save the answers of one part with the evidence beside them: all of them, or none and what is wrong."""
    actor, at = actor_of(request), timezone.now()
    found = reads.sheet(actor, key)
    part = _part(found, request.POST.get("bagian", ""))

    def act() -> Done:
        with transaction.atomic():
            count = _save_part(actor, found, part, request, at)
        onward = request.POST.get("next", "")
        onward = onward if onward in found.instrument.weights else part
        return Done(
            _("%(count)d jawaban tersimpan.") % {"count": count},
            f"{reverse('evaluation-sheet', args=[key])}?bagian={onward}",
        )

    try:
        return do_once(request, act)
    except _Refused as refused:
        return _draw(request, key, refused.faults, 422)


def _save_part(actor: Actor, found: reads.Sheet, part: str, request: HttpRequest, at: Any) -> int:
    row = found.invitation.round
    figures = reads.figures(actor, found.instrument, row.year, found.invitation.region_code, at.date())
    faults: dict[str, tuple[str, ...]] = {}
    count = 0
    for line in visible(actor, found, part):
        question = line.question.key
        if not may_answer(actor, line) or f"q{question}-version" not in request.POST:
            continue
        try:
            count += _save_one(actor, row.pk, line, request, figures.get(question), at)
        except Invalid as error:
            faults[question] = tuple(f"{fault.wrong} {fault.right}".strip() for fault in error.faults)
        except Conflict as error:
            faults[question] = (
                str(error),
                *(_("Sekarang tertulis: %(now)s.") % {"now": now} for _yours, now in error.changes.values()),
            )
    if faults:
        raise _Refused(faults)
    return count


def _save_one(
    actor: Actor,
    round_key: UUID,
    line: reads.AnswerLine,
    request: HttpRequest,
    figure: reads.Figure | None,
    at: Any,
) -> bool:
    """Save one answer and its evidence. Returns whether there was something to save."""
    said, question = request.POST, line.question.key
    name = f"q{question}"
    level = said.get(f"{name}-level", "")
    text = said.get(f"{name}-text", "").strip().replace("\r\n", "\n")
    taken = f"{name}-figure" in said
    provenance: Mapping[str, Any] = {}
    value = _number(name, said.get(f"{name}-value", ""))
    if taken and figure is not None:
        value, provenance = figure.value, figure.told()
    elif taken and line.answer is not None:
        value, provenance = line.answer.value, line.answer.figure
    draft = changes.AnswerDraft(int(level) if level.isdecimal() else None, value, text, provenance)
    is_there = line.answer is not None and line.answer.answered_at is not None
    wrote = False
    if is_there or draft != changes.AnswerDraft():
        version = said.get(f"{name}-version", "")
        seen = int(version) if version.isdecimal() and is_there else None
        changes.save_answer(actor, round_key, question, draft, version=seen, at=at)
        wrote = True
    return _add_evidence(actor, round_key, line, request, at) or wrote


def _number(name: str, text: str) -> Decimal | None:
    tidy = text.strip().replace(".", "").replace(",", ".") if "," in text else text.strip()
    if not tidy:
        return None
    try:
        number = Decimal(tidy)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Invalid([Fault(name, _("“%(text)s” bukan angka.") % {"text": text[:40]})])
    return number


def _add_evidence(
    actor: Actor, round_key: UUID, line: reads.AnswerLine, request: HttpRequest, at: Any
) -> bool:
    name, question = f"q{line.question.key}", line.question
    link = request.POST.get(f"{name}-link", "").strip()
    file = request.FILES.get(f"{name}-file")
    if not link and not isinstance(file, UploadedFile):
        return False
    title = request.POST.get(f"{name}-title", "").strip()
    if any(each.link == link and link and each.title == (title or link) for each in line.evidence):
        return False
    asked = question.evidence or ("other",)
    kind = request.POST.get(f"{name}-kind", asked[0])
    upload = Upload(cast(BinaryIO, file), file.name or "") if isinstance(file, UploadedFile) else None
    changes.add_answer_evidence(
        actor,
        round_key,
        question.key,
        kind,
        title or (upload.name if upload else link)[:300],
        upload=upload,
        link=link,
        at=at,
    )
    return True


@get_or_post
@needs("evaluation.submit")
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is still missing; and the sending, after which nothing changes."""
    actor = actor_of(request)
    found = reads.sheet(actor, key)
    context = {"row": found.invitation.round, "sheet": found, "instrument": found.instrument}
    if request.method != "POST":
        return show(request, "evaluation/desk/submit.html", context)

    def act() -> Done:
        changes.submit(actor, key, timezone.now())
        return Done(
            _("Penilaian mandiri terkirim. Penilai dapat membacanya sekarang."),
            reverse("evaluation-round", args=[key]),
        )

    try:
        return do_once(request, act)
    except Invalid as error:
        return show(request, "evaluation/desk/submit.html", {**context, "refused": error.faults}, 422)
