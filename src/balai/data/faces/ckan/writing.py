"""Actions that write packages and resources, over the changes every page uses.

Two persons stand behind every dataset, so a package that is created or updated is a draft handed to the
steward (with `state: draft` it is kept back), and what is in force stays until it is checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden
from balai.data import changes
from balai.data.faces.ckan.asked import Asked, Rendered, action
from balai.data.faces.ckan.catalogue import draft, shown, written
from balai.data.faces.ckan.declaring import declaration
from balai.data.faces.ckan.faults import Wrong
from balai.data.faces.ckan.index import uuid_of
from balai.data.faces.ckan.packages import resource_of
from balai.data.faces.ckan.resources import version_named
from balai.data.models import Dataset
from balai.data.rules.metadata import read
from balai.data.storage import storage


@action("package_create", writes=True)
def package_create(asked: Asked) -> Rendered:
    """Declare a dataset and hand it to the steward; with `state: draft` it is only kept."""
    _may(asked, "data.produce")
    _refuse_resources(asked, None)
    said = declaration(asked, None, patches=False)
    with transaction.atomic():
        try:
            row = changes.declare(asked.actor, said)
        except Conflict:
            raise Wrong("name", "That URL is already in use.") from None
        _hand_in(asked, row)
    return shown(asked, draft(asked, said.code))


@action("package_update", writes=True)
def package_update(asked: Asked) -> Rendered:
    """Write a dataset anew; parts that are not sent are gone, and missed where our rules ask for them."""
    return _changed(asked, patches=False)


@action("package_patch", writes=True)
def package_patch(asked: Asked) -> Rendered:
    """Change parts of what a dataset says."""
    return _changed(asked, patches=True)


@action("package_delete", writes=True)
@action("dataset_purge", writes=True)
def package_delete(asked: Asked) -> NoReturn:
    """Datasets are not deleted: what was published stays, so that whoever cites it finds it."""
    _may(asked, "data.produce")
    draft(asked, asked.needed("id", "name"))
    raise Wrong(
        "id",
        _("Set data tidak dihapus, agar yang pernah dikutip tetap ditemukan."),
        _("Tutup dengan package_patch private: true; berlaku setelah diperiksa walidata."),
    )


@action("resource_create", writes=True)
def resource_create(asked: Asked) -> Rendered:
    """Publish the first rows of a checked dataset, from a CSV file in `upload`."""
    _may(asked, "data.publish")
    row = draft_or_published(asked, asked.needed("package_id"))
    if row.current_id:
        raise Wrong(
            "package_id",
            _("Set data ini sudah punya sumber data: versi yang berlaku."),
            _("Terbitkan versi berikutnya dengan resource_update id %(id)s.") % {"id": row.pk},
        )
    return _published(asked, row)


@action("resource_update", writes=True)
@action("resource_patch", writes=True)
def resource_update(asked: Asked) -> Rendered:
    """Publish the next version from a CSV file in `upload`; with `reason` it corrects the one that stands."""
    _may(asked, "data.publish")
    return _published(asked, draft_or_published(asked, asked.needed("id")))


@action("resource_delete", writes=True)
def resource_delete(asked: Asked) -> NoReturn:
    """Versions are not deleted; those that are no longer kept go by the retention of their dataset."""
    _may(asked, "data.publish")
    draft_or_published(asked, asked.needed("id"))
    raise Wrong(
        "id",
        _("Versi yang terbit tidak dihapus."),
        _("Terbitkan koreksi dengan resource_update dan reason, atau atur retensi set datanya."),
    )


def draft_or_published(asked: Asked, key: str) -> Dataset:
    """Return a dataset of this tenant by its id or code, to be written; rights are asked by the change.

    Raises:
        NotFound: there is none the actor may see.
        Forbidden: the actor sees it and may not write it.
        Wrong: the id is that of an old version.
    """
    rows = Dataset.objects.filter(tenant=tenancy.current_tenant()).select_related("current", "producer")
    for row in rows.filter(pk=number) if (number := uuid_of(key)) else rows.filter(code=key):
        if asked.actor.may("data.publish", row):
            return row
    found, version = version_named(asked.actor, key)
    if version.pk != found.current_id:
        raise Wrong("id", _("Ini versi lama, yang tidak berubah lagi. Pakai id set datanya."))
    raise Forbidden(_("Anda tidak dapat menerbitkan set data ini."))


def _may(asked: Asked, verb: str) -> None:
    asked.actor.require(verb)


def _changed(asked: Asked, *, patches: bool) -> Rendered:
    _may(asked, "data.produce")
    row = draft(asked, asked.needed("id", "name"))
    _refuse_resources(asked, row)
    asked.actor.require("data.produce", row)
    before = read(row.draft or row.metadata)
    said = declaration(asked, before, patches=patches)
    if said.written() == before.written() and (row.draft == {} or asked.text("state") == "draft"):
        return shown(asked, row)
    with transaction.atomic():
        changed = changes.declare(asked.actor, said, version=row.version)
        _hand_in(asked, changed)
    return shown(asked, draft(asked, said.code))


def _hand_in(asked: Asked, row: Dataset) -> None:
    if asked.text("state", "active") != "draft":
        changes.submit(asked.actor, row.code, version=row.version, at=timezone.now())


def _refuse_resources(asked: Asked, row: Dataset | None) -> None:
    """Refuse resources that are not the one there is: rows come as a file, not as an address."""
    own = str(row.pk) if row else ""
    for each in asked.listed("resources"):
        if not isinstance(each, dict) or each.get("id") != own:
            raise Wrong(
                "resources",
                _("Sumber data bukan alamat di tempat lain: barisnya disimpan di sini."),
                _("Kirim barisnya dengan resource_create (upload) atau datastore_create setelah diperiksa."),
            )


def _published(asked: Asked, row: Dataset) -> Rendered:
    reason = asked.text("reason")
    current = row.current
    period = asked.text("period") or (current.period if current else str(timezone.localdate().year))
    corrects = current.number if current and reason else None
    with _upload(asked, row) as path:
        changes.publish_file(
            asked.actor, row.code, path, period, at=timezone.now(), reason=reason, corrects=corrects
        )
    fresh = Dataset.objects.select_related("current", "producer").get(pk=row.pk)
    if fresh.current is None:
        raise LookupError(f"{row.code} was published and has no version")
    return written(asked, resource_of(fresh, fresh.current))


@contextmanager
def _upload(asked: Asked, row: Dataset) -> Iterator[Path]:
    upload = asked.request.FILES.get("upload")
    if upload is None or upload.file is None:
        raise Wrong(
            "upload",
            _("Berkasnya belum ada; sebuah alamat (url) tidak diambil."),
            _("Kirim CSV UTF-8 dengan judul kolom seperti yang dideklarasikan, sebagai multipart “upload”."),
        )
    with storage().drafting(row.tenant) as folder:
        path = folder / "given.csv"
        with path.open("wb") as file:
            for part in upload.chunks():
                file.write(part)
        yield path
