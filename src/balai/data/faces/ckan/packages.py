"""A dataset as CKAN's package, written once for each state it has and then given again and again."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.text import slugify

from balai.data.faces.ckan import licences
from balai.data.models import Dataset, DatasetVersion
from balai.people import reads as people

BASE = "https://balai.invalid"
"""Stands in written packages where the address of the site comes; no data can hold it by chance."""

type Said = dict[str, Any]

_WRITTEN = ("frequency", "legal_basis", "classification", "coverage")
_STRUCTURED = ("standard", "key", "columns", "retention")


@dataclass(frozen=True)
class Organization:
    """An office, or the local government itself where a dataset names no office."""

    id: str
    name: str
    title: str
    description: str = ""

    def shown(self) -> Said:
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "display_name": self.title,
            "description": self.description,
            "type": "organization",
            "is_organization": True,
            "approval_status": "approved",
            "state": "active",
            "image_url": "",
            "image_display_url": "",
        }


def government(tenant: str) -> Organization:
    """Return a local government as an organization."""
    row = people.government(tenant)
    title = row.name if row else tenant
    return Organization(tenant, slugify(title), title)


def organization_of(row: Dataset) -> Organization:
    """Return whose data these are; asks for `producer`."""
    office = row.producer
    if office is None:
        return government(row.tenant)
    return Organization(str(office.pk), office.code, office.name)


def tag(keyword: str) -> Said:
    key = str(uuid5(NAMESPACE_URL, f"urn:balai:kata-kunci:{keyword}"))
    return {"id": key, "name": keyword, "display_name": keyword, "state": "active", "vocabulary_id": None}


def born(key: UUID) -> datetime:
    """Return when a row was made, which its key (UUIDv7) tells."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def moment(at: datetime) -> str:
    """Return an instant as CKAN writes it: UTC without a zone.

    >>> moment(datetime(2026, 4, 20, 2, 0, tzinfo=UTC))
    '2026-04-20T02:00:00.000000'
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def package_of(row: Dataset, said: Said) -> Said:
    """Return the package of a dataset as `said` describes it; asks for `current` and `producer`."""
    licence = licences.of(said["licence"])
    organization = organization_of(row)
    current: DatasetVersion | None = row.current
    changed = [at for at in (row.checked_at, row.submitted_at, current and current.published_at) if at]
    is_in_force = bool(row.metadata) and said == row.metadata and current is not None
    tags = [tag(keyword) for keyword in said["keywords"]]
    resources = [resource_of(row, current)] if current else []
    return {
        "id": str(row.pk),
        "name": row.code,
        "title": said["title"]["id"],
        "title_translated": said["title"],
        "notes": said["description"]["id"],
        "notes_translated": said["description"],
        "url": f"{BASE}/data/{row.code}/",
        "type": "dataset",
        "state": "active" if is_in_force else "draft",
        "private": said["classification"] != "open" or not _is_open(current),
        "isopen": licence.is_open,
        "license_id": licence.id,
        "license_title": said["licence"],
        "license_url": licence.url,
        "author": row.producer.name if row.producer else organization.title,
        "author_email": "",
        "maintainer": said["steward"]["id"],
        "maintainer_email": "",
        "version": str(current.number) if current else "",
        "metadata_created": moment(born(row.pk)),
        "metadata_modified": moment(max([*changed, born(row.pk)])),
        "creator_user_id": None,
        "owner_org": organization.id,
        "organization": organization.shown(),
        "groups": [],
        "tags": tags,
        "num_tags": len(tags),
        "resources": resources,
        "num_resources": len(resources),
        "extras": list(extras_of(row, said)),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _is_open(version: DatasetVersion | None) -> bool:
    return version is None or version.classification == "open"


def extras_of(row: Dataset, said: Said) -> Iterable[Said]:
    """Yield what CKAN has no field for, as its `extras`: texts, and JSON where they are more than that."""
    for name in _WRITTEN:
        yield {"key": name, "value": str(said[name])}
    yield {"key": "licence", "value": said["licence"]}
    for name in ("steward", "custodian", *_STRUCTURED):
        yield {"key": name, "value": json.dumps(said[name], ensure_ascii=False)}
    if said.get("k"):
        yield {"key": "k", "value": str(said["k"])}
    for name in ("priority", "master"):
        if said.get(name):
            yield {"key": name, "value": json.dumps(said[name], ensure_ascii=False)}
    yield {"key": "tenant", "value": row.tenant}
    yield {"key": "status", "value": row.status}


def resource_of(row: Dataset, version: DatasetVersion) -> Said:
    """Return a version as a resource: the one that stands by the id of the dataset, others by their own.

    So the id a program keeps gives the newest rows, and one that cites a version gets that version.
    """
    stands = version.pk == row.current_id
    published = moment(version.published_at)
    file = f"/data/{row.code}.csv" if stands else f"/data/{row.code}/versi/{version.number}.csv"
    title = version.metadata["title"]["id"]
    return {
        "id": str(row.pk if stands else version.pk),
        "package_id": str(row.pk),
        "name": f"{title} ({version.period})",
        "description": version.metadata["description"]["id"],
        "format": "CSV",
        "mimetype": "text/csv",
        "mimetype_inner": None,
        "url": BASE + file,
        "url_type": "datastore",
        "datastore_active": True,
        "resource_type": None,
        "position": 0,
        "state": "active",
        "hash": "",
        "size": None,
        "cache_url": None,
        "cache_last_updated": None,
        "created": moment(born(row.pk)) if stands else published,
        "last_modified": published,
        "metadata_modified": published,
        "period": version.period,
        "rows": version.rows,
        "version": version.number,
        "version_id": str(version.pk),
        "content_hash": version.content_hash,
        "correction_reason": version.reason,
    }
