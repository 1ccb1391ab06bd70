"""Loading of region codes through their editions, their successors, and their figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.places import rules
from balai.places.changes.loading import Loaded, Say, line_of, load_once, read_csv, refuse, replace_all
from balai.places.models import Region, RegionChange, RegionFigure
from balai.places.reads.kept import forget

REGION_COLUMNS = ("code", "name", "level", "parent", "kind")
_KINDS = frozenset(Region.Kind.values)
_NUMBERS = ("male", "female", "population", "area_km2")


@dataclass(frozen=True)
class Entry:
    """A region as one edition has it."""

    name: str
    level: str
    parent: str
    kind: str


@dataclass(frozen=True)
class Edition:
    """All regions from a day on."""

    title: str
    starts_on: date
    entries: Mapping[str, Entry]


def load_regions(folder: Path, say: Say) -> Loaded:
    """Load the editions listed in `folder`/editions.csv, oldest first, over what was there.

    The first edition has no day; each later one names the day from which it
    holds. A region that a later edition names, places or counts otherwise, or
    no longer has, ends the day before.

    Raises:
        Invalid: a file is missing or has faults; nothing was written.
    """
    listed = folder / "editions.csv"
    rows = list(read_csv(listed, ("file", "edition", "in_force_on", "source")))
    files = [folder / row["file"] for _line, row in rows]

    def load() -> int:
        editions = [
            Edition(row["edition"], _start(listed, line, row["in_force_on"], at == 0), _entries(path))
            for at, ((line, row), path) in enumerate(zip(rows, files, strict=True))
        ]
        loaded = replace_all(Region, through_the_years(editions), say)
        forget()
        return loaded

    return load_once("regions", [listed, *files], "1", load)


def _start(path: Path, line: int, text: str, is_first: bool) -> date:
    if is_first and not text:
        return rules.UNKNOWN_START
    return _day(path, line, text)


def _day(path: Path, line: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        right = _("Tulis seperti 2025-04-25.")
        raise Invalid([Fault(line_of(path, line), _("“%s” bukan tanggal.") % text, right)]) from None


def _entries(path: Path) -> dict[str, Entry]:
    """Read one edition; parents stand in it and codes fit their level."""
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for line, row in read_csv(path, REGION_COLUMNS):
        code = row["code"]
        faults += [
            Fault(line_of(path, line), wrong, right) for wrong, right in _row_faults(row, code in lines)
        ]
        lines[code] = line
        entries[code] = Entry(row["name"], row["level"], row["parent"], row["kind"])
    for code, entry in entries.items():
        if entry.parent and entry.parent not in entries:
            wrong = _("induk %s tidak ada di berkas ini.") % entry.parent
            faults.append(Fault(line_of(path, lines[code]), wrong, _("Tambahkan induknya.")))
    refuse(faults)
    return entries


def _row_faults(row: Mapping[str, str], is_second: bool) -> list[tuple[str, str]]:
    code = row["code"]
    faults = []
    if is_second:
        faults.append((_("kode %s muncul dua kali.") % code, _("Satu kode, satu baris.")))
    if not rules.CODE.fullmatch(code):
        faults.append((_("“%s” bukan kode wilayah.") % code, _("Tulis seperti 35.73.02.1004.")))
    elif (row["level"], row["parent"]) != (rules.level_of(code), rules.parent_of(code)):
        right = _("Tingkatnya %(level)s dan induknya “%(parent)s”.") % {
            "level": rules.level_of(code).value,
            "parent": rules.parent_of(code),
        }
        faults.append((_("tingkat atau induk %s tidak cocok dengan kodenya.") % code, right))
    if row["kind"] not in _KINDS:
        faults.append((_("jenis “%s” tidak dikenal.") % row["kind"], ", ".join(Region.Kind.values)))
    if not row["name"].strip():
        faults.append((_("nama kosong."), _("Isi namanya.")))
    return faults


def through_the_years(editions: Sequence[Edition]) -> list[Region]:
    """Return the rows that say, for every code, when each of its entries held."""
    rows: list[Region] = []
    holding: dict[str, Region] = {}
    standing: dict[str, Entry] = {}
    for edition in editions:
        ends_on = edition.starts_on - timedelta(days=1) if rows else None
        for code, entry in standing.items():
            if edition.entries.get(code) != entry:
                holding.pop(code).valid_to = ends_on
        for code, entry in edition.entries.items():
            if standing.get(code) != entry:
                holding[code] = _row(code, entry, edition)
                rows.append(holding[code])
        standing = dict(edition.entries)
    return rows


def _row(code: str, entry: Entry, edition: Edition) -> Region:
    return Region(
        code=code,
        name=entry.name,
        level=entry.level,
        parent=entry.parent,
        kind=entry.kind,
        search_key=rules.search_key(entry.name),
        valid_from=edition.starts_on,
        edition=edition.title,
    )


def load_changes(folder: Path, say: Say) -> Loaded:
    """Load which code followed which, and when, from `folder`/changes.csv.

    Raises:
        Invalid: the file is missing or has faults; nothing was written.
    """
    path = folder / "changes.csv"

    def load() -> int:
        rows, faults = [], []
        for line, row in read_csv(path, ("old_code", "new_code", "on", "source")):
            codes = (row["old_code"], row["new_code"])
            if not all(rules.CODE.fullmatch(code) for code in codes) or codes[0] == codes[1]:
                right = _("Dua kode wilayah yang berbeda.")
                faults.append(Fault(line_of(path, line), _("“%s” dan “%s”.") % codes, right))
            if not row["source"].strip():
                faults.append(Fault(line_of(path, line), _("sumber kosong."), _("Sebut peraturannya.")))
            rows.append(RegionChange(**{**row, "on": _day(path, line, row["on"])}))
        refuse(faults)
        return replace_all(RegionChange, rows, say)

    return load_once("region changes", [path], "1", load)


def load_figures(folder: Path, say: Say) -> Loaded:
    """Load people and area from the files listed in `folder`/figures.csv.

    Raises:
        Invalid: a file is missing or has faults; nothing was written.
    """
    listed = folder / "figures.csv"
    about = [row for _line, row in read_csv(listed, ("file", "year", "population_source", "area_source"))]
    files = [folder / row["file"] for row in about]

    def load() -> int:
        rows = [figure for row, path in zip(about, files, strict=True) for figure in _figures(path, row)]
        return replace_all(RegionFigure, rows, say)

    return load_once("region figures", [listed, *files], "1", load)


def _figures(path: Path, about: Mapping[str, str]) -> list[RegionFigure]:
    figures, faults = [], []
    for line, row in read_csv(path, ("code", *_NUMBERS)):
        try:
            numbers = {name: Decimal(row[name]) if row[name] else None for name in _NUMBERS}
        except ArithmeticError:
            right = _("Angka tanpa pemisah ribuan, atau kosong.")
            faults.append(Fault(line_of(path, line), _("ada sel yang bukan angka."), right))
            continue
        male, female, total = (numbers[name] for name in ("male", "female", "population"))
        if male is not None and female is not None and male + female != total:
            wrong = _("laki-laki dan perempuan tidak berjumlah %s.") % total
            faults.append(Fault(line_of(path, line), wrong, _("Jumlahnya sama dengan penduduk.")))
        figures.append(
            RegionFigure(
                code=row["code"],
                year=int(about["year"]),
                population_source=about["population_source"],
                area_source=about["area_source"],
                **numbers,
            )
        )
    refuse(faults)
    return figures
