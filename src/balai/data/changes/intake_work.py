"""What the worker does with a file that was handed in: read it, check it, make it a version.

Each step is done from what is on disk and ends in one write of the row, so a worker that is killed
anywhere leaves a file that another takes up from the beginning of that step.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import jobs, journal, tenancy
from balai.base.actor import Actor, Reach, system
from balai.base.errors import Fault, Invalid, NotFound, Refused
from balai.base.later import duckdb
from balai.data import columnar
from balai.data.changes.intake import NoRoom, _work, no_room
from balai.data.changes.versions import _declaration, _regions, _village_at, publish_checked
from balai.data.intake import place
from balai.data.intake.applying import applied, names_in, shown
from balai.data.intake.bounds import unfit
from balai.data.intake.models import Upload
from balai.data.intake.naming import MOST_NAMES, codes_of
from balai.data.intake.recognising import Reading, Wanted, match, propose, recognise, wanted
from balai.data.intake.taking import sample, take
from balai.data.models import DatasetVersion
from balai.data.rules.comparing import Comparison
from balai.data.rules.metadata import Declaration
from balai.data.rules.quality import Counted, Formula, score
from balai.data.storage import storage
from balai.definitions.reads import all_in_force

log = structlog.get_logger(__name__)

TOLD_EVERY = 2.0
"""Seconds between two notes of how far a step is; each is a write."""
MEMORY = "384MB"
"""of the engine that checks and writes; with Python beside it a file of any size stays under a GiB"""
SHOWN = 8
"""Rows of the file shown while its columns are matched."""
COMPARED_MOST = 5_000_000
"""Rows up to which a file is compared with the version that stands, row by row."""
_MOST_UNCLEAR = 30


def work_on(upload: UUID, version: int, at: datetime) -> None:
    """Do the step a file waits for; nothing where somebody has changed its mind since."""
    row = (
        Upload.objects.filter(tenant=tenancy.current_tenant(), pk=upload, version=version)
        .select_related("dataset", "dataset__current", "fetched_from")
        .first()
    )
    steps = {Upload.State.READING: _read, Upload.State.CHECKING: _check, Upload.State.PUBLISHING: _publish}
    if row is None or row.state not in steps:
        return
    try:
        steps[Upload.State(row.state)](row, at)
    except Refused as error:
        _refused(row, error, at)
    except _Unwanted:
        # It was dropped while it was worked on; what was made since then goes too.
        if not Upload.objects.filter(pk=row.pk).exclude(state=Upload.State.DROPPED).exists():
            place.remove(row.tenant, row.pk)
    except (OSError, duckdb.Error, columnar.DiskFull) as error:
        if not columnar.is_disk_full(error):
            raise
        log.error("disk_full", upload=str(row.pk), state=row.state, size=row.size)
        _refused(row, NoRoom(no_room()), at)


class _Unwanted(Exception):
    """Somebody dropped the file, or took it up otherwise, while it was worked on."""


def _watching(row: Upload, first: float, last: float, words: Callable[[float], str]) -> columnar.Watch:
    """Return what tells the page how far a step is, from `first` to `last` percent, every other second.

    It raises _Unwanted where nobody wants the step any more.
    """
    next_at = 0.0

    def told(share: float) -> None:
        nonlocal next_at
        if time.monotonic() < next_at:
            return
        next_at = time.monotonic() + TOLD_EVERY
        jobs.tell(int(first + (last - first) * min(share, 1.0)), 100, words(share))
        if not Upload.objects.filter(pk=row.pk, version=row.version, state=row.state).exists():
            raise _Unwanted

    return told


def _refused(row: Upload, error: Refused, at: datetime) -> None:
    faults = error.faults if isinstance(error, Invalid) else (Fault(_("Kiriman"), str(error)),)
    told = [[fault.place, fault.wrong, fault.right] for fault in faults[: columnar.MOST_FAULTS]]
    # A file that was read already can be read in another way; its faults stand on the page that asks.
    state = Upload.State.REFUSED if row.state == Upload.State.READING else Upload.State.ASKING
    _end(row, state, at, faults=told)


def _end(row: Upload, state: str, at: datetime, **found: Any) -> None:
    """Write what a step found, unless somebody changed the row meanwhile."""
    with transaction.atomic():
        same = Upload.objects.filter(pk=row.pk, version=row.version, state=row.state)
        if not same.update(state=state, touched_at=at, version=row.version + 1, **found):
            return
        row.refresh_from_db()
        if state == Upload.State.REFUSED:
            actor = system("data.intake", row.tenant)
            journal.write(actor, "upload.refused", row, faults=len(row.faults))


def _checking(share: float) -> str:
    """Return what `columnar.check` is at."""
    if share < columnar.TAKEN:
        return _("menerapkan pilihan Anda")
    if share < columnar.COUNTED:
        return _("memeriksa setiap baris")
    return _("mengurutkan dan menulis baris") if share < columnar.WRITTEN else _("menghitung mutu tiap kolom")


def _read(row: Upload, at: datetime) -> None:
    tenant, key = row.tenant, row.pk
    said = row.said or _remembered(row)
    with place.working(tenant, key, row.version) as folder:
        taken = _taken_from(row, folder, said)
        if row.told_sha256 and taken["sha256"] != row.told_sha256:
            raise unfit(_("Isinya berbeda dari yang dikirim (SHA-256 tidak sama)."), _("Unggah lagi."))
        raw, names, form = folder / place.RAW, tuple(taken["names"]), taken["layout"]["form"]
        jobs.tell(80, 100, _("mengenali kolom"))
        place.keep(tenant, key, row.file_key, raw)
        first = sample(raw, folder, SHOWN)
        taken["first"] = [[(each.get(name) or "")[:80] for name in names[:60]] for each in first]
        found: dict[str, Any] = {"taken": taken, "faults": []}
        if row.dataset is None:
            seen = propose(raw, folder, names, form)
            found["proposal"] = [{**asdict(each), "type": str(each.type)} for each in seen]
            _end(row, Upload.State.ASKING, at, **found)
            return
        readings, unclear, said = _recognised(row, folder, names, form, said)
    found |= {"readings": [asdict(each) for each in readings], "unclear": unclear, "said": said}
    _end(row, Upload.State.ASKING, at, **found)
    if row.state == Upload.State.ASKING and row.source == Upload.Source.FETCH and _is_sure(row):
        with transaction.atomic():
            again = Upload.objects.select_for_update().get(pk=row.pk)
            if again.version == row.version:
                # Nobody looked: what is whole goes on by itself to the end.
                again.said = {**again.said, "unseen": True}
                _work(again, Upload.State.CHECKING, at)


def _taken_from(row: Upload, folder: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    """Make a table of text of the file and return what is kept of it; not again where it stands already."""
    noted, raw = folder / "taken.json", folder / place.RAW
    if noted.exists():
        done: dict[str, Any] = json.loads(noted.read_text())
        return done
    watch = _watching(row, 0, 80, lambda _share: _("membaca berkas"))
    given = place.given(row.tenant, row.pk, row.file_key, row.size, folder)
    taken = take(given, folder, raw, said.get("layout", {}), lambda read, size: watch(read / max(size, 1)))
    told = {
        "layout": taken.layout.written(),
        "names": taken.names,
        "rows": taken.rows,
        "sha256": taken.sha256,
        "rejected": [[each.place, each.wrong, each.right] for each in taken.rejected],
        "broken_line": taken.broken_line,
        "sheets": taken.sheets,
    }
    draft = folder / "taken.draft"
    draft.write_text(json.dumps(told))
    draft.replace(noted)
    return told


def _remembered(row: Upload) -> dict[str, Any]:
    """Return how the last file of the dataset that was published was read."""
    if row.dataset is None:
        return {}
    last = (
        Upload.objects.filter(tenant=row.tenant, dataset=row.dataset, state=Upload.State.PUBLISHED)
        .order_by("-touched_at")
        .values_list("said", flat=True)
        .first()
    )
    return {
        name: value
        for name, value in (last or {}).items()
        if name in ("layout", "columns", "styles", "regions")
    }


def _recognised(
    row: Upload, folder: Path, names: tuple[str, ...], form: str, said: Mapping[str, Any]
) -> tuple[tuple[Reading, ...], dict[str, Any], dict[str, Any]]:
    assert row.dataset is not None  # noqa: S101  # a file without a dataset is proposed, not matched
    raw = folder / place.RAW
    columns = wanted(_declaration(row.dataset))
    sources = match(columns, names, said.get("columns", {}))
    readings = recognise(raw, folder, columns, sources, said.get("styles", {}), form)
    codes, unclear = _regions_of(row, folder, readings, said.get("regions", {}))
    readings = shown(raw, folder, columns, readings, codes)
    return readings, unclear, dict(said)


def _regions_of(
    row: Upload, folder: Path, readings: tuple[Reading, ...], said: Mapping[str, str]
) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    """Return code by name for each column read by name, and the names that may be several, with each."""
    codes: dict[str, dict[str, str]] = {}
    unclear: dict[str, Any] = {}
    for each in readings:
        if each.style == "name" and each.heading:
            names = names_in(folder / place.RAW, folder, each.heading, MOST_NAMES)
            found = codes_of(names, row.tenant, said)
            codes[each.name] = dict(found.codes)
            unclear |= {
                name: list(map(list, meant)) for name, meant in list(found.unclear.items())[:_MOST_UNCLEAR]
            }
    return codes, unclear


def _is_sure(row: Upload) -> bool:
    """Say whether a fetched file is read as the one before, so that nobody needs to look."""
    is_known = bool(row.said.get("columns")) and bool(row.said.get("period"))
    return (
        is_known
        and not row.unclear
        and not row.taken["rejected"]
        and all((each["heading"] and (not each["is_unsure"])) or each["fit"] == 1.0 for each in row.readings)
    )


def _readings(row: Upload, folder: Path) -> tuple[tuple[Wanted, ...], tuple[Reading, ...]]:
    """Return the columns and how each is read after what was said last."""
    assert row.dataset is not None  # noqa: S101
    columns = wanted(_declaration(row.dataset))
    sources = match(columns, row.taken["names"], row.said.get("columns", {}))
    form = row.taken["layout"]["form"]
    readings = recognise(folder / place.RAW, folder, columns, sources, row.said.get("styles", {}), form)
    return columns, readings


def _check(row: Upload, at: datetime) -> None:
    tenant, key = row.tenant, row.pk
    assert row.dataset is not None  # noqa: S101
    declaration = _declaration(row.dataset)
    with place.working(tenant, key, row.version) as folder:
        jobs.tell(1, 100, _("memeriksa setiap baris"))
        raw = place.opened(tenant, key, row.file_key, place.RAW, folder)
        listed = folder / place.LISTED
        columns, readings = _readings(row, folder)
        _refuse_missing(columns, readings)
        codes, unclear = _regions_of(row, folder, readings, row.said.get("regions", {}))
        judged, written = columnar.check(
            declaration,
            lambda duck: applied(duck, raw, columns, readings, codes),
            folder,
            _regions,
            _village_at,
            listed,
            memory=MEMORY,
            watch=_watching(row, 5, 90, _checking),
            # The disk is small; what lies sealed beside it is enough.
            spent=lambda: place.clear(raw),
        )
        for made in (listed, *_kept(folder, written)):
            place.keep(tenant, key, row.file_key, made)
        jobs.tell(92, 100, _("membandingkan dengan versi yang berlaku"))
        report = _report(row, declaration, judged, written, folder, at)
    said = {
        **row.said,
        "layout": {
            k: v
            for k, v in row.taken["layout"].items()
            if k in ("encoding", "delimiter", "quote", "header_row", "sheet")
        },
        "columns": {each.name: each.heading for each in readings},
        "styles": {each.name: each.style for each in readings if each.style},
    }
    found = {
        "readings": [asdict(each) for each in readings],
        "unclear": unclear,
        "report": report,
        "said": said,
    }
    _end(row, Upload.State.JUDGED, at, faults=[], **found)
    if row.said.get("unseen") and row.state == Upload.State.JUDGED and not report["faults"]:
        source = row.fetched_from
        with transaction.atomic():
            again = Upload.objects.select_for_update().get(pk=row.pk)
            if again.version == row.version and source is not None:
                agreed = {"by": source.owner_name, "account": source.owner_id_text, "at": at.isoformat()}
                again.report = {**again.report, "agreed": agreed}
                _work(again, Upload.State.PUBLISHING, at)


def _kept(folder: Path, written: columnar.Written | None) -> tuple[Path, Path]:
    """Return the two files of which one is kept: the rows as they will be published, or else all as text."""
    rows, texts = folder / place.ROWS, folder / columnar.TEXTS
    (texts if written else rows).unlink(missing_ok=True)
    return rows, texts


def _refuse_missing(columns: tuple[Wanted, ...], readings: tuple[Reading, ...]) -> None:
    missing = [
        each.name
        for each, reading in zip(columns, readings, strict=True)
        if not reading.heading and not each.column.optional
    ]
    if missing:
        right = _("Pilih dari kolom berkas yang mana, atau lengkapi berkasnya.")
        raise Invalid([Fault(name, _("Kolom ini wajib ada."), right) for name in missing])


def _report(
    row: Upload,
    declaration: Declaration,
    judged: columnar.Judged,
    written: columnar.Written | None,
    folder: Path,
    at: datetime,
) -> dict[str, Any]:
    formula = quality_formula(timezone.localdate(at))
    lines = row.taken["rejected"]
    coded = {each.name for each in declaration.leaving if each.reference}
    counted = Counted(
        cells=sum(each.filled + each.missing for each in judged.columns),
        filled=sum(each.filled for each in judged.columns),
        wrong=sum(each.wrong for each in judged.columns),
        rows=judged.rows,
        twice=judged.twice,
        coded=sum(each.filled for each in judged.columns if each.name in coded),
        strange=sum(each.strange for each in judged.columns if each.name in coded),
    )
    faults = judged.faults + len(lines)
    comparison, is_same, suppressed = (None, False, 0)
    if written and not faults and judged.rows:
        comparison, is_same, suppressed = _looked(row, declaration, written, folder)
    last = row.dataset.current if row.dataset else None
    return {
        "rows": judged.rows,
        "faults": faults,
        "may_sign": judged.twice == 0 and judged.rows > 0,
        "by_kind": {**judged.by_kind, **({"line": len(lines)} if lines else {})},
        "twice": judged.twice,
        "alike": judged.alike,
        "columns": [{**asdict(each), "far": list(each.far)} for each in judged.columns],
        "first": [*lines[:20], *([each.place, each.wrong, each.right] for each in judged.first)],
        "score": score(counted, formula),
        "since": formula.since.isoformat(),
        "parts": {name: [share.numerator, share.denominator] for name, share in counted.parts().items()},
        "weights": dict(formula.weights),
        "before": {"number": last.number, "rows": last.rows, "period": last.period} if last else None,
        "comparison": _told(comparison) if comparison else None,
        "is_same": is_same,
        "suppressed": suppressed,
        "written": {**asdict(written), "against": _fingerprint(declaration)} if written else None,
    }


def _fingerprint(declaration: Declaration) -> str:
    """Return what tells a declaration from one that was changed since."""
    return hashlib.sha256(json.dumps(declaration.written(), sort_keys=True).encode()).hexdigest()


def quality_formula(on: date) -> Formula:
    """Return how much each part of quality weighs on a day. Raises NotFound."""
    rows = all_in_force("data_quality", on)
    weights = {key: int(str(row.values["weight"])) for key, row in rows.items()}
    return Formula(max(row.valid_from for row in rows.values()), weights)


def _looked(
    row: Upload, declaration: Declaration, written: columnar.Written, folder: Path
) -> tuple[Comparison | None, bool, int]:
    """Return how the file differs from the version that stands, and whether it does at all."""
    current = row.dataset.current if row.dataset else None
    if current is None:
        return None, False, written.suppressed
    is_same = current.content_hash == written.content_hash and current.period == row.said.get("period")
    if max(current.rows, written.rows) > COMPARED_MOST:
        return None, is_same, written.suppressed
    with suppress(FileNotFoundError, NotFound, Invalid, duckdb.Error):
        standing = tuple(storage().local(row.tenant, file["sha256"]) for file in current.files)
        found = columnar.compare(standing, (folder / place.ROWS,), declaration.key, 10)
        return found, is_same, written.suppressed
    return None, is_same, written.suppressed


def _told(found: Comparison) -> dict[str, int]:
    return {
        "added": found.added,
        "removed": found.removed,
        "changed": found.changed,
        "unchanged": found.unchanged,
    }


def _publish(row: Upload, at: datetime) -> None:
    assert row.dataset is not None  # noqa: S101
    jobs.tell(5, 100, _("menulis versi baru"))
    agreed, signed, said, report = row.report["agreed"], row.signed, row.said, row.report
    quality: dict[str, Any] = {
        "score": report["score"],
        "since": report["since"],
        "parts": report["parts"],
        "faults": report["faults"],
        "by_kind": report["by_kind"],
    }
    if signed:
        quality["signed"] = {"reason": signed["reason"], "by": signed["by"], "at": signed["at"]}
    actor = Actor(agreed["account"], agreed["by"], row.tenant, {"data.publish": Reach.TENANT})
    with place.working(row.tenant, row.pk, row.version) as folder:
        done = publish_checked(
            actor,
            row.dataset.code,
            lambda declaration, target: _written(row, declaration, folder, target),
            str(said["period"]).strip(),
            at=at,
            reason=str(said.get("reason") or ""),
            corrects=said.get("corrects"),
            quality=quality,
        )
    is_new = done.is_new or _is_ours(done.version, row)
    # What was shown of its cells to make sure of them goes with its bytes and their key.
    kept = {name: value for name, value in row.taken.items() if name in ("layout", "names", "rows", "sha256")}
    told = {name: report[name] for name in ("rows", "faults", "score", "since", "parts", "weights")}
    _end(
        row,
        Upload.State.PUBLISHED,
        at,
        number=done.version.number,
        is_new_version=is_new,
        faults=[],
        taken=kept,
        readings=[],
        unclear={},
        report=told,
        key="",
    )
    place.remove(row.tenant, row.pk)


def _written(row: Upload, declaration: Declaration, folder: Path, target: Path) -> columnar.Written:
    """Put the rows the check wrote into `target`, or write those that were signed for. Raises Invalid."""
    written = row.report.get("written")
    try:
        if not written:
            texts = place.opened(row.tenant, row.pk, row.file_key, columnar.TEXTS, folder)
            return columnar.write_signed(declaration, texts, target, _regions, memory=MEMORY)
        if written["against"] == _fingerprint(declaration):
            place.opened(row.tenant, row.pk, row.file_key, place.ROWS, target)
            return columnar.Written(written["rows"], written["suppressed"], written["content_hash"])
    except FileNotFoundError:
        pass
    wrong = _("Pernyataan set data ini berubah sejak barisnya diperiksa.")
    raise unfit(wrong, _("Pilih Periksa sekali lagi."))


def _is_ours(version: DatasetVersion, row: Upload) -> bool:
    """Say whether the version was made of this file by an attempt that was stopped before it could say so."""
    return version.published_at >= row.touched_at
