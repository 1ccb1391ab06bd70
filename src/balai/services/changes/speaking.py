"""What is said about a case besides its moves: comments, files, following, rating, taking it on."""

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, outbox
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked
from balai.base.files import StoredFile, store_file
from balai.base.sealing import seal
from balai.services.changes import telling
from balai.services.changes.locking import locked, same_version, touch
from balai.services.models import Case, CaseFile, Comment, Follower, Notice, Rating
from balai.services.reads import sight
from balai.services.reads.definitions import service_of
from balai.services.rules.definition import Party, Service
from balai.services.rules.particulars import SECRET

COMMENTED = "services.commented"
"""Announced with `case`, `comment` and the `version` of the case when both sides have something to read."""
LONGEST = 10_000
"""Letters of a comment."""


@transaction.atomic
def comment(
    actor: Actor,
    key: sight.Key,
    text: str,
    audience: str,
    at: datetime,
    ticket: sight.Ticket | None = None,
) -> Comment:
    """Say something about a case; what an applicant says is read by both sides.

    The other side is told that there is something to read; the text itself stays here.

    Raises:
        NotFound. Forbidden: the actor only follows it.
        Invalid: empty or too long.
    """
    row = locked(actor, key, ticket)
    service = service_of(row)
    is_applicant = sight.is_applicant(actor, row, ticket)
    if not is_applicant and not takes_part(actor, service, row):
        raise Forbidden(_("Hanya petugas berkas ini dan pemohonnya yang dapat menulis di sini."))
    _refuse_text(text, _("Komentar"))
    made: Comment = Comment.objects.create(
        case=row,
        audience=Comment.Audience.APPLICANT if is_applicant else Comment.Audience(audience),
        text=seal(text.strip(), "services.comment"),
        by_applicant=is_applicant,
        author_id_text="" if is_applicant and row.hides_applicant else actor.id,
        author_name="" if is_applicant else actor.name,
        at=at,
    )
    named = in_journal(actor, row, service, is_applicant=is_applicant)
    journal.write(named, "services.comment", row, audience=made.audience)
    if made.audience == Comment.Audience.APPLICANT:
        side = Party.OFFICER if is_applicant else Party.APPLICANT
        letter = telling.Letter(
            f"comment:{made.pk}",
            "comment",
            _("Pesan baru pada %(number)s") % {"number": row.number},
            _("Ada pesan baru pada berkas %(number)s. Buka berkasnya untuk membaca dan menjawab.")
            % {"number": row.number},
            (Notice.Way.INBOX, Notice.Way.EMAIL),
        )
        telling.tell(service, row, _of_side(service, side), letter, at)
        outbox.announce(COMMENTED, str(made.pk), case=str(row.pk), comment=str(made.pk), version=row.version)
    return made


def _of_side(service: Service, side: Party) -> Iterable[str]:
    """Return the roles that are told: the applicant, or the officers the case is assigned to."""
    if side is Party.APPLICANT:
        return sorted(service.roles_of(side))[:1]
    return [role.id for role in service.roles.values() if role.office == "assigned"][:1]


def in_journal(actor: Actor, row: Case, service: Service, *, is_applicant: bool) -> Actor:
    """Return who the journal names: no applicant who is protected, or may be once their case is corrected.

    A line of the journal stays for ever, and is read by people who may not know of the case.
    """
    hides = is_applicant and (row.hides_applicant or service.may_hide_applicant)
    return hidden_reporter(row) if hides else actor


def _signed(actor: Actor, row: Case, is_applicant: bool) -> Actor:
    """Return who the case itself names: nobody, where its reporter is protected."""
    return hidden_reporter(row) if is_applicant and row.hides_applicant else actor


def hidden_reporter(row: Case) -> Actor:
    """Return the applicant of a case as the journal may name them where they are protected."""
    return Actor("", _("Pelapor"), row.tenant)


def takes_part(actor: Actor, service: Service, row: Case) -> bool:
    """Tell whether an officer has a role in the case, a task of it included."""
    if sight.roles_of(actor, service, row):
        return True
    return any(sight.roles_of(actor, service, row, task=task) for task in row.tasks.filter(state="open"))


@transaction.atomic
def hand_in(
    actor: Actor,
    key: sight.Key,
    content: BinaryIO,
    name: str,
    audience: str,
    at: datetime,
    ticket: sight.Ticket | None = None,
) -> CaseFile:
    """Store a file and put it on a case; an applicant who is protected is named by neither.

    Raises:
        NotFound, Forbidden, Locked: as `add_file`. Invalid: it is not of a kind that is taken, or too large.
    """
    row = locked(actor, key, ticket)
    is_applicant = sight.is_applicant(actor, row, ticket)
    if not row.is_open:
        raise _is_shut()
    named = in_journal(actor, row, service_of(row), is_applicant=is_applicant)
    stored = store_file(content, name, named)
    return add_file(actor, key, stored, audience, at, ticket)


@transaction.atomic
def add_file(
    actor: Actor,
    key: sight.Key,
    file: StoredFile,
    audience: str,
    at: datetime,
    ticket: sight.Ticket | None = None,
) -> CaseFile:
    """Put a stored file on a case; the same content once.

    Raises:
        NotFound, Forbidden. Locked: the case is closed.
    """
    row = locked(actor, key, ticket)
    is_applicant, service = sight.is_applicant(actor, row, ticket), service_of(row)
    if not is_applicant and not takes_part(actor, service, row):
        raise Forbidden(_("Hanya petugas berkas ini dan pemohonnya yang dapat menambah berkas."))
    if not row.is_open:
        raise _is_shut()
    signed = _signed(actor, row, is_applicant)
    made = keep_file(signed, row, file.pk, "", audience if not is_applicant else "applicant", at)
    named = in_journal(actor, row, service, is_applicant=is_applicant)
    journal.write(named, "services.add_file", row, file=str(file.pk))
    return made


def _is_shut() -> Locked:
    return Locked(_("Berkas ini sudah ditutup. Buka lagi dahulu untuk menambah lampiran."))


def keep_file(actor: Actor, row: Case, file: UUID, field: str, audience: str, at: datetime) -> CaseFile:
    """Write the row that ties a stored file to a case; where it is there, return it.

    Args:
        actor: as the case may name them: an applicant who is protected is `hidden_reporter`.
    """
    made: CaseFile
    made, _new = CaseFile.objects.get_or_create(
        tenant=row.tenant,
        case=row,
        file_id=file,
        defaults={
            "field": field,
            "audience": Comment.Audience(audience),
            "added_by": actor.id,
            "added_by_name": actor.name,
            "at": at,
        },
    )
    return made


@transaction.atomic
def follow(actor: Actor, key: sight.Key, at: datetime) -> Follower:
    """Hear of a case that somebody else reported; its answers stay unseen.

    Raises:
        Forbidden: the actor has no account here.
        NotFound: there is none to be followed: secret cases are not.
    """
    if not actor.is_signed_in or not actor.may("services.follow"):
        raise Forbidden(_("Masuk dahulu untuk mengikuti laporan."))
    row: Case | None = Case.objects.filter(tenant=actor.tenant, pk=sight.key_of(key), is_secret=False).first()
    # What its reporter keeps from the public is not told to who happens to know its number.
    if row is None or row.answers.get(SECRET) is True:
        raise sight.not_there()
    made: Follower
    made, is_new = Follower.objects.get_or_create(
        tenant=actor.tenant, case=row, account=actor.id, defaults={"since": at}
    )
    if is_new:
        journal.write(actor, "services.follow", row)
    return made


@transaction.atomic
def rate(
    actor: Actor,
    key: sight.Key,
    score: int,
    text: str,
    at: datetime,
    ticket: sight.Ticket | None = None,
) -> Rating:
    """Rate how a case was answered, 1 to 5; once each time it was answered.

    Raises:
        NotFound. Forbidden: only the applicant rates.
        Invalid: the score lies outside of the scale, or the text is too long.
        Conflict: this answer was rated already.
        Locked: there is nothing to rate yet.
    """
    row = locked(actor, key, ticket)
    if not sight.is_applicant(actor, row, ticket):
        raise Forbidden(_("Hanya pemohon yang menilai layanannya."))
    made = keep_rating(row, score, text, at)
    named = in_journal(actor, row, service_of(row), is_applicant=True)
    journal.write(named, "services.rate", row, score=score)
    touch(row)
    row.save(update_fields=["score", "version"])
    return made


def keep_rating(row: Case, score: int, text: str, at: datetime) -> Rating:
    """Write a rating and the score of the case, which is not saved. Raises as `rate`."""
    if not 1 <= score <= 5:
        raise Invalid([Fault(_("Nilai"), _("Di luar skala."), _("Beri nilai 1 sampai 5."))])
    if len(text) > LONGEST:
        raise Invalid([_too_long(_("Alasan"))])
    service = service_of(row)
    # What can be opened again was answered.
    was_answered = not row.is_open or any(move.reopens for move in service.moves_from[row.state])
    if not was_answered:
        raise Locked(_("Layanan ini belum dijawab, jadi belum dapat dinilai."))
    made: Rating
    made, is_new = Rating.objects.get_or_create(
        tenant=row.tenant,
        case=row,
        round=row.reopens,
        defaults={"score": score, "text": seal(text.strip(), "services.rating"), "at": at},
    )
    if not is_new and made.score != score:
        raise Conflict(_("Jawaban ini sudah Anda nilai."), {"score": (score, made.score)})
    row.score = score
    return made


@transaction.atomic
def take_on(actor: Actor, key: sight.Key, *, version: int) -> Case:
    """Put a case on the actor's own queue.

    Raises:
        NotFound. Forbidden: the actor has no role in it. Locked: it is closed.
        Conflict: somebody else took it, or changed it, since.
    """
    row = locked(actor, key)
    if not sight.roles_of(actor, service_of(row), row) or sight.is_applicant(actor, row):
        raise Forbidden(_("Berkas ini bukan bagian perangkat daerah Anda."))
    if not row.is_open:
        raise Locked(_("Berkas ini sudah ditutup."))
    if row.officer == actor.id:
        return row
    same_version(row, version, _("diambil"))
    return _give(actor, row, actor.id, actor.name, "services.take_on")


@transaction.atomic
def hand_over(actor: Actor, key: sight.Key, account: str, reason: str, at: datetime, *, version: int) -> Case:
    """Give a case to a colleague of the same office, with the reason.

    Args:
        account: of somebody who sits in the office of the case and works on its cases.

    Raises:
        NotFound, Forbidden, Locked, Conflict.
        Invalid: no reason, or the colleague does not work on cases there.
    """
    row = locked(actor, key)
    if str(row.office_id) not in actor.offices or not takes_part(actor, service_of(row), row):
        raise Forbidden(_("Berkas ini bukan bagian perangkat daerah Anda."))
    if not row.is_open:
        raise Locked(_("Berkas ini sudah ditutup."))
    _refuse_text(reason, _("Alasan"))
    same_version(row, version, _("diserahkan"))
    colleagues = telling.colleagues(row, at)
    if account not in colleagues:
        wrong = _("Orang ini tidak mengerjakan berkas di perangkat daerah itu.")
        raise Invalid([Fault(_("Petugas"), wrong, _("Pilih dari daftar."))])
    Comment.objects.create(
        case=row,
        audience=Comment.Audience.INTERNAL,
        text=seal(reason.strip(), "services.comment"),
        author_id_text=actor.id,
        author_name=actor.name,
        at=at,
    )
    return _give(actor, row, account, colleagues[account], "services.hand_over")


def _give(actor: Actor, row: Case, account: str, name: str, verb: str) -> Case:
    before, row.officer, row.officer_name = row.officer, account, name
    touch(row)
    row.save(update_fields=["officer", "officer_name", "version"])
    journal.write(actor, verb, row, officer=[before, account])
    return row


def _refuse_text(text: str, place: str) -> None:
    if not text.strip():
        raise Invalid([Fault(place, _("Belum diisi."))])
    if len(text) > LONGEST:
        raise Invalid([_too_long(place)])


def _too_long(place: str) -> Fault:
    return Fault(place, _("Terlalu panjang."), _("Paling banyak %(most)d huruf.") % {"most": LONGEST})
