"""The journal's seals: a chain of hashes over every entry, so that a later change shows.

Each tenant has a chain of its own. A batch of entries gets links, numbered
without a gap, each holding the hash of its entry together with the hash of the
link before; then one seal over the last link, made with a key that is not in
the database. Whoever can write to the database can thus not rewrite history
unseen. What even that leaves open, cutting off the end together with its seals,
shows against the anchor: a line written outside of the database at each sealing.

Entries are found by whether they have a link, never by their order: an entry
whose transaction ended late is sealed with the next batch.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from balai.base import keyring, tenancy
from balai.base.ids import first_at
from balai.base.journal import JournalEntry
from balai.base.rows import TenantModel
from balai.base.schedules import every

log = structlog.get_logger(__name__)

type Witness = Callable[[], Iterable[str]]
"""Says of what the journal holds a hash of whether it is still so; runs in the scope of one tenant."""

_witnesses: dict[str, Witness] = {}

START = "0" * 64
BATCH = 2_000
LATEST_COMMIT = timedelta(days=1)
"""No transaction stays open for longer; older entries without a link are looked for once a day."""


class SealLink(TenantModel):
    """The place of one journal entry in the chain of its tenant."""

    append_only = True

    seq = models.PositiveBigIntegerField()
    entry = models.UUIDField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seq"], name="seal_link_seq"),
            models.UniqueConstraint(fields=["tenant", "entry"], name="seal_link_entry"),
        ]


class Seal(TenantModel):
    """The end of one batch: everything up to `upto` is sealed with `mac`."""

    append_only = True

    upto = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["tenant", "upto"], name="seal_upto")]


class Break(NamedTuple):
    """One place where the chain does not hold: the link (0: none) and what was found there."""

    seq: int
    found: str


@dataclass(frozen=True)
class Verification:
    """What became of checking one tenant's journal.

    Attributes:
        sealed: entries with a link.
        unsealed: entries that wait for the next sealing; they are not protected yet.
        breaks: every place where the chain does not hold, in order.
    """

    tenant: str
    sealed: int
    unsealed: int
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        return not self.breaks


def canonical(entry: JournalEntry) -> bytes:
    """Return an entry in the one form that is hashed: JSON, keys sorted, instants in UTC."""
    told = {
        "id": str(entry.pk),
        "tenant": entry.tenant,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [entry.actor_id_text, entry.actor_name],
        "verb": entry.verb,
        "thing": [entry.kind, entry.thing],
        "facts": entry.facts,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link_hash(seq: int, prev: str, entry: bytes) -> str:
    """Return the hash of link `seq` after the link with hash `prev`, over a canonical entry."""
    return sha256(f"{seq}|{prev}|".encode() + entry).hexdigest()


def _key() -> tuple[str, bytes]:
    """Return (short name, key) of the seals; made from the keys file for this purpose alone."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"balai journal seals").derive(
        keyring.keys().index
    )
    return sha256(b"name of " + key).hexdigest()[:16], key


def _mac(key: bytes, tenant: str, upto: int, head: str) -> str:
    return hmac.new(key, f"{tenant}|{upto}|{head}".encode(), sha256).hexdigest()


# --- sealing ------------------------------------------------------------------


def seal_all() -> int:
    """Seal every entry of the tenant in scope that has no link; return how many were sealed."""
    return _seal(JournalEntry.objects.all())


@every("journal.seal", minutes=1, in_one_transaction=False)
def seal_recent(due: str) -> None:
    """Seal what was written lately, each batch in a transaction of its own."""
    last = Seal.objects.order_by("-upto").first()
    entries = JournalEntry.objects.all()
    if last is not None:
        entries = entries.filter(pk__gte=first_at(last.sealed_at - LATEST_COMMIT))
    _seal(entries)


@every("journal.seal_left_behind", minutes=24 * 60, in_one_transaction=False)
def seal_left_behind(due: str) -> None:
    """Look through the whole journal for entries without a link."""
    seal_all()


def _seal(entries: models.QuerySet[JournalEntry]) -> int:
    sealed = 0
    while (count := _seal_batch(entries)) > 0:
        sealed += count
    return sealed


def _without_link(entries: models.QuerySet[JournalEntry]) -> models.QuerySet[JournalEntry]:
    return entries.filter(~Exists(SealLink.objects.filter(tenant=OuterRef("tenant"), entry=OuterRef("pk"))))


def _seal_batch(entries: models.QuerySet[JournalEntry]) -> int:
    tenant = tenancy.current_tenant()
    try:
        with transaction.atomic():
            last = SealLink.objects.order_by("-seq").first()
            seq, prev = (last.seq, last.hash) if last else (0, START)
            links = []
            for entry in _without_link(entries).order_by("id")[:BATCH]:
                seq += 1
                hashed = link_hash(seq, prev, canonical(entry))
                links.append(SealLink(seq=seq, entry=entry.pk, prev=prev, hash=hashed))
                prev = hashed
            if not links:
                return 0
            SealLink.objects.bulk_create(links, batch_size=500)
            name, key = _key()
            Seal.objects.create(upto=seq, head=prev, key=name, mac=_mac(key, tenant, seq, prev))
    except IntegrityError:
        # Somebody else sealed at the same time; what they left is for the next time.
        return 0
    _anchor(tenant, seq, prev)
    return len(links)


# --- the anchor -----------------------------------------------------------------


def anchor_path(tenant: str) -> Path:
    """Return the file, outside of the database, that says how far a tenant's chain once was."""
    return Path(settings.DATA) / "anchors" / f"{tenant}.log"


def _anchor(tenant: str, seq: int, head: str) -> None:
    """Write down the head of the chain; also in the log, which the operator keeps elsewhere."""
    path = anchor_path(tenant)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(f"{seq} {head}\n")
    log.info("journal_sealed", tenant=tenant, upto=seq, head=head)


def _last_anchor(tenant: str) -> tuple[int, str] | None:
    try:
        lines = anchor_path(tenant).read_text("ascii").splitlines()
    except FileNotFoundError:
        return None
    # A line cut short by a crash is no anchor.
    whole = [line.split() for line in lines if len(line.split()) == 2 and len(line.split()[1]) == 64]
    return max(((int(seq), head) for seq, head in whole), default=None)


# --- verifying ------------------------------------------------------------------


def witness[F: Witness](name: str) -> Callable[[F], F]:
    """Register what is looked at beside the chain, e.g. results whose hash was journalled when they froze."""

    def register(look: F) -> F:
        _witnesses[name] = look
        return look

    return register


def verify(tenant: str) -> Verification:
    """Check the whole chain of a tenant against its journal, its seals, its anchor and every witness."""
    with tenancy.scope(tenant), transaction.atomic():
        chain = verify_chain(tenant)
        told = [Break(0, found) for witness in _witnesses.values() for found in witness()]
    return replace(chain, breaks=tuple(sorted([*chain.breaks, *told])))


def verify_chain(tenant: str) -> Verification:
    """Check the same without the witnesses, whose tables data of an older version may not have yet."""
    with tenancy.scope(tenant), transaction.atomic():
        heads: dict[int, str] = {}
        breaks = [*_check_links(heads), *_check_seals(tenant, heads)]
        unsealed = _without_link(JournalEntry.objects.all()).count()
    return Verification(tenant, len(heads), unsealed, tuple(sorted(breaks)))


def _check_links(heads: dict[int, str]) -> Iterator[Break]:
    """Yield what is wrong with the links; fill `heads` with the hash of each."""
    expected, prev = 1, START
    for link, entry in _links_with_entries():
        if link.seq != expected:
            yield Break(expected, f"links {expected} to {link.seq - 1} are missing")
        if link.prev != prev:
            yield Break(link.seq, "the link does not hold the hash of the one before")
        if entry is None:
            yield Break(link.seq, f"entry {link.entry} is missing")
        elif link_hash(link.seq, link.prev, canonical(entry)) != link.hash:
            yield Break(link.seq, f"entry {link.entry} is not what was sealed")
        heads[link.seq] = link.hash
        expected, prev = link.seq + 1, link.hash


def _links_with_entries() -> Iterator[tuple[SealLink, JournalEntry | None]]:
    links: Iterator[SealLink] = iter(SealLink.objects.order_by("seq").iterator(chunk_size=BATCH))
    while chunk := list(islice(links, BATCH)):
        entries = {entry.pk: entry for entry in _entries_of(chunk)}
        for link in chunk:
            yield link, entries.get(link.entry)


def _entries_of(links: list[SealLink]) -> Iterable[JournalEntry]:
    ids = [link.entry for link in links]
    for start in range(0, len(ids), 500):
        yield from JournalEntry.objects.filter(pk__in=ids[start : start + 500])


def _check_seals(tenant: str, heads: dict[int, str]) -> Iterator[Break]:
    name, key = _key()
    covered = 0
    for seal in Seal.objects.order_by("upto"):
        covered = seal.upto
        if heads.get(seal.upto) != seal.head:
            yield Break(seal.upto, "the seal does not fit the link it was put on")
        if seal.key != name:
            yield Break(seal.upto, f"the seal was made with another key ({seal.key}, here {name})")
        elif not hmac.compare_digest(seal.mac, _mac(key, tenant, seal.upto, seal.head)):
            yield Break(seal.upto, "the seal was not made with our key")
    last = max(heads, default=0)
    if last > covered:
        yield Break(covered + 1, f"links {covered + 1} to {last} have no seal")
    anchor = _last_anchor(tenant)
    if anchor is not None and heads.get(anchor[0]) != anchor[1]:
        yield Break(anchor[0], f"the chain once reached link {anchor[0]}, which is gone or another")


def oldest_unsealed() -> datetime | None:
    """Return when the oldest entry without a link was written, in the tenant in scope; None: all sealed."""
    recent = JournalEntry.objects.filter(pk__gte=first_at(timezone.now() - LATEST_COMMIT))
    first: datetime | None = _without_link(recent).aggregate(first=models.Min("at"))["first"]
    return first


def audit_length() -> int:
    """Return how many entries the journal of the tenant in scope has."""
    return JournalEntry.objects.count()


def length() -> int:
    """Return how many links the chain of the tenant in scope has."""
    return SealLink.objects.aggregate(last=models.Max("seq"))["last"] or 0


def key_name() -> str:
    """Return the short name of the key this installation seals with."""
    return _key()[0]


def as_json(result: Verification) -> dict[str, Any]:
    """Return a verification as plain values."""
    return {
        "tenant": result.tenant,
        "sealed": result.sealed,
        "unsealed": result.unsealed,
        "breaks": [{"seq": seq, "found": found} for seq, found in result.breaks],
    }
