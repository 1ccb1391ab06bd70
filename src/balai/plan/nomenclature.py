"""Budget codes (nomenklatur) of the editions we hold, and the sources of funds.

A code means something only with its year: editions share thousands of codes and
rename some. So a code is looked up in the edition of its budget year, and a
code of an edition we do not hold is kept as it is, with a warning.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base.errors import Fault, Invalid
from balai.base.rows import SharedModel
from balai.places.changes import Loaded, Say, line_of, load_once, read_csv, refuse, replace_all

CODE = re.compile(
    r"""(?:\d|X)                   # urusan
    (?:\.(?:\d\d|XX)               # bidang urusan
    (?:\.\d\d                      # program
    (?:\.\d\.\d\d                  # kegiatan
    (?:\.(?:\d{4}|\d{2}))?)?)?)?   # sub kegiatan: four digits, two in older editions""",
    re.ASCII | re.VERBOSE,
)


class NomenclatureEdition(SharedModel):
    """One edition of the nomenclature, for one kind of government, and its budget years."""

    why_shared = "The nomenclature is set for the whole country by the Ministry of Home Affairs."

    class Government(models.TextChoices):
        REGENCY = "regency", gettext_lazy("kabupaten/kota")
        PROVINCE = "province", gettext_lazy("provinsi")

    edition = models.CharField(max_length=40)
    applies_to = models.CharField(max_length=8, choices=Government)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)
    confidence = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition"], name="nomenclature_edition"),
            models.CheckConstraint(
                condition=Q(last_year__isnull=True) | Q(last_year__gte=models.F("first_year")),
                name="nomenclature_years",
            ),
        ]


class NomenclatureCode(SharedModel):
    """One code of one edition. `X.XX` stands for every bidang urusan."""

    why_shared = "The nomenclature is set for the whole country by the Ministry of Home Affairs."

    class Level(models.TextChoices):
        URUSAN = "urusan", gettext_lazy("urusan")
        BIDANG_URUSAN = "bidang_urusan", gettext_lazy("bidang urusan")
        PROGRAM = "program", gettext_lazy("program")
        KEGIATAN = "kegiatan", gettext_lazy("kegiatan")
        SUB_KEGIATAN = "sub_kegiatan", gettext_lazy("sub kegiatan")

    edition = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    level = models.CharField(max_length=13, choices=Level)
    name = models.CharField(max_length=500)
    parent = models.CharField(max_length=20, blank=True)
    indicator = models.TextField(blank=True)
    unit = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="nomenclature_code")]
        indexes = [models.Index(fields=["code"], name="nomenclature_any_edition")]


class FundingSource(SharedModel):
    """A source of funds (sumber dana) of the budget, from group to detail."""

    why_shared = "The list of funding sources is set for the whole country."

    code = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=500)
    parent = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="funding_source_code")]


@dataclass(frozen=True)
class Found:
    """The code in the edition of its year.

    `listed_as` is the code as the edition lists it: for supporting programmes
    `X.XX.01…` stands for every bidang urusan.
    """

    code: str
    listed_as: str
    edition: str
    level: str
    name: str
    indicator: str
    unit: str

    @property
    def warning(self) -> str:
        return ""


@dataclass(frozen=True)
class EditionUnknown:
    """No edition we hold has the code: neither right nor wrong. It is kept, with the warning."""

    code: str
    year: int
    searched: tuple[str, ...]

    edition = ""

    @property
    def warning(self) -> str:
        if not self.searched:
            return _(
                "Kode %(code)s: edisi nomenklatur tahun %(year)s belum ada di sini (edisi tidak dikenal)."
            ) % {
                "code": self.code,
                "year": self.year,
            }
        return _("Kode %(code)s tidak ada dalam %(editions)s (edisi tidak dikenal).") % {
            "code": self.code,
            "editions": ", ".join(self.searched),
        }


@dataclass(frozen=True)
class NotInYear:
    """We hold the edition of the year and it lacks the code; `found_in` are the editions that have it."""

    code: str
    year: int
    searched: tuple[str, ...]
    found_in: tuple[str, ...]

    edition = ""

    @property
    def warning(self) -> str:
        return _("Kode %(code)s tidak berlaku untuk tahun %(year)s; kode ini ada dalam %(editions)s.") % {
            "code": self.code,
            "year": self.year,
            "editions": ", ".join(self.found_in),
        }


type Answer = Found | EditionUnknown | NotInYear


def find_code(code: str, year: int, government: str = NomenclatureEdition.Government.REGENCY) -> Answer:
    """Look a budget code up in the edition of its year; a code is never refused for its edition.

    A sub kegiatan of two digits is not the one of four digits with zeros before
    it: they are of different editions, and looked up as they are written.

    Args:
        code: from urusan ("1") to sub kegiatan ("1.01.02.2.01.0001").
        year: budget year.
        government: "regency" (kabupaten/kota) or "province".

    Raises:
        Invalid: the text has not the form of such a code.
    """
    return find_codes([code], year, government)[code]


def find_codes(
    codes: Iterable[str], year: int, government: str = NomenclatureEdition.Government.REGENCY
) -> dict[str, Answer]:
    """Look many codes up at once, in three queries; see `find_code`. Answers are keyed by the code as given.

    Raises:
        Invalid: codes have not the form; every one of them is named.
    """
    written = {code: code.strip() for code in codes}
    right = _("Tulis seperti 1.01.02.2.01.0001.")
    refuse(
        [
            Fault(_("kode"), _("“%s” bukan kode nomenklatur.") % code, right)
            for code, clean in written.items()
            if not CODE.fullmatch(clean)
        ]
    )
    held = list(
        NomenclatureEdition.objects.filter(applies_to=government)
        .order_by("-first_year")
        .values_list("edition", flat=True)
    )
    of_year = list(editions_of(year, government).values_list("edition", flat=True))
    asked = {listed for clean in written.values() for listed in _ways_to_list(clean)}
    rows: dict[str, dict[str, NomenclatureCode]] = {}
    for row in NomenclatureCode.objects.filter(edition__in=held, code__in=asked):
        rows.setdefault(row.code, {})[row.edition] = row
    return {code: _answer(clean, year, of_year, held, rows) for code, clean in written.items()}


def editions_of(year: int, government: str) -> models.QuerySet[NomenclatureEdition]:
    """Return the editions we hold for a budget year, newest first."""
    return NomenclatureEdition.objects.filter(
        Q(last_year__isnull=True) | Q(last_year__gte=year), applies_to=government, first_year__lte=year
    ).order_by("-first_year")


def _ways_to_list(code: str) -> list[str]:
    """Return the code, and its listing for every bidang urusan when it belongs to a supporting programme."""
    bidang, rest = code[:4], code[4:]
    return [code, f"X.XX{rest}"] if rest.startswith(".01") and not bidang.startswith("X") else [code]


def _answer(
    code: str,
    year: int,
    of_year: list[str],
    held: list[str],
    rows: Mapping[str, Mapping[str, NomenclatureCode]],
) -> Answer:
    for edition in of_year:
        for listed in _ways_to_list(code):
            row = rows.get(listed, {}).get(edition)
            if row:
                return Found(code, row.code, edition, row.level, row.name, row.indicator, row.unit)
    elsewhere = tuple(e for e in held if any(e in rows.get(listed, {}) for listed in _ways_to_list(code)))
    if of_year and elsewhere:
        return NotInYear(code, year, tuple(of_year), elsewhere)
    return EditionUnknown(code, year, tuple(of_year))


def search_codes(
    text: str, year: int, government: str = NomenclatureEdition.Government.REGENCY, limit: int = 20
) -> list[NomenclatureCode]:
    """Return sub kegiatan of the year whose code begins with `text`, or whose name has each of its words."""
    rows = NomenclatureCode.objects.filter(
        edition__in=editions_of(year, government).values("edition"), level=NomenclatureCode.Level.SUB_KEGIATAN
    )
    if text[:1].isdigit():
        rows = rows.filter(code__startswith=text.strip())
    else:
        for word in text.split():
            rows = rows.filter(name__icontains=word)
    return list(rows.order_by("code")[: max(1, min(limit, 200))])


def funding_sources(parent: str | None = None) -> list[FundingSource]:
    """Return the sources of funds in the order of their codes; with `parent` only those right below it."""
    rows = FundingSource.objects.all() if parent is None else FundingSource.objects.filter(parent=parent)
    return list(rows.order_by("code"))


def load_nomenclature(folder: Path, say: Say) -> Loaded:
    """Load the editions listed in `folder`/editions.csv over what was there, when they changed.

    Raises:
        Invalid: a file is missing or has faults; nothing was written.
    """
    listed = folder / "editions.csv"
    columns = ("edition", "file", "applies_to", "first_year", "last_year", "source", "confidence")
    editions = list(read_csv(listed, columns))
    files = [folder / row["file"] for _line, row in editions]

    def load() -> int:
        replace_all(
            NomenclatureEdition, [_edition(line_of(listed, line), row) for line, row in editions], _silent
        )
        codes = [
            code
            for (_line, row), path in zip(editions, files, strict=True)
            for code in _codes(path, row["edition"])
        ]
        return replace_all(NomenclatureCode, codes, say)

    return load_once("nomenclature", [listed, *files], "1", load)


def _silent(done: int, total: int) -> None:
    """A handful of rows needs no progress."""


def _edition(place: str, row: Mapping[str, str]) -> NomenclatureEdition:
    if row["applies_to"] not in NomenclatureEdition.Government:
        right = ", ".join(NomenclatureEdition.Government.values)
        raise Invalid([Fault(place, _("applies_to “%s” tidak dikenal.") % row["applies_to"], right)])
    try:
        first, last = int(row["first_year"]), int(row["last_year"]) if row["last_year"] else None
    except ValueError:
        raise Invalid([Fault(place, _("tahun bukan angka."), _("Tulis seperti 2027."))]) from None
    return NomenclatureEdition(
        edition=row["edition"],
        applies_to=row["applies_to"],
        first_year=first,
        last_year=last,
        source=row["source"],
        confidence=row["confidence"],
    )


def _codes(path: Path, edition: str) -> list[NomenclatureCode]:
    codes, faults = [], []
    for line, row in read_csv(path, ("code", "level", "name", "indicator", "unit")):
        if not CODE.fullmatch(row["code"]) or row["level"] not in NomenclatureCode.Level:
            wrong = _("“%(code)s” bukan kode nomenklatur tingkat “%(level)s”.") % row
            faults.append(Fault(line_of(path, line), wrong, _("Tulis seperti 1.01.02.2.01.0001.")))
        codes.append(
            NomenclatureCode(
                edition=edition,
                code=row["code"],
                level=row["level"],
                name=row["name"],
                parent=_parent_of(row["code"]),
                indicator=row["indicator"],
                unit=row["unit"],
            )
        )
    refuse(faults)
    return codes


def _parent_of(code: str) -> str:
    """Return the code one level up. The number of a kegiatan has two parts.

    >>> _parent_of("1.01.02.2.01.0001"), _parent_of("1.01.02.2.01"), _parent_of("1")
    ('1.01.02.2.01', '1.01.02', '')
    """
    parts = code.split(".")
    return ".".join(parts[: {6: 5, 5: 3}.get(len(parts), len(parts) - 1)])


def load_funding_sources(folder: Path, say: Say) -> Loaded:
    """Load `folder`/sumber_dana.csv over what was there, when it changed.

    Raises:
        Invalid: the file is missing or has faults; nothing was written.
    """
    path = folder / "sumber_dana.csv"

    def load() -> int:
        rows, faults = [], []
        for line, row in read_csv(path, ("code", "level", "name", "parent", "note")):
            if not row["level"].isdigit():
                right = _("Tingkat adalah angka, 1 untuk yang teratas.")
                faults.append(
                    Fault(line_of(path, line), _("tingkat “%s” bukan angka.") % row["level"], right)
                )
                continue
            rows.append(FundingSource(**{**row, "level": int(row["level"])}))
        refuse(faults)
        return replace_all(FundingSource, rows, say)

    return load_once("funding sources", [path], "1", load)
