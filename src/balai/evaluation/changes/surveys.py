"""Surveys as officers hold them: opened, ended, their single-use codes printed and taken back."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.validators import slug_re
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Locked, NotFound
from balai.evaluation.changes.survey_passes import index_of_code
from balai.evaluation.models import Survey, SurveyPass
from balai.evaluation.reads.surveys import Subject, is_closed, survey_of, survey_subjects
from balai.evaluation.rules.survey import SurveyText
from balai.evaluation.rules.survey_loading import survey_text, surveys
from balai.plan.changes import checks
from balai.plan.changes.locking import locked

VERB = "evaluation.survey"
MOST_ON_A_SHEET = 240
MOST_CODES = 5000
LONGEST = timedelta(days=731)
"""From the opening to the end; and a survey is opened no further from the day it is written."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of codes: none that is taken for another when it is read from paper. Eight of them: some 40 bits."""


@dataclass(frozen=True)
class SurveyDraft:
    """A survey as an officer opens it.

    Attributes:
        subject: "programme:<code>" or "action:<code>", as `reads.survey_subjects` gives it.
        dimensions: keys of those asked about; () asks about those of the subject.
    """

    code: str
    title: str
    year: int
    definition: str
    subject: str
    opens_at: datetime
    closes_at: datetime
    target: int
    dimensions: tuple[str, ...] = ()


@transaction.atomic
def open_survey(actor: Actor, draft: SurveyDraft, at: datetime) -> Survey:
    """Open a survey; its questions are kept as they are now. The same draft sent again is one survey.

    Raises:
        Forbidden.
        NotFound: no such programme, or it is another office's.
        Invalid: no such kind of survey, dates out of order, too small a target, a dimension not asked.
        Conflict: another survey has this code.
    """
    actor.require(VERB)
    if draft.definition not in surveys():
        checks.refuse([Fault("definition", _("Tidak ada survei dengan nama itu."))])
    found = survey_text(draft.definition)
    subject = _subject(actor, draft, at)
    dimensions = draft.dimensions or tuple(key for key in found.value.dimensions if key in subject.dimensions)
    checks.refuse(_faults(draft, found.value, dimensions, at))
    fields = {
        "title": draft.title,
        "year": draft.year,
        "definition": draft.definition,
        "subject": subject.kind,
        "subject_code": subject.code,
        "subject_name": subject.name[:300],
        "office_id": subject.office,
        "dimensions": list(dimensions),
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "target": draft.target,
    }
    standing = Survey.objects.filter(tenant=tenancy.current_tenant(), code=draft.code).first()
    if standing is not None:
        if journal.changes(standing, fields):
            raise Conflict(_("Kode survei ini sudah dipakai. Pilih kode lain."))
        return standing
    row = Survey.objects.create(
        code=draft.code,
        written=found.value.written(),
        sha256=found.sha256,
        opened_by=actor.name,
        **fields,
    )
    journal.write(
        actor,
        "survey.open",
        row,
        code=row.code,
        definition=row.definition,
        sha256=row.sha256,
        subject=draft.subject,
        dimensions=row.dimensions,
        closes_at=row.closes_at,
        target=row.target,
    )
    return row


def _subject(actor: Actor, draft: SurveyDraft, at: datetime) -> Subject:
    for each in survey_subjects(actor, draft.year, timezone.localtime(at).date()):
        if each.key == draft.subject:
            return each
    raise NotFound(_("Program atau rencana aksi itu tidak ada, atau bukan milik kantor Anda."))


def _faults(
    draft: SurveyDraft, text: SurveyText, dimensions: tuple[str, ...], at: datetime
) -> Iterator[Fault]:
    yield from checks.text("code", draft.code, 60)
    if not slug_re.match(draft.code):
        yield Fault("code", _("Kode ini tidak dapat menjadi alamat."), _("Huruf, angka, tanda hubung."))
    yield from checks.text("title", draft.title, 200)
    if not draft.opens_at < draft.closes_at:
        yield Fault("closes_at", _("Penutupan harus sesudah pembukaan."))
    elif draft.closes_at <= at:
        yield Fault("closes_at", _("Penutupannya sudah lewat."), _("Isi waktu yang akan datang."))
    if abs(draft.opens_at - at) > LONGEST:
        yield Fault("opens_at", _("Pembukaannya terlalu jauh dari hari ini."), _("Paling jauh dua tahun."))
    elif draft.closes_at - draft.opens_at > LONGEST:
        yield _too_long("closes_at")
    if not text.least_respondents <= draft.target <= 32_000:
        yield Fault(
            "target",
            _("Sasarannya di luar batas."),
            _("Paling sedikit %(least)d pengguna.") % {"least": text.least_respondents},
        )
    unknown = [key for key in dimensions if key not in text.dimensions]
    if unknown or not dimensions:
        yield Fault("dimensions", _("Pilih dimensi yang ditanyakan survei ini."))


def _too_long(place: str) -> Fault:
    return Fault(place, _("Surveinya terlalu lama dibuka."), _("Paling lama dua tahun."))


@transaction.atomic
def end_survey(actor: Actor, code: str, until: datetime, reason: str, at: datetime) -> Survey:
    """Let a survey end earlier or later than was said; `until` in the past ends it now.

    Raises:
        Forbidden, NotFound.
        Invalid: no reason, or before it opens.
        Locked: it is closed; its results were seen, so it stays closed.
    """
    row = _own(actor, code)
    if is_closed(row, at):
        raise Locked(_("Survei ini sudah ditutup dan hasilnya sudah terbaca; ia tidak dibuka lagi."))
    until = max(until, at)
    faults = list(checks.text("reason", reason, 500))
    if until <= row.opens_at:
        faults.append(Fault("until", _("Penutupan harus sesudah pembukaan.")))
    elif until - row.opens_at > LONGEST:
        faults.append(_too_long("until"))
    checks.refuse(faults)
    before, row.closes_at = row.closes_at, until.replace(microsecond=0)
    row.version += 1
    row.save(update_fields=["closes_at", "version"])
    journal.write(actor, "survey.end", row, code=row.code, before=before, closes_at=until, reason=reason)
    return row


@transaction.atomic
def print_codes(actor: Actor, code: str, count: int, at: datetime) -> tuple[int, tuple[str, ...]]:
    """Make single-use codes and return the number of their sheet with them; they are told this once.

    Raises:
        Forbidden, NotFound.
        Invalid: none or too many. Locked: the survey is closed.
    """
    row = _own(actor, code)
    if is_closed(row, at):
        raise Locked(_("Survei ini sudah ditutup; kodenya tidak akan diterima."))
    known = SurveyPass.objects.filter(survey=row, kind=SurveyPass.Kind.CODE)
    if not 1 <= count <= MOST_ON_A_SHEET or known.count() + count > MOST_CODES:
        right = _("Cetak 1 sampai %(most)d kode sekali jalan, %(all)d untuk satu survei.")
        checks.refuse(
            [
                Fault(
                    "count",
                    _("Jumlahnya di luar batas."),
                    right % {"most": MOST_ON_A_SHEET, "all": MOST_CODES},
                )
            ]
        )
    sheet = 1 + (known.order_by("-sheet").values_list("sheet", flat=True).first() or 0)
    made: set[str] = set()
    while len(made) < count:
        made.add("".join(secrets.choice(LETTERS) for _letter in range(8)))
    codes = tuple(sorted(made))
    SurveyPass.objects.bulk_create(
        SurveyPass(survey=row, kind=SurveyPass.Kind.CODE, index=index_of_code(row, each), sheet=sheet)
        for each in codes
    )
    journal.write(actor, "survey.print", row, code=row.code, sheet=sheet, count=count)
    return sheet, tuple(f"{each[:4]}-{each[4:]}" for each in codes)


@transaction.atomic
def void_sheet(actor: Actor, code: str, sheet: int, reason: str) -> int:
    """Take the unused codes of a sheet back, as when it was lost; return how many.

    Raises:
        Forbidden, Invalid.
        NotFound: no such survey, or no unused code is left of the sheet.
    """
    row = _own(actor, code)
    checks.refuse(checks.text("reason", reason, 500))
    unused = SurveyPass.objects.filter(survey=row, kind=SurveyPass.Kind.CODE, sheet=sheet, spent_with="")
    count, _tables = unused.delete()
    if not count:
        raise NotFound(_("Lembar itu tidak ada, atau semua kodenya sudah dipakai."))
    journal.write(actor, "survey.void", row, code=row.code, sheet=sheet, count=count, reason=reason)
    return count


def _own(actor: Actor, code: str) -> Survey:
    """Return a survey of the actor, locked."""
    found = survey_of(actor, code)
    actor.require(VERB, found)
    return locked(Survey, found.pk)
