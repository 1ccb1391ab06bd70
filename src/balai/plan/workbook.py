"""The plan as a workbook: a template to fill, an import in two steps, and exports.

    template(actor, region) -> bytes                      an .xlsx of the region with lists and notes
    read(stream, actor) -> DryRun                         what a file would do; writes nothing
    apply(stream, actor, confirmed=dry_run.token) -> DryRun   the same file again, written in one transaction
    export(actor, what, form) -> Export                   what: a key of TABLES, or WHOLE; form: "xlsx", "csv"

An import never deletes: rows that are not in the file stay as they are. `read`
never raises over what is in a file; whatever is wrong is in `DryRun.faults`,
each with sheet, row and column, and then `token` is "". `apply` raises:

    Invalid    the file has faults (the same that `read` listed); nothing was written
    Conflict   it is not the file that was confirmed, or the plan changed since
    Forbidden  the actor may not import
    NotFound   the region has no masterplan yet
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, NotFound
from balai.definitions.taxonomies import axis_set, terms
from balai.plan.changes.imports import VERB, answers, write_workbook
from balai.plan.models import Action, Masterplan
from balai.plan.sheets import layout, views
from balai.plan.sheets.check import Change, Outcome, compare
from balai.plan.sheets.columns import NO, REGION_MARK, YES, Sheet, sheets
from balai.plan.sheets.grid import open_file
from balai.plan.sheets.package import refuse
from balai.plan.sheets.scan import MOST_FAULTS, place
from balai.plan.sheets.standing import Standing, plan_of, seen_actions, standing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
WHOLE = "rencana"
"""The export that an import reads back: every sheet of the template, filled."""

TABLES: Mapping[str, Any] = {
    WHOLE: gettext_lazy("Seluruh rencana (dapat diimpor kembali)"),
    "program": gettext_lazy("Program"),
    "aksi": gettext_lazy("Aksi"),
    "target": gettext_lazy("Target"),
    "pendanaan": gettext_lazy("Pendanaan"),
    "dukungan": gettext_lazy("Dukungan"),
    "quick-win": gettext_lazy("Quick win"),
    "risiko": gettext_lazy("Risiko quick win"),
    "laporan": gettext_lazy("Laporan"),
    "bukti": gettext_lazy("Bukti dukung"),
    "angka-terbit": gettext_lazy("Angka terbit"),
    "rencana-induk": gettext_lazy("Rencana induk"),
}
"""What can be exported → its name for people. CSV of everything but the whole."""

_SHEET_OF = {
    "program": "programme",
    "aksi": "action",
    "target": "target",
    "pendanaan": "fund",
    "dukungan": "support",
    "quick-win": "quick_win",
    "risiko": "risk",
}


@dataclass(frozen=True)
class Count:
    """Rows of one sheet by what would happen to them."""

    create: int
    change: int
    unchanged: int


@dataclass(frozen=True)
class DryRun:
    """What an import would do.

    Attributes:
        plan: title of the masterplan it goes into.
        sheets: title of the sheet → count; only sheets that are in the file.
        changes: every row that would be written, in the order of the file.
        faults: everything wrong, at most MOST_FAULTS and then one that says how many more.
        warnings: things worth knowing that stop nothing.
        token: to confirm with; "" while there are faults or nothing to write.
        file_hash: SHA-256 of the file.
    """

    plan: str
    sheets: Mapping[str, Count]
    changes: Sequence[Change]
    faults: Sequence[Fault]
    warnings: Sequence[str]
    token: str
    file_hash: str

    @property
    def creates(self) -> int:
        return sum(count.create for count in self.sheets.values())

    @property
    def changed(self) -> int:
        return sum(count.change for count in self.sheets.values())

    @property
    def unchanged(self) -> int:
        return sum(count.unchanged for count in self.sheets.values())


@dataclass(frozen=True)
class Export:
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def template(actor: Actor, region: str = "") -> bytes:
    """Return an empty workbook for the masterplan of a region (the only one of the tenant when "").

    Raises:
        Forbidden: the actor may not import.
        NotFound: there is no masterplan to fill.
    """
    plan = plan_of(actor, region)
    actor.require(VERB, plan)
    now = standing(actor, plan, Action.objects.none())
    return layout.book(_sheets(plan), _lists(now), _about(plan), {})


def read(stream: BinaryIO, actor: Actor) -> DryRun:
    """Return what a file would do to the masterplan of the actor's region. Writes nothing.

    Args:
        stream: an upload, read once from where it stands.

    Raises:
        Forbidden: the actor may not import.
        NotFound: the region has no masterplan yet.
    """
    plan = plan_of(actor)
    actor.require(VERB, plan)
    return _dry_run(stream, _now(actor, plan))[0]


def apply(stream: BinaryIO, actor: Actor, confirmed: str) -> DryRun:
    """Write a file that was read before, all of it or nothing.

    Args:
        stream: the same file again.
        confirmed: `DryRun.token` of what the officer saw and agreed to.

    Returns:
        What was written.

    Raises:
        Invalid: the file has faults.
        Conflict: it is another file, or the plan has changed since it was read.
        Forbidden: the actor may not import.
        NotFound: the region has no masterplan yet.
    """
    with transaction.atomic():
        plan = plan_of(actor)
        actor.require(VERB, plan)
        now = _now(actor, plan)
        dry_run, changes = _dry_run(stream, now)
        if dry_run.faults:
            raise Invalid(dry_run.faults)
        if not dry_run.token or dry_run.token != confirmed:
            same_file = confirmed.partition(":")[0] == dry_run.file_hash
            raise Conflict(
                _("Rencana berubah sejak berkas ini diperiksa. Periksa lagi, lalu setujui.")
                if same_file
                else _("Berkas ini bukan yang Anda setujui. Periksa berkas ini dahulu.")
            )
        write_workbook(actor, now, changes, dry_run.file_hash)
    return dry_run


def export(actor: Actor, what: str = WHOLE, form: str = "xlsx") -> Export:
    """Return a table of the plan, or all of it, as far as the actor's right to export reaches.

    Every table says of its rows where they come from, so that illustrations stay marked.

    Raises:
        Forbidden: the actor may not export.
        NotFound: there is no such table or form, or no masterplan.
    """
    actor.require("plan.export")
    if what not in TABLES or form not in ("xlsx", "csv") or (what == WHOLE and form == "csv"):
        raise NotFound(_("Tabel atau bentuk berkas itu tidak ada."))
    plan = plan_of(actor)
    actions = seen_actions(actor, "plan.export", plan)
    name = f"{what}-{plan.region_code}"
    if what == WHOLE:
        return Export(f"{name}.xlsx", XLSX, _whole(actor, plan))
    table = views.table(actor, what, plan, actions) if what not in _SHEET_OF else _table(actor, plan, what)
    if form == "csv":
        return Export(f"{name}.csv", CSV, layout.comma_separated(table))
    return Export(f"{name}.xlsx", XLSX, layout.tables(table.title, [table]))


def _whole(actor: Actor, plan: Masterplan) -> bytes:
    now = _now_seen(actor, plan)
    listed = _sheets(plan)
    rows = {sheet.key: layout.rows_of(sheet, now.rows.get(sheet.key, {}).items()) for sheet in listed}
    actions = seen_actions(actor, "plan.export", plan)
    extra = [views.table(actor, what, plan, actions) for what in views.TABLES]
    return layout.book(listed, _lists(now), _about(plan), rows, extra)


def _table(actor: Actor, plan: Masterplan, what: str) -> layout.Table:
    sheet = next(sheet for sheet in _sheets(plan) if sheet.key == _SHEET_OF[what])
    now = _now_seen(actor, plan)
    rows = layout.rows_of(sheet, now.rows.get(sheet.key, {}).items())
    shown = [
        [layout.written(column, value) for column, value in zip(sheet.columns, row, strict=True)]
        for row in rows
    ]
    headings = [column.heading for column in sheet.columns]
    if "origin" not in {column.key for column in sheet.columns}:
        headings.append(views.ORIGIN)
        for row, values in zip(shown, rows, strict=True):
            row.append(views.origin(now.rows["action"][values[0], values[1]]["origin"]))
    return layout.Table(sheet.title, headings, shown)


def _now(actor: Actor, plan: Masterplan) -> Standing:
    return standing(actor, plan, Action.objects.filter(programme__masterplan=plan))


def _now_seen(actor: Actor, plan: Masterplan) -> Standing:
    """Return what an actor may export: a programme is seen when one of its actions is, or all are."""
    actions = seen_actions(actor, "plan.export", plan)
    now = standing(actor, plan, actions)
    if actions.count() == Action.objects.filter(programme__masterplan=plan).count():
        return now
    seen = {key[0] for key in now.rows.get("action", {})}
    programmes = {key: row for key, row in now.rows.get("programme", {}).items() if key[0] in seen}
    return replace(now, rows={**now.rows, "programme": programmes})


def _dry_run(stream: BinaryIO, now: Standing) -> tuple[DryRun, Sequence[Change]]:
    try:
        file = open_file(stream, _sheets(now.plan))
    except Invalid as error:
        return DryRun(now.plan.title, {}, (), error.faults, (), "", ""), ()
    found = compare(file.grids, now)
    faults = [*_region_faults(file.region, now), *file.faults, *found.faults]
    file_hash = hashlib.sha256(file.data).hexdigest()
    counts = _counts(found)
    token = "" if faults or not found.changes else f"{file_hash}:{_plan_hash(now, found.changes)}"
    warnings = [*file.warnings, *([] if faults else _fund_warnings(found.changes))]
    if not faults and not found.changes:
        warnings.append(_("Berkas ini tidak mengubah apa pun."))
    return DryRun(
        now.plan.title, counts, found.changes, _capped(faults), warnings, token, file_hash
    ), found.changes


def _counts(found: Outcome) -> dict[str, Count]:
    counts = {}
    for title, unchanged in found.unchanged.items():
        own = [change for change in found.changes if change.title == title]
        new = sum(change.is_new for change in own)
        counts[title] = Count(new, len(own) - new, unchanged)
    return counts


def _region_faults(region: str, now: Standing) -> Sequence[Fault]:
    if not region or region == now.plan.region_code:
        return []
    return refuse(
        _("berkas ini dibuat untuk wilayah %(other)s.") % {"other": region},
        _("Unduh templat wilayah %(own)s.") % {"own": now.plan.region_code},
    ).faults


def _fund_warnings(changes: Sequence[Change]) -> list[str]:
    """Return a word on each sub-kegiatan code its edition does not know; it is taken all the same."""
    known = answers(changes)
    lines = [change for change in changes if change.sheet == "fund" and change.is_new and change.key[4]]
    return [
        f"{place(change.title, change.number)}: {warning}"
        for change in lines
        if (warning := known[change.key[4], change.key[2]].warning)
    ]


def _capped(faults: Sequence[Fault]) -> Sequence[Fault]:
    if len(faults) <= MOST_FAULTS:
        return tuple(faults)
    more = _("dan %(count)s kesalahan lain.") % {"count": len(faults) - MOST_FAULTS}
    return (*faults[:MOST_FAULTS], Fault(_("Berkas"), more, _("Perbaiki dahulu yang tertulis di atas.")))


def _plan_hash(now: Standing, changes: Sequence[Change]) -> str:
    """Return what the plan and the changes amount to, so that what is applied is what was confirmed."""
    listed = [[c.sheet, list(c.key), c.is_new, dict(c.fields), dict(c.before)] for c in changes]
    text = json.dumps([str(now.plan.pk), now.plan.status, listed], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _sheets(plan: Masterplan) -> tuple[Sheet, ...]:
    return sheets(axis_set(plan.axis_set), terms("quick-win-elements"))


def _about(plan: Masterplan) -> list[tuple[str, str]]:
    return [
        ("Rencana induk", plan.title),
        (REGION_MARK, plan.region_code),
        ("Versi", str(plan.version)),
        ("Masa berlaku", f"{plan.year_from}–{plan.year_to}"),
        ("Asal rencana", views.origin(plan.origin)),
    ]


def _lists(now: Standing) -> dict[str, Sequence[str]]:
    labelled = {
        column.list_name: list(column.labels)
        for sheet in _sheets(now.plan)
        for column in sheet.columns
        if column.labels
    }
    return {
        **labelled,
        "ya_tidak": [YES, NO],
        "perangkat": sorted(now.offices),
        "mitra_nama": sorted(now.partners),
        "indikator": sorted(now.indicators),
    }
