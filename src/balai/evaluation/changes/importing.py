"""Taking over a published table of results; the same table twice changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, Forbidden, Invalid
from balai.evaluation import rules
from balai.evaluation.changes.keeping import kept_instrument
from balai.evaluation.models import KeptInstrument, PublishedResult
from balai.evaluation.reads.published import region_codes
from balai.evaluation.rules.published_table import MOST_FAULTS, PublishedRow, read_table, unit_key
from balai.plan.changes.checks import text


@dataclass(frozen=True)
class Imported:
    """What an import did: rows of the file that were new, changed, and there already as they are."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def import_published(actor: Actor, raw: bytes, source: str, at: datetime) -> Imported:
    """Take over the rows of a published table; all of them or none.

    Args:
        raw: CSV as `rules.published_table.read_table` takes it.
        source: where it was published, as a person would look it up.

    Raises:
        Forbidden: not the nation's to import.
        Invalid: a fault of the file by line and column; a region nobody knows; a row of a year
            and group without an instrument; a value off the scale; two rows for one thing.
    """
    actor.require("evaluation.import_published")
    if actor.tenant != tenancy.NATIONAL or tenancy.current_tenant() != tenancy.NATIONAL:
        raise Forbidden(_("Hasil yang diterbitkan hanya diimpor oleh pengelola nasional."))
    faults = list(text("source", source, 500))
    table = read_table(raw, [found.value for found in rules.instruments().values()])
    codes = region_codes(row.unit for row in table.rows)
    faults += _faults(table.rows, codes)
    if faults:
        raise Invalid(faults[:MOST_FAULTS])
    return _write(actor, table.rows, codes, source, at)


def _faults(rows: tuple[PublishedRow, ...], codes: Mapping[str, str]) -> Iterator[Fault]:
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        place = _("baris %(line)d") % {"line": row.line}
        if row.instrument is None:
            yield Fault(
                f"{place} group",
                _("Tidak ada instrumen untuk tahun %(year)d kelompok “%(group)s”.")
                % {"year": row.year, "group": row.group},
                _("Tambahkan instrumennya di definitions/instruments."),
            )
            continue
        table = row.instrument.table
        if is_region(row) and unit_key(row.unit) not in codes:
            yield Fault(
                f"{place} {table.unit}",
                _("Wilayah “%(name)s” tidak dikenal.") % {"name": row.unit[:100]},
                _("Tulis seperti dalam kode wilayah, misalnya Kabupaten Malang."),
            )
        for key, value in row.values.items():
            if not 0 <= value <= row.instrument.scale.most:
                yield Fault(
                    f"{place} {key}",
                    _("%(value)s di luar skala.") % {"value": f"{value:f}"},
                    _("Isi antara 0 dan %(most)d.") % {"most": row.instrument.scale.most},
                )
        known = first.setdefault((row.key, row.stage, row.group), row.line)
        if known != row.line:
            yield Fault(place, _("Sama dengan baris %(line)d.") % {"line": known}, _("Hapus salah satunya."))


def is_region(row: PublishedRow) -> bool:
    """Tell whether the row is of a region: each is in the smart city, some agencies are in SPBE."""
    if row.instrument and row.instrument.table.unit == "region":
        return True
    return unit_key(row.unit).startswith(("kabupaten", "kota", "provinsi"))


def _write(
    actor: Actor, rows: tuple[PublishedRow, ...], codes: Mapping[str, str], source: str, at: datetime
) -> Imported:
    kept = {code: kept_instrument(code) for code in {row.instrument.code for row in rows if row.instrument}}
    standing = {
        (old.family, old.year, old.stage, old.group, old.unit_key): old
        for old in PublishedResult.objects.filter(year__in={row.year for row in rows})
    }
    new: list[PublishedResult] = []
    acts: list[journal.Act] = []
    unchanged = 0
    for row in rows:
        if row.instrument is None:
            continue
        fields = _fields(row, kept[row.instrument.code], codes, source)
        old = standing.get((fields["family"], row.year, row.stage, row.group, fields["unit_key"]))
        if old is None:
            new.append(PublishedResult(**fields, imported_by=actor.name, imported_at=at))
            continue
        changed = journal.changes(old, fields)
        if not changed:
            unchanged += 1
            continue
        for name, value in (*fields.items(), ("imported_by", actor.name), ("imported_at", at)):
            setattr(old, name, value)
        old.save()
        told = {name: [str(before), str(after)] for name, (before, after) in changed.items()}
        acts.append(journal.Act("published_result.correct", old, told))
    PublishedResult.objects.bulk_create(new, batch_size=500)
    acts += [
        journal.Act(
            "published_result.import",
            row,
            {"unit": row.unit, "year": row.year, "total": str(row.total), "source": source},
        )
        for row in new
    ]
    journal.write_all(actor, acts)
    return Imported(len(new), len(acts) - len(new), unchanged)


def _fields(row: PublishedRow, kept: KeptInstrument, codes: Mapping[str, str], source: str) -> dict[str, Any]:
    return {
        "instrument": kept,
        "family": row.instrument.family if row.instrument else "",
        "year": row.year,
        "stage": row.stage,
        "group": row.group,
        "unit": row.unit,
        "unit_key": unit_key(row.unit),
        "region_code": codes.get(unit_key(row.unit), "") if is_region(row) else "",
        "took_part": row.is_evaluated,
        "values": {key: f"{value:f}" for key, value in row.values.items()},
        "total": row.total,
        "change": row.change,
        "predicate": row.predicate,
        "source": source,
    }
