"""Addresses whose files are fetched for a dataset: kept by its office, asked when due, put out in the end."""

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import jobs, journal, outgoing, tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import Conflict, Fault, Invalid, NotFound, Refused
from balai.data.changes.intake import take_whole
from balai.data.changes.versions import _dataset, _declaration
from balai.data.intake.models import FetchSource, Upload
from balai.data.rules.metadata import Frequency

FETCH = "data.fetch"
MOST_BYTES = 200_000_000
"""of a fetched file; it is in memory once while it is taken"""
SECONDS = 300.0
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=24)
_STEPS = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}


class NotAsked(Refused):
    """The other side answered something that is no file."""

    status = 502


@transaction.atomic
def keep_source(
    actor: Actor,
    dataset: str,
    said: Mapping[str, Any],
    *,
    at: datetime,
    source: UUID | None = None,
    version: int = 0,
) -> FetchSource:
    """Write down an address to be fetched, a new one or over one there is; it is due at once.

    Args:
        said: kind, address, resource, every, starts_on, ends_on.

    Raises:
        Forbidden, NotFound, Conflict, Locked.
        Invalid: the address may not be asked, or is there already for this dataset.
    """
    row = _dataset(dataset)
    actor.require("data.publish", row)
    _declaration(row)
    found = own_source(actor, source, lock=True) if source else FetchSource(dataset=row)
    if source and found.version != version:
        raise Conflict(_("Pengambilan ini sudah diubah orang lain. Muat ulang halamannya."))
    for name in ("kind", "address", "resource", "every", "starts_on", "ends_on"):
        setattr(found, name, said[name])
    _refuse_address(found)
    found.etag = found.last_modified = found.sha256 = ""
    found.failures, found.is_on, found.owner_id_text, found.owner_name = 0, True, actor.id, actor.name
    found.next_at = max(at, _begin(found.starts_on))
    found.version += 1 if source else 0
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        wrong = _("Alamat ini sudah diambil untuk set data ini.")
        raise Invalid([Fault("address", wrong, _("Ubah yang ada."))]) from None
    journal.write(actor, "fetch.keep", found, dataset=dataset, address=found.address, every=found.every)
    return found


def _refuse_address(row: FetchSource) -> None:
    try:
        outgoing.Door(outgoing.allowed()).check(row.address)
    except outgoing.NoAnswer:
        pass  # a name that is not found today is told when it is asked
    except outgoing.NotReachable as error:
        raise Invalid([Fault("address", str(error))]) from None
    if row.kind == FetchSource.Kind.CKAN and not row.resource:
        raise Invalid(
            [Fault("resource", _("Nomor sumber dayanya belum diisi."), _("Salin dari alamat portalnya."))]
        )


@transaction.atomic
def switch_source(actor: Actor, source: UUID, *, on: bool, at: datetime) -> FetchSource:
    """Let an address be fetched, from now on, or no longer. Raises NotFound."""
    row = own_source(actor, source, lock=True)
    row.is_on = on
    if on:
        row.failures, row.next_at = 0, max(at, _begin(row.starts_on))
    row.version += 1
    row.save()
    journal.write(actor, "fetch.switch", row, dataset=row.dataset.code, on=on)
    return row


def own_source(actor: Actor, source: UUID, *, lock: bool = False) -> FetchSource:
    """Return a source of a dataset the actor may publish. Raises NotFound."""
    rows = FetchSource.objects.select_related("dataset", "dataset__producer")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(tenant=tenancy.current_tenant(), pk=source).first()
    if row is None or not actor.may("data.publish", row.dataset):
        raise NotFound(_("Tidak ada pengambilan seperti ini."))
    return row


def fetch_due(at: datetime) -> int:
    """Ask for every source of the tenant in scope that is due to be fetched; return how many."""
    today, asked = timezone.localdate(at), 0
    due = FetchSource.objects.filter(tenant=tenancy.current_tenant(), is_on=True, next_at__lte=at)
    for row in due.filter(starts_on__lte=today):
        if row.ends_on and row.ends_on < today:
            FetchSource.objects.filter(pk=row.pk).update(is_on=False, last_told=_("Sampai tanggalnya."))
            continue
        moment = row.next_at.isoformat()
        jobs.later(FETCH, row.tenant, key=f"{row.pk} {moment}", source=str(row.pk), due=moment)
        asked += 1
    return asked


def fetch_source(source: UUID, at: datetime) -> Upload | None:
    """Fetch one source of the tenant in scope; return what was handed in, None for nothing new.

    A failure is told with the source; it is tried again after 15 minutes, then twice as long each
    time up to a day, and put out after FetchSource.MOST_FAILURES in a row.
    """
    row = (
        FetchSource.objects.filter(tenant=tenancy.current_tenant(), pk=source, is_on=True)
        .select_related("dataset", "dataset__producer")
        .first()
    )
    if row is None or row.next_at > at:
        return None
    actor = Actor(row.owner_id_text, row.owner_name, row.tenant, {"data.publish": Reach.TENANT})
    try:
        answer, mark = _asked(row)
        made = _taken(actor, row, answer, at) if answer else None
    except Refused as error:
        _failed(row, error, at)
        return None
    told = _("Berkas baru diterima.") if made else _("Tidak ada yang berubah.")
    FetchSource.objects.filter(pk=row.pk).update(
        failures=0, last_at=at, last_told=told, next_at=at + _STEPS[row.every], **mark
    )
    return made


def _asked(row: FetchSource) -> tuple[bytes, dict[str, str]]:
    """Return the file, b"" where the other side says it is the one we have, and what it is known by."""
    address = _file_of(row) if row.kind == FetchSource.Kind.CKAN else row.address
    headers = {"If-None-Match": row.etag} if row.etag else {}
    headers |= {"If-Modified-Since": row.last_modified} if row.last_modified else {}
    answer = outgoing.fetch("GET", address, headers=headers, seconds=SECONDS, max_bytes=MOST_BYTES)
    if answer.status == 304:
        return b"", {}
    if answer.status != 200:
        raise NotAsked(_("Alamatnya menjawab %(status)d.") % {"status": answer.status})
    if not answer.body:
        raise NotAsked(_("Berkasnya kosong."))
    mark = {name: answer.headers.get(name.replace("_", "-"), "")[:100] for name in ("etag", "last_modified")}
    return answer.body, mark


def _file_of(row: FetchSource) -> str:
    """Return the address of a resource, as its CKAN portal says now."""
    parts = urlsplit(row.address)
    root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    asked = f"{root}/api/3/action/resource_show?id={quote(row.resource, safe='')}"
    answer = outgoing.fetch("GET", asked, seconds=30, max_bytes=2_000_000)
    try:
        found = json.loads(answer.body)
        if answer.status == 200 and found["success"]:
            return str(found["result"]["url"])
    except (ValueError, KeyError, TypeError):
        pass
    raise NotAsked(
        _("Portalnya tidak memberi tahu alamat berkas ini (%(status)d).") % {"status": answer.status}
    )


def _taken(actor: Actor, row: FetchSource, body: bytes, at: datetime) -> Upload | None:
    sha256 = hashlib.sha256(body).hexdigest()
    if sha256 == row.sha256:
        return None
    name = urlsplit(row.address).path.rsplit("/", 1)[-1] or "berkas"
    made = take_whole(
        actor,
        row.dataset.code,
        io.BytesIO(body),
        name,
        len(body),
        at=at,
        source=Upload.Source.FETCH,
        fetched_from=row,
        said=_said(row, at),
    )
    FetchSource.objects.filter(pk=row.pk).update(sha256=sha256)
    return made


def _said(row: FetchSource, at: datetime) -> dict[str, Any]:
    """Return what was decided for the last file of the dataset, and the period this one speaks of."""
    last = (
        Upload.objects.filter(tenant=row.tenant, dataset=row.dataset, state=Upload.State.PUBLISHED)
        .order_by("-touched_at")
        .values_list("said", flat=True)
        .first()
    ) or {}
    kept = {name: last[name] for name in ("layout", "columns", "styles", "regions") if name in last}
    return {**kept, "period": period_of(_declaration(row.dataset).frequency, timezone.localdate(at))}


def period_of(frequency: Frequency, on: date) -> str:
    """Return the period a file fetched on a day speaks of.

    >>> [period_of(each, date(2026, 5, 2)) for each in (Frequency.YEARLY, Frequency.QUARTERLY)]
    ['2026', '2026-T2']
    """
    if frequency is Frequency.YEARLY:
        return f"{on.year}"
    if frequency is Frequency.QUARTERLY:
        return f"{on.year}-T{(on.month + 2) // 3}"
    if frequency is Frequency.MONTHLY:
        return f"{on.year}-{on.month:02}"
    return on.isoformat()


def _failed(row: FetchSource, error: Refused, at: datetime) -> None:
    failures = row.failures + 1
    wait = min(_FIRST_WAIT * 2 ** (failures - 1), _LONGEST_WAIT)
    told = "; ".join(map(str, error.faults)) if isinstance(error, Invalid) else str(error)
    FetchSource.objects.filter(pk=row.pk).update(
        failures=failures,
        last_at=at,
        last_told=told[:300],
        next_at=at + wait,
        is_on=failures < FetchSource.MOST_FAILURES,
    )


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0, 5)))
