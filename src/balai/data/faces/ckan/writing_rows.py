"""Actions that write rows: each makes the next version of a dataset, and changes none.

`period` and `reason` may stand beside CKAN's parameters. Without a reason the version says by itself
which action made it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.errors import Invalid
from balai.data import changes, columnar
from balai.data.faces.ckan import rows
from balai.data.faces.ckan.asked import Asked, action
from balai.data.faces.ckan.faults import Wrong
from balai.data.faces.ckan.writing import draft_or_published
from balai.data.models import Dataset
from balai.data.reads import rows_columns
from balai.data.rules.metadata import Declaration, read
from balai.data.sidefiles.versions import columns_of, facts_of

type Answer = dict[str, Any]


@action("datastore_create", writes=True)
def datastore_create(asked: Asked) -> Answer:
    """Add rows to a checked dataset: its first ones, or new ones beside those that stand."""
    row = _dataset(asked)
    declaration = _declaration(row)
    _refuse_fields(asked, declaration)
    _refuse_key(asked, declaration)
    records = _records(asked)
    if records:
        _edit(asked, row, changes.Editing(records, changes.Way.INSERT), "records")
    return _answer(asked, row, declaration) | {"primary_key": list(declaration.key)}


@action("datastore_upsert", writes=True)
def datastore_upsert(asked: Asked) -> Answer:
    """Add rows, or change those of the same key; `method` is upsert, insert or update."""
    row = _dataset(asked)
    declaration = _declaration(row)
    method = asked.text("method", "upsert")
    if method not in list(changes.Way):
        raise Wrong("method", _("Pilihannya: %(choices)s.") % {"choices": ", ".join(changes.Way)})
    records = _records(asked)
    if asked.yes("dry_run"):
        raise Wrong("dry_run", _("Di sini tidak ada percobaan: yang salah ditolak seluruhnya."))
    if records:
        _edit(asked, row, changes.Editing(records, changes.Way(method)), "records")
    return {**_answer(asked, row, declaration), "method": method}


@action("datastore_delete", writes=True)
@action("datastore_records_delete", writes=True)
def datastore_delete(asked: Asked) -> Answer:
    """Leave out the rows that fit `filters`; the table itself stays, for what was published stays."""
    row = _dataset(asked)
    declaration = _declaration(row)
    if row.current is None:
        raise Wrong("resource_id", _("Set data ini belum punya baris."))
    if not asked.structured("filters"):
        raise Wrong(
            "filters",
            _("Tanpa saringan seluruh baris akan hilang; versi yang terbit tidak dihapus."),
            _("Sebut kolom kunci dan nilainya, atau terbitkan versi baru dengan resource_update."),
        )
    known = facts_of(row.current)
    said = rows.wish(asked, known)
    if said.names_rows and any(each.column == rows.ID for each in said.asked.conditions):
        keys = ", ".join(declaration.key)
        raise Wrong("filters", _("_id berganti di tiap versi. Pakai kolom kunci: %(keys)s.") % {"keys": keys})
    condition = rows_columns._where(known, said.asked)
    _edit(asked, row, changes.Editing(condition=condition), "filters")
    return {**_answer(asked, row, declaration), "filters": asked.structured("filters")}


def _dataset(asked: Asked) -> Dataset:
    asked.actor.require("data.publish")
    given = asked.structured("resource")
    if isinstance(given, dict) and not asked.text("resource_id"):
        key = str(given.get("package_id") or "")
        if not key:
            raise Wrong("resource", _("Sebut package_id set data yang sudah diperiksa."))
        return draft_or_published(asked, key)
    return draft_or_published(asked, asked.needed("resource_id", "id"))


def _declaration(row: Dataset) -> Declaration:
    if not row.metadata:
        raise Wrong(
            "resource_id",
            _("Deklarasi set data ini belum diperiksa walidata."),
            _("Tunggu pemeriksaannya, lalu kirim barisnya lagi."),
        )
    return read(row.metadata)


def _records(asked: Asked) -> list[Mapping[str, Any]]:
    found = asked.structured("records")
    if found is None or found == "":
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Wrong("records", _("Tulis sebagai daftar baris, tiap baris kolom dan nilainya."))
    # The number of a row is ours to give.
    records: list[Mapping[str, Any]] = [
        {name: value for name, value in each.items() if name != "_id"} for each in found
    ]
    for place, each in enumerate(records, 1):
        if nested := [name for name, value in each.items() if isinstance(value, dict | list)]:
            told = _("Baris %(row)d: nilai %(name)s bukan teks, angka, atau tanggal.")
            raise Wrong("records", told % {"row": place, "name": nested[0]})
    return records


def _refuse_fields(asked: Asked, declaration: Declaration) -> None:
    """Refuse fields other than those declared: a column is declared, with its meaning, before rows come."""
    given = [each.get("id") if isinstance(each, dict) else each for each in asked.listed("fields")]
    known = {one.name for one in columnar.physical(declaration)}
    if strange := [str(name) for name in given if name not in known and name != "_id"]:
        raise Wrong(
            "fields",
            _("Kolomnya tidak dideklarasikan: %(names)s.") % {"names": ", ".join(strange)[:200]},
            _("Ubah deklarasinya dengan package_patch columns, lalu tunggu walidata."),
        )


def _refuse_key(asked: Asked, declaration: Declaration) -> None:
    given = [str(name) for name in asked.listed("primary_key")]
    if given and set(given) != set(declaration.key):
        told = _("Kunci yang dideklarasikan: %(keys)s.") % {"keys": ", ".join(declaration.key)}
        raise Wrong("primary_key", told)


def _edit(asked: Asked, row: Dataset, editing: changes.Editing, place: str) -> None:
    reason = asked.text("reason")
    if not reason and row.current:
        reason = _("Disunting per baris lewat API (%(action)s).") % {
            "action": asked.request.path.rsplit("/")[-1]
        }
    whole = changes.Editing(
        editing.records, editing.way, editing.condition, asked.text("period"), reason if row.current else ""
    )
    try:
        changes.edit_rows(asked.actor, row.code, whole, at=timezone.now())
    except Invalid as error:
        raise Wrong(place, *[str(fault) for fault in error.faults]) from None


def _answer(asked: Asked, row: Dataset, declaration: Declaration) -> Answer:
    fresh = Dataset.objects.select_related("current").get(pk=row.pk)
    version = fresh.current
    return {
        "resource_id": str(row.pk),
        "package_id": str(row.pk),
        "fields": rows.fields(columns_of(declaration)),
        "version": version.number if version else None,
        "version_id": str(version.pk) if version else None,
        "total": version.rows if version else 0,
    }
