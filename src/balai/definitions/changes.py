"""Amending a dated table: one person proposes, another decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from balai.definitions import reads, rules
from balai.definitions.models import TableAmendment
from balai.definitions.rules import Row
from balai.definitions.tables import Table, table

Status = TableAmendment.Status


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to be in force.

    Attributes:
        values: cells by column in the form of files ("10", "0.5", "2026-03-18", "true"); "" is missing.
        replaces: id of the approved amendment it follows or corrects, if any.
    """

    table: str
    key: str
    valid_from: date
    valid_to: date | None
    values: Mapping[str, str]
    source: str
    reason: str
    replaces: UUID | None = None


@transaction.atomic
def propose(actor: Actor, proposal: Proposal) -> TableAmendment:
    """Propose a row; it is in force only once another person approved it.

    Raises:
        Forbidden: the actor's roles do not hold tables.propose.
        Invalid: the row does not fit the table, or shares days with an approved one.
    """
    known = table(proposal.table)
    new = TableAmendment(
        table=known.code,
        key=proposal.key.strip(),
        valid_from=proposal.valid_from,
        valid_to=proposal.valid_to,
        source=proposal.source.strip(),
        reason=proposal.reason.strip(),
        replaces=_replaced(actor, proposal),
        proposed_by=actor.id,
        proposed_by_name=actor.name,
    )
    actor.require("tables.propose", new)
    row = _checked(known, new, proposal.values)
    new.values = {name: rules.written(value) for name, value in row.values.items() if value is not None}
    new.save()
    journal.write(actor, "tables.propose", new, **_facts(new))
    return new


@transaction.atomic
def approve(actor: Actor, id: UUID | str, note: str = "") -> TableAmendment:
    """Put a proposal in force. What it replaces ends the day before, or gives way entirely.

    Raises:
        Forbidden: no right, or the actor proposed it.
        Conflict: it was decided meanwhile.
        Invalid: another row was approved meanwhile and shares days with it.
    """
    proposal = _to_decide(actor, id)
    known = table(proposal.table)
    _checked(known, proposal, proposal.values)
    acts = [journal.Act("tables.approve", proposal, _facts(proposal))]
    if proposal.replaces:
        acts.append(_give_way(proposal.replaces, proposal))
    _decide(actor, proposal, Status.APPROVED, note)
    journal.write_all(actor, acts)
    return proposal


@transaction.atomic
def refuse(actor: Actor, id: UUID | str, note: str) -> TableAmendment:
    """Turn a proposal down; `note` tells the proposer why.

    Raises:
        Forbidden, Conflict: as `approve`.
        Invalid: no reason is given.
    """
    proposal = _to_decide(actor, id)
    if not note.strip():
        raise Invalid([Fault(_("alasan"), _("Belum diisi."), _("Tulis mengapa usulan ini ditolak."))])
    _decide(actor, proposal, Status.REFUSED, note)
    journal.write(actor, "tables.refuse", proposal, note=note.strip(), **_facts(proposal))
    return proposal


@transaction.atomic
def withdraw(actor: Actor, id: UUID | str) -> TableAmendment:
    """Take back one's own proposal.

    Raises:
        Forbidden: it is somebody else's.
        Conflict: it was decided meanwhile.
    """
    actor.require("tables.propose")
    proposal = _waiting(actor, id)
    if proposal.proposed_by != actor.id:
        raise Forbidden(_("Hanya pengusul yang dapat menarik usulannya."))
    _decide(actor, proposal, Status.WITHDRAWN, "")
    journal.write(actor, "tables.withdraw", proposal, **_facts(proposal))
    return proposal


def _replaced(actor: Actor, proposal: Proposal) -> TableAmendment | None:
    if proposal.replaces is None:
        return None
    old = reads.amendment(actor, proposal.replaces)
    if (old.table, old.key) != (proposal.table, proposal.key.strip()) or old.status != Status.APPROVED:
        right = _("Pilih baris yang disetujui dari tabel dan kunci yang sama.")
        raise Invalid([Fault(_("menggantikan"), _("Baris itu tidak dapat digantikan dari sini."), right)])
    return old


def _checked(known: Table, new: TableAmendment, cells: Mapping[str, str]) -> Row:
    """Return the row that would be in force, after everything that speaks against it was looked for."""
    faults: list[Fault] = []
    if not known.file.amendable:
        raise Invalid(
            [
                Fault(
                    str(known.file.title),
                    _("Tabel ini sama bagi semua daerah dan tidak dapat diubah di sini."),
                )
            ]
        )
    for label, text in ((_("sumber"), new.source), (_("alasan"), new.reason)):
        if not text:
            faults.append(
                Fault(label, _("Belum diisi."), _("Tulis dasarnya, agar orang kedua dapat memeriksa."))
            )
    if known.file.key and not known.file.key.open and new.key and new.key not in known.keys:
        right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(known.keys)}
        faults.append(
            Fault(str(known.file.key.title), _("“%(text)s” bukan pilihan.") % {"text": new.key}, right)
        )
    try:
        row = known.row(new.key, new.valid_from, new.valid_to, cells, new.source)
    except Invalid as error:
        raise Invalid([*faults, *error.faults]) from error
    faults += _collisions(known, new)
    if faults:
        raise Invalid(faults)
    return row


def _collisions(known: Table, new: TableAmendment) -> Iterable[Fault]:
    others = reads.approved(known.code, tenant=new.tenant)
    standing = [reads.row_of(known, other) for other in others if other.pk != new.replaces_id]
    met = rules.overlapping(standing, new.key, new.valid_from, new.valid_to)
    if met:
        dates = {
            "from": met.valid_from.isoformat(),
            "to": met.valid_to.isoformat() if met.valid_to else _("seterusnya"),
        }
        yield Fault(
            _("berlaku sejak"),
            _("Sudah ada baris yang disetujui untuk %(from)s sampai %(to)s.") % dates,
            _("Pilih masa di luar itu, atau gantikan baris tersebut."),
        )
    old = new.replaces
    if old and new.valid_to is not None and (old.valid_to is None or old.valid_to > new.valid_to):
        until = old.valid_to.isoformat() if old.valid_to else _("seterusnya")
        yield Fault(
            _("berlaku sampai"),
            _("Baris yang digantikan berlaku lebih lama, sampai %(to)s.") % {"to": until},
            _("Isi tanggal itu atau sesudahnya, agar tidak ada hari yang kosong."),
        )


def _waiting(actor: Actor, id: UUID | str) -> TableAmendment:
    proposal = reads.amendment(actor, id)
    # Every row of the same series is locked, so that two approvals cannot pass each other by.
    series = TableAmendment.objects.select_for_update().filter(
        tenant=proposal.tenant, table=proposal.table, key=proposal.key
    )
    locked: dict[UUID, TableAmendment] = {row.pk: row for row in series.order_by("pk")}
    if proposal.pk not in locked:
        raise NotFound(_("Usulan ini tidak ada, atau bukan untuk Anda."))
    proposal = locked[proposal.pk]
    if proposal.replaces_id:
        proposal.replaces = locked[proposal.replaces_id]
    if proposal.status != Status.PROPOSED:
        seen = {"status": (Status.PROPOSED.label, proposal.get_status_display())}
        raise Conflict(_("Usulan ini sudah diputuskan orang lain."), seen)
    return proposal


def _to_decide(actor: Actor, id: UUID | str) -> TableAmendment:
    actor.require("tables.approve")
    proposal = _waiting(actor, id)
    actor.require("tables.approve", proposal)
    if proposal.proposed_by == actor.id:
        raise Forbidden(_("Usulan Anda sendiri harus diputuskan oleh orang lain."))
    return proposal


def _decide(actor: Actor, proposal: TableAmendment, status: str, note: str) -> None:
    proposal.status = status
    proposal.decided_by, proposal.decided_by_name = actor.id, actor.name
    proposal.decided_at = timezone.now()
    proposal.decision_note = note.strip()
    proposal.save()


def _give_way(old: TableAmendment, new: TableAmendment) -> journal.Act:
    if old.status != Status.APPROVED:
        raise Conflict(_("Baris yang hendak digantikan sudah digantikan oleh usulan lain."))
    before = {"valid_to": old.valid_to, "status": old.status}
    if old.valid_from < new.valid_from:
        old.valid_to = new.valid_from - timedelta(days=1)
    else:
        old.status = Status.REPLACED
    old.save()
    after = {"valid_to": old.valid_to, "status": old.status}
    facts = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    return journal.Act("tables.replace", old, {**facts, "by": str(new.pk)})


def _facts(row: TableAmendment) -> dict[str, object]:
    return {
        "table": row.table,
        "key": row.key,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "values": row.values,
        "source": row.source,
        "reason": row.reason,
    }
