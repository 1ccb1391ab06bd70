"""Recompute a published table of results row by row; exit 1 where a row differs, 2 where it is broken."""

import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from balai.base.errors import Invalid
from balai.evaluation import rules
from balai.evaluation.reads.published import imported_indexes
from balai.evaluation.rules.published import Checked, check
from balai.evaluation.rules.published_table import PublishedTable, read_table


class Command(BaseCommand):
    help = "Hitung ulang setiap baris tabel hasil yang diterbitkan (CSV), dan sebut yang berbeda."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tabel hasil Kota Cerdas atau SPBE (CSV)")
        parser.add_argument(
            "--details", action="store_true", help="sebut juga setiap baris yang tidak dapat diperiksa"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        table = _read(options["file"])
        if table.unread_columns:
            self.stdout.write(f"kolom yang tidak dibaca: {', '.join(table.unread_columns)}")
        families = {row.instrument.family for row in table.rows if row.instrument}
        years = {row.year - 1 for row in table.rows}
        differ = unchecked = twice = 0
        for each in check(table.rows, self._imported(families, years)):
            if each.differs:
                self._tell_differences(each)
            elif each.is_unchecked and options["details"]:
                self.stdout.write(f"{_name(each)}: {'; '.join(each.unchecked)}")
            if each.twice:
                self.stdout.write(f"{_name(each)}: {each.twice}")
            differ, unchecked, twice = (
                differ + each.differs,
                unchecked + each.is_unchecked,
                twice + bool(each.twice),
            )
        if twice:
            self.stdout.write(f"{twice} baris mengulang baris sebelumnya; import_published menolaknya")
        self.stdout.write(f"{len(table.rows)} rows, {differ} differ, {unchecked} not checkable")
        if differ:
            sys.exit(1)

    def _imported(self, families: Iterable[str], years: Collection[int]) -> dict[tuple[str, int], Any]:
        """Return the indexes imported before; none where no database was set up, as a table needs none."""
        try:
            return {key: index for each in families for key, index in imported_indexes(each, years).items()}
        except DatabaseError:
            self.stderr.write(
                "basis data belum disiapkan; perubahan hanya diperiksa dengan tahun dalam tabel"
            )
            return {}

    def _tell_differences(self, each: Checked) -> None:
        for found in each.differences:
            self.stdout.write(
                f"{_name(each)}: {found.what} terbit {found.published}, dihitung {found.recomputed}"
            )
            for line in found.spelled:
                self.stdout.write(f"    {line}")


def _name(each: Checked) -> str:
    row = each.row
    return f"baris {row.line}, {row.unit} {row.year}" + (f" ({row.group})" if row.group else "")


def _read(file: Path) -> PublishedTable:
    try:
        return read_table(file.read_bytes(), [found.value for found in rules.instruments().values()])
    except OSError as error:
        raise CommandError(f"{file} tidak dapat dibaca: {error.strerror}", returncode=2) from error
    except Invalid as error:
        raise CommandError("\n".join(map(str, error.faults)), returncode=2) from error
